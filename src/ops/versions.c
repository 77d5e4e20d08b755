/*
 * Data that DVC keeps in a versioned bucket (a remote with `version_aware` or `worktree`): files
 * lie under their names, and the pointer says which version of each. It is read; DVC writes it.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum dray_status versions_list(struct dray_session *session, const struct dray_track *const *tracks,
	size_t count, struct dray_err *err)
{
	struct dray_intake *intake = NULL;
	enum dray_status status = DRAY_OK;

	DRAY_TRY(dray_intake_begin(session->store, &intake, err));
	for (size_t i = 0; i < count && status == DRAY_OK; i++) {
		const struct dray_out *out = dray_track_out(tracks[i]);
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_oid oid;

		if (out->files_len == 0 || dray_store_has(session->store, &out->oid))
			continue;
		status = dray_out_manifest(out, &text, &oid, err);
		if (status == DRAY_OK)
			status = dray_intake_bytes(
				intake, dray_buf_text(&text), text.len, true, &oid, err);
	}
	if (status == DRAY_OK)
		status = dray_intake_commit(intake, err);
	dray_intake_free(intake);
	return status;
}

struct list {
	struct dray_versioned_object *items;
	size_t len;
	size_t cap;
	const char *remote;
};

static const char *version_in(
	const struct list *list, const struct dray_version *versions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR remote = key_fold(versions[i].remote);

		if (strcmp(remote, list->remote) == 0)
			return versions[i].version_id;
	}
	return NULL;
}

static void add(struct list *list, const struct dray_oid *oid, char *key, const char *version)
{
	DRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = (struct dray_versioned_object){
		.oid = *oid,
		.key = key,
		.version = version != NULL ? dray_strdup(version) : NULL,
	};
}

static void add_out(struct list *list, const struct dray_track *track)
{
	const struct dray_out *out = dray_track_out(track);

	for (size_t i = 0; i < out->files_len; i++) {
		const struct dray_versioned_file *file = &out->files[i];

		if (file->has_oid)
			add(list, &file->oid, dray_path_join(track->name, file->path),
				version_in(list, file->versions, file->versions_len));
	}
	if (out->has_oid && !out->oid.is_dir)
		add(list, &out->oid, dray_strdup(track->name),
			version_in(list, out->versions, out->versions_len));
}

static enum dray_status is_versioned(const struct dray_session *session, const char *name,
	bool *out_is_versioned, struct dray_err *err)
{
	DRAY_AUTO_STR aware = dray_format("remote.%s.version_aware", name);
	DRAY_AUTO_STR worktree = dray_format("remote.%s.worktree", name);
	bool is_worktree = false;

	DRAY_TRY(dray_repo_config_bool(session->repo, aware, false, out_is_versioned, err));
	DRAY_TRY(dray_repo_config_bool(session->repo, worktree, false, &is_worktree, err));
	*out_is_versioned |= is_worktree;
	return DRAY_OK;
}

enum dray_status versions_wrap(struct dray_session *session, const char *name,
	const struct dray_track *const *tracks, size_t count, struct dray_remote **remote,
	struct dray_err *err)
{
	DRAY_AUTO_STR chosen = NULL;
	struct list list = {.items = NULL};
	bool wanted = false;

	enum dray_status status = remote_choose(session, name, &chosen, err);
	if (status == DRAY_OK)
		status = is_versioned(session, chosen, &wanted, err);
	if (status != DRAY_OK) {
		dray_remote_close(*remote);
		return status;
	}
	if (!wanted)
		return DRAY_OK;
	list.remote = chosen;
	for (size_t i = 0; i < count; i++)
		add_out(&list, tracks[i]);
	*remote = dray_remote_versioned(*remote, list.items, list.len);
	return DRAY_OK;
}
