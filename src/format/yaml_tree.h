/*
 * yaml_tree: one YAML document as a tree, each node with the bytes it stands
 * in. For the files that are edited in place. Private to the format room.
 */
#ifndef DRAY_FORMAT_YAML_TREE_H
#define DRAY_FORMAT_YAML_TREE_H

#include "yaml_events.h"

struct dray_yaml_node;

/* `key: value` of a mapping; of a list only the value. */
struct dray_yaml_pair {
	const char *key;  /* without NULs inside; NULL in a list */
	char key_style;   /* 'p' plain, or another */
	size_t key_start; /* bytes from the start of the text */
	size_t behind;    /* behind the key's ':', or 0 if that is not on the key's line */
	const struct dray_yaml_node *value;
};

struct dray_yaml_node {
	enum dray_yaml_type type; /* SCALAR, MAP or LIST */
	size_t start;             /* start == end behind the ':' for a value that is not there */
	size_t end;               /* of its last byte that is not white space or comment */
	const char *text;         /* of a scalar, decoded, NUL-terminated */
	size_t len;               /* of the text; or the number of pairs */
	const struct dray_yaml_pair *pairs;
	char style;     /* of a scalar, as in dray_yaml_event; 0 for a collection */
	bool is_flow;   /* in brackets */
	bool is_binary; /* tagged !!binary */
	bool is_alias;  /* stands elsewhere: start and end are those of the "*name" */
	const struct dray_yaml_node *origin; /* of an alias: what it stands for; else NULL */
	size_t weight;   /* nodes of it, those that aliases repeat as often as they do */
	unsigned height; /* levels below it and itself */
};

struct dray_yaml_tree {
	const struct dray_yaml_node *root; /* NULL for an empty document */
	const char *text;                  /* as given */
	size_t len;
	const char *label;
	struct dray_arena *arena; /* all nodes */
};
#define DRAY_YAML_TREE_INIT  \
	{                    \
		.root = NULL \
	}

/* What a document may have besides; nothing else may. */
#define DRAY_YAML_ALIASES 1u    /* anchors and aliases */
#define DRAY_YAML_MERGE_KEYS 2u /* "<<", a key like others */
#define DRAY_YAML_MERGED 4u     /* "<<", whose pairs are taken over into the mapping */
/* With aliases a small text can stand for a large tree: of so many nodes and levels at most. */
#define DRAY_YAML_WEIGHT_MAX ((size_t)1 << 20)
#define DRAY_YAML_HEIGHT_MAX (2 * DRAY_YAML_DEPTH_MAX)

/*
 * Read `text`, which is borrowed as `label` is. INVALID: what dray_yaml_next refuses, a key that
 * is no plain text, one that appears twice, an alias of what encloses it.
 */
DRAY_MUST_CHECK enum dray_status dray_yaml_tree_read(struct dray_yaml_tree *tree, const char *text,
	size_t len, const char *label, unsigned with, struct dray_err *err);
/* Put "'label' line 3: " before the error in `err`; returns its status. */
enum dray_status dray_yaml_tree_where(
	const struct dray_yaml_tree *tree, size_t offset, struct dray_err *err);
/* The pair of a mapping's key; NULL if it is none, or no mapping. */
const struct dray_yaml_pair *dray_yaml_tree_find(
	const struct dray_yaml_node *node, const char *key);
/* Its value, looking into what "<<" merges in as well. */
const struct dray_yaml_node *dray_yaml_tree_get(const struct dray_yaml_node *node, const char *key);
void dray_yaml_tree_drop(struct dray_yaml_tree *tree);

#endif
