/*
 * The files and tracked data of another repository: of a commit, out of git's objects, or of a
 * folder as it is on disk.
 */
#include "source.h"

#include <stdlib.h>
#include <string.h>

void source_add_file(
	struct dray_source *source, const char *name, const char *hex, enum dray_kind kind)
{
	DRAY_GROW(source->files, source->len, source->cap);
	source->files[source->len++] = (struct dray_source_file){
		.name = dray_strdup(name),
		.hex = hex != NULL ? dray_strdup(hex) : NULL,
		.kind = (uint8_t)kind,
	};
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct dray_source_file *)a)->name,
		((const struct dray_source_file *)b)->name);
}

void source_sort(struct dray_source *source)
{
	if (source->len > 0)
		qsort(source->files, source->len, sizeof *source->files, compare_files);
}

/* ----------------------------------------------------------------- a commit */

static enum dray_status take_node(void *ctx, const struct dray_git_node *node, struct dray_err *err)
{
	static const enum dray_kind kinds[] = {
		[DRAY_GIT_FILE] = DRAY_KIND_FILE,
		[DRAY_GIT_EXEC] = DRAY_KIND_EXEC,
		[DRAY_GIT_LINK] = DRAY_KIND_LINK,
	};

	DRAY_TRY(dray_name_check(node->name, err));
	source_add_file(ctx, node->name, node->hex, kinds[node->kind]);
	return DRAY_OK;
}

/* Longest prefix first, so that the first match is the innermost. */
static int compare_roots(const void *a, const void *b)
{
	size_t left = strlen(((const struct dray_source_root *)a)->prefix);
	size_t right = strlen(((const struct dray_source_root *)b)->prefix);

	return (left < right) - (left > right);
}

static enum dray_status find_roots(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	for (size_t i = 0; i < source->len; i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		DRAY_AUTO_STR prefix = NULL;
		const struct dray_dialect *dialect =
			dialect_of_config(source->files[i].name, &prefix);

		if (dialect == NULL || source->files[i].kind == DRAY_KIND_LINK)
			continue;
		if (options->repo != NULL && dialect == options->repo->dialect &&
			strcmp(prefix, options->repo->git_prefix) == 0) {
			DRAY_TRY(source_add_own(source, options->repo, prefix, err));
			continue;
		}
		DRAY_TRY(dray_source_read(
			source, &source->files[i], REPO_CONFIG_BYTES_MAX, &text, err));
		DRAY_TRY(source_add_root(source, options, dialect, prefix, &text, err));
	}
	if (source->roots_len > 0)
		qsort(source->roots, source->roots_len, sizeof *source->roots, compare_roots);
	return DRAY_OK;
}

static enum dray_status parse_pointers(struct dray_source *source, struct dray_err *err)
{
	for (size_t i = 0; i < source->len; i++) {
		const struct dray_source_file *file = &source->files[i];
		const struct dray_source_root *root = dray_source_root_of(source, file->name);
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;

		const char *basename = dray_path_basename(file->name);

		if (root == NULL || file->kind == DRAY_KIND_LINK ||
			(!repo_is_pointer(root->repo->dialect, basename) &&
				!repo_is_stages(root->repo->dialect, basename)))
			continue;
		DRAY_TRY(dray_source_read(source, file, DRAY_POINTER_BYTES_MAX, &text, err));
		DRAY_TRY(dray_tracks_parse(root->repo, file->name, dray_buf_text(&text), text.len,
			&source->tracks, err));
	}
	DRAY_TRY(dray_tracks_finish(&source->tracks, err));
	repo_sort_tracks(&source->tracks);
	return DRAY_OK;
}

enum dray_status source_read_commit(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	DRAY_TRY(dray_git_each_node(source->git, source->commit, take_node, source, err));
	source_sort(source);
	DRAY_TRY(find_roots(source, options, err));
	return parse_pointers(source, err);
}

/* ----------------------------------------------------------- our own pointers */

enum dray_status source_read_tracks(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	DRAY_TRY(source_add_own(source, options->repo, "", err));
	return dray_tracks_load(options->repo, &source->tracks, err);
}

/* ------------------------------------------------------------------ on disk */

struct walk {
	struct dray_source *source;
	struct dray_repo *repo; /* NULL: plain git */
	int top;
	struct dray_rules rules;
	struct dray_strs pending;
};

static void walk_drop(struct walk *walk)
{
	dray_rules_drop(&walk->rules);
	dray_strs_drop(&walk->pending);
	dray_fd_release(&walk->top);
}

/* Git's folder, ours and those of tracked data are not for files, but for data that is git's. */
static bool is_passed_over(const struct walk *walk, const char *name, bool is_dir)
{
	const char *base = dray_path_basename(name);

	if (strcmp(base, ".git") == 0 || dray_os_is_temp(base))
		return true;
	if (walk->repo == NULL)
		return false;
	const struct dray_track *track = dray_tracks_find(&walk->source->tracks, name);
	return strcmp(name, walk->repo->dialect->folder) == 0 ||
	       (track != NULL && dray_track_out(track)->is_cached) ||
	       dray_rules_match(&walk->rules, name, is_dir, NULL);
}

static enum dray_status take_entry(struct walk *walk, const char *name, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_stat(walk->top, name, &stat, err));
	if (is_passed_over(walk, name, stat.type == DRAY_TYPE_DIR))
		return DRAY_OK;
	if (stat.type == DRAY_TYPE_DIR)
		dray_strs_add(&walk->pending, name);
	else if (stat.type == DRAY_TYPE_LINK)
		source_add_file(walk->source, name, NULL, DRAY_KIND_LINK);
	else if (stat.type == DRAY_TYPE_FILE)
		source_add_file(walk->source, name, NULL,
			stat.mode & 0100 ? DRAY_KIND_EXEC : DRAY_KIND_FILE);
	return DRAY_OK;
}

static enum dray_status take_folder(struct walk *walk, const char *folder, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open(walk->top, *folder ? folder : ".",
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; walk->repo != NULL && i < dirents.len; i++)
		if (strcmp(dirents.items[i].name, walk->repo->dialect->ignore_file) == 0)
			DRAY_TRY(rules_load(
				walk->repo->dialect, walk->top, folder, &walk->rules, err));
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR name = dray_path_join(folder, dirents.items[i].name);

		DRAY_TRY(take_entry(walk, name, err));
	}
	return DRAY_OK;
}

enum dray_status source_read_disk(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	const struct dray_dialect *dialect = dialect_of(source->path);
	__attribute__((cleanup(walk_drop))) struct walk walk = {.source = source, .top = -1};
	DRAY_AUTO(buf) nothing = DRAY_BUF_INIT;

	if (dialect == NULL && source->git == NULL)
		return dray_fail(err, DRAY_NO_REPO, "'%s' is no repository", source->shown);
	if (dialect != NULL) {
		rules_begin(dialect, &walk.rules);
		DRAY_TRY(source_add_root(source, options, dialect, "", &nothing, err));
		walk.repo = source->roots[0].repo;
		DRAY_TRY(dray_tracks_load(walk.repo, &source->tracks, err));
	}
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, source->path, &walk.top, err));
	dray_strs_add(&walk.pending, "");
	while (walk.pending.len > 0) {
		DRAY_AUTO_STR folder = walk.pending.items[--walk.pending.len];

		DRAY_TRY(take_folder(&walk, folder, err));
	}
	source_sort(source);
	return DRAY_OK;
}
