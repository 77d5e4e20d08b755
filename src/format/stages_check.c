/*
 * stages_check: whether DVC would take a file of stages: it stops at keys that
 * it does not know, and at a stage without a command, whatever it is asked.
 */
#include "pointer.h"
#include "template.h"
#include "yaml_scalar.h"

#include <string.h>

static const char *const file_keys[] = {
	"stages", "vars", "params", "metrics", "plots", "artifacts", "datasets", NULL};
static const char *const each_keys[] = {"foreach", "do", NULL};
static const char *const stage_keys[] = {"cmd", "wdir", "deps", "params", "vars", "outs", "metrics",
	"plots", "frozen", "always_changed", "desc", "meta", "matrix", NULL};

static enum dray_status check_keys(const struct dray_yaml_tree *tree,
	const struct dray_yaml_node *map, const char *const *known, const char *where,
	struct dray_err *err)
{
	for (size_t i = 0; i < map->len; i++) {
		const struct dray_yaml_pair *pair = &map->pairs[i];
		size_t at = 0;

		while (known[at] != NULL && strcmp(known[at], pair->key) != 0)
			at++;
		if (known[at] != NULL || strcmp(pair->key, "<<") == 0)
			continue;
		dray_fail(err, DRAY_INVALID, "%s has no '%s'", where, pair->key);
		return dray_yaml_tree_where(tree, pair->key_start, err);
	}
	return DRAY_OK;
}

/* What is not even a mapping is refused by who reads it. */
static enum dray_status check_stage(
	const struct dray_yaml_tree *tree, const struct dray_yaml_node *stage, struct dray_err *err)
{
	const struct dray_yaml_node *own = stage;

	if (stage->type != DRAY_YAML_MAP)
		return DRAY_OK;
	if (dray_yaml_tree_get(stage, "foreach") != NULL) {
		DRAY_TRY(check_keys(tree, stage, each_keys, "a stage with 'foreach'", err));
		own = dray_yaml_tree_get(stage, "do");
	}
	if (own == NULL || own->type != DRAY_YAML_MAP)
		return DRAY_OK;
	DRAY_TRY(check_keys(tree, own, stage_keys, "a stage", err));
	const struct dray_yaml_node *cmd = dray_yaml_tree_get(own, "cmd");
	bool is_empty = cmd == NULL || cmd->type == DRAY_YAML_MAP ||
			(cmd->type == DRAY_YAML_SCALAR && cmd->style == 'p' &&
				dray_yaml_is_null(cmd->text));
	if (!is_empty)
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "a stage needs a command, 'cmd'");
	return dray_yaml_tree_where(tree, own->start, err);
}

enum dray_status dray_stages_check(const struct dray_yaml_tree *tree, struct dray_err *err)
{
	const struct dray_yaml_node *root = tree->root;
	const struct dray_yaml_node *list = dray_yaml_tree_get(root, "stages");

	if (root == NULL || root->type != DRAY_YAML_MAP)
		return DRAY_OK;
	DRAY_TRY(check_keys(tree, root, file_keys, "a file of stages", err));
	for (size_t i = 0; list != NULL && list->type == DRAY_YAML_MAP && i < list->len; i++)
		DRAY_TRY(check_stage(tree, list->pairs[i].value, err));
	return DRAY_OK;
}
