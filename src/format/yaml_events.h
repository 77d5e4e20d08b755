/*
 * yaml_events: libyaml's event stream, narrowed to what a pointer may hold and
 * with byte offsets, for pointer.c. Private to the format room.
 */
#ifndef DRAY_FORMAT_YAML_EVENTS_H
#define DRAY_FORMAT_YAML_EVENTS_H

#include <dray/base.h>

#include <yaml.h>

enum dray_yaml_type {
	DRAY_YAML_SCALAR,
	DRAY_YAML_MAP,
	DRAY_YAML_MAP_END,
	DRAY_YAML_LIST,
	DRAY_YAML_LIST_END,
	DRAY_YAML_ALIAS, /* where they are allowed; `text` names the anchor */
	DRAY_YAML_END,   /* of the only document */
};

/* `text` is valid until the next event. */
struct dray_yaml_event {
	enum dray_yaml_type type;
	size_t start; /* bytes from the start of the text; a tag belongs to its scalar */
	size_t end;
	const char *text; /* of a scalar, decoded, NUL-terminated */
	size_t len;
	const char *anchor; /* name that it may be repeated by, or NULL; valid as `text` is */
	char style;         /* of a scalar: 'p' plain, '\'', '"', '|' for both block styles */
	bool is_flow;       /* a collection in brackets */
	bool is_binary;     /* a scalar tagged !!binary */
};

struct dray_yaml {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *text;
	const char *label;
	size_t len;
	size_t chars; /* libyaml counts characters; these two move together */
	size_t bytes;
	size_t content_end; /* where the last thing that has bytes of its own ended */
	unsigned depth;
	unsigned documents;
	bool has_aliases; /* set after opening: anchors and aliases are events, not refused */
};
/* Pointers nest four deep, `meta` is free; libyaml's work per token grows with the depth. */
#define DRAY_YAML_DEPTH_MAX 32
#define DRAY_YAML_INIT       \
	{                    \
		.text = NULL \
	}

/* `text` and `label` are borrowed. INVALID: conflict markers, odd line breaks. */
DRAY_MUST_CHECK enum dray_status dray_yaml_open(struct dray_yaml *yaml, const char *text,
	size_t len, const char *label, struct dray_err *err);
/* INVALID: not YAML, too deep, or a tag, directive, second document; mostly an anchor, alias. */
DRAY_MUST_CHECK enum dray_status dray_yaml_next(
	struct dray_yaml *yaml, struct dray_yaml_event *out_event, struct dray_err *err);
/* Go past the value that `event` begins. */
DRAY_MUST_CHECK enum dray_status dray_yaml_skip(
	struct dray_yaml *yaml, const struct dray_yaml_event *event, struct dray_err *err);
/* Put "'label' line 3: " before the error in `err`; returns its status. */
enum dray_status dray_yaml_where(const struct dray_yaml *yaml, size_t offset, struct dray_err *err);
void dray_yaml_drop(struct dray_yaml *yaml);

#endif
