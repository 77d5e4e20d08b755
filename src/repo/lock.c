/*
 * One command at a time changes the workspace or the pointers. With DVC we share its lock, and heed
 * what it writes down for the time in which it gives that lock away: while the command of a stage
 * runs, other processes may work, but not on what that command reads and writes.
 */
#include <dray/repo.h>

#include <string.h>

#include "private.h"

/* How long a command waits for another one to end, in steps. DVC waits as long. */
#define LOCK_TRIES 30
#define LOCK_STEP_MS 100

static enum dray_status take_once(const struct dray_repo *repo, const char *path, bool by_link,
	struct dray_lock *out_lock, struct dray_err *err)
{
	if (by_link)
		return dray_lock_take_link(path, out_lock, err);
	if (repo->dialect->lock != NULL)
		return dray_lock_take_flock(AT_FDCWD, path, out_lock, err);
	return dray_lock_take(AT_FDCWD, path, DRAY_LOCK_EXCLUSIVE, false, out_lock, err);
}

/* DVC can lock by links where nothing else works. Nobody would heed another lock of ours then. */
static enum dray_status is_by_link(
	const struct dray_repo *repo, bool *out_by_link, struct dray_err *err)
{
	*out_by_link = false;
	return repo->dialect->lock == NULL
		       ? DRAY_OK
		       : dray_repo_config_bool(repo, "core.hardlink_lock", false, out_by_link, err);
}

static enum dray_status take(const struct dray_repo *repo, const char *path, bool waits,
	struct dray_lock *out_lock, struct dray_err *err)
{
	bool by_link = false;

	DRAY_TRY(is_by_link(repo, &by_link, err));
	enum dray_status status = take_once(repo, path, by_link, out_lock, err);
	for (int i = 1; status == DRAY_BUSY && (waits || i < LOCK_TRIES); i++) {
		dray_os_pause(LOCK_STEP_MS);
		DRAY_TRY(dray_os_check_cancel(err));
		status = take_once(repo, path, by_link, out_lock, err);
	}
	return status;
}

/* ------------------------------------------------------- what DVC wrote down */

static enum dray_status read_claims(struct dray_repo *repo, const char *path, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	enum dray_status status = dray_os_slurp(AT_FDCWD, path, DRAY_RWLOCK_BYTES_MAX, &text, err);

	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	if (status == DRAY_OK)
		status =
			dray_rwlock_parse(dray_buf_text(&text), text.len, path, &repo->claims, err);
	if (status == DRAY_INVALID)
		dray_hint(err, "remove it if no DVC is running");
	return status;
}

/* DVC writes it with this lock held, and not whole at once. */
static enum dray_status load_claims(struct dray_repo *repo, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	dray_rwlock_drop(&repo->claims);
	if (repo->dialect->rwlock == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR path = dray_path_join(repo->root, repo->dialect->rwlock);
	DRAY_AUTO_STR guard = dray_format("%s.lock", path);
	if (!dray_os_exists(AT_FDCWD, path))
		return DRAY_OK;
	DRAY_TRY(take(repo, guard, false, &lock, err));
	return read_claims(repo, path, err);
}

enum dray_status dray_repo_check_free(
	const struct dray_repo *repo, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(repo->root, name);

	for (size_t i = 0; i < repo->claims.len; i++) {
		const struct dray_rwlock_claim *claim = &repo->claims.items[i];

		if ((!dray_path_is_within(claim->path, path) &&
			    !dray_path_is_within(path, claim->path)) ||
			!dray_os_is_running(claim->pid))
			continue;
		dray_fail(err, DRAY_BUSY, "'%s' is being %s by process %lld: %s", name,
			claim->is_writer ? "written" : "read", (long long)claim->pid,
			claim->command);
		return dray_hint(err,
			"wait until it ends; if there is no such process, remove '%s'",
			repo->dialect->rwlock);
	}
	return DRAY_OK;
}

/* --------------------------------------------------------------------- all */

/* Another's living draft of an index file is only a hint lost. */
static void sweep_index(const struct dray_repo *repo)
{
	DRAY_AUTO_STR folder = dray_path_join(repo->state_dir, "index");

	dray_os_sweep(AT_FDCWD, folder);
}

void dray_repo_sweep(const struct dray_repo *repo)
{
	DRAY_AUTO_STR shared = dray_path_join(repo->root, repo->dialect->folder);

	dray_os_sweep(AT_FDCWD, shared);
	dray_os_sweep(AT_FDCWD, repo->private_dir);
	if (repo->dialect->lock != NULL) {
		DRAY_AUTO_STR lock = dray_path_join(repo->root, repo->dialect->lock);
		DRAY_AUTO_STR folder = dray_path_dirname(lock);

		dray_os_sweep(AT_FDCWD, folder);
	}
}

enum dray_status dray_repo_lock(
	struct dray_repo *repo, struct dray_lock *out_lock, struct dray_err *err)
{
	const char *own = repo->dialect->lock;
	DRAY_AUTO_STR path = own != NULL ? dray_path_join(repo->root, own)
					 : dray_path_join(repo->state_dir, "lock");

	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, repo->state_dir, 0777, err));
	enum dray_status status = take(repo, path, repo->waits_for_lock, out_lock, err);
	if (status == DRAY_UNSUPPORTED)
		return DRAY_OK; /* no locks here: one command at a time is up to the person */
	if (status == DRAY_BUSY) {
		dray_fail(err, DRAY_BUSY, "another command is changing '%s'", repo->root);
		return dray_hint(err, "wait until it ends, then run this again, or with "
				      "--wait-for-lock");
	}
	DRAY_TRY(status);
	repo->is_locked = true;
	sweep_index(repo);
	return load_claims(repo, err);
}
