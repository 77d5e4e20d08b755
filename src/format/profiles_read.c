/*
 * profiles_read: the lines of AWS's two INI files.
 *
 *	# or ; at a line's start is a comment
 *	[default]
 *	[profile name]		also [profile "my name"]; in the credentials file [name]
 *	key = value		or key: value; no quotes, no comment behind it
 *	s3 =
 *	    key = value		deeper than the key above: nested in it
 *	key = value
 *	    more		deeper, and not nested: a further line of the value
 *
 * As botocore (Python's configparser) sees indentation: a line goes with the key above if it is
 * deeper than that, so that all keys of a section may be indented alike.
 */
#include "config_scan.h"

#include <string.h>

struct span {
	const char *at;
	size_t len;
};

struct reader {
	struct dray_profiles *out;
	enum dray_profiles_style style;
	const char *label;
	const char *next;
	const char *end;
	unsigned line;
	size_t indent;        /* of the key last read */
	bool is_open;         /* the section has a key that deeper lines belong to */
	bool is_block;        /* that key has no value: they are nested in it */
	size_t open_item;     /* its index */
	struct dray_buf more; /* its value, if that has several lines */
};

static enum dray_status fail(const struct reader *reader, const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s", what);
	return dray_frame(err, "'%s' line %u", reader->label, reader->line);
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static struct span trim(struct span span)
{
	while (span.len > 0 && is_blank(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && is_blank(span.at[span.len - 1]))
		span.len--;
	return span;
}

static bool is_comment(char byte)
{
	return byte == '#' || byte == ';';
}

/* --------------------------------------------------------------- sections */

/* The ']' that ends the header, not one between double quotes; NULL if there is none. */
static const char *find_bracket(struct span line)
{
	bool is_quoted = false;

	for (size_t i = 1; i < line.len; i++) {
		if (line.at[i] == '"')
			is_quoted = !is_quoted;
		else if (line.at[i] == ']' && !is_quoted)
			return line.at + i;
	}
	return NULL;
}

static struct span unquote(struct span name)
{
	if (name.len >= 2 && (name.at[0] == '"' || name.at[0] == '\'') &&
		name.at[name.len - 1] == name.at[0])
		return (struct span){name.at + 1, name.len - 2};
	return name;
}

static void add_section(struct reader *reader, struct span kind, struct span name, bool is_plain)
{
	struct dray_profiles *out = reader->out;

	DRAY_GROW(out->sections, out->sections_len, out->sections_cap);
	out->sections[out->sections_len++] = (struct dray_profiles_section){
		.kind = dray_strndup(kind.at, kind.len),
		.name = dray_strndup(name.at, name.len),
		.is_plain = is_plain,
	};
}

static void add_title(struct reader *reader, struct span title)
{
	static const struct span profile = {"profile", sizeof "profile" - 1};
	bool is_config = reader->style == DRAY_PROFILES_CONFIG;
	bool is_default =
		title.len == strlen("default") && memcmp(title.at, "default", title.len) == 0;
	size_t word = 0;

	if (!is_config || is_default) {
		add_section(reader, profile, title, is_config);
		return;
	}
	while (word < title.len && !is_blank(title.at[word]) && title.at[word] != '"')
		word++;
	add_section(reader, (struct span){title.at, word},
		unquote(trim((struct span){title.at + word, title.len - word})), false);
}

/* "default" and "profile default" are one profile; where there are both, only the second counts. */
static void hide_default(struct dray_profiles *out)
{
	bool has_full = false;

	for (size_t i = 0; i < out->sections_len; i++)
		has_full = has_full || (!out->sections[i].is_plain &&
					       strcmp(out->sections[i].kind, "profile") == 0 &&
					       strcmp(out->sections[i].name, "default") == 0);
	for (size_t i = 0; i < out->sections_len; i++)
		out->sections[i].is_hidden = has_full && out->sections[i].is_plain;
}

static enum dray_status read_section(struct reader *reader, struct span line, struct dray_err *err)
{
	const char *close = find_bracket(line);

	if (close == NULL)
		return fail(reader, "a section without ']'", err);
	struct span rest = trim((struct span){close + 1, (size_t)(line.at + line.len - close) - 1});
	if (rest.len > 0 && !is_comment(rest.at[0]))
		return fail(reader, "text behind a section's ']'", err);
	struct span title = trim((struct span){line.at + 1, (size_t)(close - line.at) - 1});
	if (title.len == 0)
		return fail(reader, "a section without name", err);
	add_title(reader, title);
	return DRAY_OK;
}

/* ---------------------------------------------------------------- entries */

static size_t find_sign(struct span line)
{
	size_t at = 0;

	while (at < line.len && line.at[at] != '=' && line.at[at] != ':')
		at++;
	return at;
}

/* `block` NULL: a key of the section itself. */
static enum dray_status read_entry(
	struct reader *reader, struct span line, const char *block, struct dray_err *err)
{
	struct dray_profiles *out = reader->out;
	size_t sign = find_sign(line);
	struct span key = trim((struct span){line.at, sign});

	if (sign == line.len)
		return fail(reader, "neither 'key = value' nor [section] nor a comment", err);
	if (key.len == 0)
		return fail(reader, "a value without key", err);
	struct span value = trim((struct span){line.at + sign + 1, line.len - sign - 1});
	DRAY_GROW(out->entries, out->len, out->cap);
	out->entries[out->len++] = (struct dray_profiles_entry){
		.section = out->sections_len - 1,
		.block = block,
		.key = dray_config_lower(key.at, key.len),
		.value = dray_strndup(value.at, value.len),
	};
	return DRAY_OK;
}

static enum dray_status read_deeper(struct reader *reader, struct span line, struct dray_err *err)
{
	const struct dray_profiles_entry *open = &reader->out->entries[reader->open_item];

	if (reader->is_block)
		return read_entry(reader, line, open->key, err);
	if (reader->more.len == 0)
		dray_buf_puts(&reader->more, open->value);
	dray_buf_putc(&reader->more, '\n');
	dray_buf_add(&reader->more, line.at, line.len);
	return DRAY_OK;
}

/* No more lines of the key last read. */
static void close_key(struct reader *reader)
{
	if (reader->more.len > 0) {
		char **value = &reader->out->entries[reader->open_item].value;

		dray_str_wipe(value);
		*value = dray_strdup(dray_buf_text(&reader->more));
		dray_buf_clear(&reader->more);
	}
	reader->is_open = false;
}

/* ------------------------------------------------------------------ lines */

static struct span next_line(struct reader *reader)
{
	size_t left = (size_t)(reader->end - reader->next);
	const char *newline = memchr(reader->next, '\n', left);
	struct span line = {
		reader->next, newline != NULL ? (size_t)(newline - reader->next) : left};

	reader->line++;
	reader->next = newline != NULL ? newline + 1 : reader->end;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool has_control_bytes(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (((unsigned char)line.at[i] < 0x20 && line.at[i] != '\t') || line.at[i] == 0x7f)
			return true;
	return false;
}

static enum dray_status read_line(struct reader *reader, struct span whole, struct dray_err *err)
{
	struct span line = trim(whole);
	size_t indent = (size_t)(line.at - whole.at);

	if (has_control_bytes(whole))
		return fail(reader, "a control byte", err);
	if (line.len == 0 || is_comment(line.at[0]))
		return DRAY_OK;
	if (reader->is_open && indent > reader->indent)
		return read_deeper(reader, line, err);
	close_key(reader);
	if (line.at[0] == '[')
		return read_section(reader, line, err);
	if (reader->out->sections_len == 0)
		return fail(reader, "a line before the first [section]", err);
	DRAY_TRY(read_entry(reader, line, NULL, err));
	reader->indent = indent;
	reader->is_open = true;
	reader->open_item = reader->out->len - 1;
	reader->is_block = reader->out->entries[reader->open_item].value[0] == '\0';
	return DRAY_OK;
}

static enum dray_status read_lines(struct reader *reader, struct dray_err *err)
{
	while (reader->next < reader->end)
		DRAY_TRY(read_line(reader, next_line(reader), err));
	return DRAY_OK;
}

enum dray_status dray_profiles_parse(enum dray_profiles_style style, const char *text, size_t len,
	const char *label, struct dray_profiles *out, struct dray_err *err)
{
	struct reader reader = {.out = out,
		.style = style,
		.label = label,
		.next = text + dray_utf8_mark_len(text, len),
		.end = text + len};

	if (len > DRAY_PROFILES_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID,
			"'%s' is too large for a file of profiles: over %u bytes", label,
			DRAY_PROFILES_BYTES_MAX);
	enum dray_status status = read_lines(&reader, err);
	close_key(&reader);
	dray_buf_wipe(&reader.more);
	hide_default(out);
	if (status != DRAY_OK)
		dray_profiles_drop(out);
	return status;
}
