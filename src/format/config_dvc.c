/*
 * config_dvc: the lines of a config file as ConfigObj reads them, which DVC uses.
 *
 *	[section] # comment
 *	['remote "name"'] # comment
 *	[[section in the one above]]
 *	key = value # comment	also behind no blank
 *	"any key" = 'value, # and all'
 *	key = one, "two, three"	a list
 *	key = '''a value	of several
 *	lines''' # comment	lines
 *
 * An item in quotes ends at the first such quote that only a comma, a comment or the line's end
 * follows: quotes within need no escape. Invariant: what ConfigObj accepts is read as it reads it.
 * What it refuses is refused, too, or has one meaning only (a section twice, a ';' comment, a
 * byte order mark), as reading need not be as strict as writing. Two things are left out: sections
 * three deep, of which DVC knows none, and line breaks other than those of files.
 */
#include "config_scan.h"

#include <string.h>

/* Nothing but a comment follows. */
static bool is_tail(const struct dray_config_scan *scan, size_t at)
{
	at = dray_config_scan_skip(scan, at);
	return at == scan->end || scan->text[at] == '#';
}

static bool is_quote(char byte)
{
	return byte == '"' || byte == '\'';
}

/* --------------------------------------------------------------- sections */

/* Behind a run of ']' and blanks; their number. */
static size_t skip_brackets(const struct dray_config_scan *scan, size_t at, unsigned *out_count)
{
	unsigned count = 0;
	size_t behind = at;

	for (; at < scan->end && scan->text[at] == ']'; at = dray_config_scan_skip(scan, at)) {
		at++;
		count++;
		behind = at;
	}
	*out_count = count;
	return behind;
}

/* Is text[from, end) a name: a quoted one with something in it, or one that begins with none? */
static bool is_title(const struct dray_config_scan *scan, size_t from, size_t end)
{
	const char *text = scan->text;

	if (from == end || !is_quote(text[from]))
		return from < end;
	return end - from > 2 && text[end - 1] == text[from] &&
	       dray_config_scan_trim(scan, from + 1, end - 1) > from + 1;
}

/* Where the name at `from` ends and how many brackets close it; false if there is no such name. */
static bool find_title_end(
	const struct dray_config_scan *scan, size_t from, size_t *out_end, unsigned *out_depth)
{
	for (size_t at = from; at < scan->end; at++) {
		if (scan->text[at] != ']')
			continue;
		size_t end = dray_config_scan_trim(scan, from, at);
		size_t behind = skip_brackets(scan, at, out_depth);
		if (is_tail(scan, behind) && is_title(scan, from, end)) {
			*out_end = end;
			return true;
		}
		at = behind - 1; /* no other bracket of this run has another tail */
	}
	return false;
}

/* `remote "name"`, `machine "name"` and `db "name"` are names in a section, others are as they are.
 */
static void put_title(struct dray_config_scan *scan, const char *title)
{
	static const char *const words[] = {"remote", "machine", "db"};
	const char *from = title + strspn(title, " \t");
	size_t len = strlen(from);

	while (len > 0 && strchr(" \t", from[len - 1]) != NULL)
		len--;
	for (size_t i = 0; i < DRAY_COUNT(words); i++) {
		size_t word = strlen(words[i]);
		if (strncmp(from, words[i], word) != 0)
			continue;
		const char *name = from + word + strspn(from + word, " \t");
		if (*name == '"' && from + len - 1 > name && from[len - 1] == '"') {
			dray_buf_printf(&scan->section, "%s.", words[i]);
			dray_buf_add(
				&scan->section, name + 1, (size_t)(from + len - 1 - (name + 1)));
			return;
		}
	}
	dray_buf_puts(&scan->section, title);
}

static enum dray_status enter_section(struct dray_config_scan *scan, unsigned depth, size_t from,
	size_t end, struct dray_err *err)
{
	DRAY_AUTO_STR title = dray_config_lower(scan->text + from, end - from);

	if (depth > 2 || (depth == 2 && scan->section.len == 0))
		return dray_config_scan_fail(scan, "a section nested too deeply", err);
	if (depth == 1) {
		dray_buf_clear(&scan->section);
		put_title(scan, title);
		scan->top_len = scan->section.len;
		return DRAY_OK;
	}
	scan->section.data[scan->section.len = scan->top_len] = '\0';
	dray_buf_printf(&scan->section, ".%s", title);
	return DRAY_OK;
}

enum dray_status dray_config_dvc_section(
	struct dray_config_scan *scan, size_t at, bool *out_is_section, struct dray_err *err)
{
	unsigned opened = 0, closed = 0;
	size_t end = 0;

	while (at < scan->end && scan->text[at] == '[') {
		opened++;
		at = dray_config_scan_skip(scan, at + 1);
	}
	*out_is_section = find_title_end(scan, at, &end, &closed);
	if (!*out_is_section)
		return DRAY_OK;
	if (opened != closed)
		return dray_config_scan_fail(scan, "a section whose brackets do not match", err);
	scan->kind = DRAY_CONFIG_SECTION;
	scan->mark_start = at;
	scan->mark_end = end;
	if (is_quote(scan->text[at]) && scan->text[end - 1] == scan->text[at])
		return enter_section(scan, opened, at + 1, end - 1, err);
	return enter_section(scan, opened, at, end, err);
}

/* ----------------------------------------------------------------- values */

/* Behind the quote that closes the item at `at`; 0 if none does. */
static size_t close_item(const struct dray_config_scan *scan, size_t at, bool is_last)
{
	const char *text = scan->text;
	char quote = text[at];

	for (at++; at < scan->end; at++) {
		if (text[at] != quote)
			continue;
		size_t next = dray_config_scan_skip(scan, at + 1);
		if (is_last ? is_tail(scan, next) : next < scan->end && text[next] == ',')
			return at + 1;
	}
	return 0;
}

static size_t read_bare_item(struct dray_config_scan *scan, size_t at)
{
	const char *text = scan->text;
	size_t end = at;

	while (end < scan->end && text[end] != ',' && text[end] != '#')
		end++;
	end = dray_config_scan_trim(scan, at, end);
	dray_buf_add(&scan->value, text + at, end - at);
	return end;
}

/* Append the item that begins at `at`; what follows it, or 0 if it is malformed. */
static size_t read_item(struct dray_config_scan *scan, size_t at)
{
	if (!is_quote(scan->text[at]))
		return read_bare_item(scan, at);
	size_t end = close_item(scan, at, false);
	if (end == 0)
		end = close_item(scan, at, true);
	if (end != 0)
		dray_buf_add(&scan->value, scan->text + at + 1, end - at - 2);
	return end;
}

static enum dray_status read_items(struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	const char *text = scan->text;

	if (!is_tail(scan, at) && text[at] == ',') { /* the empty list */
		scan->mark_end = at + 1;
		return is_tail(scan, at + 1)
			       ? DRAY_OK
			       : dray_config_scan_fail(scan, "an item is missing in a list", err);
	}
	while (!is_tail(scan, at)) {
		if (text[at] == ',')
			return dray_config_scan_fail(scan, "an item is missing in a list", err);
		at = read_item(scan, at);
		if (at == 0)
			return dray_config_scan_fail(
				scan, "a quote that is not closed at the value's end", err);
		scan->mark_end = at;
		at = dray_config_scan_skip(scan, at);
		if (is_tail(scan, at))
			return DRAY_OK;
		scan->mark_end = ++at; /* a comma: all else would be no end of an item */
		at = dray_config_scan_skip(scan, at);
		if (!is_tail(scan, at))
			dray_buf_putc(&scan->value, ',');
	}
	return DRAY_OK;
}

/* The three quotes in text[from, end) that only a comment follows; `end` if there are none. */
static size_t find_three(const struct dray_config_scan *scan, size_t from, char quote)
{
	const char *text = scan->text;

	for (size_t at = from; at + 3 <= scan->end; at++)
		if (text[at] == quote && text[at + 1] == quote && text[at + 2] == quote &&
			is_tail(scan, at + 3))
			return at;
	return scan->end;
}

/* From three quotes to the next three, over line breaks. */
static enum dray_status read_block(struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	const char quote[] = {scan->text[at], scan->text[at], scan->text[at], '\0'};
	size_t from = at + 3;

	for (;;) {
		size_t close = find_three(scan, from, quote[0]);
		dray_buf_add(&scan->value, scan->text + from, close - from);
		if (close < scan->end) {
			scan->mark_end = close + 3;
			return DRAY_OK;
		}
		if (memmem(scan->text + from, scan->end - from, quote, 3) != NULL ||
			scan->next == scan->len)
			return dray_config_scan_fail(
				scan, "three quotes that are not closed at a line's end", err);
		DRAY_TRY(dray_config_scan_more(scan, err));
		dray_buf_putc(&scan->value, '\n');
		from = scan->more_start;
	}
}

/* ------------------------------------------------------------------- keys */

/* The '=' behind the key at `at`; the line's end if there is none. */
static size_t find_sign(const struct dray_config_scan *scan, size_t at)
{
	const char *text = scan->text;
	char quote = text[at];

	if (!is_quote(quote)) {
		const char *sign = memchr(text + at, '=', scan->end - at);
		return sign != NULL ? (size_t)(sign - text) : scan->end;
	}
	for (at++; at < scan->end; at++) {
		size_t next = dray_config_scan_skip(scan, at + 1);
		if (text[at] == quote && next < scan->end && text[next] == '=')
			return next;
	}
	return scan->end;
}

enum dray_status dray_config_dvc_entry(
	struct dray_config_scan *scan, size_t at, struct dray_err *err)
{
	const char *text = scan->text;
	size_t sign = find_sign(scan, at);
	size_t end = dray_config_scan_trim(scan, at, sign);

	if (sign == scan->end)
		return dray_config_scan_fail(
			scan, "neither 'key = value' nor [section] nor a comment", err);
	if (is_quote(text[at])) {
		at++;
		end--;
	}
	if (at >= end)
		return dray_config_scan_fail(scan, "malformed key", err);
	DRAY_AUTO_STR key = dray_config_lower(text + at, end - at);
	dray_buf_clear(&scan->key);
	dray_buf_puts(&scan->key, key);
	dray_buf_clear(&scan->value);
	at = dray_config_scan_skip(scan, sign + 1);
	scan->kind = DRAY_CONFIG_ENTRY;
	scan->mark_start = at;
	scan->mark_end = at;
	if (scan->end - at >= 3 && is_quote(text[at]) && text[at + 1] == text[at] &&
		text[at + 2] == text[at])
		return read_block(scan, at, err);
	return read_items(scan, at, err);
}
