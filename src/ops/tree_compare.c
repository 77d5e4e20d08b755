/*
 * The merge of two trees.
 *
 * Data that is a file in one tree and a directory in the other comes twice, as "x" and as "x/": the
 * first is put aside until the second comes.
 */
#include "trees.h"

#include <stdlib.h>
#include <string.h>

/* One side of such data. */
struct aside {
	struct dray_leaf leaf; /* path owned */
	char *path;
	bool is_new;
};

struct merge {
	struct dray_session *session;
	const struct dray_tree_options *options;
	struct dray_tree_cursor old;
	struct dray_tree_cursor new;
	struct dray_map waiting; /* name without '/': index of its side in `aside` */
	struct aside *aside;
	size_t len;
	size_t cap;
	dray_tree_fn fn;
	void *ctx;
};

static void merge_drop(struct merge *merge)
{
	dray_tree_cursor_drop(&merge->old);
	dray_tree_cursor_drop(&merge->new);
	dray_map_drop(&merge->waiting);
	for (size_t i = 0; i < merge->len; i++)
		free(merge->aside[i].path);
	free(merge->aside);
}

static enum dray_status emit(struct merge *merge, enum dray_tree_change change,
	const struct dray_leaf *old, const struct dray_leaf *new, struct dray_err *err)
{
	if (!filter_has(merge->options->filter, old != NULL ? old->path : new->path))
		return DRAY_OK;
	return merge->fn(merge->ctx, change, old, new, err);
}

static bool is_same(
	const struct merge *merge, const struct dray_leaf *old, const struct dray_leaf *new)
{
	if (old->has_oid != new->has_oid ||
		!dray_kind_is_same(merge->session->repo->dialect, old->kind, new->kind))
		return false;
	return !old->has_oid || dray_oid_is_equal(&old->oid, &new->oid);
}

/* To the next leaf, past a directory's files if `is_over` says so. */
static enum dray_status step(
	struct merge *merge, struct dray_tree_cursor *cursor, bool is_over, struct dray_err *err)
{
	const char *unknown = cursor->unknown;

	DRAY_TRY(dray_os_check_cancel(err));
	if (is_over)
		tree_cursor_skip(cursor);
	DRAY_TRY(tree_cursor_next(cursor, err));
	if (cursor->unknown != unknown && merge->options->out_unknown != NULL)
		dray_strs_add(merge->options->out_unknown, cursor->unknown);
	return DRAY_OK;
}

/* The data's other side has come, or is to come. */
static enum dray_status pair(
	struct merge *merge, const struct dray_leaf *leaf, bool is_new, struct dray_err *err)
{
	size_t len = strcspn(leaf->path, "") - (dray_path_has_suffix(leaf->path, "/") ? 1 : 0);
	uint64_t *at = dray_map_peek(&merge->waiting, leaf->path, len);

	if (at != NULL) {
		struct aside *other = &merge->aside[*at];

		return is_new ? emit(merge, DRAY_TREE_MODIFIED, &other->leaf, leaf, err)
			      : emit(merge, DRAY_TREE_MODIFIED, leaf, &other->leaf, err);
	}
	dray_map_add(&merge->waiting, leaf->path, len, merge->len);
	DRAY_GROW(merge->aside, merge->len, merge->cap);
	struct aside *aside = &merge->aside[merge->len++];
	*aside = (struct aside){.leaf = *leaf, .path = dray_strdup(leaf->path), .is_new = is_new};
	aside->leaf.path = aside->path;
	return DRAY_OK;
}

/* What only one tree has. */
static enum dray_status take_one(struct merge *merge, bool is_new, struct dray_err *err)
{
	struct dray_tree_cursor *cursor = is_new ? &merge->new : &merge->old;
	const struct dray_tree_cursor *other = is_new ? &merge->old : &merge->new;
	const struct dray_leaf *leaf = &cursor->leaf;
	enum dray_tree_change change = is_new ? DRAY_TREE_ADDED : DRAY_TREE_DELETED;

	if (leaf->is_out && tree_has(other->tree, leaf->path)) {
		DRAY_TRY(pair(merge, leaf, is_new, err));
		return step(merge, cursor, merge->options->is_shallow, err);
	}
	if (!leaf->is_out && other->unknown != NULL &&
		strncmp(leaf->path, other->unknown, strlen(other->unknown)) == 0)
		change = DRAY_TREE_UNKNOWN;
	DRAY_TRY(emit(merge, change, is_new ? NULL : leaf, is_new ? leaf : NULL, err));
	return step(merge, cursor, leaf->is_out && merge->options->is_shallow, err);
}

static enum dray_status take_both(struct merge *merge, struct dray_err *err)
{
	const struct dray_leaf *old = &merge->old.leaf, *new = &merge->new.leaf;
	bool same = is_same(merge, old, new);
	bool is_over = old->is_out && new->is_out &&
		       (merge->options->is_shallow || (same && !merge->options->with_same));

	DRAY_TRY(emit(merge, same ? DRAY_TREE_SAME : DRAY_TREE_MODIFIED, old, new, err));
	DRAY_TRY(step(merge, &merge->old, is_over, err));
	return step(merge, &merge->new, is_over, err);
}

static enum dray_status run(struct merge *merge, struct dray_err *err)
{
	DRAY_TRY(step(merge, &merge->old, false, err));
	DRAY_TRY(step(merge, &merge->new, false, err));
	while (merge->old.has_leaf || merge->new.has_leaf) {
		int order = !merge->old.has_leaf ? 1
			    : !merge->new.has_leaf
				    ? -1
				    : strcmp(merge->old.leaf.path, merge->new.leaf.path);

		DRAY_TRY(order == 0 ? take_both(merge, err) : take_one(merge, order > 0, err));
	}
	return DRAY_OK;
}

enum dray_status trees_compare(struct dray_session *session, const struct dray_tree *old,
	const struct dray_tree *new, const struct dray_tree_options *options, dray_tree_fn fn,
	void *ctx, struct dray_err *err)
{
	struct merge merge = {
		.session = session,
		.options = options,
		.old = TREE_CURSOR_INIT(session, old, options->jobs),
		.new = TREE_CURSOR_INIT(session, new, options->jobs),
		.fn = fn,
		.ctx = ctx,
	};
	enum dray_status status = run(&merge, err);

	merge_drop(&merge);
	return status;
}
