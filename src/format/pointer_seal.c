/*
 * pointer_seal: the digest over an import's or an old stage's values by which
 * DVC tells whether it was edited: MD5 of canonical JSON of the document as DVC
 * would write it, without what only annotates or measures.
 */
#include "json_put.h"
#include "pointer.h"
#include "yaml_scalar.h"

#include <string.h>

static bool is_one_of(const char *key, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static bool is_plain_bool(const struct dray_yaml_node *node, bool wanted)
{
	bool value = !wanted;

	return node->type == DRAY_YAML_SCALAR && node->style == 'p' &&
	       dray_yaml_parse_bool(node->text, &value) && value == wanted;
}

/* What DVC does not write, as it says no more than its absence. */
static bool is_default(const struct dray_yaml_pair *pair)
{
	static const char *const on[] = {"cache", "push"};
	const struct dray_yaml_node *value = pair->value;

	if (is_one_of(pair->key, on, DRAY_COUNT(on)))
		return is_plain_bool(value, true);
	if (value->type != DRAY_YAML_SCALAR)
		return value->len == 0;
	return value->len == 0 || (value->style == 'p' && dray_yaml_is_null(value->text)) ||
	       is_plain_bool(value, false);
}

static bool is_left_out(const struct dray_yaml_pair *pair, unsigned depth)
{
	static const char *const anywhere[] = {"desc", "type", "labels", "meta", "locked", "frozen",
		"metric", "persist", "isexec", "size", "nfiles"};
	bool is_here = depth == 1 && strcmp(pair->key, "wdir") == 0 &&
		       pair->value->type == DRAY_YAML_SCALAR && strcmp(pair->value->text, ".") == 0;

	return (depth == 1 && strcmp(pair->key, "md5") == 0) || is_here ||
	       is_one_of(pair->key, anywhere, DRAY_COUNT(anywhere)) ||
	       (depth <= 2 && is_default(pair));
}

enum dray_status dray_pointer_seal(struct dray_pointer *pointer, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) json = DRAY_BUF_INIT;
	struct dray_oid oid;
	char hex[DRAY_OID_TEXT_MAX];

	dray_pointer_render(pointer, &text);
	DRAY_TRY(dray_yaml_tree_read(&tree, text.data, text.len, "pointer", 0, err));
	dray_json_put_node(&json, tree.root, is_left_out);
	dray_hash(DRAY_MD5, json.data, json.len, &oid);
	dray_pointer_set(&pointer->md5, dray_oid_text(&oid, hex));
	return DRAY_OK;
}
