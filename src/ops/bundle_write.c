/* A bundle's header and objects, from wherever they are. */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)

static enum dray_status begin(
	const struct bundle_job *job, const char *name, uint64_t size, struct dray_err *err)
{
	const struct dray_member member = {.name = name, .size = size, .type = DRAY_MEMBER_FILE};

	return dray_archive_begin(job->writer, &member, err);
}

static enum dray_status write_header(const struct bundle_job *job, struct dray_err *err)
{
	const struct bundle_plan *plan = job->plan;
	DRAY_AUTO(buf) text = {.ceiling_bytes = DRAY_BUNDLE_BYTES_MAX};
	char key[DRAY_OID_KEY_MAX];

	dray_bundle_begin(&text);
	for (size_t i = 0; i < plan->commits.len; i++)
		dray_bundle_put(&text, DRAY_BUNDLE_COMMIT, plan->commits.items[i]);
	for (size_t i = 0; i < plan->known.len; i++)
		dray_bundle_put(&text, DRAY_BUNDLE_KNOWN, plan->known.items[i]);
	for (size_t i = 0; i < plan->len; i++)
		dray_bundle_put(&text, DRAY_BUNDLE_OBJECT, dray_oid_key(&plan->items[i].oid, key));
	if (text.is_over)
		return dray_fail(err, DRAY_UNSUPPORTED, "a bundle holds fewer objects than that");
	DRAY_TRY(begin(job, DRAY_BUNDLE_NAME, text.len, err));
	return dray_archive_write(job->writer, text.data, text.len, err);
}

static const struct dray_part *part_at(void *ctx, size_t i, const char **out_name)
{
	const struct bundle_plan *plan = ctx;

	*out_name = plan->items[i].track->name;
	return &plan->items[i];
}

static enum dray_status write_object(
	struct bundle_job *job, struct dray_taps *taps, size_t i, char *block, struct dray_err *err)
{
	const struct dray_part *part = &job->plan->items[i];
	DRAY_AUTO(tap) tap = {.fd = -1};
	char key[DRAY_OID_KEY_MAX];
	size_t len;

	DRAY_TRY(taps_open(taps, i, &tap, err));
	DRAY_TRY(begin(job, dray_oid_key(&part->oid, key), tap.size, err));
	for (;;) {
		DRAY_TRY(tap_read(&tap, part->track->name, block, BLOCK_BYTES, &len, err));
		if (len == 0)
			return DRAY_OK;
		job->bytes += len;
		DRAY_TRY(dray_archive_write(job->writer, block, len, err));
	}
}

static enum dray_status write_all(
	struct bundle_job *job, struct dray_taps *taps, struct dray_err *err)
{
	struct dray_progress *progress = &job->session->report->progress;
	DRAY_AUTO_STR block = dray_alloc(BLOCK_BYTES);

	DRAY_TRY(write_header(job, err));
	for (size_t i = 0; i < job->plan->len; i++) {
		DRAY_TRY(write_object(job, taps, i, block, err));
		dray_progress_add(progress, 1, 0);
	}
	return dray_archive_finish(job->writer, err);
}

enum dray_status bundle_write(struct bundle_job *job, struct dray_err *err)
{
	struct dray_progress *progress = &job->session->report->progress;
	struct dray_taps taps = {
		.scratch = job->session->repo->state_dir,
		.done_bytes = &progress->bytes_done,
		.count = job->plan->len,
		.part = part_at,
		.ctx = job->plan,
	};

	dray_progress_begin(progress, "bundling");
	dray_progress_expect(progress, job->plan->len, 0);
	enum dray_status status = write_all(job, &taps, err);
	dray_taps_drop(&taps);
	return status;
}
