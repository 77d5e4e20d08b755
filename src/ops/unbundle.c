/*
 * dray bundle unbundle, verify and list: a bundle, read.
 *
 * 1. It is hostile: every object is hashed before it counts, and goes nowhere but to the place that
 *    its id names.
 * 2. Objects are published in groups, in the order in which they come: files before the manifests
 *    that promise them. Whatever ends it, what is there is sound, and the next run passes it over.
 */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)
/* Published together: what a crash costs at most. */
#define GROUP_OBJECTS 4096
#define GROUP_BYTES (UINT64_C(4) << 30)

struct unbundling {
	struct dray_session *session; /* NULL: only read */
	struct dray_report *report;
	const char *path;
	struct dray_archive_reader *reader;
	struct dray_intake *intake; /* NULL: nothing is stored */
	struct dray_hasher *hashers[DRAY_ALGO_COUNT];
	char *block;
	struct dray_buf header;
	struct dray_bundle_reader said;
	bool lists;       /* report what is in it */
	bool passes_over; /* and hash nothing */
	uint64_t objects;
	uint64_t bytes;
	uint64_t present;
	uint64_t group_bytes;
};

static void unbundling_drop(struct unbundling *unbundling)
{
	dray_archive_reader_close(unbundling->reader);
	dray_intake_free(unbundling->intake);
	for (size_t i = 0; i < DRAY_ALGO_COUNT; i++)
		dray_hasher_free(unbundling->hashers[i]);
	dray_buf_drop(&unbundling->header);
	free(unbundling->block);
}

/* -------------------------------------------------------------------- header */

static enum dray_status read_header(struct unbundling *unbundling, struct dray_err *err)
{
	struct dray_member member;
	bool has_more;
	size_t len;

	DRAY_TRY(dray_archive_next(unbundling->reader, &has_more, &member, err));
	if (!has_more || strcmp(member.name, DRAY_BUNDLE_NAME) != 0)
		return dray_fail(err, DRAY_INVALID, "'%s' is no bundle", unbundling->path);
	unbundling->header.ceiling_bytes = DRAY_BUNDLE_BYTES_MAX;
	do {
		DRAY_TRY(dray_archive_read(
			unbundling->reader, unbundling->block, BLOCK_BYTES, &len, err));
		dray_buf_add(&unbundling->header, unbundling->block, len);
	} while (len > 0 && !unbundling->header.is_over);
	if (unbundling->header.is_over)
		return dray_fail(
			err, DRAY_INVALID, "the header of '%s' is too large", unbundling->path);
	unbundling->said.lines = (struct dray_lines){
		.text = unbundling->header.data,
		.len = unbundling->header.len,
		.label = unbundling->path,
	};
	return DRAY_OK;
}

static void list(const struct unbundling *unbundling, const char *state, const char *path,
	const uint64_t *size)
{
	if (unbundling->lists)
		report_item(unbundling->report, &(struct dray_item){
							.state = state,
							.path = path,
							.size = size != NULL ? *size : 0,
							.has_size = size != NULL,
							.is_path_literal = true,
						});
}

/* The next object that the header names. */
static enum dray_status next_line(struct unbundling *unbundling, bool *out_more,
	struct dray_oid *out_oid, struct dray_err *err)
{
	enum dray_bundle_line line = DRAY_BUNDLE_OBJECT;
	const char *text = NULL;

	for (;;) {
		DRAY_TRY(dray_bundle_next(&unbundling->said, out_more, &line, &text, out_oid, err));
		if (!*out_more || line == DRAY_BUNDLE_OBJECT)
			return DRAY_OK;
		list(unbundling, line == DRAY_BUNDLE_COMMIT ? "commit" : "known", text, NULL);
	}
}

/* ------------------------------------------------------------------- objects */

static struct dray_hasher *hasher_of(struct unbundling *unbundling, uint8_t algo)
{
	if (unbundling->hashers[algo] == NULL)
		unbundling->hashers[algo] = dray_hasher_new((enum dray_algo)algo);
	return unbundling->hashers[algo];
}

/* Hash the member, and write it to `fd` unless that is -1. */
static enum dray_status pour(struct unbundling *unbundling, const struct dray_oid *oid, int fd,
	const char *temp, uint64_t *out_size, struct dray_err *err)
{
	struct dray_hasher *hasher = hasher_of(unbundling, oid->algo);
	struct dray_oid found;
	size_t len;

	dray_hasher_reset(hasher);
	*out_size = 0;
	for (;;) {
		DRAY_TRY(dray_archive_read(
			unbundling->reader, unbundling->block, BLOCK_BYTES, &len, err));
		if (len == 0)
			break;
		*out_size += len;
		dray_hasher_update(hasher, unbundling->block, len);
		if (fd >= 0)
			DRAY_TRY(dray_os_write(fd, unbundling->block, len, temp, err));
	}
	dray_hasher_final(hasher, &found);
	found.is_dir = oid->is_dir;
	if (dray_oid_is_equal(&found, oid))
		return DRAY_OK;
	char key[DRAY_OID_KEY_MAX];
	return dray_fail(err, DRAY_CORRUPT, "'%s' in '%s' does not match its id",
		dray_oid_key(oid, key), unbundling->path);
}

static enum dray_status store(struct unbundling *unbundling, const struct dray_oid *oid,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_intake *intake = unbundling->intake;
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_intake_draft(intake, &fd, &temp, err));
	enum dray_status status = pour(unbundling, oid, fd, temp, out_size, err);
	if (status != DRAY_OK) {
		dray_ignore(dray_intake_keep(intake, &fd, temp, NULL, &unused)); /* discards */
		return status;
	}
	DRAY_TRY(dray_intake_keep(intake, &fd, temp, oid, err));
	unbundling->group_bytes += *out_size;
	if (dray_intake_pending(intake) < GROUP_OBJECTS && unbundling->group_bytes < GROUP_BYTES)
		return DRAY_OK;
	unbundling->group_bytes = 0;
	return dray_intake_commit(intake, err);
}

static enum dray_status take_object(struct unbundling *unbundling, const struct dray_oid *oid,
	const struct dray_member *member, struct dray_err *err)
{
	uint64_t size = member->size;

	if (unbundling->intake != NULL) {
		if (!dray_algo_is_at_home(
			    unbundling->session->repo->dialect->algo, (enum dray_algo)oid->algo))
			return dray_fail(err, DRAY_INVALID,
				"'%s' is a bundle of a repository of another kind",
				unbundling->path);
		if (dray_store_has(unbundling->session->store, oid)) {
			unbundling->present++;
			return DRAY_OK;
		}
		DRAY_TRY(store(unbundling, oid, &size, err));
	} else if (!unbundling->passes_over) {
		DRAY_TRY(pour(unbundling, oid, -1, NULL, &size, err));
	}
	unbundling->objects++;
	unbundling->bytes += size;
	return DRAY_OK;
}

static enum dray_status take_member(
	struct unbundling *unbundling, const struct dray_member *member, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	struct dray_oid oid;
	bool has_line;

	DRAY_TRY(next_line(unbundling, &has_line, &oid, err));
	bool is_file = member->type == DRAY_MEMBER_FILE || member->type == DRAY_MEMBER_EXEC;
	if (!has_line || !is_file || strcmp(dray_oid_key(&oid, key), member->name) != 0)
		return dray_fail(err, DRAY_INVALID, "'%s' is not what the header of '%s' says",
			member->name, unbundling->path);
	list(unbundling, "object", member->name, &member->size);
	return take_object(unbundling, &oid, member, err);
}

static enum dray_status take_all(struct unbundling *unbundling, struct dray_err *err)
{
	struct dray_progress *progress = &unbundling->report->progress;
	struct dray_member member;
	struct dray_oid oid;
	bool has_more = true, has_line = false;

	for (;;) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_archive_next(unbundling->reader, &has_more, &member, err));
		if (!has_more)
			break;
		DRAY_TRY(take_member(unbundling, &member, err));
		dray_progress_add(progress, 1, 0);
		atomic_store(&progress->bytes_done, dray_archive_consumed(unbundling->reader));
	}
	DRAY_TRY(next_line(unbundling, &has_line, &oid, err));
	if (has_line)
		return dray_fail(err, DRAY_INVALID, "'%s' lacks objects that its header names",
			unbundling->path);
	return unbundling->intake != NULL ? dray_intake_commit(unbundling->intake, err) : DRAY_OK;
}

/* ----------------------------------------------------------------------- all */

static enum dray_status run(struct unbundling *unbundling, const struct dray_unpack_limits *limits,
	const char *stage, struct dray_err *err)
{
	const struct dray_archive_limits all = unpack_limits(limits);
	DRAY_AUTO_FD fd = -1;
	uint64_t size;

	DRAY_TRY(archive_file_open(unbundling->path, &fd, &size, err));
	dray_progress_begin(&unbundling->report->progress, stage);
	dray_progress_expect(&unbundling->report->progress, 0, size);
	unbundling->block = dray_alloc(BLOCK_BYTES);
	DRAY_TRY(dray_archive_reader_open(fd, unbundling->path, &all, &unbundling->reader, err));
	DRAY_TRY(read_header(unbundling, err));
	return take_all(unbundling, err);
}

static void tell(const struct unbundling *unbundling)
{
	report_total(unbundling->report, "objects", unbundling->objects);
	report_total(unbundling->report, "bytes", unbundling->bytes);
	if (unbundling->intake != NULL)
		report_total(unbundling->report, "present", unbundling->present);
}

enum dray_status dray_ops_unbundle(struct dray_session *session, const char *path,
	const struct dray_unpack_limits *limits, struct dray_err *err)
{
	__attribute__((cleanup(unbundling_drop))) struct unbundling unbundling = {
		.session = session, .report = session->report, .path = path};

	DRAY_TRY(dray_intake_begin(session->store, &unbundling.intake, err));
	enum dray_status status = run(&unbundling, limits, "unbundling", err);
	if (status == DRAY_OK)
		tell(&unbundling);
	return status;
}

enum dray_status dray_ops_bundle_verify(const char *path, const struct dray_unpack_limits *limits,
	struct dray_report *report, struct dray_err *err)
{
	__attribute__((cleanup(unbundling_drop))) struct unbundling unbundling = {
		.report = report, .path = path};

	DRAY_TRY(run(&unbundling, limits, "verifying", err));
	tell(&unbundling);
	return DRAY_OK;
}

enum dray_status dray_ops_bundle_list(const char *path, const struct dray_unpack_limits *limits,
	struct dray_report *report, struct dray_err *err)
{
	__attribute__((cleanup(unbundling_drop))) struct unbundling unbundling = {
		.report = report, .path = path, .lists = true, .passes_over = true};

	DRAY_TRY(run(&unbundling, limits, "listing", err));
	tell(&unbundling);
	return DRAY_OK;
}
