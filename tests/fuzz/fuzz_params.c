/*
 * Any bytes as a file of parameters, YAML, behind a '{' JSON or behind a '#' TOML. What a lock can
 * hold of it is written into one and read back as equal.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STAGES "stages: {s: {cmd: c, params: [{p: }]}}"

/* A NaN is not even equal to itself. */
static void differ(void *ctx, const char *key, const char *state)
{
	const char *has_nan = ctx;

	(void)key;
	assert(has_nan != NULL && strcmp(state, "modified") == 0);
}

static void check_lock(const struct dray_stages *stages, struct dray_params *params)
{
	DRAY_AUTO(pointer) lock = DRAY_POINTER_INIT;
	DRAY_AUTO(pointer) again = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_stage_entry *entry = NULL;
	const struct dray_stage *stage = &stages->items[0];

	assert(dray_stages_lock(stages, DRAY_MD5, NULL, 0, "new", &lock, &err) == DRAY_OK);
	assert(dray_pointer_add_entry(&lock, stage, &entry, &err) == DRAY_OK);
	entry->params[0] = params;
	dray_pointer_render(&lock, &text);
	if (text.len > DRAY_POINTER_BYTES_MAX)
		return;
	assert(dray_stages_lock(stages, DRAY_MD5, text.data, text.len, "again", &again, &err) ==
		DRAY_OK);
	assert(dray_stage_is_cmd_same(&again, stage));
	dray_stage_params_compare(
		&again, stage, &stage->params[0], params, differ, strstr(text.data, ".nan"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	DRAY_AUTO_STR text = dray_strndup(size > 0 ? (const char *)data : "", size);
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_params *params = NULL;
	const char *label = *text == '{'    ? "p.json"
			    : *text == '#'  ? "p.toml"
			    : *text == '\\' ? "p.py"
					    : "p.yaml";

	assert(dray_stages_parse(&stages, STAGES, strlen(STAGES), "stages", &err) == DRAY_OK);
	if (dray_params_parse(text, size, label, &params, &err) != DRAY_OK)
		return 0;
	if (dray_stage_params_check(&stages.items[0].params[0], params, &err) == DRAY_OK)
		check_lock(&stages, params);
	else
		dray_params_free(params);
	return 0;
}
