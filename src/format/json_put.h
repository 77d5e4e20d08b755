/*
 * json_put: values of a YAML tree as the JSON text that DVC digests: what
 * Python's json.dumps(…, sort_keys=True) makes of them. Private to the format
 * room.
 */
#ifndef DRAY_FORMAT_JSON_PUT_H
#define DRAY_FORMAT_JSON_PUT_H

#include "yaml_tree.h"

/* Is this pair of a mapping `depth` mappings deep (the root's are 1) to be left out? */
typedef bool (*dray_json_skip_fn)(const struct dray_yaml_pair *pair, unsigned depth);

/*
 * Append `node`; of a tree without aliases, whose depth is bounded. Scalars are what YAML 1.2
 * takes them for; dates stay text.
 */
void dray_json_put_node(
	struct dray_buf *buf, const struct dray_yaml_node *node, dray_json_skip_fn skip);

/* A string in quotes; bytes that are no UTF-8 as Python's "surrogateescape" has them. */
void dray_json_put_string(struct dray_buf *buf, const char *text, size_t len);

#endif
