/*
 * pointer: what pointer.c notes while reading and pointer_edit.c needs to
 * write in place. Private to the format room.
 */
#ifndef DRAY_FORMAT_POINTER_H
#define DRAY_FORMAT_POINTER_H

#include "yaml_events.h"

#include <dray/format.h>

/* In the order a new pointer has them. */
enum dray_pointer_field {
	DRAY_FIELD_HASH,
	DRAY_FIELD_SIZE,
	DRAY_FIELD_NFILES,
	DRAY_FIELD_EXEC,
	DRAY_FIELD_HASH_NAME, /* `hash: md5` beside `md5: …`: DVC 3's objects, not DVC 2's */
	DRAY_FIELD_PATH,
	DRAY_FIELD_CACHED,
	DRAY_FIELD_REMOTE,
	DRAY_FIELD_PUSHED,
	DRAY_FIELD_COUNT,
	DRAY_FIELD_OTHER = DRAY_FIELD_COUNT, /* a field of someone else */
};

/* One `key: value` of an out, in bytes of the text. */
struct dray_pointer_mark {
	enum dray_pointer_field field;
	char style;   /* of the value, as in dray_yaml_event; 0 for a collection */
	size_t key;   /* where the key starts */
	size_t start; /* the value; start == end behind the ':' if there is none */
	size_t end;
};

struct dray_pointer_place {
	struct dray_pointer_mark *marks; /* every key, in the order of the text */
	size_t len;
	size_t cap;
	struct dray_out was; /* as it was parsed */
	bool is_flow;        /* {path: x} */
};

struct dray_pointer_marks {
	struct dray_pointer_place *places; /* one per out */
	size_t len;
	enum dray_algo algo;
};

/* A hash's name is that of its algorithm. */
const char *dray_pointer_field_name(enum dray_pointer_field field, enum dray_algo algo);
const char *dray_pointer_field_want(enum dray_pointer_field field); /* for errors */
enum dray_pointer_field dray_pointer_field_find(enum dray_algo algo, const char *name);
/* Take the value over into `out`; false if it is none for this field. */
bool dray_pointer_field_read(enum dray_pointer_field field, enum dray_algo algo,
	const struct dray_yaml_event *value, struct dray_out *out);
/* Whether a new pointer would have the field: it is known, or not the default. */
bool dray_pointer_field_is_set(const struct dray_out *out, enum dray_pointer_field field);
/* Of a field set in both. */
bool dray_pointer_field_is_same(
	const struct dray_out *a, const struct dray_out *b, enum dray_pointer_field field);
/* `style` and `is_flow` as in dray_yaml_put_text. */
void dray_pointer_field_put(struct dray_buf *buf, const struct dray_out *out,
	enum dray_pointer_field field, char style, bool is_flow);

#endif
