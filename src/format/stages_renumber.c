/*
 * stages_renumber: DVC's writer numbers the names of collections ("&id001")
 * over the whole file, in the order in which each is met for the second time.
 * Entries that are written alone bring numbers of their own along.
 */
#include "pointer.h"

#include <stdlib.h>
#include <string.h>

struct mark {
	size_t at; /* of the name in the text, behind its '&' or '*' */
	size_t len;
	size_t first; /* index of the mark that gave the name */
	unsigned number;
};

struct marks {
	struct dray_map names; /* to the index of the mark that gave it last */
	struct mark *items;
	size_t len;
	size_t cap;
	unsigned numbers;
};

static bool is_counted(const char *name)
{
	return strncmp(name, "id", 2) == 0 && strlen(name) >= 5 &&
	       name[strspn(name + 2, "0123456789") + 2] == '\0';
}

static void note(struct marks *marks, const struct dray_yaml_event *event, const char *name)
{
	size_t len = strlen(name);
	size_t first = marks->len;
	bool is_alias = event->type == DRAY_YAML_ALIAS;

	if (!is_counted(name))
		return;
	uint64_t *known = dray_map_peek(&marks->names, name, len);
	if (is_alias && known != NULL)
		first = (size_t)*known;
	else if (known != NULL)
		*known = marks->len;
	else
		dray_map_add(&marks->names, name, len, marks->len);
	DRAY_GROW(marks->items, marks->len, marks->cap);
	marks->items[marks->len++] =
		(struct mark){.at = event->start + 1, .len = len, .first = first};
	if (is_alias && marks->items[first].number == 0)
		marks->items[first].number = ++marks->numbers;
}

static enum dray_status find(struct marks *marks, const struct dray_buf *text, struct dray_err *err)
{
	DRAY_AUTO(yaml) yaml = DRAY_YAML_INIT;
	struct dray_yaml_event event = {.type = DRAY_YAML_SCALAR};

	DRAY_TRY(dray_yaml_open(&yaml, text->data, text->len, "", err));
	yaml.has_aliases = true;
	while (event.type != DRAY_YAML_END) {
		DRAY_TRY(dray_yaml_next(&yaml, &event, err));
		if (event.type == DRAY_YAML_ALIAS)
			note(marks, &event, event.text);
		else if (event.type != DRAY_YAML_END && event.anchor != NULL)
			note(marks, &event, event.anchor);
	}
	return DRAY_OK;
}

void dray_stages_renumber(struct dray_buf *text)
{
	struct marks marks = {.len = 0};
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO(buf) numbered = DRAY_BUF_INIT;
	size_t at = 0;

	if (text->len == 0 || memmem(text->data, text->len, "&id", 3) == NULL)
		return;
	if (find(&marks, text, &unused) != DRAY_OK) /* it was parsed, or written by us */
		marks.len = 0;
	for (size_t i = 0; i < marks.len; i++) {
		const struct mark *mark = &marks.items[i];
		unsigned number = marks.items[mark->first].number;

		if (number == 0) /* a name that nobody repeats */
			continue;
		dray_buf_add(&numbered, text->data + at, mark->at - at);
		dray_buf_printf(&numbered, "id%03u", number);
		at = mark->at + mark->len;
	}
	dray_buf_add(&numbered, text->data + at, text->len - at);
	dray_map_drop(&marks.names);
	free(marks.items);
	dray_buf_clear(text);
	dray_buf_add(text, numbered.data, numbered.len);
}
