/* From a record's hashed files to what its pointer says: a manifest, or the one file's hash. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct weave {
	struct dray_manifest_writer *writer;
	const struct dray_scan *scan;
	size_t at;
	const char *within;
	bool is_known; /* the old manifest had something of the part */
};

static enum dray_status weave_own(struct weave *weave, struct dray_err *err)
{
	const struct dray_scan_entry *own = &weave->scan->items[weave->at++];
	const struct dray_entry entry = {
		.path = own->path,
		.oid = own->oid,
		.size = own->size,
		.kind = own->kind,
	};

	return dray_manifest_add(weave->writer, &entry, err);
}

/* An entry of the old manifest: kept if it lies outside the part that was read anew. */
static enum dray_status weave_old(void *ctx, const struct dray_entry *old, struct dray_err *err)
{
	struct weave *weave = ctx;

	if (dray_path_is_within(old->path, weave->within)) {
		weave->is_known = true;
		return DRAY_OK;
	}
	/* what the part lies in now is a directory with files, whatever it was before */
	if (weave->scan->len > 0 && dray_path_is_within(weave->within, old->path))
		return DRAY_OK;
	while (weave->at < weave->scan->len) {
		const struct dray_scan_entry *own = &weave->scan->items[weave->at];

		if (dray_entry_cmp(own->path, own->kind, old->path, old->kind) > 0)
			break;
		DRAY_TRY(weave_own(weave, err));
	}
	return dray_manifest_add(weave->writer, old, err);
}

static enum dray_status weave_all(struct dray_session *session, struct dray_record *record,
	struct weave *weave, struct dray_err *err)
{
	const struct dray_oid *base = &record->file->pointer.outs[record->out].oid;

	if (record->within != NULL) {
		DRAY_TRY(dray_manifest_each(
			session->repo, base, record->name, weave_old, weave, err));
		if (weave->scan->len == 0 && !weave->is_known)
			return dray_fail(err, DRAY_NOT_FOUND,
				"'%s/%s' is neither in the workspace nor tracked", record->name,
				record->within);
	}
	while (weave->at < weave->scan->len)
		DRAY_TRY(weave_own(weave, err));
	return DRAY_OK;
}

struct sink {
	int fd;
	const char *path;
};

static enum dray_status write_to(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	const struct sink *sink = ctx;

	return dray_os_write(sink->fd, data, len, sink->path, err);
}

/*
 * DVC's manifests know no sizes: after a part was added their sum is known from the sum before;
 * once something of a part went or changed it is not, and DVC leaves it out as well.
 */
static void set_size(struct dray_out *out, uint64_t size, const struct weave *weave)
{
	bool is_sum = size == UINT64_MAX && !weave->is_known && out->has_size;

	if (is_sum)
		size = out->size;
	for (size_t i = 0; is_sum && i < weave->scan->len; i++)
		size += weave->scan->items[i].size;
	out->has_size = size != UINT64_MAX;
	out->size = out->has_size ? size : 0;
}

static enum dray_status store_manifest(struct dray_session *session, struct dray_intake *intake,
	struct dray_record *record, struct dray_out *out, bool is_dry, struct dray_err *err)
{
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;
	struct dray_oid oid;
	uint64_t size;
	uint64_t files;

	DRAY_TRY(dray_intake_draft(intake, &fd, &temp, err));
	struct sink sink = {.fd = fd, .path = temp};
	struct weave weave = {
		.writer = dray_manifest_writer_new(record->scan.algo, write_to, &sink),
		.scan = &record->scan,
		.within = record->within,
	};
	enum dray_status status = weave_all(session, record, &weave, err);
	if (status == DRAY_OK)
		status = dray_manifest_finish(weave.writer, &oid, &size, &files, err);
	dray_manifest_writer_free(weave.writer);
	struct dray_err unused = DRAY_ERR_INIT;
	if (status != DRAY_OK) {
		dray_ignore(dray_intake_keep(intake, &fd, temp, NULL, &unused)); /* discards */
		return status;
	}
	DRAY_TRY(dray_intake_keep(intake, &fd, temp, is_dry ? NULL : &oid, err));
	bool is_same = out->has_oid && dray_oid_is_equal(&out->oid, &oid);
	if (!is_same || (record->within == NULL && !out->has_size))
		set_size(out, size, &weave);
	out->oid = oid;
	out->nfiles = files;
	out->has_nfiles = true;
	return DRAY_OK;
}

/* Only the whole of it can be told without a manifest of what it was. */
static enum dray_status point_uncached(
	const struct dray_record *record, struct dray_out *out, struct dray_err *err)
{
	uint64_t size = 0;

	if (record->within != NULL)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s' is kept in no cache: no part of it can be recorded alone",
			record->name);
	for (size_t i = 0; i < record->scan.len; i++)
		size += record->scan.items[i].size;
	DRAY_TRY(scan_manifest(&record->scan, &out->oid, &out->nfiles, err));
	out->has_nfiles = true;
	out->has_size = true;
	out->size = size;
	return DRAY_OK;
}

static void copy_to_dep(const struct dray_out *out, struct dray_dep *dep)
{
	dep->oid = out->oid;
	dep->has_oid = out->has_oid;
	dep->size = out->size;
	dep->has_size = out->has_size;
	dep->nfiles = out->nfiles;
	dep->has_nfiles = out->has_nfiles;
}

enum dray_status record_point(struct dray_session *session, struct dray_intake *intake,
	const struct dray_records *records, struct dray_record *record, struct dray_err *err)
{
	struct dray_out *out = &record->file->pointer.outs[record->out];

	/* another part of the same directory came before: its manifest is what this one changes */
	if (record->within != NULL && !dray_oid_is_equal(&out->oid, &record->old_oid))
		DRAY_TRY(dray_intake_commit(intake, err));
	if (record->scan.is_dir && !out->is_cached) {
		DRAY_TRY(point_uncached(record, out, err));
	} else if (record->scan.is_dir) {
		DRAY_TRY(store_manifest(session, intake, record, out, records->is_dry, err));
		out->is_exec = false;
	} else {
		out->oid = record->scan.items[0].oid;
		out->size = record->scan.items[0].size;
		out->is_exec = record->scan.items[0].kind == DRAY_KIND_EXEC;
		out->has_nfiles = false;
		out->has_size = true;
	}
	out->has_oid = true;
	if (!record->had_oid || !dray_oid_is_equal(&out->oid, &record->old_oid))
		dray_out_forget_versions(out);
	if (record->is_dep_same && record->file->pointer.deps_len == 1)
		copy_to_dep(out, &record->file->pointer.deps[0]);
	return DRAY_OK;
}
