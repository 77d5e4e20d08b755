/*
 * params_put: values as ruamel.yaml writes them for DVC: in blocks, a list as
 * deep as its key, a collection that is met again under the name it got at
 * first ("&id001", "*id001"), numbered in the order in which they are met
 * again.
 */
#include "params.h"
#include "pointer.h"
#include "yaml_number.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

/* What stands for a collection wherever it is met. */
static const struct dray_yaml_node *identity(const struct dray_yaml_node *node)
{
	while (node->origin != NULL)
		node = node->origin;
	return node;
}

void dray_params_note(struct dray_params_writer *writer, const struct dray_yaml_node *value)
{
	const struct dray_yaml_node *own = identity(value);

	if (value->type == DRAY_YAML_SCALAR)
		return;
	if (!dray_map_add(&writer->seen, &own, sizeof own, 0)) {
		uint64_t *number = dray_map_peek(&writer->seen, &own, sizeof own);

		if (*number == 0)
			*number = ++writer->ids;
		return;
	}
	for (size_t i = 0; i < value->len; i++)
		dray_params_note(writer, value->pairs[i].value);
}

void dray_params_writer_drop(struct dray_params_writer *writer)
{
	dray_map_drop(&writer->seen);
	dray_map_drop(&writer->written);
}

static void put_scalar(struct dray_buf *buf, const struct dray_yaml_node *node, size_t indent)
{
	bool value = false;

	if (node->style == 'p' && dray_yaml_parse_bool(node->text, &value))
		dray_buf_puts(buf, value ? "true" : "false");
	else if (node->style == 'p' && dray_yaml_is_number(node->text))
		dray_yaml_put_number(buf, node->text, false);
	else
		dray_yaml_put_value(buf, node->text, 'p', indent);
}

static void put_key(struct dray_buf *buf, const struct dray_yaml_pair *pair)
{
	const struct dray_yaml_node key = {.text = pair->key, .style = pair->key_style};
	bool ignored = false;

	if (key.style == 'p' &&
		(dray_yaml_is_number(key.text) || dray_yaml_parse_bool(key.text, &ignored)))
		put_scalar(buf, &key, 0);
	else
		dray_yaml_put_text(buf, pair->key, 'p', false);
}

/*
 * " &id003", " *id003" or nothing; false if that was all to be said of it. `lead` stands before
 * it.
 */
static bool put_name(struct dray_params_writer *writer, const struct dray_yaml_node *node,
	const char *lead, bool *out_is_named)
{
	const struct dray_yaml_node *own = identity(node);
	uint64_t number = *dray_map_peek(&writer->seen, &own, sizeof own);

	*out_is_named = number != 0;
	if (number == 0)
		return true;
	bool is_first = dray_map_add(&writer->written, &own, sizeof own, 0);
	dray_buf_printf(writer->buf, "%s%cid%03u", lead, is_first ? '&' : '*', (unsigned)number);
	return is_first;
}

/* Pairs or items, each on lines of its own; the first where the buffer's line already is. */
static void put_block(
	struct dray_params_writer *writer, const struct dray_yaml_node *node, size_t indent);

/* What comes behind "key:" or "-", with the line's end; `indent` is that of the key or "-". */
static void put_behind(struct dray_params_writer *writer, const struct dray_yaml_node *node,
	bool is_item, size_t indent)
{
	struct dray_buf *buf = writer->buf;
	bool is_list = node->type == DRAY_YAML_LIST;
	bool is_named = false;

	if (node->type == DRAY_YAML_SCALAR) {
		bool is_null = node->style == 'p' && dray_yaml_is_null(node->text);

		dray_buf_puts(buf, is_null && !is_item ? "" : " ");
		if (!is_null)
			put_scalar(buf, node, indent + 2);
	} else if (put_name(writer, node, " ", &is_named)) {
		size_t inner = is_list && !is_item ? indent : indent + 2;

		if (node->len > 0 && is_item && !is_named) {
			dray_buf_putc(buf, ' ');
			put_block(writer, node, inner);
			return;
		}
		if (node->len > 0) {
			dray_buf_putc(buf, '\n');
			dray_put_blanks(buf, inner);
			put_block(writer, node, inner);
			return;
		}
		dray_buf_puts(buf, is_list ? " []" : " {}");
	}
	dray_buf_putc(buf, '\n');
}

static void put_block(
	struct dray_params_writer *writer, const struct dray_yaml_node *node, size_t indent)
{
	bool is_list = node->type == DRAY_YAML_LIST;

	for (size_t i = 0; i < node->len; i++) {
		dray_put_blanks(writer->buf, i > 0 ? indent : 0);
		if (is_list) {
			dray_buf_putc(writer->buf, '-');
		} else {
			put_key(writer->buf, &node->pairs[i]);
			dray_buf_putc(writer->buf, ':');
		}
		put_behind(writer, node->pairs[i].value, is_list, indent);
	}
}

void dray_params_put(
	struct dray_params_writer *writer, const struct dray_params_item *item, size_t indent)
{
	dray_put_blanks(writer->buf, indent);
	dray_yaml_put_text(writer->buf, item->key, 'p', false);
	dray_buf_putc(writer->buf, ':');
	put_behind(writer, item->value, false, indent);
}
