/* What a stage reads and does, against what its lock says. */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

struct asking {
	struct dray_session *session;
	const struct stage_question *question;
	stage_change_fn fn;
	void *ctx;
	const char *path; /* of the file of parameters at hand */
};

static void tell(const struct asking *asking, const char *kind, const char *path, const char *param,
	const char *state)
{
	asking->fn(
		asking->ctx, &(const struct stage_change){
				     .kind = kind, .path = path, .param = param, .state = state});
}

static void tell_param(void *ctx, const char *key, const char *state)
{
	const struct asking *asking = ctx;

	tell(asking, "param", asking->path, key, state);
}

static void note_outside(const struct asking *asking, const char *path)
{
	session_note(asking->session, "'%s', which stage '%s' reads, lies outside: not looked at",
		path, asking->question->target->stage->name);
}

static enum dray_status ask_dep(const struct asking *asking, const char *path, struct dray_err *err)
{
	const struct stage_question *question = asking->question;
	const struct dray_stage_target *target = question->target;
	const struct dray_dep *was = dray_stage_dep(&target->file->pointer, target->stage, path);
	DRAY_AUTO_STR name = stage_name_of(target, path);
	struct dray_dep now = {.path = NULL};
	bool is_present = false;

	if (name == NULL) {
		note_outside(asking, path);
		return DRAY_OK;
	}
	const struct stage_look look = {
		.tracks = question->tracks,
		.name = name,
		.like = was != NULL && was->has_oid ? &was->oid : NULL,
		.jobs = question->jobs,
	};
	DRAY_TRY(stage_dep_find(asking->session, &look, &is_present, &now, err));
	if (!is_present)
		tell(asking, "dep", name, NULL, "deleted");
	else if (look.like == NULL || !dray_oid_is_equal(&now.oid, look.like))
		tell(asking, "dep", name, NULL, "modified");
	return DRAY_OK;
}

static enum dray_status ask_params(
	struct asking *asking, const struct dray_stage_params *chosen, struct dray_err *err)
{
	const struct dray_stage_target *target = asking->question->target;
	DRAY_AUTO_STR name = stage_name_of(target, chosen->path);
	struct dray_params *params = NULL;

	if (name == NULL) {
		note_outside(asking, chosen->path);
		return DRAY_OK;
	}
	enum dray_status status = stage_params_read(asking->session, name, &params, err);
	if (status == DRAY_NOT_FOUND) {
		tell(asking, "param", name, NULL, "deleted");
		return DRAY_OK;
	}
	DRAY_TRY(status);
	asking->path = name;
	dray_stage_params_compare(
		&target->file->pointer, target->stage, chosen, params, tell_param, asking);
	dray_params_free(params);
	return DRAY_OK;
}

static enum dray_status ask_inputs(struct asking *asking, struct dray_err *err)
{
	const struct dray_stage *stage = asking->question->target->stage;

	if (stage->is_frozen && !asking->question->with_frozen)
		return DRAY_OK;
	for (size_t i = 0; i < stage->deps.len; i++)
		DRAY_TRY(ask_dep(asking, stage->deps.items[i], err));
	for (size_t i = 0; i < stage->params_len; i++)
		DRAY_TRY(ask_params(asking, &stage->params[i], err));
	return DRAY_OK;
}

/* One that reads and makes nothing is run for what it does, each time. */
static bool is_always_changed(const struct dray_stage *stage)
{
	return stage->is_always_changed ||
	       (stage->deps.len == 0 && stage->params_len == 0 && stage->outs_len == 0);
}

enum dray_status stage_changes(struct dray_session *session, const struct stage_question *question,
	stage_change_fn fn, void *ctx, struct dray_err *err)
{
	struct asking asking = {.session = session, .question = question, .fn = fn, .ctx = ctx};
	const struct dray_stage_target *target = question->target;
	const struct dray_pointer *lock = &target->file->pointer;

	DRAY_TRY(ask_inputs(&asking, err));
	if (is_always_changed(target->stage))
		tell(&asking, "stage", NULL, NULL, "always changed");
	if (dray_stage_is_locked(lock, target->stage) &&
		!dray_stage_is_cmd_same(lock, target->stage))
		tell(&asking, "stage", NULL, NULL, "changed command");
	return DRAY_OK;
}
