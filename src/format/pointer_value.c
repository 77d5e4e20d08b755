/*
 * pointer_value: the values of fields by their type: whether they are set, whether two are the
 * same, how they are written. pointer_field.c reads them.
 */
#include "pointer.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

static void *member(void *object, size_t at)
{
	return (unsigned char *)object + at;
}

static const void *peek(const void *object, size_t at)
{
	return (const unsigned char *)object + at;
}

static char *const *peek_text(const struct dray_field *field, const void *object)
{
	return peek(object, field->at);
}

static const struct dray_oid *peek_oid(const struct dray_field *field, const void *object)
{
	return peek(object, field->at);
}

static bool peek_flag(size_t at, const void *object)
{
	const bool *flag = peek(object, at);

	return *flag;
}

static const struct dray_config *peek_settings(const struct dray_field *field, const void *object)
{
	return peek(object, field->type == DRAY_FIELD_SETTINGS ? field->at : field->has);
}

static const struct dray_versioned_file *peek_files(
	const struct dray_field *field, const void *object, size_t *out_len)
{
	struct dray_versioned_file *const *files = peek(object, field->at);

	*out_len = *(const size_t *)peek(object, field->has);
	return *files;
}

static uint64_t peek_count(const struct dray_field *field, const void *object)
{
	const uint64_t *count = peek(object, field->at);

	return *count;
}

/* -------------------------------------------------------------- one field */

const char *dray_field_name(const struct dray_field *field, enum dray_algo algo)
{
	return field->name != NULL ? field->name : dray_algo_name(algo);
}

const struct dray_field *dray_field_find(
	const struct dray_schema *schema, enum dray_algo algo, const char *name)
{
	/* the mark is a word of DVC's only: elsewhere `hash` is someone else's */
	for (size_t i = 0; i < schema->len; i++)
		if (strcmp(name, dray_field_name(&schema->fields[i], algo)) == 0 &&
			(schema->fields[i].type != DRAY_FIELD_MARK || algo == DRAY_MD5))
			return &schema->fields[i];
	return NULL;
}

static bool is_any_set(const struct dray_schema *schema, const void *object)
{
	for (size_t i = 0; i < schema->len; i++)
		if (dray_field_is_set(&schema->fields[i], object))
			return true;
	return false;
}

bool dray_field_is_set(const struct dray_field *field, const void *object)
{
	switch (field->type) {
	case DRAY_FIELD_HASH:
	case DRAY_FIELD_COUNT:
		return peek_flag(field->has, object);
	case DRAY_FIELD_MARK: {
		char *const *other = peek(object, field->has);

		return peek_oid(field, object)->algo == DRAY_MD5 &&
		       (field->has == 0 || *other == NULL);
	}
	case DRAY_FIELD_FLAG:
		return peek_flag(field->at, object);
	case DRAY_FIELD_FLAG_ON:
		return !peek_flag(field->at, object);
	case DRAY_FIELD_PATH:
	case DRAY_FIELD_TEXT:
	case DRAY_FIELD_TAG:
		return *peek_text(field, object) != NULL;
	case DRAY_FIELD_SETTING:
		return *peek_text(field, object) != NULL || peek_settings(field, object)->len > 0;
	case DRAY_FIELD_SETTINGS:
		return peek_settings(field, object)->len > 0;
	case DRAY_FIELD_INNER:
		return is_any_set(field->inner, object);
	case DRAY_FIELD_VERSIONS:
	case DRAY_FIELD_FILES: {
		const size_t *len = peek(object, field->has);

		return *len > 0;
	}
	}
	return false;
}

/*
 * Both are set. What is not a matter of more than set or not is the same then; nobody changes
 * settings.
 */
bool dray_field_is_same(const struct dray_field *field, const void *a, const void *b)
{
	switch (field->type) {
	case DRAY_FIELD_HASH: {
		struct dray_oid x = *peek_oid(field, a);

		x.algo = peek_oid(field, b)->algo; /* is the mark's */
		return dray_oid_is_equal(&x, peek_oid(field, b));
	}
	case DRAY_FIELD_COUNT:
		return peek_count(field, a) == peek_count(field, b);
	case DRAY_FIELD_PATH:
	case DRAY_FIELD_TEXT:
	case DRAY_FIELD_TAG:
		return strcmp(*peek_text(field, a), *peek_text(field, b)) == 0;
	case DRAY_FIELD_FILES: {
		size_t a_len, b_len;
		const struct dray_versioned_file *x = peek_files(field, a, &a_len);
		const struct dray_versioned_file *y = peek_files(field, b, &b_len);

		return dray_versioned_files_are_same(x, a_len, y, b_len);
	}
	case DRAY_FIELD_SETTING:
	case DRAY_FIELD_SETTINGS:
	case DRAY_FIELD_MARK:
	case DRAY_FIELD_FLAG:
	case DRAY_FIELD_FLAG_ON:
	case DRAY_FIELD_INNER:
	case DRAY_FIELD_VERSIONS:
		break;
	}
	return true;
}

bool dray_field_is_mapping(const struct dray_field *field, const void *object)
{
	return field->type == DRAY_FIELD_INNER || field->type == DRAY_FIELD_SETTINGS ||
	       (field->type == DRAY_FIELD_SETTING && *peek_text(field, object) == NULL);
}

bool dray_field_is_same_place(const struct dray_field *a, const struct dray_field *b)
{
	return a->at == b->at && a->type == b->type;
}

void dray_field_put(const struct dray_field *field, const void *object, struct dray_buf *buf,
	char style, size_t indent)
{
	char text[DRAY_OID_TEXT_MAX];

	switch (field->type) {
	case DRAY_FIELD_HASH: /* one word: never on a line of its own */
		dray_yaml_put_text(buf, dray_oid_text(peek_oid(field, object), text), style, false);
		break;
	case DRAY_FIELD_MARK:
		dray_yaml_put_value(buf, dray_algo_name(DRAY_MD5), style, indent);
		break;
	case DRAY_FIELD_COUNT:
		dray_buf_printf(buf, "%llu", (unsigned long long)peek_count(field, object));
		break;
	case DRAY_FIELD_FLAG:
	case DRAY_FIELD_FLAG_ON:
		dray_buf_puts(buf, peek_flag(field->at, object) ? "true" : "false");
		break;
	case DRAY_FIELD_PATH:
	case DRAY_FIELD_TEXT:
	case DRAY_FIELD_SETTING:
	case DRAY_FIELD_TAG:
		dray_yaml_put_value(buf, *peek_text(field, object), style, indent);
		break;
	case DRAY_FIELD_INNER:
	case DRAY_FIELD_SETTINGS:
	case DRAY_FIELD_VERSIONS:
	case DRAY_FIELD_FILES:
		break; /* no values of one line */
	}
}

void dray_field_put_lines(const struct dray_field *field, const void *object, struct dray_buf *buf,
	size_t indent, const char *line_break)
{
	size_t len;
	const struct dray_versioned_file *files;

	if (field->type != DRAY_FIELD_FILES) {
		dray_settings_put(buf, peek_settings(field, object), indent, line_break);
		return;
	}
	files = peek_files(field, object, &len);
	dray_versioned_files_put(buf, files, len, indent, line_break);
}

static void drop_field(const struct dray_field *field, void *object)
{
	switch (field->type) {
	case DRAY_FIELD_PATH:
	case DRAY_FIELD_TEXT:
	case DRAY_FIELD_TAG:
		dray_pointer_set(member(object, field->at), NULL);
		break;
	case DRAY_FIELD_SETTING:
		dray_pointer_set(member(object, field->at), NULL);
		dray_config_drop(member(object, field->has));
		break;
	case DRAY_FIELD_SETTINGS:
		dray_config_drop(member(object, field->at));
		break;
	case DRAY_FIELD_INNER:
		dray_fields_drop(field->inner, object);
		break;
	case DRAY_FIELD_VERSIONS: {
		struct dray_version **versions = member(object, field->at);
		size_t *len = member(object, field->has);

		dray_versions_free(*versions, *len);
		*versions = NULL;
		*len = 0;
		break;
	}
	case DRAY_FIELD_FILES: {
		struct dray_versioned_file **files = member(object, field->at);
		size_t *len = member(object, field->has);

		dray_versioned_files_free(*files, *len);
		*files = NULL;
		*len = 0;
		break;
	}
	case DRAY_FIELD_HASH:
	case DRAY_FIELD_MARK:
	case DRAY_FIELD_COUNT:
	case DRAY_FIELD_FLAG:
	case DRAY_FIELD_FLAG_ON:
		break;
	}
}

void dray_fields_drop(const struct dray_schema *schema, void *object)
{
	for (size_t i = 0; i < schema->len; i++)
		drop_field(&schema->fields[i], object);
}
