/*
 * pointer_translate: a pointer in which data is named by another algorithm, as one dialect's
 * pointer becomes another's. Only what names data changes: `md5: …` with `hash: md5`, or `sha256:
 * …`. All else stays byte for byte, as in pointer_edit.
 */
#include "pointer.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

struct translation {
	const struct dray_pointer *pointer;
	enum dray_algo algo; /* the new one */
	struct dray_buf *buf;
	size_t at; /* how far the text was copied or left out */
};

/* What one mapping is to say. */
struct says {
	const struct dray_oid *oid; /* NULL: no hash */
	uint64_t size;
	bool has_size;
};

static void copy_to(struct translation *translation, size_t upto)
{
	if (upto <= translation->at)
		return;
	dray_buf_add(translation->buf, translation->pointer->text + translation->at,
		upto - translation->at);
	translation->at = upto;
}

static size_t line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

/* From the start of the text or line on there are only blanks up to `to`. */
static bool is_blank(const char *text, size_t from, size_t to)
{
	return from + strspn(text + from, " \t") >= to;
}

static void drop_pair(struct translation *translation, const struct dray_yaml_node *node, size_t i)
{
	const struct dray_yaml_pair *pair = &node->pairs[i];
	const char *text = translation->pointer->text;
	size_t start = line_start(text, pair->key_start);
	bool is_last = i + 1 == node->len;

	if (!node->is_flow && is_blank(text, start, pair->key_start)) {
		const char *newline = strchr(text + pair->value->end, '\n');

		copy_to(translation, start);
		translation->at = newline != NULL ? (size_t)(newline - text) + 1
						  : translation->pointer->text_len;
	} else if (!is_last) {
		copy_to(translation, pair->key_start);
		translation->at = pair[1].key_start;
	} else if (i > 0) {
		copy_to(translation, pair[-1].value->end);
		translation->at = pair->value->end;
	}
}

static void replace_hash(
	struct translation *translation, const struct dray_yaml_pair *pair, const struct says *says)
{
	char hex[DRAY_OID_TEXT_MAX];

	copy_to(translation, pair->key_start);
	dray_buf_printf(translation->buf, "%s: ", dray_algo_name(translation->algo));
	dray_yaml_put_value(
		translation->buf, dray_oid_text(says->oid, hex), 'p', DRAY_YAML_IN_FLOW);
	translation->at = pair->value->end;
}

/* In front of the path, which every out has. */
static void insert(struct translation *translation, const struct dray_yaml_node *node,
	const struct dray_yaml_pair *path, const char *line)
{
	const char *text = translation->pointer->text;
	size_t indent = path->key_start - line_start(text, path->key_start);

	copy_to(translation, path->key_start);
	dray_buf_puts(translation->buf, line);
	if (node->is_flow) {
		dray_buf_puts(translation->buf, ", ");
		return;
	}
	dray_buf_putc(translation->buf, '\n');
	for (; indent > 0; indent--)
		dray_buf_putc(translation->buf, ' ');
}

static void translate_mapping(
	struct translation *translation, const struct dray_yaml_node *node, const struct says *says)
{
	const char *old_name = dray_algo_name(translation->pointer->algo);
	bool has_size = dray_yaml_tree_find(node, "size") != NULL;
	DRAY_AUTO_STR size = dray_format("size: %llu", (unsigned long long)says->size);

	for (size_t i = 0; i < node->len; i++) {
		const struct dray_yaml_pair *pair = &node->pairs[i];

		if (strcmp(pair->key, old_name) == 0 && says->oid != NULL)
			replace_hash(translation, pair, says);
		else if (strcmp(pair->key, "hash") == 0)
			drop_pair(translation, node, i);
		if (strcmp(pair->key, "path") != 0)
			continue;
		if (says->has_size && !has_size)
			insert(translation, node, pair, size);
		if (translation->algo == DRAY_MD5)
			insert(translation, node, pair, "hash: md5");
	}
}

static void translate_outs(struct translation *translation, const struct dray_yaml_node *list,
	const struct dray_out *outs)
{
	for (size_t i = 0; i < translation->pointer->len; i++) {
		const struct says says = {
			.oid = outs[i].has_oid ? &outs[i].oid : NULL,
			.size = outs[i].size,
			.has_size = outs[i].has_size,
		};

		translate_mapping(translation, list->pairs[i].value, &says);
	}
}

/* What was imported is named as the out that it became; of other deps nothing new is known. */
static void translate_deps(struct translation *translation, const struct dray_yaml_node *list,
	const struct dray_out *outs)
{
	const struct dray_pointer *pointer = translation->pointer;

	for (size_t i = 0; i < pointer->deps_len; i++) {
		const struct dray_dep *dep = &pointer->deps[i];

		for (size_t at = 0; dep->has_oid && at < pointer->len; at++) {
			if (!pointer->outs[at].has_oid || !outs[at].has_oid ||
				!dray_oid_is_equal(&pointer->outs[at].oid, &dep->oid))
				continue;
			const struct says says = {.oid = &outs[at].oid};
			translate_mapping(translation, list->pairs[i].value, &says);
			break;
		}
	}
}

void dray_pointer_translate(const struct dray_pointer *pointer, enum dray_algo algo,
	const struct dray_out *outs, struct dray_buf *buf)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	struct dray_err unused = DRAY_ERR_INIT;
	struct translation translation = {.pointer = pointer, .algo = algo, .buf = buf};

	dray_ignore(dray_yaml_tree_read(
		&tree, pointer->text, pointer->text_len, "", 0, &unused)); /* it was parsed */
	for (size_t i = 0; i < tree.root->len; i++) {
		const struct dray_yaml_pair *pair = &tree.root->pairs[i];

		if (strcmp(pair->key, "outs") == 0)
			translate_outs(&translation, pair->value, outs);
		else if (strcmp(pair->key, "deps") == 0)
			translate_deps(&translation, pair->value, outs);
	}
	copy_to(&translation, pointer->text_len);
}
