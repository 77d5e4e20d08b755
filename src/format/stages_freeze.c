/*
 * stages_freeze: `frozen` of one stage in the text of its file, set or gone;
 * all else stays byte for byte.
 */
#include "pointer.h"

#include <string.h>

static enum dray_status find_stage(const struct dray_yaml_tree *tree, const char *name,
	const struct dray_yaml_node **out_node, struct dray_err *err)
{
	const struct dray_yaml_pair *stages = dray_yaml_tree_find(tree->root, "stages");
	const struct dray_yaml_pair *pair =
		stages != NULL ? dray_yaml_tree_find(stages->value, name) : NULL;

	if (pair == NULL)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' has no stage '%s'", tree->label, name);
	if (pair->value->type != DRAY_YAML_MAP || pair->value->is_alias || pair->value->len == 0 ||
		stages->value->is_alias || dray_yaml_tree_find(pair->value, "foreach") != NULL ||
		dray_yaml_tree_find(pair->value, "matrix") != NULL) {
		dray_fail(err, DRAY_UNSUPPORTED, "stage '%s' of '%s' comes of a template", name,
			tree->label);
		return dray_hint(err, "set 'frozen' in the file by hand");
	}
	*out_node = pair->value;
	return DRAY_OK;
}

enum dray_status dray_stages_freeze(const char *text, size_t len, const char *label,
	const char *name, bool is_frozen, struct dray_buf *buf, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	const struct dray_yaml_node *node = NULL;

	DRAY_TRY(dray_yaml_tree_read(
		&tree, text, len, label, DRAY_YAML_ALIASES | DRAY_YAML_MERGE_KEYS, err));
	DRAY_TRY(find_stage(&tree, name, &node, err));
	return dray_pointer_edit_frozen(&tree, node, is_frozen, buf, err);
}
