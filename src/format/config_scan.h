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
	enum dray_config_syntax syntax;
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
	size_t more_start;       /* where the line begins that a value goes on in */
	unsigned more_lines;     /* how many such there were */
	size_t top_len;          /* of `section`, without a section in it: DVC's syntax */
	struct dray_buf section; /* "core", "remote.name": lower case; stays for its entries */
	struct dray_buf key;
	struct dray_buf value; /* without quotes */
};
#define DRAY_CONFIG_SCAN_INIT \
	{                     \
		.text = NULL  \
	}

/* `text` and `origin` are borrowed. CONFIG if it is too large. */
DRAY_MUST_CHECK enum dray_status dray_config_scan_open(struct dray_config_scan *scan,
	enum dray_config_syntax syntax, const char *text, size_t len, const char *origin,
	struct dray_err *err);
/* Read one line, or the lines of one value; its kind is END behind the last. CONFIG. */
DRAY_MUST_CHECK enum dray_status dray_config_scan_next(
	struct dray_config_scan *scan, struct dray_err *err);
void dray_config_scan_drop(struct dray_config_scan *scan);

/* For those who read a line. CONFIG, with where it stands. */
enum dray_status dray_config_scan_fail(
	const struct dray_config_scan *scan, const char *what, struct dray_err *err);
/* The first byte from `at` that is no blank, or the line's end. */
size_t dray_config_scan_skip(const struct dray_config_scan *scan, size_t at);
/* The end of text[from, end) without blanks. */
size_t dray_config_scan_trim(const struct dray_config_scan *scan, size_t from, size_t end);
/* Let the line go on with the one behind it, of which there is one. */
DRAY_MUST_CHECK enum dray_status dray_config_scan_more(
	struct dray_config_scan *scan, struct dray_err *err);

/* config_dvc.c: lines in DVC's syntax, from their first byte that is no blank. */
DRAY_MUST_CHECK enum dray_status dray_config_dvc_section(
	struct dray_config_scan *scan, size_t at, bool *out_is_section, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_config_dvc_entry(
	struct dray_config_scan *scan, size_t at, struct dray_err *err);

/* config_expand.c: put values in place of the references in the entries from `from` on. CONFIG. */
DRAY_MUST_CHECK enum dray_status dray_config_expand(
	struct dray_config *config, size_t from, struct dray_err *err);

bool dray_config_is_word(const char *text, size_t len); /* of a section or key */
bool dray_config_is_name(const char *text, size_t len); /* of a subsection */
/* Lower case of ASCII letters, whatever the locale. */
char *dray_config_lower(const char *text, size_t len);

#endif
