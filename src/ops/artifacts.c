/*
 * dray artifacts get: data of another repository by its name and a version or
 * stage. Tags of git say which commit that is, a file of stages in the commit
 * which path; the rest is get's.
 */
#include "elsewhere.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
	char *name;    /* "sub:model" */
	char *version; /* NULL: the highest, unless a stage is wanted */
	char *stage;
};

/* What a tag says of the artifact. */
struct said {
	struct dray_artifact_tag tag;
	char commit[65];
	int64_t time;
};
struct sayings {
	const char *name;
	struct said *items;
	size_t len;
	size_t cap;
};

static void wanted_drop(struct wanted *wanted)
{
	free(wanted->name);
	free(wanted->version);
	free(wanted->stage);
}

/* -------------------------------------------------------------- what is meant */

/* "sub/dvc.yaml:model" is "sub:model". */
static char *plain_name(const char *name)
{
	static const char *const files[] = {"dvc.yaml", "dray.yaml"};
	const char *colon = strchr(name, ':');

	for (size_t i = 0; colon != NULL && i < DRAY_COUNT(files); i++) {
		DRAY_AUTO_STR path = dray_strndup(name, (size_t)(colon - name));
		DRAY_AUTO_STR folder = dray_path_dirname(path);

		if (strcmp(dray_path_basename(path), files[i]) == 0)
			return *folder == '\0' ? dray_strdup(colon + 1)
					       : dray_format("%s%s", folder, colon);
	}
	return dray_strdup(name);
}

static enum dray_status refuse_version(const char *version, struct dray_err *err)
{
	dray_fail(err, DRAY_USAGE, "'%s' is no version", version);
	return dray_hint(err, "versions are as in v1.2.3");
}

/* "model", "model@v1.0.0", "model@latest", "model#prod". */
static enum dray_status read_wanted(
	const struct dray_artifact_options *options, struct wanted *out, struct dray_err *err)
{
	size_t len = strcspn(options->name, "@#");
	char mark = options->name[len];
	DRAY_AUTO_STR typed = dray_strndup(options->name, len);
	const char *rest = mark != '\0' ? options->name + len + 1 : NULL;
	const char *version = mark == '@' ? rest : options->version;
	const char *stage = mark == '#' ? rest : options->stage;

	if ((rest != NULL && (options->version != NULL || options->stage != NULL)) ||
		(options->version != NULL && options->stage != NULL))
		return dray_fail(err, DRAY_USAGE, "one version or one stage can be asked for");
	out->name = plain_name(typed);
	if (!dray_artifact_is_name(out->name))
		return dray_fail(err, DRAY_USAGE, "'%s' is no name of an artifact", typed);
	if (version != NULL && (strcmp(version, "latest") == 0 || strcmp(version, "greatest") == 0))
		version = NULL;
	if (version != NULL && !dray_artifact_is_version(version))
		return refuse_version(version, err);
	out->version = version != NULL ? dray_strdup(version) : NULL;
	out->stage = stage != NULL ? dray_strdup(stage) : NULL;
	return DRAY_OK;
}

/* ----------------------------------------------------------------------- tags */

static void sayings_drop(struct sayings *sayings)
{
	for (size_t i = 0; i < sayings->len; i++)
		dray_artifact_tag_drop(&sayings->items[i].tag);
	free(sayings->items);
}

static enum dray_status note_tag(void *ctx, const struct dray_git_tag *tag, struct dray_err *err)
{
	struct sayings *sayings = ctx;
	struct said said = {.time = tag->time};

	(void)err;
	if (!dray_artifact_parse_tag(tag->name, &said.tag))
		return DRAY_OK;
	if (strcmp(said.tag.name, sayings->name) != 0) {
		dray_artifact_tag_drop(&said.tag);
		return DRAY_OK;
	}
	snprintf(said.commit, sizeof said.commit, "%s", tag->commit);
	DRAY_GROW(sayings->items, sayings->len, sayings->cap);
	sayings->items[sayings->len++] = said;
	return DRAY_OK;
}

static bool is_equal(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

static bool is_about_same(const struct said *a, const struct said *b)
{
	return is_equal(a->tag.version, b->tag.version) && is_equal(a->tag.stage, b->tag.stage);
}

static bool is_later(const struct said *a, const struct said *b)
{
	return a->time != b->time ? a->time > b->time : a->tag.counter > b->tag.counter;
}

/* What was said last holds: a version may be withdrawn and given again. */
static bool holds(const struct sayings *sayings, const struct said *said)
{
	for (size_t i = 0; i < sayings->len; i++)
		if (is_about_same(&sayings->items[i], said) && is_later(&sayings->items[i], said))
			return false;
	return !said->tag.is_withdrawn;
}

static bool is_wanted(const struct wanted *wanted, const struct dray_artifact_tag *tag)
{
	if (wanted->stage != NULL)
		return is_equal(tag->stage, wanted->stage);
	return wanted->version == NULL ? tag->version != NULL
				       : is_equal(tag->version, wanted->version);
}

/* Of several it is the highest version. */
static const struct said *choose(const struct sayings *sayings, const struct wanted *wanted)
{
	const struct said *best = NULL;

	for (size_t i = 0; i < sayings->len; i++) {
		const struct said *said = &sayings->items[i];

		if (!is_wanted(wanted, &said->tag) || !holds(sayings, said))
			continue;
		if (best == NULL || (said->tag.version != NULL &&
					    dray_artifact_compare_versions(
						    said->tag.version, best->tag.version) > 0))
			best = said;
	}
	return best;
}

static enum dray_status fail_unknown(const struct wanted *wanted, struct dray_err *err)
{
	if (wanted->stage != NULL)
		dray_fail(err, DRAY_NOT_FOUND, "no version of '%s' is in stage '%s'", wanted->name,
			wanted->stage);
	else if (wanted->version != NULL)
		dray_fail(err, DRAY_NOT_FOUND, "'%s' has no version '%s'", wanted->name,
			wanted->version);
	else
		dray_fail(err, DRAY_NOT_FOUND, "'%s' has no version", wanted->name);
	return dray_hint(err, "annotated tags of git give versions and stages: NAME@v1.0.0, "
			      "NAME#STAGE#1");
}

static enum dray_status find_commit(const struct dray_source_options *from,
	const struct wanted *wanted, char out_commit[65], struct dray_err *err)
{
	__attribute__((cleanup(sayings_drop))) struct sayings sayings = {.name = wanted->name};

	DRAY_TRY(dray_source_each_tag(from, note_tag, &sayings, err));
	const struct said *said = choose(&sayings, wanted);
	if (said == NULL)
		return fail_unknown(wanted, err);
	memcpy(out_commit, said->commit, sizeof said->commit);
	return DRAY_OK;
}

/* ----------------------------------------------------------------------- path */

/* The path from the top of the repository. */
static enum dray_status read_path(struct dray_source *source, const struct wanted *wanted,
	char **out_path, struct dray_err *err)
{
	const char *colon = strchr(wanted->name, ':');
	DRAY_AUTO_STR typed =
		dray_strndup(wanted->name, colon != NULL ? (size_t)(colon - wanted->name) : 0);
	DRAY_AUTO_STR normal = dray_path_normalise(typed);
	const char *folder = strcmp(normal, ".") == 0 ? "" : normal;
	const struct dray_source_root *root = dray_source_root_of(source, folder);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = NULL;

	if (root == NULL)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' is neither dray's nor DVC's at '%s'",
			source->shown, *folder != '\0' ? folder : ".");
	DRAY_AUTO_STR name = dray_path_join(folder, root->repo->dialect->stage_file);
	const struct dray_source_file *file = dray_source_find(source, name);
	if (file == NULL)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' has no '%s' at %.12s", source->shown,
			name, source->commit);
	DRAY_TRY(dray_source_read(source, file, DRAY_POINTER_BYTES_MAX, &text, err));
	DRAY_TRY(dray_artifact_find(dray_buf_text(&text), text.len, name,
		colon != NULL ? colon + 1 : wanted->name, &path, err));
	*out_path = dray_path_join(folder, path);
	return DRAY_OK;
}

static enum dray_status find_path(const struct dray_source_options *from,
	const struct wanted *wanted, char **out_path, struct dray_err *err)
{
	struct dray_source *source = NULL;

	DRAY_TRY(dray_source_open(from, &source, err));
	enum dray_status status = read_path(source, wanted, out_path, err);
	dray_source_close(source);
	return status;
}

static enum dray_status get(const struct dray_artifact_options *options,
	const struct wanted *wanted, struct dray_report *report, struct dray_err *err)
{
	struct dray_source_options from = source_options(&options->from, report);
	char commit[65];
	DRAY_AUTO_STR path = NULL;

	DRAY_TRY(find_commit(&from, wanted, commit, err));
	from.revision = commit;
	DRAY_TRY(find_path(&from, wanted, &path, err));
	struct dray_get_options all = {
		.from = options->from,
		.path = path,
		.out = options->out,
		.force = options->force,
		.show_url = options->show_url,
	};
	all.from.rev = commit;
	return dray_ops_get(&all, report, err);
}

enum dray_status dray_ops_artifact_get(const struct dray_artifact_options *options,
	struct dray_report *report, struct dray_err *err)
{
	__attribute__((cleanup(wanted_drop))) struct wanted wanted = {.name = NULL};

	DRAY_TRY(read_wanted(options, &wanted, err));
	return get(options, &wanted, report, err);
}
