/*
 * dray add --from-archive: the members of an archive, tracked as a directory.
 *
 * Objects before the manifest before the pointer, under the store's lock as in record.c; the
 * workspace comes last, out of the cache.
 */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

/* "data" for "/x/data.tar.gz", in the working directory. */
static enum dray_status find_name(struct dray_session *session,
	const struct dray_add_options *options, char **out_name, struct dray_err *err)
{
	const char *base = dray_path_basename(options->archive);
	DRAY_AUTO_STR stem = dray_strndup(base, dray_archive_stem_len(base));
	const char *typed = options->out != NULL ? options->out : stem;

	if (options->out == NULL && strcmp(stem, base) == 0) {
		dray_fail(err, DRAY_USAGE, "'%s' does not say what its data is to be called",
			options->archive);
		return dray_hint(err, "say it with --out");
	}
	return dray_repo_name(session->repo, session->prefix, typed, out_name, err);
}

static enum dray_status take_wanted(
	const struct dray_strs *typed, struct dray_strs *out, struct dray_err *err)
{
	for (size_t i = 0; typed != NULL && i < typed->len; i++) {
		DRAY_AUTO_STR name = dray_path_normalise(typed->items[i]);

		for (size_t len = strlen(name); len > 1 && name[len - 1] == '/'; len--)
			name[len - 1] = '\0';
		if (dray_name_check(name, err) != DRAY_OK) {
			dray_fail(err, DRAY_USAGE, "'%s' is no member of an archive",
				typed->items[i]);
			return dray_hint(err, "targets are members here, not files");
		}
		dray_strs_add(out, name);
	}
	dray_strs_sort(out);
	return DRAY_OK;
}

/* Data of that name that is tracked already is replaced, if forced. */
static enum dray_status claim(struct dray_session *session, const struct dray_add_options *options,
	const struct dray_tracks *tracks, const char *name, struct dray_records *records,
	struct dray_err *err)
{
	struct dray_track *track = dray_tracks_find(tracks, name);
	DRAY_AUTO_STR pointer_name = NULL;
	DRAY_AUTO_STR usual = dray_format("%s%s", name, session->repo->dialect->pointer_suffix);

	DRAY_TRY(place_claim(session, tracks, name, err));
	DRAY_TRY(add_pointer_name(session, options, &pointer_name, err));
	if (!options->force && (track != NULL || dray_os_exists(session->repo->root_fd, name))) {
		dray_fail(err, DRAY_EXISTS, "'%s' exists already", name);
		return dray_hint(
			err, "replace it with --force, or choose another place with --out");
	}
	if (track == NULL)
		return records_add_new(
			session, name, pointer_name != NULL ? pointer_name : usual, records, err);
	if (strcmp(track->name, name) != 0)
		return dray_fail(
			err, DRAY_EXISTS, "'%s' lies in '%s', which is tracked", name, track->name);
	DRAY_TRY(refuse_stage(track, "choose another place with --out", err));
	records_add(records, track->file, track->out, name, NULL);
	return DRAY_OK;
}

/* From here on it is there to stay. */
static enum dray_status publish(
	struct unpacking *unpacking, struct dray_records *records, bool stage, struct dray_err *err)
{
	struct dray_session *session = unpacking->session;
	struct dray_record *record = &records->items[0];
	DRAY_AUTO_STR folder = dray_path_dirname(record->file->name);

	record->scan = unpacking->scan;
	record->scan.name = dray_strdup(record->name);
	unpacking->scan = (struct dray_scan)DRAY_SCAN_INIT;
	DRAY_TRY(record_point(session, unpacking->intake, records, record, err));
	DRAY_TRY(dray_os_mkdirs(session->repo->root_fd, folder, 0777, err));
	DRAY_TRY(dray_intake_commit(unpacking->intake, err));
	return records_publish(session, records, stage, err);
}

static void tell(struct unpacking *unpacking, const struct dray_records *records)
{
	const struct dray_record *record = &records->items[0];
	const struct dray_out *out = &record->file->pointer.outs[record->out];
	bool is_same = record->had_oid && dray_oid_is_equal(&record->old_oid, &out->oid);
	struct dray_session *session = unpacking->session;

	report_recorded(session,
		is_same           ? "unchanged"
		: record->had_oid ? "modified"
				  : "added",
		record->name, record->file, record->out);
	report_total(session->report, "files", out->nfiles);
	report_total(session->report, "bytes", out->size);
	if (unpacking->left_out > 0)
		session_note(session, "%ju members were left out, as '%s' names them",
			(uintmax_t)unpacking->left_out, session->repo->dialect->ignore_file);
}

enum dray_status add_archive(struct dray_session *session, const struct dray_add_options *options,
	bool stage, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO(strs) wanted = DRAY_STRS_INIT;
	DRAY_AUTO_STR name = NULL;
	__attribute__((cleanup(unpacking_drop))) struct unpacking unpacking = {
		.session = session, .wanted = &wanted};

	DRAY_TRY(find_name(session, options, &name, err));
	DRAY_TRY(take_wanted(options->targets, &wanted, err));
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	DRAY_TRY(claim(session, options, &tracks, name, &records, err));
	DRAY_TRY(dray_repo_check_free(session->repo, name, err));
	unpacking.name = name;
	if (unpack(&unpacking, options, err) != DRAY_OK)
		return strstr(err->text, options->archive) != NULL
			       ? err->status
			       : dray_frame(err, "archive '%s'", options->archive);
	DRAY_TRY(publish(&unpacking, &records, stage, err));
	tell(&unpacking, &records);
	return checkout_name(session, name, options->force, options->jobs, err);
}
