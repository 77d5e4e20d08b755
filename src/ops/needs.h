/* Which objects work trees, indexes and history need: what a collection keeps. */
#ifndef DRAY_OPS_NEEDS_H
#define DRAY_OPS_NEEDS_H

#include "private.h"

#include <dray/sync.h>

struct dray_needs {
	struct dray_session *session;
	bool may_fetch; /* any manifest may be absent: it is to be fetched, and marked again */
	struct dray_map oids;     /* to an enum dray_need, never NONE */
	struct dray_goal *absent; /* the manifests that are UNREAD: not in the cache */
	size_t absent_len;
	size_t absent_cap;
	struct dray_strs names; /* of `absent` */
};
/* `session` and `may_fetch` are set. NOT_FOUND, CORRUPT, INVALID: a manifest; the hint says what to
 * do. */
DRAY_MUST_CHECK enum dray_status needs_mark(
	struct dray_needs *needs, const struct dray_history *history, struct dray_err *err);
enum dray_need needs_find(const struct dray_needs *needs, const struct dray_oid *oid);
void dray_needs_drop(struct dray_needs *needs); /* may be marked anew */

#endif
