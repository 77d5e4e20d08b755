/*
 * pointer_schema: the fields of an out, of a dep, of the pointer itself and of
 * what is in them: name, type and place of each, a table per struct.
 */
#include "pointer.h"

#define AT(type, member) offsetof(struct type, member)

static const struct dray_field out_fields[] = {
	{NULL, DRAY_FIELD_HASH, AT(dray_out, oid), AT(dray_out, has_oid), NULL},
	{"size", DRAY_FIELD_COUNT, AT(dray_out, size), AT(dray_out, has_size), NULL},
	{"nfiles", DRAY_FIELD_COUNT, AT(dray_out, nfiles), AT(dray_out, has_nfiles), NULL},
	{"isexec", DRAY_FIELD_FLAG, AT(dray_out, is_exec), 0, NULL},
	{"version_id", DRAY_FIELD_TAG, AT(dray_out, version_id), 0, NULL},
	{"etag", DRAY_FIELD_TAG, AT(dray_out, etag), 0, NULL},
	{"checksum", DRAY_FIELD_TAG, AT(dray_out, checksum), 0, NULL},
	{"cloud", DRAY_FIELD_VERSIONS, AT(dray_out, versions), AT(dray_out, versions_len), NULL},
	{"hash", DRAY_FIELD_MARK, AT(dray_out, oid), 0, NULL},
	{"path", DRAY_FIELD_PATH, AT(dray_out, path), 0, NULL},
	{"cache", DRAY_FIELD_FLAG_ON, AT(dray_out, is_cached), 0, NULL},
	{"persist", DRAY_FIELD_FLAG, AT(dray_out, is_persist), 0, NULL},
	{"remote", DRAY_FIELD_TEXT, AT(dray_out, remote), 0, NULL},
	{"push", DRAY_FIELD_FLAG_ON, AT(dray_out, is_pushed), 0, NULL},
	{"files", DRAY_FIELD_FILES, AT(dray_out, files), AT(dray_out, files_len), NULL},
};
const struct dray_schema dray_schema_out = {
	out_fields, DRAY_COUNT(out_fields), sizeof(struct dray_out)};

static const struct dray_field lock_fields[] = {
	{"path", DRAY_FIELD_PATH, AT(dray_out, path), 0, NULL},
	{"hash", DRAY_FIELD_MARK, AT(dray_out, oid), 0, NULL},
	{NULL, DRAY_FIELD_HASH, AT(dray_out, oid), AT(dray_out, has_oid), NULL},
	{"size", DRAY_FIELD_COUNT, AT(dray_out, size), AT(dray_out, has_size), NULL},
	{"nfiles", DRAY_FIELD_COUNT, AT(dray_out, nfiles), AT(dray_out, has_nfiles), NULL},
	{"isexec", DRAY_FIELD_FLAG, AT(dray_out, is_exec), 0, NULL},
	{"version_id", DRAY_FIELD_TAG, AT(dray_out, version_id), 0, NULL},
	{"etag", DRAY_FIELD_TAG, AT(dray_out, etag), 0, NULL},
	{"checksum", DRAY_FIELD_TAG, AT(dray_out, checksum), 0, NULL},
	{"cloud", DRAY_FIELD_VERSIONS, AT(dray_out, versions), AT(dray_out, versions_len), NULL},
	{"files", DRAY_FIELD_FILES, AT(dray_out, files), AT(dray_out, files_len), NULL},
};
const struct dray_schema dray_schema_lock = {
	lock_fields, DRAY_COUNT(lock_fields), sizeof(struct dray_out)};

static const struct dray_field option_fields[] = {
	{"cache", DRAY_FIELD_FLAG_ON, AT(dray_out, is_cached), 0, NULL},
	{"persist", DRAY_FIELD_FLAG, AT(dray_out, is_persist), 0, NULL},
	{"remote", DRAY_FIELD_TEXT, AT(dray_out, remote), 0, NULL},
	{"push", DRAY_FIELD_FLAG_ON, AT(dray_out, is_pushed), 0, NULL},
};
const struct dray_schema dray_schema_options = {
	option_fields, DRAY_COUNT(option_fields), sizeof(struct dray_out)};

static const struct dray_field repo_fields[] = {
	{"url", DRAY_FIELD_PATH, AT(dray_dep, repo_url), 0, NULL},
	{"rev", DRAY_FIELD_TAG, AT(dray_dep, repo_rev), 0, NULL},
	{"rev_lock", DRAY_FIELD_TAG, AT(dray_dep, repo_rev_lock), 0, NULL},
	{"config", DRAY_FIELD_SETTING, AT(dray_dep, repo_config), AT(dray_dep, repo_settings),
		NULL},
	{"remote", DRAY_FIELD_SETTING, AT(dray_dep, repo_remote), AT(dray_dep, remote_settings),
		NULL},
};
static const struct dray_schema repo_schema = {
	repo_fields, DRAY_COUNT(repo_fields), sizeof(struct dray_dep)};

static const struct dray_field dep_fields[] = {
	{NULL, DRAY_FIELD_HASH, AT(dray_dep, oid), AT(dray_dep, has_oid), NULL},
	{"etag", DRAY_FIELD_TAG, AT(dray_dep, etag), 0, NULL},
	{"checksum", DRAY_FIELD_TAG, AT(dray_dep, checksum), 0, NULL},
	{"size", DRAY_FIELD_COUNT, AT(dray_dep, size), AT(dray_dep, has_size), NULL},
	{"nfiles", DRAY_FIELD_COUNT, AT(dray_dep, nfiles), AT(dray_dep, has_nfiles), NULL},
	{"isexec", DRAY_FIELD_FLAG, AT(dray_dep, is_exec), 0, NULL},
	{"version_id", DRAY_FIELD_TAG, AT(dray_dep, version_id), 0, NULL},
	{"hash", DRAY_FIELD_MARK, AT(dray_dep, oid), AT(dray_dep, repo_url), NULL},
	{"path", DRAY_FIELD_PATH, AT(dray_dep, path), 0, NULL},
	{"repo", DRAY_FIELD_INNER, 0, 0, &repo_schema},
	{"fs_config", DRAY_FIELD_SETTINGS, AT(dray_dep, fs_settings), 0, NULL},
	{"files", DRAY_FIELD_FILES, AT(dray_dep, files), AT(dray_dep, files_len), NULL},
};
const struct dray_schema dray_schema_dep = {
	dep_fields, DRAY_COUNT(dep_fields), sizeof(struct dray_dep)};

/* Two names of one value: DVC once said `locked`. A new one has the first. */
static const struct dray_field top_fields[] = {
	{"md5", DRAY_FIELD_TAG, AT(dray_pointer, md5), 0, NULL},
	{"wdir", DRAY_FIELD_TEXT, AT(dray_pointer, wdir), 0, NULL},
	{"frozen", DRAY_FIELD_FLAG, AT(dray_pointer, is_frozen), 0, NULL},
	{"locked", DRAY_FIELD_FLAG, AT(dray_pointer, is_frozen), 0, NULL},
};
const struct dray_schema dray_schema_top = {
	top_fields, DRAY_COUNT(top_fields), sizeof(struct dray_pointer)};

static const struct dray_field frozen_fields[] = {
	{"frozen", DRAY_FIELD_FLAG, AT(dray_pointer, is_frozen), 0, NULL},
};
const struct dray_schema dray_schema_frozen = {
	frozen_fields, DRAY_COUNT(frozen_fields), sizeof(struct dray_pointer)};

static const struct dray_field file_fields[] = {
	{"relpath", DRAY_FIELD_PATH, AT(dray_versioned_file, path), 0, NULL},
	{NULL, DRAY_FIELD_HASH, AT(dray_versioned_file, oid), AT(dray_versioned_file, has_oid),
		NULL},
	{"etag", DRAY_FIELD_TAG, AT(dray_versioned_file, etag), 0, NULL},
	{"checksum", DRAY_FIELD_TAG, AT(dray_versioned_file, checksum), 0, NULL},
	{"size", DRAY_FIELD_COUNT, AT(dray_versioned_file, size), AT(dray_versioned_file, has_size),
		NULL},
	{"isexec", DRAY_FIELD_FLAG, AT(dray_versioned_file, is_exec), 0, NULL},
	{"version_id", DRAY_FIELD_TAG, AT(dray_versioned_file, version_id), 0, NULL},
	{"cloud", DRAY_FIELD_VERSIONS, AT(dray_versioned_file, versions),
		AT(dray_versioned_file, versions_len), NULL},
};
const struct dray_schema dray_schema_file = {
	file_fields, DRAY_COUNT(file_fields), sizeof(struct dray_versioned_file)};

static const struct dray_field version_fields[] = {
	{"etag", DRAY_FIELD_TAG, AT(dray_version, etag), 0, NULL},
	{"checksum", DRAY_FIELD_TAG, AT(dray_version, checksum), 0, NULL},
	{"version_id", DRAY_FIELD_TAG, AT(dray_version, version_id), 0, NULL},
};
const struct dray_schema dray_schema_version = {
	version_fields, DRAY_COUNT(version_fields), sizeof(struct dray_version)};
