/*
 * Other programs: started without a shell, watched, and killed when they take too long.
 *
 * 1. The child is reaped exactly once, here, so its pid and its group stay ours to kill until then.
 * 2. What it wrote lies in `output` and nowhere else: the block it passes through is wiped.
 */
#include <dray/os.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a child is looked at whose pipes are kept open by others, and a flag or clock is. */
#define LOOK_MS 50
/* The same once its pipes are closed: it ends in a moment. */
#define LOOK_CLOSED_MS 1
/* Of stderr, from its end: its last line is in here. */
#define TAIL_MAX 1000

struct run {
	const char *name;
	unsigned limit_ms;
	int64_t end_ns; /* of the monotonic clock */
	pid_t pid;
	int out; /* -1: closed */
	int err;
	struct dray_buf *output;
	char tail[TAIL_MAX];
	size_t tail_len;
	int result; /* of waitpid, once it ended */
};

/* ----------------------------------------------------------------- reading */

static void keep_tail(struct run *run, const char *data, size_t len)
{
	if (len > TAIL_MAX) {
		data += len - TAIL_MAX;
		len = TAIL_MAX;
	}
	size_t kept = run->tail_len < TAIL_MAX - len ? run->tail_len : TAIL_MAX - len;

	memmove(run->tail, run->tail + run->tail_len - kept, kept);
	memcpy(run->tail + kept, data, len);
	run->tail_len = kept + len;
}

/* Read once from a pipe that has something, which may be its end. */
static enum dray_status read_pipe(struct run *run, int *fd, struct dray_err *err)
{
	char block[4096];
	ssize_t got = dray_os.read(*fd, block, sizeof block);

	if (got < 0)
		return errno == EINTR ? DRAY_OK
				      : dray_os_fail(err, errno, "read the output of", run->name);
	if (got == 0)
		dray_fd_release(fd);
	else if (fd == &run->out)
		dray_buf_add(run->output, block, (size_t)got);
	else
		keep_tail(run, block, (size_t)got);
	explicit_bzero(block, sizeof block);
	if (run->output->is_over)
		return dray_fail(err, DRAY_INVALID, "'%s' writes more than %zu bytes", run->name,
			run->output->ceiling_bytes);
	return DRAY_OK;
}

/* Wait for output and take it. *out_moved is false if there was none. */
static enum dray_status gather(struct run *run, int wait_ms, bool *out_moved, struct dray_err *err)
{
	struct pollfd fds[] = {
		{.fd = run->out, .events = POLLIN}, {.fd = run->err, .events = POLLIN}};
	int count = dray_os.poll(fds, DRAY_COUNT(fds), wait_ms);

	if (count < 0 && errno != EINTR)
		return dray_os_fail(err, errno, "wait for", run->name);
	*out_moved = count > 0;
	if (count > 0 && fds[0].revents != 0)
		DRAY_TRY(read_pipe(run, &run->out, err));
	if (count > 0 && fds[1].revents != 0)
		DRAY_TRY(read_pipe(run, &run->err, err));
	return DRAY_OK;
}

/* ---------------------------------------------------------------- watching */

static bool has_ended(struct run *run)
{
	pid_t reaped = waitpid(run->pid, &run->result, WNOHANG);

	/* ECHILD: we were started with SIGCHLD ignored, and Linux reaped it. Judge its output. */
	if (reaped < 0 && errno == ECHILD)
		run->result = 0;
	return reaped == run->pid || (reaped < 0 && errno == ECHILD);
}

static enum dray_status check_time(const struct run *run, struct dray_err *err)
{
	DRAY_TRY(dray_os_check_cancel(err));
	if (dray_os_monotonic_ns() < run->end_ns)
		return DRAY_OK;
	return dray_fail(err, DRAY_FAILED, "'%s' did not end in %g seconds", run->name,
		run->limit_ms / 1000.0);
}

static enum dray_status watch(struct run *run, struct dray_err *err)
{
	bool has_moved;

	while (!has_ended(run)) {
		bool is_closed = run->out < 0 && run->err < 0;

		DRAY_TRY(check_time(run, err));
		DRAY_TRY(gather(run, is_closed ? LOOK_CLOSED_MS : LOOK_MS, &has_moved, err));
	}
	run->pid = -1;
	do
		DRAY_TRY(gather(run, 0, &has_moved, err));
	while (has_moved && (run->out >= 0 || run->err >= 0));
	return DRAY_OK;
}

static void stop(struct run *run)
{
	if (run->pid < 0)
		return;
	kill(-run->pid, SIGKILL);
	while (waitpid(run->pid, &run->result, 0) < 0 && errno == EINTR)
		;
	run->pid = -1;
}

/* ----------------------------------------------------------------- outcome */

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The last line that is not blank: where programs say why they gave up. */
static const char *last_line(const struct run *run, int *out_len)
{
	size_t end = run->tail_len;

	while (end > 0 && is_space(run->tail[end - 1]))
		end--;
	size_t start = end;
	while (start > 0 && run->tail[start - 1] != '\n')
		start--;
	*out_len = (int)(end - start);
	return run->tail + start;
}

static enum dray_status judge(const struct run *run, struct dray_err *err)
{
	int len;
	const char *line = last_line(run, &len);
	const char *colon = len > 0 ? ": " : "";

	if (WIFSIGNALED(run->result))
		return dray_fail(err, DRAY_FAILED, "'%s' was ended by signal %d%s%.*s", run->name,
			WTERMSIG(run->result), colon, len, line);
	if (WEXITSTATUS(run->result) != 0)
		return dray_fail(err, DRAY_FAILED, "'%s' ended with status %d%s%.*s", run->name,
			WEXITSTATUS(run->result), colon, len, line);
	return DRAY_OK;
}

static enum dray_status open_pipe(int *out_read, int *out_write, struct dray_err *err)
{
	int fds[2];

	if (dray_os.pipe(fds, O_CLOEXEC) != 0)
		return dray_os_fail(err, errno, "open", "a pipe");
	*out_read = fds[0];
	*out_write = fds[1];
	return DRAY_OK;
}

/* A pipe that holds the text already, so that nobody has to wait for the child to read it. */
static enum dray_status offer(const char *input, int *out_fd, struct dray_err *err)
{
	DRAY_AUTO_FD to = -1;
	size_t len = strlen(input);

	if (len > DRAY_OS_INPUT_MAX)
		return dray_fail(err, DRAY_INVALID, "more than %d bytes of input for a program",
			DRAY_OS_INPUT_MAX);
	DRAY_TRY(open_pipe(out_fd, &to, err));
	return dray_os_write(to, input, len, "a pipe", err);
}

static enum dray_status start(
	struct run *run, const char *const *argv, const char *input, struct dray_err *err)
{
	DRAY_AUTO_FD in = -1;
	DRAY_AUTO_FD out = -1;
	DRAY_AUTO_FD complaints = -1;

	if (input != NULL)
		DRAY_TRY(offer(input, &in, err));
	DRAY_TRY(open_pipe(&run->out, &out, err));
	DRAY_TRY(open_pipe(&run->err, &complaints, err));
	if (dray_os.spawn(argv, in, out, complaints, &run->pid) == 0)
		return DRAY_OK;
	run->pid = -1;
	return dray_os_fail(err, errno, "run", run->name);
}

enum dray_status dray_os_run(
	const char *const *argv, unsigned limit_ms, struct dray_buf *output, struct dray_err *err)
{
	return dray_os_run_with(argv, NULL, limit_ms, output, err);
}

enum dray_status dray_os_run_with(const char *const *argv, const char *input, unsigned limit_ms,
	struct dray_buf *output, struct dray_err *err)
{
	struct run run = {.name = argv[0],
		.limit_ms = limit_ms,
		.end_ns = dray_os_monotonic_ns() + (int64_t)limit_ms * 1000000,
		.pid = -1,
		.out = -1,
		.err = -1,
		.output = output};

	enum dray_status status = start(&run, argv, input, err);
	if (status == DRAY_OK)
		status = watch(&run, err);
	stop(&run);
	dray_fd_release(&run.out);
	dray_fd_release(&run.err);
	return status == DRAY_OK ? judge(&run, err) : status;
}
