/*
 * template: stages whose text has "${…}", filled in with values of files of
 * parameters, as DVC does it. Private to the format room.
 */
#ifndef DRAY_FORMAT_TEMPLATE_H
#define DRAY_FORMAT_TEMPLATE_H

#include "params.h"

/* What all stages of a file may become, together: aliases of a small text can be many. */
#define DRAY_TEMPLATE_NODES_MAX ((size_t)1 << 20)
#define DRAY_TEMPLATE_BYTES_MAX ((size_t)16 << 20)

/* Names that stand for values: those of the files, and of one stage of many `item` and `key`. */
struct dray_scope {
	const struct dray_yaml_node *values; /* a mapping; NULL: empty */
	const struct dray_yaml_node *item;   /* or NULL */
	const struct dray_yaml_node *key;
};

struct dray_filling {
	const struct dray_yaml_tree *tree; /* of the stages' file; errors name its lines */
	const struct dray_template_source *source;
	struct dray_arena *arena; /* nodes made here */
	size_t nodes;             /* so many */
	size_t bytes;             /* and their texts */
	struct dray_scope scope;  /* for all stages */
	struct dray_params **files;
	size_t files_len;
	size_t files_cap;
	struct dray_strs taken; /* "file:key", "file:": whole */
};

/* ------------------------------------------------------------ template_text.c */

/* Does "${…}" stand in it, that is not escaped? */
bool dray_template_is_in(const char *text);
/* Room for so many pairs; INVALID: too many. */
DRAY_MUST_CHECK enum dray_status dray_filling_pairs(struct dray_filling *filling, size_t count,
	struct dray_yaml_pair **out_pairs, struct dray_err *err);
/* A node of text, copied; `style` as in struct dray_yaml_node. */
DRAY_MUST_CHECK enum dray_status dray_filling_text(struct dray_filling *filling, const char *text,
	char style, const struct dray_yaml_node **out_node, struct dray_err *err);
/*
 * The node with all of its texts and keys filled in; of a text that is one "${…}" the value itself.
 * `field` is what of a stage it is, since only "cmd" takes mappings; NULL: any value will do.
 * INVALID: what is named is not there, or cannot be put into a text.
 */
DRAY_MUST_CHECK enum dray_status dray_filling_fill(struct dray_filling *filling,
	const struct dray_scope *scope, const struct dray_yaml_node *node, const char *field,
	const struct dray_yaml_node **out_node, struct dray_err *err);
/* A scalar as Python's str has it, with "true" and "false". */
DRAY_MUST_CHECK enum dray_status dray_template_put(
	struct dray_buf *buf, const struct dray_yaml_node *node, struct dray_err *err);

/* ---------------------------------------------------------- template_values.c */

/*
 * Add what a list `vars` (NULL: none) names to the scope: files below `wdir`, and mappings.
 * `with_default`: and the file that is read without being named, before, if it is there.
 */
DRAY_MUST_CHECK enum dray_status dray_filling_load(struct dray_filling *filling,
	const struct dray_yaml_node *vars, const char *wdir, bool with_default,
	struct dray_scope *scope, struct dray_err *err);

/* ---------------------------------------------------------- template_stages.c */

/* Is there anything to fill in? */
bool dray_template_is_needed(const struct dray_yaml_node *stages);
/* Load what the file's stages take their values from. On failure only _drop may follow. */
DRAY_MUST_CHECK enum dray_status dray_filling_begin(struct dray_filling *filling,
	const struct dray_yaml_tree *tree, const struct dray_template_source *source,
	struct dray_err *err);
/* The stage, or each of its kin; nodes are valid until _drop. Return other than OK to stop. */
typedef enum dray_status (*dray_filled_fn)(
	void *ctx, const char *name, const struct dray_yaml_node *definition, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_filling_each(struct dray_filling *filling,
	const struct dray_yaml_pair *stage, dray_filled_fn fn, void *ctx, struct dray_err *err);
void dray_filling_drop(struct dray_filling *filling);

/* -------------------------------------------------------------- stages_check.c */

/* INVALID: keys that a file of stages does not have, a stage without a command. */
DRAY_MUST_CHECK enum dray_status dray_stages_check(
	const struct dray_yaml_tree *tree, struct dray_err *err);

#endif
