/*
 * yaml_scalar: text as YAML scalars, the way DVC's writer chooses plain,
 * 'single' or "double". Private to the format room.
 */
#ifndef DRAY_FORMAT_YAML_SCALAR_H
#define DRAY_FORMAT_YAML_SCALAR_H

#include <dray/base.h>

/* Whether `text`, written plain, is null to a YAML reader. */
bool dray_yaml_is_null(const char *text);
/* Whether `text`, written plain, is anything but text: null, a boolean, number or date. */
bool dray_yaml_is_typed(const char *text);
bool dray_yaml_is_number(const char *text);
bool dray_yaml_parse_bool(const char *text, bool *out_value);

/*
 * Append `text` so that it reads back as that text. `style` is the quote to
 * keep if it can be ('\'' or '"'), else 'p' for the plainest form that is
 * safe. Inside brackets (`is_flow`) plain is narrower. Bytes that are not
 * UTF-8 become !!binary.
 */
void dray_yaml_put_text(struct dray_buf *buf, const char *text, char style, bool is_flow);

/*
 * The same as the value of a key: where DVC's writer would fold it, behind column 80, it goes on
 * in a line of `indent` blanks. DRAY_YAML_IN_FLOW: inside brackets, never folded.
 */
#define DRAY_YAML_IN_FLOW SIZE_MAX
void dray_yaml_put_value(struct dray_buf *buf, const char *text, char style, size_t indent);

/* The bytes of !!binary text, blanks allowed; false if it is no base64. Appends. */
bool dray_yaml_decode_binary(const char *text, size_t len, struct dray_buf *buf);

#endif
