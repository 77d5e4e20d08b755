/*
 * py_value: constants of Python as nodes of YAML: what its ast.literal_eval knows. A tuple is a
 * list. Depth is bounded by DRAY_YAML_DEPTH_MAX.
 */
#include "py.h"

#include <string.h>

struct dray_params_open *dray_py_open(struct dray_py *py, enum dray_yaml_type type)
{
	struct dray_params_open *open = dray_arena_alloc(py->arena, sizeof *open);

	*open = (struct dray_params_open){.node = {.type = type, .weight = 1, .height = 1}};
	return open;
}

void dray_py_put(struct dray_py *py, struct dray_params_open *table, const char *key,
	const struct dray_yaml_node *value)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;

	dray_buf_add(&name, &table, sizeof table);
	dray_buf_puts(&name, key);
	const uint64_t *at = dray_map_peek(&py->known, name.data, name.len);
	if (at != NULL) {
		table->pairs[*at].value = value;
		return;
	}
	dray_map_add(&py->known, name.data, name.len, table->node.len);
	dray_params_append(py->arena, table, key, value);
}

/* -------------------------------------------------------------------- values */

/* What has no place in a lock. */
static const struct dray_yaml_node *new_odd(struct dray_py *py, const char *what)
{
	return dray_params_scalar(py->arena, what, strlen(what), DRAY_PARAMS_ODD);
}

/* Each sets *out to NULL where there is no constant; the reader is then anywhere. */
static enum dray_status take_value(struct dray_py *py, unsigned depth, bool in_brackets,
	const struct dray_yaml_node **out, struct dray_err *err);

/* Strings side by side are one. */
static enum dray_status take_text(struct dray_py *py, bool in_brackets,
	const struct dray_yaml_node **out, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	bool has[] = {false, false, false, false};

	while (dray_py_prefix_len(py->at) >= 0) {
		enum dray_py_string kind;

		DRAY_TRY(dray_py_take_string(py, &text, &kind, err));
		has[kind] = true;
		dray_py_skip_blanks(py, in_brackets);
	}
	if (has[DRAY_PY_FORMAT])
		*out = NULL;
	else if (has[DRAY_PY_BYTES])
		*out = new_odd(py, "binary data");
	else if (has[DRAY_PY_ODD])
		*out = new_odd(py, "a character by its name or number");
	else
		*out = dray_params_scalar(py->arena, dray_buf_text(&text), text.len, '"');
	return DRAY_OK;
}

static const struct dray_yaml_node *take_number(struct dray_py *py, bool in_brackets)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	if (*py->at == '-' || *py->at == '+') {
		if (*py->at == '-')
			dray_buf_putc(&text, '-');
		py->at++;
		dray_py_skip_blanks(py, in_brackets);
	}
	if (!dray_py_take_number(py, &text))
		return NULL;
	return dray_params_scalar(py->arena, text.data, text.len, 'p');
}

static const struct dray_yaml_node *take_word(struct dray_py *py)
{
	static const char *const words[][2] = {
		{"True", "true"}, {"False", "false"}, {"None", "null"}};
	const char *at = py->at;
	size_t len = dray_py_name_len(at);

	py->at += len;
	for (size_t i = 0; i < DRAY_COUNT(words); i++)
		if (strlen(words[i][0]) == len && strncmp(at, words[i][0], len) == 0)
			return dray_params_scalar(py->arena, words[i][1], strlen(words[i][1]), 'p');
	return NULL;
}

/* Values up to a closing bracket, the first of which may be there already. */
static enum dray_status take_items(struct dray_py *py, unsigned depth, char close,
	struct dray_params_open *list, bool *out_has_comma, bool *out_is_constant,
	struct dray_err *err)
{
	bool is_due = list->node.len == 0;

	*out_has_comma = false;
	*out_is_constant = false;
	for (;;) {
		const struct dray_yaml_node *value = NULL;

		dray_py_skip_blanks(py, true);
		if (*py->at == close)
			break;
		if (!is_due && *py->at != ',')
			return DRAY_OK;
		if (!is_due) {
			py->at++;
			*out_has_comma = is_due = true;
			continue;
		}
		DRAY_TRY(take_value(py, depth + 1, true, &value, err));
		if (value == NULL)
			return DRAY_OK;
		dray_params_append(py->arena, list, NULL, value);
		is_due = false;
	}
	py->at++;
	dray_params_close(list);
	*out_is_constant = true;
	return DRAY_OK;
}

/* A list, a tuple, or what is in parentheses. */
static enum dray_status take_list(
	struct dray_py *py, unsigned depth, const struct dray_yaml_node **out, struct dray_err *err)
{
	struct dray_params_open *list = dray_py_open(py, DRAY_YAML_LIST);
	bool is_list = *py->at++ == '[';
	bool has_comma;
	bool is_constant;

	DRAY_TRY(take_items(py, depth, is_list ? ']' : ')', list, &has_comma, &is_constant, err));
	if (!is_constant)
		*out = NULL;
	else
		*out = !is_list && !has_comma && list->node.len == 1 ? list->pairs[0].value
								     : &list->node;
	return DRAY_OK;
}

static enum dray_status take_set(struct dray_py *py, unsigned depth,
	const struct dray_yaml_node *first, const struct dray_yaml_node **out, struct dray_err *err)
{
	struct dray_params_open *list = dray_py_open(py, DRAY_YAML_LIST);
	bool has_comma;
	bool is_constant;

	dray_params_append(py->arena, list, NULL, first);
	DRAY_TRY(take_items(py, depth, '}', list, &has_comma, &is_constant, err));
	*out = is_constant ? new_odd(py, "a set") : NULL;
	return DRAY_OK;
}

static bool is_text(const struct dray_yaml_node *node)
{
	return node->type == DRAY_YAML_SCALAR && node->style == '"' &&
	       strlen(node->text) == node->len;
}

/* Behind the first key of a mapping. */
static enum dray_status take_pairs(struct dray_py *py, unsigned depth,
	const struct dray_yaml_node *key, const struct dray_yaml_node **out, struct dray_err *err)
{
	struct dray_params_open *map = dray_py_open(py, DRAY_YAML_MAP);
	bool is_odd = false;

	*out = NULL;
	while (key != NULL) {
		const struct dray_yaml_node *value = NULL;

		if (*py->at != ':')
			return DRAY_OK;
		py->at++;
		DRAY_TRY(take_value(py, depth + 1, true, &value, err));
		if (value == NULL)
			return DRAY_OK;
		if (is_text(key))
			dray_py_put(py, map, key->text, value);
		else
			is_odd = true;
		dray_py_skip_blanks(py, true);
		bool has_comma = *py->at == ',';
		py->at += has_comma;
		dray_py_skip_blanks(py, true);
		if (*py->at == '}')
			break;
		if (!has_comma)
			return DRAY_OK;
		DRAY_TRY(take_value(py, depth + 1, true, &key, err));
		dray_py_skip_blanks(py, true);
	}
	if (key == NULL)
		return DRAY_OK;
	py->at++;
	dray_params_close(map);
	*out = is_odd ? new_odd(py, "a key that is no text") : &map->node;
	return DRAY_OK;
}

static enum dray_status take_braces(
	struct dray_py *py, unsigned depth, const struct dray_yaml_node **out, struct dray_err *err)
{
	const struct dray_yaml_node *first = NULL;

	py->at++;
	dray_py_skip_blanks(py, true);
	if (*py->at == '}') {
		py->at++;
		*out = &dray_py_open(py, DRAY_YAML_MAP)->node;
		return DRAY_OK;
	}
	DRAY_TRY(take_value(py, depth + 1, true, &first, err));
	dray_py_skip_blanks(py, true);
	if (first == NULL || *py->at == ':')
		return take_pairs(py, depth, first, out, err);
	return take_set(py, depth, first, out, err);
}

static enum dray_status take_value(struct dray_py *py, unsigned depth, bool in_brackets,
	const struct dray_yaml_node **out, struct dray_err *err)
{
	if (depth >= DRAY_YAML_DEPTH_MAX)
		return dray_py_fail(py, "nested too deep", err);
	dray_py_skip_blanks(py, in_brackets);
	if (dray_py_prefix_len(py->at) >= 0)
		return take_text(py, in_brackets, out, err);
	if (*py->at == '{')
		return take_braces(py, depth, out, err);
	if (*py->at == '[' || *py->at == '(')
		return take_list(py, depth, out, err);
	*out = dray_py_name_len(py->at) > 0 ? take_word(py) : take_number(py, in_brackets);
	return DRAY_OK;
}

enum dray_status dray_py_take_values(
	struct dray_py *py, unsigned depth, const struct dray_yaml_node **out, struct dray_err *err)
{
	struct dray_params_open *list = dray_py_open(py, DRAY_YAML_LIST);
	const struct dray_yaml_node *value = NULL;
	bool has_comma = false;

	*out = NULL;
	do {
		DRAY_TRY(take_value(py, depth, false, &value, err));
		if (value == NULL)
			return DRAY_OK;
		dray_params_append(py->arena, list, NULL, value);
		dray_py_skip_blanks(py, false);
		if (*py->at != ',')
			break;
		has_comma = true;
		py->at++;
		dray_py_skip_blanks(py, false);
	} while (!dray_py_is_end(py));
	if (!dray_py_is_end(py))
		return DRAY_OK;
	dray_params_close(list);
	*out = has_comma ? &list->node : value;
	return DRAY_OK;
}
