/*
 * yaml_events: one YAML document as events with byte offsets.
 *
 * Invariants:
 *  1. The only line breaks are \n and \r\n. libyaml also breaks at a lone \r,
 *     NEL, LS and PS, where editors and git do not; refused, so that a "line"
 *     means the same to all.
 *  2. Nesting is bounded by DRAY_YAML_DEPTH_MAX; nothing here recurses.
 */
#include "yaml_events.h"

#include <string.h>

#define BINARY_TAG "tag:yaml.org,2002:binary"

enum dray_status dray_yaml_where(const struct dray_yaml *yaml, size_t offset, struct dray_err *err)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < yaml->len; i++)
		line += yaml->text[i] == '\n';
	return dray_frame(err, "'%s' line %zu", yaml->label, line);
}

static bool is_conflict_marker(const char *line, size_t len)
{
	return len >= 7 && memcmp(line, "<<<<<<<", 7) == 0 &&
	       (len == 7 || line[7] == ' ' || line[7] == '\n' || line[7] == '\r');
}

/* A lone \r, NEL (C2 85), LS or PS (E2 80 A8/A9): see invariant 1. */
static bool is_odd_break(const char *at, size_t len)
{
	if (*at == '\r')
		return len < 2 || at[1] != '\n';
	return (len >= 2 && memcmp(at, "\xc2\x85", 2) == 0) ||
	       (len >= 3 &&
		       (memcmp(at, "\xe2\x80\xa8", 3) == 0 || memcmp(at, "\xe2\x80\xa9", 3) == 0));
}

static enum dray_status check_lines(const struct dray_yaml *yaml, struct dray_err *err)
{
	for (size_t i = 0; i < yaml->len; i++) {
		const char *at = yaml->text + i;
		if ((i == 0 || at[-1] == '\n') && is_conflict_marker(at, yaml->len - i)) {
			dray_fail(err, DRAY_INVALID, "conflict markers of an unfinished merge");
			dray_hint(err, "keep one side of the conflict and remove the markers");
			return dray_yaml_where(yaml, i, err);
		}
		if (is_odd_break(at, yaml->len - i)) {
			dray_fail(err, DRAY_INVALID, "a line break that is not LF or CRLF");
			return dray_yaml_where(yaml, i, err);
		}
	}
	return DRAY_OK;
}

enum dray_status dray_yaml_open(struct dray_yaml *yaml, const char *text, size_t len,
	const char *label, struct dray_err *err)
{
	struct dray_yaml fresh = {.text = text, .label = label, .len = len};

	DRAY_TRY(check_lines(&fresh, err));
	if (!yaml_parser_initialize(&fresh.parser))
		return dray_fail(err, DRAY_FAILED, "cannot read '%s': out of memory", label);
	*yaml = fresh;
	yaml->bytes = dray_utf8_mark_len(text, len); /* libyaml would count it as a column */
	yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&yaml->parser, (const unsigned char *)text + yaml->bytes, len - yaml->bytes);
	return DRAY_OK;
}

void dray_yaml_drop(struct dray_yaml *yaml)
{
	if (yaml->text == NULL)
		return;
	yaml_event_delete(&yaml->event);
	yaml_parser_delete(&yaml->parser);
	*yaml = (struct dray_yaml)DRAY_YAML_INIT;
}

static bool is_inside_char(const struct dray_yaml *yaml, size_t at)
{
	return at < yaml->len && ((unsigned char)yaml->text[at] & 0xc0) == 0x80;
}

/* Bytes before character `index`. Marks mostly ascend, so that all steps add up to one pass. */
static size_t byte_offset(struct dray_yaml *yaml, size_t index)
{
	while (yaml->chars < index && yaml->bytes < yaml->len) {
		do
			yaml->bytes++;
		while (is_inside_char(yaml, yaml->bytes));
		yaml->chars++;
	}
	while (yaml->chars > index) {
		do
			yaml->bytes--;
		while (is_inside_char(yaml, yaml->bytes));
		yaml->chars--;
	}
	return yaml->bytes;
}

static enum dray_status fail_at(
	struct dray_yaml *yaml, yaml_mark_t mark, const char *text, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s", text);
	return dray_yaml_where(yaml, byte_offset(yaml, mark.index), err);
}

static enum dray_status fail_syntax(struct dray_yaml *yaml, struct dray_err *err)
{
	const yaml_parser_t *parser = &yaml->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";

	if (parser->error == YAML_MEMORY_ERROR)
		return dray_fail(err, DRAY_FAILED, "cannot read '%s': out of memory", yaml->label);
	dray_fail(err, DRAY_INVALID, "not valid YAML: %s", problem);
	if (parser->error == YAML_READER_ERROR)
		return dray_yaml_where(yaml, parser->problem_offset, err);
	return dray_yaml_where(yaml, byte_offset(yaml, parser->problem_mark.index), err);
}

static enum dray_status check_document(struct dray_yaml *yaml, struct dray_err *err)
{
	const yaml_event_t *event = &yaml->event;

	if (++yaml->documents > 1)
		return fail_at(yaml, event->start_mark, "a second YAML document", err);
	if (event->data.document_start.version_directive != NULL ||
		event->data.document_start.tag_directives.start !=
			event->data.document_start.tag_directives.end)
		return fail_at(yaml, event->start_mark, "YAML directives are not supported", err);
	return DRAY_OK;
}

/* Both are legal YAML that only makes a reader guess, or blow up. */
static enum dray_status check_properties(struct dray_yaml *yaml, const unsigned char *anchor,
	const unsigned char *tag, struct dray_err *err)
{
	if (anchor != NULL && !yaml->has_aliases)
		return fail_at(yaml, yaml->event.start_mark, "YAML anchors are not supported", err);
	if (tag != NULL)
		return fail_at(yaml, yaml->event.start_mark, "this YAML tag is not supported", err);
	return DRAY_OK;
}

static char scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return '\'';
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return '"';
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		return '|';
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return 'p';
}

static enum dray_status read_scalar(
	struct dray_yaml *yaml, struct dray_yaml_event *out, struct dray_err *err)
{
	const unsigned char *tag = yaml->event.data.scalar.tag;

	out->anchor = (const char *)yaml->event.data.scalar.anchor;
	out->is_binary = tag != NULL && strcmp((const char *)tag, BINARY_TAG) == 0;
	DRAY_TRY(check_properties(
		yaml, yaml->event.data.scalar.anchor, out->is_binary ? NULL : tag, err));
	out->type = DRAY_YAML_SCALAR;
	out->text = (const char *)yaml->event.data.scalar.value;
	out->len = yaml->event.data.scalar.length;
	out->style = scalar_style(yaml->event.data.scalar.style);
	yaml->content_end = out->end;
	return DRAY_OK;
}

static enum dray_status enter(struct dray_yaml *yaml, const unsigned char *anchor,
	const unsigned char *tag, struct dray_err *err)
{
	if (++yaml->depth > DRAY_YAML_DEPTH_MAX)
		return fail_at(yaml, yaml->event.start_mark, "nested too deeply", err);
	return check_properties(yaml, anchor, tag, err);
}

/* Block collections end where the next thing starts, without a byte of their own. */
static void leave(struct dray_yaml *yaml, const struct dray_yaml_event *event)
{
	yaml->depth--;
	if (event->end > event->start)
		yaml->content_end = event->end;
}

static enum dray_status read_event(
	struct dray_yaml *yaml, struct dray_yaml_event *out, struct dray_err *err)
{
	const yaml_event_t *event = &yaml->event;

	out->start = byte_offset(yaml, event->start_mark.index);
	out->end = byte_offset(yaml, event->end_mark.index);
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(yaml, out, err);
	case YAML_MAPPING_START_EVENT:
		out->type = DRAY_YAML_MAP;
		out->anchor = (const char *)event->data.mapping_start.anchor;
		out->is_flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
		return enter(
			yaml, event->data.mapping_start.anchor, event->data.mapping_start.tag, err);
	case YAML_SEQUENCE_START_EVENT:
		out->type = DRAY_YAML_LIST;
		out->anchor = (const char *)event->data.sequence_start.anchor;
		out->is_flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
		return enter(yaml, event->data.sequence_start.anchor,
			event->data.sequence_start.tag, err);
	case YAML_MAPPING_END_EVENT:
		out->type = DRAY_YAML_MAP_END;
		leave(yaml, out);
		return DRAY_OK;
	case YAML_SEQUENCE_END_EVENT:
		out->type = DRAY_YAML_LIST_END;
		leave(yaml, out);
		return DRAY_OK;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		out->type = DRAY_YAML_END;
		return DRAY_OK;
	case YAML_ALIAS_EVENT:
		if (!yaml->has_aliases)
			break;
		out->type = DRAY_YAML_ALIAS;
		out->text = (const char *)event->data.alias.anchor;
		out->len = strlen(out->text);
		yaml->content_end = out->end;
		return DRAY_OK;
	}
	return fail_at(yaml, event->start_mark, "YAML aliases are not supported", err);
}

enum dray_status dray_yaml_next(
	struct dray_yaml *yaml, struct dray_yaml_event *out_event, struct dray_err *err)
{
	struct dray_yaml_event event = {.type = DRAY_YAML_END};
	yaml_event_type_t type = YAML_NO_EVENT;

	do {
		yaml_event_delete(&yaml->event);
		if (!yaml_parser_parse(&yaml->parser, &yaml->event))
			return fail_syntax(yaml, err);
		type = yaml->event.type;
		if (type == YAML_DOCUMENT_START_EVENT)
			DRAY_TRY(check_document(yaml, err));
	} while (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT ||
		 type == YAML_DOCUMENT_END_EVENT);
	DRAY_TRY(read_event(yaml, &event, err));
	*out_event = event;
	return DRAY_OK;
}

enum dray_status dray_yaml_skip(
	struct dray_yaml *yaml, const struct dray_yaml_event *event, struct dray_err *err)
{
	struct dray_yaml_event inner = *event;
	unsigned inside = yaml->depth;

	if (event->type == DRAY_YAML_SCALAR)
		return DRAY_OK;
	while (yaml->depth >= inside)
		DRAY_TRY(dray_yaml_next(yaml, &inner, err));
	return DRAY_OK;
}
