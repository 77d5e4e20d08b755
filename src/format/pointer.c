/*
 * pointer: reads pointer files (YAML, DVC's schema) and notes where each value
 * stands, for pointer_edit.c.
 *
 * Invariants:
 *  1. A pointer that was read has one place per out, in `marks`, for life.
 *  2. A key of an out is followed by its ':' on the same line, and an out in
 *     brackets has its own; so that an edit by bytes is an edit of the YAML.
 *  3. A path has passed dray_name_check and holds no NUL.
 */
#include "pointer.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct dray_yaml *yaml;
	struct dray_pointer *pointer; /* being filled */
	struct dray_map *keys;        /* keys met, each behind the number of its mapping */
	size_t cap;
};

/* ------------------------------------------------------------- structure */

static enum dray_status check_key(struct reading *reading, size_t mapping,
	const struct dray_yaml_event *key, struct dray_err *err)
{
	const struct dray_yaml *yaml = reading->yaml;
	DRAY_AUTO(buf) unique = DRAY_BUF_INIT;

	if (key->type != DRAY_YAML_SCALAR || key->is_binary || strlen(key->text) != key->len) {
		dray_fail(err, DRAY_INVALID, "a key that is not plain text");
		return dray_yaml_where(yaml, key->start, err);
	}
	if (key->style == 'p' && strcmp(key->text, "<<") == 0) {
		dray_fail(err, DRAY_INVALID, "YAML merge keys are not supported");
		return dray_yaml_where(yaml, key->start, err);
	}
	dray_buf_add(&unique, &mapping, sizeof mapping);
	dray_buf_add(&unique, key->text, key->len);
	if (!dray_map_add(reading->keys, unique.data, unique.len, 0)) {
		dray_fail(err, DRAY_INVALID, "'%s' appears twice", key->text);
		return dray_yaml_where(yaml, key->start, err);
	}
	return DRAY_OK;
}

/*
 * See invariant 2: neither "? key" on its own line nor a key without a value
 * in brackets. *out_behind is where a value may begin.
 */
static enum dray_status find_colon(const struct dray_yaml *yaml, const struct dray_yaml_event *key,
	size_t *out_behind, struct dray_err *err)
{
	size_t at = key->end;

	while (at < yaml->len && (yaml->text[at] == ' ' || yaml->text[at] == '\t'))
		at++;
	if (at == yaml->len || yaml->text[at] != ':') {
		dray_fail(err, DRAY_INVALID, "'%s' has no ':' behind it", key->text);
		return dray_yaml_where(yaml, key->start, err);
	}
	*out_behind = at + 1;
	return DRAY_OK;
}

static void add_mark(struct dray_pointer_place *place, struct dray_pointer_mark mark)
{
	DRAY_GROW(place->marks, place->len, place->cap);
	place->marks[place->len++] = mark;
}

static enum dray_status read_value(struct reading *reading, enum dray_pointer_field field,
	const struct dray_yaml_event *value, struct dray_out *out, struct dray_err *err)
{
	enum dray_algo algo = reading->pointer->marks->algo;

	if (field == DRAY_FIELD_OTHER)
		return dray_yaml_skip(reading->yaml, value, err);
	if (dray_pointer_field_read(field, algo, value, out))
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "'%s' must be %s", dray_pointer_field_name(field, algo),
		dray_pointer_field_want(field));
	return dray_yaml_where(reading->yaml, value->start, err);
}

static enum dray_status read_pair(struct reading *reading, const struct dray_yaml_event *key,
	struct dray_out *out, struct dray_pointer_place *place, struct dray_err *err)
{
	struct dray_yaml_event value = {.type = DRAY_YAML_END};
	struct dray_pointer_mark mark = {.key = key->start};

	DRAY_TRY(check_key(reading, reading->pointer->len, key, err));
	DRAY_TRY(find_colon(reading->yaml, key, &mark.start, err));
	mark.end = mark.start;
	/* Now, for the key's text dies with the next event. */
	mark.field = dray_pointer_field_find(reading->pointer->marks->algo, key->text);
	DRAY_TRY(dray_yaml_next(reading->yaml, &value, err));
	DRAY_TRY(read_value(reading, mark.field, &value, out, err));
	/* libyaml places a missing value in brackets before whatever comes next. */
	if (value.type != DRAY_YAML_SCALAR || value.end > value.start) {
		mark.start = value.start;
		mark.end = reading->yaml->content_end;
	}
	mark.style = value.type == DRAY_YAML_SCALAR ? value.style : '\0';
	add_mark(place, mark);
	return DRAY_OK;
}

static enum dray_status check_out(const struct reading *reading, const struct dray_yaml_event *head,
	const struct dray_out *out, struct dray_err *err)
{
	if (out->path == NULL) {
		dray_fail(err, DRAY_INVALID, "an entry of 'outs' has no 'path'");
		return dray_yaml_where(reading->yaml, head->start, err);
	}
	if (dray_name_check(out->path, err) != DRAY_OK)
		return dray_yaml_where(reading->yaml, head->start, err);
	return DRAY_OK;
}

/* One more out and its place, empty; they belong to the pointer from here on. */
static void add_out(struct reading *reading)
{
	struct dray_pointer *pointer = reading->pointer;
	size_t cap = reading->cap;

	DRAY_GROW(pointer->outs, pointer->len, cap);
	DRAY_GROW(pointer->marks->places, pointer->len, reading->cap);
	/* until `hash` says something else, an MD5 is DVC 2's */
	bool is_md5 = pointer->marks->algo == DRAY_MD5;

	pointer->outs[pointer->len] = (struct dray_out){
		.oid.algo = (uint8_t)(is_md5 ? DRAY_MD5_DOS2UNIX : pointer->marks->algo),
		.is_pushed = true,
		.is_cached = true,
	};
	pointer->marks->places[pointer->len] = (struct dray_pointer_place){.marks = NULL};
	pointer->len = ++pointer->marks->len;
}

static void copy_out(struct dray_out *to, const struct dray_out *from)
{
	*to = *from;
	to->path = dray_strdup(from->path);
	to->remote = from->remote != NULL ? dray_strdup(from->remote) : NULL;
}

static enum dray_status read_out(
	struct reading *reading, const struct dray_yaml_event *head, struct dray_err *err)
{
	struct dray_pointer *pointer = reading->pointer;
	struct dray_yaml_event key = {.type = DRAY_YAML_END};

	if (head->type != DRAY_YAML_MAP ||
		(head->is_flow && reading->yaml->text[head->start] != '{')) {
		dray_fail(err, DRAY_INVALID, "an entry of 'outs' must be a mapping");
		return dray_yaml_where(reading->yaml, head->start, err);
	}
	if (pointer->len == DRAY_POINTER_OUTS_MAX) {
		dray_fail(err, DRAY_INVALID, "more than %u outs", DRAY_POINTER_OUTS_MAX);
		return dray_yaml_where(reading->yaml, head->start, err);
	}
	add_out(reading);
	struct dray_out *out = &pointer->outs[pointer->len - 1];
	struct dray_pointer_place *place = &pointer->marks->places[pointer->len - 1];

	place->is_flow = head->is_flow;
	for (;;) {
		DRAY_TRY(dray_yaml_next(reading->yaml, &key, err));
		if (key.type == DRAY_YAML_MAP_END)
			break;
		DRAY_TRY(read_pair(reading, &key, out, place, err));
	}
	DRAY_TRY(check_out(reading, head, out, err));
	copy_out(&place->was, out);
	return DRAY_OK;
}

static enum dray_status read_outs(
	struct reading *reading, const struct dray_yaml_event *head, struct dray_err *err)
{
	struct dray_yaml_event event = {.type = DRAY_YAML_END};

	if (head->type != DRAY_YAML_LIST) {
		dray_fail(err, DRAY_INVALID, "'outs' must be a list");
		return dray_yaml_where(reading->yaml, head->start, err);
	}
	for (;;) {
		DRAY_TRY(dray_yaml_next(reading->yaml, &event, err));
		if (event.type == DRAY_YAML_LIST_END)
			return DRAY_OK;
		DRAY_TRY(read_out(reading, &event, err));
	}
}

static enum dray_status read_top(struct reading *reading, struct dray_err *err)
{
	struct dray_yaml *yaml = reading->yaml;
	struct dray_yaml_event event = {.type = DRAY_YAML_END};

	for (;;) {
		DRAY_TRY(dray_yaml_next(yaml, &event, err));
		if (event.type == DRAY_YAML_MAP_END)
			return DRAY_OK;
		DRAY_TRY(check_key(reading, SIZE_MAX, &event, err));
		bool is_outs = strcmp(event.text, "outs") == 0;
		DRAY_TRY(dray_yaml_next(yaml, &event, err));
		DRAY_TRY(is_outs ? read_outs(reading, &event, err)
				 : dray_yaml_skip(yaml, &event, err));
	}
}

static enum dray_status read_pointer(struct reading *reading, struct dray_err *err)
{
	struct dray_yaml *yaml = reading->yaml;
	struct dray_yaml_event event = {.type = DRAY_YAML_END};

	DRAY_TRY(dray_yaml_next(yaml, &event, err));
	if (event.type == DRAY_YAML_MAP)
		DRAY_TRY(read_top(reading, err));
	else if (event.type != DRAY_YAML_END)
		return dray_fail(
			err, DRAY_INVALID, "'%s' is not a pointer: no mapping", yaml->label);
	if (reading->pointer->len == 0)
		return dray_fail(
			err, DRAY_INVALID, "'%s' is not a pointer: no 'outs'", yaml->label);
	return dray_yaml_next(yaml, &event, err);
}

enum dray_status dray_pointer_parse(enum dray_algo algo, const char *text, size_t len,
	const char *label, struct dray_pointer *out, struct dray_err *err)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(yaml) yaml = DRAY_YAML_INIT;
	DRAY_AUTO(map) keys = DRAY_MAP_INIT;
	struct reading reading = {.yaml = &yaml, .pointer = &pointer, .keys = &keys};

	if (len > DRAY_POINTER_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID,
			"'%s' is too large for a pointer: over %u bytes", label,
			DRAY_POINTER_BYTES_MAX);
	pointer.text = dray_strndup(text, len);
	pointer.text_len = len;
	pointer.marks = dray_calloc(1, sizeof *pointer.marks);
	pointer.marks->algo = algo;
	DRAY_TRY(dray_yaml_open(&yaml, pointer.text, len, label, err));
	DRAY_TRY(read_pointer(&reading, err));
	*out = pointer;
	pointer = (struct dray_pointer)DRAY_POINTER_INIT;
	return DRAY_OK;
}

/* ------------------------------------------------------------- life time */

void dray_pointer_init(struct dray_pointer *pointer, const char *path)
{
	*pointer = (struct dray_pointer){.len = 1, .text = dray_strdup("")};
	pointer->outs = dray_calloc(1, sizeof *pointer->outs);
	pointer->outs[0].path = dray_strdup(path);
	pointer->outs[0].is_pushed = true;
	pointer->outs[0].is_cached = true;
}

static void drop_out(struct dray_out *out)
{
	free(out->path);
	free(out->remote);
}

void dray_pointer_drop(struct dray_pointer *pointer)
{
	if (pointer == NULL)
		return;
	struct dray_pointer_marks *marks = pointer->marks;

	for (size_t i = 0; i < pointer->len; i++)
		drop_out(&pointer->outs[i]);
	for (size_t i = 0; marks != NULL && i < marks->len; i++) {
		drop_out(&marks->places[i].was);
		free(marks->places[i].marks);
	}
	if (marks != NULL)
		free(marks->places);
	free(marks);
	free(pointer->outs);
	free(pointer->text);
	*pointer = (struct dray_pointer)DRAY_POINTER_INIT;
}
