/* pointer_put: mappings of pointers that are not there yet, and whole new pointers. */
#include "pointer.h"
#include "yaml_scalar.h"

#include <string.h>

void dray_put_blanks(struct dray_buf *buf, size_t count)
{
	for (; count > 0; count--)
		dray_buf_putc(buf, ' ');
}

/* A field of the schema that another name before it stands for too. */
static bool is_second_name(const struct dray_schema *schema, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (dray_field_is_same_place(&schema->fields[i], &schema->fields[at]))
			return true;
	return false;
}

/* Only what is read can be kept of these. */
bool dray_field_is_written(const struct dray_schema *schema, size_t at, const void *object)
{
	enum dray_field_type type = schema->fields[at].type;

	return type != DRAY_FIELD_VERSIONS && dray_field_is_set(&schema->fields[at], object) &&
	       !is_second_name(schema, at);
}

void dray_fields_put_flow(struct dray_buf *buf, const struct dray_schema *schema,
	const void *object, enum dray_algo algo)
{
	const char *lead = "{";

	for (size_t i = 0; i < schema->len; i++) {
		if (!dray_field_is_written(schema, i, object))
			continue;
		dray_buf_puts(buf, lead);
		dray_fields_put_pair(buf, &schema->fields[i], object, algo, DRAY_YAML_IN_FLOW, "");
		lead = ", ";
	}
	dray_buf_putc(buf, '}');
}

/* `key: value`, without a line break at its end. */
void dray_fields_put_pair(struct dray_buf *buf, const struct dray_field *field, const void *object,
	enum dray_algo algo, size_t indent, const char *line_break)
{
	bool is_flow = indent == DRAY_YAML_IN_FLOW;

	dray_buf_printf(buf, "%s:", dray_field_name(field, algo));
	if (field->type == DRAY_FIELD_FILES) {
		dray_buf_puts(buf, is_flow ? " " : line_break);
		dray_field_put_lines(field, object, buf, indent, line_break);
	} else if (!dray_field_is_mapping(field, object)) {
		dray_buf_putc(buf, ' ');
		dray_field_put(field, object, buf, 'p', is_flow ? indent : indent + 2);
	} else if (field->type != DRAY_FIELD_INNER) {
		dray_buf_puts(buf, is_flow ? " " : "");
		dray_field_put_lines(field, object, buf, is_flow ? indent : indent + 2, line_break);
	} else if (is_flow) {
		dray_buf_putc(buf, ' ');
		dray_fields_put_flow(buf, field->inner, object, algo);
	} else {
		dray_buf_puts(buf, line_break);
		dray_fields_put_block(buf, field->inner, object, algo, "", indent + 2, line_break);
	}
}

/* The lines of a mapping, `lead` before the first, without a line break at the end. */
void dray_fields_put_block(struct dray_buf *buf, const struct dray_schema *schema,
	const void *object, enum dray_algo algo, const char *lead, size_t indent,
	const char *line_break)
{
	bool is_first = true;

	for (size_t i = 0; i < schema->len; i++) {
		if (!dray_field_is_written(schema, i, object))
			continue;
		if (!is_first)
			dray_buf_puts(buf, line_break);
		dray_put_blanks(buf, is_first ? indent - strlen(lead) : indent);
		dray_buf_puts(buf, is_first ? lead : "");
		dray_fields_put_pair(buf, &schema->fields[i], object, algo, indent, line_break);
		is_first = false;
	}
}

static void put_item(struct dray_buf *buf, const struct dray_schema *schema, const void *object,
	enum dray_algo algo)
{
	dray_fields_put_block(buf, schema, object, algo, "- ", 2, "\n");
	dray_buf_putc(buf, '\n');
}

/* A new mapping names its hash as the hash's algorithm is named. */
void dray_pointer_put_new(const struct dray_pointer *pointer, struct dray_buf *buf)
{
	size_t start = buf->len;

	dray_fields_put_block(buf, &dray_schema_top, pointer, DRAY_MD5, "", 0, "\n");
	if (buf->len > start)
		dray_buf_putc(buf, '\n');
	if (pointer->deps_len > 0)
		dray_buf_puts(buf, "deps:\n");
	for (size_t i = 0; i < pointer->deps_len; i++)
		put_item(buf, &dray_schema_dep, &pointer->deps[i], pointer->deps[i].oid.algo);
	dray_buf_puts(buf, "outs:\n");
	for (size_t i = 0; i < pointer->len; i++)
		put_item(buf, &dray_schema_out, &pointer->outs[i], pointer->outs[i].oid.algo);
}
