/* toml: the text of a TOML file while it is read. Private to the format room. */
#ifndef DRAY_FORMAT_TOML_H
#define DRAY_FORMAT_TOML_H

#include <dray/base.h>

/* `at` goes from the start to the NUL behind the text, which holds no other. */
struct dray_toml {
	const char *at;
	const char *text;
	const char *label;
};

/* INVALID, with the line where the reader is. */
enum dray_status dray_toml_fail(
	const struct dray_toml *toml, const char *what, struct dray_err *err);
void dray_toml_skip_blanks(struct dray_toml *toml);
/* Blanks, comments and line ends. */
DRAY_MUST_CHECK enum dray_status dray_toml_skip_lines(struct dray_toml *toml, struct dray_err *err);
/* INVALID: something else than a comment stands before the line's end. */
DRAY_MUST_CHECK enum dray_status dray_toml_end_line(struct dray_toml *toml, struct dray_err *err);
/* The string that begins here, decoded; a key has one line only. Appends. */
DRAY_MUST_CHECK enum dray_status dray_toml_string(
	struct dray_toml *toml, struct dray_buf *text, bool is_key, struct dray_err *err);
/* How many bytes of the text are that; 0: it is none. */
size_t dray_toml_based_len(const char *text); /* 0x1f, 0o17, 0b1 */
size_t dray_toml_number_len(const char *text);
size_t dray_toml_date_len(const char *text); /* or a time */

#endif
