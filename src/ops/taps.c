/* Files one after the other, opened ahead where they come from a remote: see taps.h. */
#include "taps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Items looked at for some that have to come: those in the cache lie between. */
#define LOOK_AHEAD (16 * TAPS_AHEAD)

#define TAP_INIT         \
	{                \
		.fd = -1 \
	}

void dray_tap_drop(struct dray_tap *tap)
{
	stream_close(tap->stream);
	dray_fd_release(&tap->fd);
	*tap = (struct dray_tap)TAP_INIT;
}

void dray_taps_drop(struct dray_taps *taps)
{
	for (size_t i = 0; i < taps->ahead_len; i++)
		dray_tap_drop(&taps->ahead[i]);
	taps->ahead_len = 0;
}

/* -------------------------------------------------------------------- opening */

static enum dray_status open_scratch(const char *folder, int *out_fd, struct dray_err *err)
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

static enum dray_status fill_scratch(const struct dray_taps *taps, const struct dray_part *part,
	const char *name, struct dray_tap *tap, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(open_scratch(taps->scratch, &tap->fd, err));
	DRAY_TRY(part_get(part, tap->fd, NULL, err));
	DRAY_TRY(dray_os_fstat(tap->fd, name, &stat, err));
	tap->size = stat.size;
	if (lseek(tap->fd, 0, SEEK_SET) != 0)
		return dray_os_fail(err, errno, "rewind", name);
	return DRAY_OK;
}

static enum dray_status open_part(const struct dray_taps *taps, const struct dray_part *part,
	const char *name, struct dray_tap *tap, struct dray_err *err)
{
	const struct dray_stream_options options = {
		.source = taps->source,
		.part = part,
		.name = name,
		.span = SPAN_ALL,
		.done_bytes = taps->done_bytes,
		.with_manifests = true,
	};

	enum dray_status status = stream_open(&options, &tap->stream, err);
	if (status == DRAY_UNSUPPORTED && part->file == NULL)
		return fill_scratch(taps, part, name, tap, err);
	DRAY_TRY(status);
	tap->size = stream_size(tap->stream);
	if (tap->size == UINT64_MAX && part->has_size)
		tap->size = part->size;
	if (tap->size != UINT64_MAX)
		return DRAY_OK;
	stream_close(tap->stream);
	tap->stream = NULL;
	return fill_scratch(taps, part, name, tap, err);
}

/* The failure waits in the tap until it is taken. */
static void open_tap(struct dray_taps *taps, size_t i, struct dray_tap *tap)
{
	const char *name = "";
	const struct dray_part *part = taps->part(taps->ctx, i, &name);

	*tap = (struct dray_tap)TAP_INIT;
	tap->status = open_part(taps, part, name, tap, &tap->err);
	if (tap->status != DRAY_OK && strstr(tap->err.text, name) == NULL)
		dray_ignore(dray_frame(&tap->err, "'%s'", name)); /* kept there */
}

static enum dray_status open_job(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct dray_taps *taps = ctx;

	(void)worker;
	(void)err;
	open_tap(taps, taps->ahead_at[i], &taps->ahead[i]);
	return DRAY_OK;
}

static bool has_to_come(const struct dray_taps *taps, size_t i)
{
	const char *name;
	const struct dray_part *part = taps->part(taps->ctx, i, &name);

	return part != NULL && part->file == NULL && !part_is_empty(part) &&
	       part->supply->places[1] != NULL && !supply_is_cached(part->supply, &part->oid);
}

/* The one at `i` and those behind it that have to come, too. */
static enum dray_status open_ahead(struct dray_taps *taps, size_t i, struct dray_err *err)
{
	size_t end = taps->count - i < LOOK_AHEAD ? taps->count : i + LOOK_AHEAD;

	dray_taps_drop(taps);
	for (size_t at = i; at < end && taps->ahead_len < TAPS_AHEAD; at++)
		if (has_to_come(taps, at)) {
			taps->ahead[taps->ahead_len] = (struct dray_tap)TAP_INIT;
			taps->ahead_at[taps->ahead_len++] = at;
		}
	return dray_pool_run(TAPS_AHEAD, taps->ahead_len, 1, open_job, taps, err);
}

/* One that was opened ahead, if it was. */
static bool take(struct dray_taps *taps, size_t i, struct dray_tap *out_tap)
{
	for (size_t at = 0; at < taps->ahead_len; at++) {
		if (taps->ahead_at[at] != i)
			continue;
		*out_tap = taps->ahead[at];
		taps->ahead[at] = (struct dray_tap)TAP_INIT;
		taps->ahead_at[at] = SIZE_MAX;
		return true;
	}
	return false;
}

enum dray_status taps_open(
	struct dray_taps *taps, size_t i, struct dray_tap *out_tap, struct dray_err *err)
{
	struct dray_tap tap = TAP_INIT;

	if (!take(taps, i, &tap)) {
		if (has_to_come(taps, i)) {
			DRAY_TRY(open_ahead(taps, i, err));
			take(taps, i, &tap);
		} else {
			open_tap(taps, i, &tap);
		}
	}
	enum dray_status status = tap.status;
	if (status == DRAY_OK) {
		*out_tap = tap;
		return DRAY_OK;
	}
	*err = tap.err;
	dray_tap_drop(&tap);
	return status;
}

/* -------------------------------------------------------------------- reading */

enum dray_status tap_read(struct dray_tap *tap, const char *name, void *data, size_t cap,
	size_t *out_len, struct dray_err *err)
{
	size_t len = 0;

	DRAY_TRY(dray_os_check_cancel(err));
	if (tap->stream != NULL)
		DRAY_TRY(stream_read(tap->stream, data, cap, &len, err));
	else
		DRAY_TRY(dray_os_read(tap->fd, data, cap, name, &len, err));
	if (len > tap->size || (len == 0 && tap->size > 0))
		return dray_fail(err, DRAY_CORRUPT, "'%s' is not as large as was said", name);
	tap->size -= len;
	*out_len = len;
	return DRAY_OK;
}
