/*
 * yaml_number: numbers of YAML 1.2 as Python writes them, whatever their form
 * was. Private to the format room.
 */
#ifndef DRAY_FORMAT_YAML_NUMBER_H
#define DRAY_FORMAT_YAML_NUMBER_H

#include <dray/base.h>

/* Append what dray_yaml_is_number accepted: as json.dumps has it, or as DVC's writer of YAML. */
void dray_yaml_put_number(struct dray_buf *buf, const char *text, bool is_json);
/* Is it one without fraction or exponent? */
bool dray_yaml_is_whole(const char *text);

#endif
