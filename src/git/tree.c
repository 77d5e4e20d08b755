/*
 * The files of commits.
 *
 * Trees to visit wait on a stack with the path they were met at; a pair of
 * tree and path is put there once for all commits, so a history costs what
 * changed from commit to commit. The stack is ours: a hostile tree may be
 * as deep as it likes and only meets the ceiling on names.
 */
#include "files.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

struct visit {
	git_oid tree;
	char *path; /* owned; "" is the root */
};

struct stack {
	struct visit *items;
	size_t len;
	size_t cap;
};

static void stack_drop(struct stack *stack)
{
	for (size_t i = 0; i < stack->len; i++)
		free(stack->items[i].path);
	free(stack->items);
}

static void push(
	struct stack *stack, struct dray_git_files *files, const git_oid *tree, const char *path)
{
	if (!dray_git_files_is_new(files, tree, path))
		return;
	DRAY_GROW(stack->items, stack->len, stack->cap);
	stack->items[stack->len++] = (struct visit){.tree = *tree, .path = dray_strdup(path)};
}

static enum dray_status visit_entry(struct stack *stack, struct dray_git_files *files,
	const git_tree_entry *entry, const char *name, struct dray_err *err)
{
	const git_oid *oid = dray_git2.tree_entry_id(entry);

	switch (dray_git2.tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE:
		if (strlen(name) >= DRAY_PATH_MAX)
			return dray_fail(err, DRAY_INVALID, "%s has a path longer than %d bytes",
				files->where, DRAY_PATH_MAX - 1);
		push(stack, files, oid, name);
		return DRAY_OK;
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return dray_git_files_give(files, oid, name, err);
	case GIT_FILEMODE_LINK:
	case GIT_FILEMODE_COMMIT:
	case GIT_FILEMODE_UNREADABLE:
	default:
		return DRAY_OK;
	}
}

static enum dray_status visit_tree(struct dray_git *git, struct stack *stack,
	struct dray_git_files *files, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) tree = NULL;
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	struct visit visit = stack->items[--stack->len];
	DRAY_AUTO_STR path = visit.path;

	DRAY_TRY(dray_os_check_cancel(err));
	int rc = dray_git2.tree_lookup(&tree, git->repo, &visit.tree);
	if (rc < 0)
		return dray_git_object_fail(err, rc, &visit.tree, files->where);
	for (size_t i = 0; i < dray_git2.tree_entrycount(tree); i++) {
		const git_tree_entry *entry = dray_git2.tree_entry_byindex(tree, i);

		dray_buf_clear(&name);
		dray_buf_puts(&name, path);
		dray_buf_puts(&name, *path != '\0' ? "/" : "");
		dray_buf_puts(&name, dray_git2.tree_entry_name(entry));
		DRAY_TRY(visit_entry(stack, files, entry, dray_buf_text(&name), err));
	}
	return DRAY_OK;
}

static enum dray_status visit_commit(
	struct dray_git *git, const char *hex, struct dray_git_files *files, struct dray_err *err)
{
	__attribute__((cleanup(stack_drop))) struct stack stack = {.items = NULL};
	DRAY_AUTO_GIT(commit) commit = NULL;
	DRAY_AUTO_STR where = dray_format("commit %s", hex);
	git_oid oid;

	if (!dray_git_oid_parse(&oid, hex, strlen(hex)))
		return dray_fail(err, DRAY_INVALID, "'%s' is no full commit id", hex);
	int rc = dray_git2.commit_lookup(&commit, git->repo, &oid);
	if (rc < 0)
		return dray_git_object_fail(err, rc, &oid, where);
	files->where = where;
	push(&stack, files, dray_git2.commit_tree_id(commit), "");
	while (stack.len > 0)
		DRAY_TRY(visit_tree(git, &stack, files, err));
	return DRAY_OK;
}

enum dray_status dray_git_each_file(struct dray_git *git, const struct dray_strs *commits,
	const char *const *suffixes, size_t ceiling_bytes, dray_git_file_fn fn, void *ctx,
	struct dray_err *err)
{
	DRAY_AUTO(git_files)
	files = {.suffixes = suffixes, .ceiling_bytes = ceiling_bytes, .fn = fn, .ctx = ctx};

	DRAY_TRY(dray_git_load(git, err));
	DRAY_TRY(dray_git_files_begin(git, &files, err));
	for (size_t i = 0; i < commits->len; i++)
		DRAY_TRY(visit_commit(git, commits->items[i], &files, err));
	return DRAY_OK;
}
