/* The differences between two trees, kept in lists for those who have to sort and pair them. */
#include "trees.h"

#include <string.h>

struct gathering {
	struct dray_session *session;
	const struct dray_findings_options *options;
	struct dray_findings *findings;
};

static struct dray_diff *append(struct dray_diffs *diffs, const char *state, const char *path)
{
	DRAY_GROW(diffs->items, diffs->len, diffs->cap);
	struct dray_diff *diff = &diffs->items[diffs->len++];
	*diff = (struct dray_diff){
		.state = state, .path = dray_strdup(path), .size = 0, .old_size = UINT64_MAX};
	return diff;
}

static void set_new(struct dray_diff *diff, const struct dray_leaf *leaf)
{
	diff->has_oid = leaf->has_oid;
	diff->oid = leaf->oid;
	diff->size = leaf->size;
	diff->kind = leaf->kind;
}

/* DVC's manifests know no sizes: the cache may. */
static uint64_t size_of(struct dray_session *session, const struct dray_leaf *leaf)
{
	if (!leaf->has_oid || leaf->oid.is_dir)
		return leaf->size;
	return dray_store_size(session->store, &leaf->oid, leaf->size);
}

static void set_old(
	struct dray_session *session, struct dray_diff *diff, const struct dray_leaf *leaf)
{
	diff->has_old_oid = leaf->has_oid;
	diff->old_oid = leaf->oid;
	diff->old_size = size_of(session, leaf);
	if (!diff->has_oid)
		diff->kind = leaf->kind;
}

static void add_diff(struct gathering *gathering, enum dray_tree_change change,
	const struct dray_leaf *old, const struct dray_leaf *new)
{
	const char *state = change == DRAY_TREE_ADDED     ? "added"
			    : change == DRAY_TREE_DELETED ? "deleted"
							  : "modified";
	struct dray_diff *diff =
		append(&gathering->findings->diffs, state, new != NULL ? new->path : old->path);

	if (new != NULL) {
		set_new(diff, new);
		diff->size = size_of(gathering->session, new);
	}
	if (old != NULL)
		set_old(gathering->session, diff, old);
	if (old != NULL && new != NULL && strcmp(old->path, new->path) != 0)
		diff->from = dray_strdup(old->path);
}

static void look_in_cache(struct gathering *gathering, const struct dray_leaf *old)
{
	if (old == NULL || !old->has_oid || !old->is_cached ||
		dray_store_has(gathering->session->store, &old->oid))
		return;
	set_old(gathering->session,
		append(&gathering->findings->uncached, "not in cache", old->path), old);
}

static enum dray_status gather(void *ctx, enum dray_tree_change change, const struct dray_leaf *old,
	const struct dray_leaf *new, struct dray_err *err)
{
	struct gathering *gathering = ctx;

	(void)err;
	if (gathering->options->with_uncached)
		look_in_cache(gathering, old);
	switch (change) {
	case DRAY_TREE_SAME:
		if (gathering->options->with_same && old->has_oid)
			dray_strs_add(&gathering->findings->same, old->path);
		break;
	case DRAY_TREE_UNKNOWN:
		if (new != NULL)
			dray_strs_add(&gathering->findings->unknown, new->path);
		break;
	case DRAY_TREE_ADDED:
	case DRAY_TREE_DELETED:
	case DRAY_TREE_MODIFIED:
		add_diff(gathering, change, old, new);
		break;
	}
	return DRAY_OK;
}

enum dray_status findings_gather(struct dray_session *session, const struct dray_tree *old,
	const struct dray_tree *new, const struct dray_findings_options *options,
	struct dray_findings *out, struct dray_err *err)
{
	DRAY_AUTO(findings) findings = FINDINGS_INIT;
	struct gathering gathering = {
		.session = session, .options = options, .findings = &findings};
	const struct dray_tree_options merging = {
		.filter = options->filter,
		.is_shallow = options->is_shallow,
		.with_same = options->with_same || options->with_uncached,
		.jobs = options->jobs,
		.out_unknown = &findings.unread,
	};

	DRAY_TRY(trees_compare(session, old, new, &merging, gather, &gathering, err));
	diffs_pair(&findings.diffs, true);
	*out = findings;
	findings = (struct dray_findings)FINDINGS_INIT;
	return DRAY_OK;
}

void dray_findings_drop(struct dray_findings *findings)
{
	dray_diffs_drop(&findings->diffs);
	dray_diffs_drop(&findings->uncached);
	dray_strs_drop(&findings->unknown);
	dray_strs_drop(&findings->same);
	dray_strs_drop(&findings->unread);
}
