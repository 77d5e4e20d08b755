/*
 * A bare copy of another repository, kept in a folder of ours and refreshed.
 *
 *  1. It has no hooks, no templates and no config but what is written here, and libgit2 runs no
 *     programs; what comes from outside are objects and the names of branches and tags.
 *  2. libgit2 1.5 cannot fetch a part of the history, so all of it comes once.
 *  3. One process at a time fetches into it. Readers need no lock: objects are only ever added.
 */
#include "mirror.h"

#include "repository.h"

#include <dray/os.h>

#include <errno.h>
#include <string.h>

#define LOCK_FILE "dray-fetch.lock"

struct fetch {
	const struct dray_git_mirror *mirror;
	struct dray_git_keys keys;
};

static int on_credential(
	git_credential **out, const char *url, const char *user, unsigned allowed, void *payload)
{
	struct fetch *fetch = payload;

	return dray_git_keys_give(out, url, user, allowed, &fetch->keys);
}

static int on_progress(const git_indexer_progress *stats, void *payload)
{
	const struct fetch *fetch = payload;
	struct dray_progress *progress = fetch->mirror->progress;

	if (progress != NULL) {
		atomic_store(&progress->files_total, stats->total_objects);
		atomic_store(&progress->files_done, stats->indexed_objects);
		atomic_store(&progress->bytes_done, stats->received_bytes);
	}
	return dray_os_is_cancelled() ? -1 : 0;
}

static int on_sideband(const char *text, int len, void *payload)
{
	(void)text; /* the other side's chatter is for nobody */
	(void)len;
	(void)payload;
	return dray_os_is_cancelled() ? -1 : 0;
}

/* It has one code for nearly everything that may go wrong on the way. */
static bool is_absent(const char *message)
{
	return dray_path_has_suffix(message, strerror(ENOENT)) ||
	       dray_path_has_suffix(message, "status code: 404") ||
	       dray_path_has_suffix(message, "does not appear to be a git repository");
}

/* What a person may do about it. */
static const char *hint_for(int rc, enum dray_status status, const char *message)
{
	if (strstr(message, "hostkey") != NULL || strstr(message, "host key") != NULL)
		return "connect to it once with ssh, to confirm its key";
	if (rc == GIT_ECERTIFICATE)
		return "name the authority that signed it: http.sslCAInfo of git's settings or "
		       "GIT_SSL_CAINFO";
	if (strstr(message, "cannot redirect") != NULL)
		return "use the address that it moved to, if you trust that";
	if (status == DRAY_DENIED || strstr(message, "auth") != NULL)
		return "add a key to ssh's agent, or set up a credential helper of git";
	return NULL;
}

/* libgit2's words, unless they would show the password. */
static enum dray_status fail(const struct fetch *fetch, int rc, struct dray_err *err)
{
	const char *url = fetch->mirror->url;
	DRAY_AUTO_STR shown = dray_git_url_shown(url);
	DRAY_AUTO_STR message = dray_git2_message_line();

	DRAY_TRY(dray_os_check_cancel(err));
	if (dray_git_is_told(url, message))
		dray_git2.error_clear();
	enum dray_status status =
		dray_git2_fail(err, rc, "cannot fetch git repository '%s'", shown);
	if (status == DRAY_FAILED && is_absent(message))
		return err->status = DRAY_NOT_FOUND;
	const char *hint = hint_for(rc, status, message);
	return hint != NULL ? dray_hint(err, "%s", hint) : status;
}

/* HEAD as the other side has it: a branch by name, or a commit; left alone if there is none. */
static int follow_head(git_repository *repo, git_remote *remote)
{
	git_buf branch = GIT_BUF_INIT;
	const git_remote_head **heads;
	size_t count;
	int rc = dray_git2.remote_default_branch(&branch, remote);

	if (rc == 0) {
		rc = dray_git2.repository_set_head(repo, branch.ptr);
		dray_git2.buf_dispose(&branch);
		return rc;
	}
	if (rc != GIT_ENOTFOUND || dray_git2.remote_ls(&heads, &count, remote) != 0)
		return rc == GIT_ENOTFOUND ? 0 : rc;
	for (size_t i = 0; i < count; i++)
		if (strcmp(heads[i]->name, "HEAD") == 0)
			return dray_git2.repository_set_head_detached(repo, &heads[i]->oid);
	return 0;
}

struct fetching {
	git_repository *repo;
	const char *url;
	const git_remote_connect_options *connect;
	const git_fetch_options *options;
};

/* HEAD may name what is yet to be fetched: it is read first and set last. */
static int fetch_with(void *ctx)
{
	static char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*";
	char *specs[] = {heads, tags};
	const git_strarray refspecs = {.strings = specs, .count = DRAY_COUNT(specs)};
	const struct fetching *fetching = ctx;
	DRAY_AUTO_GIT(remote) remote = NULL;

	int rc = dray_git2.remote_create_anonymous(&remote, fetching->repo, fetching->url);
	if (rc == 0)
		rc = dray_git2.remote_connect_ext(remote, GIT_DIRECTION_FETCH, fetching->connect);
	if (rc == 0)
		rc = dray_git2.remote_fetch(remote, &refspecs, fetching->options, NULL);
	return rc == 0 ? follow_head(fetching->repo, remote) : rc;
}

/*
 * To another host we are not sent on: libgit2 would give it the keys that are for this one. With
 * ssh it goes on waiting for a mute server when a signal ended its wait, thus the mortal call; all
 * that it leaves is a pack that nobody reads.
 */
static enum dray_status fetch_all(struct fetch *fetch, git_repository *repo, struct dray_err *err)
{
	git_remote_connect_options connect;
	git_fetch_options options;

	int rc =
		dray_git2.remote_connect_options_init(&connect, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	if (rc == 0)
		rc = dray_git2.fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	if (rc < 0)
		return fail(fetch, rc, err);
	options.prune = GIT_FETCH_PRUNE;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.update_fetchhead = 0;
	options.callbacks.credentials = on_credential;
	options.callbacks.transfer_progress = on_progress;
	options.callbacks.sideband_progress = on_sideband;
	options.callbacks.payload = fetch;
	options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	connect.callbacks = options.callbacks;
	connect.follow_redirects = options.follow_redirects;
	connect.proxy_opts = options.proxy_opts;
	struct fetching fetching = {repo, fetch->mirror->url, &connect, &options};
	rc = dray_os_call_mortal(fetch_with, &fetching);
	return rc < 0 ? fail(fetch, rc, err) : DRAY_OK;
}

/* Make the empty repository unless it is there. */
static enum dray_status prepare(const struct dray_git_mirror *mirror, struct dray_err *err)
{
	DRAY_AUTO_STR head = dray_path_join(mirror->dir, "HEAD");
	DRAY_AUTO_GIT(repository) repo = NULL;
	git_repository_init_options options;

	DRAY_TRY(dray_git2_load(err));
	if (dray_os_exists(AT_FDCWD, head))
		return DRAY_OK;
	int rc = dray_git2.repository_init_options_init(
		&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
	if (rc == 0)
		rc = dray_git2.repository_init_ext(&repo, mirror->dir, &options);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot make '%s'", mirror->dir);
	return DRAY_OK;
}

static bool has_commit(struct dray_git *git, const char *revision)
{
	DRAY_AUTO_GIT(commit) commit = NULL;
	git_oid oid;

	return revision != NULL && dray_git_oid_parse(&oid, revision, strlen(revision)) &&
	       dray_git2.commit_lookup(&commit, git->repo, &oid) == 0;
}

static enum dray_status refresh(
	struct dray_git *git, const struct dray_git_mirror *mirror, struct dray_err *err)
{
	struct fetch fetch = {.mirror = mirror};

	DRAY_TRY(dray_git_load(git, err));
	if (has_commit(git, mirror->revision))
		return DRAY_OK;
	DRAY_TRY(dray_git_trust_named(git->repo, err));
	dray_progress_begin(mirror->progress, "fetching from git");
	return fetch_all(&fetch, git->repo, err);
}

/* A file system without locks: one fetch at a time is up to the person. */
static enum dray_status take_lock(const char *dir, struct dray_lock *out, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(dir, LOCK_FILE);
	struct dray_err own = DRAY_ERR_INIT;
	enum dray_status status = DRAY_BUSY;

	while (status == DRAY_BUSY) {
		DRAY_TRY(dray_os_check_cancel(err));
		status = dray_lock_take(AT_FDCWD, path, DRAY_LOCK_EXCLUSIVE, false, out, &own);
		if (status == DRAY_BUSY)
			dray_os_pause(100);
	}
	if (status != DRAY_OK && status != DRAY_UNSUPPORTED) {
		*err = own;
		return status;
	}
	return DRAY_OK;
}

enum dray_status dray_git_mirror_open(
	const struct dray_git_mirror *mirror, struct dray_git **out_git, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct dray_git *git = NULL;

	DRAY_TRY(dray_git_url_check(mirror->url, err));
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, mirror->dir, 0700, err));
	DRAY_TRY(take_lock(mirror->dir, &lock, err));
	DRAY_TRY(prepare(mirror, err));
	DRAY_TRY(dray_git_open_at(mirror->dir, &git, err));
	enum dray_status status = refresh(git, mirror, err);
	if (status == DRAY_OK)
		*out_git = git;
	else
		dray_git_close(git);
	return status;
}
