/*
 * Any bytes as a file of stages, and behind a line "===" as its lock. What was accepted is written
 * back byte for byte; after changes it is read as what it was changed to. The same bytes behind the
 * line are values, too: what templates are filled in with them are none any more.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BETWEEN "\n===\n"

static void check_change(const struct dray_stages *stages, struct dray_pointer *pointer)
{
	DRAY_AUTO(pointer) again = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	for (size_t i = 0; i < pointer->len; i++) {
		struct dray_out *out = &pointer->outs[i];

		dray_out_forget_versions(out);
		out->has_oid = i % 3 != 0 && !out->is_unlisted;
		memset(&out->oid, 0, sizeof out->oid);
		memset(out->oid.digest, i % 2 != 0 ? 0x11 : 0xab, 16);
		out->oid.algo = DRAY_MD5;
		out->has_size = out->has_oid;
		out->size = i;
	}
	dray_pointer_render(pointer, &text);
	if (text.len > DRAY_POINTER_BYTES_MAX)
		return;
	assert(dray_stages_lock(stages, DRAY_MD5, text.data, text.len, "again", &again, &err) ==
		DRAY_OK);
	assert(again.len == pointer->len);
	for (size_t i = 0; i < again.len; i++) {
		assert(strcmp(again.outs[i].path, pointer->outs[i].path) == 0);
		assert(again.outs[i].has_oid == pointer->outs[i].has_oid);
		assert(!again.outs[i].has_oid ||
			dray_oid_is_equal(&again.outs[i].oid, &pointer->outs[i].oid));
	}
}

static void check_freeze(const char *text, size_t len, const char *name)
{
	DRAY_AUTO(buf) frozen = DRAY_BUF_INIT;
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_stages_freeze(text, len, "fuzz", name, true, &frozen, &err) != DRAY_OK ||
		frozen.len > DRAY_POINTER_BYTES_MAX)
		return;
	assert(dray_stages_parse(&stages, frozen.data, frozen.len, "again", &err) == DRAY_OK);
	assert(dray_stages_find(&stages, name)->is_frozen);
}

struct values {
	const char *text;
	size_t len;
};

static enum dray_status read_values(
	void *ctx, const char *path, struct dray_params **out_params, struct dray_err *err)
{
	const struct values *values = ctx;

	return dray_params_parse(values->text, values->len, path, out_params, err);
}

static void check_filled(const char *text, size_t len, struct values *values)
{
	const struct dray_template_source source = {.read = read_values, .ctx = values};
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_stages_fill(&stages, text, len, "fuzz", &source, &err) != DRAY_OK)
		return;
	assert(stages.len <= DRAY_STAGES_MAX);
	for (size_t i = 0; i < stages.len; i++)
		assert(!stages.items[i].is_template && !stages.items[i].has_templates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO_STR text = dray_strndup((const char *)data, size);
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	const char *between = strstr(text, BETWEEN);
	size_t yaml_len = between != NULL ? (size_t)(between - text) + 1 : size;
	const char *lock = between != NULL ? between + strlen(BETWEEN) : NULL;
	size_t lock_len = lock != NULL ? size - (size_t)(lock - text) : 0;

	if (dray_stages_parse(&stages, text, yaml_len, "fuzz", &err) != DRAY_OK)
		return 0;
	check_filled(text, yaml_len,
		&(struct values){.text = lock != NULL ? lock : "", .len = lock_len});
	if (stages.len > 0)
		check_freeze(text, yaml_len, stages.items[0].name);
	if (dray_stages_lock(&stages, DRAY_MD5, lock, lock_len, "lock", &pointer, &err) != DRAY_OK)
		return 0;
	dray_pointer_render(&pointer, &same);
	assert(same.len == lock_len && (lock_len == 0 || memcmp(same.data, lock, lock_len) == 0));
	if (lock != NULL)
		check_change(&stages, &pointer);
	return 0;
}
