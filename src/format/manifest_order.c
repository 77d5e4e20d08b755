/*
 * manifest_order: the order of manifests, and that no path passes through
 * another entry.
 *
 * Paths are sorted by bytes, and '!' is less than '/': between a file "a" and
 * its impossible child "a/b" there may stand any number of "a!x". So we keep
 * every earlier path that is a prefix, as text, of the present one: all that
 * begins with "a" follows "a" without a gap, so what is no prefix any more
 * never will be again. Each of them but the last has been compared one byte
 * behind its end already, so that one comparison an entry is enough.
 */
#include "manifest.h"

#include <string.h>

/* Byte `at` of a path as it is written; 0 behind its end. */
static unsigned char written_byte(const char *path, size_t at, size_t len, enum dray_kind kind)
{
	if (at < len)
		return (unsigned char)path[at];
	return at == len && kind == DRAY_KIND_EMPTY ? '/' : '\0';
}

int dray_entry_cmp(const char *a, enum dray_kind a_kind, const char *b, enum dray_kind b_kind)
{
	size_t at = 0;

	while (a[at] != '\0' && a[at] == b[at])
		at++;
	size_t a_len = at + strlen(a + at);
	size_t b_len = at + strlen(b + at);
	for (;; at++) {
		unsigned char a_byte = written_byte(a, at, a_len, a_kind);
		unsigned char b_byte = written_byte(b, at, b_len, b_kind);
		if (a_byte != b_byte || a_byte == '\0')
			return (int)a_byte - (int)b_byte;
	}
}

static size_t shared_len(
	const struct dray_manifest_order *order, const char *path, size_t len, enum dray_kind kind)
{
	size_t max = order->len < len ? order->len : len;
	size_t at = 0;

	while (at < max && order->path[at] == path[at])
		at++;
	if (at == len && at < order->len && kind == DRAY_KIND_EMPTY && order->path[at] == '/')
		at++;
	return at;
}

const char *dray_manifest_order_add(
	struct dray_manifest_order *order, const char *path, size_t len, enum dray_kind kind)
{
	bool is_empty_dir = kind == DRAY_KIND_EMPTY;
	size_t full_len = len + is_empty_dir;
	size_t shared = shared_len(order, path, len, kind);
	size_t depth = order->depth;
	unsigned char next = written_byte(path, shared, len, kind);

	if (shared == full_len)
		return shared == order->len ? "path is repeated" : "paths are not sorted";
	if (shared < order->len && next < (unsigned char)order->path[shared])
		return "paths are not sorted";
	while (depth > 0 && order->prefixes[depth - 1] > shared)
		depth--;
	bool is_below_entry = depth > 0 && order->prefixes[depth - 1] == shared && next == '/';
	if (is_below_entry || (order->is_empty_dir && shared == order->len))
		return "path passes through another entry";

	memcpy(order->path + shared, path + shared, len - shared);
	if (is_empty_dir)
		order->path[len] = '/';
	else
		order->prefixes[depth++] = (uint16_t)len;
	order->len = full_len;
	order->is_empty_dir = is_empty_dir;
	order->depth = depth;
	return NULL;
}
