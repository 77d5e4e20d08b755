/* Which objects work trees, indexes and history need: what a collection keeps. */
#ifndef DRAY_OPS_NEEDS_H
#define DRAY_OPS_NEEDS_H

#include "private.h"

#include <dray/sync.h>

struct dray_needs {
	struct dray_session *session;
	bool may_fetch;     /* any manifest may be absent: it is to be fetched, and marked again */
	const char *remote; /* only what outs need that go to this remote; NULL: all */
	const char *remote_of_others; /* of outs that name none; with `remote` */
	struct dray_map oids;         /* to an enum dray_need, never NONE */
	struct dray_goal *absent;     /* the manifests that are UNREAD: not in the cache */
	size_t absent_len;
	size_t absent_cap;
	struct dray_strs names; /* of `absent` */
};
/* Adds to what was marked before. All but the maps and lists is set. NOT_FOUND, CORRUPT, INVALID: a
 * manifest; the hint says what to do. */
DRAY_MUST_CHECK enum dray_status needs_mark(
	struct dray_needs *needs, const struct dray_history *history, struct dray_err *err);
/*
 * Of what was marked, keep only what a remote lacks: the one that an out names, else `remote`. What
 * is needed is UNREAD no more.
 */
DRAY_MUST_CHECK enum dray_status needs_leave_to_remotes(struct dray_needs *needs,
	const struct dray_history *history, const char *remote, unsigned jobs,
	struct dray_err *err);
enum dray_need needs_find(const struct dray_needs *needs, const struct dray_oid *oid);
void dray_needs_drop(struct dray_needs *needs); /* may be marked anew */

#endif
