/* dray ls and dray du: what is tracked, and how large it is. */
#include "private.h"

#include <string.h>

struct listing {
	struct dray_session *session;
	const struct dray_target *target;
	struct dray_map seen; /* objects counted once, for du */
	uint64_t pointers;
	uint64_t files;
	uint64_t bytes;
	uint64_t unique_bytes;
	uint64_t part_bytes; /* of the target at hand */
	uint64_t part_files;
	bool is_reporting;
};

static const char *kind_name(enum dray_kind kind)
{
	if (kind == DRAY_KIND_LINK)
		return "link";
	return kind == DRAY_KIND_EMPTY ? "dir" : "file";
}

static void count(struct listing *listing, const struct dray_oid *oid, uint64_t size)
{
	listing->files++;
	listing->part_files++;
	listing->bytes += size;
	listing->part_bytes += size;
	if (dray_map_add(&listing->seen, oid, sizeof *oid, size))
		listing->unique_bytes += size;
}

static enum dray_status list_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct listing *listing = ctx;
	const struct dray_target *target = listing->target;
	char hash[DRAY_OID_TEXT_MAX];
	bool is_object = entry->kind != DRAY_KIND_EMPTY;

	(void)err;
	if (target->within != NULL && !dray_path_is_within(entry->path, target->within))
		return DRAY_OK;
	uint64_t size = dray_store_size(listing->session->store, &entry->oid, entry->size);
	bool has_size = is_object && size != UINT64_MAX;
	if (is_object)
		count(listing, &entry->oid, has_size ? size : 0);
	if (!listing->is_reporting)
		return DRAY_OK;
	DRAY_AUTO_STR path = dray_path_join(target->track->name, entry->path);
	report_item(listing->session->report,
		&(struct dray_item){
			.path = path,
			.kind = kind_name(entry->kind),
			.hash = is_object ? dray_oid_text(&entry->oid, hash) : NULL,
			.size = size,
			.has_size = has_size,
		});
	return DRAY_OK;
}

static void report_track(struct listing *listing)
{
	const struct dray_track *track = listing->target->track;
	const struct dray_out *out = dray_track_out(track);
	char hash[DRAY_OID_TEXT_MAX];

	report_item(listing->session->report,
		&(struct dray_item){
			.path = track->name,
			.from = track->file->name,
			.kind = out->oid.is_dir ? "dir" : "file",
			.hash = out->has_oid ? dray_oid_text(&out->oid, hash) : NULL,
			.size = out->size,
			.has_size = out->has_size,
			.files = out->nfiles,
			.has_files = out->has_nfiles,
		});
	listing->files += out->has_nfiles ? out->nfiles : 1;
	listing->bytes += out->size;
}

/* Each file of the target at hand through list_entry. */
static enum dray_status visit(struct listing *listing, struct dray_err *err)
{
	const struct dray_track *track = listing->target->track;
	const struct dray_out *out = dray_track_out(track);
	const struct dray_entry file = {
		.path = "",
		.oid = out->oid,
		.size = out->has_size ? out->size : UINT64_MAX,
	};

	if (!out->has_oid)
		return DRAY_OK;
	if (!out->oid.is_dir)
		return list_entry(listing, &file, err);
	return dray_manifest_each(
		listing->session->repo, &out->oid, track->name, list_entry, listing, err);
}

enum dray_status dray_ops_ls(
	struct dray_session *session, const struct dray_ls_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	struct listing listing = {.session = session, .is_reporting = true};
	enum dray_status status = DRAY_OK;

	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	for (size_t i = 0; status == DRAY_OK && i < selection.targets.len; i++) {
		listing.target = &selection.targets.items[i];
		listing.pointers++;
		if (options->recursive || listing.target->within != NULL)
			status = visit(&listing, err);
		else
			report_track(&listing);
	}
	dray_map_drop(&listing.seen);
	DRAY_TRY(status);
	report_total(session->report, "pointers", listing.pointers);
	report_total(session->report, "files", listing.files);
	report_total(session->report, "bytes", listing.bytes);
	return DRAY_OK;
}

static enum dray_status measure(struct listing *listing, bool summarize, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(listing->target->track);
	DRAY_AUTO_STR name = target_name(listing->target);
	bool is_cached = out->has_oid && dray_store_has(listing->session->store, &out->oid);

	listing->part_bytes = 0;
	listing->part_files = 0;
	enum dray_status status = visit(listing, err);
	if (status == DRAY_NOT_FOUND && listing->target->within == NULL) {
		/* no manifest here: the pointer still tells the sum */
		listing->part_bytes = out->size;
		listing->part_files = out->nfiles;
		listing->bytes += out->size;
		listing->unique_bytes += out->size;
		status = DRAY_OK;
	}
	if (status == DRAY_OK && !summarize)
		report_item(listing->session->report,
			&(struct dray_item){
				.path = name,
				.kind = out->oid.is_dir ? "dir" : "file",
				.value = is_cached ? "cached" : "not in cache",
				.size = listing->part_bytes,
				.has_size = true,
				.files = listing->part_files,
				.has_files = true,
			});
	return status;
}

enum dray_status dray_ops_du(struct dray_session *session, const struct dray_strs *targets,
	bool summarize, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	struct listing listing = {.session = session};
	enum dray_status status = DRAY_OK;

	DRAY_TRY(selection_open(session, targets, &selection, err));
	for (size_t i = 0; status == DRAY_OK && i < selection.targets.len; i++) {
		listing.target = &selection.targets.items[i];
		status = measure(&listing, summarize, err);
	}
	dray_map_drop(&listing.seen);
	DRAY_TRY(status);
	report_total(session->report, "bytes", listing.bytes);
	report_total(session->report, "unique_bytes", listing.unique_bytes);
	return DRAY_OK;
}
