/*
 * archive: tar, zip and their kin, in and out, as streams. The only room that
 * includes libarchive, which it loads on first use: most commands never meet an
 * archive. A plain tar is written without it.
 */
#ifndef DRAY_ARCHIVE_H
#define DRAY_ARCHIVE_H

#include <dray/base.h>

/* What we write. Also read, and told by their bytes: tar in xz and bzip2. */
enum dray_archive_kind {
	DRAY_ARCHIVE_TAR,
	DRAY_ARCHIVE_TAR_GZ,
	DRAY_ARCHIVE_TAR_ZST,
	DRAY_ARCHIVE_ZIP,
};

/* A kind by its name: "tar", "tar.gz" or "tgz", "tar.zst" or "tzst", "zip"; false for others. */
bool dray_archive_parse(const char *name, enum dray_archive_kind *out_kind);
/* A kind by how a file is called, "data.tar.zst"; false if its name does not say. */
bool dray_archive_kind_of(const char *path, enum dray_archive_kind *out_kind);
/* Length of a file's name without what says that it is an archive, "data" of "data.tar.xz". */
size_t dray_archive_stem_len(const char *basename);

enum dray_member_type {
	DRAY_MEMBER_FILE,
	DRAY_MEMBER_EXEC, /* a file with the owner's execute bit */
	DRAY_MEMBER_LINK, /* a symlink */
	DRAY_MEMBER_DIR,
};
/* One member. Strings are borrowed. */
struct dray_member {
	const char *name;   /* passes dray_name_check; a directory's has no '/' at its end */
	const char *target; /* of a LINK */
	uint64_t size;      /* of a file; else 0 */
	int64_t mtime;      /* seconds since 1970 */
	enum dray_member_type type;
};

/* ------------------------------------------------------------------ writing */

/*
 * The same members give the same bytes: owner and group are 0 and have no name, modes are 0644 or
 * 0755, compression has one level and one thread. A tar has these bytes on every machine (the
 * format: src/archive/tar.c); what is compressed depends on the version of zlib or libzstd, and a
 * zip on that of libarchive, too. One thread at a time.
 */
struct dray_archive_writer;
/*
 * Write to `fd` from where it is; `path` names it in errors. UNSUPPORTED: no libarchive, or one
 * without that compression.
 */
DRAY_MUST_CHECK enum dray_status dray_archive_writer_open(enum dray_archive_kind kind, int fd,
	const char *path, struct dray_archive_writer **out_writer, struct dray_err *err);
/*
 * Begin a member; the one before is complete. INVALID: the format has no room for its name or
 * time: zip holds UTF-8 without backslashes.
 */
DRAY_MUST_CHECK enum dray_status dray_archive_begin(
	struct dray_archive_writer *writer, const struct dray_member *member, struct dray_err *err);
/* Bytes of the member that was begun: as many in all as its size says, which the caller sees to. */
DRAY_MUST_CHECK enum dray_status dray_archive_write(
	struct dray_archive_writer *writer, const void *data, size_t len, struct dray_err *err);
/* Complete the archive. Only _close may follow. */
DRAY_MUST_CHECK enum dray_status dray_archive_finish(
	struct dray_archive_writer *writer, struct dray_err *err);
void dray_archive_writer_close(struct dray_archive_writer *writer); /* NULL is fine */

/* ------------------------------------------------------------------ reading */

/* How much a file may unpack to: it decides alone what it says it holds. */
struct dray_archive_limits {
	uint64_t bytes;   /* in all */
	uint64_t members; /* at most DRAY_ARCHIVE_MEMBERS_MAX */
	uint64_t ratio;   /* unpacked to packed, beyond DRAY_ARCHIVE_RATIO_FROM bytes */
};
/* A name costs memory until the end: a list of them is what tells duplicates. */
#define DRAY_ARCHIVE_MEMBERS_MAX UINT64_C(16777216)
#define DRAY_ARCHIVE_BYTES_MAX (UINT64_C(1) << 40)
/* gzip reaches 1032 on zeros. Small archives of them are no bombs. */
#define DRAY_ARCHIVE_RATIO_MAX UINT64_C(1000)
#define DRAY_ARCHIVE_RATIO_FROM (UINT64_C(64) << 20)
#define DRAY_ARCHIVE_LIMITS_INIT                                                      \
	{                                                                             \
		.bytes = DRAY_ARCHIVE_BYTES_MAX, .members = DRAY_ARCHIVE_MEMBERS_MAX, \
		.ratio = DRAY_ARCHIVE_RATIO_MAX                                       \
	}

/*
 * Whoever made the archive is not to be trusted. INVALID, from any call, for what no member may
 * be: a name that fails dray_name_check once "./" in front and '/' behind are gone, one that comes
 * twice, a hard link, a symlink without target, more than the limits allow, bytes that are no
 * archive or end early. UNSUPPORTED: devices and their like, encrypted members, no libarchive. No
 * other program is ever run for a compression that libarchive lacks.
 */
struct dray_archive_reader;
/* Read `fd` from where it is to its end; `path` names it in errors. A zip needs a seekable file. */
DRAY_MUST_CHECK enum dray_status dray_archive_reader_open(int fd, const char *path,
	const struct dray_archive_limits *limits, struct dray_archive_reader **out_reader,
	struct dray_err *err);
/*
 * The next member, valid until the next call; what was not read of the one before is passed over.
 * The archive's own top, "./", is none. At the end *out_more is false.
 */
DRAY_MUST_CHECK enum dray_status dray_archive_next(struct dray_archive_reader *reader,
	bool *out_more, struct dray_member *out_member, struct dray_err *err);
/* Up to `cap` bytes of the member; *out_len 0 is its end. Holes are read as zeros. */
DRAY_MUST_CHECK enum dray_status dray_archive_read(struct dray_archive_reader *reader, void *buf,
	size_t cap, size_t *out_len, struct dray_err *err);
/* Bytes of the file that were read so far: for progress. */
uint64_t dray_archive_consumed(const struct dray_archive_reader *reader);
void dray_archive_reader_close(struct dray_archive_reader *reader); /* NULL is fine */

/* For doctor: version of libarchive in use, "3.6.2"; NULL if it cannot be loaded. */
const char *dray_archive_library_version(void);

#endif
