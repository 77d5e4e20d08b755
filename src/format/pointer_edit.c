/*
 * pointer_edit: writes a pointer that was read by changing only the bytes of
 * values that changed.
 *
 * Works from the front to the back of the text: `at` is how far it was copied
 * or left out; it never goes back.
 */
#include "params.h"
#include "pointer.h"
#include "yaml_scalar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct edit {
	const char *text; /* as it was read */
	size_t len;
	enum dray_algo algo;
	struct dray_buf *buf;
	size_t at;
};

/* One mapping: where it stands, what it said, what it is to say. */
struct change {
	const struct dray_schema *schema;
	const struct dray_yaml_node *node;
	const void *was;
	const void *now;
};

/* -------------------------------------------------------------- text edits */

static void copy_to(struct edit *edit, size_t upto)
{
	assert(upto >= edit->at);
	dray_buf_add(edit->buf, edit->text + edit->at, upto - edit->at);
	edit->at = upto;
}

static size_t line_start(const struct edit *edit, size_t at)
{
	while (at > 0 && edit->text[at - 1] != '\n')
		at--;
	return at == 0 ? dray_utf8_mark_len(edit->text, edit->len) : at;
}

/* The end of the line a value ends on; a block scalar's end is already the next line's start. */
static size_t line_end(const struct edit *edit, const struct dray_yaml_node *value)
{
	size_t at = value->end;

	if (value->end > value->start && edit->text[at - 1] == '\n')
		return at;
	const char *newline = memchr(edit->text + at, '\n', edit->len - at);
	if (newline == NULL)
		return edit->len;
	at = (size_t)(newline - edit->text);
	return at > value->end && edit->text[at - 1] == '\r' ? at - 1 : at;
}

static size_t next_line(const struct edit *edit, size_t at)
{
	if (at > 0 && edit->text[at - 1] == '\n')
		return at;
	const char *newline = memchr(edit->text + at, '\n', edit->len - at);
	return newline != NULL ? (size_t)(newline - edit->text) + 1 : edit->len;
}

static bool is_blank(const struct edit *edit, size_t from, size_t to)
{
	for (; from < to; from++)
		if (strchr(" \t\r\n", edit->text[from]) == NULL)
			return false;
	return true;
}

static const char *line_break(const struct edit *edit)
{
	const char *newline = memchr(edit->text, '\n', edit->len);

	return newline != NULL && newline > edit->text && newline[-1] == '\r' ? "\r\n" : "\n";
}

static size_t indent_of(const struct edit *edit, const struct dray_yaml_node *node)
{
	size_t key = node->pairs[0].key_start;

	return node->is_flow ? DRAY_YAML_IN_FLOW : key - line_start(edit, key);
}

/* ----------------------------------------------------- one mapping's edits */

static const struct dray_field *field_of(
	const struct edit *edit, const struct change *change, size_t i)
{
	return dray_field_find(change->schema, edit->algo, change->node->pairs[i].key);
}

static bool is_dropped(const struct edit *edit, const struct change *change, size_t i)
{
	const struct dray_field *field = field_of(edit, change, i);

	return field != NULL && dray_field_is_set(field, change->was) &&
	       !dray_field_is_set(field, change->now);
}

/* A list of files is written anew as a whole. */
static void replace_files(
	struct edit *edit, const struct change *change, const struct dray_field *field, size_t i)
{
	const struct dray_yaml_node *value = change->node->pairs[i].value;
	size_t start = value->is_flow ? value->start : line_start(edit, value->start);

	copy_to(edit, start);
	dray_field_put_lines(field, change->now, edit->buf,
		value->is_flow ? DRAY_YAML_IN_FLOW : value->start - start, line_break(edit));
	edit->at = value->end;
}

static void replace(struct edit *edit, const struct change *change, size_t i)
{
	const struct dray_yaml_node *value = change->node->pairs[i].value;
	const struct dray_field *field = field_of(edit, change, i);
	size_t indent = indent_of(edit, change->node);

	copy_to(edit, value->start);
	if (value->start == value->end)
		dray_buf_putc(edit->buf, ' ');
	if (field->type == DRAY_FIELD_INNER) /* was "{}" */
		dray_fields_put_flow(edit->buf, field->inner, change->now, edit->algo);
	else
		dray_field_put(field, change->now, edit->buf,
			value->type == DRAY_YAML_SCALAR ? value->style : 'p',
			indent == DRAY_YAML_IN_FLOW ? indent : indent + 2);
	/* A comment may stand right behind a quote, but not behind a bare value. */
	if (value->end < edit->len && edit->text[value->end] == '#')
		dray_buf_putc(edit->buf, ' ');
	edit->at = value->end;
}

/* Leave a block pair out with its line. The first of a list item shares its line with the "- ". */
static void drop_line(struct edit *edit, const struct change *change, size_t i)
{
	const struct dray_yaml_pair *pair = &change->node->pairs[i];
	size_t start = line_start(edit, pair->key_start);
	size_t end = line_end(edit, pair->value);

	if (edit->at <= start && is_blank(edit, start, pair->key_start)) {
		copy_to(edit, start);
		edit->at = next_line(edit, end);
		return;
	}
	copy_to(edit, pair->key_start);
	/* The next one moves up, unless a comment is between. */
	bool moves =
		i + 1 < change->node->len && is_blank(edit, pair->value->end, pair[1].key_start);
	edit->at = moves ? pair[1].key_start : pair->value->end;
}

/* The same in brackets; what was kept last has been copied up to its end. */
static void drop_in_flow(struct edit *edit, const struct change *change, size_t i)
{
	const struct dray_yaml_node *node = change->node;
	size_t kept = i + 1;

	while (kept < node->len && is_dropped(edit, change, kept))
		kept++;
	if (kept == node->len) {
		edit->at = node->pairs[i].value->end;
		return;
	}
	copy_to(edit, node->pairs[i].key_start);
	edit->at = node->pairs[i + 1].key_start;
}

static void edit_mapping(struct edit *edit, const struct change *change);

static void edit_pair(struct edit *edit, const struct change *change, size_t i)
{
	const struct dray_yaml_pair *pair = &change->node->pairs[i];
	const struct dray_field *field = field_of(edit, change, i);

	if (is_dropped(edit, change, i)) {
		if (change->node->is_flow)
			drop_in_flow(edit, change, i);
		else
			drop_line(edit, change, i);
		return;
	}
	bool is_set = field != NULL && dray_field_is_set(field, change->now);
	if (is_set && field->type == DRAY_FIELD_INNER && pair->value->len > 0)
		edit_mapping(edit, &(struct change){.schema = field->inner,
					   .node = pair->value,
					   .was = change->was,
					   .now = change->now});
	else if (is_set && !(dray_field_is_set(field, change->was) &&
				   dray_field_is_same(field, change->was, change->now))) {
		if (field->type == DRAY_FIELD_FILES && pair->value->type == DRAY_YAML_LIST)
			replace_files(edit, change, field, i);
		else
			replace(edit, change, i);
	}
	if (change->node->is_flow && edit->at < pair->value->end)
		copy_to(edit, pair->value->end);
}

static bool has_pair(
	const struct edit *edit, const struct change *change, const struct dray_field *field)
{
	for (size_t i = 0; i < change->node->len; i++) {
		const struct dray_field *other = field_of(edit, change, i);

		if (other != NULL && dray_field_is_same_place(other, field))
			return true;
	}
	return false;
}

static bool ends_with(const struct dray_buf *buf, char byte)
{
	return buf->len > 0 && buf->data[buf->len - 1] == byte;
}

static void append_line(
	struct edit *edit, const struct change *change, const struct dray_field *field)
{
	const struct dray_yaml_node *node = change->node;
	size_t indent = indent_of(edit, node);
	size_t end = line_end(edit, node->pairs[node->len - 1].value);

	if (edit->at < end)
		copy_to(edit, end);
	/* The last pair's line is gone, or a block scalar took its line break along. */
	bool is_at_start = ends_with(edit->buf, '\n');

	if (!is_at_start)
		dray_buf_puts(edit->buf, line_break(edit));
	dray_put_blanks(edit->buf, indent);
	dray_fields_put_pair(edit->buf, field, change->now, edit->algo, indent, line_break(edit));
	if (is_at_start)
		dray_buf_puts(edit->buf, line_break(edit));
}

static void append_missing(struct edit *edit, const struct change *change)
{
	const struct dray_schema *schema = change->schema;

	for (size_t i = 0; i < schema->len; i++) {
		const struct dray_field *field = &schema->fields[i];

		if (!dray_field_is_written(schema, i, change->now) || has_pair(edit, change, field))
			continue;
		if (!change->node->is_flow) {
			append_line(edit, change, field);
			continue;
		}
		/* a comma right behind "key:" would be part of a value */
		dray_buf_puts(edit->buf, ends_with(edit->buf, ':') ? " , " : ", ");
		dray_fields_put_pair(
			edit->buf, field, change->now, edit->algo, DRAY_YAML_IN_FLOW, "");
	}
}

/* Goes as deep as schemas do. */
static void edit_mapping(struct edit *edit, const struct change *change)
{
	for (size_t i = 0; i < change->node->len; i++)
		edit_pair(edit, change, i);
	append_missing(edit, change);
}

/* What was read once can be read again. */
static void reread(const struct edit *edit, const struct dray_schema *schema,
	const struct dray_yaml_node *node, void *out_was)
{
	const struct dray_fields fields = {.algo = edit->algo};
	struct dray_err unused = DRAY_ERR_INIT;

	dray_ignore(dray_fields_read(&fields, schema, node, out_was, &unused));
}

static void edit_out(struct edit *edit, const struct dray_schema *schema,
	const struct dray_yaml_node *node, const struct dray_out *out)
{
	DRAY_AUTO(out) was = {.is_pushed = true, .is_cached = true};
	struct dray_out now = *out;

	reread(edit, schema, node, &was);
	if (now.files_len > 0) { /* what these tell is not told again: all stays as it was */
		now.oid = was.oid;
		now.has_oid = was.has_oid;
		now.size = was.size;
		now.has_size = was.has_size;
		now.nfiles = was.nfiles;
		now.has_nfiles = was.has_nfiles;
	}
	edit_mapping(
		edit, &(struct change){.schema = schema, .node = node, .was = &was, .now = &now});
}

static void edit_dep(
	struct edit *edit, const struct dray_yaml_node *node, const struct dray_dep *dep)
{
	DRAY_AUTO(dep) was = {.path = NULL};

	reread(edit, &dray_schema_dep, node, &was);
	edit_mapping(
		edit, &(struct change){
			      .schema = &dray_schema_dep, .node = node, .was = &was, .now = dep});
}

static void edit_top(
	struct edit *edit, const struct dray_yaml_node *root, const struct dray_pointer *pointer)
{
	DRAY_AUTO(pointer) was = DRAY_POINTER_INIT;
	const struct change change = {
		.schema = &dray_schema_top, .node = root, .was = &was, .now = pointer};

	reread(edit, change.schema, root, &was);
	for (size_t i = 0; i < root->len; i++) {
		const struct dray_yaml_pair *pair = &root->pairs[i];

		if (strcmp(pair->key, "outs") == 0)
			for (size_t at = 0; at < pointer->len; at++)
				edit_out(edit, &dray_schema_out, pair->value->pairs[at].value,
					&pointer->outs[at]);
		else if (strcmp(pair->key, "deps") == 0)
			for (size_t at = 0; at < pointer->deps_len; at++)
				edit_dep(edit, pair->value->pairs[at].value, &pointer->deps[at]);
		edit_pair(edit, &change, i);
	}
	append_missing(edit, &change);
}

static bool is_path(const struct edit *edit, const struct dray_yaml_node *node, const char *path)
{
	DRAY_AUTO(out) entry = {.is_pushed = true, .is_cached = true};

	reread(edit, &dray_schema_lock, node, &entry);
	return strcmp(entry.path, path) == 0;
}

static const struct dray_stage_entry *find_entry(
	const struct dray_pointer *pointer, const char *stage)
{
	for (size_t i = 0; i < pointer->entries_len; i++)
		if (strcmp(pointer->entries[i].stage->name, stage) == 0)
			return &pointer->entries[i];
	return NULL;
}

/* An entry in the place of the one that is there. */
static void replace_entry(struct edit *edit, const struct dray_yaml_pair *stage,
	const struct dray_pointer *pointer, struct dray_params_writer *writer, size_t *next)
{
	size_t start = line_start(edit, stage->key_start);

	copy_to(edit, start);
	dray_stage_entry_put(
		pointer, find_entry(pointer, stage->key), writer, stage->key_start - start);
	edit->at = next_line(edit, line_end(edit, stage->value));
	while (*next < pointer->len && !pointer->outs[*next].is_unlisted &&
		strcmp(pointer->outs[*next].stage, stage->key) == 0)
		++*next;
}

/*
 * Of an entry that stays only its outs are edited; those of the pointer come in the order of the
 * text. Stages that are none of its are not looked into.
 */
static void edit_stage(struct edit *edit, const struct dray_yaml_pair *stage,
	const struct dray_pointer *pointer, size_t *next)
{
	const struct dray_yaml_node *outs = dray_yaml_tree_get(stage->value, "outs");

	for (size_t i = 0; outs != NULL && i < outs->len && *next < pointer->len; i++) {
		const struct dray_out *out = &pointer->outs[*next];
		const struct dray_yaml_node *node = outs->pairs[i].value;

		if (out->is_unlisted || strcmp(out->stage, stage->key) != 0)
			return;
		if (is_path(edit, node, out->path)) {
			edit_out(edit, &dray_schema_lock, node, out);
			++*next;
		}
	}
}

/* Entries of stages that the lock does not know, in the order in which they were added. */
static void append_entries(struct edit *edit, const struct dray_yaml_node *stages,
	const struct dray_pointer *pointer, struct dray_params_writer *writer)
{
	size_t indent =
		stages != NULL && stages->len > 0
			? stages->pairs[0].key_start - line_start(edit, stages->pairs[0].key_start)
			: 2;

	for (size_t i = 0; i < pointer->entries_len; i++)
		if (dray_yaml_tree_find(stages, pointer->entries[i].stage->name) == NULL) {
			if (!ends_with(edit->buf, '\n'))
				dray_buf_putc(edit->buf, '\n');
			dray_stage_entry_put(pointer, &pointer->entries[i], writer, indent);
		}
}

static void edit_lock(
	struct edit *edit, const struct dray_yaml_node *root, const struct dray_pointer *pointer)
{
	struct dray_params_writer writer = {.buf = edit->buf};
	const struct dray_yaml_pair *pair = dray_yaml_tree_find(root, "stages");
	const struct dray_yaml_node *stages = pair != NULL ? pair->value : NULL;
	size_t next = 0;

	for (size_t i = 0; stages != NULL && i < stages->len; i++) {
		if (find_entry(pointer, stages->pairs[i].key) != NULL)
			replace_entry(edit, &stages->pairs[i], pointer, &writer, &next);
		else
			edit_stage(edit, &stages->pairs[i], pointer, &next);
	}
	if (pointer->entries_len > 0 && stages != NULL && stages->len == 0) {
		copy_to(edit, pair->behind); /* "stages: {}" or nothing: lines take its place */
		edit->at = next_line(edit, line_end(edit, stages));
	} else if (stages != NULL && pointer->entries_len > 0) {
		size_t end = next_line(edit, line_end(edit, stages->pairs[stages->len - 1].value));

		if (edit->at < end)
			copy_to(edit, end);
	} else if (pointer->entries_len > 0) {
		copy_to(edit, edit->len);
		dray_buf_puts(edit->buf, ends_with(edit->buf, '\n') || edit->buf->len == 0
						 ? "stages:\n"
						 : "\nstages:\n");
	}
	append_entries(edit, stages, pointer, &writer);
	dray_params_writer_drop(&writer);
}

/* A lock that is not there yet. */
static void put_new_lock(const struct dray_pointer *pointer, struct dray_buf *buf)
{
	struct dray_params_writer writer = {.buf = buf};

	if (pointer->entries_len > 0)
		dray_buf_puts(buf, "schema: '2.0'\nstages:\n");
	for (size_t i = 0; i < pointer->entries_len; i++)
		dray_stage_entry_put(pointer, &pointer->entries[i], &writer, 2);
	dray_params_writer_drop(&writer);
}

static void render_lock(const struct dray_pointer *pointer, struct dray_buf *buf)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct edit edit = {
		.text = pointer->text,
		.len = pointer->text_len,
		.algo = pointer->algo,
		.buf = &text,
	};
	const struct dray_yaml_node *root = dray_lock_root(pointer);
	if (root == NULL)
		put_new_lock(pointer, &text);
	else
		edit_lock(&edit, root, pointer);
	copy_to(&edit, pointer->text_len);
	if (pointer->entries_len > 0)
		dray_stages_renumber(&text);
	dray_buf_add(buf, text.data, text.len);
}

void dray_pointer_render(const struct dray_pointer *pointer, struct dray_buf *buf)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	struct dray_err unused = DRAY_ERR_INIT;
	struct edit edit = {
		.text = pointer->text,
		.len = pointer->text_len,
		.algo = pointer->algo,
		.buf = buf,
	};

	if (pointer->is_lock) {
		render_lock(pointer, buf);
		return;
	}
	if (pointer->text_len == 0) {
		dray_pointer_put_new(pointer, buf);
		return;
	}
	dray_ignore(dray_yaml_tree_read(
		&tree, pointer->text, pointer->text_len, "", 0, &unused)); /* it was parsed */
	edit_top(&edit, tree.root, pointer);
	copy_to(&edit, pointer->text_len);
}

enum dray_status dray_pointer_edit_frozen(const struct dray_yaml_tree *tree,
	const struct dray_yaml_node *node, bool is_frozen, struct dray_buf *buf,
	struct dray_err *err)
{
	struct dray_pointer was =
		DRAY_POINTER_INIT; /* only its flags are used, so it owns nothing */
	const struct dray_pointer now = {.is_frozen = is_frozen};
	const struct dray_fields fields = {.tree = tree, .algo = DRAY_MD5};
	struct edit edit = {.text = tree->text, .len = tree->len, .algo = DRAY_MD5, .buf = buf};

	DRAY_TRY(dray_fields_read(&fields, &dray_schema_frozen, node, &was, err));
	edit_mapping(&edit,
		&(struct change){
			.schema = &dray_schema_frozen, .node = node, .was = &was, .now = &now});
	copy_to(&edit, tree->len);
	return DRAY_OK;
}
