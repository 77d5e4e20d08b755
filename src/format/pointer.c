/*
 * pointer: reads pointer files (YAML, DVC's schema).
 *
 * Invariants:
 *  1. Outs and deps are those of the text, in its order: pointer_edit.c reads it again to know
 *     where each value stands. (Repositories have many pointers and change few at a time.)
 *  2. A key of these is followed by its ':' on the same line, and an out in
 *     brackets has its own; so that an edit by bytes is an edit of the YAML.
 *  3. A path of an out holds no NUL, and but for ".." at its start no part that
 *     dray_name_check refuses, unless it is no path below the pointer at all.
 */
#include "pointer.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct dray_fields fields;
	struct dray_pointer *pointer; /* being filled */
};

static enum dray_status fail_at(
	const struct reading *reading, const struct dray_yaml_node *node, struct dray_err *err)
{
	return dray_yaml_tree_where(reading->fields.tree, node->start, err);
}

/* ------------------------------------------------------------- structure */

/* Neither a path of this machine nor below this pointer, but "s3://…" or "remote://name/…". */
static bool is_url(const char *path)
{
	size_t scheme = strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789+-.");

	return scheme > 0 && strncmp(path + scheme, "://", 3) == 0;
}

/* What stands for it only DVC's templates know. */
static bool is_template(const char *path)
{
	return path != NULL && strstr(path, "${") != NULL;
}

/* Below the pointer's folder, perhaps with ".." at its start. */
static char *local_path(const char *wdir, const char *path)
{
	DRAY_AUTO_STR joined = dray_path_join(wdir != NULL ? wdir : "", path);

	return dray_path_normalise(joined);
}

static enum dray_status check_path(const struct reading *reading, const struct dray_yaml_node *node,
	const struct dray_out *out, struct dray_err *err)
{
	if (is_url(out->path) || dray_path_is_absolute(out->path))
		return DRAY_OK;
	DRAY_AUTO_STR path = local_path(out->wdir, out->path);
	const char *below = path;

	while (strncmp(below, "../", 3) == 0)
		below += 3;
	if (dray_name_check(*out->path != '\0' ? below : "", err) != DRAY_OK)
		return fail_at(reading, node, err);
	return DRAY_OK;
}

static bool is_shown(const struct dray_yaml_node *node, const char *key)
{
	const struct dray_yaml_node *value = dray_yaml_tree_get(node, key);
	bool is_on = true;

	if (value == NULL || value->type != DRAY_YAML_SCALAR)
		return value != NULL;
	return !dray_yaml_is_null(value->text) &&
	       (!dray_yaml_parse_bool(value->text, &is_on) || is_on);
}

static enum dray_status read_out(const struct reading *reading, const struct dray_yaml_node *node,
	struct dray_out *out, struct dray_err *err)
{
	DRAY_TRY(dray_fields_read(&reading->fields, &dray_schema_out, node, out, err));
	if (out->path == NULL) {
		dray_fail(err, DRAY_INVALID, "an entry of 'outs' has no 'path'");
		return fail_at(reading, node, err);
	}
	dray_out_sum_files(out);
	dray_pointer_set(&out->wdir, reading->pointer->wdir);
	out->kind = is_shown(node, "metric") ? DRAY_OUT_METRIC
		    : is_shown(node, "plot") ? DRAY_OUT_PLOT
					     : DRAY_OUT_DATA;
	return check_path(reading, node, out, err);
}

/* A list of mappings, each with brackets of its own if it stands in some. */
static enum dray_status check_list(const struct reading *reading, const struct dray_yaml_node *list,
	const char *name, struct dray_err *err)
{
	bool is_null = list->type == DRAY_YAML_SCALAR && list->style == 'p' &&
		       dray_yaml_is_null(list->text);

	if (is_null)
		return DRAY_OK;
	if (list->type != DRAY_YAML_LIST) {
		dray_fail(err, DRAY_INVALID, "'%s' must be a list", name);
		return fail_at(reading, list, err);
	}
	for (size_t i = 0; i < list->len; i++) {
		const struct dray_yaml_node *item = list->pairs[i].value;

		if (i == DRAY_POINTER_OUTS_MAX) {
			dray_fail(
				err, DRAY_INVALID, "more than %u %s", DRAY_POINTER_OUTS_MAX, name);
			return fail_at(reading, item, err);
		}
		if (item->type == DRAY_YAML_MAP &&
			(!item->is_flow || reading->fields.tree->text[item->start] == '{'))
			continue;
		dray_fail(err, DRAY_INVALID, "an entry of '%s' must be a mapping", name);
		return fail_at(reading, item, err);
	}
	return DRAY_OK;
}

static enum dray_status read_outs(
	const struct reading *reading, const struct dray_yaml_node *list, struct dray_err *err)
{
	struct dray_pointer *pointer = reading->pointer;

	DRAY_TRY(check_list(reading, list, "outs", err));
	if (list->type != DRAY_YAML_LIST)
		return DRAY_OK;
	pointer->outs = dray_calloc(list->len + 1, sizeof *pointer->outs);
	for (; pointer->len < list->len; pointer->len++)
		dray_out_init(&pointer->outs[pointer->len]);
	for (size_t i = 0; i < list->len; i++)
		DRAY_TRY(read_out(reading, list->pairs[i].value, &pointer->outs[i], err));

	return DRAY_OK;
}

/* A query of a database has no path. */
static enum dray_status read_dep(const struct reading *reading, const struct dray_yaml_node *node,
	struct dray_dep *dep, struct dray_err *err)
{
	DRAY_TRY(dray_fields_read(&reading->fields, &dray_schema_dep, node, dep, err));
	if (dep->path != NULL || dray_yaml_tree_get(node, "db") != NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "an entry of 'deps' has no 'path'");
	return fail_at(reading, node, err);
}

static enum dray_status read_deps(
	const struct reading *reading, const struct dray_yaml_node *list, struct dray_err *err)
{
	struct dray_pointer *pointer = reading->pointer;

	DRAY_TRY(check_list(reading, list, "deps", err));
	if (list->type != DRAY_YAML_LIST)
		return DRAY_OK;
	pointer->deps = dray_calloc(list->len + 1, sizeof *pointer->deps);
	pointer->deps_len = list->len;
	for (size_t i = 0; i < list->len; i++)
		DRAY_TRY(read_dep(reading, list->pairs[i].value, &pointer->deps[i], err));
	return DRAY_OK;
}

static enum dray_status read_top(
	const struct reading *reading, const struct dray_yaml_node *root, struct dray_err *err)
{
	struct dray_pointer *pointer = reading->pointer;
	const struct dray_yaml_node *outs = dray_yaml_tree_get(root, "outs");
	const struct dray_yaml_node *deps = dray_yaml_tree_get(root, "deps");

	DRAY_TRY(dray_fields_read(&reading->fields, &dray_schema_top, root, pointer, err));
	pointer->has_cmd = dray_yaml_tree_get(root, "cmd") != NULL;
	if (deps != NULL)
		DRAY_TRY(read_deps(reading, deps, err));
	return outs != NULL ? read_outs(reading, outs, err) : DRAY_OK;
}

static enum dray_status read_pointer(const struct reading *reading, struct dray_err *err)
{
	const struct dray_yaml_tree *tree = reading->fields.tree;
	const struct dray_pointer *pointer = reading->pointer;

	if (tree->root != NULL && tree->root->type != DRAY_YAML_MAP)
		return dray_fail(
			err, DRAY_INVALID, "'%s' is not a pointer: no mapping", tree->label);
	if (tree->root != NULL)
		DRAY_TRY(read_top(reading, tree->root, err));
	if (pointer->len == 0 && pointer->deps_len == 0)
		return dray_fail(
			err, DRAY_INVALID, "'%s' is not a pointer: no 'outs'", tree->label);
	return DRAY_OK;
}

enum dray_status dray_pointer_parse(enum dray_algo algo, const char *text, size_t len,
	const char *label, struct dray_pointer *out, struct dray_err *err)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;

	if (len > DRAY_POINTER_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID,
			"'%s' is too large for a pointer: over %u bytes", label,
			DRAY_POINTER_BYTES_MAX);
	pointer.text = dray_strndup(text, len);
	pointer.text_len = len;
	pointer.algo = algo;
	struct reading reading = {
		.fields = {.tree = &tree, .algo = algo},
		.pointer = &pointer,
	};
	DRAY_TRY(dray_yaml_tree_read(&tree, pointer.text, len, label, 0, err));
	DRAY_TRY(read_pointer(&reading, err));
	*out = pointer;
	pointer = (struct dray_pointer)DRAY_POINTER_INIT;
	return DRAY_OK;
}

/* ------------------------------------------------------------- life time */

void dray_out_init(struct dray_out *out)
{
	*out = (struct dray_out){.is_pushed = true, .is_cached = true};
}

void dray_pointer_init(struct dray_pointer *pointer, const char *path)
{
	*pointer = (struct dray_pointer){.len = 1, .text = dray_strdup("")};
	pointer->outs = dray_calloc(1, sizeof *pointer->outs);
	dray_out_init(&pointer->outs[0]);
	pointer->outs[0].path = dray_strdup(path);
}

struct dray_dep *dray_pointer_add_dep(struct dray_pointer *pointer)
{
	size_t cap = pointer->deps_len;

	DRAY_GROW(pointer->deps, pointer->deps_len, cap);
	pointer->deps[pointer->deps_len] = (struct dray_dep){.path = NULL};
	return &pointer->deps[pointer->deps_len++];
}

char *dray_out_name(const struct dray_out *out, const char *folder)
{
	DRAY_AUTO_STR below = local_path(out->wdir, out->path);

	if (is_url(out->path) || dray_path_is_absolute(out->path) || dray_path_is_absolute(below) ||
		is_template(out->wdir))
		return NULL;
	DRAY_AUTO_STR joined = dray_path_join(folder, below);
	DRAY_AUTO_STR name = dray_path_normalise(joined);

	if (strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 || *name == '\0')
		return NULL;
	char *taken = name;
	name = NULL;
	return taken;
}

void dray_out_forget_versions(struct dray_out *out)
{
	dray_pointer_set(&out->version_id, NULL);
	dray_pointer_set(&out->etag, NULL);
	dray_pointer_set(&out->checksum, NULL);
	dray_versions_free(out->versions, out->versions_len);
	out->versions = NULL;
	out->versions_len = 0;
	dray_versioned_files_free(out->files, out->files_len);
	out->files = NULL;
	out->files_len = 0;
}

void dray_dep_forget(struct dray_dep *dep)
{
	dray_pointer_set(&dep->version_id, NULL);
	dray_pointer_set(&dep->etag, NULL);
	dray_pointer_set(&dep->checksum, NULL);
	dray_versioned_files_free(dep->files, dep->files_len);
	dep->files = NULL;
	dep->files_len = 0;
	dep->oid = (struct dray_oid){.algo = dep->oid.algo};
	dep->has_oid = dep->has_size = dep->has_nfiles = dep->is_exec = false;
	dep->size = dep->nfiles = 0;
}

void dray_out_drop(struct dray_out *out)
{
	dray_fields_drop(&dray_schema_out, out);
	dray_pointer_set(&out->wdir, NULL);
	dray_pointer_set(&out->stage, NULL);
}

void dray_dep_drop(struct dray_dep *dep)
{
	dray_fields_drop(&dray_schema_dep, dep);
	dray_pointer_set(&dep->wdir, NULL);
	dray_pointer_set(&dep->stage, NULL);
}

void dray_pointer_drop(struct dray_pointer *pointer)
{
	if (pointer == NULL)
		return;
	for (size_t i = 0; i < pointer->len; i++)
		dray_out_drop(&pointer->outs[i]);
	for (size_t i = 0; i < pointer->deps_len; i++)
		dray_dep_drop(&pointer->deps[i]);
	dray_fields_drop(&dray_schema_top, pointer);
	dray_stage_entries_drop(pointer);
	dray_yaml_tree_drop(pointer->tree);
	free(pointer->tree);
	free(pointer->outs);
	free(pointer->deps);
	free(pointer->text);
	*pointer = (struct dray_pointer)DRAY_POINTER_INIT;
}
