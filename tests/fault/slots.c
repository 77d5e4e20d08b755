/*
 * Makes dray's system calls fail on demand. Linked into `dray-fault`, which is
 * dray otherwise. The environment says what happens at which call, counting
 * the calls of all slots (or of one) from 1 in the order they are made:
 *
 *   DRAY_FAULT_CALL=<n>      the n-th call fails …
 *   DRAY_FAULT_KILL=<n>      … or SIGKILL arrives in its place
 *   DRAY_FAULT_ERRNO=<name>  with EIO (default), ENOSPC or EACCES
 *   DRAY_FAULT_LAST=1        and so does every later one that errno fits
 *   DRAY_FAULT_SLOT=<name>   only calls of this slot count
 *   DRAY_FAULT_LOG=<path>    the slot that was struck is written here; no file, none was
 *   DRAY_FAULT_COUNT=<path>  the number of calls is written here at exit
 *
 * A failing close still closes, as Linux does. ENOSPC strikes only calls that
 * can run out of space.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dray/os.h>

static struct dray_os_slots real;
static struct {
	unsigned long call; /* fixed once main runs, as all but `calls` */
	unsigned long kill;
	const char *slot;
	const char *log;
	int error;
	bool is_lasting;
	atomic_ulong calls;
} fault;

static bool is_hit_by_no_space(const char *slot)
{
	static const char *const writers[] = {"openat", "write", "pwrite", "allocate", "ftruncate",
		"close", "fsync", "syncfs", "renameat", "linkat", "symlinkat", "mkdirat", "clone",
		"copy_range"};

	for (size_t i = 0; i < DRAY_COUNT(writers); i++)
		if (strcmp(writers[i], slot) == 0)
			return true;
	return false;
}

static void append_line(const char *path, const char *text)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0 || write(fd, "\n", 1) < 0)
		abort();
	close(fd);
}

static bool is_struck(const char *slot)
{
	if (fault.slot && strcmp(fault.slot, slot) != 0)
		return false;
	if (fault.error == ENOSPC && !is_hit_by_no_space(slot))
		return false;

	unsigned long call = atomic_fetch_add(&fault.calls, 1) + 1;

	if (fault.kill && call == fault.kill) {
		append_line(fault.log, slot);
		kill(getpid(), SIGKILL);
	}
	if (!fault.call || (fault.is_lasting ? call < fault.call : call != fault.call))
		return false;
	append_line(fault.log, slot);
	errno = fault.error;
	return true;
}

#define X(type, name, params, args)                                            \
	static type fault_##name params                                        \
	{                                                                      \
		if (!is_struck(#name))                                         \
			return real.name args;                                 \
		if (strcmp(#name, "close") == 0)                               \
			(void)real.name args;                                  \
		errno = fault.error;                                           \
		return _Generic((type){0}, DIR * : (DIR *)NULL, default : -1); \
	}
DRAY_OS_SLOT_MAP(X)
#undef X

/* The complaint about a full disk must be seen, and a terminal is on no disk. */
static ssize_t write_or_tell(int fd, const void *buf, size_t len)
{
	return fd == STDERR_FILENO ? real.write(fd, buf, len) : fault_write(fd, buf, len);
}

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

static int error_number(const char *name)
{
	if (name && strcmp(name, "ENOSPC") == 0)
		return ENOSPC;
	return name && strcmp(name, "EACCES") == 0 ? EACCES : EIO;
}

__attribute__((constructor)) static void install(void)
{
	fault.call = number("DRAY_FAULT_CALL");
	fault.kill = number("DRAY_FAULT_KILL");
	fault.slot = getenv("DRAY_FAULT_SLOT");
	fault.log = getenv("DRAY_FAULT_LOG");
	fault.error = error_number(getenv("DRAY_FAULT_ERRNO"));
	fault.is_lasting = number("DRAY_FAULT_LAST") != 0;
	real = dray_os;
#define X(type, name, params, args) dray_os.name = fault_##name;
	DRAY_OS_SLOT_MAP(X)
#undef X
	dray_os.write = write_or_tell;
}

__attribute__((destructor)) static void report_count(void)
{
	char text[24];

	snprintf(text, sizeof text, "%lu", atomic_load(&fault.calls));
	append_line(getenv("DRAY_FAULT_COUNT"), text);
}
