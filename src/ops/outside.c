/*
 * Data that is in no repository. An address tells what it has by tags, so that a change is seen
 * without getting anything; a path has to be read for that.
 */
#include "outside.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define UNNAMED "address"

void dray_outside_drop(struct dray_outside *outside)
{
	dray_address_close(outside->address);
	for (size_t i = 0; i < outside->len; i++) {
		free(outside->files[i].path);
		free(outside->files[i].tag);
		free(outside->files[i].version);
	}
	free(outside->files);
	dray_config_drop(&outside->settings);
	dray_config_drop(&outside->config);
	free(outside->path);
	free(outside->shown);
	*outside = (struct dray_outside)OUTSIDE_INIT;
}

/* ------------------------------------------------------------------- opening */

bool outside_is_path(const char *url)
{
	return strstr(url, "://") == NULL;
}

static enum dray_status open_path(
	struct dray_outside *outside, const char *path, const char *base, struct dray_err *err)
{
	DRAY_AUTO_STR full = dray_path_is_absolute(path) || base == NULL
				     ? dray_strdup(path)
				     : dray_path_join(base, path);

	return dray_os_realpath(full, &outside->path, err);
}

static enum dray_status open_file_url(
	struct dray_outside *outside, const char *url, struct dray_err *err)
{
	const char *path = url + strlen("file://");
	DRAY_AUTO(buf) plain = DRAY_BUF_INIT;

	if (*path != '/' || !dray_buf_unpercent(&plain, path, strlen(path)))
		return dray_fail(err, DRAY_INVALID, "'%s' names no file of this machine", url);
	return open_path(outside, dray_buf_text(&plain), NULL, err);
}

/* Whose settings count: of remotes that it is below, then its own, as if they were the remote's. */
static const struct dray_config *join_settings(struct dray_session *session,
	struct dray_outside *outside, const char *url, const char *name,
	const struct dray_strs *names)
{
	DRAY_AUTO_STR place = dray_format("remote.%s.url", name);

	const struct dray_config *base =
		names != NULL && names->len > 0
			? dray_repo_remote_config(session->repo, name, names)
			: NULL;

	if (outside->settings.len == 0)
		return base;
	for (size_t i = 0; base != NULL && i < base->len; i++)
		dray_config_add(&outside->config, base->items[i].key, base->items[i].value,
			base->items[i].origin, base->items[i].line);
	/* whoever gave the settings named the host that they are for */
	if (base == NULL)
		dray_config_add(&outside->config, place, url, outside->settings.items[0].origin, 0);
	for (size_t i = 0; i < outside->settings.len; i++) {
		const struct dray_config_entry *entry = &outside->settings.items[i];
		DRAY_AUTO_STR key = dray_format("remote.%s.%s", name, entry->key);

		dray_config_add(&outside->config, key, entry->value, entry->origin, 0);
	}
	return &outside->config;
}

/* `names`: of the remotes that it is below; none for a plain address. */
static enum dray_status open_address(struct dray_session *session, struct dray_outside *outside,
	const char *url, const struct dray_strs *names, struct dray_err *err)
{
	const char *name = names != NULL && names->len > 0 ? names->items[0] : UNNAMED;

	DRAY_AUTO_STR shared =
		session != NULL ? dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT) : NULL;
	DRAY_AUTO_STR private =
		session != NULL ? dray_repo_config_path(session->repo, DRAY_CONFIG_LOCAL) : NULL;
	const struct dray_remote_options options = {
		.url = url,
		.config = join_settings(session, outside, url, name, names),
		.name = name,
		.shared_origin = shared,
		.private_origin = private,
	};

	return dray_address_open(&options, &outside->address, err);
}

/* "remote://name/path": below the remote's url, with its settings. */
static enum dray_status open_remote(struct dray_session *session, struct dray_outside *outside,
	const char *url, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO_STR full = NULL;

	if (session == NULL) {
		dray_fail(err, DRAY_NO_REPO, "'%s' is of no use outside a repository", url);
		return dray_hint(err, "remote:// means a remote of the repository you stand in");
	}
	DRAY_TRY(dray_repo_remote_url(session->repo, url, &names, &full, err));
	if (outside_is_path(full))
		return open_path(outside, full, NULL, err);
	if (strncasecmp(full, "file://", 7) == 0)
		return open_file_url(outside, full, err);
	return open_address(session, outside, full, &names, err);
}

static enum dray_status open_any(struct dray_session *session, const char *url, const char *base,
	struct dray_outside *outside, struct dray_err *err)
{
	if (*url == '\0')
		return dray_fail(err, DRAY_USAGE, "an empty address names nothing");
	if (outside_is_path(url))
		return open_path(outside, url, base, err);
	if (strncasecmp(url, "file://", 7) == 0)
		return open_file_url(outside, url, err);
	if (strncasecmp(url, "remote://", 9) == 0)
		return open_remote(session, outside, url, err);
	return open_address(session, outside, url, NULL, err);
}

enum dray_status outside_open(struct dray_session *session, const char *url, const char *base,
	const struct dray_strs *settings, struct dray_outside *out, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = {.shown = dray_git_url_shown(url)};

	for (size_t i = 0; settings != NULL && i < settings->len; i++)
		DRAY_TRY(dray_config_add_word(
			&outside.settings, "", settings->items[i], "command line", err));
	if (outside.settings.len > 0 && outside_is_path(url))
		return dray_fail(
			err, DRAY_USAGE, "'%s' takes no settings: addresses do", outside.shown);
	DRAY_TRY(open_any(session, url, base, &outside, err));
	*out = outside;
	outside = (struct dray_outside)OUTSIDE_INIT;
	return DRAY_OK;
}

/* What a pointer says counts as what is committed beside it. */
static void take_dep(
	struct dray_session *session, const struct dray_dep *dep, struct dray_outside *outside)
{
	DRAY_AUTO_STR shared = dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT);

	for (size_t i = 0; i < dep->fs_settings.len; i++) {
		const struct dray_config_entry *entry = &dep->fs_settings.items[i];

		if (strcmp(entry->key, DRAY_POINTER_VERSION_AWARE) != 0)
			dray_config_add(&outside->settings, entry->key, entry->value, shared, 0);
	}
}

enum dray_status outside_open_dep(struct dray_session *session, const struct dray_dep *dep,
	const char *base, struct dray_outside *out, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = {.shown = dray_git_url_shown(dep->path)};

	take_dep(session, dep, &outside);
	outside.has_versions = dep_has_versions(dep);
	DRAY_TRY(open_any(session, dep->path, base, &outside, err));
	*out = outside;
	outside = (struct dray_outside)OUTSIDE_INIT;
	return DRAY_OK;
}

/* ------------------------------------------------------------------- looking */

static enum dray_status take_file(
	void *ctx, const struct dray_address_file *file, struct dray_err *err)
{
	struct dray_outside *outside = ctx;

	(void)err;
	DRAY_GROW(outside->files, outside->len, outside->cap);
	outside->files[outside->len++] = (struct dray_outside_file){
		.path = dray_strdup(file->path),
		.tag = file->tag != NULL ? dray_strdup(file->tag) : NULL,
		.version = file->version != NULL ? dray_strdup(file->version) : NULL,
		.size = file->size,
	};
	return DRAY_OK;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct dray_outside_file *)a)->path,
		((const struct dray_outside_file *)b)->path);
}

enum dray_status outside_look_at(
	struct dray_outside *outside, const char *version, struct dray_err *err)
{
	if (outside->address == NULL || outside->len > 0)
		return DRAY_OK;
	DRAY_TRY(outside->has_versions || version != NULL
			 ? dray_address_each_version(
				   outside->address, version, take_file, outside, err)
			 : dray_address_each(outside->address, take_file, outside, err));
	if (outside->len > 0)
		qsort(outside->files, outside->len, sizeof *outside->files, compare_files);
	return DRAY_OK;
}

enum dray_status outside_look(struct dray_outside *outside, struct dray_err *err)
{
	return outside_look_at(outside, NULL, err);
}

static void recall_file(struct dray_outside *outside, const char *path, const char *tag,
	const char *version, uint64_t size)
{
	const struct dray_address_file file = {
		.path = path, .tag = tag, .version = version, .size = size};
	struct dray_err unused = DRAY_ERR_INIT;

	dray_ignore(take_file(outside, &file, &unused)); /* only appends */
}

void outside_recall(struct dray_outside *outside, const struct dray_dep *dep)
{
	for (size_t i = 0; i < dep->files_len; i++) {
		const struct dray_versioned_file *file = &dep->files[i];

		recall_file(outside, file->path, file->etag, file->version_id,
			file->has_size ? file->size : UINT64_MAX);
	}
	if (dep->files_len == 0)
		recall_file(outside, "", dep->etag, dep->version_id,
			dep->has_size ? dep->size : UINT64_MAX);
}

bool outside_keeps_versions(const struct dray_outside *outside)
{
	return outside->has_versions && outside->address != NULL &&
	       strcmp(dray_address_tag_name(outside->address), "etag") == 0;
}

bool dep_has_versions(const struct dray_dep *dep)
{
	const char *told = dray_config_get(&dep->fs_settings, DRAY_POINTER_VERSION_AWARE, "false");
	bool is_told = false;

	return (dray_parse_bool(told, &is_told) && is_told) || dep->version_id != NULL ||
	       dep->files_len > 0;
}

bool outside_is_dir(const struct dray_outside *outside)
{
	if (outside->path != NULL)
		return dray_os_is_dir(AT_FDCWD, outside->path);
	return outside->len != 1 || *outside->files[0].path != '\0';
}

/* ------------------------------------------------------------------- getting */

struct getting {
	struct dray_outside *outside;
	const char *temp;
	struct dray_progress *progress;
};

/* By its version where one is meant: then the tag is known. Else what comes is another, perhaps. */
enum dray_status outside_get(struct dray_outside *outside, size_t i, int fd,
	struct dray_progress *progress, struct dray_err *err)
{
	struct dray_outside_file *file = &outside->files[i];
	struct dray_address *address = outside->address;
	_Atomic uint64_t *done_bytes = &progress->bytes_done;
	char *tag = NULL;

	if (outside->has_versions && file->version != NULL)
		return dray_address_get_version(
			address, file->path, file->version, fd, done_bytes, err);
	DRAY_TRY(dray_address_get(address, file->path, fd, done_bytes, &tag, err));
	if (file->tag == NULL || tag == NULL || strcmp(file->tag, tag) != 0)
		dray_pointer_set(&file->version, NULL);
	free(file->tag);
	file->tag = tag;
	return DRAY_OK;
}

static enum dray_status get_file(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct getting *getting = ctx;
	const struct dray_outside_file *file = &getting->outside->files[i];
	DRAY_AUTO_STR place = dray_path_join(getting->temp, file->path);
	DRAY_AUTO_FD fd = -1;

	(void)worker;
	DRAY_TRY(dray_os_open(AT_FDCWD, place, O_RDWR | O_CREAT | O_EXCL, 0666, &fd, err));
	DRAY_TRY(outside_get(getting->outside, i, fd, getting->progress, err));
	dray_progress_add(getting->progress, 1, 0);
	return dray_os_close(&fd, place, err);
}

static enum dray_status make_folders(const struct getting *getting, struct dray_err *err)
{
	for (size_t i = 0; i < getting->outside->len; i++) {
		DRAY_AUTO_STR place =
			dray_path_join(getting->temp, getting->outside->files[i].path);
		DRAY_AUTO_STR folder = dray_path_dirname(place);

		if (*getting->outside->files[i].path != '\0')
			DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	}
	return DRAY_OK;
}

static enum dray_status get_all(struct getting *getting, unsigned jobs, struct dray_err *err)
{
	struct dray_outside *outside = getting->outside;
	unsigned width = jobs != 0 ? jobs : dray_address_width(outside->address);
	uint64_t bytes = 0;

	for (size_t i = 0; i < outside->len; i++)
		bytes += outside->files[i].size != UINT64_MAX ? outside->files[i].size : 0;
	dray_progress_begin(getting->progress, "getting");
	dray_progress_expect(getting->progress, outside->len, bytes);
	DRAY_TRY(make_folders(getting, err));
	return dray_pool_run(width, outside->len, 1, get_file, getting, err);
}

enum dray_status outside_bring(struct dray_outside *outside, const char *temp, unsigned jobs,
	struct dray_progress *progress, struct dray_err *err)
{
	struct getting getting = {.outside = outside, .temp = temp, .progress = progress};
	struct dray_err unused = DRAY_ERR_INIT;

	if (outside->path != NULL) {
		const struct dray_tree_copy copy = {
			.root = AT_FDCWD,
			.from = outside->path,
			.temp = temp,
			.progress = progress,
		};

		dray_progress_begin(progress, "copying");
		return tree_copy(&copy, err);
	}
	DRAY_TRY(outside_look(outside, err));
	enum dray_status status = get_all(&getting, jobs, err);
	if (status != DRAY_OK)
		dray_ignore(dray_os_remove_tree(AT_FDCWD, temp, &unused)); /* told: the first */
	return status;
}

/* ------------------------------------------------------------------- its dep */

static bool has_tags(const struct dray_outside *outside)
{
	for (size_t i = 0; i < outside->len; i++)
		if (outside->files[i].tag == NULL)
			return false;
	return outside->len > 0;
}

static void describe_dir(
	const struct dray_outside *outside, enum dray_algo algo, struct dray_dep *dep)
{
	struct dray_tag *tags = dray_calloc(outside->len + 1, sizeof *tags);

	for (size_t i = 0; i < outside->len; i++)
		tags[i] = (struct dray_tag){
			.path = outside->files[i].path, .tag = outside->files[i].tag};
	dray_tags_oid(algo, dray_address_tag_name(outside->address), tags, outside->len, &dep->oid);
	free(tags);
	dep->has_oid = true;
	dep->nfiles = outside->len;
	dep->has_nfiles = true;
}

/* A folder in versions is the list of them; who reads it sums up. */
static void describe_versions(const struct dray_outside *outside, struct dray_dep *dep)
{
	dep->files = dray_calloc(outside->len + 1, sizeof *dep->files);
	for (size_t i = 0; i < outside->len; i++) {
		const struct dray_outside_file *from = &outside->files[i];
		struct dray_versioned_file *file = &dep->files[dep->files_len++];

		file->oid.algo = dep->oid.algo;
		dray_pointer_set(&file->path, from->path);
		dray_pointer_set(&file->etag, from->tag);
		dray_pointer_set(&file->version_id, from->version);
		file->has_size = from->size != UINT64_MAX;
		file->size = from->size;
	}
}

static void describe_sizes(const struct dray_outside *outside, struct dray_dep *dep)
{
	dep->has_size = outside->len > 0;
	for (size_t i = 0; i < outside->len; i++) {
		dep->has_size &= outside->files[i].size != UINT64_MAX;
		dep->size += outside->files[i].size;
	}
}

void outside_describe(const struct dray_outside *outside, enum dray_algo algo, struct dray_dep *dep)
{
	bool is_etag;

	if (outside->address == NULL)
		return;
	is_etag = strcmp(dray_address_tag_name(outside->address), "etag") == 0;
	dray_dep_forget(dep);
	dep->oid.algo = (uint8_t)algo;
	if (outside_keeps_versions(outside) && outside_is_dir(outside)) {
		describe_versions(outside, dep);
		return;
	}
	describe_sizes(outside, dep);
	if (outside_is_dir(outside) && has_tags(outside)) {
		describe_dir(outside, algo, dep);
	} else if (has_tags(outside)) {
		dray_pointer_set(is_etag ? &dep->etag : &dep->checksum, outside->files[0].tag);
		dray_pointer_set(&dep->version_id, outside->files[0].version);
	}
}

static bool is_text_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool are_files_same(const struct dray_dep *a, const struct dray_dep *b)
{
	for (size_t i = 0; i < a->files_len && a->files_len == b->files_len; i++)
		if (!is_text_same(a->files[i].path, b->files[i].path) ||
			!is_text_same(a->files[i].etag, b->files[i].etag) ||
			!is_text_same(a->files[i].version_id, b->files[i].version_id))
			return false;
	return a->files_len == b->files_len;
}

/* Versions are compared where the dep has some. */
static bool is_dep_same(const struct dray_dep *now, const struct dray_dep *dep)
{
	return is_text_same(now->etag, dep->etag) && is_text_same(now->checksum, dep->checksum) &&
	       (dep->version_id == NULL || is_text_same(now->version_id, dep->version_id)) &&
	       are_files_same(now, dep) && now->has_oid == dep->has_oid &&
	       (!now->has_oid || dray_oid_is_equal(&now->oid, &dep->oid));
}

bool outside_is_same(
	const struct dray_outside *outside, enum dray_algo algo, const struct dray_dep *dep)
{
	struct dray_dep now = {.path = NULL};

	if (outside->address == NULL || !has_tags(outside))
		return false;
	outside_describe(outside, algo, &now);
	bool is_same = is_dep_same(&now, dep);
	dray_dep_forget(&now);
	return is_same;
}
