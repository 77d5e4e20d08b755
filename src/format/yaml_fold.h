/* yaml_fold: long scalars over several lines, as DVC's writer breaks them. Private to the format
 * room. */
#ifndef DRAY_FORMAT_YAML_FOLD_H
#define DRAY_FORMAT_YAML_FOLD_H

#include <dray/base.h>

/*
 * Append UTF-8 text in the style 'p', '\'' or '"', breaking where a line gets behind column 80;
 * lines begin with `indent` blanks. What is plain or in single quotes has no line breaks, and
 * only what may stand there.
 */
void dray_yaml_fold(struct dray_buf *buf, const char *text, char style, size_t indent);
/* What stands for a code point in double quotes: "\t", "\x7F"; false if it stands for itself. */
bool dray_yaml_put_escape(struct dray_buf *buf, uint32_t code);

#endif
