/* The runs of stages that DVC remembers, for push, fetch and commit. */
#ifndef DRAY_OPS_RUN_CACHE_H
#define DRAY_OPS_RUN_CACHE_H

#include "private.h"

/*
 * To the remote `name` (NULL: the default one) what it lacks, and from it what the cache lacks.
 * What is not the run that its name says is told and left out. After a failure some were moved.
 */
DRAY_MUST_CHECK enum dray_status runs_push(
	struct dray_session *session, const char *name, unsigned jobs, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status runs_fetch(
	struct dray_session *session, const char *name, struct dray_err *err);

/* Put a run's text into the cache, where DVC looks for it. What is there already stays. */
DRAY_MUST_CHECK enum dray_status runs_keep(
	struct dray_session *session, const char *text, size_t len, struct dray_err *err);

#endif
