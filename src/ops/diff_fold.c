/* dray diff --summary: folders instead of files. */
#include "trees.h"

#include <stdlib.h>
#include <string.h>

/* "a/b" of "a/b/c.txt"; "." for what is in none. */
static char *folder_of(const struct dray_fold *fold, const char *path)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	char *end = folder;

	for (unsigned part = 0; fold->level > 0 && *end != '\0' && part < fold->level; part++) {
		end += *end == '/';
		end += strcspn(end, "/");
	}
	if (fold->level > 0)
		*end = '\0';
	return dray_strdup(*folder != '\0' ? folder : ".");
}

static struct dray_fold_row *row_of(struct dray_fold *fold, const char *path)
{
	DRAY_AUTO_STR folder = folder_of(fold, path);
	const uint64_t *at = dray_map_peek(&fold->places, folder, strlen(folder));

	if (at != NULL)
		return &fold->rows[*at];
	dray_map_add(&fold->places, folder, strlen(folder), fold->len);
	DRAY_GROW(fold->rows, fold->len, fold->cap);
	struct dray_fold_row *row = &fold->rows[fold->len++];
	*row = (struct dray_fold_row){.folder = folder};
	folder = NULL;
	return row;
}

void fold_add(struct dray_fold *fold, const struct dray_item *item)
{
	if (item->kind != NULL && strcmp(item->kind, "dir") == 0)
		return;
	struct dray_fold_row *row = row_of(fold, item->path);
	row->added += strcmp(item->state, "added") == 0;
	row->modified += strcmp(item->state, "modified") == 0;
	row->deleted += strcmp(item->state, "deleted") == 0;
	row->renamed += strcmp(item->state, "renamed") == 0;
	row->bytes_added += item->has_size ? item->size : 0;
	row->bytes_deleted += item->has_old_size ? item->old_size : 0;
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct dray_fold_row *)a)->folder,
		((const struct dray_fold_row *)b)->folder);
}

void fold_report(struct dray_fold *fold, struct dray_report *report)
{
	if (fold->len > 0)
		qsort(fold->rows, fold->len, sizeof *fold->rows, compare_rows);
	for (size_t i = 0; i < fold->len; i++) {
		const struct dray_fold_row *row = &fold->rows[i];
		const struct dray_fact facts[] = {
			{.key = "files_added", .number = row->added},
			{.key = "files_modified", .number = row->modified},
			{.key = "files_deleted", .number = row->deleted},
			{.key = "files_renamed", .number = row->renamed},
			{.key = "bytes_added", .number = row->bytes_added},
			{.key = "bytes_deleted", .number = row->bytes_deleted},
		};
		bool is_top = strcmp(row->folder, ".") == 0;

		report_item(report, &(struct dray_item){
					    .path = is_top ? "" : row->folder,
					    .kind = "dir",
					    .facts = facts,
					    .facts_len = DRAY_COUNT(facts),
				    });
	}
}

void dray_fold_drop(struct dray_fold *fold)
{
	dray_map_drop(&fold->places);
	for (size_t i = 0; i < fold->len; i++)
		free(fold->rows[i].folder);
	free(fold->rows);
	fold->rows = NULL;
	fold->len = fold->cap = 0;
}
