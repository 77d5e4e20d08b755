/*
 * config_scan: config files line by line, for config.c (what it says) and
 * config_edit.c (where it says it). Private to the format room.
 */
#ifndef DRAY_FORMAT_CONFIG_SCAN_H
#define DRAY_FORMAT_CONFIG_SCAN_H

#include <dray/format.h>

enum dray_config_kind {
	DRAY_CONFIG_END,
	DRAY_CONFIG_BLANK,
	DRAY_CONFIG_COMMENT,
	DRAY_CONFIG_SECTION,
	DRAY_CONFIG_ENTRY,
};

struct dray_config_scan {
	const char *text;
	size_t len;
	const char *origin;
	/* the line last read */
	enum dray_config_kind kind;
	unsigned line;
	size_t start;
	size_t end;        /* without the line break */
	size_t next;       /* start of the line after it */
	size_t mark_start; /* ENTRY: the value as written; SECTION: what the brackets hold */
	size_t mark_end;
	struct dray_buf section; /* "core", "remote.name": lower case; stays for its entries */
	struct dray_buf key;
	struct dray_buf value; /* without quotes */
};
#define DRAY_CONFIG_SCAN_INIT \
	{                     \
		.text = NULL  \
	}

/* `text` and `origin` are borrowed. INVALID if it is too large. */
DRAY_MUST_CHECK enum dray_status dray_config_scan_open(struct dray_config_scan *scan,
	const char *text, size_t len, const char *origin, struct dray_err *err);
/* Read one line; its kind is END behind the last. */
DRAY_MUST_CHECK enum dray_status dray_config_scan_next(
	struct dray_config_scan *scan, struct dray_err *err);
void dray_config_scan_drop(struct dray_config_scan *scan);

bool dray_config_is_word(const char *text, size_t len); /* of a section or key */
bool dray_config_is_name(const char *text, size_t len); /* of a subsection */
/* Lower case of ASCII letters, whatever the locale. */
char *dray_config_lower(const char *text, size_t len);

#endif
