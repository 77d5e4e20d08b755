/*
 * The tar format, written: POSIX.1-2008, pax(1), "ustar Interchange Format" and "pax Header Block".
 *
 * An archive has to be the same bytes whoever makes it, with whichever version of libarchive, so
 * its headers are made here. A member is one ustar header; what does not fit that has a pax header
 * in front, whose records stand in this order and only where they are needed: hdrcharset (for names
 * that are not UTF-8), linkpath, path, size. Names are bytes as they are. The archive ends with two
 * blocks of zeros, filled up to a record of 20 blocks.
 *
 *   name 100 · mode 8 · uid 8 · gid 8 · size 12 · mtime 12 · chksum 8 · type 1 · linkname 100 ·
 *   magic 6 · version 2 · uname 32 · gname 32 · devmajor 8 · devminor 8 · prefix 155
 */
#include "tar.h"

#include <stdio.h>
#include <string.h>

#define RECORD (20u * TAR_BLOCK)
#define OCTAL_MAX UINT64_C(077777777777) /* eleven digits: 8 GiB less one; the year 2242 */
#define NAME_MAX_BYTES 100u
#define PREFIX_MAX_BYTES 155u

enum { NAME = 0, MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136, CHKSUM = 148 };
enum { TYPE = 156, LINKNAME = 157, MAGIC = 257, DEVMAJOR = 329, DEVMINOR = 337, PREFIX = 345 };

size_t tar_padding(uint64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

size_t tar_end(uint64_t len)
{
	uint64_t least = len + 2 * TAR_BLOCK;

	return (size_t)(2 * TAR_BLOCK + (RECORD - least % RECORD) % RECORD);
}

/* Digits with zeros in front and a NUL behind, in a field of `width` bytes. */
static void put_octal(char *field, size_t width, uint64_t value)
{
	field[width - 1] = '\0';
	for (size_t i = width - 1; i-- > 0; value /= 8)
		field[i] = (char)('0' + value % 8);
}

struct header {
	const char *name;
	size_t name_len;
	const char *prefix;
	size_t prefix_len;
	const char *target;
	uint64_t size;
	uint64_t mtime;
	unsigned mode;
	char type;
};

static void put_header(struct dray_buf *out, const struct header *header)
{
	char block[TAR_BLOCK] = {0};
	size_t target_len = strlen(header->target);
	unsigned sum = 0;

	memcpy(block + NAME, header->name, header->name_len);
	put_octal(block + MODE, 8, header->mode);
	put_octal(block + UID, 8, 0);
	put_octal(block + GID, 8, 0);
	put_octal(block + SIZE, 12, header->size);
	put_octal(block + MTIME, 12, header->mtime);
	memset(block + CHKSUM, ' ', 8);
	block[TYPE] = header->type;
	memcpy(block + LINKNAME, header->target,
		target_len < NAME_MAX_BYTES ? target_len : NAME_MAX_BYTES);
	memcpy(block + MAGIC, "ustar\00000", 8);
	put_octal(block + DEVMAJOR, 8, 0);
	put_octal(block + DEVMINOR, 8, 0);
	memcpy(block + PREFIX, header->prefix, header->prefix_len);
	for (size_t i = 0; i < sizeof block; i++)
		sum += (unsigned char)block[i];
	put_octal(block + CHKSUM, 7, sum); /* six digits, a NUL and the blank that is there */
	dray_buf_add(out, block, sizeof block);
}

static void put_zeros(struct dray_buf *out, size_t len)
{
	static const char zeros[TAR_BLOCK];

	dray_buf_add(out, zeros, len);
}

/* "<length of the whole record> <key>=<value>\n" */
static void put_record(struct dray_buf *out, const char *key, const char *value)
{
	size_t body = strlen(key) + strlen(value) + 3;
	size_t len = body + 1;
	char digits[24];

	/* its own digits count, and may make it longer */
	for (size_t i = 0; i < 2; i++)
		len = body + (size_t)snprintf(digits, sizeof digits, "%zu", len);
	dray_buf_printf(out, "%zu %s=%s\n", len, key, value);
}

/* Split at a '/' so that both parts fit; the longest prefix that does. */
static bool fit_name(const char *name, struct header *out)
{
	size_t len = strlen(name);

	out->name = name;
	out->name_len = len;
	out->prefix = "";
	out->prefix_len = 0;
	if (len <= NAME_MAX_BYTES)
		return true;
	for (size_t i = len < PREFIX_MAX_BYTES ? len : PREFIX_MAX_BYTES; i > 0; i--)
		if (name[i] == '/' && len - i - 1 <= NAME_MAX_BYTES && name[i + 1] != '\0') {
			out->prefix_len = i;
			out->prefix = name;
			out->name = name + i + 1;
			out->name_len = len - i - 1;
			return true;
		}
	out->name_len = NAME_MAX_BYTES; /* for who does not know pax */
	return false;
}

static void put_pax(struct dray_buf *out, const struct header *header, const char *name,
	const char *target, const char *size)
{
	DRAY_AUTO(buf) records = DRAY_BUF_INIT;
	static const char pax_name[] = "PaxHeader";
	bool is_utf8 =
		(name == NULL || dray_is_utf8(name)) && (target == NULL || dray_is_utf8(target));

	if (!is_utf8)
		put_record(&records, "hdrcharset", "BINARY");
	if (target != NULL)
		put_record(&records, "linkpath", target);
	if (name != NULL)
		put_record(&records, "path", name);
	if (size != NULL)
		put_record(&records, "size", size);
	const struct header pax = {
		.name = pax_name,
		.name_len = strlen(pax_name),
		.prefix = "",
		.target = "",
		.size = records.len,
		.mtime = header->mtime,
		.mode = 0644,
		.type = 'x',
	};
	put_header(out, &pax);
	dray_buf_add(out, records.data, records.len);
	put_zeros(out, tar_padding(records.len));
}

enum dray_status tar_header(
	const struct dray_member *member, struct dray_buf *out, struct dray_err *err)
{
	static const char types[] = {[DRAY_MEMBER_FILE] = '0',
		[DRAY_MEMBER_EXEC] = '0',
		[DRAY_MEMBER_LINK] = '2',
		[DRAY_MEMBER_DIR] = '5'};
	bool is_dir = member->type == DRAY_MEMBER_DIR;
	bool is_open = is_dir || member->type == DRAY_MEMBER_EXEC;
	const char *target = member->type == DRAY_MEMBER_LINK ? member->target : "";
	DRAY_AUTO_STR name = dray_format("%s%s", member->name, is_dir ? "/" : "");
	bool is_large = member->size > OCTAL_MAX;
	char size[24];

	if (member->mtime < 0 || (uint64_t)member->mtime > OCTAL_MAX)
		return dray_fail(err, DRAY_INVALID, "'%s' has a time that tar cannot hold", name);
	struct header header = {
		.target = target,
		.size = is_large ? 0 : member->size,
		.mtime = (uint64_t)member->mtime,
		.mode = member->type == DRAY_MEMBER_LINK ? 0777
			: is_open                        ? 0755
							 : 0644,
		.type = types[member->type],
	};
	bool is_fit = fit_name(name, &header);
	snprintf(size, sizeof size, "%ju", (uintmax_t)member->size);
	if (!is_fit || is_large || strlen(target) > NAME_MAX_BYTES)
		put_pax(out, &header, is_fit ? NULL : name,
			strlen(target) > NAME_MAX_BYTES ? target : NULL, is_large ? size : NULL);
	put_header(out, &header);
	return DRAY_OK;
}
