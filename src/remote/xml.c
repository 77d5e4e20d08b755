/* expat behind one call. */
#include "xml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

struct reading {
	XML_Parser parser;
	struct dray_buf path;
	struct dray_buf text; /* of the innermost element: ours have text or elements, never both */
	unsigned depth;
	dray_xml_fn fn;
	void *ctx;
	enum dray_status status;
	struct dray_err *err;
};

static void stop(struct reading *reading, const char *why)
{
	if (reading->status == DRAY_OK)
		reading->status = dray_fail(reading->err, DRAY_INVALID, "the answer %s", why);
	XML_StopParser(reading->parser, XML_FALSE);
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = ctx;
	const char *colon = strrchr(name, ':');

	(void)attributes;
	if (++reading->depth > DRAY_XML_DEPTH_MAX) {
		stop(reading, "is nested too deeply");
		return;
	}
	if (reading->path.len > 0)
		dray_buf_putc(&reading->path, '/');
	dray_buf_puts(&reading->path, colon != NULL ? colon + 1 : name);
	dray_buf_clear(&reading->text);
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct reading *reading = ctx;
	char *path = reading->path.data;

	(void)name;
	if (reading->status != DRAY_OK)
		return;
	reading->status =
		reading->fn(reading->ctx, path, dray_buf_text(&reading->text), reading->err);
	if (reading->status != DRAY_OK)
		XML_StopParser(reading->parser, XML_FALSE);
	char *slash = strrchr(path, '/');
	reading->path.len = slash != NULL ? (size_t)(slash - path) : 0;
	path[reading->path.len] = '\0';
	reading->depth--;
	dray_buf_clear(&reading->text);
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
	struct reading *reading = ctx;

	if (reading->text.len + (size_t)len > DRAY_XML_TEXT_MAX)
		stop(reading, "has an element that is too long");
	else
		dray_buf_add(&reading->text, text, (size_t)len);
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
	const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(ctx, "declares a document type");
}

enum dray_status dray_xml_read(
	const char *text, size_t len, dray_xml_fn fn, void *ctx, struct dray_err *err)
{
	struct reading reading = {.fn = fn, .ctx = ctx, .err = err};

	if (len > INT_MAX)
		return dray_fail(err, DRAY_INVALID, "the answer is too long");
	reading.parser = XML_ParserCreate(NULL);
	if (reading.parser == NULL)
		return dray_fail(err, DRAY_FAILED, "there is no memory to read the answer");
	XML_SetUserData(reading.parser, &reading);
	XML_SetElementHandler(reading.parser, on_start, on_end);
	XML_SetCharacterDataHandler(reading.parser, on_text);
	XML_SetStartDoctypeDeclHandler(reading.parser, on_doctype);
	dray_buf_reserve(&reading.path, 64);
	dray_buf_reserve(&reading.text, DRAY_XML_TEXT_MAX);
	bool is_fine = XML_Parse(reading.parser, text, (int)len, 1) == XML_STATUS_OK;
	if (!is_fine && reading.status == DRAY_OK)
		reading.status =
			dray_fail(err, DRAY_INVALID, "the answer is no XML: %s in line %lu",
				XML_ErrorString(XML_GetErrorCode(reading.parser)),
				(unsigned long)XML_GetCurrentLineNumber(reading.parser));
	XML_ParserFree(reading.parser);
	dray_buf_drop(&reading.path);
	dray_buf_wipe(&reading.text); /* STS answers with keys */
	return reading.status;
}

/* The last tag, blanks behind it, and what a root without content may carry: a name space. */
#define END_BYTES 256

bool dray_xml_is_whole(const char *text, size_t len, const char *root)
{
	size_t end_len = len < END_BYTES ? len : END_BYTES;

	return memmem(text + len - end_len, end_len, root, strlen(root)) != NULL;
}

struct search {
	const char *path;
	char *found;
};

static enum dray_status keep_first(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct search *search = ctx;

	(void)err;
	if (search->found == NULL && strcmp(path, search->path) == 0)
		search->found = dray_strdup(text);
	return DRAY_OK;
}

char *dray_xml_take(const char *text, size_t len, const char *path)
{
	struct search search = {.path = path};
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_xml_read(text, len, keep_first, &search, &err) == DRAY_OK)
		return search.found;
	free(search.found);
	return NULL;
}

void dray_xml_escape(struct dray_buf *buf, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("&<>\"'", *text) != NULL || (unsigned char)*text < ' ')
			dray_buf_printf(buf, "&#%d;", *text);
		else
			dray_buf_putc(buf, *text);
	}
}
