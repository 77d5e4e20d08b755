/*
 * Which objects are needed: what the outs in use name, and what their
 * manifests name.
 *
 * 1. A manifest that cannot be read stops the marking: what it would keep is
 *    unknown. It may be absent if only history names it, as a clone that never
 *    fetched old versions has none of their files either.
 * 2. Such a manifest is UNREAD. Should a remote have it, none of its files may
 *    be taken for garbage there: it has to be fetched first.
 */
#include "needs.h"
#include "import.h"

#include <stdlib.h>
#include <string.h>

static enum dray_status mark_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct dray_needs *needs = ctx;

	(void)err;
	if (entry->kind != DRAY_KIND_EMPTY)
		dray_map_add(&needs->oids, &entry->oid, sizeof entry->oid, DRAY_NEED_KEPT);
	return DRAY_OK;
}

static void note_absent(struct dray_needs *needs, const struct dray_track *track)
{
	const struct dray_oid *oid = &dray_track_out(track)->oid;

	*dray_map_peek(&needs->oids, oid, sizeof *oid) = DRAY_NEED_UNREAD;
	dray_strs_add(&needs->names, track->name);
	DRAY_GROW(needs->absent, needs->absent_len, needs->absent_cap);
	needs->absent[needs->absent_len++] = (struct dray_goal){
		.name = needs->names.items[needs->names.len - 1],
		.oid = *oid,
		.size = UINT64_MAX,
	};
}

static enum dray_status mark_manifest(
	struct dray_needs *needs, const struct dray_track *track, struct dray_err *err)
{
	enum dray_status status = dray_manifest_each(needs->session->repo,
		&dray_track_out(track)->oid, track->name, mark_entry, needs, err);

	if (status == DRAY_NOT_FOUND)
		dray_hint(
			err, "nothing was removed; get it with 'dray fetch %s' first", track->name);
	else if (status != DRAY_OK && status != DRAY_CANCELLED)
		dray_hint(err, "nothing was removed; run 'dray fsck', then try again");
	return status;
}

static bool is_elsewhere(const struct dray_needs *needs, const struct dray_out *out)
{
	const char *remote = out->remote != NULL ? out->remote : needs->remote_of_others;

	return needs->remote != NULL && strcmp(remote, needs->remote) != 0;
}

static enum dray_status mark_out(
	void *ctx, const struct dray_track *track, bool is_in_history, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);
	struct dray_needs *needs = ctx;

	if (needs->session->repo->dialect->forgets_imports &&
		pointer_is_borrowed(&track->file->pointer))
		return DRAY_OK; /* it can come again */
	if (!out->has_oid || is_elsewhere(needs, out) ||
		!dray_map_add(&needs->oids, &out->oid, sizeof out->oid, DRAY_NEED_KEPT) ||
		!out->oid.is_dir)
		return DRAY_OK;
	if ((is_in_history || needs->may_fetch) &&
		!dray_store_has(needs->session->store, &out->oid)) {
		note_absent(needs, track);
		return DRAY_OK;
	}
	return mark_manifest(needs, track, err);
}

enum dray_status needs_mark(
	struct dray_needs *needs, const struct dray_history *history, struct dray_err *err)
{
	return outs_each(needs->session, history, mark_out, needs, err);
}

enum dray_need needs_find(const struct dray_needs *needs, const struct dray_oid *oid)
{
	const uint64_t *need = dray_map_peek(&needs->oids, oid, sizeof *oid);

	return need != NULL ? (enum dray_need) * need : DRAY_NEED_NONE;
}

void dray_needs_drop(struct dray_needs *needs)
{
	dray_map_drop(&needs->oids);
	free(needs->absent);
	dray_strs_drop(&needs->names);
	needs->absent = NULL;
	needs->absent_len = needs->absent_cap = 0;
}
