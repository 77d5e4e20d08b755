/*
 * A versioned bucket as a remote: objects are asked for by id and found by the name and version
 * that a pointer tells for it. What comes is proven as any object is, so a wrong list costs an
 * error and no more.
 */
#include <dray/remote.h>

#include <stdlib.h>
#include <string.h>

struct versioned {
	struct dray_remote base; /* first: the calls cast */
	struct dray_remote *inner;
	struct dray_versioned_object *objects;
	size_t len;
	size_t cap;
	struct dray_map by_oid; /* their indexes */
};

static const struct dray_versioned_object *find(
	const struct versioned *versioned, const struct dray_oid *oid)
{
	char key[DRAY_OID_KEY_MAX];
	const uint64_t *at;

	dray_oid_key(oid, key);
	at = dray_map_peek(&versioned->by_oid, key, strlen(key));
	return at != NULL ? &versioned->objects[*at] : NULL;
}

static enum dray_status require(const struct versioned *versioned, const struct dray_oid *oid,
	const char *key, const struct dray_versioned_object **out_found, struct dray_err *err)
{
	*out_found = find(versioned, oid);
	if (*out_found != NULL)
		return DRAY_OK;
	return dray_fail(err, DRAY_NOT_FOUND, "no pointer says where '%s' keeps the object '%s'",
		versioned->base.url, key);
}

static enum dray_status exists(struct dray_remote *remote, const char *const *keys, size_t count,
	bool may_guess, bool *out_has, struct dray_err *err)
{
	const struct versioned *versioned = (const struct versioned *)remote;

	(void)may_guess;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		struct dray_oid oid;

		out_has[i] = dray_oid_parse_key(keys[i], &oid) && find(versioned, &oid) != NULL;
	}
	return DRAY_OK;
}

static enum dray_status get(struct dray_remote *remote, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	const struct versioned *versioned = (const struct versioned *)remote;
	const struct dray_versioned_object *found;
	struct dray_transit there = *object;

	DRAY_TRY(require(versioned, object->oid, object->key, &found, err));
	there.key = found->key;
	there.version = found->version;
	return dray_remote_get(versioned->inner, &there, out_size, err);
}

static enum dray_status read_part(struct dray_remote *remote, const struct dray_remote_part *part,
	size_t *out_len, uint64_t *out_size, struct dray_err *err)
{
	const struct versioned *versioned = (const struct versioned *)remote;
	const struct dray_versioned_object *found;
	struct dray_remote_part there = *part;

	DRAY_TRY(require(versioned, part->oid, part->key, &found, err));
	there.key = found->key;
	there.version = found->version;
	return dray_remote_read(versioned->inner, &there, out_len, out_size, err);
}

static enum dray_status refuse(const struct dray_remote *remote, struct dray_err *err)
{
	dray_fail(err, DRAY_UNSUPPORTED,
		"'%s' keeps versions under the names of files (version_aware, worktree): it is "
		"only read",
		remote->url);
	return dray_hint(err, "push to it with DVC, or to another remote");
}

static enum dray_status put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err)
{
	(void)object;
	return refuse(remote, err);
}

static enum dray_status flush(struct dray_remote *remote, struct dray_err *err)
{
	(void)remote;
	(void)err;
	return DRAY_OK;
}

static enum dray_status list(struct dray_remote *remote, const char *prefix, dray_remote_list_fn fn,
	void *ctx, struct dray_err *err)
{
	(void)prefix;
	(void)fn;
	(void)ctx;
	return refuse(remote, err);
}

static enum dray_status remove_keys(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err)
{
	(void)keys;
	(void)count;
	return refuse(remote, err);
}

static enum dray_status prepare(struct dray_remote *remote, struct dray_err *err)
{
	return refuse(remote, err);
}

static enum dray_status probe(struct dray_remote *remote, struct dray_err *err)
{
	return dray_remote_probe(((struct versioned *)remote)->inner, err);
}

static void close_versioned(struct dray_remote *remote)
{
	struct versioned *versioned = (struct versioned *)remote;

	dray_remote_close(versioned->inner);
	for (size_t i = 0; i < versioned->len; i++) {
		free(versioned->objects[i].key);
		free(versioned->objects[i].version);
	}
	free(versioned->objects);
	dray_map_drop(&versioned->by_oid);
	free(versioned->base.url);
	free(versioned);
}

static const struct dray_remote_calls calls = {
	.exists = exists,
	.get = get,
	.read = read_part,
	.put = put,
	.flush = flush,
	.list = list,
	.remove = remove_keys,
	.prepare = prepare,
	.probe = probe,
	.close = close_versioned,
};

struct dray_remote *dray_remote_versioned(struct dray_remote *inner)
{
	struct versioned *versioned = dray_calloc(1, sizeof *versioned);

	*versioned = (struct versioned){
		.base = {.calls = &calls, .url = dray_strdup(inner->url), .width = inner->width},
		.inner = inner,
		.by_oid = DRAY_MAP_INIT,
	};
	return &versioned->base;
}

void dray_remote_versioned_add(
	struct dray_remote *remote, const struct dray_versioned_object *object)
{
	struct versioned *versioned = (struct versioned *)remote;
	char key[DRAY_OID_KEY_MAX];

	dray_oid_key(&object->oid, key);
	if (!dray_map_add(&versioned->by_oid, key, strlen(key), versioned->len)) {
		free(object->key);
		free(object->version);
		return;
	}
	DRAY_GROW(versioned->objects, versioned->len, versioned->cap);
	versioned->objects[versioned->len++] = *object;
}
