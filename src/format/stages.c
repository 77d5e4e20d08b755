/*
 * stages: "dvc.yaml" as far as data is concerned: which stages there are, what
 * they make, and how that is to be kept.
 */
#include "pointer.h"
#include "template.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct dray_fields fields;
	struct dray_stages *stages;
	size_t outs;                  /* of all stages: aliases may repeat a list in many of them */
	struct dray_filling *filling; /* NULL: templates stay what they are */
};

static enum dray_status fail_at(const struct reading *reading, const struct dray_yaml_node *node,
	const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s", what);
	return dray_yaml_tree_where(reading->fields.tree, node->start, err);
}

static bool is_null(const struct dray_yaml_node *node)
{
	return node->type == DRAY_YAML_SCALAR && node->style == 'p' &&
	       dray_yaml_is_null(node->text);
}

/* The whole of `path`: of a template's parts the first where it can be, of the last the last. */
bool dray_template_match(const char *pattern, const char *path)
{
	bool is_open = false; /* a "${…}" stands before: any bytes may come */

	for (;;) {
		const char *mark = strstr(pattern, "${");
		size_t len = mark != NULL ? (size_t)(mark - pattern) : strlen(pattern);
		size_t left = strlen(path);

		if (mark == NULL && is_open)
			return left >= len && memcmp(path + left - len, pattern, len) == 0;
		if (mark == NULL)
			return strcmp(path, pattern) == 0;
		while (is_open && left > len && memcmp(path, pattern, len) != 0) {
			path++;
			left--;
		}
		if (left < len || memcmp(path, pattern, len) != 0)
			return false;
		path += len;
		const char *end = strchr(mark, '}');
		pattern = end != NULL ? end + 1 : mark + strlen(mark);
		is_open = true;
	}
}

/* -------------------------------------------------------------------- outs */

static struct dray_out *find_out(const struct dray_stage *stage, const char *path)
{
	for (size_t i = 0; i < stage->outs_len; i++)
		if (strcmp(stage->outs[i].path, path) == 0)
			return &stage->outs[i];
	return NULL;
}

static enum dray_status read_options(const struct reading *reading,
	const struct dray_yaml_node *node, struct dray_out *options, struct dray_err *err)
{
	/* plots: a list of ways to show the same file */
	if (node->type == DRAY_YAML_LIST || is_null(node))
		return DRAY_OK;
	if (node->type != DRAY_YAML_MAP)
		return fail_at(reading, node, "options of an out must be a mapping", err);
	return dray_fields_read(&reading->fields, &dray_schema_options, node, options, err);
}

/* What another version of the file has, too, is kept as carefully as by either. */
static void merge_out(struct dray_out *into, struct dray_out *from)
{
	into->is_cached |= from->is_cached;
	into->is_pushed |= from->is_pushed;
	into->is_persist |= from->is_persist;
	if (into->remote == NULL) {
		into->remote = from->remote;
		from->remote = NULL;
	}
}

static enum dray_status add_out(struct reading *reading, struct dray_stage *stage,
	const struct dray_yaml_node *node, const char *path, struct dray_out *out,
	struct dray_err *err)
{
	struct dray_out *known = find_out(stage, path);

	if (*path == '\0')
		return fail_at(reading, node, "an out without a path", err);
	if (++reading->outs > DRAY_STAGES_OUTS_MAX)
		return fail_at(reading, node, "too many outs", err);
	if (known != NULL) {
		merge_out(known, out);
		return DRAY_OK;
	}
	DRAY_GROW(stage->outs, stage->outs_len, stage->outs_cap);
	dray_pointer_set(&out->path, path);
	stage->outs[stage->outs_len++] = *out;
	dray_out_init(out);
	return DRAY_OK;
}

/* `path`, or `path: {options}`; several of the latter in one mapping, too. */
static enum dray_status read_out(struct reading *reading, struct dray_stage *stage,
	const struct dray_yaml_node *node, enum dray_out_kind kind, struct dray_err *err)
{
	DRAY_AUTO(out) out = {.is_pushed = true, .is_cached = true, .kind = kind};

	if (node->type == DRAY_YAML_SCALAR && strlen(node->text) == node->len)
		return add_out(reading, stage, node, node->text, &out, err);
	if (node->type != DRAY_YAML_MAP)
		return fail_at(reading, node, "an out must be a path or a mapping", err);
	for (size_t i = 0; i < node->len; i++) {
		out.kind = kind;
		DRAY_TRY(read_options(reading, node->pairs[i].value, &out, err));
		DRAY_TRY(add_out(reading, stage, node, node->pairs[i].key, &out, err));
	}
	return DRAY_OK;
}

static enum dray_status read_outs(struct reading *reading, struct dray_stage *stage,
	const struct dray_yaml_node *list, enum dray_out_kind kind, struct dray_err *err)
{
	if (list == NULL || is_null(list))
		return DRAY_OK;
	if (list->type != DRAY_YAML_LIST)
		return fail_at(reading, list, "outs of a stage must be a list", err);
	for (size_t i = 0; i < list->len; i++)
		DRAY_TRY(read_out(reading, stage, list->pairs[i].value, kind, err));
	return DRAY_OK;
}

/* -------------------------------------------------------------------- finding */

static struct dray_stage *find_exact(const struct dray_stages *stages, const char *name)
{
	for (size_t i = 0; i < stages->len; i++)
		if (strcmp(stages->items[i].name, name) == 0)
			return &stages->items[i];
	return NULL;
}

static struct dray_stage *add_stage(struct dray_stages *stages, const char *name)
{
	struct dray_stage *stage = find_exact(stages, name);

	if (stage != NULL)
		return stage;
	DRAY_GROW(stages->items, stages->len, stages->cap);
	stage = &stages->items[stages->len++];
	*stage = (struct dray_stage){.name = dray_strdup(name)};
	return stage;
}

static bool is_on(const struct dray_yaml_node *node, const char *key)
{
	const struct dray_yaml_node *value = dray_yaml_tree_get(node, key);
	bool is_true = false;

	return value != NULL && value->type == DRAY_YAML_SCALAR &&
	       dray_yaml_parse_bool(value->text, &is_true) && is_true;
}

/* --------------------------------------------------------------- what it reads */

/* Neither is of any consequence. */
static bool is_remark(const struct dray_yaml_pair *pair)
{
	return pair->key != NULL &&
	       (strcmp(pair->key, "desc") == 0 || strcmp(pair->key, "meta") == 0);
}

static bool has_template(const struct dray_yaml_node *node)
{
	if (node->type == DRAY_YAML_SCALAR)
		return strstr(node->text, "${") != NULL;
	for (size_t i = 0; i < node->len; i++) {
		const struct dray_yaml_pair *pair = &node->pairs[i];

		if (!is_remark(pair) && ((pair->key != NULL && strstr(pair->key, "${") != NULL) ||
						has_template(pair->value)))
			return true;
	}
	return false;
}

static void add_scalars(struct dray_strs *strs, const struct dray_yaml_node *list)
{
	for (size_t i = 0; list != NULL && list->type == DRAY_YAML_LIST && i < list->len; i++)
		if (list->pairs[i].value->type == DRAY_YAML_SCALAR)
			dray_strs_add(strs, list->pairs[i].value->text);
}

static void read_command(struct dray_stage *stage, const struct dray_yaml_node *cmd)
{
	dray_strs_drop(&stage->cmd);
	stage->is_cmd_list = cmd != NULL && cmd->type == DRAY_YAML_LIST;
	if (cmd != NULL && cmd->type == DRAY_YAML_SCALAR)
		dray_strs_add(&stage->cmd, cmd->text);
	add_scalars(&stage->cmd, cmd);
}

static struct dray_stage_params *params_of(struct dray_stage *stage, const char *path)
{
	for (size_t i = 0; i < stage->params_len; i++)
		if (strcmp(stage->params[i].path, path) == 0)
			return &stage->params[i];
	DRAY_GROW(stage->params, stage->params_len, stage->params_cap);
	struct dray_stage_params *params = &stage->params[stage->params_len++];
	*params = (struct dray_stage_params){.path = dray_strdup(path)};
	return params;
}

static void drop_params(struct dray_stage *stage)
{
	for (size_t i = 0; i < stage->params_len; i++) {
		free(stage->params[i].path);
		dray_strs_drop(&stage->params[i].keys);
	}
	free(stage->params);
	stage->params = NULL;
	stage->params_len = stage->params_cap = 0;
}

static enum dray_status read_params(const struct reading *reading, struct dray_stage *stage,
	const struct dray_yaml_node *item, struct dray_err *err)
{
	if (item->type == DRAY_YAML_SCALAR) {
		dray_strs_add(&params_of(stage, DRAY_STAGE_PARAMS_FILE)->keys, item->text);
		return DRAY_OK;
	}
	if (item->type != DRAY_YAML_MAP)
		return fail_at(reading, item, "params must be keys, or keys of files", err);
	for (size_t i = 0; i < item->len; i++) {
		const struct dray_yaml_node *keys = item->pairs[i].value;
		struct dray_stage_params *params = params_of(stage, item->pairs[i].key);

		if (keys->type != DRAY_YAML_LIST && !is_null(keys))
			return fail_at(reading, keys, "params of a file must be a list", err);
		if (keys->type != DRAY_YAML_LIST || keys->len == 0)
			params->is_whole = true;
		add_scalars(&params->keys, keys);
	}
	return DRAY_OK;
}

/* Who names a whole file somewhere reads all of it, whatever else is named. */
static enum dray_status read_all_params(const struct reading *reading, struct dray_stage *stage,
	const struct dray_yaml_node *list, struct dray_err *err)
{
	drop_params(stage);
	if (list == NULL || is_null(list))
		return DRAY_OK;
	if (list->type != DRAY_YAML_LIST)
		return fail_at(reading, list, "params of a stage must be a list", err);
	for (size_t i = 0; i < list->len; i++)
		DRAY_TRY(read_params(reading, stage, list->pairs[i].value, err));
	for (size_t i = 0; i < stage->params_len; i++)
		if (stage->params[i].is_whole)
			dray_strs_drop(&stage->params[i].keys);
	return DRAY_OK;
}

/* ------------------------------------------------------------------ stages */

static enum dray_status read_definition(struct reading *reading, struct dray_stage *stage,
	const struct dray_yaml_node *node, struct dray_err *err)
{
	const struct dray_yaml_node *wdir = dray_yaml_tree_get(node, "wdir");
	const struct dray_yaml_node *deps = dray_yaml_tree_get(node, "deps");

	if (wdir != NULL && wdir->type == DRAY_YAML_SCALAR && !is_null(wdir))
		dray_pointer_set(&stage->wdir, wdir->text);
	stage->is_frozen = is_on(node, "frozen");
	stage->is_always_changed = is_on(node, "always_changed");
	stage->has_templates =
		reading->filling == NULL && (stage->is_template || has_template(node));
	read_command(stage, dray_yaml_tree_get(node, "cmd"));
	DRAY_TRY(read_all_params(reading, stage, dray_yaml_tree_get(node, "params"), err));
	for (size_t i = 0; deps != NULL && deps->type == DRAY_YAML_LIST && i < deps->len; i++)
		if (deps->pairs[i].value->type == DRAY_YAML_SCALAR &&
			!dray_strs_has(&stage->deps, deps->pairs[i].value->text))
			dray_strs_add(&stage->deps, deps->pairs[i].value->text);
	DRAY_TRY(read_outs(reading, stage, dray_yaml_tree_get(node, "outs"), DRAY_OUT_DATA, err));
	DRAY_TRY(read_outs(
		reading, stage, dray_yaml_tree_get(node, "metrics"), DRAY_OUT_METRIC, err));
	return read_outs(reading, stage, dray_yaml_tree_get(node, "plots"), DRAY_OUT_PLOT, err);
}

static enum dray_status take_filled(
	void *ctx, const char *name, const struct dray_yaml_node *definition, struct dray_err *err)
{
	struct reading *reading = ctx;

	if (reading->stages->len == DRAY_STAGES_MAX)
		return fail_at(reading, definition, "too many stages", err);
	return read_definition(reading, add_stage(reading->stages, name), definition, err);
}

static enum dray_status read_stage(
	struct reading *reading, const struct dray_yaml_pair *pair, struct dray_err *err)
{
	const struct dray_yaml_node *node = pair->value;

	if (node->type != DRAY_YAML_MAP)
		return fail_at(reading, node, "a stage must be a mapping", err);
	if (reading->filling != NULL)
		return dray_filling_each(reading->filling, pair, take_filled, reading, err);
	if (reading->stages->len == DRAY_STAGES_MAX)
		return fail_at(reading, node, "too many stages", err);
	struct dray_stage *stage = add_stage(reading->stages, pair->key);
	bool has_foreach = dray_yaml_tree_get(node, "foreach") != NULL;

	stage->is_template = has_foreach || dray_yaml_tree_get(node, "matrix") != NULL;
	if (has_foreach)
		node = dray_yaml_tree_get(node, "do");
	if (node == NULL || node->type != DRAY_YAML_MAP)
		return fail_at(reading, pair->value, "'foreach' without a mapping 'do'", err);
	return read_definition(reading, stage, node, err);
}

static enum dray_status read_stages(
	struct reading *reading, const struct dray_yaml_node *root, struct dray_err *err)
{
	const struct dray_yaml_node *list = dray_yaml_tree_get(root, "stages");

	if (root != NULL && root->type != DRAY_YAML_MAP && !is_null(root))
		return fail_at(reading, root, "stages must be a mapping", err);
	if (list == NULL || is_null(list))
		return DRAY_OK;
	if (list->type != DRAY_YAML_MAP)
		return fail_at(reading, list, "'stages' must be a mapping", err);
	for (size_t i = 0; i < list->len; i++)
		DRAY_TRY(read_stage(reading, &list->pairs[i], err));
	return DRAY_OK;
}

static enum dray_status read_tree(struct dray_yaml_tree *tree, const char *text, size_t len,
	const char *label, struct dray_err *err)
{
	if (len > DRAY_POINTER_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "'%s' is too large: over %u bytes", label,
			DRAY_POINTER_BYTES_MAX);
	return dray_yaml_tree_read(
		tree, text, len, label, DRAY_YAML_ALIASES | DRAY_YAML_MERGE_KEYS, err);
}

enum dray_status dray_stages_parse(struct dray_stages *stages, const char *text, size_t len,
	const char *label, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	struct reading reading = {
		.fields = {.tree = &tree, .algo = DRAY_MD5},
		.stages = stages,
	};

	DRAY_TRY(read_tree(&tree, text, len, label, err));
	return read_stages(&reading, tree.root, err);
}

enum dray_status dray_stages_fill(struct dray_stages *stages, const char *text, size_t len,
	const char *label, const struct dray_template_source *source, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	DRAY_AUTO(filling) filling = {.arena = NULL};
	struct reading reading = {
		.fields = {.tree = &tree, .algo = DRAY_MD5},
		.stages = stages,
	};

	DRAY_TRY(read_tree(&tree, text, len, label, err));
	DRAY_TRY(dray_stages_check(&tree, err));
	const struct dray_yaml_node *list = dray_yaml_tree_get(tree.root, "stages");
	if (list != NULL && dray_template_is_needed(list)) {
		DRAY_TRY(dray_filling_begin(&filling, &tree, source, err));
		reading.filling = &filling;
	}
	return read_stages(&reading, tree.root, err);
}

const struct dray_stage *dray_stages_find(const struct dray_stages *stages, const char *name)
{
	const struct dray_stage *stage = find_exact(stages, name);
	size_t len = strcspn(name, "@");

	if (stage != NULL && !stage->is_template)
		return stage;
	for (size_t i = 0; name[len] == '@' && i < stages->len; i++)
		if (stages->items[i].is_template && strlen(stages->items[i].name) == len &&
			memcmp(stages->items[i].name, name, len) == 0)
			return &stages->items[i];
	return NULL;
}

void dray_stages_drop(struct dray_stages *stages)
{
	for (size_t i = 0; i < stages->len; i++) {
		struct dray_stage *stage = &stages->items[i];

		for (size_t at = 0; at < stage->outs_len; at++)
			dray_out_drop(&stage->outs[at]);
		free(stage->outs);
		free(stage->name);
		free(stage->wdir);
		dray_strs_drop(&stage->deps);
		dray_strs_drop(&stage->cmd);
		drop_params(stage);
	}
	free(stages->items);
	*stages = (struct dray_stages)DRAY_STAGES_INIT;
}
