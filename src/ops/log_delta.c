/*
 * What differs in tracked data from one commit to the next.
 *
 * 1. Only pointers that differ are read: git's trees tell which. What they say of data that is
 * meant is held against each other, so a pointer that only got a comment changes nothing.
 * 2. Of a path inside a directory the list of files is read, once for all commits that have it. A
 *    list that is not in the cache is equal to itself only.
 */
#include "log.h"

#include <stdlib.h>
#include <string.h>

void dray_log_drop(struct dray_log *log)
{
	dray_map_drop(&log->lists);
	free(log->parts);
}

static void side_drop(struct dray_log_side *side)
{
	for (size_t i = 0; i < side->len; i++)
		free(side->pieces[i].name);
	free(side->pieces);
	dray_tracks_drop(&side->tracks);
	side->pieces = NULL;
	side->len = side->cap = 0;
}

void dray_log_delta_drop(struct dray_log_delta *delta)
{
	side_drop(&delta->old);
	side_drop(&delta->new);
	free(delta->from);
	delta->from = NULL;
}

/* -------------------------------------------------------------------- pointers */

struct reading {
	struct dray_session *session;
	const char *from;
	const char *to;
	struct dray_log_delta *delta;
	struct dray_map stages; /* folders whose stages were read */
};

static enum dray_status parse_blob(struct dray_session *session, const char *name, const char *hex,
	struct dray_log_side *side, struct dray_err *err)
{
	struct dray_repo *repo = session->repo;
	const char *inside = name + strlen(repo->git_prefix);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	DRAY_TRY(dray_git_blob_read(repo->git, hex, DRAY_POINTER_BYTES_MAX, &text, err));
	return dray_tracks_parse(repo, inside + strspn(inside, "/"), dray_buf_text(&text), text.len,
		&side->tracks, err);
}

/* A file of stages and its lock say something together only: both, as a commit has them. */
static enum dray_status parse_stages(struct reading *reading, const char *folder,
	const char *commit, struct dray_log_side *side, struct dray_err *err)
{
	const struct dray_dialect *dialect = reading->session->repo->dialect;
	const char *const files[] = {dialect->stage_file, dialect->stage_lock};
	char hex[65];

	for (size_t i = 0; commit != NULL && i < DRAY_COUNT(files); i++) {
		DRAY_AUTO_STR name = dray_path_join(folder, files[i]);

		DRAY_TRY(dray_git_blob_find(reading->session->repo->git, commit, name, hex, err));
		if (hex[0] != '\0')
			DRAY_TRY(parse_blob(reading->session, name, hex, side, err));
	}
	return DRAY_OK;
}

static enum dray_status take_change(
	void *ctx, const char *name, const char *old_hex, const char *new_hex, struct dray_err *err)
{
	struct reading *reading = ctx;
	const struct dray_repo *repo = reading->session->repo;
	const char *basename = dray_path_basename(name);
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO_STR own = dray_path_join(repo->git_prefix, repo->dialect->folder);

	if (!dray_path_is_within(name, repo->git_prefix) || dray_path_is_within(name, own))
		return DRAY_OK;
	if (strcmp(basename, repo->dialect->stage_file) == 0 ||
		strcmp(basename, repo->dialect->stage_lock) == 0) {
		if (!dray_map_add(&reading->stages, folder, strlen(folder), 0))
			return DRAY_OK;
		DRAY_TRY(parse_stages(reading, folder, reading->from, &reading->delta->old, err));
		return parse_stages(reading, folder, reading->to, &reading->delta->new, err);
	}
	if (old_hex != NULL)
		DRAY_TRY(parse_blob(reading->session, name, old_hex, &reading->delta->old, err));
	if (new_hex == NULL)
		return DRAY_OK;
	return parse_blob(reading->session, name, new_hex, &reading->delta->new, err);
}

static enum dray_status read_pointers(struct dray_session *session, const char *from,
	const char *to, struct dray_log_delta *delta, struct dray_err *err)
{
	struct reading reading = {.session = session, .from = from, .to = to, .delta = delta};

	enum dray_status status = dray_git_changes(session->repo->git, from, to,
		session->repo->dialect->suffixes, take_change, &reading, err);
	if (status == DRAY_OK)
		status = dray_tracks_finish(&delta->old.tracks, err);
	if (status == DRAY_OK)
		status = dray_tracks_finish(&delta->new.tracks, err);
	dray_map_drop(&reading.stages);
	return status == DRAY_OK || status == DRAY_CANCELLED ? status
							     : dray_frame(err, "commit %.10s", to);
}

/* --------------------------------------------------------------- inside of lists */

struct printing {
	struct dray_log *log;
	const char *within;
	struct dray_hasher *hasher;
	struct dray_log_part *part;
};

static enum dray_status print_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct printing *printing = ctx;
	struct dray_log_sum *sum = &printing->part->sum;
	bool is_file = entry->kind != DRAY_KIND_EMPTY;

	(void)err;
	if (!dray_path_is_within(entry->path, printing->within))
		return DRAY_OK;
	printing->part->is_there = true;
	dray_hasher_update(printing->hasher, entry->path, strlen(entry->path) + 1);
	dray_hasher_update(printing->hasher, &entry->kind, sizeof entry->kind);
	if (!is_file)
		return DRAY_OK;
	dray_hasher_update(printing->hasher, entry->oid.digest, sizeof entry->oid.digest);
	uint64_t size = dray_store_size(printing->log->session->store, &entry->oid, entry->size);
	sum->files++;
	sum->is_known = sum->is_known && size != UINT64_MAX;
	sum->bytes += size != UINT64_MAX ? size : 0;
	return DRAY_OK;
}

static enum dray_status read_list(struct dray_log *log, const struct dray_track *track,
	const char *within, struct dray_log_part *out, struct dray_err *err)
{
	const struct dray_oid *oid = &dray_track_out(track)->oid;
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_SHA256);
	struct printing printing = {.log = log, .within = within, .hasher = hasher, .part = out};

	*out = (struct dray_log_part){.sum = {.is_known = true}};
	versions_list_try(log->session->store, dray_track_out(track));
	enum dray_status status = dray_manifest_each(
		log->session->repo, oid, track->name, print_entry, &printing, err);
	if (status == DRAY_NOT_FOUND) {
		*out = (struct dray_log_part){.print = *oid, .is_there = true};
		return DRAY_OK;
	}
	DRAY_TRY(status);
	dray_hasher_final(hasher, &out->print);
	return DRAY_OK;
}

static enum dray_status find_part(struct dray_log *log, const struct dray_track *track,
	const char *within, const struct dray_log_part **out_part, struct dray_err *err)
{
	const struct dray_oid *oid = &dray_track_out(track)->oid;
	DRAY_AUTO(buf) key = DRAY_BUF_INIT;
	struct dray_log_part part;

	dray_buf_add(&key, oid, sizeof *oid);
	dray_buf_puts(&key, within);
	const uint64_t *at = dray_map_peek(&log->lists, key.data, key.len);
	if (at != NULL) {
		*out_part = &log->parts[*at];
		return DRAY_OK;
	}
	DRAY_TRY(read_list(log, track, within, &part, err));
	dray_map_add(&log->lists, key.data, key.len, log->len);
	DRAY_GROW(log->parts, log->len, log->cap);
	log->parts[log->len++] = part;
	*out_part = &log->parts[log->len - 1];
	return DRAY_OK;
}

/* ---------------------------------------------------------------------- pieces */

static void add_piece(struct dray_log_side *side, const char *name, const struct dray_oid *print,
	const struct dray_log_sum *sum)
{
	DRAY_GROW(side->pieces, side->len, side->cap);
	side->pieces[side->len++] =
		(struct dray_log_piece){.name = dray_strdup(name), .print = *print, .sum = *sum};
}

static enum dray_status add_track(struct dray_log *log, const struct dray_track *track,
	const char *name, struct dray_log_side *side, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);
	const struct dray_log_part *part = NULL;

	if (!out->has_oid || !out->is_cached)
		return DRAY_OK;
	if (dray_path_is_within(track->name, name)) {
		const struct dray_log_sum sum = {
			.bytes = out->has_size ? out->size : 0,
			.files = out->oid.is_dir ? out->nfiles : 1,
			.is_known = out->has_size && (!out->oid.is_dir || out->has_nfiles),
		};

		add_piece(side, track->name, &out->oid, &sum);
		return DRAY_OK;
	}
	if (!dray_path_is_within(name, track->name) || !out->oid.is_dir)
		return DRAY_OK;
	DRAY_TRY(find_part(log, track, name + strlen(track->name) + 1, &part, err));
	if (part->is_there)
		add_piece(side, name, &part->print, &part->sum);
	return DRAY_OK;
}

static int compare_pieces(const void *a, const void *b)
{
	return strcmp(
		((const struct dray_log_piece *)a)->name, ((const struct dray_log_piece *)b)->name);
}

static enum dray_status add_pieces(struct dray_log *log, const struct dray_tracks *tracks,
	const char *name, struct dray_log_side *side, struct dray_err *err)
{
	for (size_t i = 0; i < tracks->len; i++)
		DRAY_TRY(add_track(log, &tracks->items[i], name, side, err));
	if (side->len > 0)
		qsort(side->pieces, side->len, sizeof *side->pieces, compare_pieces);
	return DRAY_OK;
}

struct dray_log_sum log_sum(const struct dray_log_side *side)
{
	struct dray_log_sum sum = {.is_known = true};

	for (size_t i = 0; i < side->len; i++) {
		sum.bytes += side->pieces[i].sum.bytes;
		sum.files += side->pieces[i].sum.files;
		sum.is_known = sum.is_known && side->pieces[i].sum.is_known;
	}
	return sum;
}

enum dray_status log_measure(struct dray_log *log, const struct dray_tracks *tracks,
	const char *name, struct dray_log_sum *out_sum, bool *out_is_there, struct dray_err *err)
{
	struct dray_log_side side = {.tracks = DRAY_TRACKS_INIT};

	enum dray_status status = add_pieces(log, tracks, name, &side, err);
	*out_sum = log_sum(&side);
	*out_is_there = side.len > 0;
	side_drop(&side);
	return status;
}

/* --------------------------------------------------------------------- compare */

static bool is_same(const struct dray_log_side *old, const struct dray_log_side *new)
{
	bool is = old->len == new->len;

	for (size_t i = 0; is && i < old->len; i++)
		is = strcmp(old->pieces[i].name, new->pieces[i].name) == 0 &&
		     dray_oid_is_equal(&old->pieces[i].print, &new->pieces[i].print);
	return is;
}

static bool has_track(const struct dray_tracks *tracks, const char *name)
{
	for (size_t i = 0; i < tracks->len; i++)
		if (strcmp(tracks->items[i].name, name) == 0)
			return true;
	return false;
}

/* Data that came under this name while the same bytes went from another. */
static char *find_move(
	const struct dray_log_delta *delta, const struct dray_track *came, const char *name)
{
	const struct dray_tracks *old = &delta->old.tracks;

	if (!dray_track_out(came)->has_oid || has_track(old, came->name))
		return NULL;
	for (size_t i = 0; i < old->len; i++) {
		const struct dray_track *went = &old->items[i];

		if (dray_track_out(went)->has_oid && !has_track(&delta->new.tracks, went->name) &&
			dray_oid_is_equal(&dray_track_out(went)->oid, &dray_track_out(came)->oid))
			return dray_format("%s%s", went->name, name + strlen(came->name));
	}
	return NULL;
}

static void find_from(struct dray_log_delta *delta, const char *name)
{
	const struct dray_tracks *new = &delta->new.tracks;

	for (size_t i = 0; delta->from == NULL && i < new->len; i++)
		if (dray_path_is_within(name, new->items[i].name))
			delta->from = find_move(delta, &new->items[i], name);
}

enum dray_status log_compare(struct dray_log *log, const char *from, const char *to,
	const char *name, struct dray_log_delta *out, struct dray_err *err)
{
	DRAY_TRY(read_pointers(log->session, from, to, out, err));
	DRAY_TRY(add_pieces(log, &out->old.tracks, name, &out->old, err));
	DRAY_TRY(add_pieces(log, &out->new.tracks, name, &out->new, err));
	out->is_changed = !is_same(&out->old, &out->new);
	if (out->is_changed && out->old.len == 0 && *name != '\0')
		find_from(out, name);
	return DRAY_OK;
}

/* ----------------------------------------------------------------------- count */

struct counting {
	struct dray_session *session;
	struct dray_log_counts *counts;
};

/* DVC's lists know no sizes: the cache may. */
static uint64_t leaf_size(const struct counting *counting, const struct dray_leaf *leaf)
{
	uint64_t size = 0;

	if (leaf != NULL && leaf->has_oid)
		size = dray_store_size(counting->session->store, &leaf->oid, leaf->size);
	counting->counts->has_bytes = counting->counts->has_bytes && size != UINT64_MAX;
	return size != UINT64_MAX ? size : 0;
}

static enum dray_status count_leaf(void *ctx, enum dray_tree_change change,
	const struct dray_leaf *old, const struct dray_leaf *new, struct dray_err *err)
{
	const struct counting *counting = ctx;
	struct dray_log_counts *counts = counting->counts;
	const char *path = old != NULL ? old->path : new->path;

	(void)err;
	/* a directory differs because its files do */
	if (change == DRAY_TREE_SAME || dray_path_has_suffix(path, "/"))
		return DRAY_OK;
	counts->added += change == DRAY_TREE_ADDED;
	counts->modified += change == DRAY_TREE_MODIFIED;
	counts->deleted += change == DRAY_TREE_DELETED;
	counts->bytes_added += leaf_size(counting, new);
	counts->bytes_deleted += leaf_size(counting, old);
	return DRAY_OK;
}

static enum dray_status compare_files(struct dray_session *session,
	const struct dray_log_delta *delta, const struct dray_filter *filter,
	struct dray_log_counts *out, struct dray_err *err)
{
	DRAY_AUTO(tree) old = TREE_INIT;
	DRAY_AUTO(tree) new = TREE_INIT;
	DRAY_AUTO(strs) unknown = DRAY_STRS_INIT;
	const struct dray_tree_options options = {.filter = filter, .out_unknown = &unknown};
	struct counting counting = {.session = session, .counts = out};

	DRAY_TRY(tree_of_tracks(&delta->old.tracks, filter, &old, err));
	DRAY_TRY(tree_of_tracks(&delta->new.tracks, filter, &new, err));
	DRAY_TRY(trees_compare(session, &old, &new, &options, count_leaf, &counting, err));
	out->is_known = unknown.len == 0;
	return DRAY_OK;
}

enum dray_status log_count(struct dray_log *log, const struct dray_log_delta *delta,
	const char *name, struct dray_log_counts *out, struct dray_err *err)
{
	DRAY_AUTO(filter) filter = FILTER_INIT;

	*out = (struct dray_log_counts){.is_known = true, .has_bytes = true};
	if (delta->from != NULL)
		return DRAY_OK; /* moved as it was */
	filter_add(&filter, name);
	return compare_files(log->session, delta, &filter, out, err);
}
