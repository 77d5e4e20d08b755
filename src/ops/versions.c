/*
 * Data that DVC keeps in a versioned bucket (a remote with `version_aware` or `worktree`): files
 * lie under their names, and the pointer says which version of each. It is read; DVC writes it.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static enum dray_status list_one(
	struct dray_store *store, const struct dray_out *out, struct dray_err *err)
{
	struct dray_intake *intake = NULL;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_oid oid;

	DRAY_TRY(dray_out_manifest(out, &text, &oid, err));
	DRAY_TRY(dray_intake_begin(store, &intake, err));
	enum dray_status status =
		dray_intake_bytes(intake, dray_buf_text(&text), text.len, true, &oid, err);
	if (status == DRAY_OK)
		status = dray_intake_commit(intake, err);
	dray_intake_free(intake);
	return status;
}

enum dray_status versions_list(
	struct dray_store *store, const struct dray_out *out, struct dray_err *err)
{
	if (out->files_len == 0 || dray_store_has(store, &out->oid))
		return DRAY_OK;
	return list_one(store, out, err);
}

void versions_list_try(struct dray_store *store, const struct dray_out *out)
{
	struct dray_err unused = DRAY_ERR_INIT;

	dray_ignore(versions_list(
		store, out, &unused)); /* whoever reads it tells that it is not there */
}

/* ----------------------------------------------------------------- where it is */

static char *version_in(const char *remote, const struct dray_version *versions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR folded = key_fold(versions[i].remote);
		const char *id = versions[i].version_id;

		if (strcmp(folded, remote) == 0)
			return id != NULL ? dray_strdup(id) : NULL;
	}
	return NULL;
}

void versions_add(struct dray_remote *remote, const char *remote_name, const struct dray_out *out,
	const char *name)
{
	for (size_t i = 0; i < out->files_len; i++) {
		const struct dray_versioned_file *file = &out->files[i];
		struct dray_versioned_object object = {.oid = file->oid};

		if (!file->has_oid)
			continue;
		object.key = dray_path_join(name, file->path);
		object.version = version_in(remote_name, file->versions, file->versions_len);
		dray_remote_versioned_add(remote, &object);
	}
	if (out->has_oid && !out->oid.is_dir) {
		const struct dray_versioned_object object = {
			.oid = out->oid,
			.key = dray_strdup(name),
			.version = version_in(remote_name, out->versions, out->versions_len),
		};

		dray_remote_versioned_add(remote, &object);
	}
}

enum dray_status versions_wrap(const struct dray_repo *repo, const char *name,
	struct dray_remote **remote, char **out_name, struct dray_err *err)
{
	DRAY_AUTO_STR chosen = NULL;
	bool is_aware = false;
	bool is_worktree = false;

	DRAY_TRY(remote_choose(repo, name, &chosen, err));
	DRAY_AUTO_STR aware = dray_format("remote.%s.version_aware", chosen);
	DRAY_AUTO_STR worktree = dray_format("remote.%s.worktree", chosen);
	DRAY_TRY(dray_repo_config_bool(repo, aware, false, &is_aware, err));
	DRAY_TRY(dray_repo_config_bool(repo, worktree, false, &is_worktree, err));
	if (!is_aware && !is_worktree)
		return DRAY_OK;
	*remote = dray_remote_versioned(*remote);
	*out_name = chosen;
	chosen = NULL;
	return DRAY_OK;
}
