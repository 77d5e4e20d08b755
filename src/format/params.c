/*
 * params: files of parameters, which stages of a pipeline read. Numbers and
 * words mean what they do to YAML 1.2; what is written in something else
 * becomes the same nodes. Nothing of a file is run.
 */
#include "params.h"
#include "yaml_number.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

/* Whole numbers in another base than ten are no longer than that. */
#define BASED_LEN_MAX 16

static bool has_ending(const char *label, const char *ending)
{
	const char *dot = strrchr(dray_path_basename(label), '.');

	if (dot == NULL || strlen(dot) != strlen(ending))
		return false;
	for (size_t i = 0; ending[i] != '\0'; i++)
		if ((dot[i] | 0x20) != ending[i] && dot[i] != '.')
			return false;
	return true;
}

static enum dray_status read_tree(
	struct dray_params *params, const char *text, size_t len, struct dray_err *err)
{
	if (has_ending(params->label, ".py"))
		return dray_params_read_py(&params->tree, text, len, params->label, err);
	if (has_ending(params->label, ".toml"))
		return dray_params_read_toml(&params->tree, text, len, params->label, err);
	if (has_ending(params->label, ".json"))
		return dray_params_read_json(&params->tree, text, len, params->label, err);
	return dray_yaml_tree_read(
		&params->tree, text, len, params->label, DRAY_YAML_ALIASES | DRAY_YAML_MERGED, err);
}

static bool is_plain(const struct dray_yaml_node *node)
{
	return node->type == DRAY_YAML_SCALAR && node->style == 'p';
}

static bool is_null(const struct dray_yaml_node *node)
{
	return is_plain(node) && dray_yaml_is_null(node->text);
}

enum dray_status dray_params_parse(const char *text, size_t len, const char *label,
	struct dray_params **out_params, struct dray_err *err)
{
	if (len > DRAY_PARAMS_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "'%s' is too large: over %u bytes", label,
			DRAY_PARAMS_BYTES_MAX);
	struct dray_params *params = dray_calloc(1, sizeof *params);
	params->label = dray_strdup(label);
	enum dray_status status = read_tree(params, text, len, err);
	const struct dray_yaml_node *root = params->tree.root;

	if (status == DRAY_OK && root != NULL && is_null(root))
		params->tree.root = NULL;
	else if (status == DRAY_OK && root != NULL && root->type != DRAY_YAML_MAP)
		status = dray_fail(err, DRAY_INVALID, "'%s' is no mapping of parameters", label);
	if (status != DRAY_OK) {
		dray_params_free(params);
		return status;
	}
	*out_params = params;
	return DRAY_OK;
}

void dray_params_free(struct dray_params *params)
{
	if (params == NULL)
		return;
	dray_yaml_tree_drop(&params->tree);
	free(params->label);
	free(params);
}

/* ------------------------------------------------------------------- look up */

static const struct dray_yaml_node *get_part(
	const struct dray_yaml_node *node, const char *part, size_t len)
{
	uint64_t at = 0;

	if (node->type == DRAY_YAML_LIST)
		return dray_parse_u64(part, len, &at) && at < node->len ? node->pairs[at].value
									: NULL;
	for (size_t i = 0; node->type == DRAY_YAML_MAP && i < node->len; i++)
		if (strlen(node->pairs[i].key) == len && memcmp(node->pairs[i].key, part, len) == 0)
			return node->pairs[i].value;
	return NULL;
}

const struct dray_yaml_node *dray_params_get(const struct dray_params *params, const char *key)
{
	const struct dray_yaml_node *node = params->tree.root;

	while (node != NULL) {
		size_t len = strcspn(key, ".");

		node = get_part(node, key, len);
		if (key[len] == '\0')
			return node;
		key += len + 1;
	}
	return NULL;
}

/* ------------------------------------------------------------------- compare */

enum kind { KIND_NULL, KIND_BOOL, KIND_NUMBER, KIND_TEXT, KIND_LIST, KIND_MAP };

static enum kind kind_of(const struct dray_yaml_node *node)
{
	bool ignored = false;

	if (node->type == DRAY_YAML_MAP)
		return KIND_MAP;
	if (node->type == DRAY_YAML_LIST)
		return KIND_LIST;
	if (node->style != 'p')
		return KIND_TEXT;
	if (dray_yaml_is_null(node->text))
		return KIND_NULL;
	if (dray_yaml_parse_bool(node->text, &ignored))
		return KIND_BOOL;
	return dray_yaml_is_number(node->text) ? KIND_NUMBER : KIND_TEXT;
}

static double number_of(const struct dray_yaml_node *node)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	bool value = false;

	if (dray_yaml_parse_bool(node->text, &value))
		return value;
	dray_yaml_put_number(&text, node->text, true); /* whose words strtod knows */
	return strtod(text.data, NULL);
}

static bool is_same_number(const struct dray_yaml_node *a, const struct dray_yaml_node *b)
{
	DRAY_AUTO(buf) x = DRAY_BUF_INIT;
	DRAY_AUTO(buf) y = DRAY_BUF_INIT;

	if (kind_of(a) != KIND_NUMBER || kind_of(b) != KIND_NUMBER ||
		!dray_yaml_is_whole(a->text) || !dray_yaml_is_whole(b->text))
		return number_of(a) == number_of(b);
	dray_yaml_put_number(&x, a->text, true);
	dray_yaml_put_number(&y, b->text, true);
	return strcmp(x.data, y.data) == 0;
}

static bool is_same_list(const struct dray_yaml_node *a, const struct dray_yaml_node *b)
{
	for (size_t i = 0; i < a->len; i++)
		if (!dray_params_is_same(a->pairs[i].value, b->pairs[i].value))
			return false;
	return true;
}

static bool is_same_map(const struct dray_yaml_node *a, const struct dray_yaml_node *b)
{
	struct dray_map keys = DRAY_MAP_INIT;
	bool is_same = true;

	for (size_t i = 0; i < b->len; i++)
		dray_map_add(&keys, b->pairs[i].key, strlen(b->pairs[i].key), i);
	for (size_t i = 0; is_same && i < a->len; i++) {
		const char *key = a->pairs[i].key;
		const uint64_t *at = dray_map_peek(&keys, key, strlen(key));

		is_same = at != NULL && dray_params_is_same(a->pairs[i].value, b->pairs[*at].value);
	}
	dray_map_drop(&keys);
	return is_same;
}

/* As deep, and as much work, as yaml_tree.c lets a document be. */
bool dray_params_is_same(const struct dray_yaml_node *a, const struct dray_yaml_node *b)
{
	enum kind x = kind_of(a);
	enum kind y = kind_of(b);
	bool is_number = x == KIND_BOOL || x == KIND_NUMBER;

	if (is_number && (y == KIND_BOOL || y == KIND_NUMBER))
		return is_same_number(a, b);
	if (x != y || (x > KIND_TEXT && a->len != b->len))
		return false;
	if (x == KIND_LIST)
		return is_same_list(a, b);
	if (x == KIND_MAP)
		return is_same_map(a, b);
	return x == KIND_NULL || (a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

/* ----------------------------------------------------------- what a stage reads */

/* What cannot be written so that DVC would have written the same. */
static const char *find_wrong_scalar(const struct dray_yaml_node *node)
{
	const char *text = node->text + strspn(node->text, "+-");

	if (node->style == DRAY_PARAMS_ODD)
		return node->text;
	if (node->is_binary || strlen(node->text) != node->len)
		return "binary data";
	if (node->style != 'p')
		return NULL;
	if (kind_of(node) == KIND_TEXT && dray_yaml_is_typed(node->text))
		return "a date";
	return kind_of(node) == KIND_NUMBER && text[0] == '0' && strchr("xob", text[1]) != NULL &&
			       text[1] != '\0' && strlen(text) > BASED_LEN_MAX
		       ? "a number of that length"
		       : NULL;
}

static const char *find_wrong(const struct dray_yaml_node *node)
{
	const char *wrong = NULL;

	if (node->type == DRAY_YAML_SCALAR)
		return find_wrong_scalar(node);
	for (size_t i = 0; wrong == NULL && i < node->len; i++) {
		const struct dray_yaml_pair *pair = &node->pairs[i];

		if (pair->key != NULL && pair->key_style == 'p' && dray_yaml_is_null(pair->key))
			return "an empty key";
		if (pair->key != NULL && (strchr(pair->key, '\n') != NULL ||
						 strlen(pair->key) > DRAY_PARAMS_KEY_MAX))
			return "a key of that length";
		wrong = find_wrong(pair->value);
	}
	return wrong;
}

static enum dray_status check_value(const struct dray_params *params, const char *key,
	const struct dray_yaml_node *value, struct dray_err *err)
{
	if (value == NULL)
		return dray_fail(
			err, DRAY_NOT_FOUND, "'%s' has no parameter '%s'", params->label, key);
	const char *wrong = find_wrong(value);
	if (wrong != NULL)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"parameter '%s' of '%s': %s is not supported", key, params->label, wrong);
	return DRAY_OK;
}

enum dray_status dray_stage_params_check(const struct dray_stage_params *chosen,
	const struct dray_params *params, struct dray_err *err)
{
	const struct dray_yaml_node *root = params->tree.root;

	for (size_t i = 0; i < chosen->keys.len; i++) {
		const char *key = chosen->keys.items[i];

		if (strpbrk(key, "*?[") != NULL)
			return dray_fail(err, DRAY_UNSUPPORTED,
				"parameter '%s' of '%s': patterns are not supported", key,
				params->label);
		DRAY_TRY(check_value(params, key, dray_params_get(params, key), err));
	}
	if (chosen->keys.len > 0 || root == NULL)
		return DRAY_OK;
	const char *wrong = find_wrong(root);
	for (size_t i = 0; wrong == NULL && i < root->len; i++)
		if (root->pairs[i].key_style == 'p' && dray_yaml_is_typed(root->pairs[i].key))
			wrong = "a key that is no text"; /* DVC cannot sort it among others */
	if (wrong != NULL)
		return dray_fail(
			err, DRAY_UNSUPPORTED, "'%s': %s is not supported", params->label, wrong);
	return DRAY_OK;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(((const struct dray_params_item *)a)->key,
		((const struct dray_params_item *)b)->key);
}

struct dray_params_item *dray_stage_params_items(
	const struct dray_stage_params *chosen, const struct dray_params *params, size_t *out_len)
{
	const struct dray_yaml_node *root = params->tree.root;
	size_t all = root != NULL ? root->len : 0;
	size_t most = chosen->keys.len > 0 ? chosen->keys.len : all;
	struct dray_params_item *items = dray_calloc(most + 1, sizeof *items);
	size_t len = 0;

	for (size_t i = 0; i < most; i++) {
		const char *key = chosen->keys.len > 0 ? chosen->keys.items[i] : root->pairs[i].key;

		items[i] = (struct dray_params_item){
			.key = key,
			.value = chosen->keys.len > 0 ? dray_params_get(params, key)
						      : root->pairs[i].value,
		};
	}
	qsort(items, most, sizeof *items, compare_items);
	for (size_t i = 0; i < most; i++) /* a key may be named twice */
		if (len == 0 || strcmp(items[len - 1].key, items[i].key) != 0)
			items[len++] = items[i];
	*out_len = len;
	return items;
}
