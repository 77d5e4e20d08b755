/*
 * pointer_versions: what a versioned bucket holds of an out: the object of a
 * file, or the list of a directory's files, which then has no manifest.
 */
#include "pointer.h"

#include "manifest.h"
#include "yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

void dray_versions_free(struct dray_version *versions, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		free(versions[i].remote);
		dray_fields_drop(&dray_schema_version, &versions[i]);
	}
	free(versions);
}

enum dray_status dray_versions_read(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_version **out_versions, size_t *out_len,
	struct dray_err *err)
{
	struct dray_version *versions = dray_calloc(node->len + 1, sizeof *versions);
	enum dray_status status = DRAY_OK;

	for (size_t i = 0; i < node->len && status == DRAY_OK; i++) {
		const struct dray_yaml_node *value = node->pairs[i].value;

		dray_pointer_set(&versions[i].remote, node->pairs[i].key);
		if (value->type == DRAY_YAML_MAP) {
			status = dray_fields_read(
				fields, &dray_schema_version, value, &versions[i], err);
			continue;
		}
		dray_fail(err, DRAY_INVALID, "'%s' must be a mapping", node->pairs[i].key);
		status = dray_yaml_tree_where(fields->tree, value->start, err);
	}
	if (status == DRAY_OK) {
		*out_versions = versions;
		*out_len = node->len;
	} else {
		dray_versions_free(versions, node->len);
	}
	return status;
}

void dray_versioned_files_free(struct dray_versioned_file *files, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dray_fields_drop(&dray_schema_file, &files[i]);
	free(files);
}

static enum dray_status read_file(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_versioned_file *file, struct dray_err *err)
{
	if (node->type == DRAY_YAML_MAP)
		DRAY_TRY(dray_fields_read(fields, &dray_schema_file, node, file, err));
	if (file->path != NULL) {
		/* whose directory is marked: these entries have no mark of their own */
		file->oid.algo = (uint8_t)fields->algo;
		return DRAY_OK;
	}
	dray_fail(err, DRAY_INVALID, "an entry of 'files' has no 'relpath'");
	return dray_yaml_tree_where(fields->tree, node->start, err);
}

static enum dray_status keep(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)err;
	dray_buf_add(ctx, data, len);
	return DRAY_OK;
}

static enum dray_status write_files(
	struct dray_manifest_writer *writer, const struct dray_out *out, struct dray_err *err)
{
	for (size_t i = 0; i < out->files_len; i++) {
		const struct dray_versioned_file *file = &out->files[i];
		const struct dray_entry entry = {
			.path = file->path,
			.oid = file->oid,
			.size = file->has_size ? file->size : UINT64_MAX,
		};

		if (!file->has_oid || file->oid.is_dir ||
			(!file->has_size && !dray_manifest_is_json((enum dray_algo)file->oid.algo)))
			return dray_fail(err, DRAY_INVALID, "'%s' of '%s' has no hash", file->path,
				out->path);
		DRAY_TRY(dray_manifest_add(writer, &entry, err));
	}
	return DRAY_OK;
}

enum dray_status dray_out_manifest(const struct dray_out *out, struct dray_buf *text,
	struct dray_oid *out_oid, struct dray_err *err)
{
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new((enum dray_algo)out->files[0].oid.algo, keep, text);
	enum dray_status status = write_files(writer, out, err);

	if (status == DRAY_OK)
		status = dray_manifest_finish(writer, out_oid, NULL, NULL, err);
	dray_manifest_writer_free(writer);
	return status;
}

void dray_out_sum_files(struct dray_out *out)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	if (out->files_len == 0)
		return;
	/* a cloud may know its files by its own tags only: then nothing is known of the bytes */
	out->has_oid = dray_out_manifest(out, &text, &out->oid, &unused) == DRAY_OK;
	out->has_nfiles = out->has_oid;
	out->nfiles = out->files_len;
	out->has_size = out->has_oid;
	out->size = 0;
	for (size_t i = 0; i < out->files_len; i++) {
		out->has_size &= out->files[i].has_size;
		out->size += out->files[i].has_size ? out->files[i].size : 0;
	}
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct dray_versioned_file *)a)->path,
		((const struct dray_versioned_file *)b)->path);
}

/* As a manifest's: none leaves the directory, appears twice or passes through another. */
static enum dray_status check_paths(
	const struct dray_versioned_file *files, size_t len, struct dray_err *err)
{
	struct dray_manifest_order *order = dray_calloc(1, sizeof *order);
	const char *wrong = NULL;
	size_t i = 0;

	for (; i < len && wrong == NULL; i++) {
		if (dray_name_check(files[i].path, err) != DRAY_OK)
			break;
		wrong = dray_manifest_order_add(
			order, files[i].path, strlen(files[i].path), DRAY_KIND_FILE);
	}
	free(order);
	if (wrong != NULL)
		return dray_fail(err, DRAY_INVALID, "%s: '%s'", wrong, files[i - 1].path);
	return i < len ? err->status : DRAY_OK;
}

enum dray_status dray_versioned_files_read(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_versioned_file **out_files, size_t *out_len,
	struct dray_err *err)
{
	struct dray_versioned_file *files = dray_calloc(node->len + 1, sizeof *files);
	enum dray_status status = DRAY_OK;

	for (size_t i = 0; i < node->len && status == DRAY_OK; i++)
		status = read_file(fields, node->pairs[i].value, &files[i], err);
	if (status == DRAY_OK) {
		qsort(files, node->len, sizeof *files, compare_paths);
		if (check_paths(files, node->len, err) != DRAY_OK)
			status = dray_yaml_tree_where(fields->tree, node->start, err);
	}
	if (status == DRAY_OK) {
		*out_files = files;
		*out_len = node->len;
	} else {
		dray_versioned_files_free(files, node->len);
	}
	return status;
}

/* ------------------------------------------------------------------ writing */

void dray_versioned_files_put(struct dray_buf *buf, const struct dray_versioned_file *files,
	size_t len, size_t indent, const char *line_break)
{
	bool is_flow = indent == DRAY_YAML_IN_FLOW;

	dray_buf_puts(buf, is_flow ? "[" : "");
	for (size_t i = 0; i < len; i++) {
		enum dray_algo algo = (enum dray_algo)files[i].oid.algo;

		if (is_flow) {
			dray_buf_puts(buf, i > 0 ? ", " : "");
			dray_fields_put_flow(buf, &dray_schema_file, &files[i], algo);
			continue;
		}
		dray_buf_puts(buf, i > 0 ? line_break : "");
		dray_fields_put_block(
			buf, &dray_schema_file, &files[i], algo, "- ", indent + 2, line_break);
	}
	dray_buf_puts(buf, is_flow ? "]" : "");
}

static bool is_same_file(const struct dray_versioned_file *a, const struct dray_versioned_file *b)
{
	for (size_t i = 0; i < dray_schema_file.len; i++) {
		const struct dray_field *field = &dray_schema_file.fields[i];
		bool is_set = dray_field_is_set(field, a);

		if (is_set != dray_field_is_set(field, b) ||
			(is_set && !dray_field_is_same(field, a, b)))
			return false;
	}
	return true;
}

bool dray_versioned_files_are_same(const struct dray_versioned_file *a, size_t a_len,
	const struct dray_versioned_file *b, size_t b_len)
{
	for (size_t i = 0; i < a_len && a_len == b_len; i++)
		if (!is_same_file(&a[i], &b[i]))
			return false;
	return a_len == b_len;
}
