/*
 * libarchive's functions as a table, filled on first use. Everything else in this room calls
 * libarchive through `dray_libarchive` and nothing else.
 */
#ifndef DRAY_ARCHIVE_LIBRARY_H
#define DRAY_ARCHIVE_LIBRARY_H

#include <dray/base.h>

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

/* Names without "archive_". */
#define DRAY_LIBARCHIVE_CALL_MAP(X)         \
	X(entry_filetype)                   \
	X(entry_free)                       \
	X(entry_hardlink)                   \
	X(entry_is_encrypted)               \
	X(entry_mtime)                      \
	X(entry_new)                        \
	X(entry_pathname)                   \
	X(entry_perm)                       \
	X(entry_set_filetype)               \
	X(entry_set_gid)                    \
	X(entry_set_mtime)                  \
	X(entry_set_pathname)               \
	X(entry_set_perm)                   \
	X(entry_set_size)                   \
	X(entry_set_symlink)                \
	X(entry_set_uid)                    \
	X(entry_size)                       \
	X(entry_size_is_set)                \
	X(entry_symlink)                    \
	X(error_string)                     \
	X(filter_bytes)                     \
	X(read_data)                        \
	X(read_data_skip)                   \
	X(read_free)                        \
	X(read_new)                         \
	X(read_next_header)                 \
	X(read_open1)                       \
	X(read_set_callback_data)           \
	X(read_set_read_callback)           \
	X(read_set_seek_callback)           \
	X(read_support_filter_bzip2)        \
	X(read_support_filter_gzip)         \
	X(read_support_filter_xz)           \
	X(read_support_filter_zstd)         \
	X(read_support_format_tar)          \
	X(read_support_format_zip_seekable) \
	X(version_string)                   \
	X(write_add_filter_gzip)            \
	X(write_add_filter_zstd)            \
	X(write_close)                      \
	X(write_data)                       \
	X(write_free)                       \
	X(write_header)                     \
	X(write_new)                        \
	X(write_open)                       \
	X(write_set_bytes_in_last_block)    \
	X(write_set_filter_option)          \
	X(write_set_format_option)          \
	X(write_set_format_raw)             \
	X(write_set_format_zip)

struct dray_libarchive {
#define X(name) __typeof__(archive_##name) *name;
	DRAY_LIBARCHIVE_CALL_MAP(X)
#undef X
	locale_t names; /* in which bytes of names are what they are */
};
/* All NULL until dray_libarchive_load() succeeded; constant afterwards. */
extern struct dray_libarchive dray_libarchive;

/* Load libarchive once. UNSUPPORTED with what to install if it is not there. Main thread only. */
DRAY_MUST_CHECK enum dray_status dray_libarchive_load(struct dray_err *err);

/*
 * libarchive reads names by the thread's locale, and loses those that "C" has no letters for. While
 * a scope holds this they are UTF-8, or bytes that it leaves alone.
 */
struct dray_names_locale {
	locale_t before;
};
struct dray_names_locale dray_names_locale_enter(void);
void dray_names_locale_drop(struct dray_names_locale *locale);

/* "<what>: <libarchive's words>". */
enum dray_status dray_libarchive_fail(struct dray_err *err, enum dray_status status,
	struct archive *archive, const char *what, ...) DRAY_PRINTF(4, 5);

#endif
