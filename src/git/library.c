/*
 * Loading libgit2 and reading its errors.
 *
 * The table is the room's one piece of global state: libgit2 itself is global
 * (init, options, last error), so a table per repository would only pretend.
 * Types come from <git2.h>, thus a call that does not fit does not compile.
 */
#include "library.h"

#include <dray/git.h>
#include <dray/os.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* History walks visit every tree once: libgit2's default of 256 MB keeps what is not asked again.
 */
#define CACHE_BYTES ((ssize_t)16 << 20)

struct dray_git2 dray_git2;

static const struct dray_symbol symbols[] = {
#define X(name) {"git_" #name, offsetof(struct dray_git2, name)},
	DRAY_GIT_CALL_MAP(X)
#undef X
#define X(type) {"git_" #type "_free", offsetof(struct dray_git2, type##_free)},
		DRAY_GIT_HANDLE_MAP(X)
#undef X
};

/*
 * Repository extensions that change nothing for what we do: a partial clone
 * lacks objects (promisor.c has git fetch them), worktreeconfig only moves settings, and
 * preciousobjects forbids the pruning that we never do.
 */
static const char *known_extensions[] = {
	"partialclone", "worktreeconfig", "preciousobjects", "relativeworktrees"};

static int set_options(const struct dray_git2 *lib)
{
	const char *no_system = dray_os_env("GIT_CONFIG_NOSYSTEM");
	bool is_set;
	int rc = lib->libgit2_opts(
		GIT_OPT_SET_EXTENSIONS, known_extensions, DRAY_COUNT(known_extensions));

	if (rc >= 0)
		rc = lib->libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_BYTES);
	if (rc >= 0 && no_system != NULL && (!dray_parse_bool(no_system, &is_set) || is_set))
		rc = lib->libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
	/* libgit2 does not know this variable; dray_git_add_global_config() adds its file */
	if (rc >= 0 && getenv("GIT_CONFIG_GLOBAL") != NULL)
		rc = lib->libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
	return rc;
}

enum dray_status dray_git2_load(struct dray_err *err)
{
	struct dray_git2 table;

	if (dray_git2.libgit2_init != NULL)
		return DRAY_OK;
	DRAY_TRY(dray_os_load(DRAY_GIT2_SONAME, symbols, DRAY_COUNT(symbols), &table, err));
	if (table.libgit2_init() < 0 || set_options(&table) < 0)
		return dray_fail(err, DRAY_FAILED, "cannot initialise '%s'", DRAY_GIT2_SONAME);
	dray_git2 = table;
	return DRAY_OK;
}

const char *dray_git_library_version(void)
{
	static char text[40];
	struct dray_err err = DRAY_ERR_INIT;
	int major, minor, revision;

	if (dray_git2_load(&err) != DRAY_OK)
		return NULL;
	dray_git2.libgit2_version(&major, &minor, &revision);
	snprintf(text, sizeof text, "%d.%d.%d", major, minor, revision);
	return text;
}

const char *dray_git2_message(void)
{
	const git_error *last = dray_git2.error_last();

	return last != NULL && last->message != NULL ? last->message : "";
}

char *dray_git2_message_line(void)
{
	char *line = dray_strdup(dray_git2_message());
	size_t len = strlen(line);

	while (len > 0 && line[len - 1] == '\n')
		line[--len] = '\0';
	for (char *end = line; (end = strchr(end, '\n')) != NULL;)
		*end = ' ';
	return line;
}

/* libgit2 keeps errno as the end of its message only. */
static enum dray_status status_of_text(const char *message)
{
	static const int told[] = {ENOSPC, EDQUOT, EACCES, EPERM, EROFS};

	for (size_t i = 0; i < DRAY_COUNT(told); i++)
		if (dray_path_has_suffix(message, strerror(told[i])))
			return dray_os_status(told[i]);
	return DRAY_FAILED;
}

static enum dray_status status_of(int rc, const char *message)
{
	switch (rc) {
	case GIT_ENOTFOUND:
	case GIT_EUNBORNBRANCH:
		return DRAY_NOT_FOUND;
	case GIT_EEXISTS:
		return DRAY_EXISTS;
	case GIT_EAMBIGUOUS:
	case GIT_EINVALIDSPEC:
	case GIT_EINVALID:
	case GIT_EPEEL:
	case GIT_EDIRECTORY:
		return DRAY_INVALID;
	case GIT_ELOCKED:
		return DRAY_BUSY;
	case GIT_EMISMATCH:
		return DRAY_CORRUPT;
	case GIT_EOWNER:
	case GIT_EAUTH:
	case GIT_ECERTIFICATE:
		return DRAY_DENIED;
	default:
		return status_of_text(message);
	}
}

enum dray_status dray_git2_fail(struct dray_err *err, int rc, const char *what, ...)
{
	DRAY_AUTO_STR message = dray_git2_message_line();
	va_list args;
	char text[DRAY_PATH_MAX];

	if (rc == GIT_EUSER && dray_os_check_cancel(err) != DRAY_OK)
		return err->status;
	/* some failures say nothing, and must not be told with the words of an earlier one */
	dray_git2.error_clear();
	va_start(args, what);
	vsnprintf(text, sizeof text, what, args);
	va_end(args);
	if (*message == '\0')
		return dray_fail(err, status_of(rc, ""), "%s: git error %d", text, rc);
	return dray_fail(err, status_of(rc, message), "%s: %s", text, message);
}
