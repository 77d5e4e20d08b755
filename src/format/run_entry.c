/*
 * run_entry: what a stage once made of what, as DVC keeps it to run nothing twice: a file
 * "runs/<2 hex>/<key>/<value>" with the text of a lock's entry. Key and value are SHA-256 of the
 * entry as canonical JSON without sizes and counts; for the key its outs are only their paths (DVC
 * reference 6.6). So an entry proves its own place.
 */
#include "json_put.h"

#include <dray/format.h>

#include <string.h>

#define HEX "0123456789abcdef"
#define HEX_LEN 64

static bool take_hex(const char **text, size_t len)
{
	if (strspn(*text, HEX) != len)
		return false;
	*text += len;
	return true;
}

bool dray_run_is_name(const char *name)
{
	const char *prefix = name;
	const char *at = name;

	return take_hex(&at, 2) && *at++ == '/' && strncmp(at, prefix, 2) == 0 &&
	       take_hex(&at, HEX_LEN) && *at++ == '/' && take_hex(&at, HEX_LEN) && *at == '\0';
}

static bool is_left_out(const struct dray_yaml_pair *pair, unsigned depth)
{
	(void)depth;
	return strcmp(pair->key, "size") == 0 || strcmp(pair->key, "nfiles") == 0;
}

/* Appends. */
static void put_digest(struct dray_buf *buf, const struct dray_yaml_node *node)
{
	DRAY_AUTO(buf) json = DRAY_BUF_INIT;
	struct dray_oid oid;
	char text[DRAY_OID_TEXT_MAX];

	dray_json_put_node(&json, node, is_left_out);
	dray_hash(DRAY_SHA256, json.data, json.len, &oid);
	dray_buf_puts(buf, dray_oid_text(&oid, text));
}

/* The paths of outs in place of the outs; false if one has none. */
static bool only_paths(struct dray_arena *arena, const struct dray_yaml_node *outs,
	struct dray_yaml_node *out_list)
{
	struct dray_yaml_pair *pairs = dray_arena_alloc(arena, outs->len * sizeof *pairs + 1);

	for (size_t i = 0; i < outs->len; i++) {
		const struct dray_yaml_pair *path =
			dray_yaml_tree_find(outs->pairs[i].value, "path");

		if (path == NULL)
			return false;
		pairs[i] = (struct dray_yaml_pair){.value = path->value};
	}
	*out_list =
		(struct dray_yaml_node){.type = DRAY_YAML_LIST, .pairs = pairs, .len = outs->len};
	return true;
}

/* False if the entry has no outs. Appends. */
static bool put_key(
	struct dray_buf *buf, struct dray_arena *arena, const struct dray_yaml_node *root)
{
	struct dray_yaml_node entry = *root;
	struct dray_yaml_node list;
	struct dray_yaml_pair *pairs = dray_arena_alloc(arena, root->len * sizeof *pairs + 1);
	bool has_outs = false;

	for (size_t i = 0; i < root->len; i++) {
		pairs[i] = root->pairs[i];
		if (strcmp(pairs[i].key, "outs") != 0)
			continue;
		has_outs = pairs[i].value->type == DRAY_YAML_LIST &&
			   only_paths(arena, pairs[i].value, &list);
		if (!has_outs)
			return false;
		pairs[i].value = &list;
	}
	entry.pairs = pairs;
	if (has_outs)
		put_digest(buf, &entry);
	return has_outs;
}

enum dray_status dray_run_name(
	const char *text, size_t len, const char *label, char **out_name, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	DRAY_AUTO(buf) key = DRAY_BUF_INIT;
	DRAY_AUTO(buf) value = DRAY_BUF_INIT;

	DRAY_TRY(dray_yaml_tree_read(&tree, text, len, label, DRAY_YAML_ALIASES, err));
	if (tree.root == NULL || tree.root->type != DRAY_YAML_MAP ||
		!put_key(&key, tree.arena, tree.root))
		return dray_fail(err, DRAY_CORRUPT, "'%s' is no run of a stage", label);
	put_digest(&value, tree.root);
	*out_name = dray_format("%.2s/%s/%s", key.data, key.data, value.data);
	return DRAY_OK;
}

enum dray_status dray_run_check(
	const char *name, const char *text, size_t len, struct dray_err *err)
{
	DRAY_AUTO_STR own = NULL;

	DRAY_TRY(dray_run_name(text, len, name, &own, err));
	if (strcmp(own, name) != 0)
		return dray_fail(err, DRAY_CORRUPT, "'%s' is not the run that its name says", name);
	return DRAY_OK;
}
