/* Commas are written before every item but the first of its object or list (RFC 8259). */
#include "json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static void put_break(struct dray_cli_json *json)
{
	if (json->is_break_due)
		dray_buf_putc(json->out, '\n');
	json->is_break_due = false;
}

static void separate(struct dray_cli_json *json)
{
	if (json->is_after_key) {
		json->is_after_key = false;
		return;
	}
	if (json->has_items[json->depth])
		dray_buf_putc(json->out, ',');
	json->has_items[json->depth] = true;
	put_break(json);
}

void dray_cli_json_open(struct dray_cli_json *json, char bracket)
{
	separate(json);
	assert(json->depth < DRAY_CLI_JSON_DEPTH_MAX);
	json->has_items[++json->depth] = false;
	dray_buf_putc(json->out, bracket);
}

void dray_cli_json_close(struct dray_cli_json *json, char bracket)
{
	assert(json->depth > 0);
	json->depth--;
	put_break(json);
	dray_buf_putc(json->out, bracket);
}

void dray_cli_json_break(struct dray_cli_json *json)
{
	json->is_break_due = true;
}

static const char *short_escape(unsigned char byte)
{
	switch (byte) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

static void put_string(struct dray_buf *out, const char *text)
{
	size_t left = strlen(text);

	dray_buf_putc(out, '"');
	while (left > 0) {
		size_t len = dray_utf8_len(text, left);
		unsigned char byte = (unsigned char)*text;
		const char *escape = short_escape(byte);

		if (escape)
			dray_buf_puts(out, escape);
		else if (len == 0)
			dray_buf_printf(out, "\\udc%02x", byte);
		else if (byte < 0x20 || byte == 0x7f)
			dray_buf_printf(out, "\\u%04x", byte);
		else
			dray_buf_add(out, text, len);
		len = len ? len : 1;
		text += len;
		left -= len;
	}
	dray_buf_putc(out, '"');
}

void dray_cli_json_key(struct dray_cli_json *json, const char *key)
{
	separate(json);
	put_string(json->out, key);
	dray_buf_putc(json->out, ':');
	json->is_after_key = true;
}

void dray_cli_json_text(struct dray_cli_json *json, const char *text)
{
	separate(json);
	put_string(json->out, text);
}

void dray_cli_json_raw(struct dray_cli_json *json, const char *text)
{
	separate(json);
	dray_buf_puts(json->out, text);
}

void dray_cli_json_text_or_null(struct dray_cli_json *json, const char *text)
{
	if (text)
		dray_cli_json_text(json, text);
	else
		dray_cli_json_raw(json, "null");
}

void dray_cli_json_number(struct dray_cli_json *json, uint64_t value)
{
	separate(json);
	dray_buf_printf(json->out, "%" PRIu64, value);
}
