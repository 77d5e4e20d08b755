/* What a stage reads: files and folders, hashed; files of parameters. */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

char *stage_name_of(const struct dray_stage_target *target, const char *path)
{
	DRAY_AUTO_STR own = dray_strdup(path);
	const struct dray_out place = {.path = own, .wdir = target->stage->wdir};
	DRAY_AUTO_STR folder = dray_path_dirname(target->file->name);

	return dray_out_name(&place, folder);
}

/* Hashes that the index has of tracked data around what is looked at. */
static enum dray_status borrow_hashes(struct dray_session *session, const struct stage_look *look,
	struct dray_scan *scan, struct dray_err *err)
{
	const struct dray_track *track = dray_tracks_find(look->tracks, look->name);
	DRAY_AUTO(scan) around = DRAY_SCAN_INIT;

	if (track == NULL || strcmp(track->name, look->name) == 0)
		return DRAY_OK; /* the scan itself had them */
	const char *within = look->name + strlen(track->name) + 1;
	const struct dray_scan_options options = {
		.within = within, .like = look->like, .jobs = look->jobs};
	DRAY_TRY(dray_scan_walk(session->repo, track->name, &options, &around, err));
	for (size_t i = 0; around.is_dir && i < scan->len; i++) {
		struct dray_scan_entry *entry = &scan->items[i];
		DRAY_AUTO_STR path = dray_path_join(within, entry->path);
		const struct dray_scan_entry *known =
			dray_scan_find(&around, path, (enum dray_kind)entry->kind);

		if (known != NULL && known->has_oid && !entry->has_oid &&
			known->size == entry->size && known->mtime_ns == entry->mtime_ns &&
			known->ino == entry->ino && known->dev == entry->dev) {
			entry->oid = known->oid;
			entry->has_oid = true;
		}
	}
	return DRAY_OK;
}

/* As a dep; links to nowhere and the like are told by who writes manifests. */
static enum dray_status sum_up(
	const struct dray_scan *scan, struct dray_dep *out, struct dray_err *err)
{
	struct dray_dep dep = *out;

	dep.has_oid = true;
	dep.has_size = true;
	dep.size = 0;
	for (size_t i = 0; i < scan->len; i++)
		dep.size += scan->items[i].size;
	dep.has_nfiles = scan->is_dir;
	dep.is_exec = !scan->is_dir && scan->items[0].kind == DRAY_KIND_EXEC;
	if (scan->is_dir)
		DRAY_TRY(scan_manifest(scan, &dep.oid, &dep.nfiles, err));
	else
		dep.oid = scan->items[0].oid;
	*out = dep;
	return DRAY_OK;
}

enum dray_status stage_dep_find(struct dray_session *session, const struct stage_look *look,
	bool *out_is_present, struct dray_dep *out, struct dray_err *err)
{
	DRAY_AUTO(scan) scan = DRAY_SCAN_INIT;
	const struct dray_scan_options options = {.like = look->like, .jobs = look->jobs};

	enum dray_status status = dray_name_check(look->name, err);
	if (status == DRAY_OK)
		status = dray_scan_walk(session->repo, look->name, &options, &scan, err);
	if (status == DRAY_OK && scan.is_present)
		status = borrow_hashes(session, look, &scan, err);
	if (status == DRAY_OK && scan.is_present)
		status = dray_scan_hash(session->repo, &scan, &options, err);
	if (status == DRAY_OK && scan.is_present)
		status = sum_up(&scan, out, err);
	if (status != DRAY_OK)
		return dray_frame(err, "while looking at '%s', which a stage reads", look->name);
	*out_is_present = scan.is_present;
	return DRAY_OK;
}

enum dray_status stage_params_read(struct dray_session *session, const char *name,
	struct dray_params **out_params, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_FD dir = -1;

	DRAY_TRY(dray_name_check(name, err));
	DRAY_TRY(dray_os_open_beneath(session->repo->root_fd, folder, false, &dir, err));
	DRAY_TRY(dray_os_slurp(dir, dray_path_basename(name), DRAY_PARAMS_BYTES_MAX, &text, err));
	return dray_params_parse(dray_buf_text(&text), text.len, name, out_params, err);
}
