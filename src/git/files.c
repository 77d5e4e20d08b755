/*
 * Giving blobs to a caller's function, each once per name and content.
 *
 * Invariant: a blob is read only after its size was found to be below the
 * ceiling, so a hostile history cannot fill the memory.
 */
#include "files.h"

#include <string.h>

enum dray_status dray_git_files_begin(
	struct dray_git *git, struct dray_git_files *files, struct dray_err *err)
{
	int rc = dray_git2.repository_odb(&files->odb, git->repo);

	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot open the objects of '%s'", git->dir);
	return DRAY_OK;
}

void dray_git_files_drop(struct dray_git_files *files)
{
	dray_git_odb_release(&files->odb);
	files->odb = NULL;
	dray_map_drop(&files->seen);
	dray_buf_drop(&files->key);
}

bool dray_git_files_is_new(struct dray_git_files *files, const git_oid *oid, const char *name)
{
	dray_buf_clear(&files->key);
	dray_buf_add(&files->key, oid->id, GIT_OID_RAWSZ);
	dray_buf_puts(&files->key, name);
	return dray_map_add(&files->seen, files->key.data, files->key.len, 0);
}

enum dray_status dray_git_object_fail(
	struct dray_err *err, int rc, const git_oid *oid, const char *where)
{
	char hex[GIT_OID_HEXSZ + 1];

	dray_git2.oid_tostr(hex, sizeof hex, oid);
	if (rc != GIT_ENOTFOUND)
		return dray_git2_fail(err, rc, "cannot read git object %s of %s", hex, where);
	dray_fail(err, DRAY_NOT_FOUND, "git object %s of %s is missing", hex, where);
	return dray_hint(err, "in a shallow clone run: git fetch --unshallow; "
			      "in a partial one: git fetch --refetch --no-filter");
}

bool dray_git_is_wanted(const char *const *suffixes, const char *name)
{
	for (const char *const *suffix = suffixes; *suffix != NULL; suffix++)
		if (dray_path_has_suffix(name, *suffix))
			return true;
	return false;
}

enum dray_status dray_git_files_give(
	struct dray_git_files *files, const git_oid *oid, const char *name, struct dray_err *err)
{
	DRAY_AUTO_GIT(odb_object) blob = NULL;
	git_object_t type;
	size_t len;

	if (!dray_git_is_wanted(files->suffixes, name) || !dray_git_files_is_new(files, oid, name))
		return DRAY_OK;
	int rc = dray_git2.odb_read_header(&len, &type, files->odb, oid);
	if (rc == 0 && len > files->ceiling_bytes)
		return dray_fail(err, DRAY_INVALID, "'%s' in %s is larger than %zu bytes", name,
			files->where, files->ceiling_bytes);
	if (rc == 0)
		rc = dray_git2.odb_read(&blob, files->odb, oid);
	if (rc < 0)
		return dray_git_object_fail(err, rc, oid, files->where);
	if (type != GIT_OBJECT_BLOB)
		return dray_fail(err, DRAY_INVALID, "'%s' in %s is no blob", name, files->where);
	return files->fn(files->ctx, name, dray_git2.odb_object_data(blob),
		dray_git2.odb_object_size(blob), err);
}
