/* params_node: nodes of YAML made by hand, for parameters that are written in something else. */
#include "params.h"

#include <string.h>

struct dray_yaml_node *dray_params_scalar(
	struct dray_arena *arena, const char *text, size_t len, char style)
{
	struct dray_yaml_node *node = dray_arena_alloc(arena, sizeof *node);

	*node = (struct dray_yaml_node){
		.type = DRAY_YAML_SCALAR,
		.text = dray_arena_strndup(arena, text, len),
		.len = len,
		.style = style,
		.weight = 1,
		.height = 1,
	};
	return node;
}

void dray_params_append(struct dray_arena *arena, struct dray_params_open *open, const char *key,
	const struct dray_yaml_node *value)
{
	if (open->node.len == open->cap) {
		size_t cap = open->cap > 0 ? 2 * open->cap : 4;
		struct dray_yaml_pair *pairs = dray_arena_alloc(arena, cap * sizeof *pairs);

		if (open->node.len > 0)
			memcpy(pairs, open->pairs, open->node.len * sizeof *pairs);
		open->pairs = pairs;
		open->node.pairs = pairs;
		open->cap = cap;
	}
	open->pairs[open->node.len++] = (struct dray_yaml_pair){
		.key = key != NULL ? dray_arena_strndup(arena, key, strlen(key)) : NULL,
		.key_style = '"',
		.value = value,
	};
}

void dray_params_close(struct dray_params_open *open)
{
	open->node.weight = 1;
	open->node.height = 1;
	for (size_t i = 0; i < open->node.len; i++) {
		const struct dray_yaml_node *child = open->pairs[i].value;

		open->node.weight += child->weight;
		if (open->node.height <= child->height)
			open->node.height = child->height + 1;
	}
}
