/* A bundle's header and objects, from the cache or else a remote, with no copy on the way. */
#include "bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)1 << 20)

/* The cache, and the remote of the object in hand, opened when something is not in the cache. */
struct sending {
	struct bundle_job *job;
	struct dray_remote *places[2];
	char *remote_name; /* of places[1]; NULL: the default one */
	char *block;
};

static void sending_drop(struct sending *sending)
{
	dray_remote_close(sending->places[0]);
	dray_remote_close(sending->places[1]);
	free(sending->remote_name);
	free(sending->block);
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static enum dray_status need_remote(
	struct sending *sending, const struct bundle_object *object, struct dray_err *err)
{
	const struct dray_bundle_options *options = sending->job->options;
	const struct dray_track *track = &sending->job->plan->tracks.items[object->track];
	const char *own = dray_track_out(track)->remote;
	const char *name = options->remote != NULL ? options->remote : own;

	if (dray_store_has(sending->job->session->store, &object->oid))
		return DRAY_OK;
	if (sending->places[1] != NULL && is_same(sending->remote_name, name))
		return DRAY_OK;
	dray_remote_close(sending->places[1]);
	sending->places[1] = NULL;
	free(sending->remote_name);
	sending->remote_name = name != NULL ? dray_strdup(name) : NULL;
	if (remote_open_named(sending->job->session, name, options->jobs, &sending->places[1],
		    err) != DRAY_OK)
		return dray_frame(err, "'%s' is not all in the cache", track->name);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- objects */

static enum dray_status begin(
	const struct sending *sending, const char *name, uint64_t size, struct dray_err *err)
{
	const struct dray_member member = {.name = name, .size = size, .type = DRAY_MEMBER_FILE};

	return dray_archive_begin(sending->job->writer, &member, err);
}

static enum dray_status pour(
	struct sending *sending, struct dray_reader *reader, uint64_t left, struct dray_err *err)
{
	size_t len;

	for (;;) {
		DRAY_TRY(dray_reader_read(reader, sending->block, BLOCK_BYTES, &len, err));
		if (len > left || (len == 0 && left > 0))
			return dray_fail(
				err, DRAY_CORRUPT, "an object is not as large as was said");
		if (len == 0)
			return DRAY_OK;
		left -= len;
		sending->job->bytes += len;
		DRAY_TRY(dray_archive_write(sending->job->writer, sending->block, len, err));
	}
}

/* What a place gives only as a whole, or does not say the size of. */
static enum dray_status pour_scratch(
	struct sending *sending, const struct dray_oid *oid, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	DRAY_AUTO_FD fd = -1;
	uint64_t size;
	size_t len;

	DRAY_TRY(scratch_open(sending->job->session->repo->state_dir, &fd, err));
	const struct dray_transit object = {
		.key = dray_oid_key(oid, key), .oid = oid, .fd = fd, .size = UINT64_MAX};
	DRAY_TRY(dray_remote_get(sending->places[1], &object, &size, err));
	if (lseek(fd, 0, SEEK_SET) != 0)
		return dray_os_fail(err, errno, "rewind", key);
	DRAY_TRY(begin(sending, key, size, err));
	for (;;) {
		DRAY_TRY(dray_os_read(fd, sending->block, BLOCK_BYTES, key, &len, err));
		if (len == 0)
			return DRAY_OK;
		sending->job->bytes += len;
		DRAY_TRY(dray_archive_write(sending->job->writer, sending->block, len, err));
	}
}

static enum dray_status pour_object(struct sending *sending, const struct bundle_object *object,
	const char *name, struct dray_err *err)
{
	const struct dray_reader_options options = {
		.places = sending->places,
		.count = DRAY_COUNT(sending->places),
		.oid = object->oid,
		.name = name,
		.end = UINT64_MAX,
		.done_bytes = &sending->job->session->report->progress.bytes_done,
	};
	struct dray_reader *reader = NULL;
	char key[DRAY_OID_KEY_MAX];

	enum dray_status status = dray_reader_open(&options, &reader, err);
	if (status == DRAY_UNSUPPORTED && sending->places[1] != NULL)
		return pour_scratch(sending, &object->oid, err);
	DRAY_TRY(status);
	uint64_t size = dray_reader_size(reader);
	if (size == UINT64_MAX && sending->places[1] != NULL) {
		dray_reader_close(reader);
		return pour_scratch(sending, &object->oid, err);
	}
	status = begin(sending, dray_oid_key(&object->oid, key), size, err);
	if (status == DRAY_OK)
		status = pour(sending, reader, size, err);
	dray_reader_close(reader);
	return status;
}

static enum dray_status write_object(
	struct sending *sending, const struct bundle_object *object, struct dray_err *err)
{
	const struct dray_track *track = &sending->job->plan->tracks.items[object->track];

	/* no tool stores the empty file for sure */
	if (oid_is_of_nothing(&object->oid)) {
		char key[DRAY_OID_KEY_MAX];

		return begin(sending, dray_oid_key(&object->oid, key), 0, err);
	}
	DRAY_TRY(need_remote(sending, object, err));
	if (pour_object(sending, object, track->name, err) != DRAY_OK)
		return dray_frame(err, "'%s'", track->name);
	return DRAY_OK;
}

/* -------------------------------------------------------------------- header */

static enum dray_status write_header(const struct sending *sending, struct dray_err *err)
{
	const struct bundle_plan *plan = sending->job->plan;
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
	DRAY_TRY(begin(sending, DRAY_BUNDLE_NAME, text.len, err));
	return dray_archive_write(sending->job->writer, text.data, text.len, err);
}

enum dray_status bundle_write(struct bundle_job *job, struct dray_err *err)
{
	__attribute__((cleanup(sending_drop))) struct sending sending = {.job = job};
	const struct dray_remote_options cache = {.url = dray_store_path(job->session->store)};
	struct dray_progress *progress = &job->session->report->progress;

	sending.block = dray_alloc(BLOCK_BYTES);
	dray_progress_begin(progress, "bundling");
	dray_progress_expect(progress, job->plan->len, 0);
	DRAY_TRY(dray_remote_open(&cache, &sending.places[0], err));
	DRAY_TRY(write_header(&sending, err));
	for (size_t i = 0; i < job->plan->len; i++) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(write_object(&sending, &job->plan->items[i], err));
		dray_progress_add(progress, 1, 0);
	}
	return dray_archive_finish(job->writer, err);
}
