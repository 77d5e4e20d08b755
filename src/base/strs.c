/* Lists of strings. */
#include <dray/base.h>

#include <stdlib.h>
#include <string.h>

void dray_strs_add(struct dray_strs *strs, const char *text)
{
	DRAY_GROW(strs->items, strs->len, strs->cap);
	strs->items[strs->len++] = dray_strdup(text);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void dray_strs_sort(struct dray_strs *strs)
{
	if (strs->len == 0)
		return;
	qsort(strs->items, strs->len, sizeof *strs->items, compare);
	size_t kept = 1;
	for (size_t i = 1; i < strs->len; i++) {
		if (strcmp(strs->items[i], strs->items[kept - 1]) == 0)
			free(strs->items[i]);
		else
			strs->items[kept++] = strs->items[i];
	}
	strs->len = kept;
}

bool dray_strs_has(const struct dray_strs *strs, const char *text)
{
	for (size_t i = 0; i < strs->len; i++)
		if (strcmp(strs->items[i], text) == 0)
			return true;
	return false;
}

void dray_strs_drop(struct dray_strs *strs)
{
	for (size_t i = 0; i < strs->len; i++)
		free(strs->items[i]);
	free(strs->items);
	*strs = (struct dray_strs)DRAY_STRS_INIT;
}
