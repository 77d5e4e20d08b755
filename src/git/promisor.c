/*
 * Partial clones: objects that the clone left with its promisor remote, which
 * libgit2 knows nothing of. git fetches such an object when it is asked for
 * it; this is a place for libgit2 to look in after all others, which asks git,
 * says that there is nothing, and lets libgit2 look again where git has put it
 * (git_odb_read refreshes its places once after a miss).
 *
 * The one case in which this room runs a program: git, which goes by the
 * clone's own settings, as it does for every command that a person gives it.
 */
#include "promisor.h"

#include <dray/os.h>

#include <git2/sys/odb_backend.h>

#include <stdlib.h>
#include <string.h>

/* One object each time; the other side may have to be dialled, and to pack. */
#define FETCH_WAIT_MS (10u * 60 * 1000)

struct promisor {
	git_odb_backend base; /* first, as libgit2 hands it back */
	char *dir;            /* git's folder */
};

/* Whether it succeeds is seen by looking again. */
static int fetch(git_odb_backend *backend, const git_oid *oid)
{
	const struct promisor *promisor = (const struct promisor *)(const void *)backend;
	char hex[GIT_OID_HEXSZ + 1];
	const char *const argv[] = {"git", "--git-dir", promisor->dir, "cat-file", "-e",
		dray_git2.oid_tostr(hex, sizeof hex, oid), NULL};
	DRAY_AUTO(buf) answer = {.ceiling_bytes = 1};
	struct dray_err unused = DRAY_ERR_INIT;

	return dray_os_run(argv, FETCH_WAIT_MS, &answer, &unused) == DRAY_CANCELLED ? GIT_EUSER
										    : GIT_ENOTFOUND;
}

static int on_read(
	void **data, size_t *len, git_object_t *type, git_odb_backend *backend, const git_oid *oid)
{
	(void)data;
	(void)len;
	(void)type;
	return fetch(backend, oid);
}

static int on_read_header(
	size_t *len, git_object_t *type, git_odb_backend *backend, const git_oid *oid)
{
	(void)len;
	(void)type;
	return fetch(backend, oid);
}

static void on_free(git_odb_backend *backend)
{
	struct promisor *promisor = (struct promisor *)(void *)backend;

	free(promisor->dir);
	free(promisor);
}

/* Newer gits name the remote by its own settings, older ones by an extension of the format. */
static bool is_promise(const char *name)
{
	return strcmp(name, "extensions.partialclone") == 0 ||
	       (strncmp(name, "remote.", strlen("remote.")) == 0 &&
		       dray_path_has_suffix(name, ".promisor"));
}

static bool is_partial(git_repository *repo)
{
	DRAY_AUTO_GIT(config) config = NULL;
	DRAY_AUTO_GIT(config_iterator) iterator = NULL;
	git_config_entry *entry;

	/* entry by entry: libgit2 1.5 leaks where it matches names with an expression */
	if (dray_git2.repository_config_snapshot(&config, repo) < 0 ||
		dray_git2.config_iterator_new(&iterator, config) < 0)
		return false;
	while (dray_git2.config_next(&entry, iterator) == 0)
		if (is_promise(entry->name))
			return true;
	return false;
}

int dray_git_add_promisor(git_repository *repo, const char *dir)
{
	DRAY_AUTO_GIT(odb) odb = NULL;

	if (!is_partial(repo))
		return 0;
	int rc = dray_git2.repository_odb(&odb, repo);
	if (rc < 0)
		return rc;
	struct promisor *promisor = dray_calloc(1, sizeof *promisor);
	*promisor = (struct promisor){
		.base = {.version = GIT_ODB_BACKEND_VERSION,
			.read = on_read,
			.read_header = on_read_header,
			.free = on_free},
		.dir = dray_strdup(dir),
	};
	rc = dray_git2.odb_add_backend(odb, &promisor->base, 0); /* below libgit2's own: 1 and 2 */
	if (rc < 0)
		on_free(&promisor->base);
	return rc;
}
