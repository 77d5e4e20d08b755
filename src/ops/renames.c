/* Renames, found by content: what went under one name came back under another. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* By the parts of the path, as a person sorts folders: '/' before all other bytes. */
static int compare_paths(const char *a, const char *b)
{
	size_t at = 0;

	while (a[at] != '\0' && a[at] == b[at])
		at++;
	int one = a[at] == '/' ? 1 : a[at] == '\0' ? 0 : 1 + (unsigned char)a[at];
	int other = b[at] == '/' ? 1 : b[at] == '\0' ? 0 : 1 + (unsigned char)b[at];
	return (one > other) - (one < other);
}

static int compare_places(const void *a, const void *b)
{
	const struct dray_diff *const *one = a, *const *other = b;

	return compare_paths((*one)->path, (*other)->path);
}

/* Those of a state whose content is known, sorted; the caller frees the list. */
static struct dray_diff **sorted(
	const struct dray_diffs *diffs, const char *state, bool with_empty, size_t *out_len)
{
	struct dray_diff **list = dray_calloc(diffs->len + 1, sizeof(struct dray_diff *));
	size_t len = 0;

	for (size_t i = 0; i < diffs->len; i++) {
		struct dray_diff *diff = &diffs->items[i];
		bool is_new = strcmp(diff->state, "added") == 0;
		uint64_t size = is_new ? diff->size : diff->old_size;

		if (strcmp(diff->state, state) == 0 &&
			(is_new ? diff->has_oid : diff->has_old_oid) && (size > 0 || with_empty))
			list[len++] = diff;
	}
	if (len > 0)
		qsort(list, len, sizeof *list, compare_places);
	*out_len = len;
	return list;
}

static void pair(struct dray_diff *added, struct dray_diff *deleted)
{
	added->state = "renamed";
	added->from = deleted->path;
	added->old_oid = deleted->old_oid;
	added->has_old_oid = true;
	added->old_size = deleted->old_size;
	deleted->path = NULL; /* used up */
}

static void pair_all(
	struct dray_diff **deleted, size_t deleted_len, struct dray_diff **added, size_t added_len)
{
	DRAY_AUTO(map) first = DRAY_MAP_INIT; /* by content, the first that is left … */
	size_t *next = dray_calloc(deleted_len + 1, sizeof *next); /* … and the one behind it */

	for (size_t i = deleted_len; i-- > 0;) {
		const struct dray_oid *oid = &deleted[i]->old_oid;
		uint64_t *at = dray_map_peek(&first, oid, sizeof *oid);

		next[i] = at != NULL ? (size_t)*at : deleted_len;
		if (at != NULL)
			*at = i;
		else
			dray_map_add(&first, oid, sizeof *oid, i);
	}
	for (size_t i = 0; i < added_len; i++) {
		uint64_t *at = dray_map_peek(&first, &added[i]->oid, sizeof added[i]->oid);

		if (at == NULL || *at == deleted_len)
			continue;
		pair(added[i], deleted[*at]);
		*at = next[*at];
	}
	free(next);
}

void diffs_pair(struct dray_diffs *diffs, bool with_empty)
{
	size_t deleted_len, added_len, kept = 0;
	struct dray_diff **deleted = sorted(diffs, "deleted", with_empty, &deleted_len);
	struct dray_diff **added = sorted(diffs, "added", with_empty, &added_len);

	pair_all(deleted, deleted_len, added, added_len);
	free(deleted);
	free(added);
	for (size_t i = 0; i < diffs->len; i++)
		if (diffs->items[i].path != NULL)
			diffs->items[kept++] = diffs->items[i];
	diffs->len = kept;
}
