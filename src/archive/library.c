/*
 * Loading libarchive. The table is the room's one piece of global state: the library is the same
 * for all archives.
 */
#include "library.h"

#include <dray/archive.h>
#include <dray/os.h>

#include <stdio.h>
#include <string.h>

struct dray_libarchive dray_libarchive;

static const struct dray_symbol symbols[] = {
#define X(name) {"archive_" #name, offsetof(struct dray_libarchive, name)},
	DRAY_LIBARCHIVE_CALL_MAP(X)
#undef X
};

enum dray_status dray_libarchive_load(struct dray_err *err)
{
	struct dray_libarchive table = {.names = (locale_t)0};

	if (dray_libarchive.read_new != NULL)
		return DRAY_OK;
	DRAY_TRY(dray_os_load(DRAY_ARCHIVE_SONAME, symbols, DRAY_COUNT(symbols), &table, err));
	/* never freed, as the library is never unloaded */
	table.names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (table.names == (locale_t)0) {
		dray_fail(err, DRAY_UNSUPPORTED,
			"this system has no locale 'C.UTF-8', which names in archives need");
		return dray_hint(err, "install its locales");
	}
	dray_libarchive = table;
	return DRAY_OK;
}

const char *dray_archive_library_version(void)
{
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_libarchive_load(&err) != DRAY_OK)
		return NULL;
	const char *text = dray_libarchive.version_string(); /* "libarchive 3.6.2" */
	const char *blank = strrchr(text, ' ');
	return blank != NULL ? blank + 1 : text;
}

struct dray_names_locale dray_names_locale_enter(void)
{
	return (struct dray_names_locale){.before = uselocale(dray_libarchive.names)};
}

void dray_names_locale_drop(struct dray_names_locale *locale)
{
	if (locale->before != (locale_t)0)
		uselocale(locale->before);
	locale->before = (locale_t)0;
}

enum dray_status dray_libarchive_fail(struct dray_err *err, enum dray_status status,
	struct archive *archive, const char *what, ...)
{
	const char *words = dray_libarchive.error_string(archive);
	char text[DRAY_PATH_MAX + 64];
	va_list args;

	va_start(args, what);
	vsnprintf(text, sizeof text, what, args);
	va_end(args);
	return dray_fail(
		err, status, "%s: %s", text, words != NULL ? words : "libarchive says no more");
}
