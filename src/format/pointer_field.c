/*
 * pointer_field: fields by their type: what they may hold. Which there are, pointer_schema.c says;
 * pointer_value.c what becomes of their values.
 */
#include "pointer.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- access */

static void *member(void *object, size_t at)
{
	return (unsigned char *)object + at;
}

void dray_pointer_set(char **text, const char *value)
{
	char *copy = value != NULL ? dray_strdup(value) : NULL;

	free(*text);
	*text = copy;
}

/* ---------------------------------------------------------------- reading */

static bool is_plain(const struct dray_yaml_node *value)
{
	return value->style == 'p' && !value->is_binary;
}

static bool is_null(const struct dray_yaml_node *value)
{
	return is_plain(value) && dray_yaml_is_null(value->text);
}

static bool is_text(const struct dray_yaml_node *value)
{
	return !value->is_binary && strlen(value->text) == value->len &&
	       (value->style != 'p' || !dray_yaml_is_typed(value->text));
}

/* A hash of digits only is a number to YAML; its text is what counts. Either case, as in DVC. */
static bool read_hash(const struct dray_fields *fields, const struct dray_field *field,
	const struct dray_yaml_node *value, void *object)
{
	char text[DRAY_OID_TEXT_MAX];
	struct dray_oid *oid = member(object, field->at);
	bool *has = member(object, field->has);

	if (value->is_binary)
		return false;
	*has = value->len > 0 && !is_null(value);
	if (!*has)
		return true;
	if (value->len >= sizeof text)
		return false;
	for (size_t i = 0; i < value->len; i++)
		text[i] = (char)(value->text[i] >= 'A' && value->text[i] <= 'F'
					 ? value->text[i] - 'A' + 'a'
					 : value->text[i]);
	return dray_oid_parse(fields->algo, text, value->len, oid);
}

static bool read_mark(
	const struct dray_field *field, const struct dray_yaml_node *value, void *object)
{
	struct dray_oid *oid = member(object, field->at);

	if (is_null(value))
		return true;
	if (!is_text(value) || strcmp(value->text, dray_algo_name(DRAY_MD5)) != 0)
		return false;
	oid->algo = DRAY_MD5;
	return true;
}

static bool read_count(
	const struct dray_field *field, const struct dray_yaml_node *value, void *object)
{
	bool *has = member(object, field->has);

	*has = !is_null(value);
	return !*has || (is_plain(value) &&
				dray_parse_u64(value->text, value->len, member(object, field->at)));
}

static bool read_flag(
	const struct dray_field *field, const struct dray_yaml_node *value, void *object)
{
	return is_null(value) ||
	       (is_plain(value) && dray_yaml_parse_bool(value->text, member(object, field->at)));
}

static bool read_path(
	const struct dray_field *field, const struct dray_yaml_node *value, void *object)
{
	char **text = member(object, field->at);
	DRAY_AUTO(buf) bytes = DRAY_BUF_INIT;

	if (!value->is_binary) {
		if (!is_text(value))
			return false;
		dray_pointer_set(text, value->text);
		return true;
	}
	if (!dray_yaml_decode_binary(value->text, value->len, &bytes) || bytes.len == 0 ||
		memchr(bytes.data, '\0', bytes.len) != NULL)
		return false;
	dray_pointer_set(text, bytes.data);
	return true;
}

static bool read_text(
	const struct dray_field *field, const struct dray_yaml_node *value, void *object)
{
	if (is_null(value))
		return true;
	if (!is_text(value))
		return false;
	dray_pointer_set(member(object, field->at), value->text);
	return true;
}

/* An ETag of digits is a number to YAML; a tag that is empty says nothing. */
static bool read_tag(
	const struct dray_field *field, const struct dray_yaml_node *value, void *object)
{
	if (value->is_binary || strlen(value->text) != value->len)
		return false;
	if (value->len > 0 && !is_null(value))
		dray_pointer_set(member(object, field->at), value->text);
	return true;
}

static bool read_scalar(const struct dray_fields *fields, const struct dray_field *field,
	const struct dray_yaml_node *value, void *object)
{
	/* A block scalar's last line break is part of it or not: no place for edits by bytes. */
	if (value->type != DRAY_YAML_SCALAR || value->style == '|')
		return false;
	switch (field->type) {
	case DRAY_FIELD_HASH:
		return read_hash(fields, field, value, object);
	case DRAY_FIELD_MARK:
		return read_mark(field, value, object);
	case DRAY_FIELD_COUNT:
		return read_count(field, value, object);
	case DRAY_FIELD_FLAG:
	case DRAY_FIELD_FLAG_ON:
		return read_flag(field, value, object);
	case DRAY_FIELD_PATH:
		return read_path(field, value, object);
	case DRAY_FIELD_TEXT:
	case DRAY_FIELD_SETTING:
		return read_text(field, value, object);
	case DRAY_FIELD_TAG:
		return read_tag(field, value, object);
	case DRAY_FIELD_INNER:
	case DRAY_FIELD_SETTINGS:
	case DRAY_FIELD_VERSIONS:
	case DRAY_FIELD_FILES:
		break;
	}
	return false;
}

/* What a field may hold, for errors. */
static const char *want(const struct dray_field *field)
{
	switch (field->type) {
	case DRAY_FIELD_HASH:
		return "a hash in hex";
	case DRAY_FIELD_MARK:
		return "'md5'";
	case DRAY_FIELD_COUNT:
		return strcmp(field->name, "size") == 0 ? "a number of bytes" : "a number of files";
	case DRAY_FIELD_FLAG:
	case DRAY_FIELD_FLAG_ON:
		return "true or false";
	case DRAY_FIELD_PATH:
		return "text on its line, in quotes if it looks like a number";
	case DRAY_FIELD_TEXT:
	case DRAY_FIELD_SETTING:
		return "a name";
	case DRAY_FIELD_TAG:
		return "text on its line";
	case DRAY_FIELD_INNER:
	case DRAY_FIELD_SETTINGS:
	case DRAY_FIELD_VERSIONS:
		return "a mapping";
	case DRAY_FIELD_FILES:
		break;
	}
	return "a list";
}

static enum dray_status fail_wanting(const struct dray_fields *fields,
	const struct dray_field *field, const struct dray_yaml_node *value, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "'%s' must be %s", dray_field_name(field, fields->algo),
		want(field));
	return dray_yaml_tree_where(fields->tree, value->start, err);
}

static enum dray_status read_value(const struct dray_fields *fields, const struct dray_field *field,
	const struct dray_yaml_node *value, void *object, struct dray_err *err)
{
	if (field->type == DRAY_FIELD_SETTING && value->type == DRAY_YAML_MAP)
		return dray_settings_read(fields, value, member(object, field->has), err);
	if (field->type == DRAY_FIELD_SETTINGS && value->type == DRAY_YAML_MAP)
		return dray_settings_read(fields, value, member(object, field->at), err);
	if (value->type == DRAY_YAML_MAP && field->type == DRAY_FIELD_INNER)
		return dray_fields_read(fields, field->inner, value, object, err);
	if (value->type == DRAY_YAML_MAP && field->type == DRAY_FIELD_VERSIONS)
		return dray_versions_read(
			fields, value, member(object, field->at), member(object, field->has), err);
	if (value->type == DRAY_YAML_LIST && field->type == DRAY_FIELD_FILES)
		return dray_versioned_files_read(
			fields, value, member(object, field->at), member(object, field->has), err);
	if (read_scalar(fields, field, value, object))
		return DRAY_OK;
	return fail_wanting(fields, field, value, err);
}

/*
 * A key that is edited is followed by its ':' on the same line, and a mapping in brackets has its
 * own; so that an edit by bytes is an edit of the YAML.
 */
static enum dray_status check_pair(
	const struct dray_fields *fields, const struct dray_yaml_pair *pair, struct dray_err *err)
{
	if (pair->behind != 0)
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "'%s' has no ':' behind it", pair->key);
	return dray_yaml_tree_where(fields->tree, pair->key_start, err);
}

/* Without the mark an MD5 is the one that DVC 2 took, of text without its CRs. */
static void set_algo(const struct dray_fields *fields, const struct dray_schema *schema,
	bool is_marked, void *object)
{
	for (size_t i = 0; i < schema->len; i++)
		if (schema->fields[i].type == DRAY_FIELD_MARK) {
			struct dray_oid *oid = member(object, schema->fields[i].at);

			oid->algo = (uint8_t)(fields->algo != DRAY_MD5 ? fields->algo
					      : is_marked              ? DRAY_MD5
								       : DRAY_MD5_DOS2UNIX);
		}
}

enum dray_status dray_fields_read(const struct dray_fields *fields,
	const struct dray_schema *schema, const struct dray_yaml_node *node, void *object,
	struct dray_err *err)
{
	bool is_marked = false;

	for (size_t i = 0; i < node->len; i++) {
		const struct dray_yaml_pair *pair = &node->pairs[i];
		const struct dray_field *field = dray_field_find(schema, fields->algo, pair->key);

		DRAY_TRY(check_pair(fields, pair, err));
		if (field == NULL)
			continue;
		DRAY_TRY(read_value(fields, field, pair->value, object, err));
		is_marked |= field->type == DRAY_FIELD_MARK && !is_null(pair->value);
	}
	set_algo(fields, schema, is_marked, object);
	return DRAY_OK;
}
