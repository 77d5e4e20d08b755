/*
 * --glob: patterns of .gitignore's kind (*, ?, [ ], **) over the
 * workspace, anchored where they are typed. A directory that matches is one
 * target; nothing below it is looked at.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct globbing {
	struct dray_session *session;
	struct dray_rules rules;
	struct dray_strs pending; /* folders to look into */
	struct dray_strs *names;
};

static enum dray_status visit(struct globbing *globbing, const char *folder, struct dray_err *err)
{
	const struct dray_dialect *dialect = globbing->session->repo->dialect;
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open_beneath(globbing->session->repo->root_fd, folder, false, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		const char *basename = dirents.items[i].name;
		DRAY_AUTO_STR name = dray_path_join(folder, basename);
		struct dray_stat stat;

		/* patterns are about data: pointers, rules and our own folders never match */
		if (strcmp(basename, ".git") == 0 || strcmp(basename, dialect->folder) == 0 ||
			dray_path_has_suffix(basename, dialect->pointer_suffix) ||
			strcmp(basename, ".gitignore") == 0 ||
			strcmp(basename, dialect->ignore_file) == 0)
			continue;
		DRAY_TRY(dray_os_stat(fd, basename, &stat, err));
		bool is_dir = stat.type == DRAY_TYPE_DIR;
		if (dray_rules_match(&globbing->rules, name, is_dir, NULL))
			dray_strs_add(globbing->names, name);
		else if (is_dir)
			dray_strs_add(&globbing->pending, name);
	}
	return DRAY_OK;
}

static void parse_patterns(
	const char *prefix, const struct dray_strs *patterns, struct dray_rules *rules)
{
	for (size_t i = 0; i < patterns->len; i++) {
		DRAY_AUTO_STR line = dray_format("/%s\n", patterns->items[i]);

		dray_rules_parse(rules, prefix, line, strlen(line));
	}
}

static enum dray_status run(
	struct globbing *globbing, const struct dray_strs *patterns, struct dray_err *err)
{
	const char *prefix = globbing->session->prefix;

	parse_patterns(prefix, patterns, &globbing->rules);
	dray_strs_add(&globbing->pending, prefix);
	while (globbing->pending.len > 0) {
		DRAY_AUTO_STR folder = globbing->pending.items[--globbing->pending.len];

		DRAY_TRY(visit(globbing, folder, err));
	}
	return DRAY_OK;
}

enum dray_status glob_expand(struct dray_session *session, const struct dray_strs *patterns,
	struct dray_strs *out_names, struct dray_err *err)
{
	struct globbing globbing = {.session = session, .names = out_names};
	enum dray_status status = run(&globbing, patterns, err);

	dray_rules_drop(&globbing.rules);
	dray_strs_drop(&globbing.pending);
	DRAY_TRY(status);
	dray_strs_sort(out_names);
	if (out_names->len == 0)
		return dray_fail(err, DRAY_NOT_FOUND, "nothing matches '%s'", patterns->items[0]);
	return DRAY_OK;
}

enum dray_status glob_tracks(struct dray_session *session, const struct dray_strs *patterns,
	struct dray_strs *out_paths, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

	if (patterns == NULL || patterns->len == 0)
		return dray_fail(err, DRAY_USAGE, "--glob needs patterns");
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	parse_patterns(session->prefix, patterns, &rules);
	for (size_t i = 0; i < tracks.len; i++) {
		const struct dray_track *track = &tracks.items[i];
		DRAY_AUTO_STR path = dray_path_join(session->repo->root, track->name);

		if (dray_rules_match(
			    &rules, track->name, dray_track_out(track)->oid.is_dir, NULL) ||
			dray_rules_match(&rules, track->file->name, false, NULL))
			dray_strs_add(out_paths, path);
	}
	if (out_paths->len == 0)
		return dray_fail(err, DRAY_NOT_FOUND, "nothing that is tracked matches '%s'",
			patterns->items[0]);
	return DRAY_OK;
}
