/*
 * json_flat: small JSON objects whose texts are secrets. jansson's own error
 * texts quote what they met ("… near 'x'"), so only their line is used.
 */
#include <dray/format.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static void release(json_t **json)
{
	json_decref(*json);
}
#define AUTO_JSON __attribute__((cleanup(release))) json_t *

/* No member we ask for has a longer name; it bounds what "outer.inner" can grow to. */
#define NAME_LEN_MAX 64

static void add(struct dray_json_flat *flat, const char *outer, const char *name, char *value)
{
	DRAY_GROW(flat->items, flat->len, flat->cap);
	flat->items[flat->len++] = (struct dray_json_member){
		.name = outer != NULL ? dray_format("%s.%s", outer, name) : dray_strdup(name),
		.value = value,
	};
}

static void add_plain(
	struct dray_json_flat *flat, const char *outer, const char *name, const json_t *value)
{
	if (strlen(name) > NAME_LEN_MAX)
		return;
	if (json_is_string(value))
		add(flat, outer, name, dray_strdup(json_string_value(value)));
	else if (json_is_integer(value))
		add(flat, outer, name, dray_format("%lld", (long long)json_integer_value(value)));
}

static void add_inner(struct dray_json_flat *flat, const char *outer, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) add_plain(flat, outer, name, value);
}

enum dray_status dray_json_flat_parse(const char *text, size_t len, const char *label,
	struct dray_json_flat *out, struct dray_err *err)
{
	json_error_t wrong;
	const char *name;
	json_t *value;

	if (len > DRAY_JSON_FLAT_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "%s is larger than %u bytes", label,
			DRAY_JSON_FLAT_BYTES_MAX);
	AUTO_JSON root = json_loadb(text, len, 0, &wrong);
	if (root == NULL)
		return dray_fail(
			err, DRAY_INVALID, "%s is no JSON, from line %d on", label, wrong.line);
	if (!json_is_object(root))
		return dray_fail(err, DRAY_INVALID, "%s is no JSON object", label);
	json_object_foreach(root, name, value)
	{
		add_plain(out, NULL, name, value);
		if (json_is_object(value) && strlen(name) <= NAME_LEN_MAX)
			add_inner(out, name, value);
	}
	return DRAY_OK;
}

const char *dray_json_flat_get(const struct dray_json_flat *flat, const char *name)
{
	for (size_t i = 0; i < flat->len; i++)
		if (strcmp(flat->items[i].name, name) == 0)
			return flat->items[i].value;
	return NULL;
}

void dray_json_flat_drop(struct dray_json_flat *flat)
{
	for (size_t i = 0; i < flat->len; i++) {
		free(flat->items[i].name);
		dray_str_wipe(&flat->items[i].value);
	}
	free(flat->items);
	*flat = (struct dray_json_flat)DRAY_JSON_FLAT_INIT;
}
