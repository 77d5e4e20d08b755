/*
 * rwlock: who holds which paths of a DVC repository while its main lock is free, as while the
 * command of a stage runs:
 *
 *   {"write": {"/abs/path": {"pid": 1, "cmd": "dvc repro"}}, "read": {"/abs/path": [{…}, …]}}
 */
#include <dray/format.h>

#include <stdlib.h>

#include <jansson.h>

static void release(json_t **json)
{
	json_decref(*json);
}
#define AUTO_JSON __attribute__((cleanup(release))) json_t *

static enum dray_status fail_form(const char *label, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "'%s' is not what DVC writes there", label);
}

static enum dray_status add(struct dray_rwlock *lock, const char *path, const json_t *holder,
	bool is_writer, const char *label, struct dray_err *err)
{
	const json_t *pid = json_object_get(holder, "pid");
	const json_t *command = json_object_get(holder, "cmd");

	if (!json_is_integer(pid) || json_integer_value(pid) <= 0 || !json_is_string(command))
		return fail_form(label, err);
	DRAY_GROW(lock->items, lock->len, lock->cap);
	lock->items[lock->len++] = (struct dray_rwlock_claim){
		.path = dray_strdup(path),
		.command = dray_strdup(json_string_value(command)),
		.pid = json_integer_value(pid),
		.is_writer = is_writer,
	};
	return DRAY_OK;
}

static enum dray_status add_writers(
	struct dray_rwlock *lock, json_t *writers, const char *label, struct dray_err *err)
{
	const char *path;
	json_t *holder;

	if (writers != NULL && !json_is_object(writers))
		return fail_form(label, err);
	json_object_foreach(writers, path, holder)
		DRAY_TRY(add(lock, path, holder, true, label, err));
	return DRAY_OK;
}

static enum dray_status add_readers(
	struct dray_rwlock *lock, json_t *readers, const char *label, struct dray_err *err)
{
	const char *path;
	json_t *holders;
	json_t *holder;
	size_t i;

	if (readers != NULL && !json_is_object(readers))
		return fail_form(label, err);
	json_object_foreach(readers, path, holders)
	{
		if (!json_is_array(holders))
			return fail_form(label, err);
		json_array_foreach(holders, i, holder)
			DRAY_TRY(add(lock, path, holder, false, label, err));
	}
	return DRAY_OK;
}

enum dray_status dray_rwlock_parse(const char *text, size_t len, const char *label,
	struct dray_rwlock *out, struct dray_err *err)
{
	json_error_t wrong;

	if (len > DRAY_RWLOCK_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "'%s' is larger than %u bytes", label,
			DRAY_RWLOCK_BYTES_MAX);
	if (len == 0)
		return DRAY_OK;
	AUTO_JSON root = json_loadb(text, len, 0, &wrong);
	if (root == NULL)
		return dray_fail(
			err, DRAY_INVALID, "'%s' line %d: %s", label, wrong.line, wrong.text);
	if (!json_is_object(root))
		return fail_form(label, err);
	DRAY_TRY(add_writers(out, json_object_get(root, "write"), label, err));
	return add_readers(out, json_object_get(root, "read"), label, err);
}

void dray_rwlock_drop(struct dray_rwlock *lock)
{
	for (size_t i = 0; i < lock->len; i++) {
		free(lock->items[i].path);
		free(lock->items[i].command);
	}
	free(lock->items);
	*lock = (struct dray_rwlock)DRAY_RWLOCK_INIT;
}
