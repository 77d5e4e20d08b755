/* The pointer of an import: which it is, whether it may be, and how it is written. */
#include "import.h"

#include <stdlib.h>
#include <string.h>

void dray_import_drop(struct dray_import *import)
{
	if (import->is_new_file && !import->is_stolen && import->file != NULL) {
		dray_pointer_drop(&import->file->pointer);
		free(import->file->name);
		free(import->file);
	}
	free(import->name);
	import->file = NULL;
	import->name = NULL;
}

bool pointer_is_import(const struct dray_pointer *pointer)
{
	return !pointer->has_cmd && pointer->len == 1 && pointer->deps_len == 1 &&
	       pointer->outs[0].stage == NULL && pointer->deps[0].path != NULL;
}

/* -------------------------------------------------------------------- begin */

/* A pointer of this name may be replaced if it is for the same data and nothing else. */
static enum dray_status claim_pointer(struct dray_import *import, const struct dray_tracks *tracks,
	const char *pointer_name, struct dray_err *err)
{
	const struct dray_track *track = dray_tracks_find(tracks, import->name);
	bool is_same = track != NULL && strcmp(track->name, import->name) == 0 &&
		       strcmp(track->file->name, pointer_name) == 0 &&
		       track->file->pointer.len == 1;

	if (track != NULL && !is_same)
		return dray_fail(err, DRAY_EXISTS, "'%s' is tracked by '%s' already", import->name,
			track->file->name);
	if (track == NULL && dray_os_exists(import->session->repo->root_fd, pointer_name)) {
		dray_fail(err, DRAY_EXISTS, "'%s' exists and does not track '%s'", pointer_name,
			import->name);
		return dray_hint(err, "choose another place with --out");
	}
	if (is_same) {
		import->had_oid = dray_track_out(track)->has_oid;
		import->old_oid = dray_track_out(track)->oid;
	}
	return DRAY_OK;
}

static enum dray_status check_data(const struct dray_import *import, struct dray_err *err)
{
	if (import->force || !dray_os_exists(import->session->repo->root_fd, import->name))
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS, "'%s' exists already", import->name);
	return dray_hint(err, "replace it with --force, or choose another place with --out");
}

/* The name that the data of `path` is to have. */
static enum dray_status find_name(
	struct dray_import *import, const char *path, const char *typed, struct dray_err *err)
{
	struct dray_session *session = import->session;
	DRAY_AUTO_STR here = dray_path_join(session->repo->root, session->prefix);
	DRAY_AUTO_STR full =
		typed == NULL || dray_path_is_absolute(typed) ? NULL : dray_path_join(here, typed);
	DRAY_AUTO_STR place = NULL;

	DRAY_TRY(out_place(path, full != NULL ? full : typed, &place, err));
	return dray_repo_name(session->repo, session->prefix, place, &import->name, err);
}

enum dray_status import_begin(
	struct dray_import *import, const char *path, const char *typed, struct dray_err *err)
{
	struct dray_session *session = import->session;
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	DRAY_TRY(wants_staging(session, false, &import->stage, err));
	DRAY_TRY(find_name(import, path, typed, err));
	DRAY_AUTO_STR pointer_name =
		dray_format("%s%s", import->name, session->repo->dialect->pointer_suffix);
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	DRAY_TRY(place_claim(session, &tracks, import->name, err));
	DRAY_TRY(claim_pointer(import, &tracks, pointer_name, err));
	DRAY_TRY(check_data(import, err));
	import->file = dray_calloc(1, sizeof *import->file);
	import->is_new_file = true;
	import->file->name = dray_strdup(pointer_name);
	dray_pointer_init(&import->file->pointer, dray_path_basename(import->name));
	import->file->pointer.is_frozen = true;
	import_out(import)->oid.algo = (uint8_t)session->repo->dialect->algo;
	dray_pointer_add_dep(&import->file->pointer);
	return DRAY_OK;
}

void import_seal(struct dray_import *import)
{
	dray_pointer_set(&import->file->pointer.md5, "0");
}

/* ------------------------------------------------------------------- publish */

static void tell(const struct dray_import *import)
{
	const struct dray_out *out = import_out(import);
	bool is_same =
		import->had_oid && out->has_oid && dray_oid_is_equal(&import->old_oid, &out->oid);
	char hash[DRAY_OID_TEXT_MAX];

	report_item(import->session->report,
		&(struct dray_item){
			.state = is_same           ? "unchanged"
				 : import->had_oid ? "modified"
						   : "added",
			.path = import->name,
			.from = import->file->name,
			.kind = out->has_oid && out->oid.is_dir ? "dir" : "file",
			.hash = out->has_oid ? dray_oid_text(&out->oid, hash) : NULL,
			.size = out->size,
			.has_size = out->has_size,
			.files = out->has_nfiles ? out->nfiles : 1,
			.has_files = out->has_oid,
		});
}

struct dray_record *import_record(struct dray_import *import, struct dray_records *records)
{
	struct dray_record *record = records_add(records, import->file, 0, import->name, NULL);

	record->is_new_file = import->is_new_file;
	record->had_oid = import->had_oid;
	record->old_oid = import->old_oid;
	import->is_stolen = true;
	return record;
}

enum dray_status import_publish(struct dray_import *import, struct dray_err *err)
{
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(import->name);

	DRAY_TRY(dray_os_mkdirs(import->session->repo->root_fd, folder, 0777, err));
	import_record(import, &records);
	DRAY_TRY(records_publish(import->session, &records, import->stage, err));
	tell(import);
	const struct dray_out *out = import_out(import);
	report_total(import->session->report, "files",
		!out->has_oid     ? 0
		: out->has_nfiles ? out->nfiles
				  : 1);
	report_total(import->session->report, "bytes", out->has_size ? out->size : 0);
	return DRAY_OK;
}

enum dray_status import_publish_empty(struct dray_import *import, struct dray_err *err)
{
	struct dray_out *out = import_out(import);

	out->has_oid = out->has_size = out->has_nfiles = out->is_exec = false;
	dray_out_forget_versions(out);
	return import_publish(import, err);
}
