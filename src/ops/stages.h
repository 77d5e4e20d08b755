/* What stages of a pipeline read, against what their lock says, for status and commit. */
#ifndef DRAY_OPS_STAGES_H
#define DRAY_OPS_STAGES_H

#include "private.h"

/* ----------------------------------------------------------- stage_inputs.c */

/* Name in the repository of what a stage calls `path`; NULL if that is outside. */
char *stage_name_of(const struct dray_stage_target *target, const char *path);
/*
 * What is at `name`, hashed as `like` was (NULL: as new data is) and stored nowhere; `out` is a dep
 * without a path. *out_is_present false: nothing is there, and `out` is left alone.
 */
struct stage_look {
	const struct dray_tracks *tracks; /* what is tracked was hashed before, mostly */
	const char *name;
	const struct dray_oid *like;
	unsigned jobs;
};
DRAY_MUST_CHECK enum dray_status stage_dep_find(struct dray_session *session,
	const struct stage_look *look, bool *out_is_present, struct dray_dep *out,
	struct dray_err *err);
/* A file of parameters. NOT_FOUND if there is none; as dray_params_parse. */
DRAY_MUST_CHECK enum dray_status stage_params_read(struct dray_session *session, const char *name,
	struct dray_params **out_params, struct dray_err *err);

/* ---------------------------------------------------------- stage_changes.c */

/* Borrowed for the call. */
struct stage_change {
	const char *kind;  /* "dep", "param"; "stage" for what is said of itself */
	const char *path;  /* name in the repository; NULL for "stage" */
	const char *param; /* its key; NULL: the file as a whole */
	const char *state; /* "modified", "deleted", "new", "changed command", "always changed" */
};
typedef void (*stage_change_fn)(void *ctx, const struct stage_change *change);
/*
 * What of the stage's deps, parameters and command the lock does not say. What lies outside is
 * passed over with a note; the deps of frozen stages are, unless `with_frozen`.
 */
struct stage_question {
	const struct dray_stage_target *target;
	const struct dray_tracks *tracks;
	bool with_frozen;
	unsigned jobs;
};
DRAY_MUST_CHECK enum dray_status stage_changes(struct dray_session *session,
	const struct stage_question *question, stage_change_fn fn, void *ctx, struct dray_err *err);

/* ------------------------------------------------------------ stage_renew.c */

/*
 * Have the lock's entry written anew with the pointer: deps and parameters as they are now. Outs
 * are the caller's. NOT_FOUND: one of them is not there; UNSUPPORTED: what only DVC can record.
 * On failure the pointer is as it was.
 */
DRAY_MUST_CHECK enum dray_status stage_renew(
	struct dray_session *session, const struct stage_question *question, struct dray_err *err);

/* ------------------------------------------------------------- stage_runs.c */

/*
 * Where the dialect does, remember what the stages made whose entries these records wrote. On
 * failure some are.
 */
DRAY_MUST_CHECK enum dray_status stage_runs_save(struct dray_session *session,
	const struct dray_records *done, unsigned jobs, struct dray_err *err);

#endif
