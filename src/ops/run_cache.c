/*
 * The runs of stages that DVC remembers, between the cache and a remote: "<cache>/runs" and
 * "<remote>/runs". Only what proves to be a run is taken; nothing of it is acted on here.
 */
#include "run_cache.h"

#include "outside.h"

#include <stdlib.h>
#include <string.h>

#define RUNS "runs"

/* ------------------------------------------------------------------- finding */

static enum dray_status list_names(
	const char *folder, struct dray_strs *out_names, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;

	enum dray_status status =
		dray_os_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++)
		dray_strs_add(out_names, dirents.items[i].name);
	return DRAY_OK;
}

/* Names of runs in or below `folder` of `top`, `levels` deep; what is none is passed over. */
static enum dray_status find_runs(const char *top, const char *folder, unsigned levels,
	struct dray_strs *out_runs, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO_STR path = dray_path_join(top, folder);
	DRAY_AUTO_STR name = NULL;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(list_names(path, &names, err));
	for (size_t i = 0; i < names.len; i++) {
		dray_str_release(&name);
		name = dray_path_join(folder, names.items[i]);
		DRAY_AUTO_STR full = dray_path_join(top, name);

		if (levels > 1 && dray_os_is_dir(AT_FDCWD, full))
			DRAY_TRY(find_runs(top, name, levels - 1, out_runs, err));
		else if (levels == 1 && dray_run_is_name(name))
			dray_strs_add(out_runs, name);
	}
	return DRAY_OK;
}

static char *runs_of(const struct dray_session *session)
{
	return dray_path_join(dray_store_path(session->store), RUNS);
}

/* A new file for a run in the cache. */
static enum dray_status begin_run(struct dray_session *session, const char *name,
	struct dray_draft *draft, struct dray_err *err)
{
	DRAY_AUTO_STR top = runs_of(session);
	DRAY_AUTO_STR path = dray_path_join(top, name);
	DRAY_AUTO_STR folder = dray_path_dirname(path);

	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	return dray_draft_begin(AT_FDCWD, path, 0666, draft, err);
}

enum dray_status runs_keep(
	struct dray_session *session, const char *text, size_t len, struct dray_err *err)
{
	DRAY_AUTO_STR top = runs_of(session);
	DRAY_AUTO_STR name = NULL;
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	if (len > DRAY_RUN_BYTES_MAX)
		return DRAY_OK; /* nobody would read it */
	DRAY_TRY(dray_run_name(text, len, "run", &name, err));
	DRAY_AUTO_STR path = dray_path_join(top, name);
	if (dray_os_exists(AT_FDCWD, path))
		return DRAY_OK;
	DRAY_TRY(begin_run(session, name, &draft, err));
	DRAY_TRY(dray_draft_write(&draft, text, len, err));
	return dray_draft_replace(&draft, err);
}

/* ---------------------------------------------------------------------- push */

static enum dray_status send_run(
	struct dray_remote *remote, const char *folder, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(folder, name);
	DRAY_AUTO_STR key = dray_path_join(RUNS, name);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_oid oid;

	DRAY_TRY(dray_os_slurp(AT_FDCWD, path, DRAY_RUN_BYTES_MAX, &text, err));
	DRAY_TRY(dray_run_check(name, dray_buf_text(&text), text.len, err));
	dray_hash(DRAY_SHA256, dray_buf_text(&text), text.len, &oid);
	DRAY_TRY(dray_os_open(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, &fd, err));
	const struct dray_transit object = {.key = key, .oid = &oid, .fd = fd, .size = text.len};
	return dray_remote_put(remote, &object, err);
}

/* What is there already is the same. */
static enum dray_status send_runs(struct dray_session *session, struct dray_remote *remote,
	const struct dray_strs *runs, uint64_t *count, struct dray_err *err)
{
	DRAY_AUTO_STR folder = runs_of(session);

	DRAY_TRY(dray_remote_prepare(remote, err));
	for (size_t i = 0; i < runs->len; i++) {
		DRAY_AUTO_STR key = dray_path_join(RUNS, runs->items[i]);
		const char *keys[] = {key};
		bool has = false;

		DRAY_TRY(dray_remote_exists(remote, keys, 1, false, &has, err));
		if (has)
			continue;
		enum dray_status status = send_run(remote, folder, runs->items[i], err);
		if (status == DRAY_CORRUPT || status == DRAY_INVALID) {
			session_note(session, "%s: left out", err->text);
			continue;
		}
		DRAY_TRY(status);
		++*count;
	}
	return dray_remote_flush(remote, err);
}

static void tell(struct dray_session *session, uint64_t count, const char *done)
{
	report_total(session->report, "runs", count);
	if (count > 0)
		session_note(session, "%llu runs of stages %s", (unsigned long long)count, done);
}

enum dray_status runs_push(
	struct dray_session *session, const char *name, unsigned jobs, struct dray_err *err)
{
	DRAY_AUTO_STR folder = runs_of(session);
	DRAY_AUTO(strs) runs = DRAY_STRS_INIT;
	struct dray_remote *remote = NULL;
	uint64_t count = 0;

	DRAY_TRY(find_runs(folder, "", 3, &runs, err));
	if (runs.len == 0)
		return DRAY_OK;
	DRAY_TRY(remote_open_named(session, name, jobs, &remote, err));
	enum dray_status status = send_runs(session, remote, &runs, &count, err);
	dray_remote_close(remote);
	DRAY_TRY(status);
	tell(session, count, "pushed");
	return DRAY_OK;
}

/* ---------------------------------------------------------------------- fetch */

/* Into the draft, and what is in it by then. */
static enum dray_status read_run(struct dray_outside *from, const char *name,
	struct dray_draft *draft, struct dray_buf *text, struct dray_err *err)
{
	if (from->path == NULL) {
		DRAY_TRY(dray_address_get(from->address, name, draft->fd, NULL, NULL, err));
		return dray_os_slurp(draft->dir, draft->temp, DRAY_RUN_BYTES_MAX, text, err);
	}
	DRAY_AUTO_STR path = dray_path_join(from->path, name);
	DRAY_TRY(dray_os_slurp(AT_FDCWD, path, DRAY_RUN_BYTES_MAX, text, err));
	return dray_draft_write(draft, dray_buf_text(text), text->len, err);
}

static enum dray_status take_run(struct dray_session *session, struct dray_outside *from,
	const char *name, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	DRAY_TRY(begin_run(session, name, &draft, err));
	DRAY_TRY(read_run(from, name, &draft, &text, err));
	DRAY_TRY(dray_run_check(name, dray_buf_text(&text), text.len, err));
	return dray_draft_replace(&draft, err);
}

static enum dray_status look(
	struct dray_outside *from, struct dray_strs *out_runs, struct dray_err *err)
{
	if (from->path != NULL)
		return find_runs(from->path, "", 3, out_runs, err);
	enum dray_status status = outside_look(from, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	for (size_t i = 0; i < from->len; i++)
		if (dray_run_is_name(from->files[i].path) &&
			from->files[i].size <= DRAY_RUN_BYTES_MAX)
			dray_strs_add(out_runs, from->files[i].path);
	return DRAY_OK;
}

static enum dray_status take_runs(struct dray_session *session, struct dray_outside *from,
	uint64_t *count, struct dray_err *err)
{
	DRAY_AUTO(strs) runs = DRAY_STRS_INIT;
	DRAY_AUTO_STR top = runs_of(session);

	DRAY_TRY(look(from, &runs, err));
	for (size_t i = 0; i < runs.len; i++) {
		DRAY_AUTO_STR path = dray_path_join(top, runs.items[i]);

		if (dray_os_exists(AT_FDCWD, path))
			continue;
		enum dray_status status = take_run(session, from, runs.items[i], err);
		if (status == DRAY_CORRUPT || status == DRAY_INVALID) {
			session_note(session, "%s: left out", err->text);
			continue;
		}
		DRAY_TRY(status);
		++*count;
	}
	return DRAY_OK;
}

enum dray_status runs_fetch(struct dray_session *session, const char *name, struct dray_err *err)
{
	DRAY_AUTO(outside) from = OUTSIDE_INIT;
	DRAY_AUTO_STR chosen = NULL;
	uint64_t count = 0;

	DRAY_TRY(remote_choose(session->repo, name, &chosen, err));
	DRAY_AUTO_STR url = dray_format("remote://%s/" RUNS, chosen);
	enum dray_status status = outside_open(session, url, NULL, NULL, &from, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK; /* no runs there */
	DRAY_TRY(status);
	DRAY_TRY(take_runs(session, &from, &count, err));
	tell(session, count, "fetched");
	return DRAY_OK;
}
