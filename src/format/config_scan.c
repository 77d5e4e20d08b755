/*
 * config_scan: the lines of a config file in our syntax; DVC's is in config_dvc.c.
 *
 *	# or ; comment
 *	[section]
 *	[section "name"]	as git writes it
 *	['section "name"']	as DVC writes it
 *	    key = value	# comment
 *	    key = "value, or 'value'"	# comment
 *
 * As in DVC, quotes hold their text without escapes, and a list stays text
 * (quotes around its items are taken off). One difference: a '#' begins a
 * comment only behind a blank, so that a URL with a fragment survives.
 */
#include "config_scan.h"

#include <string.h>

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* ASCII only, and whatever the locale. */
static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static void put_lower(struct dray_buf *buf, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dray_buf_putc(buf, lower(text[i]));
}

char *dray_config_lower(const char *text, size_t len)
{
	DRAY_AUTO(buf) lowered = DRAY_BUF_INIT;

	put_lower(&lowered, text, len);
	return dray_buf_take(&lowered);
}

bool dray_config_is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char byte = lower(text[i]);
		if ((byte < 'a' || byte > 'z') && (byte < '0' || byte > '9') && byte != '_' &&
			byte != '-')
			return false;
	}
	return len > 0;
}

/* No quote or backslash: git and DVC would read them differently. */
bool dray_config_is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f ||
			memchr("\"'\\", text[i], 3) != NULL)
			return false;
	return len > 0;
}

enum dray_status dray_config_scan_open(struct dray_config_scan *scan,
	enum dray_config_syntax syntax, const char *text, size_t len, const char *origin,
	struct dray_err *err)
{
	if (len > DRAY_CONFIG_BYTES_MAX)
		return dray_fail(err, DRAY_CONFIG, "'%s' is too large for a config: over %u bytes",
			origin, DRAY_CONFIG_BYTES_MAX);
	*scan = (struct dray_config_scan){
		.syntax = syntax,
		.text = text,
		.len = len,
		.origin = origin,
		.next = dray_utf8_mark_len(text, len),
	};
	return DRAY_OK;
}

void dray_config_scan_drop(struct dray_config_scan *scan)
{
	dray_buf_drop(&scan->section);
	dray_buf_drop(&scan->key);
	dray_buf_drop(&scan->value);
}

enum dray_status dray_config_scan_fail(
	const struct dray_config_scan *scan, const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_CONFIG, "%s", what);
	return dray_frame(err, "'%s' line %u", scan->origin, scan->line);
}

size_t dray_config_scan_skip(const struct dray_config_scan *scan, size_t at)
{
	while (at < scan->end && is_blank(scan->text[at]))
		at++;
	return at;
}

size_t dray_config_scan_trim(const struct dray_config_scan *scan, size_t from, size_t end)
{
	while (end > from && is_blank(scan->text[end - 1]))
		end--;
	return end;
}

static bool is_comment(char byte)
{
	return byte == '#' || byte == ';';
}

/* --------------------------------------------------------------- sections */

/* `section "name"` or `section`, in text[at, end). */
static bool read_title(struct dray_config_scan *scan, size_t at, size_t end)
{
	const char *text = scan->text;
	const char *quote = memchr(text + at, '"', end - at);
	size_t word_end = quote != NULL ? (size_t)(quote - text) : end;
	size_t name = word_end + 1;

	word_end = dray_config_scan_trim(scan, at, word_end);
	dray_buf_clear(&scan->section);
	put_lower(&scan->section, text + at, word_end - at);
	if (quote == NULL) {
		/* [remote.name] is git's old way. */
		for (size_t i = at; i < word_end; i++)
			if (text[i] == '.')
				return dray_config_is_word(text + at, i - at) &&
				       dray_config_is_name(text + i + 1, word_end - i - 1);
		return dray_config_is_word(text + at, word_end - at);
	}
	if (name >= end || text[end - 1] != '"')
		return false;
	dray_buf_putc(&scan->section, '.');
	put_lower(&scan->section, text + name, end - 1 - name);
	return dray_config_is_word(text + at, word_end - at) &&
	       dray_config_is_name(text + name, end - 1 - name);
}

/* The ']' that closes the '[' at `at`, not one between quotes; the line's end if there is none. */
static size_t find_bracket(const struct dray_config_scan *scan, size_t at)
{
	char quote = '\0';

	for (at++; at < scan->end; at++) {
		char byte = scan->text[at];
		if (quote == '\0' && byte == ']')
			break;
		if (byte == quote)
			quote = '\0';
		else if (quote == '\0' && (byte == '"' || byte == '\''))
			quote = byte;
	}
	return at;
}

static enum dray_status read_section(struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	size_t close = find_bracket(scan, at);
	size_t from = dray_config_scan_skip(scan, at + 1);

	if (close == scan->end)
		return dray_config_scan_fail(scan, "section without ']'", err);
	size_t end = dray_config_scan_trim(scan, from, close);
	size_t rest = dray_config_scan_skip(scan, close + 1);
	if (rest < scan->end && !is_comment(scan->text[rest]))
		return dray_config_scan_fail(scan, "text behind a section's ']'", err);

	scan->kind = DRAY_CONFIG_SECTION;
	scan->mark_start = from;
	scan->mark_end = end;
	if (end - from >= 2 && scan->text[from] == '\'' && scan->text[end - 1] == '\'') {
		from++;
		end--;
	}
	if (from >= end || !read_title(scan, from, end))
		return dray_config_scan_fail(scan, "malformed section name", err);
	return DRAY_OK;
}

/* ---------------------------------------------------------------- entries */

/* One item in quotes: append its text; what follows is ',', a comment or nothing. 0 if not so. */
static size_t read_quoted(struct dray_config_scan *scan, size_t at)
{
	const char *text = scan->text;
	const char *close = memchr(text + at + 1, text[at], scan->end - at - 1);

	if (close == NULL)
		return 0;
	dray_buf_add(&scan->value, text + at + 1, (size_t)(close - text) - at - 1);
	at = (size_t)(close - text) + 1;
	size_t rest = dray_config_scan_skip(scan, at);
	return rest == scan->end || text[rest] == ',' || text[rest] == '#' ? at : 0;
}

static enum dray_status read_value(struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	const char *text = scan->text;
	bool is_item_start = true;
	bool is_behind_quote = false;
	size_t solid = 0; /* the value up to its last byte that is no blank */

	dray_buf_clear(&scan->value);
	scan->mark_start = at;
	scan->mark_end = at;
	while (at < scan->end) {
		bool is_quote = text[at] == '"' || text[at] == '\'';
		if (text[at] == '#' &&
			(at == scan->mark_start || is_behind_quote || is_blank(text[at - 1])))
			break;
		if (is_item_start && is_quote) {
			at = read_quoted(scan, at);
			if (at == 0)
				return dray_config_scan_fail(
					scan, "a quote that is not closed at the value's end", err);
			solid = scan->value.len;
			scan->mark_end = at;
			is_item_start = false;
			is_behind_quote = true;
			continue;
		}
		is_behind_quote = false;
		is_item_start = text[at] == ',' || (is_item_start && is_blank(text[at]));
		dray_buf_putc(&scan->value, text[at]);
		if (!is_blank(text[at++])) {
			solid = scan->value.len;
			scan->mark_end = at;
		}
	}
	if (solid < scan->value.len)
		scan->value.data[scan->value.len = solid] = '\0';
	return DRAY_OK;
}

static enum dray_status read_entry(struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	const char *equals = memchr(scan->text + at, '=', scan->end - at);

	if (scan->section.len == 0)
		return dray_config_scan_fail(scan, "a line before the first [section]", err);
	if (equals == NULL)
		return dray_config_scan_fail(
			scan, "neither 'key = value' nor [section] nor a comment", err);
	size_t sign = (size_t)(equals - scan->text);
	size_t key_end = dray_config_scan_trim(scan, at, sign);
	if (!dray_config_is_word(scan->text + at, key_end - at))
		return dray_config_scan_fail(scan, "malformed key", err);
	scan->kind = DRAY_CONFIG_ENTRY;
	dray_buf_clear(&scan->key);
	put_lower(&scan->key, scan->text + at, key_end - at);
	return read_value(scan, dray_config_scan_skip(scan, sign + 1), err);
}

/* ------------------------------------------------------------------ lines */

/* Where it ends, and the one behind it begins. */
static void find_end(struct dray_config_scan *scan)
{
	size_t start = scan->next;
	const char *newline = memchr(scan->text + start, '\n', scan->len - start);

	scan->end = newline != NULL ? (size_t)(newline - scan->text) : scan->len;
	scan->next = newline != NULL ? scan->end + 1 : scan->len;
	if (scan->end > start && scan->text[scan->end - 1] == '\r')
		scan->end--;
}

static void find_line(struct dray_config_scan *scan)
{
	scan->line += 1 + scan->more_lines;
	scan->more_lines = 0;
	scan->start = scan->next;
	find_end(scan);
}

static bool has_control_bytes(const struct dray_config_scan *scan, size_t from)
{
	for (size_t i = from; i < scan->end; i++)
		if (((unsigned char)scan->text[i] < 0x20 && scan->text[i] != '\t') ||
			scan->text[i] == 0x7f)
			return true;
	return false;
}

enum dray_status dray_config_scan_more(struct dray_config_scan *scan, struct dray_err *err)
{
	scan->more_start = scan->next;
	scan->more_lines++;
	find_end(scan);
	return has_control_bytes(scan, scan->more_start)
		       ? dray_config_scan_fail(scan, "a control byte", err)
		       : DRAY_OK;
}

static enum dray_status read_dvc_line(
	struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	bool is_section = false;

	if (scan->text[at] == '[')
		DRAY_TRY(dray_config_dvc_section(scan, at, &is_section, err));
	return is_section ? DRAY_OK : dray_config_dvc_entry(scan, at, err);
}

enum dray_status dray_config_scan_next(struct dray_config_scan *scan, struct dray_err *err)
{
	scan->kind = DRAY_CONFIG_END;
	if (scan->next == scan->len)
		return DRAY_OK;
	find_line(scan);
	if (has_control_bytes(scan, scan->start))
		return dray_config_scan_fail(scan, "a control byte", err);
	size_t at = dray_config_scan_skip(scan, scan->start);

	if (at == scan->end) {
		scan->kind = DRAY_CONFIG_BLANK;
		return DRAY_OK;
	}
	if (is_comment(scan->text[at])) {
		scan->kind = DRAY_CONFIG_COMMENT;
		return DRAY_OK;
	}
	if (scan->syntax == DRAY_CONFIG_DVC)
		return read_dvc_line(scan, at, err);
	if (scan->text[at] == '[')
		return read_section(scan, at, err);
	return read_entry(scan, at, err);
}
