/*
 * The members of an archive, one after the other, from wherever their bytes are. Data is proven as
 * it passes, and hashed by SHA-256 for the listing where that is not what it is named by.
 */
#include "archive.h"
#include "taps.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define LINK_BYTES_MAX ((size_t)DRAY_PATH_MAX)

struct writing {
	const struct archive_job *job;
	struct dray_taps taps;
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
	struct dray_tap *tap, struct dray_err *err)
{
	uint64_t left = tap->size;
	size_t len;

	for (;;) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(tap_read(tap, item->name, writing->block, BLOCK_BYTES, &len, err));
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
	struct dray_tap *tap, struct dray_err *err)
{
	DRAY_AUTO(buf) target = {.ceiling_bytes = LINK_BYTES_MAX};
	size_t len;

	do {
		DRAY_TRY(tap_read(tap, item->name, writing->block, BLOCK_BYTES, &len, err));
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

static enum dray_status write_item(struct writing *writing, size_t i, struct dray_err *err)
{
	struct archive_item *item = &writing->job->plan->items[i];
	DRAY_AUTO(tap) tap = {.fd = -1};
	bool is_exec = item->part.kind == DRAY_KIND_EXEC;
	struct dray_member member = {.type = is_exec ? DRAY_MEMBER_EXEC : DRAY_MEMBER_FILE};

	if (item->part.kind == DRAY_KIND_EMPTY) {
		member.type = DRAY_MEMBER_DIR;
		return begin(writing, item, &member, err);
	}
	DRAY_TRY(taps_open(&writing->taps, i, &tap, err));
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

static enum dray_status write_all(struct writing *writing, struct dray_err *err)
{
	struct archive_plan *plan = writing->job->plan;

	for (size_t i = 0; i < plan->len; i++) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(write_item(writing, i, err));
		dray_progress_add(writing->job->progress, 1, 0);
	}
	DRAY_TRY(write_listing(writing, err));
	return dray_archive_finish(writing->job->writer, err);
}

static const struct dray_part *part_at(void *ctx, size_t i, const char **out_name)
{
	const struct archive_plan *plan = ctx;

	*out_name = plan->items[i].name;
	return plan->items[i].part.kind != DRAY_KIND_EMPTY ? &plan->items[i].part : NULL;
}

enum dray_status archive_write(const struct archive_job *job, struct dray_err *err)
{
	DRAY_AUTO_STR block = dray_alloc(BLOCK_BYTES);
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_SHA256);
	struct writing writing = {
		.job = job,
		.taps =
			{
				.source = job->plan->source,
				.scratch = job->scratch,
				.done_bytes = &job->progress->bytes_done,
				.count = job->plan->len,
				.part = part_at,
				.ctx = job->plan,
			},
		.hasher = hasher,
		.block = block,
	};

	dray_progress_begin(job->progress, "archiving");
	dray_progress_expect(job->progress, job->plan->len, job->plan->bytes);
	enum dray_status status = write_all(&writing, err);
	dray_taps_drop(&writing.taps);
	return status;
}
