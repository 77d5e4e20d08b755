/*
 * stages_lock: "dvc.lock" (schema '2.0'): what each stage last made. In the
 * order of the text, as pointer_edit.c writes into it in one pass. Values of
 * parameters may be aliases of others, outs and deps may not: they are edited.
 */
#include "pointer.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "2.0"

struct joining {
	struct dray_fields fields;
	const struct dray_stages *stages;
	struct dray_pointer *pointer; /* being filled */
	size_t outs_cap;
	size_t deps_cap;
	struct dray_map seen; /* outs that are there: stage, NUL, path */
};

static enum dray_status fail_at(const struct joining *joining, const struct dray_yaml_node *node,
	const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s", what);
	return dray_yaml_tree_where(joining->fields.tree, node->start, err);
}

static bool see(struct joining *joining, const char *stage, const char *path)
{
	DRAY_AUTO(buf) key = DRAY_BUF_INIT;

	dray_buf_add(&key, stage, strlen(stage) + 1);
	dray_buf_puts(&key, path);
	return dray_map_add(&joining->seen, key.data, key.len, 0);
}

/* What the stages say of this path; NULL if it is no out of theirs. */
static const struct dray_out *find_options(const struct dray_stage *stage, const char *path)
{
	for (size_t i = 0; i < stage->outs_len; i++)
		if (strcmp(stage->outs[i].path, path) == 0)
			return &stage->outs[i];
	for (size_t i = 0; i < stage->outs_len; i++)
		if (dray_template_match(stage->outs[i].path, path))
			return &stage->outs[i];
	return NULL;
}

static struct dray_out *add_out(struct joining *joining, const struct dray_stage *stage,
	const char *name, const struct dray_out *options)
{
	struct dray_pointer *pointer = joining->pointer;

	DRAY_GROW(pointer->outs, pointer->len, joining->outs_cap);
	struct dray_out *out = &pointer->outs[pointer->len++];
	*out = (struct dray_out){
		.kind = options->kind,
		.is_pushed = options->is_pushed,
		.is_cached = options->is_cached,
		.is_persist = options->is_persist,
		.oid.algo = (uint8_t)joining->fields.algo,
	};
	dray_pointer_set(&out->remote, options->remote);
	dray_pointer_set(&out->stage, name);
	dray_pointer_set(&out->wdir, stage->wdir);
	return out;
}

static enum dray_status join_out(struct joining *joining, const struct dray_stage *stage,
	const char *name, const struct dray_yaml_node *node, struct dray_err *err)
{
	DRAY_AUTO(out) entry = {.is_pushed = true, .is_cached = true};

	if (node->type != DRAY_YAML_MAP)
		return fail_at(joining, node, "an out must be a mapping", err);
	DRAY_TRY(dray_fields_read(&joining->fields, &dray_schema_lock, node, &entry, err));
	if (entry.path == NULL)
		return fail_at(joining, node, "an out has no 'path'", err);
	if (joining->pointer->len == DRAY_POINTER_OUTS_MAX)
		return fail_at(joining, node, "too many outs", err);
	const struct dray_out *options = find_options(stage, entry.path);
	if (options == NULL)
		return DRAY_OK;
	if (!see(joining, name, entry.path))
		return fail_at(joining, node, "an out appears twice", err);
	struct dray_out *out = add_out(joining, stage, name, options);
	struct dray_out joined = *out;

	joined.path = entry.path;
	joined.oid = entry.oid;
	joined.size = entry.size;
	joined.nfiles = entry.nfiles;
	joined.version_id = entry.version_id;
	joined.etag = entry.etag;
	joined.checksum = entry.checksum;
	joined.versions = entry.versions;
	joined.versions_len = entry.versions_len;
	joined.files = entry.files;
	joined.files_len = entry.files_len;
	joined.has_oid = entry.has_oid;
	joined.has_size = entry.has_size;
	joined.has_nfiles = entry.has_nfiles;
	joined.is_exec = entry.is_exec;
	*out = joined;
	dray_out_init(&entry); /* all it owned has moved */
	dray_out_sum_files(out);
	return DRAY_OK;
}

static enum dray_status join_dep(struct joining *joining, const struct dray_stage *stage,
	const char *name, const struct dray_yaml_node *node, struct dray_err *err)
{
	struct dray_pointer *pointer = joining->pointer;

	if (pointer->deps_len == DRAY_POINTER_OUTS_MAX)
		return fail_at(joining, node, "too many deps", err);
	if (node->type != DRAY_YAML_MAP)
		return fail_at(joining, node, "a dep must be a mapping", err);
	DRAY_GROW(pointer->deps, pointer->deps_len, joining->deps_cap);
	struct dray_dep *dep = &pointer->deps[pointer->deps_len++];
	*dep = (struct dray_dep){.path = NULL};
	dray_pointer_set(&dep->stage, name);
	dray_pointer_set(&dep->wdir, stage->wdir);
	return dray_fields_read(&joining->fields, &dray_schema_dep, node, dep, err);
}

/* -------------------------------------------------------------------- lock */

static enum dray_status join_list(struct joining *joining, const struct dray_stage *stage,
	const struct dray_yaml_pair *entry, const char *key,
	enum dray_status (*join)(struct joining *joining, const struct dray_stage *stage,
		const char *name, const struct dray_yaml_node *node, struct dray_err *err),
	struct dray_err *err)
{
	const struct dray_yaml_node *list = dray_yaml_tree_get(entry->value, key);

	if (list == NULL)
		return DRAY_OK;
	if (list->type != DRAY_YAML_LIST || list->is_alias)
		return fail_at(joining, list, "outs and deps must be lists", err);
	for (size_t i = 0; i < list->len; i++) {
		if (list->pairs[i].value->is_alias)
			return fail_at(
				joining, list->pairs[i].value, "an alias is no out or dep", err);
		DRAY_TRY(join(joining, stage, entry->key, list->pairs[i].value, err));
	}
	return DRAY_OK;
}

static enum dray_status join_stage(
	struct joining *joining, const struct dray_yaml_pair *entry, struct dray_err *err)
{
	const struct dray_stage *stage = dray_stages_find(joining->stages, entry->key);

	if (entry->value->type != DRAY_YAML_MAP || entry->value->is_alias)
		return fail_at(joining, entry->value, "a stage must be a mapping", err);
	if (stage == NULL)
		return DRAY_OK;
	DRAY_TRY(join_list(joining, stage, entry, "deps", join_dep, err));
	return join_list(joining, stage, entry, "outs", join_out, err);
}

static enum dray_status check_schema(
	const struct joining *joining, const struct dray_yaml_node *root, struct dray_err *err)
{
	const struct dray_yaml_node *schema = dray_yaml_tree_get(root, "schema");

	if (root->type != DRAY_YAML_MAP || schema == NULL || schema->type != DRAY_YAML_SCALAR ||
		strcmp(schema->text, SCHEMA) != 0)
		return fail_at(joining, root, "not a lock of stages with schema '" SCHEMA "'", err);
	return DRAY_OK;
}

static enum dray_status join_lock(
	struct joining *joining, const struct dray_yaml_node *root, struct dray_err *err)
{
	if (root == NULL)
		return DRAY_OK;
	DRAY_TRY(check_schema(joining, root, err));
	const struct dray_yaml_node *stages = dray_yaml_tree_get(root, "stages");
	if (stages == NULL)
		return DRAY_OK;
	if (stages->type != DRAY_YAML_MAP || stages->is_alias)
		return fail_at(joining, stages, "'stages' must be a mapping", err);
	for (size_t i = 0; i < stages->len; i++)
		DRAY_TRY(join_stage(joining, &stages->pairs[i], err));
	return DRAY_OK;
}

/* What was never made; of templates nobody knows what there is to be. */
static void add_unlisted(struct joining *joining)
{
	for (size_t i = 0; i < joining->stages->len; i++) {
		const struct dray_stage *stage = &joining->stages->items[i];

		for (size_t at = 0; !stage->is_template && at < stage->outs_len; at++) {
			const struct dray_out *options = &stage->outs[at];

			if (strstr(options->path, "${") != NULL ||
				!see(joining, stage->name, options->path))
				continue;
			struct dray_out *out = add_out(joining, stage, stage->name, options);
			dray_pointer_set(&out->path, options->path);
			out->is_unlisted = true;
		}
	}
}

const struct dray_yaml_node *dray_lock_root(const struct dray_pointer *lock)
{
	struct dray_err unused = DRAY_ERR_INIT;

	if (lock->tree->arena == NULL)
		dray_ignore(dray_yaml_tree_read(lock->tree, lock->text, lock->text_len, "",
			DRAY_YAML_ALIASES, &unused)); /* it was parsed */
	return lock->tree->root;
}

enum dray_status dray_stages_lock(const struct dray_stages *stages, enum dray_algo algo,
	const char *text, size_t len, const char *label, struct dray_pointer *out,
	struct dray_err *err)
{
	DRAY_AUTO(pointer) pointer = {.is_lock = true, .algo = algo, .text_len = len};
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	struct joining joining = {
		.fields = {.tree = &tree, .algo = algo},
		.stages = stages,
		.pointer = &pointer,
	};

	if (len > DRAY_POINTER_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "'%s' is too large: over %u bytes", label,
			DRAY_POINTER_BYTES_MAX);
	pointer.text = dray_strndup(text != NULL ? text : "", len);
	pointer.tree = dray_calloc(1, sizeof *pointer.tree);
	DRAY_TRY(dray_yaml_tree_read(&tree, pointer.text, len, label, DRAY_YAML_ALIASES, err));
	enum dray_status status = join_lock(&joining, tree.root, err);
	if (status == DRAY_OK)
		add_unlisted(&joining);
	dray_map_drop(&joining.seen);
	DRAY_TRY(status);
	*out = pointer;
	pointer = (struct dray_pointer)DRAY_POINTER_INIT;
	return DRAY_OK;
}
