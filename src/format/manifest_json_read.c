/*
 * manifest_json_read: DVC's manifests (".dir" objects) as a stream of entries:
 *
 *	[{"md5": "<32 hex>", "relpath": "a/b"}, ...]
 *
 * Sorted by relpath; other members of an entry are passed over. What is read is held to its id by
 * the caller, so spelling (blanks, escapes) is not: JSON as RFC 8259 has it, without depth beyond
 * SKIP_DEPTH_MAX.
 *
 * Invariant: nothing but the buffer and the path is kept; a million entries cost no more than one.
 */
#include "manifest.h"

#include <string.h>

#define SKIP_DEPTH_MAX 32

/* Text of a string that matters; longer ones are cut, and then equal to none we know. */
struct text {
	char *data;
	size_t cap;
	size_t len; /* of the string, which may be more than `cap` */
};

static enum dray_status refuse(struct dray_manifest_reader *reader, struct dray_err *err)
{
	return dray_manifest_fail(reader, "not DVC's list of files in JSON", err);
}

/* The next byte, unread; -1 at the end. */
static enum dray_status peek(
	struct dray_manifest_reader *reader, int *out_byte, struct dray_err *err)
{
	if (reader->at == reader->end && !reader->is_at_end)
		DRAY_TRY(dray_manifest_fill(reader, err));
	*out_byte = reader->at < reader->end ? (unsigned char)reader->buf[reader->at] : -1;
	return DRAY_OK;
}

static enum dray_status take(
	struct dray_manifest_reader *reader, int *out_byte, struct dray_err *err)
{
	DRAY_TRY(peek(reader, out_byte, err));
	reader->at += *out_byte >= 0;
	return DRAY_OK;
}

/* The next byte that is no blank, taken. */
static enum dray_status take_mark(
	struct dray_manifest_reader *reader, int *out_byte, struct dray_err *err)
{
	do
		DRAY_TRY(take(reader, out_byte, err));
	while (*out_byte == ' ' || *out_byte == '\n' || *out_byte == '\r' || *out_byte == '\t');
	return DRAY_OK;
}

static enum dray_status expect(
	struct dray_manifest_reader *reader, int wanted, struct dray_err *err)
{
	int byte;

	DRAY_TRY(take_mark(reader, &byte, err));
	return byte == wanted ? DRAY_OK : refuse(reader, err);
}

/* ---------------------------------------------------------------- strings */

static void put(struct text *text, const char *data, size_t len)
{
	if (text->len + len <= text->cap)
		memcpy(text->data + text->len, data, len);
	text->len += len;
}

static void put_code(struct text *text, uint32_t code)
{
	char bytes[4];

	put(text, bytes, dray_utf8_encode(code, bytes));
}

static enum dray_status take_hex(
	struct dray_manifest_reader *reader, unsigned *out_code, struct dray_err *err)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit;
		int byte;

		DRAY_TRY(take(reader, &byte, err));
		digit = byte > 0 ? strchr(digits, byte) : NULL;
		if (digit == NULL)
			return refuse(reader, err);
		code = code << 4 | ((unsigned)(digit - digits) & 15);
	}
	*out_code = code;
	return DRAY_OK;
}

/* Behind "\u". Two of them may be one character; half of one is none. */
static enum dray_status take_code(
	struct dray_manifest_reader *reader, struct text *text, struct dray_err *err)
{
	unsigned code, low;
	int byte;

	DRAY_TRY(take_hex(reader, &code, err));
	if (code >= 0xd800 && code < 0xdc00) {
		DRAY_TRY(take(reader, &byte, err));
		if (byte == '\\')
			DRAY_TRY(take(reader, &byte, err));
		if (byte != 'u')
			return refuse(reader, err);
		DRAY_TRY(take_hex(reader, &low, err));
		if (low < 0xdc00 || low >= 0xe000)
			return refuse(reader, err);
		code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
	} else if (code == 0 || (code >= 0xdc00 && code < 0xe000)) {
		return refuse(reader, err);
	}
	put_code(text, code);
	return DRAY_OK;
}

static enum dray_status take_escape(
	struct dray_manifest_reader *reader, struct text *text, struct dray_err *err)
{
	static const char names[] = "\"\\/bfnrt";
	static const char bytes[] = "\"\\/\b\f\n\r\t";
	const char *name;
	int byte;

	DRAY_TRY(take(reader, &byte, err));
	if (byte == 'u')
		return take_code(reader, text, err);
	name = byte > 0 ? strchr(names, byte) : NULL;
	if (name == NULL)
		return refuse(reader, err);
	put(text, &bytes[name - names], 1);
	return DRAY_OK;
}

/* Behind the opening quote, up to and with the closing one. */
static enum dray_status take_string(
	struct dray_manifest_reader *reader, struct text *text, struct dray_err *err)
{
	for (;;) {
		int byte;

		DRAY_TRY(peek(reader, &byte, err));
		const char *from = reader->buf + reader->at;
		const char *end = reader->buf + reader->end;
		const char *to = from;
		while (to < end && *to != '"' && *to != '\\' && (unsigned char)*to >= 0x20)
			to++;
		put(text, from, (size_t)(to - from));
		reader->at += (size_t)(to - from);
		DRAY_TRY(peek(reader, &byte, err));
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		reader->at += byte >= 0;
		if (byte == '"')
			break;
		if (byte != '\\')
			return refuse(reader, err);
		DRAY_TRY(take_escape(reader, text, err));
	}
	if (text->len <= text->cap)
		text->data[text->len] = '\0';
	return DRAY_OK;
}

static bool is_text(const struct text *text, const char *word)
{
	return text->len == strlen(word) && memcmp(text->data, word, text->len) == 0;
}

/* ----------------------------------------------------------------- values */

/* A value that is none of ours, its first byte taken. Its insides are not checked. */
static enum dray_status skip_value(
	struct dray_manifest_reader *reader, int byte, struct dray_err *err)
{
	struct text none = {.cap = 0, .data = (char[1]){'\0'}};
	unsigned depth = 0;

	for (;;) {
		bool is_closing = byte == ']' || byte == '}';

		if (byte < 0 || depth > SKIP_DEPTH_MAX || (is_closing && depth == 0))
			return refuse(reader, err);
		if (byte == '"')
			DRAY_TRY(take_string(reader, &none, err));
		depth += byte == '[' || byte == '{';
		depth -= is_closing;
		DRAY_TRY(peek(reader, &byte, err));
		if (depth == 0 && byte >= 0 && strchr(",} \n\r\t", byte) != NULL)
			return DRAY_OK;
		DRAY_TRY(take(reader, &byte, err));
	}
}

static enum dray_status take_text(
	struct dray_manifest_reader *reader, int byte, struct text *text, struct dray_err *err)
{
	if (byte != '"' || text->len > 0) /* no string, or a second one of its name */
		return refuse(reader, err);
	return take_string(reader, text, err);
}

/* One `"key": value`, the key's quote taken. */
static enum dray_status take_member(struct dray_manifest_reader *reader, struct text *hash,
	struct text *path, struct dray_err *err)
{
	char name[16];
	struct text key = {.data = name, .cap = sizeof name - 1};
	int byte;

	DRAY_TRY(take_string(reader, &key, err));
	DRAY_TRY(expect(reader, ':', err));
	DRAY_TRY(take_mark(reader, &byte, err));
	if (is_text(&key, dray_algo_name(reader->algo)))
		return take_text(reader, byte, hash, err);
	if (is_text(&key, "relpath"))
		return take_text(reader, byte, path, err);
	return skip_value(reader, byte, err);
}

/* ---------------------------------------------------------------- entries */

static enum dray_status take_entry(
	struct dray_manifest_reader *reader, struct dray_entry *out_entry, struct dray_err *err)
{
	char hex[DRAY_OID_TEXT_MAX];
	struct text hash = {.data = hex, .cap = sizeof hex - 1};
	struct text path = {.data = reader->path, .cap = sizeof reader->path - 1};
	struct dray_entry entry = {.kind = DRAY_KIND_FILE, .size = UINT64_MAX};
	int byte;

	do {
		DRAY_TRY(expect(reader, '"', err));
		DRAY_TRY(take_member(reader, &hash, &path, err));
		DRAY_TRY(take_mark(reader, &byte, err));
	} while (byte == ',');
	if (byte != '}')
		return refuse(reader, err);
	if (hash.len != reader->hex_len || path.len == 0 || path.len > path.cap ||
		!dray_oid_parse(reader->algo, hex, hash.len, &entry.oid))
		return dray_manifest_fail(reader, "an entry without a usable hash or path", err);
	if (!dray_is_utf8(reader->path))
		return dray_manifest_fail(reader, "a path that is not UTF-8", err);
	entry.path = reader->path;
	DRAY_TRY(dray_manifest_check(reader, &entry, path.len, err));
	*out_entry = entry;
	return DRAY_OK;
}

enum dray_status dray_manifest_json_next(struct dray_manifest_reader *reader, bool *out_more,
	struct dray_entry *out_entry, struct dray_err *err)
{
	bool is_first = reader->line++ == 0;
	int byte;

	if (is_first)
		DRAY_TRY(expect(reader, '[', err));
	DRAY_TRY(take_mark(reader, &byte, err));
	if (byte == ']') {
		DRAY_TRY(expect(reader, -1, err));
		*out_more = false;
		return DRAY_OK;
	}
	if (!is_first) {
		if (byte != ',')
			return refuse(reader, err);
		DRAY_TRY(take_mark(reader, &byte, err));
	}
	if (byte != '{')
		return refuse(reader, err);
	DRAY_TRY(take_entry(reader, out_entry, err));
	*out_more = true;
	return DRAY_OK;
}
