/*
 * The hooks of `dray install`, see hook_text.h.
 *
 * 1. A hook that was there keeps its bytes: it gets a second name before ours takes its place by
 *    rename, so that at any moment one of the two is there. Taking ours away renames it back.
 * 2. Hooks of more repositories than this one (core.hooksPath of the user's or the machine's
 *    settings) are not touched. On request this repository, or one work tree, gets a folder of its
 *    own, where links lead to all that was in the folder before.
 */
#include "hook_text.h"
#include "install.h"

#include <stdlib.h>
#include <string.h>

/* In git's own folder, or that of one work tree. */
#define OWN_FOLDER "dray-hooks"

/* ----------------------------------------------------------------- the folder */

static char *own_folder(const struct install *install)
{
	const struct dray_git *git = install->session->repo->git;

	return dray_path_join(
		install->options->worktree ? dray_git_dir(git) : dray_git_common_dir(git),
		OWN_FOLDER);
}

/* Do other repositories, or with --worktree other work trees, look for hooks there as well? */
static bool is_shared(const struct install *install)
{
	const struct git_setting *path = git_settings_find(&install->settings, "core.hookspath");

	if (path == NULL)
		return install->options->worktree;
	if (strcmp(path->scope, "worktree") == 0)
		return false;
	return install->options->worktree || strcmp(path->scope, "local") != 0;
}

/* Links to all that the folder before has: git looks into one folder only. */
static enum dray_status link_all(const char *from, const char *to, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, to, 0777, err));
	if (!dray_os_is_dir(AT_FDCWD, from))
		return DRAY_OK;
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, from, &fd, err));
	DRAY_TRY(dray_os_list(fd, from, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR target = dray_path_join(from, dirents.items[i].name);
		DRAY_AUTO_STR place = dray_path_join(to, dirents.items[i].name);

		if (!dray_path_has_suffix(place, ".sample") && !dray_os_exists(AT_FDCWD, place))
			DRAY_TRY(dray_os_symlink(target, AT_FDCWD, place, err));
	}
	return DRAY_OK;
}

/* A folder that is only ours to change. */
static enum dray_status claim_folder(
	struct install *install, char **out_folder, struct dray_err *err)
{
	DRAY_AUTO_STR folder = NULL;
	DRAY_AUTO_STR own = own_folder(install);

	DRAY_TRY(git_path(install->session, "hooks", &folder, err));
	if (is_shared(install)) {
		if (!install->options->local && !install->options->worktree) {
			dray_fail(err, DRAY_EXISTS,
				"core.hooksPath leads more repositories than this one to '%s'",
				folder);
			return dray_hint(err, "'dray install --local' gives this one hooks of its "
					      "own, which call those");
		}
		DRAY_TRY(link_all(folder, own, err));
		DRAY_TRY(install_set(install, "core.hooksPath", own, err));
		free(folder);
		folder = own;
		own = NULL;
	}
	*out_folder = folder;
	folder = NULL;
	return DRAY_OK;
}

/* ----------------------------------------------------------------- one hook */

struct place {
	const struct install *install;
	const struct hook_kind *kind;
	char *path;
	char *kept;           /* where a hook that was there is, or goes */
	struct dray_buf text; /* of the hook that is there; "" if there is none */
	bool is_there;
	bool is_kept_there;
};

static void place_drop(struct place *place)
{
	free(place->path);
	free(place->kept);
	dray_buf_drop(&place->text);
}

static enum dray_status look(const char *path, bool *out_is_there, struct dray_err *err)
{
	struct dray_stat stat;
	enum dray_status status = dray_os_stat(AT_FDCWD, path, &stat, err);

	*out_is_there = status == DRAY_OK;
	return status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

/* Append a hook's text; nothing of a folder, of a link that leads nowhere, or of a program that is
 * larger than a script. */
static enum dray_status read_hook(const char *path, struct dray_buf *out, struct dray_err *err)
{
	struct dray_stat stat;
	enum dray_status status = dray_os_stat_target(AT_FDCWD, path, &stat, err);

	if (status == DRAY_OK && stat.type == DRAY_TYPE_FILE)
		status = dray_os_slurp(AT_FDCWD, path, HOOK_HEAD_BYTES_MAX, out, err);
	return status == DRAY_NOT_FOUND || status == DRAY_INVALID ? DRAY_OK : status;
}

static enum dray_status place_look(const struct install *install, const char *folder,
	const struct hook_kind *kind, struct place *out, struct dray_err *err)
{
	*out = (struct place){
		.install = install,
		.kind = kind,
		.path = dray_path_join(folder, kind->name),
		.text = {.ceiling_bytes = 0},
	};
	out->kept = dray_format("%s" HOOK_KEPT_SUFFIX, out->path);
	DRAY_TRY(look(out->path, &out->is_there, err));
	DRAY_TRY(look(out->kept, &out->is_kept_there, err));
	return out->is_there ? read_hook(out->path, &out->text, err) : DRAY_OK;
}

static bool is_ours(const struct place *place)
{
	return place->is_there && hook_is_ours(place->kind, dray_buf_text(&place->text));
}

/* How to go on with the hook that is kept. */
static enum dray_status find_before(
	const struct place *place, struct hook_before *out, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	bool is_there;

	*out = (struct hook_before){.chain = HOOK_ALONE};
	DRAY_TRY(look(place->kept, &is_there, err));
	if (!is_there)
		return DRAY_OK;
	DRAY_TRY(read_hook(place->kept, &text, err));
	*out = hook_chain_to(
		place->kind, dray_buf_text(&text), dray_session_is_dvc(place->install->session));
	return DRAY_OK;
}

static bool is_same_file(const char *a, const char *b)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat one, other;

	return dray_os_stat(AT_FDCWD, a, &one, &unused) == DRAY_OK &&
	       dray_os_stat(AT_FDCWD, b, &other, &unused) == DRAY_OK && one.ino == other.ino &&
	       one.dev == other.dev;
}

/* Give the hook that is there its second name. */
static enum dray_status keep(const struct place *place, struct dray_err *err)
{
	if (place->is_kept_there) {
		/* or an installation was killed here */
		if (is_same_file(place->path, place->kept))
			return DRAY_OK;
		dray_fail(err, DRAY_EXISTS, "hook '%s' is not dray's, and '%s' is in the way",
			place->path, place->kept);
		return dray_hint(err, "bring the two together by hand, then try again");
	}
	enum dray_status status = dray_os_link(AT_FDCWD, place->path, AT_FDCWD, place->kept, err);
	if (status == DRAY_UNSUPPORTED || status == DRAY_DENIED)
		status = dray_os_rename(AT_FDCWD, place->path, AT_FDCWD, place->kept, err);
	return status;
}

static enum dray_status place_install(const struct place *place, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct hook_before before;
	bool has_foreign = place->is_there && !is_ours(place);
	const char *state = has_foreign ? "chained" : place->is_there ? "updated" : "created";

	if (has_foreign && hook_calls_us(place->kind, dray_buf_text(&place->text))) {
		install_tell(place->install, "unchanged", place->path);
		return DRAY_OK;
	}
	if (has_foreign)
		DRAY_TRY(keep(place, err));
	DRAY_TRY(find_before(place, &before, err));
	hook_write(place->kind, &before, &text);
	if (place->is_there && text.len == place->text.len &&
		memcmp(text.data, place->text.data, text.len) == 0)
		state = "unchanged";
	else
		DRAY_TRY(dray_os_publish(AT_FDCWD, place->path, text.data, text.len, 0777, err));
	install_tell(place->install, state, place->path);
	return DRAY_OK;
}

static enum dray_status place_uninstall(const struct place *place, struct dray_err *err)
{
	if (!is_ours(place)) {
		if (place->is_kept_there)
			session_note(place->install->session,
				"hook '%s' is not dray's any more: '%s' stays", place->path,
				place->kept);
		return DRAY_OK;
	}
	if (place->is_kept_there)
		DRAY_TRY(dray_os_rename(AT_FDCWD, place->kept, AT_FDCWD, place->path, err));
	else
		DRAY_TRY(dray_os_unlink(AT_FDCWD, place->path, err));
	install_tell(place->install, place->is_kept_there ? "restored" : "removed", place->path);
	return DRAY_OK;
}

/* ------------------------------------------------------------------------- all */

typedef enum dray_status place_fn(const struct place *place, struct dray_err *err);

static enum dray_status each_place(
	const struct install *install, const char *folder, place_fn *fn, struct dray_err *err)
{
	for (size_t i = 0; i < hook_kinds_len; i++) {
		__attribute__((cleanup(place_drop))) struct place place = {.path = NULL};

		DRAY_TRY(place_look(install, folder, &hook_kinds[i], &place, err));
		DRAY_TRY(fn(&place, err));
	}
	return DRAY_OK;
}

/* Nothing is written if one of them could not be. */
static enum dray_status check_place(const struct place *place, struct dray_err *err)
{
	if (dray_os_is_dir(AT_FDCWD, place->path))
		return dray_fail(err, DRAY_EXISTS, "'%s' is a folder", place->path);
	if (!place->is_there || is_ours(place) || !place->is_kept_there ||
		hook_calls_us(place->kind, dray_buf_text(&place->text)))
		return DRAY_OK;
	return keep(place, err);
}

enum dray_status install_hooks(struct install *install, struct dray_err *err)
{
	DRAY_AUTO_STR folder = NULL;

	DRAY_TRY(claim_folder(install, &folder, err));
	DRAY_TRY(each_place(install, folder, check_place, err));
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	dray_os_sweep(AT_FDCWD, folder);
	return each_place(install, folder, place_install, err);
}

enum dray_status uninstall_hooks(struct install *install, struct dray_err *err)
{
	const struct git_setting *path = git_settings_find(&install->settings, "core.hookspath");
	DRAY_AUTO_STR folder = NULL;
	DRAY_AUTO_STR own = own_folder(install);

	if (path != NULL && strcmp(path->value, own) == 0) {
		DRAY_TRY(install_set(install, "core.hooksPath", NULL, err));
		DRAY_TRY(dray_os_remove_tree(AT_FDCWD, own, err));
		install_tell(install, "removed", own);
		return DRAY_OK;
	}
	DRAY_TRY(git_path(install->session, "hooks", &folder, err));
	dray_os_sweep(AT_FDCWD, folder);
	return each_place(install, folder, place_uninstall, err);
}
