/* py: the text of a Python file while it is read for parameters, no more of it than constants need.
 * Private to the format room. */
#ifndef DRAY_FORMAT_PY_H
#define DRAY_FORMAT_PY_H

#include "params.h"

/* `at` goes from the start to the NUL behind the text, which holds no other. */
struct dray_py {
	const char *at;
	const char *text;
	const char *label;
	struct dray_arena *arena; /* of the nodes */
	struct dray_map known;    /* pointer of a mapping and a key, to an index of its pairs */
};
/* ODD: a text with what is not decoded, a character by its name or half a code point. */
enum dray_py_string { DRAY_PY_TEXT, DRAY_PY_BYTES, DRAY_PY_FORMAT, DRAY_PY_ODD };

/* INVALID, with the line where the reader is. */
enum dray_status dray_py_fail(const struct dray_py *py, const char *what, struct dray_err *err);
/* Blanks and joined lines; in brackets also line ends and comments. */
void dray_py_skip_blanks(struct dray_py *py, bool in_brackets);
/* Bytes of the name that begins here; 0: none does. */
size_t dray_py_name_len(const char *text);
/* How many letters stand before the quote of a string that begins here; -1: none does. */
int dray_py_prefix_len(const char *text);
/* The string that begins here, decoded if it is text. Appends. INVALID: it has no end, or an escape
 * that is none. */
DRAY_MUST_CHECK enum dray_status dray_py_take_string(struct dray_py *py, struct dray_buf *text,
	enum dray_py_string *out_kind, struct dray_err *err);
/*
 * The number that begins here, with a digit or '.', as YAML has it. Appends; false if there is
 * none, or an imaginary one.
 */
bool dray_py_take_number(struct dray_py *py, struct dray_buf *text);
/* Does the simple statement end here: a line end, ';', a comment, or the text's end? */
bool dray_py_is_end(const struct dray_py *py);
/* Bytes of the line end that is here; 0: there is none. */
size_t dray_py_break_len(const char *at);
/*
 * Go on to the first of `stops` outside of strings and brackets, no part of a longer operator, else
 * to the end of the simple statement. INVALID: a string or bracket without its other end.
 */
DRAY_MUST_CHECK enum dray_status dray_py_skip_to(
	struct dray_py *py, const char *stops, struct dray_err *err);

struct dray_params_open *dray_py_open(struct dray_py *py, enum dray_yaml_type type);
/* Of a mapping that only this fills. The last value of a key counts, in the place of the first. */
void dray_py_put(struct dray_py *py, struct dray_params_open *table, const char *key,
	const struct dray_yaml_node *value);
/*
 * The value of a statement, up to its end; so many levels above it count. Sets *out to NULL where
 * it is no constant; the reader is then anywhere. INVALID: a string that is none, nested too deep.
 */
DRAY_MUST_CHECK enum dray_status dray_py_take_values(struct dray_py *py, unsigned depth,
	const struct dray_yaml_node **out, struct dray_err *err);

#endif
