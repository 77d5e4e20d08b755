/* dray archive: code and data of a revision as one file. */
#include "archive.h"

#include <stdlib.h>
#include <string.h>

static enum dray_status choose_kind(const struct dray_archive_options *options,
	enum dray_archive_kind *out_kind, struct dray_err *err)
{
	*out_kind = DRAY_ARCHIVE_TAR;
	if (options->format != NULL) {
		if (dray_archive_parse(options->format, out_kind))
			return DRAY_OK;
		dray_fail(err, DRAY_USAGE, "'%s' is no kind of archive", options->format);
		return dray_hint(err, "there are tar, tar.gz, tar.zst and zip");
	}
	if (options->out == NULL || dray_archive_kind_of(options->out, out_kind))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' does not say what kind of archive it is to be",
		options->out);
	return dray_hint(err, "call it .tar, .tar.gz, .tar.zst or .zip, or say it with --format");
}

/* "p/" and "p" are the folder p. */
static enum dray_status take_prefix(const char *typed, char **out_prefix, struct dray_err *err)
{
	struct dray_err why = DRAY_ERR_INIT;
	DRAY_AUTO_STR prefix = dray_strdup(typed != NULL ? typed : "");

	for (size_t len = strlen(prefix); len > 0 && prefix[len - 1] == '/'; len--)
		prefix[len - 1] = '\0';
	if (typed != NULL && *typed != '\0' && dray_name_check(prefix, &why) != DRAY_OK)
		return dray_fail(
			err, DRAY_USAGE, "--prefix '%s' is no folder: %s", typed, why.text);
	*out_prefix = prefix;
	prefix = NULL;
	return DRAY_OK;
}

static enum dray_status refuse_without_git(const struct dray_session *session, struct dray_err *err)
{
	if (session->repo->git != NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_UNSUPPORTED, "a repository without git has no revisions");
	return dray_hint(err, "tar holds the folder as it is");
}

static enum dray_status plan(struct dray_session *session,
	const struct dray_archive_options *options, struct archive_plan *out, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	for (size_t i = 0; options->targets != NULL && i < options->targets->len; i++) {
		DRAY_AUTO_STR name = NULL;

		DRAY_TRY(dray_repo_name(
			session->repo, session->prefix, options->targets->items[i], &name, err));
		DRAY_AUTO_STR git_name = dray_repo_git_name(session->repo, name);
		dray_strs_add(&names, git_name);
	}
	dray_strs_sort(&names);
	out->supplies.jobs = options->jobs;
	out->supplies.progress = &session->report->progress;
	DRAY_TRY(refuse_without_git(session, err));
	DRAY_TRY(source_of_own(session, options->revision, &out->source, err));
	return archive_plan_make(out, session, &names, options->only_data, err);
}

static enum dray_status write_to(struct archive_job *job, enum dray_archive_kind kind, int fd,
	const char *path, struct dray_err *err)
{
	DRAY_TRY(dray_archive_writer_open(kind, fd, path, &job->writer, err));
	enum dray_status status = archive_write(job, err);
	dray_archive_writer_close(job->writer);
	return status;
}

/* A draft until it is whole. */
static enum dray_status write_file(struct archive_job *job, enum dray_archive_kind kind,
	const char *path, struct dray_err *err)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	DRAY_TRY(dray_draft_begin(AT_FDCWD, path, 0666, &draft, err));
	DRAY_TRY(write_to(job, kind, draft.fd, path, err));
	return dray_draft_commit(&draft, err);
}

static void tell(struct dray_session *session, const struct archive_plan *plan, const char *path)
{
	uint64_t bytes = atomic_load(&session->report->progress.bytes_done);

	report_item(session->report, &(struct dray_item){
					     .state = "archived",
					     .path = path,
					     .value = plan->source->commit,
					     .files = plan->len,
					     .has_files = true,
					     .is_path_literal = true,
				     });
	report_total(session->report, "files", plan->len);
	report_total(session->report, "bytes", bytes);
}

enum dray_status dray_ops_archive(struct dray_session *session,
	const struct dray_archive_options *options, struct dray_err *err)
{
	__attribute__((cleanup(archive_plan_drop))) struct archive_plan found = {
		.supplies = SUPPLIES_INIT};
	enum dray_archive_kind kind;
	DRAY_AUTO_STR prefix = NULL;

	DRAY_TRY(choose_kind(options, &kind, err));
	DRAY_TRY(take_prefix(options->prefix, &prefix, err));
	DRAY_TRY(plan(session, options, &found, err));
	struct archive_job job = {
		.plan = &found,
		.prefix = prefix,
		.scratch = session->repo->state_dir,
		.progress = &session->report->progress,
	};
	if (options->out == NULL)
		return write_to(&job, kind, options->fd, "standard output", err);
	DRAY_TRY(write_file(&job, kind, options->out, err));
	tell(session, &found, options->out);
	return DRAY_OK;
}
