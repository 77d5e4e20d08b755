/* Growable bytes. Invariant: data == NULL or data[len] == '\0'. */
#include <dray/base.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_room(struct dray_buf *buf, size_t more)
{
	size_t need;

	if (buf->is_over)
		return false;
	if (__builtin_add_overflow(buf->len, more, &need) ||
		(buf->ceiling_bytes != 0 && need > buf->ceiling_bytes)) {
		buf->is_over = true;
		return false;
	}
	return true;
}

void dray_buf_reserve(struct dray_buf *buf, size_t more)
{
	size_t need;

	if (__builtin_add_overflow(buf->len, more, &need) || __builtin_add_overflow(need, 1, &need))
		need = SIZE_MAX; /* more than there is: ends the program below */
	if (need <= buf->cap)
		return;
	size_t cap = buf->cap ? buf->cap : 64;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	buf->data = dray_realloc(buf->data, cap, 1);
	buf->cap = cap;
	buf->data[buf->len] = '\0';
}

void dray_buf_add(struct dray_buf *buf, const void *data, size_t len)
{
	if (!has_room(buf, len))
		return;
	dray_buf_reserve(buf, len);
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void dray_buf_puts(struct dray_buf *buf, const char *text)
{
	dray_buf_add(buf, text, strlen(text));
}

void dray_buf_putc(struct dray_buf *buf, char byte)
{
	dray_buf_add(buf, &byte, 1);
}

void dray_buf_printf(struct dray_buf *buf, const char *fmt, ...)
{
	va_list args;
	va_list again;

	va_start(args, fmt);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len >= 0 && has_room(buf, (size_t)len)) {
		dray_buf_reserve(buf, (size_t)len);
		vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void dray_buf_clear(struct dray_buf *buf)
{
	buf->len = 0;
	buf->is_over = false;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

const char *dray_buf_text(const struct dray_buf *buf)
{
	return buf->data != NULL ? buf->data : "";
}

char *dray_buf_take(struct dray_buf *buf)
{
	char *text = buf->data != NULL ? buf->data : dray_strdup("");
	size_t ceiling = buf->ceiling_bytes;

	*buf = (struct dray_buf){.ceiling_bytes = ceiling};
	return text;
}

void dray_buf_drop(struct dray_buf *buf)
{
	free(buf->data);
	*buf = (struct dray_buf)DRAY_BUF_INIT;
}
