/*
 * git's merge driver for pointers. git gives three files, in the top of its work tree, and takes
 * the second one as the outcome. Where pointers do not merge, that is what git alone would have
 * made of it: the text of both sides with conflict marks.
 */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

#define GIT_WAIT_MS 60000
#define OUTPUT_BYTES_MAX ((size_t)4096)

/*
 * The repository that the pointer is in, which may be one of several in the work tree: that above
 * the nearest folder of its path that exists.
 */
static enum dray_status open_above(const char *path, struct dray_report *report,
	struct dray_session **out_session, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);

	while (*folder != '\0' && !dray_os_is_dir(AT_FDCWD, folder)) {
		char *above = dray_path_dirname(folder);

		free(folder);
		folder = above;
	}
	return dray_session_open(*folder != '\0' ? folder : ".", report, out_session, err);
}

static enum dray_status read_texts(
	const struct dray_merge_options *options, struct pointer_texts *out, struct dray_err *err)
{
	DRAY_TRY(dray_os_slurp(
		AT_FDCWD, options->ancestor, DRAY_POINTER_BYTES_MAX, &out->ancestor, err));
	DRAY_TRY(dray_os_slurp(AT_FDCWD, options->our, DRAY_POINTER_BYTES_MAX, &out->ours, err));
	return dray_os_slurp(AT_FDCWD, options->their, DRAY_POINTER_BYTES_MAX, &out->theirs, err);
}

static enum dray_status tell_conflicts(struct dray_session *session,
	const struct conflicts *conflicts, const char *name, struct dray_err *err)
{
	for (size_t i = 0; i < conflicts->names.len; i++)
		report_item(session->report, &(struct dray_item){.state = "conflict",
						     .path = conflicts->names.items[i]});
	if (conflicts->count > conflicts->names.len)
		session_note(session, "and %zu more", conflicts->count - conflicts->names.len);
	dray_fail(err, DRAY_FAILED, "'%s': both sides changed %zu file%s", name, conflicts->count,
		conflicts->count == 1 ? "" : "s");
	return dray_hint(err,
		"take a side with 'git checkout --ours' or '--theirs', then run 'dray checkout'");
}

static enum dray_status merge(struct dray_session *session,
	const struct dray_merge_options *options, struct pointer_texts *texts, struct dray_err *err)
{
	__attribute__((cleanup(conflicts_drop))) struct conflicts conflicts = {.count = 0};
	DRAY_AUTO(buf) merged = DRAY_BUF_INIT;

	DRAY_TRY(read_texts(options, texts, err));
	DRAY_TRY(pointers_merge(session, texts, &conflicts, &merged, err));
	if (conflicts.count > 0)
		return tell_conflicts(session, &conflicts, texts->name, err);
	return dray_os_publish(
		AT_FDCWD, options->our, dray_buf_text(&merged), merged.len, 0666, err);
}

/* What git would have done. */
static void leave_to_git(const struct dray_merge_options *options)
{
	const char *const argv[] = {"git", "merge-file", "--quiet", "-L", "ours", "-L", "base",
		"-L", "theirs", options->our, options->ancestor, options->their, NULL};
	DRAY_AUTO(buf) output = {.ceiling_bytes = OUTPUT_BYTES_MAX};
	struct dray_err unused = DRAY_ERR_INIT;

	/* it fails with the number of conflicts; without git, ours stays as it is */
	dray_ignore(dray_os_run(argv, GIT_WAIT_MS, &output, &unused));
}

enum dray_status dray_ops_merge_driver(
	const struct dray_merge_options *options, struct dray_report *report, struct dray_err *err)
{
	const char *path = options->path != NULL ? options->path : "";
	struct dray_session *session = NULL;
	enum dray_status status = open_above(path, report, &session, err);

	if (status == DRAY_OK) {
		const char *name = name_of_git(session, path);
		struct pointer_texts texts = {.name = name != NULL ? name : path};

		status = merge(session, options, &texts, err);
		dray_buf_drop(&texts.ancestor);
		dray_buf_drop(&texts.ours);
		dray_buf_drop(&texts.theirs);
	}
	dray_session_close(session);
	if (status != DRAY_OK)
		leave_to_git(options);
	return status;
}
