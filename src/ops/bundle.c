/* dray bundle create: the data of some revisions as one file, for where no network leads. */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

/* Most data is compressed already; who wants zstd or gzip says so by the name. */
static enum dray_archive_kind kind_of(const char *path)
{
	enum dray_archive_kind kind = DRAY_ARCHIVE_TAR;

	if (!dray_archive_kind_of(path, &kind) || kind == DRAY_ARCHIVE_ZIP)
		return DRAY_ARCHIVE_TAR;
	return kind;
}

static enum dray_status write_file(struct bundle_job *job, const char *path, struct dray_err *err)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	DRAY_TRY(dray_draft_begin(AT_FDCWD, path, 0666, &draft, err));
	DRAY_TRY(dray_archive_writer_open(kind_of(path), draft.fd, path, &job->writer, err));
	enum dray_status status = bundle_write(job, err);
	dray_archive_writer_close(job->writer);
	DRAY_TRY(status);
	return dray_draft_commit(&draft, err);
}

enum dray_status dray_ops_bundle_create(struct dray_session *session,
	const struct dray_bundle_options *options, struct dray_err *err)
{
	__attribute__((cleanup(bundle_plan_drop))) struct bundle_plan plan = {
		.tracks = DRAY_TRACKS_INIT};

	DRAY_TRY(bundle_plan_make(session, options, &plan, err));
	if (plan.len == 0)
		return dray_fail(
			err, DRAY_NOT_FOUND, "these revisions have no data that the others lack");
	struct bundle_job job = {.session = session, .options = options, .plan = &plan};
	DRAY_TRY(write_file(&job, options->file, err));
	report_item(session->report, &(struct dray_item){
					     .state = "bundled",
					     .path = options->file,
					     .size = job.bytes,
					     .has_size = true,
					     .is_path_literal = true,
				     });
	report_total(session->report, "commits", plan.commits.len);
	report_total(session->report, "objects", plan.len);
	report_total(session->report, "bytes", job.bytes);
	return DRAY_OK;
}
