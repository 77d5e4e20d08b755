/*
 * Archives, written as a stream. Tar is ours (tar.c) and goes through libarchive only to be
 * compressed: as the one file of its "raw" format. A zip is libarchive's.
 *
 * 1. What libarchive writes goes through `dray_os`, like all else, and its first failure is kept:
 *    libarchive has no words for it, and tries to write on while it closes.
 * 2. A zip holds its times twice, once as the clock on the wall shows it, so for that the time zone
 *    is UTC in the whole process, from the first zip on. Nothing else here asks for local time.
 */
#include "library.h"
#include "tar.h"

#include <dray/archive.h>
#include <dray/os.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Fixed: the same bytes on every machine. What zstd's and gzip's own tools do by default. */
#define ZSTD_LEVEL "3"
#define GZIP_LEVEL "6"
/* Of a plain tar: headers and small files are not worth a call each. */
#define PENDING_BYTES ((size_t)256 << 10)

struct dray_archive_writer {
	enum dray_archive_kind kind;
	int fd;
	const char *path;
	struct archive *archive; /* NULL for a plain tar */
	struct archive_entry *entry;
	struct dray_buf pending; /* of a plain tar, not yet written */
	uint64_t len;            /* bytes of tar so far */
	size_t to_pad;           /* zeros that the member that was begun needs at its end */
	struct dray_err failure;
};

/* ---------------------------------------------------------------- libarchive */

static la_ssize_t take_block(struct archive *archive, void *ctx, const void *data, size_t len)
{
	struct dray_archive_writer *writer = ctx;

	(void)archive;
	if (writer->failure.status == DRAY_OK)
		dray_ignore(dray_os_write(
			writer->fd, data, len, writer->path, &writer->failure)); /* kept there */
	return writer->failure.status == DRAY_OK ? (la_ssize_t)len : -1;
}

static enum dray_status fail(struct dray_archive_writer *writer, struct dray_err *err)
{
	if (writer->failure.status != DRAY_OK) {
		*err = writer->failure;
		return err->status;
	}
	return dray_libarchive_fail(
		err, DRAY_FAILED, writer->archive, "cannot write '%s'", writer->path);
}

/* Each of them has its settings fixed; a failure says that this libarchive cannot do it. */
static bool is_set_up(struct archive *archive, enum dray_archive_kind kind)
{
	const struct dray_libarchive *lib = &dray_libarchive;

	switch (kind) {
	case DRAY_ARCHIVE_TAR_GZ:
		return lib->write_set_format_raw(archive) == ARCHIVE_OK &&
		       lib->write_add_filter_gzip(archive) == ARCHIVE_OK &&
		       lib->write_set_filter_option(archive, "gzip", "timestamp", NULL) ==
			       ARCHIVE_OK &&
		       lib->write_set_filter_option(
			       archive, "gzip", "compression-level", GZIP_LEVEL) == ARCHIVE_OK;
	case DRAY_ARCHIVE_TAR_ZST:
		return lib->write_set_format_raw(archive) == ARCHIVE_OK &&
		       lib->write_add_filter_zstd(archive) == ARCHIVE_OK &&
		       lib->write_set_filter_option(
			       archive, "zstd", "compression-level", ZSTD_LEVEL) == ARCHIVE_OK;
	case DRAY_ARCHIVE_ZIP:
		return lib->write_set_format_zip(archive) == ARCHIVE_OK &&
		       lib->write_set_format_option(archive, "zip", "compression", "deflate") ==
			       ARCHIVE_OK &&
		       lib->write_set_format_option(
			       archive, "zip", "compression-level", GZIP_LEVEL) == ARCHIVE_OK;
	case DRAY_ARCHIVE_TAR:
		break;
	}
	return true;
}

static enum dray_status open_raw(struct dray_archive_writer *writer, struct dray_err *err)
{
	dray_libarchive.entry_set_pathname(writer->entry, "tar");
	dray_libarchive.entry_set_filetype(writer->entry, AE_IFREG);
	return dray_libarchive.write_header(writer->archive, writer->entry) == ARCHIVE_OK
		       ? DRAY_OK
		       : fail(writer, err);
}

static enum dray_status open_library(struct dray_archive_writer *writer, struct dray_err *err)
{
	const struct dray_libarchive *lib = &dray_libarchive;

	DRAY_TRY(dray_libarchive_load(err));
	writer->archive = lib->write_new();
	writer->entry = lib->entry_new();
	if (writer->archive == NULL || writer->entry == NULL)
		return dray_fail(err, DRAY_FAILED, "libarchive has no memory");
	if (!is_set_up(writer->archive, writer->kind))
		return dray_libarchive_fail(err, DRAY_UNSUPPORTED, writer->archive,
			"this libarchive cannot write '%s'", writer->path);
	if (writer->kind == DRAY_ARCHIVE_ZIP && setenv("TZ", "UTC0", 1) == 0)
		tzset();
	lib->write_set_bytes_in_last_block(writer->archive, 1); /* nothing is filled up */
	if (lib->write_open(writer->archive, writer, NULL, take_block, NULL) != ARCHIVE_OK)
		return fail(writer, err);
	return writer->kind == DRAY_ARCHIVE_ZIP ? DRAY_OK : open_raw(writer, err);
}

enum dray_status dray_archive_writer_open(enum dray_archive_kind kind, int fd, const char *path,
	struct dray_archive_writer **out_writer, struct dray_err *err)
{
	struct dray_archive_writer *writer = dray_calloc(1, sizeof *writer);

	writer->kind = kind;
	writer->fd = fd;
	writer->path = path;
	enum dray_status status = kind != DRAY_ARCHIVE_TAR ? open_library(writer, err) : DRAY_OK;
	if (status == DRAY_OK)
		*out_writer = writer;
	else
		dray_archive_writer_close(writer);
	return status;
}

void dray_archive_writer_close(struct dray_archive_writer *writer)
{
	if (writer == NULL)
		return;
	/* freeing writes what is left of an archive that nobody wants */
	writer->failure.status = DRAY_CANCELLED;
	if (writer->entry != NULL)
		dray_libarchive.entry_free(writer->entry);
	if (writer->archive != NULL)
		dray_libarchive.write_free(writer->archive);
	dray_buf_drop(&writer->pending);
	free(writer);
}

/* ------------------------------------------------------------------- members */

static enum dray_status flush(struct dray_archive_writer *writer, struct dray_err *err)
{
	enum dray_status status = dray_os_write(
		writer->fd, writer->pending.data, writer->pending.len, writer->path, err);

	dray_buf_clear(&writer->pending);
	return status;
}

static enum dray_status put_plain(
	struct dray_archive_writer *writer, const void *data, size_t len, struct dray_err *err)
{
	if (writer->pending.len + len > PENDING_BYTES)
		DRAY_TRY(flush(writer, err));
	if (len >= PENDING_BYTES)
		return dray_os_write(writer->fd, data, len, writer->path, err);
	dray_buf_add(&writer->pending, data, len);
	return DRAY_OK;
}

static enum dray_status put(
	struct dray_archive_writer *writer, const void *data, size_t len, struct dray_err *err)
{
	const char *at = data;

	if (writer->archive == NULL)
		return put_plain(writer, data, len, err);
	while (len > 0) {
		la_ssize_t done = dray_libarchive.write_data(writer->archive, at, len);

		if (done <= 0)
			return fail(writer, err);
		at += done;
		len -= (size_t)done;
	}
	return DRAY_OK;
}

static enum dray_status put_tar(
	struct dray_archive_writer *writer, const void *data, size_t len, struct dray_err *err)
{
	writer->len += len;
	return put(writer, data, len, err);
}

static enum dray_status put_zeros(
	struct dray_archive_writer *writer, size_t len, struct dray_err *err)
{
	static const char zeros[TAR_BLOCK];

	for (; len > 0; len -= len < sizeof zeros ? len : sizeof zeros)
		DRAY_TRY(put_tar(writer, zeros, len < sizeof zeros ? len : sizeof zeros, err));
	return DRAY_OK;
}

static enum dray_status begin_tar(
	struct dray_archive_writer *writer, const struct dray_member *member, struct dray_err *err)
{
	DRAY_AUTO(buf) header = DRAY_BUF_INIT;

	DRAY_TRY(put_zeros(writer, writer->to_pad, err));
	writer->to_pad = 0;
	DRAY_TRY(tar_header(member, &header, err));
	DRAY_TRY(put_tar(writer, header.data, header.len, err));
	writer->to_pad = tar_padding(member->size);
	return DRAY_OK;
}

/* Its names are UTF-8 by a flag that we set, and readers take a backslash for a slash. */
static enum dray_status check_zip_name(const char *name, struct dray_err *err)
{
	if (dray_is_utf8(name) && strchr(name, '\\') == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID,
		"a zip cannot hold '%s': its names are UTF-8 without backslashes", name);
	return dray_hint(err, "a tar can");
}

static enum dray_status begin_zip(
	struct dray_archive_writer *writer, const struct dray_member *member, struct dray_err *err)
{
	static const unsigned types[] = {[DRAY_MEMBER_FILE] = AE_IFREG,
		[DRAY_MEMBER_EXEC] = AE_IFREG,
		[DRAY_MEMBER_LINK] = AE_IFLNK,
		[DRAY_MEMBER_DIR] = AE_IFDIR};
	static const mode_t modes[] = {[DRAY_MEMBER_FILE] = 0644,
		[DRAY_MEMBER_EXEC] = 0755,
		[DRAY_MEMBER_LINK] = 0777,
		[DRAY_MEMBER_DIR] = 0755};
	__attribute__((cleanup(dray_names_locale_drop))) struct dray_names_locale locale =
		dray_names_locale_enter();
	const struct dray_libarchive *lib = &dray_libarchive;
	bool is_link = member->type == DRAY_MEMBER_LINK;

	DRAY_TRY(check_zip_name(member->name, err));
	DRAY_TRY(check_zip_name(is_link ? member->target : "", err));
	DRAY_AUTO_STR name =
		dray_format("%s%s", member->name, member->type == DRAY_MEMBER_DIR ? "/" : "");
	lib->entry_free(writer->entry);
	writer->entry = lib->entry_new();
	if (writer->entry == NULL)
		return dray_fail(err, DRAY_FAILED, "libarchive has no memory");
	lib->entry_set_pathname(writer->entry, name);
	lib->entry_set_filetype(writer->entry, types[member->type]);
	lib->entry_set_perm(writer->entry, modes[member->type]);
	lib->entry_set_uid(writer->entry, 0);
	lib->entry_set_gid(writer->entry, 0);
	lib->entry_set_mtime(writer->entry, (time_t)member->mtime, 0);
	lib->entry_set_size(writer->entry, (la_int64_t)member->size);
	if (is_link)
		lib->entry_set_symlink(writer->entry, member->target);
	if (lib->write_header(writer->archive, writer->entry) != ARCHIVE_OK)
		return fail(writer, err);
	return DRAY_OK;
}

enum dray_status dray_archive_begin(
	struct dray_archive_writer *writer, const struct dray_member *member, struct dray_err *err)
{
	return writer->kind == DRAY_ARCHIVE_ZIP ? begin_zip(writer, member, err)
						: begin_tar(writer, member, err);
}

enum dray_status dray_archive_write(
	struct dray_archive_writer *writer, const void *data, size_t len, struct dray_err *err)
{
	return writer->kind == DRAY_ARCHIVE_ZIP ? put(writer, data, len, err)
						: put_tar(writer, data, len, err);
}

enum dray_status dray_archive_finish(struct dray_archive_writer *writer, struct dray_err *err)
{
	__attribute__((cleanup(dray_names_locale_drop))) struct dray_names_locale locale = {
		.before = (locale_t)0};

	if (writer->kind != DRAY_ARCHIVE_ZIP) {
		DRAY_TRY(put_zeros(writer, writer->to_pad, err));
		DRAY_TRY(put_zeros(writer, tar_end(writer->len), err));
	}
	if (writer->archive == NULL)
		return flush(writer, err);
	locale = dray_names_locale_enter();
	return dray_libarchive.write_close(writer->archive) == ARCHIVE_OK ? DRAY_OK
									  : fail(writer, err);
}
