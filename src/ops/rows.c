/* Paths as rows of a list or a tree, folders being what they have in common. Pure. */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

struct row {
	char *path;
	size_t index; /* of the path it came from; SIZE_MAX: a folder */
};
struct rows {
	struct row *items;
	size_t len;
	size_t cap;
	struct dray_map folders; /* those that are rows */
};

static void rows_drop(struct rows *rows)
{
	for (size_t i = 0; i < rows->len; i++)
		free(rows->items[i].path);
	free(rows->items);
	dray_map_drop(&rows->folders);
}

/* Length of the first `depth` parts of a path. */
static size_t cut(const char *path, unsigned depth)
{
	const char *at = path;

	while (depth-- > 0) {
		at += strcspn(at, "/");
		if (*at == '\0' || depth == 0)
			break;
		at++;
	}
	return (size_t)(at - path);
}

static void add_row(struct rows *rows, const char *path, size_t len, size_t index)
{
	DRAY_GROW(rows->items, rows->len, rows->cap);
	rows->items[rows->len++] = (struct row){.path = dray_strndup(path, len), .index = index};
}

/* A folder once, whichever of its files shows it first. */
static void add_folder(struct rows *rows, const char *path, size_t len)
{
	if (dray_map_add(&rows->folders, path, len, 0))
		add_row(rows, path, len, SIZE_MAX);
}

static void add_path(
	struct rows *rows, const struct dray_list_shape *shape, const char *path, size_t index)
{
	unsigned depth = shape->recursive || shape->is_tree ? shape->level : 1;
	size_t len = strlen(path);
	size_t shown = depth == 0 ? len : cut(path, depth);

	for (const char *at = path; shape->is_tree && (at = strchr(at, '/')) != NULL; at++)
		if ((size_t)(at - path) <= shown)
			add_folder(rows, path, (size_t)(at - path));
	if (shown < len)
		add_folder(rows, path, shown);
	else
		add_row(rows, path, len, index);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->path, ((const struct row *)b)->path);
}

static int rank(unsigned char byte)
{
	return byte == '/' ? 1 : byte == '\0' ? 0 : byte + 1;
}

/* What is in a folder right behind it: '/' before any other byte. */
static int compare_tree(const void *a, const void *b)
{
	const unsigned char *left = (const unsigned char *)((const struct row *)a)->path;
	const unsigned char *right = (const unsigned char *)((const struct row *)b)->path;

	while (*left != '\0' && *left == *right) {
		left++;
		right++;
	}
	return rank(*left) - rank(*right);
}

enum dray_status list_rows(const struct dray_list_shape *shape, const char *const *paths,
	size_t count, row_fn fn, void *ctx, struct dray_err *err)
{
	__attribute__((cleanup(rows_drop))) struct rows rows = {.items = NULL};
	bool is_file = count == 1 && *paths[0] == '\0';

	if (shape->is_tree && !is_file)
		add_row(&rows, "", 0, SIZE_MAX);
	for (size_t i = 0; i < count; i++)
		add_path(&rows, shape, paths[i], i);
	if (rows.len > 0)
		qsort(rows.items, rows.len, sizeof *rows.items,
			shape->is_tree ? compare_tree : compare_paths);
	for (size_t i = 0; i < rows.len; i++)
		DRAY_TRY(fn(ctx, rows.items[i].path, rows.items[i].index, err));
	return DRAY_OK;
}
