/* params_json: JSON as nodes of YAML: strings in quotes, all else plain. */
#include "params.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static void release(json_t **json)
{
	json_decref(*json);
}
#define AUTO_JSON __attribute__((cleanup(release))) json_t *

/* A double in as many digits as tell it from all others, and never like a whole number. */
static struct dray_yaml_node *new_real(struct dray_arena *arena, double value)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	dray_buf_printf(&text, "%.17g", value);
	if (strpbrk(text.data, ".e") == NULL)
		dray_buf_puts(&text, ".0");
	return dray_params_scalar(arena, text.data, text.len, 'p');
}

static struct dray_yaml_node *take_scalar(struct dray_arena *arena, const json_t *json)
{
	const char *word = json_is_true(json) ? "true" : json_is_false(json) ? "false" : "null";

	if (json_is_string(json))
		return dray_params_scalar(
			arena, json_string_value(json), json_string_length(json), '"');
	if (json_is_real(json))
		return new_real(arena, json_real_value(json));
	if (json_is_integer(json)) {
		DRAY_AUTO_STR text = dray_format("%lld", (long long)json_integer_value(json));

		return dray_params_scalar(arena, text, strlen(text), 'p');
	}
	return dray_params_scalar(arena, word, strlen(word), 'p');
}

/* NULL: nested too deep. */
static const struct dray_yaml_node *take(struct dray_arena *arena, json_t *json, unsigned depth);

static bool add(struct dray_arena *arena, struct dray_yaml_node *node, struct dray_yaml_pair *pairs,
	const char *key, json_t *value, unsigned depth)
{
	const struct dray_yaml_node *child = take(arena, value, depth + 1);

	if (child == NULL)
		return false;
	pairs[node->len++] = (struct dray_yaml_pair){
		.key = key != NULL ? dray_arena_strndup(arena, key, strlen(key)) : NULL,
		.key_style = '"',
		.value = child,
	};
	node->weight += child->weight;
	if (node->height <= child->height)
		node->height = child->height + 1;
	return true;
}

static const struct dray_yaml_node *take(struct dray_arena *arena, json_t *json, unsigned depth)
{
	const char *key = NULL;
	json_t *value = NULL;
	size_t at = 0;
	bool is_ok = depth < DRAY_YAML_DEPTH_MAX;

	if (!json_is_object(json) && !json_is_array(json))
		return take_scalar(arena, json);
	size_t len = json_is_object(json) ? json_object_size(json) : json_array_size(json);
	struct dray_yaml_node *node = dray_arena_alloc(arena, sizeof *node);
	struct dray_yaml_pair *pairs = dray_arena_alloc(arena, len * sizeof *pairs + 1);
	*node = (struct dray_yaml_node){
		.type = json_is_object(json) ? DRAY_YAML_MAP : DRAY_YAML_LIST,
		.pairs = pairs,
		.weight = 1,
		.height = 1,
	};
	json_object_foreach(json, key, value) is_ok =
		is_ok && add(arena, node, pairs, key, value, depth);
	json_array_foreach(json, at, value) is_ok =
		is_ok && add(arena, node, pairs, NULL, value, depth);
	return is_ok ? node : NULL;
}

enum dray_status dray_params_read_json(struct dray_yaml_tree *tree, const char *text, size_t len,
	const char *label, struct dray_err *err)
{
	json_error_t wrong;
	AUTO_JSON root = json_loadb(text, len, JSON_DECODE_ANY, &wrong);

	if (root == NULL)
		return dray_fail(err, DRAY_INVALID, "'%s' line %d: not valid JSON: %s", label,
			wrong.line, wrong.text);
	DRAY_AUTO(yaml_tree) fresh = {.text = "", .label = label, .arena = dray_arena_new()};
	fresh.root = take(fresh.arena, root, 0);
	if (fresh.root == NULL)
		return dray_fail(err, DRAY_INVALID, "'%s' is nested too deep", label);
	*tree = fresh;
	fresh = (struct dray_yaml_tree)DRAY_YAML_TREE_INIT;
	return DRAY_OK;
}
