/*
 * DVC's shape of status:
 *
 *   {"<pointer or stage>": [{"changed deps": {"<dep>": "<state>", "<file>": {"<key>": "<state>"}}},
 *                           {"changed outs": {"<out>": "<state>"}},
 *                           "always changed", "changed command"]}
 *
 * and of a comparison with a remote: {"<name>": "new" | "deleted" | "missing"}. Names are as seen
 * from the working directory. An item of kind "dep" is a dependency, of kind "param" a file of
 * parameters or one of these (`value`); one of kind "stage" says something of the pointer or stage
 * `from` itself.
 */
#include "print.h"
#include "shape.h"

#include <string.h>

/* In DVC's order; what is said of a stage itself has no title and comes last. */
enum section { SECTION_DEPS, SECTION_OUTS, SECTION_STAGE };

static bool is_of_remote(const struct dray_cli_sink *sink)
{
	return sink->args->cloud || sink->args->remote;
}

static const char *word_of(const char *state)
{
	static const struct {
		const char *state;
		const char *word;
	} words[] = {
		{"added", "modified"}, /* it never was what the pointer says */
		{"local only", "new"},
		{"remote only", "deleted"},
	};

	for (size_t i = 0; i < DRAY_COUNT(words); i++)
		if (strcmp(words[i].state, state) == 0)
			return words[i].word;
	return state;
}

static bool is_kind(const struct dray_item *item, const char *kind)
{
	return item->kind && strcmp(item->kind, kind) == 0;
}

static enum section section_of(const struct dray_item *item)
{
	if (is_kind(item, "stage"))
		return SECTION_STAGE;
	return is_kind(item, "dep") || is_kind(item, "param") ? SECTION_DEPS : SECTION_OUTS;
}

/* "x.dvc"; a stage is "train", or "sub/dvc.yaml:train" if its file lies elsewhere. */
static char *address_of(struct dray_cli_sink *sink, const struct dray_item *item)
{
	const struct dray_item file = {.path = item->from};
	DRAY_AUTO_STR shown = dray_cli_shown_path(sink, &file);

	if (item->stage && strchr(shown, '/') == NULL)
		return dray_strdup(item->stage);
	return item->stage ? dray_format("%s:%s", shown, item->stage) : dray_strdup(shown);
}

void dray_cli_shape_status(struct dray_cli_sink *sink, const struct dray_item *item)
{
	DRAY_AUTO_STR group = NULL;
	struct dray_item whole = *item;

	if (item->whole)
		whole.path = item->whole; /* DVC names outs, whatever part was asked for */
	DRAY_AUTO_STR shown = dray_cli_shown_path(sink, &whole);

	if (!is_of_remote(sink))
		group = address_of(sink, item);
	dray_cli_rows_add(sink, group, section_of(item), shown,
		is_kind(item, "param") ? item->value : NULL, word_of(item->state));
}

/* Parts of one out, or its versions, are one name. */
static bool is_same_name(const struct dray_cli_row *a, const struct dray_cli_row *b)
{
	bool is_same_group =
		a->group == b->group || (a->group && b->group && strcmp(a->group, b->group) == 0);

	return is_same_group && a->rank == b->rank && strcmp(a->name, b->name) == 0;
}

/* The parts of one name are an object of their own. */
static void put_row(struct dray_cli_json *json, const struct dray_cli_rows *rows, size_t at)
{
	const struct dray_cli_row *row = &rows->items[at];
	bool is_first = at == 0 || !is_same_name(&row[-1], row);
	bool is_last = at + 1 == rows->len || !is_same_name(row, &row[1]);

	if (!is_first && !row->part)
		return;
	if (is_first)
		dray_cli_json_key(json, row->name);
	if (is_first && row->part)
		dray_cli_json_open(json, '{');
	if (row->part)
		dray_cli_json_key(json, row->part);
	dray_cli_json_text(json, row->state);
	if (is_last && row->part)
		dray_cli_json_close(json, '}');
}

/* The rows of one group and section, from `at` on; returns the first behind them. */
static size_t put_section(struct dray_cli_json *json, const struct dray_cli_rows *rows, size_t at)
{
	static const char *const titles[] = {"changed deps", "changed outs"};
	const struct dray_cli_row *first = &rows->items[at];

	if (first->rank == SECTION_STAGE) {
		dray_cli_json_text(json, first->state);
		return at + 1;
	}
	dray_cli_json_open(json, '{');
	dray_cli_json_key(json, titles[first->rank]);
	dray_cli_json_open(json, '{');
	for (; at < rows->len && rows->items[at].rank == first->rank &&
		strcmp(rows->items[at].group, first->group) == 0;
		at++)
		put_row(json, rows, at);
	dray_cli_json_close(json, '}');
	dray_cli_json_close(json, '}');
	return at;
}

static size_t put_group(struct dray_cli_json *json, const struct dray_cli_rows *rows, size_t at)
{
	const char *group = rows->items[at].group;

	dray_cli_json_key(json, group);
	dray_cli_json_open(json, '[');
	while (at < rows->len && strcmp(rows->items[at].group, group) == 0)
		at = put_section(json, rows, at);
	dray_cli_json_close(json, ']');
	return at;
}

void dray_cli_shape_status_end(struct dray_cli_sink *sink)
{
	struct dray_cli_json *json = &sink->json;
	struct dray_cli_rows *rows = &sink->rows;

	dray_cli_rows_sort(sink);
	dray_cli_json_open(json, '{');
	for (size_t at = 0; is_of_remote(sink) && at < rows->len; at++)
		put_row(json, rows, at);
	for (size_t at = 0; !is_of_remote(sink) && at < rows->len;)
		at = put_group(json, rows, at);
	dray_cli_json_close(json, '}');
}
