/*
 * pointer_edit: writes a pointer, a new one from its values, a read one by
 * changing only the bytes of values that changed.
 *
 * Works from the front to the back of the text: `at` is how far it was copied
 * or left out; it never goes back.
 */
#include "pointer.h"

#include <assert.h>
#include <string.h>

struct edit {
	const struct dray_pointer *pointer;
	struct dray_buf *buf;
	size_t at;
};

static void put_pair(struct dray_buf *buf, const struct dray_out *out,
	enum dray_pointer_field field, enum dray_algo algo, bool is_flow)
{
	dray_buf_printf(buf, "%s: ", dray_pointer_field_name(field, algo));
	dray_pointer_field_put(buf, out, field, 'p', is_flow);
}

/* ----------------------------------------------------------- a new pointer */

static void render_new(const struct dray_pointer *pointer, struct dray_buf *buf)
{
	dray_buf_puts(buf, "outs:\n");
	for (size_t i = 0; i < pointer->len; i++) {
		const struct dray_out *out = &pointer->outs[i];
		const char *lead = "- ";
		for (unsigned field = 0; field < DRAY_FIELD_COUNT; field++) {
			if (!dray_pointer_field_is_set(out, field))
				continue;
			dray_buf_puts(buf, lead);
			put_pair(buf, out, field, out->oid.algo, false);
			dray_buf_putc(buf, '\n');
			lead = "  ";
		}
	}
}

/* -------------------------------------------------------------- text edits */

static void copy_to(struct edit *edit, size_t upto)
{
	assert(upto >= edit->at);
	dray_buf_add(edit->buf, edit->pointer->text + edit->at, upto - edit->at);
	edit->at = upto;
}

static size_t line_start(const struct dray_pointer *pointer, size_t at)
{
	while (at > 0 && pointer->text[at - 1] != '\n')
		at--;
	return at;
}

/* The end of the line a value ends on; a block scalar's end is already the next line's start. */
static size_t line_end(const struct dray_pointer *pointer, const struct dray_pointer_mark *mark)
{
	size_t at = mark->end;

	if (mark->end > mark->start && pointer->text[at - 1] == '\n')
		return at;
	const char *newline = memchr(pointer->text + at, '\n', pointer->text_len - at);
	if (newline == NULL)
		return pointer->text_len;
	at = (size_t)(newline - pointer->text);
	return at > mark->end && pointer->text[at - 1] == '\r' ? at - 1 : at;
}

static size_t next_line(const struct dray_pointer *pointer, size_t at)
{
	if (at > 0 && pointer->text[at - 1] == '\n')
		return at;
	const char *newline = memchr(pointer->text + at, '\n', pointer->text_len - at);
	return newline != NULL ? (size_t)(newline - pointer->text) + 1 : pointer->text_len;
}

static bool is_blank(const struct dray_pointer *pointer, size_t from, size_t to)
{
	for (; from < to; from++)
		if (strchr(" \t\r\n", pointer->text[from]) == NULL)
			return false;
	return true;
}

static const char *line_break(const struct dray_pointer *pointer)
{
	const char *newline = memchr(pointer->text, '\n', pointer->text_len);

	return newline != NULL && newline > pointer->text && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* --------------------------------------------------------- one out's edits */

static bool is_dropped(const struct dray_pointer_place *place, const struct dray_pointer_mark *mark,
	const struct dray_out *out)
{
	return mark->field != DRAY_FIELD_OTHER &&
	       dray_pointer_field_is_set(&place->was, mark->field) &&
	       !dray_pointer_field_is_set(out, mark->field);
}

static void replace(struct edit *edit, const struct dray_pointer_place *place,
	const struct dray_pointer_mark *mark, const struct dray_out *out)
{
	copy_to(edit, mark->start);
	if (mark->start == mark->end)
		dray_buf_putc(edit->buf, ' ');
	dray_pointer_field_put(edit->buf, out, mark->field, mark->style, place->is_flow);
	/* A comment may stand right behind a quote, but not behind a bare value. */
	if (mark->end < edit->pointer->text_len && edit->pointer->text[mark->end] == '#')
		dray_buf_putc(edit->buf, ' ');
	edit->at = mark->end;
}

/* Leave a block pair out with its line. The first of a list item shares its line with the "- ". */
static void drop_line(struct edit *edit, const struct dray_pointer_mark *mark)
{
	const struct dray_pointer *pointer = edit->pointer;
	size_t start = line_start(pointer, mark->key);
	size_t end = line_end(pointer, mark);

	if (edit->at <= start && is_blank(pointer, start, mark->key)) {
		copy_to(edit, start);
		edit->at = next_line(pointer, end);
		return;
	}
	/* A path is never dropped, so there is a next one: it moves up unless a comment is between.
	 */
	copy_to(edit, mark->key);
	edit->at = is_blank(pointer, mark->end, mark[1].key) ? mark[1].key : mark->end;
}

/* The same in brackets; what was kept last has been copied up to its end. */
static void drop_in_flow(struct edit *edit, const struct dray_pointer_place *place, size_t i,
	const struct dray_out *out)
{
	size_t kept = i + 1;

	while (kept < place->len && is_dropped(place, &place->marks[kept], out))
		kept++;
	if (kept == place->len) {
		edit->at = place->marks[i].end;
		return;
	}
	copy_to(edit, place->marks[i].key);
	edit->at = place->marks[i + 1].key;
}

static void edit_pair(struct edit *edit, const struct dray_pointer_place *place, size_t i,
	const struct dray_out *out)
{
	const struct dray_pointer_mark *mark = &place->marks[i];
	bool is_ours = mark->field != DRAY_FIELD_OTHER;
	bool was_set = is_ours && dray_pointer_field_is_set(&place->was, mark->field);

	if (is_dropped(place, mark, out)) {
		if (place->is_flow)
			drop_in_flow(edit, place, i, out);
		else
			drop_line(edit, mark);
		return;
	}
	if (is_ours && dray_pointer_field_is_set(out, mark->field) &&
		!(was_set && dray_pointer_field_is_same(&place->was, out, mark->field)))
		replace(edit, place, mark, out);
	else if (place->is_flow)
		copy_to(edit, mark->end);
}

static bool has_mark(const struct dray_pointer_place *place, enum dray_pointer_field field)
{
	for (size_t i = 0; i < place->len; i++)
		if (place->marks[i].field == field)
			return true;
	return false;
}

static void append_line(struct edit *edit, const struct dray_pointer_place *place,
	const struct dray_out *out, enum dray_pointer_field field)
{
	const struct dray_pointer *pointer = edit->pointer;
	const struct dray_pointer_mark *first = &place->marks[0];
	size_t indent = first->key - line_start(pointer, first->key);
	size_t end = line_end(pointer, &place->marks[place->len - 1]);

	if (edit->at < end)
		copy_to(edit, end);
	/* The last pair's line is gone, or a block scalar took its line break along. */
	bool is_at_start = edit->buf->len > 0 && edit->buf->data[edit->buf->len - 1] == '\n';

	if (!is_at_start)
		dray_buf_puts(edit->buf, line_break(pointer));
	for (; indent > 0; indent--)
		dray_buf_putc(edit->buf, ' ');
	put_pair(edit->buf, out, field, pointer->marks->algo, false);
	if (is_at_start)
		dray_buf_puts(edit->buf, line_break(pointer));
}

static void append_missing(
	struct edit *edit, const struct dray_pointer_place *place, const struct dray_out *out)
{
	for (unsigned field = 0; field < DRAY_FIELD_COUNT; field++) {
		if (!dray_pointer_field_is_set(out, field) || has_mark(place, field))
			continue;
		if (place->is_flow) {
			dray_buf_puts(edit->buf, ", ");
			put_pair(edit->buf, out, field, edit->pointer->marks->algo, true);
		} else {
			append_line(edit, place, out, field);
		}
	}
}

void dray_pointer_render(const struct dray_pointer *pointer, struct dray_buf *buf)
{
	struct edit edit = {.pointer = pointer, .buf = buf};

	if (pointer->marks == NULL) {
		render_new(pointer, buf);
		return;
	}
	assert(pointer->len == pointer->marks->len);
	for (size_t i = 0; i < pointer->len; i++) {
		const struct dray_pointer_place *place = &pointer->marks->places[i];
		for (size_t at = 0; at < place->len; at++)
			edit_pair(&edit, place, at, &pointer->outs[i]);
		append_missing(&edit, place, &pointer->outs[i]);
	}
	copy_to(&edit, pointer->text_len);
}
