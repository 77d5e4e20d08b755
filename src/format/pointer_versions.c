/*
 * pointer_versions: what a versioned bucket holds of an out: the object of a
 * file, or the list of a directory's files, which then has no manifest.
 */
#include "pointer.h"

#include "manifest.h"

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
