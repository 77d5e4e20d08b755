/* The file: 16 bytes that say what it is, then ids in ascending order. */
#include "known.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "dray-known-ids 1"
#define HEAD_LEN 16

static bool id_of_key(const char *key, unsigned char out[DRAY_KNOWN_ID_BYTES])
{
	struct dray_oid oid;

	if (!dray_oid_parse_key(key, &oid))
		return false;
	out[0] = (unsigned char)(oid.algo * 2 + oid.is_dir);
	memcpy(out + 1, oid.digest, DRAY_DIGEST_MAX);
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, DRAY_KNOWN_ID_BYTES);
}

void dray_known_open(struct dray_known *known, const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;

	*known = (struct dray_known){.lock = DRAY_MUTEX_INIT};
	if (path == NULL)
		return;
	known->path = dray_strdup(path);
	if (dray_view_open(AT_FDCWD, path, &known->view, &err) != DRAY_OK)
		return;
	size_t len = known->view.len;
	if (len < HEAD_LEN || (len - HEAD_LEN) % DRAY_KNOWN_ID_BYTES != 0 ||
		memcmp(known->view.data, HEAD, HEAD_LEN) != 0)
		return;
	known->ids = (const unsigned char *)known->view.data + HEAD_LEN;
	known->count = (len - HEAD_LEN) / DRAY_KNOWN_ID_BYTES;
}

bool dray_known_is_empty(const struct dray_known *known)
{
	return known->count == 0;
}

bool dray_known_has(const struct dray_known *known, const char *key)
{
	unsigned char id[DRAY_KNOWN_ID_BYTES];

	return known->count > 0 && id_of_key(key, id) &&
	       bsearch(id, known->ids, known->count, DRAY_KNOWN_ID_BYTES, compare_ids) != NULL;
}

void dray_known_add(struct dray_known *known, const char *key)
{
	unsigned char id[DRAY_KNOWN_ID_BYTES];

	if (known->path == NULL || !id_of_key(key, id) || dray_known_has(known, key))
		return;
	dray_mutex_lock(&known->lock);
	if (known->locked.len < DRAY_KNOWN_IDS_MAX) {
		if (known->locked.len == known->locked.cap) {
			known->locked.cap = known->locked.cap != 0 ? known->locked.cap * 2 : 64;
			known->locked.fresh = dray_realloc(
				known->locked.fresh, known->locked.cap, DRAY_KNOWN_ID_BYTES);
		}
		memcpy(known->locked.fresh + known->locked.len * DRAY_KNOWN_ID_BYTES, id,
			sizeof id);
		known->locked.len++;
	}
	dray_mutex_unlock(&known->lock);
}

void dray_known_forget(struct dray_known *known)
{
	struct dray_err err = DRAY_ERR_INIT;

	dray_mutex_lock(&known->lock);
	known->locked.is_forgotten = true;
	dray_mutex_unlock(&known->lock);
	if (known->path != NULL)
		dray_ignore(dray_os_unlink(AT_FDCWD, known->path,
			&err)); /* most likely it was never there; and it is only a hint */
}

/* ------------------------------------------------------------------ writing */

/* Two sorted lists into one, in blocks; equal ids once. */
static enum dray_status merge(
	const struct dray_known *known, struct dray_draft *draft, struct dray_err *err)
{
	DRAY_AUTO(buf) block = DRAY_BUF_INIT;
	const unsigned char *old = known->ids;
	const unsigned char *fresh = known->locked.fresh;
	const unsigned char *old_end = old + known->count * DRAY_KNOWN_ID_BYTES;
	const unsigned char *fresh_end = fresh + known->locked.len * DRAY_KNOWN_ID_BYTES;
	const unsigned char *last = NULL;

	dray_buf_add(&block, HEAD, HEAD_LEN);
	while (old < old_end || fresh < fresh_end) {
		bool is_old = fresh == fresh_end || (old < old_end && compare_ids(old, fresh) < 0);
		const unsigned char *next = is_old ? old : fresh;

		if (last == NULL || compare_ids(last, next) != 0)
			dray_buf_add(&block, next, DRAY_KNOWN_ID_BYTES);
		last = next;
		*(is_old ? &old : &fresh) += DRAY_KNOWN_ID_BYTES;
		if (block.len >= (size_t)1 << 20) {
			DRAY_TRY(dray_draft_write(draft, block.data, block.len, err));
			dray_buf_clear(&block);
		}
	}
	return dray_draft_write(draft, block.data, block.len, err);
}

static enum dray_status write_file(struct dray_known *known, struct dray_err *err)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(known->path);

	qsort(known->locked.fresh, known->locked.len, DRAY_KNOWN_ID_BYTES, compare_ids);
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	DRAY_TRY(dray_draft_begin(AT_FDCWD, known->path, 0666, &draft, err));
	DRAY_TRY(merge(known, &draft, err));
	return dray_draft_replace(&draft, err);
}

void dray_known_close(struct dray_known *known)
{
	struct dray_err err = DRAY_ERR_INIT;

	if (known->locked.is_forgotten)
		known->count = 0;
	if (known->path != NULL && known->locked.len > 0 &&
		known->count + known->locked.len <= DRAY_KNOWN_IDS_MAX)
		dray_ignore(write_file(known, &err)); /* a hint less */
	dray_view_drop(&known->view);
	dray_mutex_drop(&known->lock);
	free(known->locked.fresh);
	free(known->path);
	*known = (struct dray_known){.path = NULL};
}
