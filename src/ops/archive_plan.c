/* What is in an archive of a revision: files of git and tracked data, as a checkout of both has
 * them. */
#include "archive.h"
#include "import.h"

#include <stdlib.h>
#include <string.h>

void archive_plan_drop(struct archive_plan *plan)
{
	for (size_t i = 0; i < plan->len; i++)
		free(plan->items[i].name);
	free(plan->items);
	dray_rules_drop(&plan->rules);
	dray_supplies_drop(&plan->supplies);
	dray_source_close(plan->source);
	*plan = (struct archive_plan){.supplies = SUPPLIES_INIT};
}

/* Takes `name`. */
static struct archive_item *add(struct archive_plan *plan, char *name)
{
	DRAY_GROW(plan->items, plan->len, plan->cap);
	plan->items[plan->len] = (struct archive_item){.name = name};
	return &plan->items[plan->len++];
}

/* -------------------------------------------------------------- export-ignore */

static size_t depth_of(const char *name)
{
	size_t depth = 0;

	for (; *name != '\0'; name++)
		depth += *name == '/';
	return depth;
}

/* Only what the revision itself says counts, so that every clone leaves out the same. */
static enum dray_status load_rules_at(
	struct archive_plan *plan, size_t depth, bool *out_has_deeper, struct dray_err *err)
{
	struct dray_source *source = plan->source;

	for (size_t i = 0; i < source->len; i++) {
		const struct dray_source_file *file = &source->files[i];
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;

		if (file->kind == DRAY_KIND_LINK ||
			strcmp(dray_path_basename(file->name), ".gitattributes") != 0)
			continue;
		*out_has_deeper |= depth_of(file->name) > depth;
		if (depth_of(file->name) != depth)
			continue;
		DRAY_TRY(dray_source_read(source, file, DRAY_RULES_BYTES_MAX, &text, err));
		DRAY_AUTO_STR base = dray_path_dirname(file->name);
		dray_rules_parse_attributes(
			&plan->rules, base, dray_buf_text(&text), "export-ignore");
	}
	return DRAY_OK;
}

/* A deeper file's rules win, so they come later. */
static enum dray_status load_rules(struct archive_plan *plan, struct dray_err *err)
{
	bool has_deeper = true;

	for (size_t depth = 0; has_deeper; depth++) {
		has_deeper = false;
		DRAY_TRY(load_rules_at(plan, depth, &has_deeper, err));
	}
	return DRAY_OK;
}

/* It or a folder above it. */
static bool is_left_out(const struct archive_plan *plan, const char *name)
{
	DRAY_AUTO_STR path = dray_strdup(name);

	if (plan->rules.len == 0)
		return false;
	for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool is_out = dray_rules_match(&plan->rules, path, true, NULL);
		*slash = '/';
		if (is_out)
			return true;
	}
	return dray_rules_match(&plan->rules, path, false, NULL);
}

/* ---------------------------------------------------------------------- data */

/*
 * A part of another repository's directory is listed nowhere but in our cache: what a clone lacks
 * of it is made anew from there.
 */
static enum dray_status list_imports(struct archive_plan *plan, struct dray_session *session,
	const char *name, struct dray_err *err)
{
	for (size_t i = 0; i < plan->source->tracks.len; i++) {
		struct dray_track *track = &plan->source->tracks.items[i];
		const struct dray_out *out = dray_track_out(track);
		const struct dray_target target = {.track = track};
		struct import_fetched fetched = {.objects = 0};

		if (!pointer_is_borrowed(&track->file->pointer) || !out->has_oid ||
			!out->oid.is_dir || dray_store_has(session->store, &out->oid) ||
			(!dray_path_is_within(track->name, name) &&
				!dray_path_is_within(name, track->name)))
			continue;
		DRAY_TRY(import_fetch(session, &target, plan->supplies.jobs, false, &fetched, err));
	}
	return DRAY_OK;
}

static enum dray_status add_data(struct archive_plan *plan, const char *name, struct dray_err *err)
{
	DRAY_AUTO(parts) parts = PARTS_INIT;
	const struct dray_parts_options wanted = {
		.path = name, .only_data = true, .is_deep = true, .is_for_bytes = true};

	DRAY_TRY(parts_find(plan->source, &plan->supplies, &wanted, &parts, err));
	for (size_t i = 0; i < parts.len; i++) {
		const struct dray_part *part = &parts.items[i];
		DRAY_AUTO_STR path = dray_path_join(name, part->path);

		if (is_left_out(plan, path))
			continue;
		if (!part->has_oid && part->kind != DRAY_KIND_EMPTY)
			return dray_fail(err, DRAY_NOT_FOUND,
				"pointer '%s' does not say what its data is",
				part->track->file->name);
		struct archive_item *item = add(plan, path);
		path = NULL;
		item->part = *part;
		item->part.path = NULL;
		plan->bytes += part->has_size ? part->size : 0;
	}
	return DRAY_OK;
}

/* ----------------------------------------------------------------------- git */

/* What git and a pointer both track is the pointer's, unless it leaves it to git. */
static bool is_data(const struct archive_plan *plan, const char *name)
{
	const struct dray_track *track = dray_tracks_find(&plan->source->tracks, name);

	return track != NULL && dray_track_out(track)->is_cached;
}

static void add_git(struct archive_plan *plan, const char *name)
{
	const struct dray_source *source = plan->source;

	for (size_t i = dray_source_first(source, name); i < source->len; i++) {
		const struct dray_source_file *file = &source->files[i];

		if (!dray_path_is_within(file->name, name)) {
			if (strncmp(file->name, name, strlen(name)) != 0)
				return;
			continue; /* "a-b" between "a" and "a/b" */
		}
		if (is_data(plan, file->name) || is_left_out(plan, file->name))
			continue;
		struct archive_item *item = add(plan, dray_strdup(file->name));
		item->part.file = file;
		item->part.kind = file->kind;
	}
}

/* ------------------------------------------------------------------- all of it */

static int compare(const void *a, const void *b)
{
	return strcmp(
		((const struct archive_item *)a)->name, ((const struct archive_item *)b)->name);
}

/* A pointer may name any place, and whoever unpacks follows what is there. */
static enum dray_status check_above(
	const struct dray_map *names, const struct archive_item *item, struct dray_err *err)
{
	for (const char *slash = strchr(item->name, '/'); slash != NULL;
		slash = strchr(slash + 1, '/')) {
		size_t len = (size_t)(slash - item->name);

		if (dray_map_peek(names, item->name, len) != NULL)
			return dray_fail(err, DRAY_INVALID,
				"'%s' lies below '%.*s', which is no folder", item->name, (int)len,
				item->name);
	}
	return DRAY_OK;
}

static enum dray_status check_names(const struct archive_plan *plan, struct dray_err *err)
{
	DRAY_AUTO(map) names = DRAY_MAP_INIT;

	for (size_t i = 0; i < plan->len; i++) {
		const char *name = plan->items[i].name;

		DRAY_TRY(dray_name_check(name, err));
		if (i > 0 && strcmp(plan->items[i - 1].name, name) == 0)
			return dray_fail(err, DRAY_INVALID, "'%s' is there twice", name);
		if (plan->items[i].part.kind != DRAY_KIND_EMPTY)
			dray_map_add(&names, name, strlen(name), 0);
	}
	for (size_t i = 0; i < plan->len; i++)
		DRAY_TRY(check_above(&names, &plan->items[i], err));
	if (dray_map_peek(&names, DRAY_LISTING_NAME, strlen(DRAY_LISTING_NAME)) == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS,
		"the revision has a file '%s', which is what an archive's listing is called",
		DRAY_LISTING_NAME);
	return dray_hint(err, "name what is to be in the archive");
}

/* A folder and a part of it are one thing. */
static bool is_covered(const struct dray_strs *names, size_t i)
{
	for (size_t k = 0; k < names->len; k++)
		if (k != i && dray_path_is_within(names->items[i], names->items[k]))
			return true;
	return false;
}

enum dray_status archive_plan_make(struct archive_plan *plan, struct dray_session *session,
	const struct dray_strs *names, bool only_data, struct dray_err *err)
{
	DRAY_AUTO(strs) all = DRAY_STRS_INIT;

	DRAY_TRY(load_rules(plan, err));
	dray_strs_add(&all, "");
	if (names == NULL || names->len == 0)
		names = &all;
	for (size_t i = 0; i < names->len; i++) {
		size_t before = plan->len;

		if (is_covered(names, i))
			continue;
		DRAY_TRY(list_imports(plan, session, names->items[i], err));
		DRAY_TRY(add_data(plan, names->items[i], err));
		if (!only_data)
			add_git(plan, names->items[i]);
		if (plan->len == before && *names->items[i] != '\0')
			return dray_fail(err, DRAY_NOT_FOUND, "'%s' has no data at '%s'",
				plan->source->commit, names->items[i]);
	}
	if (plan->len > 0)
		qsort(plan->items, plan->len, sizeof *plan->items, compare);
	DRAY_TRY(check_names(plan, err));
	return dray_git_commit_time(plan->source->git, plan->source->commit, &plan->mtime, err);
}
