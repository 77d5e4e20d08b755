/*
 * Files of another repository onto the disk: a tree that nobody sees until it is whole.
 *
 * 1. Symlinks are made last, when nothing will be written below them any more.
 * 2. Bytes of data are proven before they count; git proves its own.
 */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

#define LINK_BYTES_MAX ((size_t)DRAY_PATH_MAX)

struct bringing {
	struct dray_source *source;
	const struct dray_parts *parts;
	const char *temp;
	struct dray_progress *progress;
	bool has_exec; /* programs stay such: DVC makes plain files of git's, whatever they were */
	size_t *data;  /* indexes of the parts that are data files */
	size_t data_len;
};

static char *place_of(const struct bringing *bringing, const struct dray_part *part)
{
	return dray_path_join(bringing->temp, part->path);
}

static mode_t mode_of(const struct bringing *bringing, const struct dray_part *part)
{
	return part->kind == DRAY_KIND_EXEC && bringing->has_exec ? 0777 : 0666;
}

/* ------------------------------------------------------------------- folders */

static enum dray_status make_folders(struct bringing *bringing, struct dray_err *err)
{
	const struct dray_parts *parts = bringing->parts;
	DRAY_AUTO_STR last = NULL;

	for (size_t i = 0; i < parts->len; i++) {
		DRAY_AUTO_STR place = place_of(bringing, &parts->items[i]);
		DRAY_AUTO_STR folder = parts->items[i].kind == DRAY_KIND_EMPTY
					       ? dray_strdup(place)
					       : dray_path_dirname(place);

		if (*parts->items[i].path == '\0' && parts->items[i].kind != DRAY_KIND_EMPTY)
			return DRAY_OK;
		if (last == NULL || strcmp(last, folder) != 0)
			DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
		free(last);
		last = folder;
		folder = NULL;
	}
	return parts->len > 0 ? DRAY_OK : dray_os_mkdirs(AT_FDCWD, bringing->temp, 0777, err);
}

/* ---------------------------------------------------------------------- data */

enum dray_status part_get(
	const struct dray_part *part, int fd, _Atomic uint64_t *done_bytes, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	const struct dray_transit object = {
		.key = dray_oid_key(&part->oid, key),
		.oid = &part->oid,
		.fd = fd,
		.size = part->has_size ? part->size : UINT64_MAX,
		.done_bytes = done_bytes,
	};

	return part_is_empty(part) ? DRAY_OK : supply_get(part->supply, &object, err);
}

static enum dray_status bring_object(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct bringing *bringing = ctx;
	const struct dray_part *part = &bringing->parts->items[bringing->data[i]];
	DRAY_AUTO_STR place = place_of(bringing, part);
	DRAY_AUTO_FD fd = -1;

	(void)worker;
	DRAY_TRY(dray_os_open(
		AT_FDCWD, place, O_RDWR | O_CREAT | O_EXCL, mode_of(bringing, part), &fd, err));
	enum dray_status status = part_get(part, fd, &bringing->progress->bytes_done, err);
	if (status != DRAY_OK)
		return dray_frame(err, "'%s'", *part->path ? part->path : part->track->name);
	dray_progress_add(bringing->progress, 1, 0);
	return dray_os_close(&fd, place, err);
}

/* As many as pay for the places that are asked. */
static unsigned width_of(const struct bringing *bringing, unsigned jobs)
{
	unsigned width = jobs != 0 ? jobs : BRING_JOBS;

	for (size_t i = 0; jobs == 0 && i < bringing->data_len; i++) {
		const struct dray_supply *supply = bringing->parts->items[bringing->data[i]].supply;

		if (supply->places[1] != NULL && supply->places[1]->width > width)
			width = supply->places[1]->width;
	}
	return width;
}

static enum dray_status bring_data(struct bringing *bringing, unsigned jobs, struct dray_err *err)
{
	const struct dray_parts *parts = bringing->parts;
	uint64_t bytes = 0;

	bringing->data = dray_calloc(parts->len + 1, sizeof *bringing->data);
	for (size_t i = 0; i < parts->len; i++) {
		const struct dray_part *part = &parts->items[i];

		if (part->file != NULL || part->kind == DRAY_KIND_LINK ||
			part->kind == DRAY_KIND_EMPTY)
			continue;
		if (!part->has_oid)
			return dray_fail(err, DRAY_NOT_FOUND,
				"pointer '%s' does not say what its data is",
				part->track->file->name);
		bringing->data[bringing->data_len++] = i;
		bytes += part->has_size ? part->size : 0;
	}
	dray_progress_begin(bringing->progress, "getting");
	dray_progress_expect(bringing->progress, bringing->data_len, bytes);
	if (bringing->data_len == 0)
		return DRAY_OK;
	return dray_pool_run(
		width_of(bringing, jobs), bringing->data_len, 1, bring_object, bringing, err);
}

/* ----------------------------------------------------------------------- git */

static enum dray_status bring_file(
	struct bringing *bringing, const struct dray_part *part, struct dray_err *err)
{
	DRAY_AUTO_STR place = place_of(bringing, part);
	DRAY_AUTO(buf) bytes = DRAY_BUF_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_source_read(bringing->source, part->file, PART_GIT_BYTES_MAX, &bytes, err));
	DRAY_TRY(dray_os_open(
		AT_FDCWD, place, O_WRONLY | O_CREAT | O_EXCL, mode_of(bringing, part), &fd, err));
	DRAY_TRY(dray_os_write(fd, bytes.data, bytes.len, place, err));
	return dray_os_close(&fd, place, err);
}

static enum dray_status read_target(struct bringing *bringing, const struct dray_part *part,
	struct dray_buf *target, struct dray_err *err)
{
	char name[DRAY_TEMP_NAME_MAX];

	if (part->file != NULL)
		return dray_source_read(bringing->source, part->file, LINK_BYTES_MAX, target, err);
	dray_os_temp_name(name);
	DRAY_AUTO_STR folder = dray_path_dirname(bringing->temp);
	DRAY_AUTO_STR path = dray_path_join(folder, name);
	DRAY_AUTO_FD fd = -1;
	DRAY_TRY(dray_os_open(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL, 0600, &fd, err));
	enum dray_status status = part_get(part, fd, NULL, err);
	if (status == DRAY_OK)
		status = dray_os_slurp(AT_FDCWD, path, LINK_BYTES_MAX, target, err);
	struct dray_err unused = DRAY_ERR_INIT;
	dray_ignore(dray_os_unlink(AT_FDCWD, path, &unused)); /* empty at worst */
	return status;
}

static enum dray_status bring_link(
	struct bringing *bringing, const struct dray_part *part, struct dray_err *err)
{
	DRAY_AUTO_STR place = place_of(bringing, part);
	DRAY_AUTO(buf) target = DRAY_BUF_INIT;

	DRAY_TRY(read_target(bringing, part, &target, err));
	const char *text = dray_buf_text(&target);
	if (*text == '\0' || strlen(text) != target.len)
		return dray_fail(
			err, DRAY_INVALID, "symlink '%s' has no usable target", part->path);
	return dray_os_symlink(text, AT_FDCWD, place, err);
}

static enum dray_status bring_git(struct bringing *bringing, struct dray_err *err)
{
	const struct dray_parts *parts = bringing->parts;

	for (size_t i = 0; i < parts->len; i++)
		if (parts->items[i].file != NULL && parts->items[i].kind != DRAY_KIND_LINK)
			DRAY_TRY(bring_file(bringing, &parts->items[i], err));
	for (size_t i = 0; i < parts->len; i++)
		if (parts->items[i].kind == DRAY_KIND_LINK)
			DRAY_TRY(bring_link(bringing, &parts->items[i], err));
	return DRAY_OK;
}

enum dray_status parts_bring(const struct dray_parts_bring *bring, struct dray_err *err)
{
	struct bringing bringing = {
		.source = bring->source,
		.parts = bring->parts,
		.temp = bring->temp,
		.progress = bring->progress,
		.has_exec = bring->dialect == NULL || bring->dialect->has_kinds,
	};
	struct dray_err unused = DRAY_ERR_INIT;

	enum dray_status status = make_folders(&bringing, err);
	if (status == DRAY_OK)
		status = bring_data(&bringing, bring->jobs, err);
	free(bringing.data);
	if (status == DRAY_OK)
		status = bring_git(&bringing, err);
	if (status != DRAY_OK) /* told: the first */
		dray_ignore(dray_os_remove_tree(AT_FDCWD, bring->temp, &unused));
	return status;
}
