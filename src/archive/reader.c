/*
 * Archives, read as a stream, whoever made them.
 *
 * 1. Only what we know is let in: tar in gzip, bzip2, xz or zstd, and zip by its central directory.
 *    A compression that libarchive would run a program for is none.
 * 2. Every member is judged before its bytes are given out. Names that came by are remembered, with
 *    the folders above them, so that none is there twice or lies below a file or link.
 * 3. A tar has to come to its end: libarchive takes one that was cut between two members for whole.
 * 4. What was unpacked is held against what was read, which a zip may read more than once.
 */
#include "library.h"
#include "tar.h"

#include <dray/archive.h>
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES (256u << 10)

/* What a name in the map is. */
enum { SEEN_THING, SEEN_DIR, SEEN_ABOVE };

struct dray_archive_reader {
	int fd;
	const char *path;
	struct dray_archive_limits limits;
	struct archive *archive;
	bool is_zip;
	char *block;
	uint64_t consumed;   /* bytes of the file that were asked for */
	uint64_t file_bytes; /* in the file; UINT64_MAX: it does not end yet */
	uint64_t given;      /* bytes of members that were unpacked */
	uint64_t tar_end;    /* where the last member's bytes end, in the unpacked tar */
	bool is_in_member;
	uint64_t left; /* of the member, by what its header says */
	uint64_t members;
	struct dray_map seen;
	char *name;              /* of the member */
	struct dray_err failure; /* of a read */
};

/* ----------------------------------------------------------------- libarchive */

static la_ssize_t give_block(struct archive *archive, void *ctx, const void **out_data)
{
	struct dray_archive_reader *reader = ctx;
	size_t len = 0;

	(void)archive;
	if (reader->failure.status == DRAY_OK)
		dray_ignore(dray_os_check_cancel(&reader->failure)); /* kept there */
	if (reader->failure.status == DRAY_OK)
		dray_ignore(dray_os_read(reader->fd, reader->block, BLOCK_BYTES, reader->path, &len,
			&reader->failure)); /* likewise */
	if (reader->failure.status != DRAY_OK)
		return -1;
	reader->consumed += len;
	*out_data = reader->block;
	return (la_ssize_t)len;
}

static la_int64_t seek_to(struct archive *archive, void *ctx, la_int64_t offset, int whence)
{
	struct dray_archive_reader *reader = ctx;
	off_t at = lseek(reader->fd, (off_t)offset, whence);

	(void)archive;
	if (at < 0)
		dray_ignore(dray_os_fail(&reader->failure, errno, "read", reader->path));
	return (la_int64_t)at;
}

static enum dray_status fail(struct dray_archive_reader *reader, struct dray_err *err)
{
	if (reader->failure.status != DRAY_OK) {
		*err = reader->failure;
		return err->status;
	}
	return dray_libarchive_fail(
		err, DRAY_INVALID, reader->archive, "archive '%s' cannot be read", reader->path);
}

/* ------------------------------------------------------------------- opening */

/* libarchive warns where it would run a program instead. */
static bool is_set_up(struct archive *archive, bool is_zip)
{
	const struct dray_libarchive *lib = &dray_libarchive;

	if (is_zip)
		return lib->read_support_format_zip_seekable(archive) == ARCHIVE_OK;
	return lib->read_support_filter_gzip(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_bzip2(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_xz(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_zstd(archive) == ARCHIVE_OK &&
	       lib->read_support_format_tar(archive) == ARCHIVE_OK;
}

static enum dray_status look_at_file(struct dray_archive_reader *reader, struct dray_err *err)
{
	off_t at = lseek(reader->fd, 0, SEEK_CUR);
	struct dray_stat stat;
	char magic[4];
	size_t len;

	reader->file_bytes = UINT64_MAX;
	DRAY_TRY(dray_os_fstat(reader->fd, reader->path, &stat, err));
	if (at < 0 || stat.type != DRAY_TYPE_FILE)
		return DRAY_OK;
	reader->file_bytes = stat.size;
	DRAY_TRY(dray_os_read_at(
		reader->fd, magic, sizeof magic, (uint64_t)at, reader->path, &len, err));
	reader->is_zip = len == sizeof magic && (memcmp(magic, "PK\3\4", sizeof magic) == 0 ||
							memcmp(magic, "PK\5\6", sizeof magic) == 0);
	return DRAY_OK;
}

static enum dray_status open_library(struct dray_archive_reader *reader, struct dray_err *err)
{
	const struct dray_libarchive *lib = &dray_libarchive;

	DRAY_TRY(look_at_file(reader, err));
	DRAY_TRY(dray_libarchive_load(err));
	reader->archive = lib->read_new();
	if (reader->archive == NULL)
		return dray_fail(err, DRAY_FAILED, "libarchive has no memory");
	if (!is_set_up(reader->archive, reader->is_zip))
		return dray_fail(err, DRAY_UNSUPPORTED,
			"this libarchive lacks formats that archives may have");
	reader->block = dray_alloc(BLOCK_BYTES);
	lib->read_set_callback_data(reader->archive, reader);
	lib->read_set_read_callback(reader->archive, give_block);
	if (reader->is_zip)
		lib->read_set_seek_callback(reader->archive, seek_to);
	return lib->read_open1(reader->archive) == ARCHIVE_OK ? DRAY_OK : fail(reader, err);
}

enum dray_status dray_archive_reader_open(int fd, const char *path,
	const struct dray_archive_limits *limits, struct dray_archive_reader **out_reader,
	struct dray_err *err)
{
	struct dray_archive_reader *reader = dray_calloc(1, sizeof *reader);

	reader->fd = fd;
	reader->path = path;
	reader->limits = *limits;
	if (reader->limits.members > DRAY_ARCHIVE_MEMBERS_MAX)
		reader->limits.members = DRAY_ARCHIVE_MEMBERS_MAX;
	enum dray_status status = open_library(reader, err);
	if (status == DRAY_OK)
		*out_reader = reader;
	else
		dray_archive_reader_close(reader);
	return status;
}

void dray_archive_reader_close(struct dray_archive_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->archive != NULL)
		dray_libarchive.read_free(reader->archive);
	dray_map_drop(&reader->seen);
	free(reader->block);
	free(reader->name);
	free(reader);
}

uint64_t dray_archive_consumed(const struct dray_archive_reader *reader)
{
	return reader->consumed;
}

/* -------------------------------------------------------------------- limits */

static enum dray_status check_limits(struct dray_archive_reader *reader, struct dray_err *err)
{
	int64_t stream = dray_libarchive.filter_bytes(reader->archive, 0);
	uint64_t unpacked = !reader->is_zip && stream > 0 && (uint64_t)stream > reader->given
				    ? (uint64_t)stream
				    : reader->given;
	uint64_t packed =
		reader->consumed < reader->file_bytes ? reader->consumed : reader->file_bytes;
	char shown[16];

	if (reader->members > reader->limits.members)
		return dray_fail(err, DRAY_INVALID, "archive '%s' has more than %ju members",
			reader->path, (uintmax_t)reader->limits.members);
	if (unpacked > reader->limits.bytes) {
		dray_fail(err, DRAY_INVALID, "archive '%s' unpacks to more than %s", reader->path,
			dray_show_size(reader->limits.bytes, shown));
		return dray_hint(err, "if you trust it, allow more with --max-size");
	}
	if (unpacked > DRAY_ARCHIVE_RATIO_FROM && unpacked / (packed + 1) > reader->limits.ratio) {
		dray_fail(err, DRAY_INVALID, "archive '%s' unpacks to more than %ju times its size",
			reader->path, (uintmax_t)reader->limits.ratio);
		return dray_hint(err, "if you trust it, allow more with --max-ratio");
	}
	return DRAY_OK;
}

/* ------------------------------------------------------------------- judging */

static enum dray_status refuse(
	const struct dray_archive_reader *reader, const char *why, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "archive '%s' is refused: member '%s' %s", reader->path,
		reader->name, why);
}

/* The folders above, up to one that is known. */
static enum dray_status note_folders(struct dray_archive_reader *reader, struct dray_err *err)
{
	for (size_t len = strlen(reader->name); len-- > 0;) {
		if (reader->name[len] != '/')
			continue;
		const uint64_t *seen = dray_map_peek(&reader->seen, reader->name, len);
		if (seen == NULL)
			dray_map_add(&reader->seen, reader->name, len, SEEN_ABOVE);
		else if (*seen == SEEN_THING)
			return refuse(reader, "lies below a file or link", err);
		else
			return DRAY_OK;
	}
	return DRAY_OK;
}

static enum dray_status note_name(
	struct dray_archive_reader *reader, bool is_dir, struct dray_err *err)
{
	size_t len = strlen(reader->name);
	uint64_t *seen = dray_map_peek(&reader->seen, reader->name, len);

	if (seen == NULL) {
		dray_map_add(&reader->seen, reader->name, len, is_dir ? SEEN_DIR : SEEN_THING);
		return note_folders(reader, err);
	}
	if (*seen == SEEN_ABOVE && !is_dir)
		return refuse(reader, "is a file or link with others below it", err);
	if (!is_dir || *seen == SEEN_THING)
		return refuse(reader, "is there twice", err);
	*seen = SEEN_DIR;
	return DRAY_OK;
}

/* As tar and zip write it: "./a", "a/". What is left is a name of ours or none. */
static void take_name(struct dray_archive_reader *reader, const char *name, bool is_dir)
{
	while (name[0] == '.' && name[1] == '/')
		name += 2 + strspn(name + 2, "/");
	size_t len = strlen(name);
	while (is_dir && len > 0 && name[len - 1] == '/')
		len--;
	free(reader->name);
	reader->name = dray_strndup(name, len);
}

static enum dray_status check_name(const struct dray_archive_reader *reader, struct dray_err *err)
{
	struct dray_err why = DRAY_ERR_INIT;

	if (dray_name_check(reader->name, &why) == DRAY_OK)
		return DRAY_OK;
	return dray_fail(err, DRAY_INVALID, "archive '%s' is refused: %s", reader->path, why.text);
}

static enum dray_status check_type(
	const struct dray_archive_reader *reader, struct archive_entry *entry, struct dray_err *err)
{
	const struct dray_libarchive *lib = &dray_libarchive;
	mode_t type = lib->entry_filetype(entry);

	if (lib->entry_hardlink(entry) != NULL)
		return refuse(reader, "is a hard link", err);
	if (lib->entry_is_encrypted(entry))
		return dray_fail(err, DRAY_UNSUPPORTED, "archive '%s' is encrypted", reader->path);
	if (type != AE_IFREG && type != AE_IFLNK && type != AE_IFDIR)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"archive '%s' is refused: member '%s' is no file, folder or symlink",
			reader->path, reader->name);
	if (type == AE_IFLNK &&
		(lib->entry_symlink(entry) == NULL || *lib->entry_symlink(entry) == '\0'))
		return refuse(reader, "is a symlink to nowhere", err);
	return DRAY_OK;
}

static void fill_member(const struct dray_archive_reader *reader, struct archive_entry *entry,
	struct dray_member *out)
{
	const struct dray_libarchive *lib = &dray_libarchive;
	mode_t type = lib->entry_filetype(entry);

	*out = (struct dray_member){
		.name = reader->name,
		.target = type == AE_IFLNK ? lib->entry_symlink(entry) : NULL,
		.size = type == AE_IFREG && lib->entry_size_is_set(entry) &&
					lib->entry_size(entry) > 0
				? (uint64_t)lib->entry_size(entry)
				: 0,
		.mtime = (int64_t)lib->entry_mtime(entry),
		.type = type == AE_IFDIR                       ? DRAY_MEMBER_DIR
			: type == AE_IFLNK                     ? DRAY_MEMBER_LINK
			: (lib->entry_perm(entry) & 0100) != 0 ? DRAY_MEMBER_EXEC
							       : DRAY_MEMBER_FILE,
	};
}

/* *out_is_top: it is the archive's own folder, and none of its members. */
static enum dray_status judge(struct dray_archive_reader *reader, struct archive_entry *entry,
	bool *out_is_top, struct dray_err *err)
{
	const char *name = dray_libarchive.entry_pathname(entry);
	bool is_dir = dray_libarchive.entry_filetype(entry) == AE_IFDIR;

	if (name == NULL)
		return dray_fail(err, DRAY_INVALID,
			"archive '%s' is refused: a member has no name that can be read",
			reader->path);
	take_name(reader, name, is_dir);
	*out_is_top = is_dir && (*reader->name == '\0' || strcmp(reader->name, ".") == 0) &&
		      *name != '/' && *name != '\0';
	if (*out_is_top)
		return DRAY_OK;
	DRAY_TRY(check_name(reader, err));
	DRAY_TRY(check_type(reader, entry, err));
	return note_name(reader, is_dir, err);
}

/* ------------------------------------------------------------------- reading */

/* The end of a tar is a block of zeros; where none is, the rest was lost. */
static enum dray_status check_end(struct dray_archive_reader *reader, struct dray_err *err)
{
	int64_t read = dray_libarchive.filter_bytes(reader->archive, 0);

	if (reader->is_zip || read < 0 || (uint64_t)read >= reader->tar_end + TAR_BLOCK)
		return DRAY_OK;
	return dray_fail(
		err, DRAY_INVALID, "archive '%s' was cut short: it has no end", reader->path);
}

/* Past what was not read of the member. */
static enum dray_status leave_member(struct dray_archive_reader *reader, struct dray_err *err)
{
	if (!reader->is_in_member)
		return DRAY_OK;
	if (dray_libarchive.read_data_skip(reader->archive) != ARCHIVE_OK)
		return fail(reader, err);
	reader->is_in_member = false;
	reader->tar_end = (uint64_t)dray_libarchive.filter_bytes(reader->archive, 0);
	return DRAY_OK;
}

enum dray_status dray_archive_next(struct dray_archive_reader *reader, bool *out_more,
	struct dray_member *out_member, struct dray_err *err)
{
	__attribute__((cleanup(dray_names_locale_drop))) struct dray_names_locale locale =
		dray_names_locale_enter();
	struct archive_entry *entry;
	bool is_top;

	do {
		DRAY_TRY(leave_member(reader, err));
		int rc = dray_libarchive.read_next_header(reader->archive, &entry);

		if (rc == ARCHIVE_EOF) {
			DRAY_TRY(check_limits(reader, err));
			DRAY_TRY(check_end(reader, err));
			*out_more = false;
			return DRAY_OK;
		}
		/* a warning is about what is judged here anyway, such as names that are not UTF-8
		 */
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return fail(reader, err);
		reader->is_in_member = true;
		reader->members++;
		DRAY_TRY(check_limits(reader, err));
		DRAY_TRY(judge(reader, entry, &is_top, err));
	} while (is_top);
	fill_member(reader, entry, out_member);
	reader->left = out_member->size;
	*out_more = true;
	return DRAY_OK;
}

enum dray_status dray_archive_read(struct dray_archive_reader *reader, void *buf, size_t cap,
	size_t *out_len, struct dray_err *err)
{
	__attribute__((cleanup(dray_names_locale_drop))) struct dray_names_locale locale =
		dray_names_locale_enter();
	la_ssize_t len = dray_libarchive.read_data(reader->archive, buf, cap);

	if (len < 0)
		return fail(reader, err);
	/* libarchive leaves a hole at the end of a file out */
	if (len == 0 && reader->left > 0) {
		len = (la_ssize_t)(reader->left < cap ? reader->left : cap);
		memset(buf, 0, (size_t)len);
	}
	reader->left -= (uint64_t)len < reader->left ? (uint64_t)len : reader->left;
	reader->given += (uint64_t)len;
	DRAY_TRY(check_limits(reader, err));
	*out_len = (size_t)len;
	return DRAY_OK;
}
