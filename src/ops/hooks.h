/* What the hooks of git share. */
#ifndef DRAY_OPS_HOOKS_H
#define DRAY_OPS_HOOKS_H

#include "private.h"

/* In the middle of a rebase? */
bool hook_is_rebasing(const struct dray_session *session);
/* Check out the data of pointers that differ between HEAD and git's index: what a merge,
 * cherry-pick or revert that stopped for conflicts brought. */
DRAY_MUST_CHECK enum dray_status hook_checkout_staged(
	struct dray_session *session, struct dray_err *err);

#endif
