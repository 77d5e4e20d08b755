/*
 * template_text: "${a.b[0]}" in a text. A text that is nothing else becomes the
 * value, whatever that is; in a longer one it is written out. What comes in is
 * not looked at again, so that a text grows by the length of values only.
 *
 * Invariant: of nodes and bytes no more than the header's limits are made,
 * whatever the stages and files say.
 */
#include "template.h"
#include "yaml_number.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\n\r\f\v"

struct match {
	const char *start; /* "${" */
	const char *inner;
	size_t len; /* of what is inside */
};

static bool find_match(const char *text, const char *from, struct match *out)
{
	for (const char *at = from; (at = strstr(at, "${")) != NULL; at++) {
		size_t len = strcspn(at + 2, "}\n");

		if ((at == text || at[-1] != '\\') && at[2 + len] == '}') {
			*out = (struct match){.start = at, .inner = at + 2, .len = len};
			return true;
		}
	}
	return false;
}

bool dray_template_is_in(const char *text)
{
	struct match match;

	return find_match(text, text, &match);
}

static enum dray_status fail_at(
	const struct dray_filling *filling, const struct dray_yaml_node *node, struct dray_err *err)
{
	return dray_yaml_tree_where(filling->tree, node->start, err);
}

/* --------------------------------------------------------------- new nodes */

static enum dray_status reserve(
	struct dray_filling *filling, size_t nodes, size_t bytes, struct dray_err *err)
{
	if (nodes > DRAY_TEMPLATE_NODES_MAX - filling->nodes ||
		bytes > DRAY_TEMPLATE_BYTES_MAX - filling->bytes)
		return dray_fail(err, DRAY_INVALID,
			"'%s': its templates stand for too much: over %zu values or %zu bytes",
			filling->tree->label, DRAY_TEMPLATE_NODES_MAX, DRAY_TEMPLATE_BYTES_MAX);
	filling->nodes += nodes;
	filling->bytes += bytes;
	return DRAY_OK;
}

enum dray_status dray_filling_pairs(struct dray_filling *filling, size_t count,
	struct dray_yaml_pair **out_pairs, struct dray_err *err)
{
	DRAY_TRY(reserve(filling, count, 0, err));
	*out_pairs = dray_arena_alloc(filling->arena, (count + 1) * sizeof **out_pairs);
	return DRAY_OK;
}

enum dray_status dray_filling_text(struct dray_filling *filling, const char *text, char style,
	const struct dray_yaml_node **out_node, struct dray_err *err)
{
	size_t len = strlen(text);

	DRAY_TRY(reserve(filling, 1, len, err));
	struct dray_yaml_node *node = dray_arena_alloc(filling->arena, sizeof *node);
	*node = (struct dray_yaml_node){
		.type = DRAY_YAML_SCALAR,
		.text = dray_arena_strndup(filling->arena, text, len),
		.len = len,
		.style = style,
		.weight = 1,
		.height = 1,
	};
	*out_node = node;
	return DRAY_OK;
}

/* ------------------------------------------------------------------- a name */

/* "a.b", "a[b]", "a[0].b" as "a.b", "a.b", "a.0.b"; false if it is none. Appends. */
static bool put_name(struct dray_buf *buf, const char *inner, size_t len)
{
	size_t at = 0;
	bool is_index = false;

	while (at <= len) {
		size_t word = 0;

		while (at + word < len && strchr(".[]", inner[at + word]) == NULL)
			word++;
		if (word == 0)
			return false;
		dray_buf_add(buf, inner + at, word);
		at += word;
		if (is_index && (at == len || inner[at++] != ']'))
			return false;
		while (is_index && at < len && strchr(BLANKS, inner[at]) != NULL)
			at++;
		if (at == len)
			return true;
		if (inner[at] == ']')
			return false;
		is_index = inner[at++] == '[';
		dray_buf_putc(buf, '.');
	}
	return false;
}

/* As Python's int() reads an index: from the end if it is negative. */
static const struct dray_yaml_node *get_item(
	const struct dray_yaml_node *list, const char *part, size_t len)
{
	bool is_negative = len > 0 && *part == '-';
	size_t sign = is_negative || (len > 0 && *part == '+');
	uint64_t at = 0;

	if (!dray_parse_u64(part + sign, len - sign, &at) || at > list->len)
		return NULL;
	if (is_negative && at > 0)
		return list->pairs[list->len - at].value;
	return at < list->len ? list->pairs[at].value : NULL;
}

/* Only keys that are text have a name. */
static const struct dray_yaml_node *get_value(
	const struct dray_yaml_node *map, const char *part, size_t len)
{
	DRAY_AUTO_STR key = dray_strndup(part, len);
	const struct dray_yaml_pair *pair = dray_yaml_tree_find(map, key);

	if (pair == NULL)
		return dray_yaml_tree_get(map, key); /* of what "<<" merges in */
	return pair->key_style == 'p' && dray_yaml_is_typed(key) ? NULL : pair->value;
}

static const struct dray_yaml_node *get_part(
	const struct dray_yaml_node *node, const char *part, size_t len)
{
	while (len > 0 && strchr(BLANKS, part[len - 1]) != NULL)
		len--;
	while (len > 0 && strchr(BLANKS, *part) != NULL) {
		part++;
		len--;
	}
	if (node->type == DRAY_YAML_LIST)
		return get_item(node, part, len);
	return node->type == DRAY_YAML_MAP ? get_value(node, part, len) : NULL;
}

static bool is_word(const char *part, size_t len, const char *word)
{
	size_t blanks = strspn(part, BLANKS);

	if (blanks > len)
		return false;
	part += blanks;
	len -= blanks;
	while (len > 0 && strchr(BLANKS, part[len - 1]) != NULL)
		len--;
	return len == strlen(word) && memcmp(part, word, len) == 0;
}

static const struct dray_yaml_node *get_first(
	const struct dray_scope *scope, const char *part, size_t len)
{
	if (scope->item != NULL && is_word(part, len, "item"))
		return scope->item;
	if (scope->key != NULL && is_word(part, len, "key"))
		return scope->key;
	return scope->values != NULL ? get_part(scope->values, part, len) : NULL;
}

static enum dray_status select_value(const struct dray_scope *scope, const struct match *match,
	const struct dray_yaml_node **out_node, struct dray_err *err)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	const struct dray_yaml_node *node = NULL;

	if (!put_name(&name, match->inner, match->len))
		return dray_fail(err, DRAY_INVALID, "'%.*s' is no name of a value",
			(int)match->len + 3, match->start);
	const char *part = name.data;
	for (bool is_first = true;; is_first = false) {
		size_t len = strcspn(part, ".");

		node = is_first ? get_first(scope, part, len) : get_part(node, part, len);
		if (node == NULL) {
			dray_fail(err, DRAY_INVALID, "there is no value '%.*s'", (int)match->len,
				match->inner);
			return dray_hint(err, "values are in '%s', or in what 'vars' names",
				DRAY_STAGE_PARAMS_FILE);
		}
		if (part[len] == '\0')
			break;
		part += len + 1;
	}
	*out_node = node;
	return DRAY_OK;
}

/* ----------------------------------------------------------------- as text */

enum dray_status dray_template_put(
	struct dray_buf *buf, const struct dray_yaml_node *node, struct dray_err *err)
{
	DRAY_AUTO(buf) number = DRAY_BUF_INIT;
	bool value = false;

	if (node->type != DRAY_YAML_SCALAR)
		return dray_fail(err, DRAY_INVALID, "a %s cannot be put into a text",
			node->type == DRAY_YAML_MAP ? "mapping" : "list");
	if (node->style == DRAY_PARAMS_ODD)
		return dray_fail(err, DRAY_UNSUPPORTED, "%s cannot be put into a text", node->text);
	if (node->style != 'p' || !dray_yaml_is_typed(node->text)) {
		dray_buf_puts(buf, node->text);
	} else if (dray_yaml_is_null(node->text)) {
		dray_buf_puts(buf, "None");
	} else if (dray_yaml_parse_bool(node->text, &value)) {
		dray_buf_puts(buf, value ? "true" : "false");
	} else if (dray_yaml_is_number(node->text)) {
		dray_yaml_put_number(&number, node->text, true);
		const char *digits = dray_buf_text(&number);
		const char *sign = *digits == '-' ? "-" : "";

		if (strstr(digits, "Inf") != NULL)
			dray_buf_printf(buf, "%sinf", sign);
		else
			dray_buf_puts(buf, strcmp(digits, "NaN") == 0 ? "nan" : digits);
	} else {
		return dray_fail(err, DRAY_INVALID, "a date cannot be put into a text");
	}
	return DRAY_OK;
}

/* As Python's shlex.quote has it: the command's text is compared with what DVC wrote. */
static void put_word(struct dray_buf *buf, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		dray_buf_puts(buf, word);
		return;
	}
	dray_buf_putc(buf, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			dray_buf_puts(buf, "'\"'\"'");
		else
			dray_buf_putc(buf, *word);
	dray_buf_putc(buf, '\'');
}

static bool is_text(const struct dray_yaml_node *node)
{
	return node->type == DRAY_YAML_SCALAR &&
	       (node->style != 'p' || !dray_yaml_is_typed(node->text));
}

static enum dray_status put_argument(
	struct dray_buf *buf, const struct dray_yaml_node *node, struct dray_err *err)
{
	if (is_text(node))
		put_word(buf, node->text);
	else
		DRAY_TRY(dray_template_put(buf, node, err));
	dray_buf_putc(buf, ' ');
	return DRAY_OK;
}

/* "--lr 0.1 --name 'a b' --flag --layers 1 2": a value of a mapping in a command. */
static enum dray_status put_option(const struct dray_filling *filling, struct dray_buf *buf,
	const char *name, const struct dray_yaml_node *node, struct dray_err *err)
{
	bool is_on = false;

	if (node->type == DRAY_YAML_LIST) {
		for (size_t i = 0; i < node->len; i++) {
			if (i == 0 || filling->source->repeats_options)
				dray_buf_printf(buf, "--%s ", name);
			DRAY_TRY(put_argument(buf, node->pairs[i].value, err));
		}
		return DRAY_OK;
	}
	if (!is_text(node) && dray_yaml_parse_bool(node->text, &is_on)) {
		if (is_on || filling->source->negates_options)
			dray_buf_printf(buf, "--%s%s ", is_on ? "" : "no-", name);
		return DRAY_OK;
	}
	dray_buf_printf(buf, "--%s ", name);
	return put_argument(buf, node, err);
}

/* Mappings inside a mapping: "--model.depth 3". As deep as yaml_tree.c lets a document be. */
static enum dray_status put_options(const struct dray_filling *filling, struct dray_buf *buf,
	const char *prefix, const struct dray_yaml_node *map, struct dray_err *err)
{
	for (size_t i = 0; i < map->len; i++) {
		const struct dray_yaml_node *value = map->pairs[i].value;
		DRAY_AUTO_STR name = dray_format(
			"%s%s%s", prefix, *prefix != '\0' ? "." : "", map->pairs[i].key);

		if (buf->len > DRAY_TEMPLATE_BYTES_MAX)
			return DRAY_OK; /* and refused by whoever makes a node of it */
		if (value->type == DRAY_YAML_MAP)
			DRAY_TRY(put_options(filling, buf, name, value, err));
		else
			DRAY_TRY(put_option(filling, buf, name, value, err));
	}
	return DRAY_OK;
}

static enum dray_status put_value(const struct dray_filling *filling, struct dray_buf *buf,
	const struct dray_yaml_node *value, const char *field, struct dray_err *err)
{
	if (value->type != DRAY_YAML_MAP || field == NULL || strcmp(field, "cmd") != 0)
		return dray_template_put(buf, value, err);
	DRAY_TRY(put_options(filling, buf, "", value, err));
	while (buf->len > 0 && buf->data[buf->len - 1] == ' ')
		buf->data[--buf->len] = '\0';
	return DRAY_OK;
}

/* Escapes are taken away last, as DVC does: also those that came in with a value. */
static void unescape(struct dray_buf *text, struct dray_buf *out)
{
	const char *at = dray_buf_text(text);

	for (const char *mark; (mark = strstr(at, "\\${")) != NULL; at = mark + 1)
		dray_buf_add(out, at, (size_t)(mark - at));
	dray_buf_puts(out, at);
}

static enum dray_status expand(struct dray_filling *filling, const struct dray_scope *scope,
	const char *text, const char *field, struct dray_buf *out, struct dray_err *err)
{
	DRAY_AUTO(buf) whole = DRAY_BUF_INIT;
	struct match match;

	for (; find_match(text, text, &match); text = match.inner + match.len + 1) {
		DRAY_AUTO(buf) value_text = DRAY_BUF_INIT;
		const struct dray_yaml_node *value = NULL;

		DRAY_TRY(select_value(scope, &match, &value, err));
		DRAY_TRY(put_value(filling, &value_text, value, field, err));
		DRAY_TRY(reserve(filling, 0, value_text.len, err));
		dray_buf_add(&whole, text, (size_t)(match.start - text));
		dray_buf_puts(&whole, dray_buf_text(&value_text));
	}
	dray_buf_puts(&whole, text);
	unescape(&whole, out);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- a node */

static enum dray_status fill_text(struct dray_filling *filling, const struct dray_scope *scope,
	const char *text, const char *field, const struct dray_yaml_node **out_node,
	struct dray_err *err)
{
	DRAY_AUTO(buf) filled = DRAY_BUF_INIT;
	struct match match;

	if (find_match(text, text, &match) && match.start == text &&
		match.inner[match.len + 1] == '\0') {
		const struct dray_yaml_node *value = NULL;

		DRAY_TRY(select_value(scope, &match, &value, err));
		if (value->type != DRAY_YAML_SCALAR && field != NULL)
			return dray_fail(err, DRAY_INVALID, "'%s' is a %s, and no single value",
				text, value->type == DRAY_YAML_MAP ? "mapping" : "list");
		*out_node = value;
		return DRAY_OK;
	}
	DRAY_TRY(expand(filling, scope, text, field, &filled, err));
	return dray_filling_text(filling, dray_buf_text(&filled), '"', out_node, err);
}

static enum dray_status fill_key(struct dray_filling *filling, const struct dray_scope *scope,
	struct dray_yaml_pair *pair, const char *field, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	const struct dray_yaml_node *key = NULL;

	if (pair->key == NULL || strstr(pair->key, "${") == NULL)
		return DRAY_OK;
	DRAY_TRY(fill_text(filling, scope, pair->key, field, &key, err));
	DRAY_TRY(dray_template_put(&text, key, err));
	DRAY_TRY(dray_filling_text(filling, dray_buf_text(&text), '"', &key, err));
	pair->key = key->text;
	pair->key_style = '"';
	return DRAY_OK;
}

/* As deep as yaml_tree.c lets a document be. */
enum dray_status dray_filling_fill(struct dray_filling *filling, const struct dray_scope *scope,
	const struct dray_yaml_node *node, const char *field,
	const struct dray_yaml_node **out_node, struct dray_err *err)
{
	struct dray_yaml_pair *pairs = NULL;

	if (node->type == DRAY_YAML_SCALAR) {
		*out_node = node;
		if (strstr(node->text, "${") != NULL &&
			fill_text(filling, scope, node->text, field, out_node, err) != DRAY_OK)
			return fail_at(filling, node, err);
		return DRAY_OK;
	}
	DRAY_TRY(dray_filling_pairs(filling, node->len, &pairs, err));
	for (size_t i = 0; i < node->len; i++) {
		pairs[i] = node->pairs[i];
		if (fill_key(filling, scope, &pairs[i], field, err) != DRAY_OK)
			return fail_at(filling, node, err);
		DRAY_TRY(dray_filling_fill(
			filling, scope, node->pairs[i].value, field, &pairs[i].value, err));
	}
	struct dray_yaml_node *filled = dray_arena_alloc(filling->arena, sizeof *filled);
	*filled = *node;
	filled->pairs = pairs;
	*out_node = filled;
	return DRAY_OK;
}
