/*
 * base: what every room stands on. Status and error, memory, byte buffers,
 * lists, maps, paths as text, checked numbers. No I/O, no global state.
 *
 * Conventions used by every header of this project:
 *  - a function that can fail returns `enum dray_status` and takes `err` last;
 *    on failure `err` is filled and outputs are untouched;
 *  - `out_…` gives ownership away, `const` results are borrowed;
 *  - `_drop` releases the inside, is idempotent and leaves an empty value;
 *  - strings are NUL-terminated bytes, not necessarily UTF-8.
 */
#ifndef DRAY_BASE_H
#define DRAY_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRAY_MUST_CHECK __attribute__((warn_unused_result))
#define DRAY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define DRAY_NORETURN __attribute__((noreturn))
#define DRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An owned local: dray_TYPE_drop() runs when the scope ends. Initialise it where it is declared. */
#define DRAY_AUTO(type) __attribute__((cleanup(dray_##type##_drop))) struct dray_##type

/* ------------------------------------------------------------------ status */

/*
 * The one list of outcomes: name, exit code, text for the man pages. A status
 * exists only where some caller or script acts on it. Names are used as
 * DRAY_<NAME>; main() returns the exit code.
 */
#define DRAY_STATUS_MAP(X)                                                            \
	X(OK, 0, "done")                                                              \
	X(FAILED, 1, "failed; or, with --exit-code, differences were found")          \
	X(USAGE, 2, "wrong usage: unknown command or option, bad argument")           \
	X(NOT_FOUND, 3, "a file, object, pointer, revision or remote does not exist") \
	X(CORRUPT, 4, "bytes do not match their id")                                  \
	X(RETRY, 5, "the remote asked to come back later")                            \
	X(NO_SPACE, 6, "the disk is full or a quota is reached")                      \
	X(DENIED, 7, "no permission, or a read-only place")                           \
	X(EXISTS, 8, "something is in the way")                                       \
	X(INVALID, 9, "a pointer, manifest or path is malformed")                     \
	X(CONFIG, 9, "settings are malformed")                                        \
	X(NO_REPO, 10, "not inside a dray repository")                                \
	X(BUSY, 11, "another process holds the lock")                                 \
	X(CHANGED, 12, "a file changed while it was read")                            \
	X(UNSAVED, 13, "refused: bytes that are in no cache would be lost")           \
	X(UNSUPPORTED, 14, "the file system, file type or remote cannot do this")     \
	X(CANCELLED, 130, "interrupted")

enum dray_status {
#define X(name, code, text) DRAY_##name,
	DRAY_STATUS_MAP(X)
#undef X
		DRAY_STATUS_COUNT
};

int dray_status_exit_code(enum dray_status status);
const char *dray_status_name(enum dray_status status); /* "NOT_FOUND" */
const char *dray_status_text(enum dray_status status);

/*
 * What went wrong, for a person. `text` is one printable line (control bytes
 * and invalid UTF-8 are escaped as \xNN, so a hostile file name cannot drive a
 * terminal): what, where in 'quotes', why; lower case, no full stop. `hint` is
 * what to do next, or empty. Longer texts are cut at the end.
 */
struct dray_err {
	enum dray_status status;
	char text[4608]; /* a path of PATH_MAX and a sentence */
	char hint[1024];
};
#define DRAY_ERR_INIT             \
	{                         \
		.status = DRAY_OK \
	}

/* Fill `err` and return `status`. Clears an earlier hint. `status` is not OK. */
enum dray_status dray_fail(struct dray_err *err, enum dray_status status, const char *fmt, ...)
	DRAY_PRINTF(3, 4);

/* Set what to do next; returns err->status so that it can end a function. */
enum dray_status dray_hint(struct dray_err *err, const char *fmt, ...) DRAY_PRINTF(2, 3);

/* Put "<frame>: " in front of the text; returns err->status. One frame per error is enough. */
enum dray_status dray_frame(struct dray_err *err, const char *fmt, ...) DRAY_PRINTF(2, 3);

/* Leave the function with the status of `call` unless it is OK. The only macro that returns. */
#define DRAY_TRY(call)                                 \
	do {                                           \
		enum dray_status try_status_ = (call); \
		if (try_status_ != DRAY_OK)            \
			return try_status_;            \
	} while (0)

/* Drop a status on purpose; write the reason beside the call. */
static inline void dray_ignore(enum dray_status status)
{
	(void)status;
}

/* ------------------------------------------------------------------ memory */

/*
 * Never NULL: out of memory ends the program with one line and exit code 1.
 * Publishing is atomic, so nothing is lost. Release with free().
 */
void *dray_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *dray_calloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *dray_realloc(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *dray_strdup(const char *text) __attribute__((malloc, returns_nonnull));
char *dray_strndup(const char *text, size_t len) __attribute__((malloc, returns_nonnull));
char *dray_format(const char *fmt, ...) DRAY_PRINTF(1, 2);

/* Make room for one more item in a dynamic array; amortised doubling. */
#define DRAY_GROW(array, len, cap)                                               \
	do {                                                                     \
		if ((len) == (cap)) {                                            \
			(cap) = (cap) ? (cap)*2 : 8;                             \
			(array) = dray_realloc((array), (cap), sizeof *(array)); \
		}                                                                \
	} while (0)

/* An owned C string as a scope-cleaned local: DRAY_AUTO_STR path = dray_format(…). */
void dray_str_release(char **text);
#define DRAY_AUTO_STR __attribute__((cleanup(dray_str_release))) char *
/* The same for a key or token: its bytes are wiped first. */
void dray_str_wipe(char **text);
#define DRAY_AUTO_SECRET __attribute__((cleanup(dray_str_wipe))) char *

/* ----------------------------------------------------------------- buffers */

/*
 * Growable bytes, always NUL-terminated behind `len` once anything was
 * appended. Past `ceiling_bytes` (0: no ceiling) an append is dropped,
 * `is_over` is set and later appends are no-ops: check once, at the end.
 */
struct dray_buf {
	char *data;
	size_t len;
	size_t cap;
	size_t ceiling_bytes;
	bool is_over;
};
#define DRAY_BUF_INIT        \
	{                    \
		.data = NULL \
	}

void dray_buf_add(struct dray_buf *buf, const void *data, size_t len);
void dray_buf_puts(struct dray_buf *buf, const char *text);
void dray_buf_putc(struct dray_buf *buf, char byte);
void dray_buf_printf(struct dray_buf *buf, const char *fmt, ...) DRAY_PRINTF(2, 3);
void dray_buf_reserve(struct dray_buf *buf, size_t more);
void dray_buf_clear(struct dray_buf *buf);             /* keeps the memory */
const char *dray_buf_text(const struct dray_buf *buf); /* "" when empty; borrowed */
char *dray_buf_take(struct dray_buf *buf); /* the string, "" when empty; buf is left empty */
void dray_buf_drop(struct dray_buf *buf);
/*
 * The same for keys and tokens: the memory is wiped first. Reserve what is needed at the start,
 * since growing leaves the old bytes behind.
 */
void dray_buf_wipe(struct dray_buf *buf);
#define DRAY_AUTO_SECRET_BUF __attribute__((cleanup(dray_buf_wipe))) struct dray_buf

/*
 * Append `name` as one printable word. As git does: as it is when it is plain;
 * else in double quotes with C escapes (\n \t \" \\ \ooo). Valid UTF-8 stays.
 */
void dray_buf_quote(struct dray_buf *buf, const char *name);
/*
 * Append one word for a shell, in commands for a person to paste: quoted only where it must be,
 * $'…' for bytes that would drive a terminal.
 */
void dray_buf_shell(struct dray_buf *buf, const char *word);
/* The same always in single quotes, as bash, zsh and fish all read them. */
void dray_buf_shell_quoted(struct dray_buf *buf, const char *text);

/* Append bytes as lower-case hex digits; as base64 with padding (RFC 4648, section 4). */
void dray_buf_hex(struct dray_buf *buf, const void *data, size_t len);
void dray_buf_base64(struct dray_buf *buf, const void *data, size_t len);
/* Append the bytes that base64 stands for; false, nothing appended, if it is none. */
bool dray_buf_unbase64(struct dray_buf *buf, const char *text, size_t len);
/*
 * Append text as part of an URL (RFC 3986): all bytes but A-Z a-z 0-9 - . _ ~ and those of
 * `kept` as %XX. And back: false, nothing appended, on a broken escape or a NUL.
 */
void dray_buf_percent(struct dray_buf *buf, const char *text, const char *kept);
bool dray_buf_unpercent(struct dray_buf *buf, const char *text, size_t len);

/* ------------------------------------------------------------------- lists */

struct dray_strs {
	char **items; /* owned strings */
	size_t len;
	size_t cap;
};
#define DRAY_STRS_INIT        \
	{                     \
		.items = NULL \
	}

void dray_strs_add(struct dray_strs *strs, const char *text); /* copies */
void dray_strs_sort(struct dray_strs *strs);                  /* by bytes; removes duplicates */
bool dray_strs_has(const struct dray_strs *strs, const char *text);
void dray_strs_drop(struct dray_strs *strs);
/* The same for lists with keys or tokens in them. */
void dray_strs_wipe(struct dray_strs *strs);
#define DRAY_AUTO_SECRET_STRS __attribute__((cleanup(dray_strs_wipe))) struct dray_strs

/*
 * Map from byte keys to a 64-bit value. Keys are copied. Iterate with
 * `for (size_t at = 0; dray_map_next(map, &at, &key, &len, &value);)`; the
 * order is unspecified and the map must not change meanwhile. Not thread-safe;
 * concurrent readers are fine.
 */
struct dray_map {
	struct dray_map_slot *slots;
	size_t len;
	size_t cap;
	struct dray_arena *keys;
};
#define DRAY_MAP_INIT         \
	{                     \
		.slots = NULL \
	}

/* False if the key was there: its value is then left alone. */
bool dray_map_add(struct dray_map *map, const void *key, size_t key_len, uint64_t value);
/* NULL when absent; borrowed until the next add; may be written through. */
uint64_t *dray_map_peek(const struct dray_map *map, const void *key, size_t key_len);
bool dray_map_next(const struct dray_map *map, size_t *at, const void **out_key, size_t *out_len,
	uint64_t *out_value);
void dray_map_drop(struct dray_map *map);

/* Many small things that die together. Pointers stay valid until the arena is freed. */
struct dray_arena;
struct dray_arena *dray_arena_new(void);
void *dray_arena_alloc(struct dray_arena *arena, size_t size); /* 8-byte aligned */
char *dray_arena_strndup(struct dray_arena *arena, const char *text, size_t len);
void dray_arena_free(struct dray_arena *arena);

/*
 * The name a person probably meant: offer names one after the other, then read
 * `best` (borrowed, NULL if none is near).
 */
struct dray_nearest {
	const char *word;
	const char *best;
	size_t distance;
};
#define DRAY_NEAREST_INIT(word_) \
	{                        \
		.word = (word_)  \
	}
void dray_nearest_offer(struct dray_nearest *nearest, const char *name);
/*
 * Letters to insert, remove, replace or swap with a neighbour to turn one word
 * into the other, as optimal string alignment counts. Words longer than
 * DRAY_NEAREST_MAX are as far from anything as can be.
 */
#define DRAY_NEAREST_MAX 64
size_t dray_distance(const char *from, const char *to);

/*
 * Append the words of a command line, split as a shell does: blanks between words, '…' and "…",
 * a backslash before any byte (between "" only before " and \\). Nothing is expanded. INVALID,
 * nothing appended: a quote that is not closed, a backslash at the end. The text is in no error:
 * it may hold a secret.
 */
DRAY_MUST_CHECK enum dray_status dray_strs_split_shell(
	struct dray_strs *strs, const char *text, struct dray_err *err);

/* ------------------------------------------------------- paths, as text */

/*
 * A *path* is a file on disk, a *name* is a path relative to the repository's
 * root: '/' between parts, no leading or trailing '/', no empty, '.' or '..'
 * part; "" is the root itself.
 */
#define DRAY_PATH_MAX 4096 /* bytes with the NUL, as Linux's PATH_MAX */
#define DRAY_NAME_PART_MAX 255

char *dray_path_join(const char *dir, const char *name); /* either may be "" */
char *dray_path_dirname(const char *path);               /* "" for a single part */
const char *dray_path_basename(const char *path);        /* borrowed tail */
char *dray_path_normalise(const char *path);             /* lexical: '.', '..', '//' removed */
bool dray_path_has_suffix(const char *path, const char *suffix);
bool dray_path_is_absolute(const char *path);
/* True if `name` is `dir` or lies below it; everything lies below "". */
bool dray_path_is_within(const char *name, const char *dir);
/* `to` as seen from directory `from`; both absolute and normalised. */
char *dray_path_relative(const char *from, const char *to);

/*
 * A name that may be followed below a root whoever wrote it: relative, no
 * empty, '.', '..' part, no part that git reads as its own (.git or its short
 * form git~1, in any case, with trailing dots or blanks or a ':…' stream), no
 * part over DRAY_NAME_PART_MAX, below DRAY_PATH_MAX. INVALID names what is wrong.
 */
DRAY_MUST_CHECK enum dray_status dray_name_check(const char *name, struct dray_err *err);

/* ----------------------------------------------------------------- numbers */

/* Decimal digits only, no sign, no blank; false on anything else or overflow. */
bool dray_parse_u64(const char *text, size_t len, uint64_t *out_value);
/* A count of bytes with an optional K, M, G or T (1024-based), then an optional B; any case. */
bool dray_parse_size(const char *text, uint64_t *out_bytes);
/* "yes", "true", "on", "1" and their opposites, any case. */
bool dray_parse_bool(const char *text, bool *out_value);
/* "812 B", "1.2 MB" (1000-based, as storage is sold). Writes at most 16 bytes. */
const char *dray_show_size(uint64_t bytes, char out[16]);
/*
 * A moment as RFC 3339 and AWS write it, "2026-01-31T12:00:00Z", a fraction and an offset such as
 * "+02:00" allowed, as nanoseconds since 1970. False on anything else; years 1970 to 2261.
 */
bool dray_parse_time(const char *text, int64_t *out_ns);
/*
 * A moment (seconds since 1970) as a place so many minutes east of Greenwich writes it,
 * "2026-01-31T13:00:00+01:00". Moments before the year 1 and after 9998 become the nearest that can
 * be written.
 */
#define DRAY_TIME_TEXT_MAX 80 /* what fields of any value would take */
const char *dray_show_time(int64_t moment_s, int zone_minutes, char out[DRAY_TIME_TEXT_MAX]);

/* Length of the valid UTF-8 sequence at `text` (1..4), 0 if there is none. RFC 3629. */
size_t dray_utf8_len(const char *text, size_t len);
/* The code point of a sequence of that length. */
uint32_t dray_utf8_code(const char *text, size_t len);
/* The sequence of a code point (no surrogate, at most 0x10ffff); its length. */
size_t dray_utf8_encode(uint32_t code, char out[4]);
bool dray_is_utf8(const char *text);
/* Length of the byte order mark that `text` begins with: 3, or 0 for none. */
size_t dray_utf8_mark_len(const char *text, size_t len);

#endif
