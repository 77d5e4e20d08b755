/*
 * template_values: what the names in templates stand for: "params.yaml" beside
 * the stages, then the files and mappings that `vars` lists, each adding to
 * what was there. Nothing is said twice: a key that is there already is an
 * error, unless both are mappings, which become one.
 */
#include "template.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

static bool is_named(const struct dray_yaml_pair *pair)
{
	return pair->key_style != 'p' || !dray_yaml_is_typed(pair->key);
}

/* ------------------------------------------------------------------- merging */

static enum dray_status merge(struct dray_filling *filling, const struct dray_yaml_node *into,
	const struct dray_yaml_node *update, const struct dray_yaml_node **out_node,
	struct dray_err *err);

static enum dray_status merge_pair(struct dray_filling *filling, struct dray_yaml_pair *known,
	const struct dray_yaml_pair *pair, struct dray_err *err)
{
	if (known->value->type == DRAY_YAML_MAP && pair->value->type == DRAY_YAML_MAP)
		return merge(filling, known->value, pair->value, &known->value, err);
	return dray_fail(err, DRAY_INVALID, "'%s': the value '%s' is there already",
		filling->tree->label, pair->key);
}

/* As deep as yaml_tree.c lets a document be. */
static enum dray_status merge_pairs(struct dray_filling *filling, struct dray_map *keys,
	struct dray_yaml_pair *pairs, size_t *len, const struct dray_yaml_node *update,
	struct dray_err *err)
{
	for (size_t i = 0; i < update->len; i++) {
		const struct dray_yaml_pair *pair = &update->pairs[i];

		if (!is_named(pair))
			continue;
		if (dray_map_add(keys, pair->key, strlen(pair->key), *len)) {
			pairs[(*len)++] = *pair;
			continue;
		}
		DRAY_TRY(merge_pair(filling,
			&pairs[*dray_map_peek(keys, pair->key, strlen(pair->key))], pair, err));
	}
	return DRAY_OK;
}

static enum dray_status merge(struct dray_filling *filling, const struct dray_yaml_node *into,
	const struct dray_yaml_node *update, const struct dray_yaml_node **out_node,
	struct dray_err *err)
{
	struct dray_map keys = DRAY_MAP_INIT;
	struct dray_yaml_pair *pairs = NULL;
	size_t len = 0;

	DRAY_TRY(dray_filling_pairs(filling, into->len + update->len, &pairs, err));
	enum dray_status status = merge_pairs(filling, &keys, pairs, &len, into, err);
	if (status == DRAY_OK)
		status = merge_pairs(filling, &keys, pairs, &len, update, err);
	dray_map_drop(&keys);
	DRAY_TRY(status);
	struct dray_yaml_node *merged = dray_arena_alloc(filling->arena, sizeof *merged);
	*merged = *into;
	merged->pairs = pairs;
	merged->len = len;
	*out_node = merged;
	return DRAY_OK;
}

/* `item` and `key` are what they are for a stage, whatever it loads. */
static enum dray_status add(struct dray_filling *filling, struct dray_scope *scope,
	const struct dray_yaml_node *update, struct dray_err *err)
{
	bool takes_item = scope->item != NULL && dray_yaml_tree_find(update, "item") != NULL;

	if (takes_item || (scope->key != NULL && dray_yaml_tree_find(update, "key") != NULL))
		return dray_fail(err, DRAY_INVALID, "'%s': 'vars' must not say what '%s' is",
			filling->tree->label, takes_item ? "item" : "key");
	if (scope->values == NULL) {
		scope->values = update;
		return DRAY_OK;
	}
	return merge(filling, scope->values, update, &scope->values, err);
}

/* ------------------------------------------------------------- files and keys */

/* Which keys of which files are there: all of a file may be asked for again, and no part of it. */
static enum dray_status note_taken(struct dray_filling *filling, const char *file, const char *key,
	bool *out_again, struct dray_err *err)
{
	DRAY_AUTO_STR own = dray_format("%s:%s", file, key);
	size_t len = strlen(file) + 1;
	bool is_other = false;

	*out_again = *key == '\0' && dray_strs_has(&filling->taken, own);
	for (size_t i = 0; i < filling->taken.len && !*out_again; i++) {
		const char *taken = filling->taken.items[i];

		is_other |= strncmp(taken, own, len) == 0 &&
			    (*key == '\0' || taken[len] == '\0' || strcmp(taken, own) == 0);
	}
	if (is_other)
		return dray_fail(err, DRAY_INVALID, "'%s': 'vars' names '%s' twice",
			filling->tree->label, file);
	if (!*out_again)
		dray_strs_add(&filling->taken, own);
	return DRAY_OK;
}

static enum dray_status read_file(struct dray_filling *filling, const char *file,
	const struct dray_yaml_node **out_root, struct dray_err *err)
{
	struct dray_params *params = NULL;

	DRAY_TRY(filling->source->read(filling->source->ctx, file, &params, err));
	DRAY_GROW(filling->files, filling->files_len, filling->files_cap);
	filling->files[filling->files_len++] = params;
	*out_root = params->tree.root;
	return DRAY_OK;
}

static enum dray_status add_key(struct dray_filling *filling, struct dray_scope *scope,
	const char *file, const struct dray_yaml_node *root, const char *key, struct dray_err *err)
{
	const struct dray_yaml_pair *pair = root != NULL ? dray_yaml_tree_find(root, key) : NULL;
	struct dray_yaml_pair *pairs = NULL;
	bool is_again = false;

	if (pair == NULL)
		return dray_fail(err, DRAY_INVALID, "'%s': 'vars' names '%s', which '%s' lacks",
			filling->tree->label, key, file);
	DRAY_TRY(note_taken(filling, file, key, &is_again, err));
	DRAY_TRY(dray_filling_pairs(filling, 1, &pairs, err));
	pairs[0] = *pair;
	struct dray_yaml_node *one = dray_arena_alloc(filling->arena, sizeof *one);
	*one = *root;
	one->pairs = pairs;
	one->len = 1;
	return add(filling, scope, one, err);
}

/* "file" or "file:key,key". */
static enum dray_status add_file(struct dray_filling *filling, struct dray_scope *scope,
	const char *item, const char *wdir, struct dray_err *err)
{
	size_t len = strcspn(item, ":");
	DRAY_AUTO_STR path = dray_strndup(item, len);
	DRAY_AUTO_STR joined = dray_path_join(wdir, path);
	DRAY_AUTO_STR file = dray_path_normalise(joined);
	const struct dray_yaml_node *root = NULL;
	bool is_again = false;
	const char *keys = item[len] == ':' ? item + len + 1 : "";

	if (*keys == '\0') {
		DRAY_TRY(note_taken(filling, file, "", &is_again, err));
		if (is_again)
			return DRAY_OK;
	}
	DRAY_TRY(read_file(filling, file, &root, err));
	if (*keys == '\0')
		return root != NULL ? add(filling, scope, root, err) : DRAY_OK;
	for (size_t size; *keys != '\0'; keys += size + (keys[size] == ',')) {
		size = strcspn(keys, ",");
		DRAY_AUTO_STR key = dray_strndup(keys, size);

		if (size > 0)
			DRAY_TRY(add_key(filling, scope, file, root, key, err));
	}
	return DRAY_OK;
}

static bool has_template(const struct dray_yaml_node *node)
{
	if (node->type == DRAY_YAML_SCALAR)
		return dray_template_is_in(node->text);
	for (size_t i = 0; i < node->len; i++)
		if (has_template(node->pairs[i].value))
			return true;
	return false;
}

static enum dray_status add_item(struct dray_filling *filling, struct dray_scope *scope,
	const struct dray_yaml_node *item, const char *wdir, struct dray_err *err)
{
	if (has_template(item))
		return dray_fail(err, DRAY_INVALID, "'vars' must not have templates");
	if (item->type == DRAY_YAML_MAP)
		return add(filling, scope, item, err);
	if (item->type != DRAY_YAML_SCALAR)
		return dray_fail(err, DRAY_INVALID, "'vars' must list files and mappings");
	enum dray_status status = add_file(filling, scope, item->text, wdir, err);
	if (status == DRAY_NOT_FOUND)
		return dray_fail(
			err, DRAY_INVALID, "'vars' names '%s', which is not there", item->text);
	return status;
}

enum dray_status dray_filling_load(struct dray_filling *filling, const struct dray_yaml_node *vars,
	const char *wdir, bool with_default, struct dray_scope *scope, struct dray_err *err)
{
	if (with_default) {
		enum dray_status status =
			add_file(filling, scope, DRAY_STAGE_PARAMS_FILE, wdir, err);

		if (status == DRAY_NOT_FOUND) /* and may be asked for, in vain */
			dray_strs_drop(&filling->taken);
		else
			DRAY_TRY(status);
	}
	if (vars != NULL && vars->type != DRAY_YAML_LIST && vars->type != DRAY_YAML_SCALAR) {
		dray_fail(err, DRAY_INVALID, "'vars' must be a list");
		return dray_yaml_tree_where(filling->tree, vars->start, err);
	}
	for (size_t i = 0; vars != NULL && vars->type == DRAY_YAML_LIST && i < vars->len; i++) {
		const struct dray_yaml_node *item = vars->pairs[i].value;
		enum dray_status status = add_item(filling, scope, item, wdir, err);

		if (status != DRAY_OK)
			return status == DRAY_INVALID
				       ? dray_yaml_tree_where(filling->tree, item->start, err)
				       : status;
	}
	return DRAY_OK;
}
