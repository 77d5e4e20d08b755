/*
 * params: parameters as nodes of YAML, from whatever file they came. Private to
 * the format room.
 */
#ifndef DRAY_FORMAT_PARAMS_H
#define DRAY_FORMAT_PARAMS_H

#include "yaml_tree.h"

#include <dray/format.h>

struct dray_params {
	struct dray_yaml_tree tree; /* owns the nodes; the root is a mapping, or NULL */
	char *label;
};

/* The value of "a.b.0", of a mapping in a mapping or list; NULL if there is none. */
const struct dray_yaml_node *dray_params_get(const struct dray_params *params, const char *key);
/* Equal as Python has it: 1, 1.0 and true are one; mappings whatever their order. */
bool dray_params_is_same(const struct dray_yaml_node *a, const struct dray_yaml_node *b);

/* A mapping or list while it grows, in an arena. */
struct dray_params_open {
	struct dray_yaml_node node; /* first: it becomes one */
	struct dray_yaml_pair *pairs;
	size_t cap;
};
struct dray_yaml_node *dray_params_scalar(
	struct dray_arena *arena, const char *text, size_t len, char style);
/* `key` NULL: of a list. The value is borrowed, the key copied. */
void dray_params_append(struct dray_arena *arena, struct dray_params_open *open, const char *key,
	const struct dray_yaml_node *value);
/* The sizes of what is in it, all of which is there. */
void dray_params_close(struct dray_params_open *open);

/* Style of a scalar that no lock can hold: its text says what it is. */
#define DRAY_PARAMS_ODD 'x'

/* JSON, TOML and Python's constants as nodes in the tree's arena, for dray_params_parse. */
DRAY_MUST_CHECK enum dray_status dray_params_read_json(struct dray_yaml_tree *tree,
	const char *text, size_t len, const char *label, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_params_read_toml(struct dray_yaml_tree *tree,
	const char *text, size_t len, const char *label, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_params_read_py(struct dray_yaml_tree *tree, const char *text,
	size_t len, const char *label, struct dray_err *err);

/* One of the values that are written; borrowed. */
struct dray_params_item {
	const char *key;
	const struct dray_yaml_node *value;
};
/* The chosen values of a file, sorted by key; to be freed. All are there: see _check. */
struct dray_params_item *dray_stage_params_items(
	const struct dray_stage_params *chosen, const struct dray_params *params, size_t *out_len);

/* Writes values as DVC's writer does; what is met twice is written once, under a name. */
struct dray_params_writer {
	struct dray_buf *buf;
	struct dray_map seen; /* collections, to their number behind "&id"; 0: met once */
	struct dray_map written;
	unsigned ids; /* given so far */
};
/* All values of what is to be written have to be noted first, in the same order. */
void dray_params_note(struct dray_params_writer *writer, const struct dray_yaml_node *value);
/* `key: value` and a line break, behind so many blanks. */
void dray_params_put(
	struct dray_params_writer *writer, const struct dray_params_item *item, size_t indent);
void dray_params_writer_drop(struct dray_params_writer *writer);

#endif
