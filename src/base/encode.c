/* Bytes as text and back: hex, base64, the percent-encoding of URLs. */
#include <dray/base.h>

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* Back to `start`, where an append that turned out to be wrong began. */
static bool undo(struct dray_buf *buf, size_t start)
{
	buf->len = start;
	if (buf->data != NULL)
		buf->data[start] = '\0';
	return false;
}

void dray_buf_hex(struct dray_buf *buf, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	dray_buf_reserve(buf, 2 * len);
	for (size_t i = 0; i < len; i++) {
		dray_buf_putc(buf, hex_digits[bytes[i] >> 4]);
		dray_buf_putc(buf, hex_digits[bytes[i] & 15]);
	}
}

void dray_buf_base64(struct dray_buf *buf, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		unsigned group = (unsigned)bytes[i] << 16 |
				 (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0u) |
				 (left > 2 ? (unsigned)bytes[i + 2] : 0u);

		dray_buf_putc(buf, base64_digits[group >> 18]);
		dray_buf_putc(buf, base64_digits[group >> 12 & 63]);
		dray_buf_putc(buf, left > 1 ? base64_digits[group >> 6 & 63] : '=');
		dray_buf_putc(buf, left > 2 ? base64_digits[group & 63] : '=');
	}
}

/* Four digits, the last two of which may be padding, into up to three bytes; 0 if they are none. */
static size_t decode_group(const char *text, bool is_last, unsigned char out[3])
{
	unsigned group = 0;
	size_t padding = 0;

	for (size_t i = 0; i < 4; i++) {
		const char *at = text[i] != '\0' ? strchr(base64_digits, text[i]) : NULL;

		if (is_last && i >= 2 && text[i] == '=')
			padding++;
		else if (at == NULL || padding > 0)
			return 0;
		group = group << 6 | (at != NULL ? (unsigned)(at - base64_digits) : 0u);
	}
	out[0] = (unsigned char)(group >> 16);
	out[1] = (unsigned char)(group >> 8);
	out[2] = (unsigned char)group;
	return 3 - padding;
}

bool dray_buf_unbase64(struct dray_buf *buf, const char *text, size_t len)
{
	size_t start = buf->len;

	for (size_t i = 0; len % 4 == 0 && i < len; i += 4) {
		unsigned char bytes[3];
		size_t count = decode_group(text + i, i + 4 == len, bytes);

		if (count == 0)
			return undo(buf, start);
		dray_buf_add(buf, bytes, count);
	}
	return len % 4 == 0;
}

static bool is_unreserved(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
	       byte == '~';
}

void dray_buf_percent(struct dray_buf *buf, const char *text, const char *kept)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (is_unreserved(*text) || strchr(kept, *text) != NULL)
			dray_buf_putc(buf, *text);
		else
			dray_buf_printf(buf, "%%%02X", byte);
	}
}

bool dray_buf_unpercent(struct dray_buf *buf, const char *text, size_t len)
{
	size_t start = buf->len;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '%' && text[i] != '\0') {
			dray_buf_putc(buf, text[i]);
			continue;
		}
		int high = text[i] == '%' && i + 2 < len ? hex_value(text[i + 1]) : -1;
		int low = high >= 0 ? hex_value(text[i + 2]) : -1;
		if (low < 0 || high + low == 0)
			return undo(buf, start);
		dray_buf_putc(buf, (char)(high * 16 + low));
		i += 2;
	}
	return true;
}
