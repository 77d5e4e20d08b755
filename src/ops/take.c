/*
 * dray add --out: bring a file or tree from anywhere to a place in the
 * workspace. It grows under a temporary name beside the place and is renamed
 * when it is whole. Bytes are shared where the file system can.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct taking {
	int root;
	struct dray_progress *progress;
	struct dray_strs pending; /* folders below `from` to copy, "" first */
	const char *from;
	const char *temp; /* below root */
};

static enum dray_status copy_file(struct taking *taking, const char *from, const char *to,
	const struct dray_stat *stat, struct dray_err *err)
{
	DRAY_AUTO_FD source = -1;
	DRAY_AUTO_FD target = -1;
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(dray_os_open(AT_FDCWD, from, O_RDONLY | O_NONBLOCK, 0, &source, err));
	DRAY_TRY(dray_os_open(taking->root, to, O_WRONLY | O_CREAT | O_EXCL,
		(stat->mode & 0111) != 0 ? 0777 : 0666, &target, err));
	if (dray_os_clone(target, source, to, &unused) == DRAY_OK)
		return DRAY_OK;
	DRAY_TRY(dray_os_copy(source, target, from, to, &taking->progress->bytes_done, err));
	return dray_os_close(&target, to, err);
}

static enum dray_status copy_entry(struct taking *taking, const char *inside, struct dray_err *err)
{
	DRAY_AUTO_STR from = dray_path_join(taking->from, inside);
	DRAY_AUTO_STR to = dray_path_join(taking->temp, inside);
	DRAY_AUTO_STR target = NULL;
	int root = taking->root;
	struct dray_stat stat;

	DRAY_TRY(dray_os_stat(AT_FDCWD, from, &stat, err));
	switch ((enum dray_file_type)stat.type) {
	case DRAY_TYPE_FILE:
		return copy_file(taking, from, to, &stat, err);
	case DRAY_TYPE_DIR:
		dray_strs_add(&taking->pending, inside);
		return dray_os_mkdir(root, to, 0777, err);
	case DRAY_TYPE_LINK:
		DRAY_TRY(dray_os_readlink(AT_FDCWD, from, &target, err));
		return dray_os_symlink(target, root, to, err);
	case DRAY_TYPE_OTHER:
		break;
	}
	return dray_fail(err, DRAY_UNSUPPORTED,
		"'%s' is a FIFO, socket or device, which cannot be versioned", from);
}

static enum dray_status copy_all(struct taking *taking, struct dray_err *err)
{
	DRAY_TRY(copy_entry(taking, "", err));
	while (taking->pending.len > 0) {
		DRAY_AUTO_STR inside = taking->pending.items[--taking->pending.len];
		DRAY_AUTO_STR folder = dray_path_join(taking->from, inside);
		DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
		DRAY_AUTO_FD fd = -1;

		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_os_open_dir(AT_FDCWD, folder, &fd, err));
		DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
		for (size_t i = 0; i < dirents.len; i++) {
			DRAY_AUTO_STR below = dray_path_join(inside, dirents.items[i].name);

			DRAY_TRY(copy_entry(taking, below, err));
		}
	}
	return DRAY_OK;
}

enum dray_status tree_copy(const struct dray_tree_copy *copy, struct dray_err *err)
{
	struct taking taking = {
		.root = copy->root,
		.progress = copy->progress,
		.from = copy->from,
		.temp = copy->temp,
	};
	struct dray_err unused = DRAY_ERR_INIT;

	enum dray_status status = copy_all(&taking, err);
	dray_strs_drop(&taking.pending);
	if (status != DRAY_OK)
		dray_ignore(dray_os_remove_tree(
			copy->root, copy->temp, &unused)); /* the first error is the one to tell */
	return status;
}

/* Put the finished copy in its place; what was there is kept aside until the copy is recorded. */
enum dray_status taken_settle(struct dray_session *session, const char *temp, const char *to,
	struct dray_taken *out, struct dray_err *err)
{
	int root = session->repo->root_fd;
	DRAY_AUTO_STR folder = dray_path_dirname(to);
	DRAY_AUTO_STR aside = NULL;
	char basename[DRAY_TEMP_NAME_MAX];
	struct dray_err unused = DRAY_ERR_INIT;

	if (dray_os_exists(root, to)) {
		dray_os_temp_name(basename);
		aside = dray_path_join(folder, basename);
		DRAY_TRY(dray_os_rename(root, to, root, aside, err));
	}
	enum dray_status status = dray_os_rename(root, temp, root, to, err);
	if (status != DRAY_OK && aside != NULL)
		dray_ignore(dray_os_rename(root, aside, root, to, &unused)); /* tell the first */
	if (status != DRAY_OK) {
		dray_ignore(dray_os_remove_tree(root, temp, &unused)); /* likewise */
		return status;
	}
	*out = (struct dray_taken){.to = dray_strdup(to), .aside = aside};
	aside = NULL;
	return DRAY_OK;
}

enum dray_status taken_finish(
	struct dray_session *session, struct dray_taken *taken, bool is_kept, struct dray_err *err)
{
	int root = session->repo->root_fd;
	enum dray_status status = DRAY_OK;

	if (taken->to != NULL && !is_kept)
		status = dray_os_remove_tree(root, taken->to, err);
	if (status == DRAY_OK && taken->aside != NULL)
		status = is_kept ? dray_os_remove_tree(root, taken->aside, err)
				 : dray_os_rename(root, taken->aside, root, taken->to, err);
	free(taken->to);
	free(taken->aside);
	*taken = (struct dray_taken)TAKEN_INIT;
	return status;
}

/* A copy of a tree into itself would never end. */
static enum dray_status refuse_inside(
	struct dray_session *session, const char *from, const char *to, struct dray_err *err)
{
	DRAY_AUTO_STR target = dray_path_join(session->repo->root, to);
	DRAY_AUTO_STR folder = dray_path_dirname(from);
	DRAY_AUTO_STR real = NULL;

	/* not `from` itself: a symlink is taken as such */
	DRAY_TRY(dray_os_realpath(*folder != '\0' ? folder : "/", &real, err));
	DRAY_AUTO_STR source = dray_path_join(real, dray_path_basename(from));
	if (dray_path_is_within(target, source))
		return dray_fail(err, DRAY_USAGE, "'%s' lies inside '%s'", to, from);
	if (dray_path_is_within(source, target))
		return dray_fail(
			err, DRAY_USAGE, "'%s' lies inside '%s', which it would replace", from, to);
	return DRAY_OK;
}

enum dray_status tree_take(struct dray_session *session, const char *from, const char *to,
	bool force, struct dray_taken *out, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(to);
	/* `from` is as typed: relative to where the person stands, not to the process's folder */
	DRAY_AUTO_STR here = dray_path_join(session->repo->root, session->prefix);
	DRAY_AUTO_STR typed =
		dray_path_is_absolute(from) ? dray_strdup(from) : dray_path_join(here, from);
	DRAY_AUTO_STR source = dray_path_normalise(typed);
	char basename[DRAY_TEMP_NAME_MAX];
	struct dray_stat stat;

	DRAY_TRY(dray_os_stat(AT_FDCWD, source, &stat, err));
	DRAY_TRY(refuse_inside(session, source, to, err));
	if (dray_os_exists(session->repo->root_fd, to) && !force) {
		dray_fail(err, DRAY_EXISTS, "'%s' exists already", to);
		return dray_hint(err, "replace it with --force");
	}
	DRAY_TRY(dray_os_mkdirs(session->repo->root_fd, folder, 0777, err));
	dray_os_temp_name(basename);
	DRAY_AUTO_STR temp = dray_path_join(folder, basename);
	const struct dray_tree_copy copy = {
		.root = session->repo->root_fd,
		.from = source,
		.temp = temp,
		.progress = &session->report->progress,
	};
	DRAY_TRY(tree_copy(&copy, err));
	return taken_settle(session, temp, to, out, err);
}
