/* dray diff: which files differ, and by how much. */
#include "trees.h"

#include <string.h>

struct sums {
	struct dray_session *session;
	struct dray_fold *fold; /* or NULL: each file is told */
	const char *name;       /* of the tracked data */
	const char *within;
	uint64_t added;
	uint64_t deleted;
	uint64_t modified;
	uint64_t renamed;
	uint64_t missing;
	uint64_t corrupt;
	uint64_t bytes_added;
	uint64_t bytes_deleted;
};

static void report_diff(struct sums *sums, const struct dray_diff *diff)
{
	char hash[DRAY_OID_TEXT_MAX];
	char old_hash[DRAY_OID_TEXT_MAX];
	bool is_deleted = strcmp(diff->state, "deleted") == 0;
	bool is_added = strcmp(diff->state, "added") == 0;

	const struct dray_item item = {
		.state = diff->state,
		.path = diff->path,
		.from = diff->from,
		.hash = diff->has_oid ? dray_oid_text(&diff->oid, hash) : NULL,
		.old_hash = diff->has_old_oid ? dray_oid_text(&diff->old_oid, old_hash) : NULL,
		.size = diff->size,
		.has_size = !is_deleted,
		.old_size = diff->old_size,
		.has_old_size = !is_added && diff->old_size != UINT64_MAX,
	};

	if (sums->fold != NULL)
		fold_add(sums->fold, &item);
	else
		report_item(sums->session->report, &item);
	sums->added += is_added;
	sums->deleted += is_deleted;
	sums->modified += strcmp(diff->state, "modified") == 0;
	sums->renamed += strcmp(diff->state, "renamed") == 0;
	sums->bytes_added += is_deleted ? 0 : diff->size;
	sums->bytes_deleted += is_added || diff->old_size == UINT64_MAX ? 0 : diff->old_size;
}

static enum dray_status diff_workspace(
	struct sums *sums, const struct dray_target *target, unsigned jobs, struct dray_err *err)
{
	DRAY_AUTO(diffs) diffs = DIFFS_INIT;
	bool is_dir = dray_track_out(target->track)->oid.is_dir;

	DRAY_TRY(diffs_find(sums->session, target, jobs, &diffs, err));
	if (diffs.is_uncached && is_dir)
		session_note(sums->session,
			"the manifest of '%s' is not in the cache: 'dray fetch %s' brings it",
			target->track->name, target->track->name);
	for (size_t i = 0; i < diffs.len; i++)
		report_diff(sums, &diffs.items[i]);
	return DRAY_OK;
}

/* One object that a pointer needs: is it in the cache, and trusted? */
static enum dray_status check_object(struct sums *sums, const char *path,
	const struct dray_oid *oid, uint64_t size, struct dray_err *err)
{
	DRAY_AUTO_STR full = dray_path_join(sums->name, path);
	char hash[DRAY_OID_TEXT_MAX];
	uint64_t found;
	enum dray_status status = dray_store_check(sums->session->store, oid, size, &found, err);

	if (status != DRAY_NOT_FOUND && status != DRAY_CORRUPT)
		return status;
	report_item(sums->session->report,
		&(struct dray_item){
			.state = status == DRAY_CORRUPT ? "corrupt" : "missing",
			.path = full,
			.hash = dray_oid_text(oid, hash),
			.size = size,
			.has_size = size != UINT64_MAX,
		});
	sums->missing += status == DRAY_NOT_FOUND;
	sums->corrupt += status == DRAY_CORRUPT;
	return DRAY_OK;
}

static enum dray_status check_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct sums *sums = ctx;

	if (entry->kind == DRAY_KIND_EMPTY ||
		(sums->within != NULL && !dray_path_is_within(entry->path, sums->within)))
		return DRAY_OK;
	return check_object(sums, entry->path, &entry->oid, entry->size, err);
}

static enum dray_status diff_cache(
	struct sums *sums, const struct dray_target *target, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(target->track);
	uint64_t missing = sums->missing;

	if (!out->has_oid)
		return DRAY_OK;
	sums->name = target->track->name;
	sums->within = target->within;
	DRAY_TRY(check_object(sums, "", &out->oid,
		out->oid.is_dir || !out->has_size ? UINT64_MAX : out->size, err));
	if (!out->oid.is_dir || sums->missing > missing)
		return DRAY_OK;
	return dray_manifest_each(
		sums->session->repo, &out->oid, sums->name, check_entry, sums, err);
}

static void report_sums(const struct sums *sums, bool is_cache)
{
	struct dray_report *report = sums->session->report;

	if (is_cache) {
		report_total(report, "missing", sums->missing);
		report_total(report, "corrupt", sums->corrupt);
		return;
	}
	report_total(report, "added", sums->added);
	report_total(report, "deleted", sums->deleted);
	report_total(report, "modified", sums->modified);
	report_total(report, "renamed", sums->renamed);
	report_total(report, "bytes_added", sums->bytes_added);
	report_total(report, "bytes_deleted", sums->bytes_deleted);
}

static enum dray_status diff_pointers(struct dray_session *session, const struct dray_strs *paths,
	const struct dray_diff_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(fold) fold = FOLD_INIT(options->level);
	struct sums sums = {.session = session, .fold = options->summary ? &fold : NULL};

	DRAY_TRY(selection_open(session, paths, &selection, err));
	for (size_t i = 0; i < selection.targets.len; i++) {
		const struct dray_target *target = &selection.targets.items[i];

		DRAY_TRY(options->cache ? diff_cache(&sums, target, err)
					: diff_workspace(&sums, target, options->jobs, err));
	}
	fold_report(&fold, session->report);
	session->report->is_different = sums.added + sums.deleted + sums.modified + sums.renamed +
						sums.missing + sums.corrupt >
					0;
	report_sums(&sums, options->cache);
	return DRAY_OK;
}

/* DVC's diff starts at HEAD; before the first commit it finds nothing. */
static enum dray_status diff_head(struct dray_session *session, const struct dray_strs *paths,
	const struct dray_diff_options *options, struct dray_err *err)
{
	DRAY_AUTO(strs) head = DRAY_STRS_INIT;
	char commit[65];

	if (session->repo->git == NULL)
		return dray_fail(err, DRAY_USAGE, "this repository has no git, hence no history");
	enum dray_status status = dray_git_resolve(session->repo->git, "HEAD", commit, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	dray_strs_add(&head, "HEAD");
	return diff_revisions(session, &head, paths, options, err);
}

enum dray_status dray_ops_diff(
	struct dray_session *session, const struct dray_diff_options *options, struct dray_err *err)
{
	DRAY_AUTO(strs) revisions = DRAY_STRS_INIT;
	DRAY_AUTO(strs) paths = DRAY_STRS_INIT;

	DRAY_TRY(diff_words(session, options, &revisions, &paths, err));
	if (options->cache && revisions.len > 0)
		return dray_fail(err, DRAY_USAGE, "--cache compares with the present pointers");
	if (options->cache && options->summary)
		return dray_fail(err, DRAY_USAGE, "--cache and --summary exclude each other");
	dray_progress_begin(&session->report->progress, "comparing");
	if (revisions.len > 0)
		return diff_revisions(session, &revisions, &paths, options, err);
	if (session->repo->dialect->is_dvc && !options->cache)
		return diff_head(session, &paths, options, err);
	return diff_pointers(session, &paths, options, err);
}
