/*
 * DVC's shapes of diff:
 *
 *   {"added": [{"path": "d/c", "hash": "…"}], "deleted": […],
 *    "modified": [{"path": "d/", "hash": {"old": "…", "new": "…"}}],
 *    "renamed": [{"path": {"old": "a", "new": "b"}, "hash": "…"}], "not in cache": […]}
 *
 * with hashes where --show-hash asks for them, {} where there is nothing, and the last list only
 * where it was looked for. Paths are names in the repository.
 */
#include "shape.h"

#include <string.h>

enum group { GROUP_ADDED, GROUP_DELETED, GROUP_MODIFIED, GROUP_RENAMED, GROUP_UNCACHED };

static const char *const states[] = {"added", "deleted", "modified", "renamed", "not in cache"};

static enum group group_of(const char *state)
{
	enum group group = GROUP_ADDED;

	while (group < GROUP_UNCACHED && strcmp(states[group], state) != 0)
		group++;
	return group;
}

static void put_pair(struct dray_cli_json *json, const char *old, const char *new)
{
	dray_cli_json_open(json, '{');
	dray_cli_json_key(json, "old");
	dray_cli_json_text_or_null(json, old);
	dray_cli_json_key(json, "new");
	dray_cli_json_text_or_null(json, new);
	dray_cli_json_close(json, '}');
}

static void put_hash(struct dray_cli_json *json, enum group group, const struct dray_item *item)
{
	dray_cli_json_key(json, "hash");
	if (group == GROUP_MODIFIED)
		put_pair(json, item->old_hash, item->hash);
	else
		dray_cli_json_text_or_null(
			json, group == GROUP_ADDED ? item->hash : item->old_hash);
}

void dray_cli_shape_diff(struct dray_cli_sink *sink, const struct dray_item *item)
{
	enum group group = group_of(item->state);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_cli_json json = DRAY_CLI_JSON_INIT(&text);
	DRAY_AUTO_STR path = dray_cli_full_path(item, item->path);
	DRAY_AUTO_STR old =
		dray_cli_full_path(item, group == GROUP_RENAMED ? item->from : item->path);

	dray_cli_json_open(&json, '{');
	dray_cli_json_key(&json, "path");
	if (group == GROUP_RENAMED)
		put_pair(&json, old, path);
	else
		dray_cli_json_text(&json, path);
	if (sink->args->hash)
		put_hash(&json, group, item);
	dray_cli_json_close(&json, '}');
	dray_cli_rows_add(sink, NULL, group, old, NULL, dray_buf_text(&text));
}

void dray_cli_shape_diff_end(struct dray_cli_sink *sink)
{
	struct dray_cli_json *json = &sink->json;
	const struct dray_cli_rows *rows = &sink->rows;
	bool has_uncached = dray_cli_tally_has(&sink->totals, "not_in_cache");
	size_t at = 0;

	dray_cli_rows_sort(sink);
	dray_cli_json_open(json, '{');
	for (enum group group = GROUP_ADDED; rows->len > 0 && group <= GROUP_UNCACHED; group++) {
		if (group == GROUP_UNCACHED && !has_uncached)
			continue;
		dray_cli_json_key(json, states[group]);
		dray_cli_json_open(json, '[');
		for (; at < rows->len && rows->items[at].rank == group; at++)
			dray_cli_json_raw(json, rows->items[at].state);
		dray_cli_json_close(json, ']');
	}
	dray_cli_json_close(json, '}');
}
