/*
 * yaml_fold: where a value goes on in the next line. A reader takes a line
 * break for one blank, so lines are broken at single blanks; each of the three
 * styles in its own way, as ruamel.yaml does for DVC, so that both tools write
 * the same bytes. Columns count characters.
 */
#include "yaml_fold.h"

#include <string.h>

#define COLUMNS 80

struct folding {
	struct dray_buf *buf;
	size_t column;
	size_t indent;
};

static size_t count_chars(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

static void put(struct folding *folding, const char *text, size_t len)
{
	dray_buf_add(folding->buf, text, len);
	folding->column += count_chars(text, len);
}

static void break_line(struct folding *folding)
{
	dray_buf_putc(folding->buf, '\n');
	for (size_t i = 0; i < folding->indent; i++)
		dray_buf_putc(folding->buf, ' ');
	folding->column = folding->indent;
}

/* A word that would not fit goes to the next line, behind its blank; one is enough to be read. */
static void fold_plain(struct folding *folding, const char *text)
{
	size_t blanks = 1; /* as if one were before the first word */

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		bool is_long = folding->column + count_chars(text, len) > COLUMNS;

		if (is_long && blanks == 1 && folding->column > folding->indent)
			break_line(folding);
		put(folding, text, len);
		text += len;
		blanks = strspn(text, " ");
		if (blanks == 1 && folding->column >= COLUMNS)
			break_line(folding);
		else
			put(folding, text, blanks);
		text += blanks;
	}
}

/* A blank behind the last column becomes the break, but not the first nor the last of all. */
static void fold_single(struct folding *folding, const char *text)
{
	const char *start = text;

	put(folding, "'", 1);
	while (*text != '\0') {
		size_t blanks = strspn(text, " ");
		bool is_inside = text > start && text[blanks] != '\0';

		if (blanks == 1 && is_inside && folding->column > COLUMNS)
			break_line(folding);
		else
			put(folding, text, blanks);
		text += blanks;
		size_t len = strcspn(text, " '");
		put(folding, text, len);
		text += len;
		if (*text == '\'') {
			put(folding, "''", 2);
			text++;
		}
	}
	put(folding, "'", 1);
}

/*
 * Whether a line that is broken at `at` must end in a backslash, which keeps the blanks around it.
 * It need not where one blank is followed by a word; how far to look is the other writer's rule.
 */
static bool needs_backslash(const char *text, size_t at, bool has_pending)
{
	size_t len = strcspn(text + at, " \n");
	const char *stop = text + at + len;
	bool is_run = text[at - 1] == ' ' && text[at] == ' ';

	if (*stop != ' ' || !has_pending || is_run)
		return true;
	return strcspn(text + at, "\"'") < len || stop[1] == ' ' || stop[1] == '\n' ||
	       stop[1] == '\0';
}

/* Break before `at`; *start is how far the text is written. */
static void break_double(struct folding *folding, const char *text, size_t at, size_t *start)
{
	bool has_pending = *start != at;

	if (*start < at) {
		put(folding, text + *start, at - *start);
		*start = at;
	}
	/* the other writer forgets the first case, and reads back a blank too many */
	bool is_kept = text[*start] != ' ' || needs_backslash(text, at, has_pending);
	put(folding, "\\", is_kept);
	break_line(folding);
	if (text[*start] != ' ')
		return;
	if (is_kept)
		put(folding, "\\", 1);
	else
		++*start; /* the break is read as this blank */
}

static void fold_double(struct folding *folding, const char *text)
{
	size_t len = strlen(text);
	size_t start = 0;
	size_t step = 0;

	put(folding, "\"", 1);
	for (size_t at = 0; at < len; at += step) {
		DRAY_AUTO(buf) escape = DRAY_BUF_INIT;

		step = dray_utf8_len(text + at, len - at);
		if (dray_yaml_put_escape(&escape, dray_utf8_code(text + at, step))) {
			put(folding, text + start, start < at ? at - start : 0);
			put(folding, escape.data, escape.len);
			start = at + step;
		}
		bool may_break = at > 0 && at + step < len && (text[at] == ' ' || start >= at);
		size_t ahead = start < at ? count_chars(text + start, at - start) : 0;
		/* an escape counts without its own character */
		if (may_break && folding->column + ahead > COLUMNS + (start > at))
			break_double(folding, text, at, &start);
	}
	put(folding, text + start, start < len ? len - start : 0);
	put(folding, "\"", 1);
}

void dray_yaml_fold(struct dray_buf *buf, const char *text, char style, size_t indent)
{
	struct folding folding = {.buf = buf, .indent = indent};
	size_t line = buf->len;

	while (line > 0 && buf->data[line - 1] != '\n')
		line--;
	folding.column = buf->len > line ? count_chars(buf->data + line, buf->len - line) : 0;
	if (style == '\'')
		fold_single(&folding, text);
	else if (style == '"')
		fold_double(&folding, text);
	else
		fold_plain(&folding, text);
}
