/*
 * config_edit: changes to config files that leave all else as it is.
 *
 * The body of a section is its header to its last entry. Comments and blank
 * lines behind that belong to what follows: they are never removed, and new
 * entries go before them.
 */
#include "config_scan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ORIGIN "config"

struct line {
	size_t start;
	size_t next;
	size_t mark_start;
	size_t mark_end;
	enum dray_config_kind kind;
	bool is_in;    /* header or entry of the section asked for */
	unsigned rank; /* of a header: see rank_of */
	bool is_match; /* entry of the key asked for */
	bool is_dropped;
};

struct edit {
	enum dray_config_syntax syntax;
	const char *text;
	size_t len;
	struct line *lines;
	size_t count;
	size_t cap;
};

static void edit_drop(struct edit *edit)
{
	free(edit->lines);
}

#define AUTO_EDIT __attribute__((cleanup(edit_drop))) struct edit

/* DVC writes plain sections first, then these, in this order. */
static unsigned rank_of(const char *section)
{
	static const char *const named[] = {"remote.", "machine.", "db."};

	for (unsigned i = 0; i < DRAY_COUNT(named); i++)
		if (strncmp(section, named[i], strlen(named[i])) == 0)
			return i + 1;
	return strchr(section, '.') != NULL ? DRAY_COUNT(named) + 1 : 0;
}

static void add_line(struct edit *edit, const struct dray_config_scan *scan, const char *section,
	const char *key)
{
	bool is_in = strcasecmp(dray_buf_text(&scan->section), section) == 0;
	bool is_match = key != NULL && is_in && scan->kind == DRAY_CONFIG_ENTRY &&
			strcasecmp(dray_buf_text(&scan->key), key) == 0;

	DRAY_GROW(edit->lines, edit->count, edit->cap);
	edit->lines[edit->count++] = (struct line){
		.start = scan->start,
		.next = scan->next,
		.mark_start = scan->mark_start,
		.mark_end = scan->mark_end,
		.kind = scan->kind,
		.is_in = is_in,
		.rank = scan->kind == DRAY_CONFIG_SECTION ? rank_of(dray_buf_text(&scan->section))
							  : 0,
		.is_match = is_match,
	};
}

/* `key` NULL: only the section matters. */
static enum dray_status read_lines(
	struct edit *edit, const char *section, const char *key, struct dray_err *err)
{
	DRAY_AUTO(config_scan) scan = DRAY_CONFIG_SCAN_INIT;

	DRAY_TRY(dray_config_scan_open(&scan, edit->syntax, edit->text, edit->len, ORIGIN, err));
	for (;;) {
		DRAY_TRY(dray_config_scan_next(&scan, err));
		if (scan.kind == DRAY_CONFIG_END)
			return DRAY_OK;
		add_line(edit, &scan, section, key);
	}
}

/* ---------------------------------------------------------------- writing */

static void put_line(const struct edit *edit, const struct line *line, struct dray_buf *buf)
{
	dray_buf_add(buf, edit->text + line->start, line->next - line->start);
}

/* What stands before the first line: a byte order mark or nothing. */
static void put_head(const struct edit *edit, struct dray_buf *buf)
{
	size_t head = edit->count > 0 ? edit->lines[0].start : edit->len;

	dray_buf_add(buf, edit->text, head);
}

static void put_lines(const struct edit *edit, size_t from, size_t to, struct dray_buf *buf)
{
	for (; from < to; from++)
		if (!edit->lines[from].is_dropped)
			put_line(edit, &edit->lines[from], buf);
}

/* One line with `text` in place of its marked part. */
static void put_changed(
	const struct edit *edit, const struct line *line, const char *text, struct dray_buf *buf)
{
	bool needs_blank =
		line->kind == DRAY_CONFIG_ENTRY && edit->text[line->mark_start - 1] == '=';

	dray_buf_add(buf, edit->text + line->start, line->mark_start - line->start);
	dray_buf_puts(buf, needs_blank ? " " : "");
	dray_buf_puts(buf, text);
	/* A comment may stand right behind a quote or the '=', but not behind a bare value. */
	if (line->kind == DRAY_CONFIG_ENTRY && line->mark_end < edit->len &&
		edit->text[line->mark_end] == '#')
		dray_buf_putc(buf, ' ');
	dray_buf_add(buf, edit->text + line->mark_end, line->next - line->mark_end);
}

static void end_line(struct dray_buf *buf, size_t before)
{
	if (buf->len > before && buf->data[buf->len - 1] != '\n')
		dray_buf_putc(buf, '\n');
}

/* "remote.name" as DVC writes it: 'remote "name"'. */
static void put_title(struct dray_buf *buf, const char *section, bool is_dvc_style)
{
	const char *quote = is_dvc_style ? "'" : "";
	const char *dot = strchr(section, '.');

	if (dot == NULL)
		dray_buf_puts(buf, section);
	else
		dray_buf_printf(buf, "%s%.*s \"%s\"%s", quote, (int)(dot - section), section,
			dot + 1, quote);
}

/* Quoted when and how DVC does it. Both kinds of quotes inside need three, which only DVC reads. */
static void put_value(enum dray_config_syntax syntax, struct dray_buf *buf, const char *value)
{
	size_t len = strlen(value);
	const char *quote = "";

	if (syntax == DRAY_CONFIG_DVC && strchr(value, '"') != NULL && strchr(value, '\'') != NULL)
		quote = "'''";
	else if (len == 0 || strchr(" \t\"'", value[0]) != NULL ||
		 strchr(" \t", value[len - 1]) != NULL || strpbrk(value, ",#") != NULL)
		quote = strchr(value, '"') != NULL ? "'" : "\"";
	dray_buf_printf(buf, "%s%s%s", quote, value, quote);
}

/* --------------------------------------------------------------- checking */

/* Would the section be read as it is, from what we write for it? */
static bool is_section_read_back(enum dray_config_syntax syntax, const char *section)
{
	DRAY_AUTO(config_scan) scan = DRAY_CONFIG_SCAN_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	dray_buf_putc(&text, '[');
	put_title(&text, section, true);
	dray_buf_putc(&text, ']');
	return dray_config_scan_open(&scan, syntax, text.data, text.len, ORIGIN, &unused) ==
		       DRAY_OK &&
	       dray_config_scan_next(&scan, &unused) == DRAY_OK &&
	       strcasecmp(dray_buf_text(&scan.section), section) == 0;
}

static enum dray_status check_section(
	enum dray_config_syntax syntax, const char *section, struct dray_err *err)
{
	size_t word = strcspn(section, ".");
	const char *name = section + word + 1;

	if (dray_config_is_word(section, word) &&
		(section[word] == '\0' || dray_config_is_name(name, strlen(name))) &&
		is_section_read_back(syntax, section))
		return DRAY_OK;
	return dray_fail(err, DRAY_CONFIG, "'%s' cannot be the name of a config section", section);
}

/* Would `value` be read as it is, from what we write for it? */
static bool is_read_back(enum dray_config_syntax syntax, const char *value)
{
	DRAY_AUTO(config_scan) scan = DRAY_CONFIG_SCAN_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	dray_buf_puts(&text, "[s]\nk = ");
	put_value(syntax, &text, value);
	return dray_config_scan_open(&scan, syntax, text.data, text.len, ORIGIN, &unused) ==
		       DRAY_OK &&
	       dray_config_scan_next(&scan, &unused) == DRAY_OK &&
	       dray_config_scan_next(&scan, &unused) == DRAY_OK &&
	       strcmp(dray_buf_text(&scan.value), value) == 0;
}

static enum dray_status check_value(
	enum dray_config_syntax syntax, const char *key, const char *value, struct dray_err *err)
{
	for (const char *at = value; *at != '\0'; at++)
		if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f)
			return dray_fail(err, DRAY_CONFIG,
				"the value of '%s' must be one line without control bytes", key);
	if (is_read_back(syntax, value))
		return DRAY_OK;
	return dray_fail(
		err, DRAY_CONFIG, "the value of '%s' cannot hold both kinds of quotes", key);
}

/* --------------------------------------------------------------- one key */

/* A header or entry, where a comment may belong to either side. */
static bool is_part(const struct line *line)
{
	return line->kind == DRAY_CONFIG_SECTION || line->kind == DRAY_CONFIG_ENTRY;
}

/* The last line that `is_wanted` says yes to; `count` if there is none. */
static size_t find_last(const struct edit *edit, bool (*is_wanted)(const struct line *line))
{
	for (size_t i = edit->count; i-- > 0;)
		if (is_wanted(&edit->lines[i]))
			return i;
	return edit->count;
}

static bool is_match(const struct line *line)
{
	return line->is_match;
}

static bool is_part_of_section(const struct line *line)
{
	return line->is_in && is_part(line);
}

/* Where a new section goes: before those of a higher rank. */
static size_t place_section(const struct edit *edit, const char *section)
{
	unsigned rank = rank_of(section);
	size_t at = 0;

	while (at < edit->count && edit->lines[at].rank <= rank)
		at++;
	if (at == edit->count)
		return at;
	while (at > 0 && !is_part(&edit->lines[at - 1]))
		at--; /* comments above a section are about it */
	return at;
}

static void put_section(
	const struct edit *edit, const char *section, const char *entry, struct dray_buf *buf)
{
	size_t at = place_section(edit, section);
	size_t before = buf->len;

	put_head(edit, buf);
	put_lines(edit, 0, at, buf);
	end_line(buf, before);
	dray_buf_putc(buf, '[');
	put_title(buf, section, true);
	dray_buf_printf(buf, "]\n%s", entry);
	put_lines(edit, at, edit->count, buf);
}

static void set_key(const struct edit *edit, const char *section, const char *key,
	const char *value, struct dray_buf *buf)
{
	DRAY_AUTO(buf) written = DRAY_BUF_INIT;
	size_t at = find_last(edit, is_match);
	size_t before = buf->len;

	put_value(edit->syntax, &written, value);
	if (at < edit->count) {
		put_head(edit, buf);
		put_lines(edit, 0, at, buf);
		put_changed(edit, &edit->lines[at], dray_buf_text(&written), buf);
		put_lines(edit, at + 1, edit->count, buf);
		return;
	}
	DRAY_AUTO_STR entry = dray_format("    %s = %s\n", key, dray_buf_text(&written));
	at = find_last(edit, is_part_of_section);
	if (at == edit->count) {
		put_section(edit, section, entry, buf);
		return;
	}
	put_head(edit, buf);
	put_lines(edit, 0, at + 1, buf);
	end_line(buf, before);
	dray_buf_puts(buf, entry);
	put_lines(edit, at + 1, edit->count, buf);
}

/* One behind the last line of the body that begins at `header`. */
static size_t body_end(const struct edit *edit, size_t header)
{
	size_t end = header + 1;

	for (size_t i = end; i < edit->count && edit->lines[i].kind != DRAY_CONFIG_SECTION; i++)
		if (edit->lines[i].kind == DRAY_CONFIG_ENTRY)
			end = i + 1;
	return end;
}

/* With the blank lines behind it, which would else pile up. */
static void drop_body(struct edit *edit, size_t header)
{
	size_t end = body_end(edit, header);

	while (end < edit->count && edit->lines[end].kind == DRAY_CONFIG_BLANK)
		end++;
	for (; header < end; header++)
		edit->lines[header].is_dropped = true;
}

static void drop_emptied(struct edit *edit, size_t header)
{
	size_t end = body_end(edit, header);
	bool has_match = false;

	for (size_t i = header + 1; i < end; i++) {
		const struct line *line = &edit->lines[i];
		has_match = has_match || line->is_match;
		if (line->kind != DRAY_CONFIG_BLANK && !line->is_match)
			return;
	}
	if (has_match)
		drop_body(edit, header);
}

static enum dray_status remove_key(struct edit *edit, const char *section, const char *key,
	struct dray_buf *buf, struct dray_err *err)
{
	bool is_found = false;

	for (size_t i = 0; i < edit->count; i++) {
		edit->lines[i].is_dropped = edit->lines[i].is_match;
		is_found = is_found || edit->lines[i].is_match;
	}
	if (!is_found)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s.%s' is not set", section, key);
	for (size_t i = 0; i < edit->count; i++)
		if (edit->lines[i].is_in && edit->lines[i].kind == DRAY_CONFIG_SECTION)
			drop_emptied(edit, i);
	put_head(edit, buf);
	put_lines(edit, 0, edit->count, buf);
	return DRAY_OK;
}

enum dray_status dray_config_edit(enum dray_config_syntax syntax, const char *text, size_t len,
	const char *key, const char *value, struct dray_buf *buf, struct dray_err *err)
{
	AUTO_EDIT edit = {.syntax = syntax, .text = text, .len = len};
	const char *dot = strrchr(key, '.');

	if (dot == NULL || !dray_config_is_word(dot + 1, strlen(dot + 1)))
		return dray_fail(err, DRAY_CONFIG, "'%s' is no config key: section.key is", key);
	DRAY_AUTO_STR section = dray_config_lower(key, (size_t)(dot - key));
	DRAY_AUTO_STR name = dray_config_lower(dot + 1, strlen(dot + 1));
	DRAY_TRY(check_section(syntax, section, err));
	if (value != NULL)
		DRAY_TRY(check_value(syntax, key, value, err));
	DRAY_TRY(read_lines(&edit, section, name, err));
	if (value == NULL)
		return remove_key(&edit, section, name, buf, err);
	set_key(&edit, section, name, value, buf);
	return DRAY_OK;
}

/* ------------------------------------------------------------ one section */

static void rename_section(const struct edit *edit, const char *new_section, struct dray_buf *buf)
{
	for (size_t i = 0; i < edit->count; i++) {
		const struct line *line = &edit->lines[i];
		DRAY_AUTO(buf) title = DRAY_BUF_INIT;
		if (!line->is_in || line->kind != DRAY_CONFIG_SECTION) {
			put_line(edit, line, buf);
			continue;
		}
		put_title(&title, new_section, edit->text[line->mark_start] == '\'');
		put_changed(edit, line, dray_buf_text(&title), buf);
	}
}

static bool has_section(const struct edit *edit)
{
	for (size_t i = 0; i < edit->count; i++)
		if (edit->lines[i].is_in && edit->lines[i].kind == DRAY_CONFIG_SECTION)
			return true;
	return false;
}

static enum dray_status check_new_section(enum dray_config_syntax syntax, const char *text,
	size_t len, const char *section, const char *new_section, struct dray_err *err)
{
	AUTO_EDIT edit = {.syntax = syntax, .text = text, .len = len};

	DRAY_TRY(check_section(syntax, new_section, err));
	DRAY_TRY(read_lines(&edit, new_section, NULL, err));
	if (has_section(&edit) && strcasecmp(section, new_section) != 0)
		return dray_fail(
			err, DRAY_EXISTS, "there is a config section '%s' already", new_section);
	return DRAY_OK;
}

enum dray_status dray_config_edit_section(enum dray_config_syntax syntax, const char *text,
	size_t len, const char *section, const char *new_section, struct dray_buf *buf,
	struct dray_err *err)
{
	AUTO_EDIT edit = {.syntax = syntax, .text = text, .len = len};

	if (new_section != NULL)
		DRAY_TRY(check_new_section(syntax, text, len, section, new_section, err));
	DRAY_TRY(read_lines(&edit, section, NULL, err));
	if (!has_section(&edit))
		return dray_fail(err, DRAY_NOT_FOUND, "there is no config section '%s'", section);
	put_head(&edit, buf);
	if (new_section != NULL) {
		DRAY_AUTO_STR lowered = dray_config_lower(new_section, strlen(new_section));
		rename_section(&edit, lowered, buf);
		return DRAY_OK;
	}
	for (size_t i = 0; i < edit.count; i++)
		if (edit.lines[i].is_in && edit.lines[i].kind == DRAY_CONFIG_SECTION)
			drop_body(&edit, i);
	put_lines(&edit, 0, edit.count, buf);
	return DRAY_OK;
}
