/*
 * stages_entry: a stage's entry in a lock, as DVC's writer has it:
 *
 *   train:
 *     cmd: python train.py
 *     deps:               sorted by path
 *     - path: in.txt
 *       hash: md5
 *       md5: 764efa883dda1e11db47671c4a3bbd9e
 *       size: 3
 *     params:             "params.yaml" first, other files sorted; keys sorted, values as they are
 *       params.yaml:
 *         lr: 0.1
 *     outs:               sorted by path
 *     - path: …
 */
#include "params.h"
#include "pointer.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- what is there */

const struct dray_yaml_node *dray_stage_node(const struct dray_pointer *lock, const char *name)
{
	const struct dray_yaml_pair *stages = dray_yaml_tree_find(dray_lock_root(lock), "stages");
	const struct dray_yaml_pair *stage =
		stages != NULL ? dray_yaml_tree_find(stages->value, name) : NULL;

	return stage != NULL ? stage->value : NULL;
}

bool dray_stage_is_locked(const struct dray_pointer *lock, const struct dray_stage *stage)
{
	return dray_stage_node(lock, stage->name) != NULL;
}

bool dray_stage_is_cmd_same(const struct dray_pointer *lock, const struct dray_stage *stage)
{
	const struct dray_yaml_pair *pair =
		dray_yaml_tree_find(dray_stage_node(lock, stage->name), "cmd");

	if (pair == NULL)
		return false;
	const struct dray_yaml_node *cmd = pair->value;
	if (cmd->type == DRAY_YAML_SCALAR)
		return !stage->is_cmd_list && stage->cmd.len == 1 &&
		       strcmp(cmd->text, stage->cmd.items[0]) == 0;
	if (cmd->type != DRAY_YAML_LIST || !stage->is_cmd_list || cmd->len != stage->cmd.len)
		return false;
	for (size_t i = 0; i < cmd->len; i++)
		if (cmd->pairs[i].value->type != DRAY_YAML_SCALAR ||
			strcmp(cmd->pairs[i].value->text, stage->cmd.items[i]) != 0)
			return false;
	return true;
}

const struct dray_dep *dray_stage_dep(
	const struct dray_pointer *lock, const struct dray_stage *stage, const char *path)
{
	for (size_t i = 0; i < lock->deps_len; i++) {
		const struct dray_dep *dep = &lock->deps[i];

		if (dep->path != NULL && strcmp(dep->path, path) == 0 &&
			strcmp(dep->stage, stage->name) == 0)
			return dep;
	}
	return NULL;
}

/* ------------------------------------------------------------------- parameters */

/* What differs, of the keys that a stage names. */
static void compare_keys(const struct dray_stage_params *chosen,
	const struct dray_yaml_node *locked, const struct dray_params *params, dray_params_fn fn,
	void *ctx)
{
	for (size_t i = 0; i < chosen->keys.len; i++) {
		const char *key = chosen->keys.items[i];
		const struct dray_yaml_pair *was = dray_yaml_tree_find(locked, key);
		const struct dray_yaml_node *now = dray_params_get(params, key);

		if (now == NULL)
			fn(ctx, key, "deleted");
		else if (was == NULL)
			fn(ctx, key, "new");
		else if (!dray_params_is_same(now, was->value))
			fn(ctx, key, "modified");
	}
}

/* The same of all that is in a file. */
static void compare_whole(const struct dray_yaml_node *locked, const struct dray_params *params,
	dray_params_fn fn, void *ctx)
{
	const struct dray_yaml_node *root = params->tree.root;
	struct dray_map keys = DRAY_MAP_INIT;

	for (size_t i = 0; locked->type == DRAY_YAML_MAP && i < locked->len; i++)
		dray_map_add(&keys, locked->pairs[i].key, strlen(locked->pairs[i].key), i);
	for (size_t i = 0; root != NULL && i < root->len; i++) {
		const char *key = root->pairs[i].key;
		uint64_t *at = dray_map_peek(&keys, key, strlen(key));

		if (at == NULL)
			fn(ctx, key, "new");
		else if (!dray_params_is_same(root->pairs[i].value, locked->pairs[*at].value))
			fn(ctx, key, "modified");
		if (at != NULL)
			*at = SIZE_MAX; /* seen */
	}
	for (size_t i = 0; locked->type == DRAY_YAML_MAP && i < locked->len; i++) {
		const char *key = locked->pairs[i].key;

		if (*dray_map_peek(&keys, key, strlen(key)) != SIZE_MAX)
			fn(ctx, key, "deleted");
	}
	dray_map_drop(&keys);
}

void dray_stage_params_compare(const struct dray_pointer *lock, const struct dray_stage *stage,
	const struct dray_stage_params *chosen, const struct dray_params *params, dray_params_fn fn,
	void *ctx)
{
	const struct dray_yaml_pair *files =
		dray_yaml_tree_find(dray_stage_node(lock, stage->name), "params");
	const struct dray_yaml_pair *locked =
		files != NULL ? dray_yaml_tree_find(files->value, chosen->path) : NULL;

	if (locked == NULL)
		fn(ctx, NULL, "new");
	else if (chosen->keys.len > 0)
		compare_keys(chosen, locked->value, params, fn, ctx);
	else
		compare_whole(locked->value, params, fn, ctx);
}

/* ---------------------------------------------------------------------- entries */

/* Each entry has lines of its own: all but what a person wrote in brackets. */
static bool is_in_lines(const struct dray_pointer *lock, const struct dray_stage *stage)
{
	const struct dray_yaml_node *root = dray_lock_root(lock);
	const struct dray_yaml_pair *stages = dray_yaml_tree_find(root, "stages");

	if (root == NULL || (stages == NULL && !root->is_flow))
		return true;
	if (root->is_flow || stages->behind == 0)
		return false;
	const struct dray_yaml_pair *entry = dray_yaml_tree_find(stages->value, stage->name);
	return stages->value->len == 0 ||
	       (!stages->value->is_flow && (entry == NULL || entry->behind != 0));
}

enum dray_status dray_pointer_add_entry(struct dray_pointer *lock, const struct dray_stage *stage,
	struct dray_stage_entry **out_entry, struct dray_err *err)
{
	if (!is_in_lines(lock, stage))
		return dray_fail(err, DRAY_UNSUPPORTED,
			"the lock's entry of stage '%s' is not on lines of its own", stage->name);
	DRAY_GROW(lock->entries, lock->entries_len, lock->entries_cap);
	struct dray_stage_entry *entry = &lock->entries[lock->entries_len++];
	*entry = (struct dray_stage_entry){
		.stage = stage,
		.deps = dray_calloc(stage->deps.len + 1, sizeof *entry->deps),
		.params = dray_calloc(stage->params_len + 1, sizeof(void *)),
	};
	for (size_t i = 0; i < stage->deps.len; i++)
		dray_pointer_set(&entry->deps[i].path, stage->deps.items[i]);
	*out_entry = entry;
	return DRAY_OK;
}

void dray_pointer_drop_entry(struct dray_pointer *lock)
{
	struct dray_stage_entry *entry = &lock->entries[--lock->entries_len];

	for (size_t at = 0; at < entry->stage->deps.len; at++)
		dray_dep_drop(&entry->deps[at]);
	for (size_t at = 0; at < entry->stage->params_len; at++)
		dray_params_free(entry->params[at]);
	free(entry->deps);
	free(entry->params);
}

void dray_stage_entries_drop(struct dray_pointer *lock)
{
	while (lock->entries_len > 0)
		dray_pointer_drop_entry(lock);
	free(lock->entries);
	lock->entries = NULL;
	lock->entries_len = lock->entries_cap = 0;
}

static void put_command(struct dray_buf *buf, const struct dray_stage *stage, size_t indent)
{
	dray_put_blanks(buf, indent);
	dray_buf_puts(buf, stage->is_cmd_list ? "cmd:\n" : "cmd: ");
	for (size_t i = 0; i < stage->cmd.len; i++) {
		if (stage->is_cmd_list) {
			dray_put_blanks(buf, indent);
			dray_buf_puts(buf, "- ");
		}
		dray_yaml_put_value(buf, stage->cmd.items[i], 'p', indent + 2);
		dray_buf_putc(buf, '\n');
	}
}

static int compare_paths(const void *a, const void *b)
{
	const struct dray_out *const *x = a;
	const struct dray_out *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

/* A list of what has a path and a hash, sorted. */
static void put_list(struct dray_buf *buf, const char *key, const struct dray_out **items,
	size_t len, size_t indent)
{
	if (len == 0)
		return;
	qsort(items, len, sizeof(void *), compare_paths);
	dray_put_blanks(buf, indent);
	dray_buf_printf(buf, "%s:\n", key);
	for (size_t i = 0; i < len; i++) {
		dray_fields_put_block(buf, &dray_schema_lock, items[i], items[i]->oid.algo, "- ",
			indent + 2, "\n");
		dray_buf_putc(buf, '\n');
	}
}

static void put_outs(struct dray_buf *buf, const struct dray_pointer *lock,
	const struct dray_stage *stage, size_t indent)
{
	const struct dray_out **outs = dray_calloc(lock->len + 1, sizeof(void *));
	size_t len = 0;

	for (size_t i = 0; i < lock->len; i++)
		if (lock->outs[i].has_oid && strcmp(lock->outs[i].stage, stage->name) == 0)
			outs[len++] = &lock->outs[i];
	put_list(buf, "outs", outs, len, indent);
	free(outs);
}

static void put_deps(struct dray_buf *buf, const struct dray_stage_entry *entry, size_t indent)
{
	size_t len = entry->stage->deps.len;
	struct dray_out *copies = dray_calloc(len + 1, sizeof *copies);
	const struct dray_out **outs = dray_calloc(len + 1, sizeof(void *));

	for (size_t i = 0; i < len; i++) {
		const struct dray_dep *dep = &entry->deps[i];

		copies[i] = (struct dray_out){
			.path = dep->path, /* borrowed, so nothing is dropped */
			.oid = dep->oid,
			.size = dep->size,
			.nfiles = dep->nfiles,
			.has_oid = dep->has_oid,
			.has_size = dep->has_size,
			.has_nfiles = dep->has_nfiles,
			.is_exec = dep->is_exec,
		};
		outs[i] = &copies[i];
	}
	put_list(buf, "deps", outs, len, indent);
	free(outs);
	free(copies);
}

/* The one that is named by no file's name comes first. */
static int compare_files(const void *a, const void *b)
{
	const struct dray_stage_params *const *x = a;
	const struct dray_stage_params *const *y = b;
	int is_first = strcmp((*y)->path, DRAY_STAGE_PARAMS_FILE) == 0;
	int is_last = strcmp((*x)->path, DRAY_STAGE_PARAMS_FILE) == 0;

	return is_first != is_last ? is_first - is_last : strcmp((*x)->path, (*y)->path);
}

static void put_file(struct dray_params_writer *writer, const struct dray_stage_entry *entry,
	const struct dray_stage_params *chosen, size_t indent)
{
	const struct dray_params *params = entry->params[chosen - entry->stage->params];
	size_t len = 0;
	struct dray_params_item *items = dray_stage_params_items(chosen, params, &len);

	dray_put_blanks(writer->buf, indent);
	dray_yaml_put_text(writer->buf, chosen->path, 'p', false);
	dray_buf_puts(writer->buf, len > 0 ? ":\n" : ": {}\n");
	for (size_t i = 0; i < len; i++)
		dray_params_note(writer, items[i].value);
	for (size_t i = 0; i < len; i++)
		dray_params_put(writer, &items[i], indent + 2);
	free(items);
}

static void put_params(
	struct dray_params_writer *writer, const struct dray_stage_entry *entry, size_t indent)
{
	size_t len = entry->stage->params_len;
	const struct dray_stage_params **files = dray_calloc(len + 1, sizeof(void *));

	for (size_t i = 0; i < len; i++)
		files[i] = &entry->stage->params[i];
	qsort(files, len, sizeof(void *), compare_files);
	if (len > 0) {
		dray_put_blanks(writer->buf, indent);
		dray_buf_puts(writer->buf, "params:\n");
	}
	for (size_t i = 0; i < len; i++)
		put_file(writer, entry, files[i], indent + 2);
	free(files);
}

static void put_body(const struct dray_pointer *lock, const struct dray_stage_entry *entry,
	struct dray_params_writer *writer, size_t indent)
{
	put_command(writer->buf, entry->stage, indent);
	put_deps(writer->buf, entry, indent);
	put_params(writer, entry, indent);
	put_outs(writer->buf, lock, entry->stage, indent);
}

void dray_stage_entry_put(const struct dray_pointer *lock, const struct dray_stage_entry *entry,
	struct dray_params_writer *writer, size_t indent)
{
	dray_put_blanks(writer->buf, indent);
	dray_yaml_put_text(writer->buf, entry->stage->name, 'p', false);
	dray_buf_puts(writer->buf, ":\n");
	put_body(lock, entry, writer, indent + 2);
}

/* ------------------------------------------------------------------------- runs */

static bool is_run(const struct dray_pointer *lock, const struct dray_stage *stage)
{
	size_t outs = 0;

	for (size_t i = 0; i < lock->len; i++)
		outs += lock->outs[i].has_oid && strcmp(lock->outs[i].stage, stage->name) == 0;
	for (size_t i = 0; i < stage->outs_len; i++)
		if (stage->outs[i].is_persist)
			return false;
	return outs > 0 && outs == stage->outs_len && stage->cmd.len > 0 &&
	       stage->deps.len + stage->params_len > 0 && !stage->is_always_changed;
}

bool dray_stage_entry_run(
	const struct dray_pointer *lock, const struct dray_stage_entry *entry, struct dray_buf *buf)
{
	struct dray_params_writer writer = {.buf = buf};

	if (!is_run(lock, entry->stage))
		return false;
	put_body(lock, entry, &writer, 0);
	dray_params_writer_drop(&writer);
	return true;
}
