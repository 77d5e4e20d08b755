/*
 * Three versions of a pointer.
 *
 * What the data is (hash, size, count, execute bit) merges by meaning, all else by lines, as git
 * would: so that comments and settings that one side wrote are kept. For that the ancestor and
 * theirs are first written with our data, whatever theirs is; the lines that then differ are about
 * something else. Into the outcome goes what the data has become.
 */
#include "merge.h"

#include "trees.h"

#include <stdlib.h>
#include <string.h>

/* git merges a text of some megabytes in a moment; a file system may hang. */
#define GIT_WAIT_MS 60000

struct version {
	struct dray_pointer pointer;
	struct dray_map outs; /* path to its number */
	bool is_there;
};

#define VERSION_INIT                          \
	{                                     \
		.pointer = DRAY_POINTER_INIT, \
	}

struct merging {
	struct dray_session *session;
	const struct pointer_texts *texts;
	char *folder;
	struct version ancestor, ours, theirs;
	struct conflicts *conflicts;
};

static void version_drop(struct version *version)
{
	dray_pointer_drop(&version->pointer);
	dray_map_drop(&version->outs);
}

static void merging_drop(struct merging *merging)
{
	version_drop(&merging->ancestor);
	version_drop(&merging->ours);
	version_drop(&merging->theirs);
	free(merging->folder);
}

static enum dray_status parse(const struct merging *merging, const struct dray_buf *text,
	struct version *out, struct dray_err *err)
{
	if (text->len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_pointer_parse(merging->session->repo->dialect->algo, dray_buf_text(text),
		text->len, merging->texts->name, &out->pointer, err));
	out->is_there = true;
	for (size_t i = 0; i < out->pointer.len; i++) {
		const struct dray_out *parsed = &out->pointer.outs[i];

		if (parsed->files_len > 0 || parsed->versions_len > 0)
			return dray_fail(err, DRAY_UNSUPPORTED,
				"'%s' has data that a cloud versions, which does not merge",
				merging->texts->name);
		dray_map_add(&out->outs, parsed->path, strlen(parsed->path), i);
	}
	return DRAY_OK;
}

/* The out of that path, NULL if there is none. */
static struct dray_out *find(const struct version *version, const char *path)
{
	const uint64_t *at = dray_map_peek(&version->outs, path, strlen(path));

	return at != NULL ? &version->pointer.outs[*at] : NULL;
}

static void copy_data(struct dray_out *to, const struct dray_out *from)
{
	to->oid = from->oid;
	to->has_oid = from->has_oid;
	to->size = from->size;
	to->has_size = from->has_size;
	to->nfiles = from->nfiles;
	to->has_nfiles = from->has_nfiles;
	to->is_exec = from->is_exec;
}

/* ---------------------------------------------------------------------- lines */

/* Append the text with our data in it. */
static enum dray_status write_like_ours(const struct merging *merging, const struct dray_buf *text,
	struct dray_buf *out, struct dray_err *err)
{
	__attribute__((cleanup(version_drop))) struct version version = VERSION_INIT;
	const char *md5 = merging->ours.pointer.md5;

	DRAY_TRY(parse(merging, text, &version, err));
	if (!version.is_there)
		return DRAY_OK;
	for (size_t i = 0; i < version.pointer.len; i++) {
		struct dray_out *own = &version.pointer.outs[i];
		const struct dray_out *ours = find(&merging->ours, own->path);

		if (ours != NULL)
			copy_data(own, ours);
	}
	if (version.pointer.md5 != NULL && md5 != NULL)
		dray_pointer_set(&version.pointer.md5, md5);
	dray_pointer_render(&version.pointer, out);
	return DRAY_OK;
}

static bool is_equal(const struct dray_buf *a, const struct dray_buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static enum dray_status publish_text(
	const char *path, const struct dray_buf *text, struct dray_err *err)
{
	return dray_os_publish(AT_FDCWD, path, dray_buf_text(text), text->len, 0600, err);
}

/* By git, which wants files. */
static enum dray_status merge_files(const char *folder, const struct pointer_texts *texts,
	struct dray_buf *out, struct dray_err *err)
{
	DRAY_AUTO_STR ancestor = dray_path_join(folder, "ancestor");
	DRAY_AUTO_STR ours = dray_path_join(folder, "ours");
	DRAY_AUTO_STR theirs = dray_path_join(folder, "theirs");
	const char *const argv[] = {
		"git", "merge-file", "-p", "--quiet", ours, ancestor, theirs, NULL};

	DRAY_TRY(publish_text(ancestor, &texts->ancestor, err));
	DRAY_TRY(publish_text(ours, &texts->ours, err));
	DRAY_TRY(publish_text(theirs, &texts->theirs, err));
	return dray_os_run(argv, GIT_WAIT_MS, out, err);
}

static enum dray_status texts_merge(struct dray_session *session, const struct pointer_texts *texts,
	struct dray_buf *out, struct dray_err *err)
{
	const struct dray_buf *easy = NULL;
	char name[DRAY_TEMP_NAME_MAX];
	struct dray_err unused = DRAY_ERR_INIT;

	if (is_equal(&texts->ours, &texts->theirs) || is_equal(&texts->ancestor, &texts->theirs))
		easy = &texts->ours;
	else if (is_equal(&texts->ancestor, &texts->ours))
		easy = &texts->theirs;
	if (easy != NULL) {
		dray_buf_add(out, easy->data, easy->len);
		return DRAY_OK;
	}
	dray_os_temp_name(name);
	DRAY_AUTO_STR folder = dray_path_join(session->repo->state_dir, name);
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0700, err));
	enum dray_status status = merge_files(folder, texts, out, err);
	dray_ignore(dray_os_remove_tree(AT_FDCWD, folder, &unused)); /* scratch */
	if (status == DRAY_FAILED)
		return dray_fail(
			err, DRAY_FAILED, "both sides changed the same lines of '%s'", texts->name);
	return status;
}

/* All but the data. */
static enum dray_status merge_lines(
	const struct merging *merging, struct dray_buf *out, struct dray_err *err)
{
	struct pointer_texts texts = {.name = merging->texts->name, .ours = merging->texts->ours};
	enum dray_status status =
		write_like_ours(merging, &merging->texts->ancestor, &texts.ancestor, err);

	if (status == DRAY_OK)
		status = write_like_ours(merging, &merging->texts->theirs, &texts.theirs, err);
	if (status == DRAY_OK)
		status = texts_merge(merging->session, &texts, out, err);
	dray_buf_drop(&texts.ancestor);
	dray_buf_drop(&texts.theirs);
	return status;
}

/* ----------------------------------------------------------------------- data */

static bool is_same(const struct dray_out *a, const struct dray_out *b)
{
	if (a->has_oid != b->has_oid || a->is_exec != b->is_exec)
		return false;
	return !a->has_oid || dray_oid_is_equal(&a->oid, &b->oid);
}

static bool are_directories(
	const struct dray_out *ancestor, const struct dray_out *ours, const struct dray_out *theirs)
{
	const struct dray_out *const sides[] = {ancestor, ours, theirs};

	for (size_t i = 0; i < DRAY_COUNT(sides); i++)
		if (sides[i] != NULL && (!sides[i]->has_oid || !sides[i]->oid.is_dir ||
						sides[i]->oid.algo != ours->oid.algo))
			return false;
	return true;
}

static enum dray_status merge_directory(struct merging *merging, const char *name,
	const struct dray_out *ancestor, const struct dray_out *theirs, struct dray_out *out,
	struct dray_err *err)
{
	const struct tree_merge merge = {
		.name = name,
		.ancestor = ancestor != NULL ? &ancestor->oid : NULL,
		.ours = &find(&merging->ours, out->path)->oid,
		.theirs = &theirs->oid,
	};
	struct tree_merged merged = {.size = UINT64_MAX};
	size_t before = merging->conflicts->count;

	DRAY_TRY(trees_merge(merging->session, &merge, merging->conflicts, &merged, err));
	if (merging->conflicts->count > before)
		return DRAY_OK;
	out->oid = merged.oid;
	out->has_size = merged.size != UINT64_MAX;
	out->size = out->has_size ? merged.size : 0;
	out->nfiles = merged.files;
	out->has_nfiles = true;
	return DRAY_OK;
}

/* An out of the outcome, which has our data where we have any. */
static enum dray_status merge_out(
	struct merging *merging, struct dray_out *out, struct dray_err *err)
{
	const struct dray_out *ancestor = find(&merging->ancestor, out->path);
	const struct dray_out *ours = find(&merging->ours, out->path);
	const struct dray_out *theirs = find(&merging->theirs, out->path);
	DRAY_AUTO_STR name = dray_out_name(out, merging->folder);

	if (ours == NULL || theirs == NULL || is_same(ours, theirs) ||
		(ancestor != NULL && is_same(ancestor, theirs)))
		return DRAY_OK;
	if (ancestor != NULL && is_same(ancestor, ours)) {
		copy_data(out, theirs);
		return DRAY_OK;
	}
	if (are_directories(ancestor, ours, theirs))
		return merge_directory(
			merging, name != NULL ? name : out->path, ancestor, theirs, out, err);
	conflicts_add(merging->conflicts, name != NULL ? name : out->path, "");
	return DRAY_OK;
}

static enum dray_status merge_data(struct merging *merging, const struct dray_buf *lines,
	struct dray_buf *out, struct dray_err *err)
{
	__attribute__((cleanup(version_drop))) struct version merged = VERSION_INIT;

	DRAY_TRY(parse(merging, lines, &merged, err));
	for (size_t i = 0; i < merged.pointer.len; i++)
		DRAY_TRY(merge_out(merging, &merged.pointer.outs[i], err));
	if (merging->conflicts->count > 0)
		return DRAY_OK;
	if (merged.pointer.md5 != NULL)
		DRAY_TRY(dray_pointer_seal(&merged.pointer, err));
	dray_pointer_render(&merged.pointer, out);
	return DRAY_OK;
}

/* ------------------------------------------------------------------------ all */

/* Lists of files that are not here may be on a remote. */
static enum dray_status fetch_lists(struct merging *merging, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	const struct pointer_texts *texts = merging->texts;
	const struct dray_buf *const all[] = {&texts->ancestor, &texts->ours, &texts->theirs};

	for (size_t i = 0; i < DRAY_COUNT(all); i++)
		if (all[i]->len > 0)
			DRAY_TRY(dray_tracks_parse(merging->session->repo, texts->name,
				dray_buf_text(all[i]), all[i]->len, &tracks, err));
	return transfer_manifests(merging->session, &tracks, err);
}

static enum dray_status run(struct merging *merging, struct dray_buf *out, struct dray_err *err)
{
	DRAY_AUTO(buf) lines = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(parse(merging, &merging->texts->ancestor, &merging->ancestor, err));
	DRAY_TRY(parse(merging, &merging->texts->ours, &merging->ours, err));
	DRAY_TRY(parse(merging, &merging->texts->theirs, &merging->theirs, err));
	DRAY_TRY(merge_lines(merging, &lines, err));
	/* what did not come is missed, and named, where it is needed */
	dray_ignore(fetch_lists(merging, &unused));
	return merge_data(merging, &lines, out, err);
}

enum dray_status pointers_merge(struct dray_session *session, const struct pointer_texts *texts,
	struct conflicts *conflicts, struct dray_buf *out, struct dray_err *err)
{
	struct merging merging = {
		.session = session,
		.texts = texts,
		.folder = dray_path_dirname(texts->name),
		.ancestor = VERSION_INIT,
		.ours = VERSION_INIT,
		.theirs = VERSION_INIT,
		.conflicts = conflicts,
	};
	enum dray_status status = run(&merging, out, err);

	merging_drop(&merging);
	return status;
}
