/* Other repositories, opened and locked. */
#ifndef DRAY_OPS_PROJECTS_H
#define DRAY_OPS_PROJECTS_H

#include "private.h"

struct dray_project {
	struct dray_session *session;
	struct dray_lock lock;
};
struct dray_projects {
	struct dray_project *items;
	size_t len;
	size_t cap;
};
#define PROJECTS_INIT         \
	{                     \
		.items = NULL \
	}
/*
 * Open those that `dirs` (NULL: none) lie in, each once and without `own`. BUSY: one is in use.
 * *out is to be dropped in any case.
 */
DRAY_MUST_CHECK enum dray_status projects_open(struct dray_session *own,
	const struct dray_strs *dirs, struct dray_projects *out, struct dray_err *err);
void dray_projects_drop(struct dray_projects *projects);

#endif
