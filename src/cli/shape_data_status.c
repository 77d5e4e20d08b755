/*
 * DVC's shape of data status, in every repository: lists that are not empty, in this order.
 *
 *   {"not_in_cache": ["d/a"], "not_in_remote": […],
 *    "committed": {"added": […], "deleted": […], "modified": ["d/"],
 *                  "renamed": [{"old": "a", "new": "b"}], "unknown": […]},
 *    "uncommitted": {…}, "untracked": […], "unchanged": […]}
 *
 * Paths are names in the repository, those of untracked files as seen from the working directory.
 */
#include "print.h"
#include "shape.h"

#include <string.h>

/* One for each list; `part` is the object that it stands in. */
static const struct list {
	const char *part;
	const char *state;
	const char *key;
} lists[] = {
	{NULL, "not in cache", "not_in_cache"},
	{NULL, "not in remote", "not_in_remote"},
	{"committed", "added", "added"},
	{"committed", "deleted", "deleted"},
	{"committed", "modified", "modified"},
	{"committed", "renamed", "renamed"},
	{"committed", "unknown", "unknown"},
	{"uncommitted", "added", "added"},
	{"uncommitted", "deleted", "deleted"},
	{"uncommitted", "modified", "modified"},
	{"uncommitted", "renamed", "renamed"},
	{"uncommitted", "unknown", "unknown"},
	{NULL, "untracked", "untracked"},
	{NULL, "unchanged", "unchanged"},
};
_Static_assert(DRAY_COUNT(lists) <= DRAY_CLI_LATER_MAX, "a buffer per list");

static bool is_same_part(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void put_value(
	struct dray_cli_sink *sink, struct dray_cli_json *json, const struct dray_item *item)
{
	DRAY_AUTO_STR path = strcmp(item->state, "untracked") == 0
				     ? dray_cli_shown_path(sink, item)
				     : dray_cli_full_path(item, item->path);

	if (!item->from) {
		dray_cli_json_text(json, path);
		return;
	}
	DRAY_AUTO_STR old = dray_cli_full_path(item, item->from);
	dray_cli_json_open(json, '{');
	dray_cli_json_key(json, "old");
	dray_cli_json_text(json, old);
	dray_cli_json_key(json, "new");
	dray_cli_json_text(json, path);
	dray_cli_json_close(json, '}');
}

void dray_cli_shape_data_status(struct dray_cli_sink *sink, const struct dray_item *item)
{
	for (size_t i = 0; i < DRAY_COUNT(lists); i++) {
		struct dray_cli_json json = DRAY_CLI_JSON_INIT(&sink->later[i]);

		if (strcmp(lists[i].state, item->state) != 0 ||
			!is_same_part(lists[i].part, item->value))
			continue;
		if (sink->later[i].len > 0)
			dray_buf_putc(&sink->later[i], ',');
		put_value(sink, &json, item);
	}
}

static void put_list(struct dray_cli_sink *sink, size_t i)
{
	struct dray_cli_json *json = &sink->json;

	dray_cli_json_key(json, lists[i].key);
	dray_cli_json_open(json, '[');
	dray_cli_json_raw(json, sink->later[i].data);
	dray_cli_json_close(json, ']');
}

void dray_cli_shape_data_status_end(struct dray_cli_sink *sink)
{
	struct dray_cli_json *json = &sink->json;
	const char *part = NULL;

	dray_cli_json_open(json, '{');
	for (size_t i = 0; i < DRAY_COUNT(lists); i++) {
		if (sink->later[i].len == 0)
			continue;
		if (part && !is_same_part(part, lists[i].part))
			dray_cli_json_close(json, '}');
		if (lists[i].part && !is_same_part(part, lists[i].part)) {
			dray_cli_json_key(json, lists[i].part);
			dray_cli_json_open(json, '{');
		}
		part = lists[i].part;
		put_list(sink, i);
	}
	if (part)
		dray_cli_json_close(json, '}');
	dray_cli_json_close(json, '}');
}
