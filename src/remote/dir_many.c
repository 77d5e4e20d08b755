/*
 * A directory as a remote, several objects at a time: they are copied in one pass that hashes them
 * side by side. What goes wrong with one is not told here: it is moved alone then (dir.c).
 */
#include "dir.h"

#include <stdlib.h>

/* Copies under way together. */
struct group {
	struct dray_copy copies[DRAY_LANES];
	size_t places[DRAY_LANES]; /* of the caller's */
	char *temps[DRAY_LANES];   /* put: drafts */
	int fds[DRAY_LANES];       /* get: of objects; put: of drafts */
	uint64_t sizes[DRAY_LANES];
	bool are_right[DRAY_LANES];
	size_t len;
};

/* A clone is no proof; its source is hashed all the same. Nothing is right if one cannot be read.
 */
static void copy_all(
	struct dray_dir_remote *remote, struct group *group, const struct dray_transit *objects)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)objects[0].oid->algo);
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_oid found[DRAY_LANES];
	size_t failed;

	for (size_t i = 0; i < group->len; i++)
		dray_dir_remote_try_clone(remote, &group->copies[i]);
	if (group->len == 0 || dray_hash_copies(hasher, group->copies, group->len, found,
				       group->sizes, &failed, &unused) != DRAY_OK)
		return;
	for (size_t i = 0; i < group->len; i++) {
		const struct dray_oid *oid = objects[group->places[i]].oid;

		found[i].is_dir = oid->is_dir;
		group->are_right[i] = dray_oid_is_equal(&found[i], oid);
	}
}

void dray_dir_remote_get_many(struct dray_remote *base, const struct dray_transit *objects,
	size_t count, uint64_t *out_sizes, bool *out_done)
{
	struct dray_dir_remote *remote = (struct dray_dir_remote *)base;
	struct group group = {.len = 0};

	for (size_t i = 0; i < count; i++) {
		struct dray_err unused = DRAY_ERR_INIT;
		uint64_t size;
		int from = -1;

		if (objects[i].version != NULL || dray_dir_remote_open(remote, objects[i].key,
							  &from, &size, &unused) != DRAY_OK)
			continue;
		group.copies[group.len] = (struct dray_copy){.from = from,
			.to = objects[i].fd,
			.path = objects[i].key,
			.to_path = objects[i].key,
			.size_hint = size,
			.is_sparse = true,
			.done_bytes = objects[i].done_bytes};
		group.fds[group.len] = from;
		group.places[group.len++] = i;
	}
	copy_all(remote, &group, objects);
	for (size_t i = 0; i < group.len; i++) {
		out_done[group.places[i]] = group.are_right[i];
		out_sizes[group.places[i]] = group.sizes[i];
		dray_fd_release(&group.fds[i]);
	}
}

static void begin_drafts(struct dray_batch *batch, struct group *group,
	const struct dray_transit *objects, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct dray_err unused = DRAY_ERR_INIT;
		size_t at = group->len;

		if (dray_batch_draft(batch, &group->fds[at], &group->temps[at], &unused) != DRAY_OK)
			continue;
		group->copies[at] = (struct dray_copy){.from = objects[i].fd,
			.to = group->fds[at],
			.path = objects[i].key,
			.to_path = objects[i].key,
			.size_hint = objects[i].size,
			.is_sparse = true,
			.done_bytes = objects[i].done_bytes};
		group->places[group->len++] = i;
	}
}

void dray_dir_remote_put_many(
	struct dray_remote *base, const struct dray_transit *objects, size_t count, bool *out_done)
{
	struct dray_dir_remote *remote = (struct dray_dir_remote *)base;
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_batch *batch = NULL;
	struct group group = {.len = 0};

	if (dray_dir_remote_batch(remote, &batch, &unused) != DRAY_OK)
		return;
	begin_drafts(batch, &group, objects, count);
	copy_all(remote, &group, objects);
	for (size_t i = 0; i < group.len; i++) {
		const struct dray_transit *object = &objects[group.places[i]];
		bool is_done = group.are_right[i] &&
			       dray_os_close(&group.fds[i], object->key, &unused) == DRAY_OK;

		dray_fd_release(&group.fds[i]);
		if (is_done)
			dray_batch_add(batch, group.temps[i], object->key);
		else
			dray_batch_discard(batch, group.temps[i]);
		out_done[group.places[i]] = is_done;
		free(group.temps[i]);
	}
}
