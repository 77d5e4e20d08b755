/*
 * json_put: separators are ", " and ": ", keys are sorted, all but ASCII is
 * escaped; numbers are written as Python would, whatever their form was.
 */
#include "json_put.h"
#include "yaml_number.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

struct putting {
	struct dray_buf *buf;
	dray_json_skip_fn skip;
};

/* ----------------------------------------------------------------- scalars */

static void put_code(struct dray_buf *buf, uint32_t code)
{
	static const char specials[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *special = code != 0 && code < 0x80 ? strchr(specials, (int)code) : NULL;

	if (special != NULL)
		dray_buf_printf(buf, "\\%c", letters[special - specials]);
	else if (code >= 0x20 && code < 0x80)
		dray_buf_putc(buf, (char)code);
	else if (code <= 0xffff)
		dray_buf_printf(buf, "\\u%04x", (unsigned)code);
	else
		dray_buf_printf(buf, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (code >> 10)),
			(unsigned)(0xdc00 | (code & 0x3ff)));
}

void dray_json_put_string(struct dray_buf *buf, const char *text, size_t len)
{
	size_t step = 0;

	dray_buf_putc(buf, '"');
	for (size_t at = 0; at < len; at += step) {
		step = dray_utf8_len(text + at, len - at);
		put_code(buf, step > 0 ? dray_utf8_code(text + at, step)
				       : 0xdc00u + (unsigned char)text[at]);
		step = step > 0 ? step : 1;
	}
	dray_buf_putc(buf, '"');
}

static void put_scalar(struct dray_buf *buf, const struct dray_yaml_node *node)
{
	bool value = false;

	if (node->style != 'p' || node->is_binary)
		dray_json_put_string(buf, node->text, node->len);
	else if (dray_yaml_is_null(node->text))
		dray_buf_puts(buf, "null");
	else if (dray_yaml_parse_bool(node->text, &value))
		dray_buf_puts(buf, value ? "true" : "false");
	else if (dray_yaml_is_number(node->text))
		dray_yaml_put_number(buf, node->text, true);
	else
		dray_json_put_string(buf, node->text, node->len);
}

/* ------------------------------------------------------------- collections */

static int compare_keys(const void *a, const void *b)
{
	return strcmp(
		((const struct dray_yaml_pair *)a)->key, ((const struct dray_yaml_pair *)b)->key);
}

/* As deep as yaml_events.c lets a document be. */
static void put_node(
	const struct putting *putting, const struct dray_yaml_node *node, unsigned depth);

static void put_map(
	const struct putting *putting, const struct dray_yaml_node *node, unsigned depth)
{
	struct dray_yaml_pair *pairs = dray_calloc(node->len + 1, sizeof *pairs);
	const char *lead = "";
	size_t len = 0;

	for (size_t i = 0; i < node->len; i++)
		if (!putting->skip(&node->pairs[i], depth))
			pairs[len++] = node->pairs[i];
	qsort(pairs, len, sizeof *pairs, compare_keys);
	dray_buf_putc(putting->buf, '{');
	for (size_t i = 0; i < len; i++) {
		dray_buf_puts(putting->buf, lead);
		dray_json_put_string(putting->buf, pairs[i].key, strlen(pairs[i].key));
		dray_buf_puts(putting->buf, ": ");
		put_node(putting, pairs[i].value, depth + 1);
		lead = ", ";
	}
	dray_buf_putc(putting->buf, '}');
	free(pairs);
}

static void put_list(
	const struct putting *putting, const struct dray_yaml_node *node, unsigned depth)
{
	dray_buf_putc(putting->buf, '[');
	for (size_t i = 0; i < node->len; i++) {
		dray_buf_puts(putting->buf, i > 0 ? ", " : "");
		put_node(putting, node->pairs[i].value, depth);
	}
	dray_buf_putc(putting->buf, ']');
}

static void put_node(
	const struct putting *putting, const struct dray_yaml_node *node, unsigned depth)
{
	if (node->type == DRAY_YAML_MAP)
		put_map(putting, node, depth);
	else if (node->type == DRAY_YAML_LIST)
		put_list(putting, node, depth);
	else
		put_scalar(putting->buf, node);
}

void dray_json_put_node(
	struct dray_buf *buf, const struct dray_yaml_node *node, dray_json_skip_fn skip)
{
	const struct putting putting = {.buf = buf, .skip = skip};

	put_node(&putting, node, 1);
}
