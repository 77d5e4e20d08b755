/*
 * DVC's shape of list:
 *
 *   [{"isout": true, "isdir": false, "isexec": false, "size": 2, "md5": "60b7…", "path": "d/a"}]
 *
 * An item with a pointer is an out, or in one. What is not known is null.
 */
#include "print.h"
#include "shape.h"

#include <inttypes.h>
#include <string.h>

static void put_flag(struct dray_cli_json *json, const char *key, bool is_set)
{
	dray_cli_json_key(json, key);
	dray_cli_json_raw(json, is_set ? "true" : "false");
}

static void begin(struct dray_cli_sink *sink)
{
	if (!sink->has_json_begun)
		dray_cli_json_open(&sink->json, '[');
	sink->has_json_begun = true;
}

void dray_cli_shape_ls(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_cli_json *json = &sink->json;
	DRAY_AUTO_STR path = dray_cli_shown_path(sink, item);

	begin(sink);
	dray_cli_json_open(json, '{');
	put_flag(json, "isout", item->from != NULL);
	put_flag(json, "isdir", item->kind && strcmp(item->kind, "dir") == 0);
	put_flag(json, "isexec", item->value && strcmp(item->value, "exec") == 0);
	dray_cli_json_key(json, "size");
	if (item->has_size)
		dray_cli_json_number(json, item->size);
	else
		dray_cli_json_raw(json, "null");
	dray_cli_json_key(json, "md5");
	if (item->hash)
		dray_cli_json_text(json, item->hash);
	else
		dray_cli_json_raw(json, "null");
	dray_cli_json_key(json, "path");
	dray_cli_json_text(json, path);
	dray_cli_json_close(json, '}');
}

void dray_cli_shape_ls_end(struct dray_cli_sink *sink)
{
	begin(sink);
	dray_cli_json_close(&sink->json, ']');
}
