/*
 * Names for a person to read, as git's core.quotePath=false shows them: plain
 * where they are plain, else in double quotes with C escapes.
 */
#include <dray/base.h>

#include <string.h>

/* Bytes at `text` that may stand as they are; 0 if the next byte needs an escape. */
static size_t plain_len(const char *text, size_t left)
{
	unsigned char byte = (unsigned char)*text;
	size_t len = dray_utf8_len(text, left);

	if (len == 1 && (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\'))
		return 0;
	if (len == 2 && byte == 0xc2 && (unsigned char)text[1] < 0xa0)
		return 0; /* C1 controls move terminals too */
	return len;
}

static void put_escaped(struct dray_buf *buf, unsigned char byte)
{
	static const char letters[] = "\aa\bb\tt\nn\vv\ff\rr\"\"\\\\";

	for (const char *at = letters; *at != '\0'; at += 2)
		if ((unsigned char)at[0] == byte) {
			dray_buf_putc(buf, '\\');
			dray_buf_putc(buf, at[1]);
			return;
		}
	dray_buf_printf(buf, "\\%03o", byte);
}

static bool is_plain(const char *name, size_t len)
{
	if (len == 0)
		return false;
	while (len > 0) {
		size_t step = plain_len(name, len);

		if (step == 0)
			return false;
		name += step;
		len -= step;
	}
	return true;
}

void dray_buf_quote(struct dray_buf *buf, const char *name)
{
	size_t left = strlen(name);

	if (is_plain(name, left)) {
		dray_buf_add(buf, name, left);
		return;
	}
	dray_buf_putc(buf, '"');
	while (left > 0) {
		size_t step = plain_len(name, left);

		if (step > 0) {
			dray_buf_add(buf, name, step);
		} else {
			put_escaped(buf, (unsigned char)*name);
			step = 1;
		}
		name += step;
		left -= step;
	}
	dray_buf_putc(buf, '"');
}
