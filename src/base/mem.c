/*
 * Memory that is always there: running out ends the program. What was
 * published stays published, what was not is removed by the next run.
 */
#include <dray/base.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static DRAY_NORETURN void out_of_memory(void)
{
	fputs("dray: out of memory; nothing that was stored is lost, run the command again with "
	      "fewer --jobs or more memory\n",
		stderr);
	_Exit(1);
}

void *dray_realloc(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory();
	void *memory = realloc(old, bytes ? bytes : 1);
	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *dray_alloc(size_t size)
{
	return dray_realloc(NULL, 1, size);
}

void *dray_calloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

char *dray_strndup(const char *text, size_t len)
{
	char *copy = dray_realloc(NULL, len + 1, 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *dray_strdup(const char *text)
{
	return dray_strndup(text, strlen(text));
}

char *dray_format(const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		out_of_memory();
	return text;
}

void dray_str_release(char **text)
{
	free(*text);
	*text = NULL;
}
