/* Commits one by one: what they say, and which files differ from one to another. */
#include "files.h"
#include "walk.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

enum dray_status dray_git_commit_find(
	struct dray_git *git, const char *hex, git_commit **out_commit, struct dray_err *err)
{
	DRAY_AUTO_STR where = dray_format("commit %s", hex);
	git_oid oid;

	DRAY_TRY(dray_git_load(git, err));
	if (!dray_git_oid_parse(&oid, hex, strlen(hex)))
		return dray_fail(err, DRAY_INVALID, "'%s' is no full commit id", hex);
	int rc = dray_git2.commit_lookup(out_commit, git->repo, &oid);
	return rc < 0 ? dray_git_object_fail(err, rc, &oid, where) : DRAY_OK;
}

static char *copy(const char *text)
{
	return dray_strdup(text != NULL ? text : "");
}

enum dray_status dray_git_commit_read(
	struct dray_git *git, const char *hex, struct dray_git_commit *out, struct dray_err *err)
{
	DRAY_AUTO_GIT(commit) commit = NULL;

	DRAY_TRY(dray_git_commit_find(git, hex, &commit, err));
	DRAY_TRY(dray_git_shallow_load(git, err));
	const git_oid *oid = dray_git2.object_id((const git_object *)commit);
	const git_signature *author = dray_git2.commit_author(commit);
	*out = (struct dray_git_commit){
		.author = copy(author->name),
		.email = copy(author->email),
		.subject = copy(dray_git2.commit_summary(commit)),
		.authored_s = author->when.time,
		.committed_s = dray_git2.commit_time(commit),
		.zone_minutes = author->when.offset,
		.is_cut = dray_map_peek(&git->shallow, oid->id, GIT_OID_RAWSZ) != NULL,
	};
	dray_git2.oid_tostr(out->hex, GIT_OID_HEXSZ + 1, oid);
	for (unsigned i = 0; !out->is_cut && i < dray_git2.commit_parentcount(commit); i++)
		dray_git_oid_give(dray_git2.commit_parent_id(commit, i), &out->parents);
	return DRAY_OK;
}

void dray_git_commit_drop(struct dray_git_commit *commit)
{
	dray_strs_drop(&commit->parents);
	free(commit->author);
	free(commit->email);
	free(commit->subject);
	*commit = (struct dray_git_commit)DRAY_GIT_COMMIT_INIT;
}

enum dray_status dray_git_is_shallow(struct dray_git *git, bool *out_is, struct dray_err *err)
{
	DRAY_TRY(dray_git_load(git, err));
	DRAY_TRY(dray_git_shallow_load(git, err));
	*out_is = git->shallow.len > 0;
	return DRAY_OK;
}

enum dray_status dray_git_blob_find(struct dray_git *git, const char *commit, const char *name,
	char out_hex[65], struct dray_err *err)
{
	DRAY_AUTO_GIT(object) object = NULL;
	DRAY_AUTO_STR spec = dray_format("%s:%s", commit, name);

	DRAY_TRY(dray_git_load(git, err));
	int rc = dray_git2.revparse_single(&object, git->repo, spec);
	out_hex[0] = '\0';
	if (rc == GIT_ENOTFOUND)
		return DRAY_OK;
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read '%s' of commit %s", name, commit);
	if (dray_git2.object_type(object) == GIT_OBJECT_BLOB)
		dray_git2.oid_tostr(out_hex, GIT_OID_HEXSZ + 1, dray_git2.object_id(object));
	return DRAY_OK;
}
