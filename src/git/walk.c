/*
 * From commits to their parents. The walk is our own: libgit2 1.5 does not know where a shallow
 * clone's history ends.
 */
#include "walk.h"

#include "files.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

#define SHALLOW_CEILING_BYTES ((size_t)256 << 20)

void dray_git_found_drop(struct dray_git_found *found)
{
	dray_map_drop(&found->seen);
	free(found->oids);
}

void dray_git_found_add(struct dray_git_found *found, const git_oid *oid)
{
	if (!dray_map_add(&found->seen, oid->id, GIT_OID_RAWSZ, 0))
		return;
	DRAY_GROW(found->oids, found->len, found->cap);
	found->oids[found->len++] = *oid;
}

void dray_git_oid_give(const git_oid *oid, struct dray_strs *out_commits)
{
	char hex[GIT_OID_HEXSZ + 1];

	dray_git2.oid_tostr(hex, sizeof hex, oid);
	dray_strs_add(out_commits, hex);
}

void dray_git_found_give(const struct dray_git_found *found, struct dray_strs *out_commits)
{
	for (size_t i = 0; i < found->len; i++)
		dray_git_oid_give(&found->oids[i], out_commits);
}

enum dray_status dray_git_shallow_load(struct dray_git *git, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_path_join(git->common_dir, "shallow");
	git_oid oid;

	if (git->has_shallow)
		return DRAY_OK;
	if (dray_os_exists(AT_FDCWD, path))
		DRAY_TRY(dray_os_slurp(AT_FDCWD, path, SHALLOW_CEILING_BYTES, &text, err));
	for (const char *line = dray_buf_text(&text); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (dray_git_oid_parse(&oid, line, len))
			dray_map_add(&git->shallow, oid.id, GIT_OID_RAWSZ, 0);
		line += len + (line[len] == '\n');
	}
	git->has_shallow = true;
	return DRAY_OK;
}

static enum dray_status add_parents(
	struct dray_git_found *found, const git_oid *oid, struct dray_err *err)
{
	DRAY_AUTO_GIT(commit) commit = NULL;
	int rc = dray_git2.commit_lookup(&commit, found->git->repo, oid);

	if (rc < 0)
		return dray_git_object_fail(err, rc, oid, "the history");
	for (unsigned i = 0; i < dray_git2.commit_parentcount(commit); i++)
		dray_git_found_add(found, dray_git2.commit_parent_id(commit, i));
	return DRAY_OK;
}

enum dray_status dray_git_found_walk(struct dray_git_found *found, struct dray_err *err)
{
	DRAY_TRY(dray_git_shallow_load(found->git, err));
	for (size_t i = 0; i < found->len; i++) {
		git_oid oid = found->oids[i];

		DRAY_TRY(dray_os_check_cancel(err));
		if (dray_map_peek(&found->git->shallow, oid.id, GIT_OID_RAWSZ) == NULL)
			DRAY_TRY(add_parents(found, &oid, err));
	}
	return DRAY_OK;
}
