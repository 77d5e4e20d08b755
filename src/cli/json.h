/*
 * A JSON writer that keeps no tree: what is written goes to a buffer at once.
 * Text is UTF-8; a byte that is none is written as the lone surrogate \udcXX,
 * as Python's "surrogateescape" reads it back, so no file name is lost.
 */
#ifndef DRAY_CLI_JSON_H
#define DRAY_CLI_JSON_H

#include <dray/base.h>

/* Only as deep as our own results go. Nesting beyond is a caller's bug. */
#define DRAY_CLI_JSON_DEPTH_MAX 8

struct dray_cli_json {
	struct dray_buf *out; /* borrowed */
	unsigned depth;
	bool has_items[DRAY_CLI_JSON_DEPTH_MAX + 1];
	bool is_after_key;
	bool is_break_due;
};
#define DRAY_CLI_JSON_INIT(out_) \
	{                        \
		.out = (out_)    \
	}

/* '{' or '['; inside an object write a key before each value. */
void dray_cli_json_open(struct dray_cli_json *json, char bracket);
/* '}' or ']'. */
void dray_cli_json_close(struct dray_cli_json *json, char bracket);
void dray_cli_json_key(struct dray_cli_json *json, const char *key);
void dray_cli_json_text(struct dray_cli_json *json, const char *text);
void dray_cli_json_number(struct dray_cli_json *json, uint64_t value);
void dray_cli_json_text_or_null(struct dray_cli_json *json, const char *text);
/* A value that is JSON already. */
void dray_cli_json_raw(struct dray_cli_json *json, const char *text);
/* Put a line break in front of the next thing, for people and line tools. */
void dray_cli_json_break(struct dray_cli_json *json);

#endif
