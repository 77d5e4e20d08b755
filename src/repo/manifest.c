/*
 * Manifests out of the cache, as streams.
 *
 * A manifest is hashed as it is read and compared with its id at the end: until
 * then a caller may plan by it, but must not act.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <unistd.h>

struct dray_manifest_stream {
	int fd;
	char *label;
	struct dray_oid oid;
	struct dray_hasher *hasher;
	struct dray_manifest_reader *reader;
};

static enum dray_status read_object(
	void *ctx, void *buf, size_t cap, size_t *out_len, struct dray_err *err)
{
	const struct dray_manifest_stream *stream = ctx;

	DRAY_TRY(dray_os_read(stream->fd, buf, cap, stream->label, out_len, err));
	dray_hasher_update(stream->hasher, buf, *out_len);
	return DRAY_OK;
}

enum dray_status dray_manifest_open(struct dray_repo *repo, const struct dray_oid *oid,
	const char *label, struct dray_manifest_stream **out_stream, struct dray_err *err)
{
	struct dray_store *store;
	int fd = -1;

	DRAY_TRY(dray_repo_store(repo, &store, err));
	enum dray_status status = dray_store_open_object(store, oid, &fd, err);
	if (status == DRAY_NOT_FOUND) {
		dray_fail(err, DRAY_NOT_FOUND, "the manifest of '%s' is not in the cache", label);
		return dray_hint(err, "get it with 'dray fetch %s'", label);
	}
	DRAY_TRY(status);
	struct dray_manifest_stream *stream = dray_calloc(1, sizeof *stream);
	*stream = (struct dray_manifest_stream){
		.fd = fd,
		.label = dray_strdup(label),
		.oid = *oid,
		.hasher = dray_hasher_new((enum dray_algo)oid->algo),
	};
	stream->reader = dray_manifest_reader_new(
		(enum dray_algo)oid->algo, read_object, stream, stream->label);
	*out_stream = stream;
	return DRAY_OK;
}

/* Were these the bytes that the id names? */
static enum dray_status check_digest(
	const struct dray_manifest_stream *stream, struct dray_err *err)
{
	struct dray_oid got;

	dray_hasher_final(stream->hasher, &got);
	got.is_dir = stream->oid.is_dir;
	if (dray_oid_is_equal(&got, &stream->oid))
		return DRAY_OK;
	dray_fail(err, DRAY_CORRUPT, "the manifest of '%s' does not match its id", stream->label);
	return dray_hint(err, "run 'dray fsck', then 'dray fetch %s'", stream->label);
}

enum dray_status dray_manifest_pull(struct dray_manifest_stream *stream, bool *out_more,
	struct dray_entry *out_entry, struct dray_err *err)
{
	bool has_more;

	DRAY_TRY(dray_manifest_next(stream->reader, &has_more, out_entry, err));
	if (!has_more)
		DRAY_TRY(check_digest(stream, err));
	*out_more = has_more;
	return DRAY_OK;
}

void dray_manifest_close(struct dray_manifest_stream *stream)
{
	if (stream == NULL)
		return;
	dray_manifest_reader_free(stream->reader);
	dray_hasher_free(stream->hasher);
	dray_fd_release(&stream->fd);
	free(stream->label);
	free(stream);
}

enum dray_status dray_manifest_each(struct dray_repo *repo, const struct dray_oid *oid,
	const char *label, dray_entry_fn fn, void *ctx, struct dray_err *err)
{
	struct dray_manifest_stream *stream = NULL;
	struct dray_entry entry;
	bool has_more = true;

	DRAY_TRY(dray_manifest_open(repo, oid, label, &stream, err));
	enum dray_status status = DRAY_OK;
	while (status == DRAY_OK) {
		status = dray_manifest_pull(stream, &has_more, &entry, err);
		if (status != DRAY_OK || !has_more)
			break;
		status = fn(ctx, &entry, err);
	}
	dray_manifest_close(stream);
	return status;
}
