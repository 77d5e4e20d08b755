/* Manifests and files apart, as they go one after the other. */
#include "garbage.h"

#include <stdlib.h>

void dray_garbage_init(struct dray_garbage *garbage, size_t ceiling)
{
	*garbage = (struct dray_garbage){.ceiling = ceiling};
}

void dray_garbage_drop(struct dray_garbage *garbage)
{
	free(garbage->manifests.items);
	free(garbage->files.items);
	dray_garbage_init(garbage, garbage->ceiling);
}

void dray_garbage_add(struct dray_garbage *garbage, const struct dray_oid *oid, uint64_t size)
{
	struct dray_garbage_list *list = oid->is_dir ? &garbage->manifests : &garbage->files;

	garbage->found++;
	if (list->len == garbage->ceiling) {
		list->is_over = true;
		return;
	}
	DRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = (struct dray_garbage_item){.oid = *oid, .size = size};
}

static int by_id(const void *a, const void *b)
{
	return dray_oid_cmp(&((const struct dray_garbage_item *)a)->oid,
		&((const struct dray_garbage_item *)b)->oid);
}

static void sort(struct dray_garbage_list *list)
{
	if (list->len > 1)
		qsort(list->items, list->len, sizeof *list->items, by_id);
}

void dray_garbage_sort(struct dray_garbage *garbage)
{
	sort(&garbage->manifests);
	sort(&garbage->files);
}
