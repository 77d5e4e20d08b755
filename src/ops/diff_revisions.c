/* dray diff of revisions: one against the workspace, or two against each other. */
#include "trees.h"

#include <string.h>

struct sides {
	struct dray_session *session;
	const char *names[2];         /* as asked for; NULL: the workspace */
	struct dray_tracks tracks[2]; /* of the workspace: what the present pointers track */
	struct dray_filter filter;
	struct dray_findings findings;
	struct dray_fold fold;
	bool with_uncached;
	bool is_folded;
};

static void sides_drop(struct sides *sides)
{
	dray_findings_drop(&sides->findings);
	dray_fold_drop(&sides->fold);
	dray_filter_drop(&sides->filter);
	for (size_t i = 0; i < DRAY_COUNT(sides->tracks); i++)
		dray_tracks_drop(&sides->tracks[i]);
}

/* -------------------------------------------------------------------- reports */

/* A path of a leaf as a name; *out_is_dir where it ended in '/'. */
static char *name_of(const char *path, bool *out_is_dir)
{
	*out_is_dir = dray_path_has_suffix(path, "/");
	return dray_strndup(path, strlen(path) - *out_is_dir);
}

static void report_diff(struct sides *sides, const struct dray_diff *diff)
{
	bool is_renamed = strcmp(diff->state, "renamed") == 0;
	bool is_added = strcmp(diff->state, "added") == 0;
	bool has_new = is_added || is_renamed || strcmp(diff->state, "modified") == 0;
	bool is_dir, is_old_dir = false;
	/* what became something else is told under what it was */
	DRAY_AUTO_STR name =
		name_of(diff->from != NULL && !is_renamed ? diff->from : diff->path, &is_dir);
	DRAY_AUTO_STR from = is_renamed ? name_of(diff->from, &is_old_dir) : NULL;
	char hash[DRAY_OID_TEXT_MAX], old_hash[DRAY_OID_TEXT_MAX];

	const struct dray_item item = {
		.state = diff->state,
		.path = name,
		.from = from,
		.kind = is_dir ? "dir" : "file",
		.hash = has_new && diff->has_oid ? dray_oid_text(&diff->oid, hash) : NULL,
		.old_hash = diff->has_old_oid ? dray_oid_text(&diff->old_oid, old_hash) : NULL,
		.size = diff->size,
		.has_size = has_new && diff->size != UINT64_MAX,
		.old_size = diff->old_size,
		.has_old_size = !is_added && diff->old_size != UINT64_MAX,
	};

	if (sides->is_folded)
		fold_add(&sides->fold, &item);
	else
		report_item(sides->session->report, &item);
}

struct sums {
	uint64_t added, deleted, modified, renamed, uncached, bytes_added, bytes_deleted;
};

/* Files only: a directory differs because they do. */
static void count(struct sums *sums, const struct dray_diff *diff)
{
	bool is_added = strcmp(diff->state, "added") == 0;
	bool is_deleted = strcmp(diff->state, "deleted") == 0;

	if (dray_path_has_suffix(diff->path, "/"))
		return;
	sums->added += is_added;
	sums->deleted += is_deleted;
	sums->modified += strcmp(diff->state, "modified") == 0;
	sums->renamed += strcmp(diff->state, "renamed") == 0;
	if (!is_deleted && diff->size != UINT64_MAX)
		sums->bytes_added += diff->size;
	if (!is_added && diff->old_size != UINT64_MAX)
		sums->bytes_deleted += diff->old_size;
}

static void report_sums(const struct sides *sides, const struct sums *sums)
{
	struct dray_report *report = sides->session->report;

	report_total(report, "added", sums->added);
	report_total(report, "deleted", sums->deleted);
	report_total(report, "modified", sums->modified);
	report_total(report, "renamed", sums->renamed);
	if (sides->with_uncached)
		report_total(report, "not_in_cache", sums->uncached);
	report_total(report, "bytes_added", sums->bytes_added);
	report_total(report, "bytes_deleted", sums->bytes_deleted);
}

static void report(struct sides *sides)
{
	const struct dray_findings *findings = &sides->findings;
	struct sums sums = {.added = 0};

	for (size_t i = 0; i < findings->unread.len; i++) {
		bool is_dir;
		DRAY_AUTO_STR name = name_of(findings->unread.items[i], &is_dir);

		session_note(sides->session,
			"a manifest of '%s' is not in the cache: what is in it is not compared; "
			"'dray fetch --rev' gets it",
			name);
	}
	for (size_t i = 0; i < findings->diffs.len; i++) {
		report_diff(sides, &findings->diffs.items[i]);
		count(&sums, &findings->diffs.items[i]);
	}
	fold_report(&sides->fold, sides->session->report);
	for (size_t i = 0; i < findings->uncached.len; i++) {
		if (!sides->is_folded)
			report_diff(sides, &findings->uncached.items[i]);
		sums.uncached += !dray_path_has_suffix(findings->uncached.items[i].path, "/");
	}
	sides->session->report->is_different = findings->diffs.len > 0;
	report_sums(sides, &sums);
}

/* ------------------------------------------------------------------ comparing */

static enum dray_status load(struct sides *sides, size_t side, struct dray_err *err)
{
	struct dray_session *session = sides->session;
	char commit[65];

	if (sides->names[side] == NULL)
		return dray_tracks_load(session->repo, &sides->tracks[side], err);
	DRAY_TRY(dray_git_resolve(session->repo->git, sides->names[side], commit, err));
	return tracks_of_commit(session, commit, &sides->tracks[side], err);
}

static enum dray_status tree_of(
	const struct sides *sides, size_t side, struct dray_tree *out, struct dray_err *err)
{
	if (sides->names[side] == NULL)
		return tree_of_workspace(
			sides->session, &sides->tracks[side], &sides->filter, out, err);
	enum dray_status status = tree_of_tracks(&sides->tracks[side], &sides->filter, out, err);
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, "in '%s'", sides->names[side]);
}

static enum dray_status run(struct sides *sides, const struct dray_strs *paths,
	const struct dray_diff_options *options, struct dray_err *err)
{
	DRAY_AUTO(tree) old = TREE_INIT;
	DRAY_AUTO(tree) new = TREE_INIT;
	const struct dray_tracks *const tracks[] = {&sides->tracks[0], &sides->tracks[1]};
	const struct dray_findings_options gathering = {
		.filter = &sides->filter,
		.with_uncached = sides->with_uncached,
		.jobs = options->jobs,
	};

	for (size_t i = 0; i < DRAY_COUNT(sides->tracks); i++)
		DRAY_TRY(load(sides, i, err));
	DRAY_TRY(filter_find(
		sides->session, paths, tracks, DRAY_COUNT(tracks), false, &sides->filter, err));
	DRAY_TRY(tree_of(sides, 0, &old, err));
	DRAY_TRY(tree_of(sides, 1, &new, err));
	DRAY_TRY(findings_gather(sides->session, &old, &new, &gathering, &sides->findings, err));
	report(sides);
	return DRAY_OK;
}

enum dray_status diff_revisions(struct dray_session *session, const struct dray_strs *revisions,
	const struct dray_strs *paths, const struct dray_diff_options *options,
	struct dray_err *err)
{
	struct sides sides = {
		.session = session,
		.names = {revisions->items[0], revisions->len > 1 ? revisions->items[1] : NULL},
		.tracks = {DRAY_TRACKS_INIT, DRAY_TRACKS_INIT},
		.filter = FILTER_INIT,
		.findings = FINDINGS_INIT,
		.fold = FOLD_INIT(options->level),
		.with_uncached = revisions->len == 1 && !options->hide_missing,
		.is_folded = options->summary,
	};
	enum dray_status status = run(&sides, paths, options, err);

	sides_drop(&sides);
	return status;
}
