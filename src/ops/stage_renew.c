/* A stage's entry in its lock, as commit records it: what the stage reads is what is there now. */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

static enum dray_status refuse_outside(
	const struct dray_stage_target *target, const char *path, struct dray_err *err)
{
	return dray_fail(err, DRAY_UNSUPPORTED, "stage '%s' of '%s' reads '%s', which lies outside",
		target->stage->name, target->file->stage_file, path);
}

/* A hash of DVC 2's stays as long as it holds. */
static enum dray_status renew_dep(struct dray_session *session,
	const struct stage_question *question, struct dray_dep *dep, struct dray_err *err)
{
	const struct dray_stage_target *target = question->target;
	const struct dray_dep *was =
		dray_stage_dep(&target->file->pointer, target->stage, dep->path);
	DRAY_AUTO_STR name = stage_name_of(target, dep->path);
	bool is_present = false;

	if (name == NULL)
		return refuse_outside(target, dep->path, err);
	struct stage_look look = {
		.tracks = question->tracks,
		.name = name,
		.like = was != NULL && was->has_oid ? &was->oid : NULL,
		.jobs = question->jobs,
	};
	DRAY_TRY(stage_dep_find(session, &look, &is_present, dep, err));
	bool is_old = look.like != NULL && look.like->algo != session->repo->dialect->algo;
	if (is_present && is_old && !dray_oid_is_equal(&dep->oid, look.like)) {
		look.like = NULL;
		DRAY_TRY(stage_dep_find(session, &look, &is_present, dep, err));
	}
	if (!is_present)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s', which stage '%s' reads, is not there",
			name, target->stage->name);
	return DRAY_OK;
}

static enum dray_status renew_params(struct dray_session *session,
	const struct stage_question *question, const struct dray_stage_params *chosen,
	struct dray_params **out_params, struct dray_err *err)
{
	DRAY_AUTO_STR name = stage_name_of(question->target, chosen->path);

	if (name == NULL)
		return refuse_outside(question->target, chosen->path, err);
	DRAY_TRY(stage_params_read(session, name, out_params, err));
	return dray_stage_params_check(chosen, *out_params, err);
}

static enum dray_status fill(struct dray_session *session, const struct stage_question *question,
	struct dray_stage_entry *entry, struct dray_err *err)
{
	const struct dray_stage *stage = entry->stage;

	for (size_t i = 0; i < stage->deps.len; i++)
		DRAY_TRY(renew_dep(session, question, &entry->deps[i], err));
	for (size_t i = 0; i < stage->params_len; i++)
		DRAY_TRY(
			renew_params(session, question, &stage->params[i], &entry->params[i], err));
	return DRAY_OK;
}

enum dray_status stage_renew(
	struct dray_session *session, const struct stage_question *question, struct dray_err *err)
{
	struct dray_pointer *lock = &question->target->file->pointer;
	struct dray_stage_entry *entry = NULL;

	DRAY_TRY(dray_pointer_add_entry(lock, question->target->stage, &entry, err));
	enum dray_status status = fill(session, question, entry, err);
	if (status != DRAY_OK)
		dray_pointer_drop_entry(lock);
	return status;
}
