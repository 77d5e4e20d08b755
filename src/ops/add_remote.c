/*
 * dray add --to-remote: a pointer to data that goes straight to a remote. The data is read where it
 * is and stays there; in the workspace it will be when it is fetched.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

/* What lies in its place is left alone if it is the target itself. */
static enum dray_status check_free(struct dray_session *session,
	const struct dray_add_options *options, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR there = dray_path_join(session->repo->root, name);
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR from = NULL;
	DRAY_AUTO_STR to = NULL;

	if (options->force || !dray_os_exists(session->repo->root_fd, name))
		return DRAY_OK;
	if (dray_os_realpath(options->targets->items[0], &from, &unused) == DRAY_OK &&
		dray_os_realpath(there, &to, &unused) == DRAY_OK && strcmp(from, to) == 0)
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS, "'%s' exists already", name);
	return dray_hint(err, "choose another place with --out");
}

/* The name that the data will have here once it is fetched. */
static enum dray_status find_name(struct dray_session *session,
	const struct dray_add_options *options, const struct dray_tracks *tracks, char **out_name,
	struct dray_err *err)
{
	DRAY_AUTO_STR last = url_last(options->targets->items[0]);
	const char *typed = options->out != NULL ? options->out : last;
	DRAY_AUTO_STR name = NULL;

	DRAY_TRY(dray_repo_name(session->repo, session->prefix, typed, &name, err));
	DRAY_TRY(place_refuse_special(session, name, err));
	DRAY_TRY(place_claim(session, tracks, name, err));
	DRAY_TRY(check_free(session, options, name, err));
	*out_name = name;
	name = NULL;
	return DRAY_OK;
}

static enum dray_status add_record(struct dray_session *session, const char *name,
	const char *pointer_name, const struct dray_tracks *tracks, struct dray_records *records,
	struct dray_err *err)
{
	const struct dray_track *track = dray_tracks_find(tracks, name);
	DRAY_AUTO_STR usual = dray_format("%s%s", name, session->repo->dialect->pointer_suffix);
	const char *wanted = pointer_name != NULL ? pointer_name : usual;

	if (track != NULL &&
		(strcmp(track->name, name) != 0 || dray_track_out(track)->stage != NULL ||
			(pointer_name != NULL && strcmp(track->file->name, pointer_name) != 0)))
		return dray_fail(err, DRAY_EXISTS, "'%s' is tracked by '%s' already", name,
			track->file->name);
	if (track != NULL) {
		records_add(records, track->file, track->out, track->name, NULL);
		return DRAY_OK;
	}
	DRAY_TRY(place_refuse_overlap(tracks, name, err));
	DRAY_TRY(place_check(session, name, err));
	DRAY_TRY(place_refuse_git(session, name, err));
	return records_add_new(session, name, wanted, records, err);
}

static enum dray_status send(struct dray_session *session, const struct dray_add_options *options,
	struct dray_out *out, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	const struct dray_outbound outbound = {
		.remote = options->remote, .jobs = options->jobs, .out = out};

	DRAY_TRY(outside_open(session, options->targets->items[0], NULL, NULL, &outside, err));
	return outside_send(session, &outside, &outbound, err);
}

enum dray_status add_to_remote(struct dray_session *session, const struct dray_add_options *options,
	bool stage, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO_STR pointer_name = NULL;
	DRAY_AUTO_STR name = NULL;

	DRAY_TRY(add_pointer_name(session, options, &pointer_name, err));
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	DRAY_TRY(find_name(session, options, &tracks, &name, err));
	DRAY_TRY(add_record(session, name, pointer_name, &tracks, &records, err));
	struct dray_record *record = &records.items[0];
	struct dray_out *out = &record->file->pointer.outs[record->out];
	out->oid.algo = (uint8_t)session->repo->dialect->algo;
	DRAY_TRY(send(session, options, out, err));
	DRAY_TRY(records_publish(session, &records, stage, err));
	report_recorded(
		session, record->had_oid ? "modified" : "added", name, record->file, record->out);
	report_total(session->report, "files", out->has_nfiles ? out->nfiles : 1);
	report_total(session->report, "bytes", out->size);
	return DRAY_OK;
}
