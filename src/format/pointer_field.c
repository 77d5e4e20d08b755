/*
 * pointer_field: what we know of each field of an out: its name, what it may
 * hold, whether it is set, how it is written.
 */
#include "pointer.h"
#include "yaml_scalar.h"

#include <string.h>

/* ---------------------------------------------------------------- reading */

static bool is_plain(const struct dray_yaml_event *value)
{
	return value->style == 'p' && !value->is_binary;
}

static bool is_null(const struct dray_yaml_event *value)
{
	return is_plain(value) && dray_yaml_is_null(value->text);
}

static bool is_text(const struct dray_yaml_event *value)
{
	return !value->is_binary && strlen(value->text) == value->len &&
	       (value->style != 'p' || !dray_yaml_is_typed(value->text));
}

/* A hash of digits only is a number to YAML; its text is what counts. */
static bool read_hash(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	if (value->is_binary)
		return false;
	uint8_t named = out->oid.algo;

	out->has_oid = value->len > 0 && !is_null(value);
	if (!out->has_oid)
		return true;
	if (!dray_oid_parse(algo, value->text, value->len, &out->oid))
		return false;
	if (algo == DRAY_MD5)
		out->oid.algo = named; /* what `hash` says, above or below */
	return true;
}

static bool read_hash_name(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	if (is_null(value))
		return true;
	out->oid.algo = (uint8_t)algo;
	return is_text(value) && strcmp(value->text, dray_algo_name(algo)) == 0;
}

static bool read_size(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	(void)algo;
	out->has_size = !is_null(value);
	return !out->has_size ||
	       (is_plain(value) && dray_parse_u64(value->text, value->len, &out->size));
}

static bool read_nfiles(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	(void)algo;
	out->has_nfiles = !is_null(value);
	return !out->has_nfiles ||
	       (is_plain(value) && dray_parse_u64(value->text, value->len, &out->nfiles));
}

static bool read_bool(const struct dray_yaml_event *value, bool *out_value)
{
	return is_null(value) || (is_plain(value) && dray_yaml_parse_bool(value->text, out_value));
}

static bool read_exec(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	(void)algo;
	return read_bool(value, &out->is_exec);
}

static bool read_cached(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	(void)algo;
	return read_bool(value, &out->is_cached);
}

static bool read_pushed(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	(void)algo;
	return read_bool(value, &out->is_pushed);
}

static bool read_path(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	DRAY_AUTO(buf) bytes = DRAY_BUF_INIT;

	(void)algo;
	if (!value->is_binary) {
		if (!is_text(value))
			return false;
		out->path = dray_strdup(value->text);
		return true;
	}
	if (!dray_yaml_decode_binary(value->text, value->len, &bytes) || bytes.len == 0 ||
		memchr(bytes.data, '\0', bytes.len) != NULL)
		return false;
	out->path = dray_buf_take(&bytes);
	return true;
}

static bool read_remote(
	enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out)
{
	(void)algo;
	if (is_null(value))
		return true;
	if (!is_text(value))
		return false;
	out->remote = dray_strdup(value->text);
	return true;
}

static const struct field {
	const char *name;
	const char *want;
	bool (*read)(
		enum dray_algo algo, const struct dray_yaml_event *value, struct dray_out *out);
} fields[DRAY_FIELD_COUNT] = {
	[DRAY_FIELD_HASH] = {NULL, "a hash in lower-case hex", read_hash},
	[DRAY_FIELD_SIZE] = {"size", "a number of bytes", read_size},
	[DRAY_FIELD_NFILES] = {"nfiles", "a number of files", read_nfiles},
	[DRAY_FIELD_EXEC] = {"isexec", "true or false", read_exec},
	[DRAY_FIELD_HASH_NAME] = {"hash", "'md5'", read_hash_name},
	[DRAY_FIELD_PATH] = {"path", "text on its line, in quotes if it looks like a number",
		read_path},
	[DRAY_FIELD_CACHED] = {"cache", "true or false", read_cached},
	[DRAY_FIELD_REMOTE] = {"remote", "the name of a remote", read_remote},
	[DRAY_FIELD_PUSHED] = {"push", "true or false", read_pushed},
};

const char *dray_pointer_field_want(enum dray_pointer_field field)
{
	return fields[field].want;
}

const char *dray_pointer_field_name(enum dray_pointer_field field, enum dray_algo algo)
{
	return field == DRAY_FIELD_HASH ? dray_algo_name(algo) : fields[field].name;
}

enum dray_pointer_field dray_pointer_field_find(enum dray_algo algo, const char *name)
{
	unsigned field = 0;

	while (field < DRAY_FIELD_COUNT && strcmp(name, dray_pointer_field_name(field, algo)) != 0)
		field++;
	return field == DRAY_FIELD_HASH_NAME && algo != DRAY_MD5 ? DRAY_FIELD_OTHER : field;
}

bool dray_pointer_field_read(enum dray_pointer_field field, enum dray_algo algo,
	const struct dray_yaml_event *value, struct dray_out *out)
{
	/* A block scalar's last line break is part of it or not: no place for edits by bytes. */
	return value->type == DRAY_YAML_SCALAR && value->style != '|' &&
	       fields[field].read(algo, value, out);
}

/* ---------------------------------------------------------------- writing */

bool dray_pointer_field_is_set(const struct dray_out *out, enum dray_pointer_field field)
{
	switch (field) {
	case DRAY_FIELD_HASH:
		return out->has_oid;
	case DRAY_FIELD_SIZE:
		return out->has_size;
	case DRAY_FIELD_NFILES:
		return out->has_nfiles;
	case DRAY_FIELD_EXEC:
		return out->is_exec;
	case DRAY_FIELD_HASH_NAME:
		return out->oid.algo == DRAY_MD5;
	case DRAY_FIELD_PATH:
		return true;
	case DRAY_FIELD_CACHED:
		return !out->is_cached;
	case DRAY_FIELD_REMOTE:
		return out->remote != NULL;
	case DRAY_FIELD_PUSHED:
		return !out->is_pushed;
	case DRAY_FIELD_COUNT:
		break;
	}
	return false;
}

/* Both are set. What is not a matter of more than set or not is the same then. */
bool dray_pointer_field_is_same(
	const struct dray_out *a, const struct dray_out *b, enum dray_pointer_field field)
{
	switch (field) {
	case DRAY_FIELD_HASH:
		return dray_oid_is_equal(&a->oid, &b->oid);
	case DRAY_FIELD_SIZE:
		return a->size == b->size;
	case DRAY_FIELD_NFILES:
		return a->nfiles == b->nfiles;
	case DRAY_FIELD_PATH:
		return strcmp(a->path, b->path) == 0;
	case DRAY_FIELD_REMOTE:
		return strcmp(a->remote, b->remote) == 0;
	case DRAY_FIELD_EXEC:
	case DRAY_FIELD_HASH_NAME:
	case DRAY_FIELD_CACHED:
	case DRAY_FIELD_PUSHED:
	case DRAY_FIELD_COUNT:
		break;
	}
	return true;
}

void dray_pointer_field_put(struct dray_buf *buf, const struct dray_out *out,
	enum dray_pointer_field field, char style, bool is_flow)
{
	char text[DRAY_OID_TEXT_MAX];

	switch (field) {
	case DRAY_FIELD_HASH:
		dray_yaml_put_text(buf, dray_oid_text(&out->oid, text), style, is_flow);
		break;
	case DRAY_FIELD_SIZE:
		dray_buf_printf(buf, "%llu", (unsigned long long)out->size);
		break;
	case DRAY_FIELD_NFILES:
		dray_buf_printf(buf, "%llu", (unsigned long long)out->nfiles);
		break;
	case DRAY_FIELD_EXEC:
		dray_buf_puts(buf, out->is_exec ? "true" : "false");
		break;
	case DRAY_FIELD_HASH_NAME:
		dray_buf_puts(buf, dray_algo_name((enum dray_algo)out->oid.algo));
		break;
	case DRAY_FIELD_PATH:
		dray_yaml_put_text(buf, out->path, style, is_flow);
		break;
	case DRAY_FIELD_CACHED:
		dray_buf_puts(buf, out->is_cached ? "true" : "false");
		break;
	case DRAY_FIELD_REMOTE:
		dray_yaml_put_text(buf, out->remote, style, is_flow);
		break;
	case DRAY_FIELD_PUSHED:
		dray_buf_puts(buf, out->is_pushed ? "true" : "false");
		break;
	case DRAY_FIELD_COUNT:
		break;
	}
}
