/* Annotated tags: which commit, and when it was said. */
#include "library.h"
#include "repository.h"

#include <dray/git.h>

#include <string.h>

#define TAGS "refs/tags/"

static enum dray_status tell(const git_reference *ref, const git_tag *tag, dray_git_tag_fn fn,
	void *ctx, struct dray_err *err)
{
	DRAY_AUTO_GIT(object) target = NULL;
	char hex[GIT_OID_HEXSZ + 1];
	const git_signature *tagger = dray_git2.tag_tagger(tag);

	int rc = dray_git2.tag_peel(&target, tag);
	if (rc < 0)
		return dray_git2_fail(
			err, rc, "cannot read git ref '%s'", dray_git2.reference_name(ref));
	if (dray_git2.object_type(target) != GIT_OBJECT_COMMIT)
		return DRAY_OK;
	const struct dray_git_tag told = {
		.name = dray_git2.reference_name(ref) + strlen(TAGS),
		.commit = dray_git2.oid_tostr(hex, sizeof hex, dray_git2.object_id(target)),
		.time = tagger != NULL ? tagger->when.time : 0,
	};
	return fn(ctx, &told, err);
}

static enum dray_status look_at(struct dray_git *git, const git_reference *ref, dray_git_tag_fn fn,
	void *ctx, struct dray_err *err)
{
	DRAY_AUTO_GIT(tag) tag = NULL;
	const char *name = dray_git2.reference_name(ref);
	const git_oid *oid = dray_git2.reference_target(ref);

	if (strncmp(name, TAGS, strlen(TAGS)) != 0 || oid == NULL ||
		dray_git2.tag_lookup(&tag, git->repo, oid) < 0)
		return DRAY_OK; /* a commit's own name, or nothing that is here */
	return tell(ref, tag, fn, ctx, err);
}

enum dray_status dray_git_each_tag(
	struct dray_git *git, dray_git_tag_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_GIT(reference_iterator) refs = NULL;

	DRAY_TRY(dray_git_load(git, err));
	int rc = dray_git2.reference_iterator_new(&refs, git->repo);
	while (rc == 0) {
		DRAY_AUTO_GIT(reference) ref = NULL;

		rc = dray_git2.reference_next(&ref, refs);
		if (rc == 0)
			DRAY_TRY(look_at(git, ref, fn, ctx, err));
	}
	if (rc != GIT_ITEROVER)
		return dray_git2_fail(err, rc, "cannot list the refs of '%s'", git->dir);
	return DRAY_OK;
}
