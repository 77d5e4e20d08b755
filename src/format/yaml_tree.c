/*
 * yaml_tree: the event stream of yaml_events.c as a tree.
 *
 * Invariants:
 *  1. A node's children are known before it is: an alias can only name what
 *     has ended, so the tree has no circles, however often a part is shared.
 *  2. Depth is bounded by DRAY_YAML_HEIGHT_MAX, and the work of a walk that enters shared parts
 *     each time by DRAY_YAML_WEIGHT_MAX.
 */
#include "yaml_tree.h"

#include <stdlib.h>
#include <string.h>

/* A collection that has begun. */
struct frame {
	struct dray_yaml_node *node;
	size_t first; /* its pairs on the stack */
	const char *anchor;
	struct dray_yaml_pair pair; /* being read */
	bool has_key;
};

struct building {
	struct dray_yaml yaml;
	unsigned with; /* DRAY_YAML_ALIASES, … */
	struct dray_yaml_tree *tree;
	struct dray_map keys;    /* keys met, each behind the number of its mapping */
	struct dray_map anchors; /* name to index in `shared` */
	const struct dray_yaml_node **shared;
	size_t shared_len;
	size_t shared_cap;
	struct frame frames[DRAY_YAML_DEPTH_MAX];
	size_t depth;
	struct dray_yaml_pair *stack; /* pairs of collections that have not ended */
	size_t len;
	size_t cap;
};

static void building_drop(struct building *building)
{
	dray_yaml_drop(&building->yaml);
	dray_map_drop(&building->keys);
	dray_map_drop(&building->anchors);
	free(building->shared);
	free(building->stack);
}

/* Later anchors of a name hide earlier ones. */
static void share(struct building *building, const char *anchor, const struct dray_yaml_node *node)
{
	if (anchor == NULL)
		return;
	if (!dray_map_add(&building->anchors, anchor, strlen(anchor), building->shared_len))
		*dray_map_peek(&building->anchors, anchor, strlen(anchor)) = building->shared_len;
	DRAY_GROW(building->shared, building->shared_len, building->shared_cap);
	building->shared[building->shared_len++] = node;
}

static enum dray_status check_key(
	struct building *building, const struct dray_yaml_event *key, struct dray_err *err)
{
	const struct frame *frame = &building->frames[building->depth - 1];
	DRAY_AUTO(buf) unique = DRAY_BUF_INIT;

	if (key->type != DRAY_YAML_SCALAR || key->is_binary || strlen(key->text) != key->len) {
		dray_fail(err, DRAY_INVALID, "a key that is not plain text");
		return dray_yaml_where(&building->yaml, key->start, err);
	}
	if (key->style == 'p' && strcmp(key->text, "<<") == 0 &&
		(building->with & (DRAY_YAML_MERGE_KEYS | DRAY_YAML_MERGED)) == 0) {
		dray_fail(err, DRAY_INVALID, "YAML merge keys are not supported");
		return dray_yaml_where(&building->yaml, key->start, err);
	}
	dray_buf_add(&unique, &frame->node, sizeof frame->node);
	dray_buf_add(&unique, key->text, key->len);
	if (!dray_map_add(&building->keys, unique.data, unique.len, 0)) {
		dray_fail(err, DRAY_INVALID, "'%s' appears twice", key->text);
		return dray_yaml_where(&building->yaml, key->start, err);
	}
	return DRAY_OK;
}

static size_t find_behind(const struct dray_yaml *yaml, size_t at)
{
	while (at < yaml->len && (yaml->text[at] == ' ' || yaml->text[at] == '\t'))
		at++;
	return at < yaml->len && yaml->text[at] == ':' ? at + 1 : 0;
}

static enum dray_status take_key(
	struct building *building, const struct dray_yaml_event *key, struct dray_err *err)
{
	struct frame *frame = &building->frames[building->depth - 1];

	DRAY_TRY(check_key(building, key, err));
	frame->pair = (struct dray_yaml_pair){
		.key = dray_arena_strndup(building->tree->arena, key->text, key->len),
		.key_style = key->style,
		.key_start = key->start,
		.behind = find_behind(&building->yaml, key->end),
	};
	frame->has_key = true;
	return DRAY_OK;
}

static void take_value(struct building *building, struct dray_yaml_node *node)
{
	if (building->depth == 0) {
		building->tree->root = node;
		return;
	}
	struct frame *frame = &building->frames[building->depth - 1];

	/* libyaml places a missing value in brackets before whatever comes next. */
	if (node->type == DRAY_YAML_SCALAR && node->start == node->end && frame->pair.behind != 0)
		node->start = node->end = frame->pair.behind;
	frame->pair.value = node;
	DRAY_GROW(building->stack, building->len, building->cap);
	building->stack[building->len++] = frame->pair;
	frame->pair = (struct dray_yaml_pair){.key = NULL};
	frame->has_key = false;
}

static struct dray_yaml_node *new_node(
	const struct building *building, const struct dray_yaml_event *event)
{
	struct dray_yaml_node *node = dray_arena_alloc(building->tree->arena, sizeof *node);

	*node = (struct dray_yaml_node){
		.type = event->type,
		.start = event->start,
		.end = event->end,
		.is_flow = event->is_flow,
		.is_binary = event->is_binary,
		.weight = 1,
		.height = 1,
	};
	return node;
}

static void begin(struct building *building, const struct dray_yaml_event *event)
{
	struct dray_arena *arena = building->tree->arena;

	building->frames[building->depth++] = (struct frame){
		.node = new_node(building, event),
		.first = building->len,
		.anchor = event->anchor != NULL
				  ? dray_arena_strndup(arena, event->anchor, strlen(event->anchor))
				  : NULL,
	};
}

/* ------------------------------------------------------------ merge keys */

/* A mapping that others are merged into: a pair whose key is there gives it a new value. */
struct merging {
	struct dray_yaml_pair *pairs;
	size_t len;
	struct dray_map keys; /* to the index of the pair */
};

static void merge_pair(struct merging *merging, const struct dray_yaml_pair *pair)
{
	size_t len = strlen(pair->key);

	if (dray_map_add(&merging->keys, pair->key, len, merging->len))
		merging->pairs[merging->len++] = *pair;
	else
		merging->pairs[*dray_map_peek(&merging->keys, pair->key, len)].value = pair->value;
}

static bool is_merge_key(const struct dray_yaml_pair *pair)
{
	return pair->key_style == 'p' && strcmp(pair->key, "<<") == 0;
}

static const struct dray_yaml_node *find_merged(const struct dray_yaml_pair *pairs, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (is_merge_key(&pairs[i]))
			return pairs[i].value;
	return NULL;
}

static size_t count_merged(const struct dray_yaml_node *from)
{
	size_t count = from->type == DRAY_YAML_MAP ? from->len : 0;

	for (size_t i = 0; from->type == DRAY_YAML_LIST && i < from->len; i++)
		if (from->pairs[i].value->type == DRAY_YAML_MAP)
			count += from->pairs[i].value->len;
	return count;
}

static void merge_map(struct merging *merging, const struct dray_yaml_node *from)
{
	for (size_t i = 0; from->type == DRAY_YAML_MAP && i < from->len; i++)
		merge_pair(merging, &from->pairs[i]);
}

/* As YAML 1.1's "<<" has it: what is merged first, of a list the last one first, then its own. */
static void merge(struct building *building, struct dray_yaml_node *node,
	const struct dray_yaml_pair *pairs, size_t len)
{
	const struct dray_yaml_node *from = find_merged(pairs, len);
	size_t room = (count_merged(from) + len) * sizeof *pairs;
	struct merging merging = {.pairs = dray_arena_alloc(building->tree->arena, room)};

	merge_map(&merging, from);
	for (size_t i = from->type == DRAY_YAML_LIST ? from->len : 0; i > 0; i--)
		merge_map(&merging, from->pairs[i - 1].value);
	for (size_t i = 0; i < len; i++)
		if (!is_merge_key(&pairs[i]))
			merge_pair(&merging, &pairs[i]);
	node->pairs = merging.pairs;
	node->len = merging.len;
	dray_map_drop(&merging.keys);
}

static void take_pairs(struct building *building, struct dray_yaml_node *node, size_t first)
{
	const struct dray_yaml_pair *pairs = building->stack + first;
	size_t len = building->len - first;
	bool is_merged = (building->with & DRAY_YAML_MERGED) != 0 && node->type == DRAY_YAML_MAP;

	if (is_merged && find_merged(pairs, len) != NULL) {
		merge(building, node, pairs, len);
	} else if (len > 0) {
		struct dray_yaml_pair *own =
			dray_arena_alloc(building->tree->arena, len * sizeof *own);

		memcpy(own, pairs, len * sizeof *own);
		node->pairs = own;
		node->len = len;
	}
	for (size_t i = 0; i < node->len; i++) {
		const struct dray_yaml_node *child = node->pairs[i].value;

		node->weight += child->weight;
		if (node->height <= child->height)
			node->height = child->height + 1;
	}
}

static enum dray_status end(struct building *building, struct dray_err *err)
{
	const struct frame *frame = &building->frames[--building->depth];
	struct dray_yaml_node *node = frame->node;

	node->end = building->yaml.content_end;
	take_pairs(building, node, frame->first);
	if (building->yaml.has_aliases &&
		(node->weight > DRAY_YAML_WEIGHT_MAX || node->height > DRAY_YAML_HEIGHT_MAX)) {
		dray_fail(err, DRAY_INVALID, "its aliases stand for too much");
		return dray_yaml_where(&building->yaml, node->start, err);
	}
	building->len = frame->first;
	share(building, frame->anchor, node);
	take_value(building, node);
	return DRAY_OK;
}

static void take_scalar(struct building *building, const struct dray_yaml_event *event)
{
	struct dray_yaml_node *node = new_node(building, event);

	node->text = dray_arena_strndup(building->tree->arena, event->text, event->len);
	node->len = event->len;
	node->style = event->style;
	share(building, event->anchor, node);
	take_value(building, node);
}

static enum dray_status take_alias(
	struct building *building, const struct dray_yaml_event *event, struct dray_err *err)
{
	const uint64_t *index = dray_map_peek(&building->anchors, event->text, event->len);
	struct dray_yaml_node *node = new_node(building, event);

	if (index == NULL) {
		dray_fail(err, DRAY_INVALID, "'*%s' names nothing before it", event->text);
		return dray_yaml_where(&building->yaml, event->start, err);
	}
	*node = *building->shared[*index];
	node->start = event->start;
	node->end = event->end;
	node->is_alias = true;
	node->origin = building->shared[*index];
	take_value(building, node);
	return DRAY_OK;
}

static enum dray_status take(
	struct building *building, const struct dray_yaml_event *event, struct dray_err *err)
{
	const struct frame *frame =
		building->depth > 0 ? &building->frames[building->depth - 1] : NULL;
	bool is_key = frame != NULL && frame->node->type == DRAY_YAML_MAP && !frame->has_key;

	if (is_key && event->type != DRAY_YAML_MAP_END)
		return take_key(building, event, err);
	if (event->type == DRAY_YAML_MAP || event->type == DRAY_YAML_LIST)
		begin(building, event);
	else if (event->type == DRAY_YAML_MAP_END || event->type == DRAY_YAML_LIST_END)
		return end(building, err);
	else if (event->type == DRAY_YAML_ALIAS)
		return take_alias(building, event, err);
	else
		take_scalar(building, event);
	return DRAY_OK;
}

static enum dray_status build(struct building *building, struct dray_err *err)
{
	struct dray_yaml_event event = {.type = DRAY_YAML_END};

	for (;;) {
		DRAY_TRY(dray_yaml_next(&building->yaml, &event, err));
		if (event.type == DRAY_YAML_END)
			return DRAY_OK;
		DRAY_TRY(take(building, &event, err));
	}
}

enum dray_status dray_yaml_tree_read(struct dray_yaml_tree *tree, const char *text, size_t len,
	const char *label, unsigned with, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree)
	fresh = {
		.text = text,
		.len = len,
		.label = label,
		.arena = dray_arena_new(),
	};
	struct building building = {.yaml = DRAY_YAML_INIT, .with = with, .tree = &fresh};

	DRAY_TRY(dray_yaml_open(&building.yaml, text, len, label, err));
	building.yaml.has_aliases = (with & DRAY_YAML_ALIASES) != 0;
	enum dray_status status = build(&building, err);
	building_drop(&building);
	DRAY_TRY(status);
	*tree = fresh;
	fresh = (struct dray_yaml_tree)DRAY_YAML_TREE_INIT;
	return DRAY_OK;
}

enum dray_status dray_yaml_tree_where(
	const struct dray_yaml_tree *tree, size_t offset, struct dray_err *err)
{
	const struct dray_yaml at = {.text = tree->text, .len = tree->len, .label = tree->label};

	return dray_yaml_where(&at, offset, err);
}

const struct dray_yaml_pair *dray_yaml_tree_find(const struct dray_yaml_node *node, const char *key)
{
	if (node == NULL || node->type != DRAY_YAML_MAP)
		return NULL;
	for (size_t i = 0; i < node->len; i++)
		if (strcmp(node->pairs[i].key, key) == 0)
			return &node->pairs[i];
	return NULL;
}

/* Merging what merges, once: more is allowed by YAML and used by nobody. */
static const struct dray_yaml_node *get_merged(
	const struct dray_yaml_node *merged, const char *key, unsigned levels)
{
	const struct dray_yaml_pair *pair = dray_yaml_tree_find(merged, key);

	if (pair != NULL)
		return pair->value;
	if (merged->type == DRAY_YAML_LIST) {
		for (size_t i = 0; i < merged->len; i++) {
			pair = dray_yaml_tree_find(merged->pairs[i].value, key);
			if (pair != NULL)
				return pair->value;
		}
		return NULL;
	}
	pair = dray_yaml_tree_find(merged, "<<");
	return pair != NULL && levels > 0 ? get_merged(pair->value, key, levels - 1) : NULL;
}

const struct dray_yaml_node *dray_yaml_tree_get(const struct dray_yaml_node *node, const char *key)
{
	const struct dray_yaml_pair *pair = dray_yaml_tree_find(node, key);

	if (pair != NULL)
		return pair->value;
	pair = dray_yaml_tree_find(node, "<<");
	return pair != NULL ? get_merged(pair->value, key, DRAY_YAML_DEPTH_MAX) : NULL;
}

void dray_yaml_tree_drop(struct dray_yaml_tree *tree)
{
	if (tree == NULL)
		return;
	dray_arena_free(tree->arena);
	*tree = (struct dray_yaml_tree)DRAY_YAML_TREE_INIT;
}
