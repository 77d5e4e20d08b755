/* A folder at an address, named by the tags of its files. */
#include "json_put.h"

#include <dray/format.h>

#include <string.h>

void dray_tags_oid(enum dray_algo algo, const char *field, const struct dray_tag *tags,
	size_t count, struct dray_oid *out_oid)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_oid oid;

	dray_buf_putc(&text, '[');
	for (size_t i = 0; i < count; i++) {
		dray_buf_printf(&text, "%s{\"%s\": ", i > 0 ? ", " : "", field);
		dray_json_put_string(&text, tags[i].tag, strlen(tags[i].tag));
		dray_buf_puts(&text, ", \"relpath\": ");
		dray_json_put_string(&text, tags[i].path, strlen(tags[i].path));
		dray_buf_putc(&text, '}');
	}
	dray_buf_putc(&text, ']');
	dray_hash(algo, text.data, text.len, &oid);
	oid.is_dir = true;
	*out_oid = oid;
}
