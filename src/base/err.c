/*
 * Statuses and errors. Every text is escaped once, here, so that no caller can
 * forget it and a file name with control bytes stays one harmless line.
 */
#include <dray/base.h>

#include <stdio.h>
#include <string.h>

struct status_row {
	int exit_code;
	const char *name;
	const char *text;
};

static const struct status_row rows[DRAY_STATUS_COUNT] = {
#define X(name, code, text) [DRAY_##name] = {code, #name, text},
	DRAY_STATUS_MAP(X)
#undef X
};

int dray_status_exit_code(enum dray_status status)
{
	return rows[status].exit_code;
}

const char *dray_status_name(enum dray_status status)
{
	return rows[status].name;
}

const char *dray_status_text(enum dray_status status)
{
	return rows[status].text;
}

/* Copy `from` into to[size], control bytes and broken UTF-8 as \xNN; cut at the end. */
static void copy_printable(char *to, size_t size, const char *from)
{
	size_t left = strlen(from);
	size_t at = 0;

	while (left > 0) {
		size_t len = dray_utf8_len(from, left);
		unsigned char byte = (unsigned char)*from;
		/* C1 controls are U+0080..U+009F: c2 80 .. c2 9f */
		bool is_c1 = len == 2 && byte == 0xc2 && (unsigned char)from[1] < 0xa0;
		bool is_plain = len > 0 && byte >= 0x20 && byte != 0x7f && !is_c1;
		size_t need = is_plain ? len : 4;

		if (at + need >= size)
			break;
		if (is_plain)
			memcpy(to + at, from, len);
		else
			snprintf(to + at, 5, "\\x%02x", byte);
		at += need;
		from += is_plain ? len : 1;
		left -= is_plain ? len : 1;
	}
	to[at] = '\0';
}

static void DRAY_PRINTF(3, 0) set_text(char *to, size_t size, const char *fmt, va_list args)
{
	char raw[sizeof(((struct dray_err *)0)->text)];

	vsnprintf(raw, sizeof raw, fmt, args);
	copy_printable(to, size, raw);
}

enum dray_status dray_fail(struct dray_err *err, enum dray_status status, const char *fmt, ...)
{
	va_list args;

	err->status = status;
	err->hint[0] = '\0';
	va_start(args, fmt);
	set_text(err->text, sizeof err->text, fmt, args);
	va_end(args);
	return status;
}

enum dray_status dray_hint(struct dray_err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(err->hint, sizeof err->hint, fmt, args);
	va_end(args);
	return err->status;
}

enum dray_status dray_frame(struct dray_err *err, const char *fmt, ...)
{
	char framed[sizeof err->text];
	va_list args;

	va_start(args, fmt);
	set_text(framed, sizeof framed, fmt, args);
	va_end(args);

	size_t len = strlen(framed);
	copy_printable(framed + len, sizeof framed - len, ": ");
	len = strlen(framed);
	copy_printable(framed + len, sizeof framed - len, err->text);
	memcpy(err->text, framed, sizeof framed);
	return err->status;
}
