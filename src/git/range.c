/* Ranges of commits, as gitrevisions(7) writes them: A..B and A...B. */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

/* The two dots of a range, not those in braces ("HEAD^{/a..b}"); NULL: it is none. */
static const char *find_dots(const char *text)
{
	unsigned depth = 0;

	for (const char *at = text; *at != '\0'; at++) {
		depth += *at == '{';
		depth -= *at == '}' && depth > 0;
		if (depth == 0 && at[0] == '.' && at[1] == '.')
			return at;
	}
	return NULL;
}

bool dray_git_is_range(const char *text)
{
	return find_dots(text) != NULL;
}

/* One end; left out, it is HEAD. */
static enum dray_status resolve_end(
	struct dray_git *git, const char *text, size_t len, git_oid *out_oid, struct dray_err *err)
{
	DRAY_AUTO_STR revision = len > 0 ? dray_strndup(text, len) : dray_strdup("HEAD");
	char hex[65];

	DRAY_TRY(dray_git_resolve(git, revision, hex, err));
	if (!dray_git_oid_parse(out_oid, hex, strlen(hex)))
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' has no id that we read", revision);
	return DRAY_OK;
}

struct ends {
	git_oid from;
	git_oid to;
	bool is_symmetric;
};

static enum dray_status parse(
	struct dray_git *git, const char *range, struct ends *out, struct dray_err *err)
{
	const char *dots = find_dots(range);

	if (dots == NULL)
		return dray_fail(err, DRAY_INVALID, "'%s' is no range of commits", range);
	out->is_symmetric = dots[2] == '.';
	const char *to = dots + (out->is_symmetric ? 3 : 2);
	DRAY_TRY(resolve_end(git, range, (size_t)(dots - range), &out->from, err));
	return resolve_end(git, to, strlen(to), &out->to, err);
}

/* What can be reached from `wanted` and not from `hidden`. */
static enum dray_status reach(struct dray_git *git, const git_oid *hidden, const git_oid *wanted,
	struct dray_strs *out_commits, struct dray_err *err)
{
	__attribute__((cleanup(dray_git_found_drop))) struct dray_git_found found = {.git = git};

	dray_git_found_add(&found, hidden);
	DRAY_TRY(dray_git_found_walk(&found, err));
	found.len = 0; /* they stay seen */
	dray_git_found_add(&found, wanted);
	DRAY_TRY(dray_git_found_walk(&found, err));
	dray_git_found_give(&found, out_commits);
	return DRAY_OK;
}

enum dray_status dray_git_range(struct dray_git *git, const char *range,
	struct dray_strs *out_commits, struct dray_err *err)
{
	struct ends ends;

	DRAY_TRY(parse(git, range, &ends, err));
	DRAY_TRY(reach(git, &ends.from, &ends.to, out_commits, err));
	return ends.is_symmetric ? reach(git, &ends.to, &ends.from, out_commits, err) : DRAY_OK;
}

enum dray_status dray_git_merge_base(
	struct dray_git *git, const char *range, char out_hex[2][65], struct dray_err *err)
{
	git_oid base;
	struct ends ends;

	DRAY_TRY(parse(git, range, &ends, err));
	if (ends.is_symmetric) {
		int rc = dray_git2.merge_base(&base, git->repo, &ends.from, &ends.to);

		if (rc == GIT_ENOTFOUND) {
			dray_fail(err, DRAY_NOT_FOUND, "'%s': no commit is an ancestor of both",
				range);
			return dray_hint(err, "in a shallow clone run: git fetch --unshallow");
		}
		if (rc < 0)
			return dray_git2_fail(err, rc, "cannot find where '%s' began", range);
		ends.from = base;
	}
	dray_git2.oid_tostr(out_hex[0], GIT_OID_HEXSZ + 1, &ends.from);
	dray_git2.oid_tostr(out_hex[1], GIT_OID_HEXSZ + 1, &ends.to);
	return DRAY_OK;
}
