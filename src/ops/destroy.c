/* dray destroy: leave a repository without dray, and the data where it is. */
#include "private.h"

#include <string.h>

/* A link into the cache would dangle or stay read-only: make files of them first. */
static enum dray_status free_data(struct dray_session *session, struct dray_err *err)
{
	DRAY_TRY(dray_ops_unprotect(session, NULL, err));
	/* the copies must be on disk before the objects go */
	return dray_os_syncfs(session->repo->root_fd, session->repo->root, err);
}

static enum dray_status remove_pointers(
	struct dray_session *session, struct dray_strs *staged, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	struct dray_repo *repo = session->repo;

	DRAY_TRY(dray_tracks_load(repo, &tracks, err));
	for (size_t i = 0; i < tracks.files_len; i++) {
		const char *name = tracks.files[i]->name;

		if (!dray_os_exists(repo->root_fd, name))
			continue; /* a lock of stages that never ran */
		DRAY_TRY(dray_os_unlink(repo->root_fd, name, err));
		dray_strs_add(staged, name);
	}
	for (size_t i = 0; repo->git != NULL && i < tracks.len; i++) {
		DRAY_AUTO_STR name = dray_repo_git_name(repo, tracks.items[i].name);
		DRAY_AUTO_STR ignore = gitignore_beside(tracks.items[i].name);
		bool is_changed = false;

		DRAY_TRY(dray_git_ignore_remove(repo->git, name, &is_changed, err));
		if (is_changed)
			dray_strs_add(staged, ignore);
	}
	return DRAY_OK;
}

struct others {
	const char *own; /* our root, as git calls it */
	bool is_any;
};

static enum dray_status note_other(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	struct others *others = ctx;
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO_STR root = dray_path_dirname(folder);

	(void)data;
	(void)len;
	(void)err;
	others->is_any |= strcmp(root, others->own) != 0;
	return DRAY_OK;
}

/* What `install` put into git goes, unless another repository of the same git's may need it. */
static enum dray_status free_git(struct dray_session *session, struct dray_err *err)
{
	static const struct dray_install_options options = {.uninstall = true};
	DRAY_AUTO_STR native = dray_format("%s/config", dray_dialect_native.folder);
	DRAY_AUTO_STR dvc = dray_format("%s/config", dray_dialect_dvc.folder);
	const char *const suffixes[] = {native, dvc, NULL};

	if (session->repo->git == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR own = dray_repo_git_name(session->repo, "");
	struct others others = {.own = own};
	DRAY_TRY(dray_git_each_staged(
		session->repo->git, suffixes, DRAY_CONFIG_BYTES_MAX, note_other, &others, err));
	return others.is_any ? DRAY_OK : dray_ops_install(session, &options, err);
}

static enum dray_status remove_own(
	struct dray_session *session, struct dray_strs *staged, struct dray_err *err)
{
	struct dray_repo *repo = session->repo;
	DRAY_AUTO_STR config = dray_path_join(repo->dialect->folder, "config");

	dray_strs_add(staged, config);
	if (dray_os_exists(repo->root_fd, repo->dialect->ignore_file)) {
		DRAY_TRY(dray_os_unlink(repo->root_fd, repo->dialect->ignore_file, err));
		dray_strs_add(staged, repo->dialect->ignore_file);
	}
	DRAY_TRY(dray_os_remove_tree(repo->root_fd, repo->dialect->folder, err));
	DRAY_TRY(dray_os_remove_tree(AT_FDCWD, repo->state_dir, err));
	return dray_os_remove_tree(AT_FDCWD, repo->private_dir, err);
}

enum dray_status dray_ops_destroy(struct dray_session *session, bool force, struct dray_err *err)
{
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool stage;

	if (!force) {
		dray_fail(err, DRAY_USAGE,
			"this removes all pointers, settings and the cache of '%s'",
			session->repo->root);
		return dray_hint(err, "run it with --force if that is meant; the data stays");
	}
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(free_data(session, err));
	DRAY_TRY(free_git(session, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(remove_pointers(session, &staged, err));
	DRAY_TRY(remove_own(session, &staged, err));
	return stage ? stage_names(session, &staged, err) : DRAY_OK;
}
