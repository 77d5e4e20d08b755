/* dray get: a file or folder of another repository, as it is there, tracked by nothing here. */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

struct getting {
	const struct dray_get_options *options;
	struct dray_report *report;
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_parts parts;
	char *path;
};

static void getting_drop(struct getting *getting)
{
	dray_parts_drop(&getting->parts);
	dray_supplies_drop(&getting->supplies);
	dray_source_close(getting->source);
	free(getting->path);
}

enum dray_status out_place(
	const char *path, const char *typed, char **out_place, struct dray_err *err)
{
	const char *name = dray_path_basename(path);

	if (typed != NULL && *typed == '\0')
		return dray_fail(err, DRAY_USAGE, "an empty path names nothing");
	bool is_inside = typed != NULL && dray_os_is_dir(AT_FDCWD, typed) && *name != '\0';
	if (typed == NULL && *name == '\0') {
		dray_fail(err, DRAY_USAGE, "the whole of another repository has no name");
		return dray_hint(err, "say where it is to go with --out");
	}
	DRAY_AUTO_STR place = typed == NULL ? dray_strdup(name)
			      : is_inside   ? dray_path_join(typed, name)
					    : dray_strdup(typed);
	*out_place = dray_path_normalise(place);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- landing */

/* What stood there is kept aside until the new one stands in its place. */
static enum dray_status replace(const char *temp, const char *place, struct dray_err *err)
{
	char name[DRAY_TEMP_NAME_MAX];
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	struct dray_err unused = DRAY_ERR_INIT;

	dray_os_temp_name(name);
	DRAY_AUTO_STR aside = dray_path_join(folder, name);
	DRAY_TRY(dray_os_rename(AT_FDCWD, place, AT_FDCWD, aside, err));
	enum dray_status status = dray_os_rename(AT_FDCWD, temp, AT_FDCWD, place, err);
	if (status != DRAY_OK) {
		dray_ignore(dray_os_rename(AT_FDCWD, aside, AT_FDCWD, place, &unused));
		return status; /* the first one */
	}
	return dray_os_remove_tree(AT_FDCWD, aside, err);
}

enum dray_status place_check_free(const char *place, bool force, struct dray_err *err)
{
	if (force || !dray_os_exists(AT_FDCWD, place))
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS, "'%s' exists already", place);
	return dray_hint(err, "replace it with --force, or choose another place with --out");
}

enum dray_status place_land(const char *temp, const char *place, bool force, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	enum dray_status status = place_check_free(place, force, err);

	if (status == DRAY_OK)
		status = dray_os_exists(AT_FDCWD, place)
				 ? replace(temp, place, err)
				 : dray_os_rename(AT_FDCWD, temp, AT_FDCWD, place, err);
	if (status != DRAY_OK)
		dray_ignore(dray_os_remove_tree(AT_FDCWD, temp, &unused)); /* told: the first */
	return status;
}

/* ----------------------------------------------------------------------- get */

static enum dray_status refuse_own(const struct getting *getting, struct dray_err *err)
{
	if (*getting->path == '\0' || !dray_source_is_pointer(getting->source, getting->path))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is a pointer, not data", getting->path);
	return dray_hint(err, "name the data that it tracks");
}

static enum dray_status find_parts(
	struct getting *getting, const struct dray_parts_options *wanted, struct dray_err *err)
{
	enum dray_status status =
		parts_find(getting->source, &getting->supplies, wanted, &getting->parts, err);

	getting->report->has_no_path = status == DRAY_NOT_FOUND;
	return status;
}

static void tell(const struct getting *getting, const char *place)
{
	const struct dray_parts *parts = &getting->parts;
	bool is_file = parts->len == 1 && *parts->items[0].path == '\0';
	uint64_t files = 0;

	for (size_t i = 0; i < parts->len; i++)
		files += parts->items[i].kind != DRAY_KIND_EMPTY;
	report_item(getting->report, &(struct dray_item){
					     .state = "got",
					     .path = place,
					     .from = getting->path,
					     .kind = is_file ? "file" : "dir",
					     .files = files,
					     .has_files = true,
					     .is_path_literal = true,
				     });
}

static enum dray_status bring(struct getting *getting, const char *place, struct dray_err *err)
{
	const struct dray_get_options *options = getting->options;
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	char name[DRAY_TEMP_NAME_MAX];

	const struct dray_parts_options wanted = {
		.path = getting->path, .is_deep = true, .is_for_bytes = true};
	DRAY_TRY(find_parts(getting, &wanted, err));
	if (*folder != '\0')
		DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	dray_os_temp_name(name);
	DRAY_AUTO_STR temp = dray_path_join(folder, name);
	const struct dray_source_root *root = dray_source_root_of(getting->source, getting->path);
	const struct dray_parts_bring all = {
		.source = getting->source,
		.parts = &getting->parts,
		.temp = temp,
		.dialect = root != NULL ? root->repo->dialect : NULL,
		.jobs = options->from.jobs,
		.progress = &getting->report->progress,
	};
	DRAY_TRY(parts_bring(&all, err));
	DRAY_TRY(place_land(temp, place, options->force, err));
	tell(getting, place);
	return DRAY_OK;
}

/* ------------------------------------------------------------------ show-url */

static enum dray_status find_object(
	struct getting *getting, struct dray_part *out, struct dray_err *err)
{
	const struct dray_parts_options wanted = {
		.path = getting->path, .only_data = true, .is_for_bytes = true};

	DRAY_TRY(find_parts(getting, &wanted, err));
	if (getting->parts.track == NULL || getting->parts.len != 1 ||
		!getting->parts.items[0].has_oid) {
		getting->report->has_no_path = true;
		dray_fail(err, DRAY_NOT_FOUND, "'%s' is no single piece of tracked data",
			getting->path);
		return dray_hint(
			err, "only the data of a pointer, or a file in it, has an address");
	}
	*out = getting->parts.items[0];
	return DRAY_OK;
}

static enum dray_status show_url(struct getting *getting, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	struct dray_part part;

	DRAY_TRY(find_object(getting, &part, err));
	const struct dray_remote *remote =
		part.supply->places[1] != NULL ? part.supply->places[1] : part.supply->places[0];
	DRAY_AUTO_STR url = dray_format("%s/%s", remote->url, dray_oid_key(&part.oid, key));
	report_item(getting->report, &(struct dray_item){.path = url, .is_path_literal = true});
	return DRAY_OK;
}

enum dray_status dray_ops_get(
	const struct dray_get_options *options, struct dray_report *report, struct dray_err *err)
{
	const struct dray_source_options from = source_options(&options->from, report);
	__attribute__((cleanup(getting_drop))) struct getting getting = {
		.options = options,
		.report = report,
		.supplies = SUPPLIES_INIT,
		.parts = PARTS_INIT,
	};
	DRAY_AUTO_STR place = NULL;

	DRAY_TRY(source_path(options->path, &getting.path, err));
	getting.supplies.jobs = options->from.jobs;
	getting.supplies.progress = &report->progress;
	if (!options->show_url) {
		DRAY_TRY(out_place(getting.path, options->out, &place, err));
		DRAY_TRY(place_check_free(place, options->force, err));
	}
	DRAY_TRY(dray_source_open(&from, &getting.source, err));
	DRAY_TRY(refuse_own(&getting, err));
	return options->show_url ? show_url(&getting, err) : bring(&getting, place, err);
}
