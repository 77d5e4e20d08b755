/* The files of one commit: their names, and their bytes where they are asked for. */
#include "files.h"
#include "walk.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

struct visit {
	git_oid tree;
	char *path; /* owned; "" is the root */
};

/* A stack of our own: a hostile tree may be as deep as names may be long. */
struct walk {
	struct dray_git *git;
	const char *where; /* for errors */
	dray_git_node_fn fn;
	void *ctx;
	struct visit *items;
	size_t len;
	size_t cap;
};

static void walk_drop(struct walk *walk)
{
	for (size_t i = 0; i < walk->len; i++)
		free(walk->items[i].path);
	free(walk->items);
}

static void push(struct walk *walk, const git_oid *tree, const char *path)
{
	DRAY_GROW(walk->items, walk->len, walk->cap);
	walk->items[walk->len++] = (struct visit){.tree = *tree, .path = dray_strdup(path)};
}

static enum dray_status give(struct walk *walk, const git_tree_entry *entry, const char *name,
	enum dray_git_kind kind, struct dray_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];

	dray_git2.oid_tostr(hex, sizeof hex, dray_git2.tree_entry_id(entry));
	return walk->fn(
		walk->ctx, &(struct dray_git_node){.name = name, .hex = hex, .kind = kind}, err);
}

static enum dray_status visit_entry(
	struct walk *walk, const git_tree_entry *entry, const char *name, struct dray_err *err)
{
	if (strlen(name) >= DRAY_PATH_MAX)
		return dray_fail(err, DRAY_INVALID, "%s has a path longer than %d bytes",
			walk->where, DRAY_PATH_MAX - 1);
	switch (dray_git2.tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE:
		push(walk, dray_git2.tree_entry_id(entry), name);
		return DRAY_OK;
	case GIT_FILEMODE_BLOB:
		return give(walk, entry, name, DRAY_GIT_FILE, err);
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return give(walk, entry, name, DRAY_GIT_EXEC, err);
	case GIT_FILEMODE_LINK:
		return give(walk, entry, name, DRAY_GIT_LINK, err);
	case GIT_FILEMODE_COMMIT:
	case GIT_FILEMODE_UNREADABLE:
	default:
		return DRAY_OK;
	}
}

static enum dray_status visit_tree(struct walk *walk, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) tree = NULL;
	struct visit visit = walk->items[--walk->len];
	DRAY_AUTO_STR path = visit.path;

	DRAY_TRY(dray_os_check_cancel(err));
	int rc = dray_git2.tree_lookup(&tree, walk->git->repo, &visit.tree);
	if (rc < 0)
		return dray_git_object_fail(err, rc, &visit.tree, walk->where);
	for (size_t i = 0; i < dray_git2.tree_entrycount(tree); i++) {
		const git_tree_entry *entry = dray_git2.tree_entry_byindex(tree, i);
		DRAY_AUTO_STR name = dray_path_join(path, dray_git2.tree_entry_name(entry));

		DRAY_TRY(visit_entry(walk, entry, name, err));
	}
	return DRAY_OK;
}

enum dray_status dray_git_commit_time(
	struct dray_git *git, const char *commit, int64_t *out_time, struct dray_err *err)
{
	DRAY_AUTO_GIT(commit) found = NULL;

	DRAY_TRY(dray_git_commit_find(git, commit, &found, err));
	*out_time = dray_git2.commit_time(found);
	return DRAY_OK;
}

enum dray_status dray_git_each_node(struct dray_git *git, const char *commit, dray_git_node_fn fn,
	void *ctx, struct dray_err *err)
{
	DRAY_AUTO_STR where = dray_format("commit %s", commit);
	__attribute__((cleanup(walk_drop))) struct walk walk = {
		.git = git, .where = where, .fn = fn, .ctx = ctx};
	DRAY_AUTO_GIT(commit) found = NULL;

	DRAY_TRY(dray_git_commit_find(git, commit, &found, err));
	push(&walk, dray_git2.commit_tree_id(found), "");
	while (walk.len > 0)
		DRAY_TRY(visit_tree(&walk, err));
	return DRAY_OK;
}

static enum dray_status open_objects(struct dray_git *git, const char *hex, git_oid *out_oid,
	git_odb **out_odb, struct dray_err *err)
{
	DRAY_TRY(dray_git_load(git, err));
	if (!dray_git_oid_parse(out_oid, hex, strlen(hex)))
		return dray_fail(err, DRAY_INVALID, "'%s' is no git object id", hex);
	int rc = dray_git2.repository_odb(out_odb, git->repo);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot open the objects of '%s'", git->dir);
	return DRAY_OK;
}

static enum dray_status read_header(git_odb *odb, const git_oid *oid, size_t *out_len,
	const struct dray_git *git, struct dray_err *err)
{
	git_object_t type;
	int rc = dray_git2.odb_read_header(out_len, &type, odb, oid);

	if (rc < 0)
		return dray_git_object_fail(err, rc, oid, git->dir);
	if (type != GIT_OBJECT_BLOB)
		return dray_fail(err, DRAY_INVALID, "an object of '%s' is no file", git->dir);
	return DRAY_OK;
}

enum dray_status dray_git_blob_size(
	struct dray_git *git, const char *hex, uint64_t *out_size, struct dray_err *err)
{
	DRAY_AUTO_GIT(odb) odb = NULL;
	git_oid oid;
	size_t len;

	DRAY_TRY(open_objects(git, hex, &oid, &odb, err));
	DRAY_TRY(read_header(odb, &oid, &len, git, err));
	*out_size = len;
	return DRAY_OK;
}

enum dray_status dray_git_blob_read(struct dray_git *git, const char *hex, size_t ceiling_bytes,
	struct dray_buf *buf, struct dray_err *err)
{
	DRAY_AUTO_GIT(odb_object) blob = NULL;
	DRAY_AUTO_GIT(odb) odb = NULL;
	git_oid oid;
	size_t len;

	DRAY_TRY(open_objects(git, hex, &oid, &odb, err));
	DRAY_TRY(read_header(odb, &oid, &len, git, err));
	if (len > ceiling_bytes)
		return dray_fail(
			err, DRAY_INVALID, "a file in git is larger than %zu bytes", ceiling_bytes);
	int rc = dray_git2.odb_read(&blob, odb, &oid);
	if (rc < 0)
		return dray_git_object_fail(err, rc, &oid, git->dir);
	dray_buf_add(buf, dray_git2.odb_object_data(blob), dray_git2.odb_object_size(blob));
	return DRAY_OK;
}
