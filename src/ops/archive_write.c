/*
 * The members of an archive, one after the other, from wherever their bytes are.
 *
 * 1. A header says how large its member is before the first byte: what no place tells the size of
 *    is fetched into a file without a name first, as is what a place gives as a whole only. All
 * else goes from its place into the archive with no copy on disk.
 * 2. Bytes of data are proven as they pass, and hashed by SHA-256 for the listing where that is not
 *    what they are named by.
 */
#include "archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define LINK_BYTES_MAX ((size_t)DRAY_PATH_MAX)

struct writing {
	const struct archive_job *job;
	struct dray_hasher *hasher; /* SHA-256, for the listing */
	char *block;
};

static enum dray_status begin(const struct writing *writing, const struct archive_item *item,
	const struct dray_member *member, struct dray_err *err)
{
	DRAY_AUTO_STR name = dray_path_join(writing->job->prefix, item->name);
	struct dray_member placed = *member;

	placed.name = name;
	placed.mtime = writing->job->plan->mtime;
	return dray_archive_begin(writing->job->writer, &placed, err);
}

/* Where a member's bytes come from: a place, or a file that was filled from there and is proven. */
struct tap {
	struct dray_stream *stream;
	int fd;
	uint64_t size;
};

static void tap_drop(struct tap *tap)
{
	stream_close(tap->stream);
	dray_fd_release(&tap->fd);
}

enum dray_status scratch_open(const char *folder, int *out_fd, struct dray_err *err)
{
	char name[DRAY_TEMP_NAME_MAX];

	dray_os_temp_name(name);
	DRAY_AUTO_STR path = dray_path_join(folder, name);
	DRAY_AUTO_FD fd = -1;
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	DRAY_TRY(dray_os_open(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL, 0600, &fd, err));
	DRAY_TRY(dray_os_unlink(AT_FDCWD, path, err));
	*out_fd = fd;
	fd = -1;
	return DRAY_OK;
}

static enum dray_status fill_tap(const struct writing *writing, const struct archive_item *item,
	struct tap *tap, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(scratch_open(writing->job->scratch, &tap->fd, err));
	DRAY_TRY(part_get(&item->part, tap->fd, NULL, err));
	DRAY_TRY(dray_os_fstat(tap->fd, item->name, &stat, err));
	tap->size = stat.size;
	if (lseek(tap->fd, 0, SEEK_SET) != 0)
		return dray_os_fail(err, errno, "rewind", item->name);
	return DRAY_OK;
}

static enum dray_status open_tap(const struct writing *writing, const struct archive_item *item,
	struct tap *tap, struct dray_err *err)
{
	const struct dray_stream_options options = {
		.source = writing->job->plan->source,
		.part = &item->part,
		.name = item->name,
		.span = SPAN_ALL,
		.done_bytes = &writing->job->progress->bytes_done,
	};

	enum dray_status status = stream_open(&options, &tap->stream, err);
	if (status == DRAY_UNSUPPORTED && item->part.file == NULL)
		return fill_tap(writing, item, tap, err);
	DRAY_TRY(status);
	tap->size = stream_size(tap->stream);
	if (tap->size == UINT64_MAX && item->part.has_size)
		tap->size = item->part.size;
	if (tap->size != UINT64_MAX)
		return DRAY_OK;
	stream_close(tap->stream);
	tap->stream = NULL;
	return fill_tap(writing, item, tap, err);
}

static enum dray_status pull(const struct writing *writing, const struct archive_item *item,
	struct tap *tap, size_t *out_len, struct dray_err *err)
{
	if (tap->stream != NULL)
		return stream_read(tap->stream, writing->block, BLOCK_BYTES, out_len, err);
	return dray_os_read(tap->fd, writing->block, BLOCK_BYTES, item->name, out_len, err);
}

/* ------------------------------------------------------------------- members */

/* Data whose very name it is need not be hashed again. */
static bool is_named_so(const struct archive_item *item)
{
	return item->part.file == NULL && item->part.oid.algo == DRAY_SHA256;
}

static void note_digest(const struct writing *writing, struct archive_item *item)
{
	struct dray_oid oid = item->part.oid;

	if (!is_named_so(item))
		dray_hasher_final(writing->hasher, &oid);
	memcpy(item->digest, oid.digest, sizeof item->digest);
}

static enum dray_status pour(const struct writing *writing, struct archive_item *item,
	struct tap *tap, struct dray_err *err)
{
	uint64_t left = tap->size;
	size_t len;

	for (;;) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(pull(writing, item, tap, &len, err));
		if (len > left || (len == 0 && left > 0))
			return dray_fail(
				err, DRAY_CORRUPT, "'%s' is not as large as was said", item->name);
		if (len == 0)
			break;
		left -= len;
		if (!is_named_so(item))
			dray_hasher_update(writing->hasher, writing->block, len);
		DRAY_TRY(dray_archive_write(writing->job->writer, writing->block, len, err));
	}
	note_digest(writing, item);
	return DRAY_OK;
}

static enum dray_status write_link(const struct writing *writing, struct archive_item *item,
	struct tap *tap, struct dray_err *err)
{
	DRAY_AUTO(buf) target = {.ceiling_bytes = LINK_BYTES_MAX};
	size_t len;

	do {
		DRAY_TRY(pull(writing, item, tap, &len, err));
		dray_buf_add(&target, writing->block, len);
	} while (len > 0 && !target.is_over);
	const struct dray_member member = {
		.target = dray_buf_text(&target), .type = DRAY_MEMBER_LINK};
	if (target.is_over || target.len == 0 || strlen(member.target) != target.len)
		return dray_fail(
			err, DRAY_INVALID, "symlink '%s' has no usable target", item->name);
	if (!is_named_so(item))
		dray_hasher_update(writing->hasher, target.data, target.len);
	note_digest(writing, item);
	return begin(writing, item, &member, err);
}

static enum dray_status write_item(
	const struct writing *writing, struct archive_item *item, struct dray_err *err)
{
	__attribute__((cleanup(tap_drop))) struct tap tap = {.fd = -1};
	bool is_exec = item->part.kind == DRAY_KIND_EXEC;
	struct dray_member member = {.type = is_exec ? DRAY_MEMBER_EXEC : DRAY_MEMBER_FILE};

	if (item->part.kind == DRAY_KIND_EMPTY) {
		member.type = DRAY_MEMBER_DIR;
		return begin(writing, item, &member, err);
	}
	if (open_tap(writing, item, &tap, err) != DRAY_OK)
		return strstr(err->text, item->name) != NULL ? err->status
							     : dray_frame(err, "'%s'", item->name);
	if (item->part.kind == DRAY_KIND_LINK)
		return write_link(writing, item, &tap, err);
	member.size = tap.size;
	DRAY_TRY(begin(writing, item, &member, err));
	return pour(writing, item, &tap, err);
}

/* ------------------------------------------------------------------- listing */

static void list_item(const struct archive_item *item, struct dray_buf *out)
{
	struct dray_listed entry = {.path = item->name, .kind = (enum dray_kind)item->part.kind};

	memcpy(entry.digest, item->digest, sizeof entry.digest);
	dray_listing_put(out, &entry);
}

/* Twice: a header says how large it is. */
static enum dray_status write_listing(const struct writing *writing, struct dray_err *err)
{
	const struct archive_plan *plan = writing->job->plan;
	struct archive_item own = {.name = (char[]){DRAY_LISTING_NAME}};
	struct dray_member member = {.type = DRAY_MEMBER_FILE};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	dray_listing_begin(&text, plan->source->commit);
	for (size_t i = 0; i < plan->len; i++) {
		member.size += text.len;
		dray_buf_clear(&text);
		list_item(&plan->items[i], &text);
	}
	member.size += text.len;
	DRAY_TRY(begin(writing, &own, &member, err));
	dray_buf_clear(&text);
	dray_listing_begin(&text, plan->source->commit);
	for (size_t i = 0; i < plan->len; i++) {
		list_item(&plan->items[i], &text);
		if (text.len < BLOCK_BYTES)
			continue;
		DRAY_TRY(dray_archive_write(writing->job->writer, text.data, text.len, err));
		dray_buf_clear(&text);
	}
	return dray_archive_write(writing->job->writer, text.data, text.len, err);
}

static enum dray_status write_all(const struct writing *writing, struct dray_err *err)
{
	struct archive_plan *plan = writing->job->plan;

	for (size_t i = 0; i < plan->len; i++) {
		struct archive_item *item = &plan->items[i];

		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(write_item(writing, item, err));
		dray_progress_add(writing->job->progress, 1, 0);
	}
	DRAY_TRY(write_listing(writing, err));
	return dray_archive_finish(writing->job->writer, err);
}

enum dray_status archive_write(const struct archive_job *job, struct dray_err *err)
{
	DRAY_AUTO_STR block = dray_alloc(BLOCK_BYTES);
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_SHA256);
	const struct writing writing = {.job = job, .hasher = hasher, .block = block};

	dray_progress_begin(job->progress, "archiving");
	dray_progress_expect(job->progress, job->plan->len, job->plan->bytes);
	return write_all(&writing, err);
}
