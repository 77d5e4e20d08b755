/* Data that stages of a pipeline make: changed in the stage's file, perhaps kept in no cache. */
#include "private.h"

enum dray_status refuse_stage(
	const struct dray_track *track, const char *hint, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);

	if (out->stage == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS, "'%s' is made by stage '%s' of '%s'", track->name, out->stage,
		track->file->stage_file);
	return dray_hint(err, "%s", hint);
}

static enum dray_status drop_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	(void)err;
	return DRAY_OK;
}

static enum dray_status add_all(
	struct dray_manifest_writer *writer, const struct dray_scan *scan, struct dray_err *err)
{
	for (size_t i = 0; i < scan->len; i++) {
		const struct dray_scan_entry *own = &scan->items[i];
		const struct dray_entry entry = {
			.path = own->path,
			.oid = own->oid,
			.size = own->size,
			.kind = own->kind,
		};

		DRAY_TRY(dray_manifest_add(writer, &entry, err));
	}
	return DRAY_OK;
}

enum dray_status scan_manifest(const struct dray_scan *scan, struct dray_oid *out_oid,
	uint64_t *out_files, struct dray_err *err)
{
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(scan->algo, drop_bytes, NULL);
	enum dray_status status = add_all(writer, scan, err);

	if (status == DRAY_OK)
		status = dray_manifest_finish(writer, out_oid, NULL, out_files, err);
	dray_manifest_writer_free(writer);
	return status;
}
