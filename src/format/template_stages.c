/*
 * template_stages: stages as DVC makes them of what is written: one of each
 * that has "${…}", one for each item of `foreach`, one for each way to choose
 * from the lists of a `matrix`.
 */
#include "template.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

/* One template and what its kin are made with. */
struct kin {
	struct dray_filling *filling;
	const char *name;
	const struct dray_yaml_node *definition;
	dray_filled_fn fn;
	void *ctx;
	struct dray_map names; /* given already */
	size_t len;
};

static enum dray_status fail_at(const struct dray_filling *filling,
	const struct dray_yaml_node *node, const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s", what);
	return dray_yaml_tree_where(filling->tree, node->start, err);
}

static bool is_composite(const struct dray_yaml_node *node)
{
	return node->type != DRAY_YAML_SCALAR;
}

/* ------------------------------------------------------------------ one stage */

static enum dray_status find_wdir(struct dray_filling *filling, const struct dray_scope *scope,
	const struct dray_yaml_node *definition, struct dray_buf *out, struct dray_err *err)
{
	const struct dray_yaml_node *wdir = dray_yaml_tree_get(definition, "wdir");

	if (wdir == NULL || wdir->type != DRAY_YAML_SCALAR)
		return DRAY_OK;
	DRAY_TRY(dray_filling_fill(filling, scope, wdir, "wdir", &wdir, err));
	if (wdir->style != 'p' || !dray_yaml_is_null(wdir->text))
		dray_buf_puts(out, wdir->text);
	return DRAY_OK;
}

static bool is_left_out(const char *key)
{
	return strcmp(key, "vars") == 0 || strcmp(key, "matrix") == 0;
}

static enum dray_status fill_fields(struct dray_filling *filling, const struct dray_scope *scope,
	const struct dray_yaml_node *definition, const struct dray_yaml_node **out_node,
	struct dray_err *err)
{
	struct dray_yaml_pair *pairs = NULL;
	size_t len = 0;

	DRAY_TRY(dray_filling_pairs(filling, definition->len, &pairs, err));
	for (size_t i = 0; i < definition->len; i++) {
		const struct dray_yaml_pair *pair = &definition->pairs[i];

		if (is_left_out(pair->key))
			continue;
		pairs[len] = *pair;
		DRAY_TRY(dray_filling_fill(
			filling, scope, pair->value, pair->key, &pairs[len++].value, err));
	}
	struct dray_yaml_node *filled = dray_arena_alloc(filling->arena, sizeof *filled);
	*filled = *definition;
	filled->pairs = pairs;
	filled->len = len;
	*out_node = filled;
	return DRAY_OK;
}

/* What one stage loads is not there for the next. */
static enum dray_status fill_stage(struct dray_filling *filling, const struct dray_scope *outer,
	const struct dray_yaml_node *definition, const struct dray_yaml_node **out_node,
	struct dray_err *err)
{
	const struct dray_yaml_node *vars = dray_yaml_tree_get(definition, "vars");
	struct dray_scope scope = *outer;
	size_t taken = filling->taken.len;
	DRAY_AUTO(buf) wdir = DRAY_BUF_INIT;

	DRAY_TRY(find_wdir(filling, &scope, definition, &wdir, err));
	DRAY_TRY(dray_filling_load(filling, vars, dray_buf_text(&wdir), false, &scope, err));
	while (filling->taken.len > taken)
		free(filling->taken.items[--filling->taken.len]);
	return fill_fields(filling, &scope, definition, out_node, err);
}

/* -------------------------------------------------------------------- its kin */

static enum dray_status make_one(
	struct kin *kin, const struct dray_scope *scope, const char *key, struct dray_err *err)
{
	DRAY_AUTO_STR name = dray_format("%s@%s", kin->name, key);
	const struct dray_yaml_node *filled = NULL;

	if (++kin->len > DRAY_STAGES_MAX)
		return fail_at(kin->filling, kin->definition, "too many stages", err);
	enum dray_status status = fill_stage(kin->filling, scope, kin->definition, &filled, err);
	if (status != DRAY_OK)
		return dray_frame(err, "stage '%s'", name);
	return kin->fn(kin->ctx, name, filled, err);
}

/* Of equal keys the last one is meant, in the place of the first. */
static enum dray_status make_each(
	struct kin *kin, const struct dray_yaml_node *data, char *const *keys, struct dray_err *err)
{
	struct dray_scope scope = kin->filling->scope;
	bool has_key = data->type == DRAY_YAML_MAP;
	struct dray_map last = DRAY_MAP_INIT;
	enum dray_status status = DRAY_OK;

	for (size_t i = 0; i < data->len; i++)
		if (!dray_map_add(&last, keys[i], strlen(keys[i]), i))
			*dray_map_peek(&last, keys[i], strlen(keys[i])) = i;
	for (size_t i = 0; i < data->len && status == DRAY_OK; i++) {
		uint64_t *at = dray_map_peek(&last, keys[i], strlen(keys[i]));

		if (*at == UINT64_MAX)
			continue; /* made */
		scope.item = data->pairs[*at].value;
		*at = UINT64_MAX;
		if (has_key)
			status = dray_filling_text(kin->filling, keys[i], '"', &scope.key, err);
		if (status == DRAY_OK)
			status = make_one(kin, &scope, keys[i], err);
	}
	dray_map_drop(&last);
	return status;
}

/* Names of a mapping's items are its keys, those of a list the items, or numbers if one has items
 * of its own. */
static enum dray_status name_items(
	const struct dray_yaml_node *data, char **keys, struct dray_err *err)
{
	bool is_numbered = false;

	for (size_t i = 0; i < data->len; i++)
		is_numbered |= is_composite(data->pairs[i].value);
	for (size_t i = 0; i < data->len; i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		const struct dray_yaml_node key = {
			.type = DRAY_YAML_SCALAR,
			.text = data->pairs[i].key,
			.style = data->pairs[i].key_style,
		};

		if (data->type == DRAY_YAML_MAP)
			DRAY_TRY(dray_template_put(&text, &key, err));
		else if (is_numbered)
			dray_buf_printf(&text, "%zu", i);
		else
			DRAY_TRY(dray_template_put(&text, data->pairs[i].value, err));
		keys[i] = dray_strdup(dray_buf_text(&text));
	}
	return DRAY_OK;
}

static enum dray_status make_foreach(
	struct kin *kin, const struct dray_yaml_node *data, struct dray_err *err)
{
	const struct dray_yaml_node *given = data;

	DRAY_TRY(dray_filling_fill(kin->filling, &kin->filling->scope, given, NULL, &data, err));
	if (!is_composite(data))
		return fail_at(kin->filling, given, "'foreach' must be a list or mapping", err);
	char **keys = dray_calloc(data->len + 1, sizeof *keys);
	enum dray_status status = name_items(data, keys, err);
	if (status == DRAY_OK)
		status = make_each(kin, data, keys, err);
	for (size_t i = 0; i < data->len; i++)
		free(keys[i]);
	free(keys);
	return status;
}

/* --------------------------------------------------------------------- matrix */

/* One choice: `at` says which of each list. The last list turns fastest. */
static enum dray_status make_choice(
	struct kin *kin, const struct dray_yaml_node *lists, const size_t *at, struct dray_err *err)
{
	struct dray_scope scope = kin->filling->scope;
	struct dray_yaml_pair *pairs = NULL;
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;

	DRAY_TRY(dray_filling_pairs(kin->filling, lists->len, &pairs, err));
	for (size_t i = 0; i < lists->len; i++) {
		pairs[i] = lists->pairs[i];
		pairs[i].value = lists->pairs[i].value->pairs[at[i]].value;
		if (i > 0)
			dray_buf_putc(&name, '-');
		if (is_composite(pairs[i].value))
			dray_buf_printf(&name, "%s%zu", pairs[i].key, at[i]);
		else
			DRAY_TRY(dray_template_put(&name, pairs[i].value, err));
	}
	struct dray_yaml_node *item = dray_arena_alloc(kin->filling->arena, sizeof *item);
	*item = *lists;
	item->pairs = pairs;
	scope.item = item;
	DRAY_TRY(dray_filling_text(kin->filling, dray_buf_text(&name), '"', &scope.key, err));
	if (!dray_map_add(&kin->names, dray_buf_text(&name), name.len, 0))
		return fail_at(kin->filling, lists, "two of its stages have one name", err);
	return make_one(kin, &scope, dray_buf_text(&name), err);
}

static bool advance(const struct dray_yaml_node *lists, size_t *at)
{
	for (size_t i = lists->len; i-- > 0;) {
		if (++at[i] < lists->pairs[i].value->len)
			return true;
		at[i] = 0;
	}
	return false;
}

static enum dray_status make_choices(
	struct kin *kin, const struct dray_yaml_node *lists, struct dray_err *err)
{
	size_t *at = dray_calloc(lists->len + 1, sizeof *at);
	enum dray_status status = DRAY_OK;

	do
		status = make_choice(kin, lists, at, err);
	while (status == DRAY_OK && advance(lists, at));
	free(at);
	dray_map_drop(&kin->names);
	return status;
}

static enum dray_status make_matrix(
	struct kin *kin, const struct dray_yaml_node *data, struct dray_err *err)
{
	const struct dray_yaml_node *given = data;

	DRAY_TRY(dray_filling_fill(kin->filling, &kin->filling->scope, given, NULL, &data, err));
	if (data->type != DRAY_YAML_MAP)
		return fail_at(kin->filling, given, "'matrix' must be a mapping of lists", err);
	for (size_t i = 0; i < data->len; i++) {
		if (data->pairs[i].value->type != DRAY_YAML_LIST)
			return fail_at(
				kin->filling, given, "'matrix' must be a mapping of lists", err);
		if (data->pairs[i].value->len == 0)
			return DRAY_OK; /* nothing to choose from */
	}
	return make_choices(kin, data, err);
}

/* ---------------------------------------------------------------------- stages */

/* Of the texts and keys in it; what is remarked counts, too, since DVC fills it in. */
static bool has_template(const struct dray_yaml_node *node)
{
	if (node->type == DRAY_YAML_SCALAR)
		return strstr(node->text, "${") != NULL;
	for (size_t i = 0; i < node->len; i++)
		if ((node->pairs[i].key != NULL && strstr(node->pairs[i].key, "${") != NULL) ||
			has_template(node->pairs[i].value))
			return true;
	return false;
}

bool dray_template_is_needed(const struct dray_yaml_node *stages)
{
	for (size_t i = 0; stages->type == DRAY_YAML_MAP && i < stages->len; i++) {
		const struct dray_yaml_node *stage = stages->pairs[i].value;

		if (dray_yaml_tree_get(stage, "foreach") != NULL ||
			dray_yaml_tree_get(stage, "matrix") != NULL || has_template(stage))
			return true;
	}
	return false;
}

enum dray_status dray_filling_begin(struct dray_filling *filling, const struct dray_yaml_tree *tree,
	const struct dray_template_source *source, struct dray_err *err)
{
	*filling = (struct dray_filling){
		.tree = tree,
		.source = source,
		.arena = dray_arena_new(),
	};
	return dray_filling_load(
		filling, dray_yaml_tree_get(tree->root, "vars"), "", true, &filling->scope, err);
}

enum dray_status dray_filling_each(struct dray_filling *filling, const struct dray_yaml_pair *stage,
	dray_filled_fn fn, void *ctx, struct dray_err *err)
{
	const struct dray_yaml_node *node = stage->value;
	const struct dray_yaml_node *foreach = dray_yaml_tree_get(node, "foreach");
	const struct dray_yaml_node *matrix = dray_yaml_tree_get(node, "matrix");
	const struct dray_yaml_node *filled = NULL;
	struct kin kin = {
		.filling = filling,
		.name = stage->key,
		.definition = foreach != NULL ? dray_yaml_tree_get(node, "do") : node,
		.fn = fn,
		.ctx = ctx,
	};

	if (kin.definition == NULL || kin.definition->type != DRAY_YAML_MAP)
		return fail_at(filling, node, "'foreach' without a mapping 'do'", err);
	if (matrix != NULL)
		return make_matrix(&kin, matrix, err);
	if (foreach != NULL)
		return make_foreach(&kin, foreach, err);
	enum dray_status status = fill_stage(filling, &filling->scope, node, &filled, err);
	if (status != DRAY_OK)
		return dray_frame(err, "stage '%s'", stage->key);
	return fn(ctx, stage->key, filled, err);
}

void dray_filling_drop(struct dray_filling *filling)
{
	for (size_t i = 0; i < filling->files_len; i++)
		dray_params_free(filling->files[i]);
	free(filling->files);
	dray_strs_drop(&filling->taken);
	dray_arena_free(filling->arena);
	*filling = (struct dray_filling){.arena = NULL};
}
