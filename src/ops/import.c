/*
 * dray import and import-url.
 *
 * 1. Objects before pointers, as in add. Where the other repository names objects as we do, they go
 *    into our cache and from there into the workspace; else files come to the workspace, and are
 *    added there.
 * 2. What was in the way comes back if something fails.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- workspace */

/* Whole files to the place of the data, from where they are added. `bring` makes them at a path. */
typedef enum dray_status (*bring_fn)(
	struct dray_import *import, void *ctx, const char *temp, struct dray_err *err);

static enum dray_status record_taken(
	struct dray_import *import, bool is_dep_same, struct dray_err *err)
{
	DRAY_AUTO(records) records = RECORDS_INIT;

	import_record(import, &records)->is_dep_same = is_dep_same;
	return records_store(import->session, &records, import->stage, import->jobs, err);
}

static enum dray_status add_files(struct dray_import *import, bring_fn bring, void *ctx,
	bool is_dep_same, struct dray_err *err)
{
	struct dray_session *session = import->session;
	DRAY_AUTO_STR folder = dray_path_dirname(import->name);
	struct dray_taken taken = TAKEN_INIT;
	struct dray_err undo_err = DRAY_ERR_INIT;
	char basename[DRAY_TEMP_NAME_MAX];

	DRAY_TRY(dray_os_mkdirs(session->repo->root_fd, folder, 0777, err));
	dray_os_temp_name(basename);
	DRAY_AUTO_STR temp = dray_path_join(folder, basename);
	DRAY_AUTO_STR full = dray_path_join(session->repo->root, temp);
	DRAY_TRY(bring(import, ctx, full, err));
	DRAY_TRY(taken_settle(session, temp, import->name, &taken, err));
	enum dray_status status = record_taken(import, is_dep_same, err);
	enum dray_status finished = taken_finish(session, &taken, status == DRAY_OK, &undo_err);
	if (status != DRAY_OK || finished == DRAY_OK)
		return status;
	*err = undo_err;
	return finished;
}

/* ---------------------------------------------------------- other repository */

struct source_parts {
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_parts parts;
};

static void source_parts_drop(struct source_parts *found)
{
	dray_parts_drop(&found->parts);
	dray_supplies_drop(&found->supplies);
}

static enum dray_status bring_parts(
	struct dray_import *import, void *ctx, const char *temp, struct dray_err *err)
{
	const struct source_parts *found = ctx;

	const struct dray_parts_bring all = {
		.source = found->source,
		.parts = &found->parts,
		.temp = temp,
		.dialect = import->session->repo->dialect,
		.jobs = import->jobs,
		.progress = &import->session->report->progress,
	};

	return parts_bring(&all, err);
}

static enum dray_status refuse_own(
	const struct dray_source *source, const char *path, struct dray_err *err)
{
	if (*path == '\0' || !dray_source_is_pointer(source, path))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is a pointer, not data", path);
	return dray_hint(err, "name the data that it tracks");
}

static enum dray_status deposit(
	struct dray_import *import, struct source_parts *found, struct dray_err *err)
{
	DRAY_TRY(parts_deposit(
		import->session, &found->supplies, &found->parts, import_out(import), err));
	DRAY_TRY(import_publish(import, err));
	return checkout_name(import->session, import->name, import->force, import->jobs, err);
}

enum dray_status import_from_source(
	struct dray_import *import, struct dray_source *source, struct dray_err *err)
{
	struct dray_dep *dep = import_dep(import);
	__attribute__((cleanup(source_parts_drop))) struct source_parts found = {
		.source = source,
		.supplies = {.jobs = import->jobs, .progress = &import->session->report->progress},
	};
	DRAY_AUTO_STR path = NULL;

	DRAY_TRY(source_path(dep->path, &path, err));
	DRAY_TRY(refuse_own(source, path, err));
	const struct dray_parts_options wanted = {.path = path,
		.is_deep = !import->no_download,
		.is_for_bytes = !import->no_download};
	enum dray_status status = parts_find(source, &found.supplies, &wanted, &found.parts, err);
	import->session->report->has_no_path = status == DRAY_NOT_FOUND;
	DRAY_TRY(status);
	dray_pointer_set(&dep->repo_rev_lock, source->commit);
	import_seal(import);
	if (import->no_download)
		return import_publish_empty(import, err);
	if (parts_are_objects(&found.parts, import->session->repo->dialect->algo))
		return deposit(import, &found, err);
	return add_files(import, bring_parts, &found, false, err);
}

struct dray_source_options import_source(struct dray_session *session, const struct dray_dep *dep,
	const char *revision, char **out_url)
{
	*out_url = dray_strdup(dep->repo_url);
	return (struct dray_source_options){
		.url = *out_url,
		.base = session->repo->root,
		.revision = revision != NULL ? revision : dep->repo_rev,
		.need_commit = true,
		.config = dep->repo_config,
		.remote = dep->repo_remote,
		.settings = &dep->repo_settings,
		.remote_settings = &dep->remote_settings,
		.trust = DRAY_TRUST_CLONE,
		.progress = &session->report->progress,
	};
}

/* A path as it is found again from anywhere in the repository. */
static char *place_path(const struct dray_session *session, const char *typed, const char *from)
{
	DRAY_AUTO_STR here = dray_path_join(session->repo->root, session->prefix);
	DRAY_AUTO_STR base = dray_path_join(session->repo->root, from);

	if (dray_path_is_absolute(typed))
		return dray_strdup(typed);
	DRAY_AUTO_STR joined = dray_path_join(here, typed);
	DRAY_AUTO_STR full = dray_path_normalise(joined);
	return dray_path_relative(base, full);
}

static enum dray_status check_options(
	const struct dray_import_options *options, struct dray_err *err)
{
	const struct dray_elsewhere *from = &options->from;

	if (options->no_exec && options->no_download)
		return dray_fail(err, DRAY_USAGE, "--no-exec and --no-download exclude each other");
	if (from->config == NULL || from->remote == NULL || from->remote_config->len == 0)
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "a pointer cannot hold --config, --remote and --remote-config");
	return dray_hint(err, "put the settings of the remote into the file");
}

/* With a remote's name they are settings like those of a file; without, of whatever is the default.
 */
static enum dray_status set_settings(
	struct dray_import *import, const struct dray_elsewhere *from, struct dray_err *err)
{
	struct dray_dep *dep = import_dep(import);
	bool is_named = from->remote != NULL && from->remote_config->len > 0;
	DRAY_AUTO_STR prefix = is_named ? dray_format("remote.%s.", from->remote) : dray_strdup("");
	struct dray_config *settings = is_named ? &dep->repo_settings : &dep->remote_settings;

	if (is_named)
		dray_config_add(settings, "core.remote", from->remote, "command line", 0);
	else
		dray_pointer_set(&dep->repo_remote, from->remote);
	return settings_take(import->session, from->remote_config, prefix, settings, err);
}

static void set_dep(
	struct dray_import *import, const struct dray_import_options *options, const char *path)
{
	const struct dray_elsewhere *from = &options->from;
	struct dray_dep *dep = import_dep(import);
	DRAY_AUTO_STR url = dray_os_is_dir(AT_FDCWD, from->url) || !dray_git_is_url(from->url)
				    ? place_path(import->session, from->url, "")
				    : dray_strdup(from->url);
	DRAY_AUTO_STR config =
		from->config != NULL ? place_path(import->session, from->config, "") : NULL;

	dray_pointer_set(&dep->path, path);
	dray_pointer_set(&dep->repo_url, url);
	dray_pointer_set(&dep->repo_rev, from->rev);
	dray_pointer_set(&dep->repo_config, config);
}

/* A password would be in git for all to see. */
static enum dray_status refuse_password(const char *url, struct dray_err *err)
{
	DRAY_AUTO_STR shown = dray_git_url_shown(url);

	if (strcmp(shown, url) == 0)
		return DRAY_OK;
	dray_fail(
		err, DRAY_USAGE, "the password in '%s' would be in the pointer, and in git", shown);
	return dray_hint(err, "leave it out, and let git's credential helper know it");
}

enum dray_status dray_ops_import(struct dray_session *session,
	const struct dray_import_options *options, struct dray_err *err)
{
	DRAY_AUTO(import) import = {
		.session = session,
		.force = options->force,
		.no_download = options->no_download,
		.jobs = options->from.jobs,
	};
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct dray_source *source = NULL;
	DRAY_AUTO_STR path = NULL;
	DRAY_AUTO_STR url = NULL;

	DRAY_TRY(check_options(options, err));
	DRAY_TRY(refuse_password(options->from.url, err));
	DRAY_TRY(source_path(options->path, &path, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(import_begin(&import, path, options->out, err));
	set_dep(&import, options, path);
	DRAY_TRY(set_settings(&import, &options->from, err));
	if (options->no_exec)
		return import_publish_empty(&import, err);
	const struct dray_source_options from =
		import_source(session, import_dep(&import), NULL, &url);
	DRAY_TRY(dray_source_open(&from, &source, err));
	enum dray_status status = import_from_source(&import, source, err);
	dray_source_close(source);
	return status;
}

/* ------------------------------------------------------------------- outside */

static enum dray_status bring_outside(
	struct dray_import *import, void *ctx, const char *temp, struct dray_err *err)
{
	struct dray_outside *outside = ctx;

	DRAY_TRY(outside_bring(
		outside, temp, import->jobs, &import->session->report->progress, err));
	outside_describe(outside, import->session->repo->dialect->algo, import_dep(import));
	return DRAY_OK;
}

enum dray_status import_outside(struct dray_session *session, const struct dray_pointer_file *file,
	struct dray_outside *out, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(file->name);
	DRAY_AUTO_STR base = dray_path_join(session->repo->root, folder);

	return outside_open_dep(session, &file->pointer.deps[0], base, out, err);
}

enum dray_status import_from_outside(
	struct dray_import *import, struct dray_outside *outside, struct dray_err *err)
{
	import_seal(import);
	if (!import->no_download)
		return add_files(import, bring_outside, outside, outside->path != NULL, err);
	DRAY_TRY(outside_look(outside, err));
	outside_describe(outside, import->session->repo->dialect->algo, import_dep(import));
	DRAY_TRY(outside_hash(outside, import->session->repo->dialect, import->jobs,
		&import->session->report->progress, import_dep(import), err));
	return import_publish_empty(import, err);
}

enum dray_status import_to_remote(struct dray_import *import, struct dray_outside *outside,
	const char *remote, struct dray_err *err)
{
	const struct dray_outbound outbound = {
		.remote = remote,
		.jobs = import->jobs,
		.out = import_out(import),
		.dep = import_dep(import),
	};

	import_seal(import);
	DRAY_TRY(outside_send(import->session, outside, &outbound, err));
	return import_publish(import, err);
}

static enum dray_status check_url_options(
	const struct dray_url_options *options, struct dray_err *err)
{
	if (options->no_exec + options->no_download + options->to_remote > 1)
		return dray_fail(err, DRAY_USAGE,
			"--no-exec, --no-download and --to-remote exclude each other");
	if (options->version_aware && options->to_remote)
		return dray_fail(err, DRAY_USAGE,
			"--version-aware leaves the data where it is: no --to-remote goes with it");
	if (options->remote != NULL && !options->to_remote)
		return dray_fail(err, DRAY_USAGE, "--remote goes with --to-remote");
	return DRAY_OK;
}

static void set_url(struct dray_import *import, const char *url)
{
	DRAY_AUTO_STR folder = dray_path_dirname(import->file->name);
	DRAY_AUTO_STR placed =
		outside_is_path(url) ? place_path(import->session, url, folder) : dray_strdup(url);

	dray_pointer_set(&import_dep(import)->path, placed);
	import_dep(import)->oid.algo = (uint8_t)import->session->repo->dialect->algo;
}

static enum dray_status import_url(
	struct dray_import *import, const struct dray_url_options *options, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	DRAY_AUTO_STR last = url_last(options->url);

	DRAY_TRY(import_begin(import, last, options->out, err));
	set_url(import, options->url);
	DRAY_TRY(settings_take(
		import->session, options->settings, "", &import_dep(import)->fs_settings, err));
	if (options->version_aware)
		dray_config_add(&import_dep(import)->fs_settings, DRAY_POINTER_VERSION_AWARE,
			"true", "command line", 0);
	if (options->no_exec)
		return import_publish_empty(import, err);
	DRAY_TRY(import_outside(import->session, import->file, &outside, err));
	if (options->to_remote)
		return import_to_remote(import, &outside, options->remote, err);
	import_out(import)->is_pushed = !outside_keeps_versions(&outside);
	return import_from_outside(import, &outside, err);
}

enum dray_status dray_ops_import_url(
	struct dray_session *session, const struct dray_url_options *options, struct dray_err *err)
{
	DRAY_AUTO(import) import = {
		.session = session,
		.force = options->force,
		.no_download = options->no_download,
		.jobs = options->jobs,
	};
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	DRAY_TRY(check_url_options(options, err));
	DRAY_TRY(refuse_password(options->url, err));
	if (options->to_remote)
		DRAY_TRY(import_check_remote(session, options->remote, options->jobs, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	return import_url(&import, options, err);
}
