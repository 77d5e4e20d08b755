/*
 * pointer: the fields of pointers, as pointer.c reads and pointer_edit.c
 * writes them. Private to the format room.
 */
#ifndef DRAY_FORMAT_POINTER_H
#define DRAY_FORMAT_POINTER_H

#include "yaml_tree.h"

#include <dray/format.h>

/* ------------------------------------------------------------------ fields */

enum dray_field_type {
	DRAY_FIELD_HASH,     /* struct dray_oid, named as its algorithm */
	DRAY_FIELD_MARK,     /* the same struct: `hash: md5`, which tells DRAY_MD5 */
	DRAY_FIELD_COUNT,    /* uint64_t */
	DRAY_FIELD_FLAG,     /* bool, false by default */
	DRAY_FIELD_FLAG_ON,  /* bool, true by default */
	DRAY_FIELD_PATH,     /* char *, any bytes */
	DRAY_FIELD_TEXT,     /* char * */
	DRAY_FIELD_SETTING,  /* char *, or struct dray_config where a mapping is in its place */
	DRAY_FIELD_SETTINGS, /* struct dray_config */
	DRAY_FIELD_TAG,      /* char *, as clouds call objects: may look like a number */
	DRAY_FIELD_INNER,    /* a mapping whose fields are in the same struct */
	DRAY_FIELD_VERSIONS, /* struct dray_version *, a list under `cloud` */
	DRAY_FIELD_FILES,    /* struct dray_versioned_file * */
};

struct dray_field {
	const char *name; /* NULL for a hash */
	enum dray_field_type type;
	size_t at;  /* of the value in its struct */
	size_t has; /* HASH, COUNT: of its bool; VERSIONS, FILES: of the length; SETTING: of
		       the other; MARK: of a char * that, set, rules it out, or 0 */
	const struct dray_schema *inner;
};

/* The fields of one kind of mapping, in the order a new one has them. */
struct dray_schema {
	const struct dray_field *fields;
	size_t len;
	size_t size; /* of the struct */
};
extern const struct dray_schema dray_schema_out;
extern const struct dray_schema dray_schema_dep;
extern const struct dray_schema dray_schema_lock; /* an out or dep of a lock, as struct dray_out */
extern const struct dray_schema dray_schema_options; /* of an out of a stage */
extern const struct dray_schema dray_schema_top;     /* of struct dray_pointer */
extern const struct dray_schema dray_schema_frozen;  /* that one field of it */
extern const struct dray_schema dray_schema_file;    /* of struct dray_versioned_file */
extern const struct dray_schema dray_schema_version;

/* Who reads: for the algorithm, and for errors. */
struct dray_fields {
	const struct dray_yaml_tree *tree;
	enum dray_algo algo;
};

/* The field of that name, or NULL. */
const struct dray_field *dray_field_find(
	const struct dray_schema *schema, enum dray_algo algo, const char *name);
const char *dray_field_name(const struct dray_field *field, enum dray_algo algo);
/*
 * Take what the mapping `node` says over into `object`, zeroed but for flags that are on. What
 * was taken before a failure stays there, to be dropped.
 */
DRAY_MUST_CHECK enum dray_status dray_fields_read(const struct dray_fields *fields,
	const struct dray_schema *schema, const struct dray_yaml_node *node, void *object,
	struct dray_err *err);
/* Whether a new mapping would have the field: it is known, or not the default. */
bool dray_field_is_set(const struct dray_field *field, const void *object);
/* Of a field set in both. */
bool dray_field_is_same(const struct dray_field *field, const void *a, const void *b);
/* Two names of one value. */
bool dray_field_is_same_place(const struct dray_field *a, const struct dray_field *b);
/* The value of a scalar; `style` and `indent` as in dray_yaml_put_value. */
void dray_field_put(const struct dray_field *field, const void *object, struct dray_buf *buf,
	char style, size_t indent);

/* The lines of SETTINGS or FILES, as dray_settings_put and dray_versioned_files_put. */
void dray_field_put_lines(const struct dray_field *field, const void *object, struct dray_buf *buf,
	size_t indent, const char *line_break);
/* Is its value a mapping, not of one line? */
bool dray_field_is_mapping(const struct dray_field *field, const void *object);
/* Would the field of that index have a line in a new mapping? What can only be read has none. */
bool dray_field_is_written(const struct dray_schema *schema, size_t at, const void *object);
/* A new mapping in brackets; the next three without a line break at their end. */
void dray_fields_put_flow(struct dray_buf *buf, const struct dray_schema *schema,
	const void *object, enum dray_algo algo);
/* Its lines, `lead` before the first. */
void dray_fields_put_block(struct dray_buf *buf, const struct dray_schema *schema,
	const void *object, enum dray_algo algo, const char *lead, size_t indent,
	const char *line_break);
/* `key: value` */
void dray_fields_put_pair(struct dray_buf *buf, const struct dray_field *field, const void *object,
	enum dray_algo algo, size_t indent, const char *line_break);
void dray_put_blanks(struct dray_buf *buf, size_t count);
/* A pointer of which there is no text yet. */
void dray_pointer_put_new(const struct dray_pointer *pointer, struct dray_buf *buf);
/* The lines of a lock's entry, the first at `indent` blanks; see stages_entry.c. */
struct dray_params_writer;
void dray_stage_entry_put(const struct dray_pointer *lock, const struct dray_stage_entry *entry,
	struct dray_params_writer *writer, size_t indent);
/* Give the names of collections in a lock's text ("&id001") the numbers that DVC would. */
void dray_stages_renumber(struct dray_buf *text);
/* The lock's document, read when it is first asked for: a history has many locks. Or NULL. */
const struct dray_yaml_node *dray_lock_root(const struct dray_pointer *lock);
/* The lock's mapping of a stage, or NULL. */
const struct dray_yaml_node *dray_stage_node(const struct dray_pointer *lock, const char *name);
void dray_stage_entries_drop(struct dray_pointer *lock);

/* Free all that belongs to fields. */
void dray_fields_drop(const struct dray_schema *schema, void *object);

/* A list of `relpath: …`, checked as manifests are. The same of a `cloud` mapping. */
DRAY_MUST_CHECK enum dray_status dray_versioned_files_read(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_versioned_file **out_files, size_t *out_len,
	struct dray_err *err);
/* Fill hash, size and count of an out from its `files`, if it has some. */
void dray_out_sum_files(struct dray_out *out);
void dray_versioned_files_free(struct dray_versioned_file *files, size_t len);
DRAY_MUST_CHECK enum dray_status dray_versions_read(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_version **out_versions, size_t *out_len,
	struct dray_err *err);
void dray_versions_free(struct dray_version *versions, size_t len);

/* A mapping of settings, at most DRAY_POINTER_SETTINGS_MAX: see pointer_settings.c. */
DRAY_MUST_CHECK enum dray_status dray_settings_read(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_config *config, struct dray_err *err);
/* Its lines, each behind a line break; or in brackets. */
void dray_settings_put(struct dray_buf *buf, const struct dray_config *config, size_t indent,
	const char *line_break);
/* The lines of a list of files, without a line break at the end; or in brackets. */
void dray_versioned_files_put(struct dray_buf *buf, const struct dray_versioned_file *files,
	size_t len, size_t indent, const char *line_break);
bool dray_versioned_files_are_same(const struct dray_versioned_file *a, size_t a_len,
	const struct dray_versioned_file *b, size_t b_len);

void dray_out_init(struct dray_out *out); /* empty, flags that are on by default */
void dray_out_drop(struct dray_out *out);
void dray_dep_drop(struct dray_dep *dep);

/* `text` of the tree with `frozen` of that mapping set or dropped. INVALID: it is no flag. */
DRAY_MUST_CHECK enum dray_status dray_pointer_edit_frozen(const struct dray_yaml_tree *tree,
	const struct dray_yaml_node *node, bool is_frozen, struct dray_buf *buf,
	struct dray_err *err);

/* Does `path` come of the template `pattern`, whose "${…}" stand for anything? */
bool dray_template_match(const char *pattern, const char *path);

#endif
