/*
 * What of the needed is to stay in the cache when it may go as soon as a remote has it.
 *
 * An object that several outs need, each with a remote of its own, stays until all of these have
 * it: each is where somebody will look. Whether a remote has an object is asked of the object; a
 * manifest that is there vouches for nothing here.
 */
#include "needs.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct dray_needs *needs;
	const struct dray_history *history;
	const char *remote; /* of outs that name none */
	unsigned jobs;
	struct dray_strs remotes;
	struct dray_map absent; /* to DRAY_NEED_KEPT */
};

static void search_drop(struct search *search)
{
	dray_strs_drop(&search->remotes);
	dray_map_drop(&search->absent);
}

static enum dray_status note_remote(
	void *ctx, const struct dray_track *track, bool is_in_history, struct dray_err *err)
{
	struct search *search = ctx;
	const char *own = dray_track_out(track)->remote;

	(void)is_in_history;
	(void)err;
	dray_strs_add(&search->remotes, own != NULL ? own : search->remote);
	return DRAY_OK;
}

#define ASK_AT_ONCE 16384

struct question {
	struct dray_oid oids[ASK_AT_ONCE];
	char texts[ASK_AT_ONCE][DRAY_OID_KEY_MAX];
	const char *keys[ASK_AT_ONCE];
	bool has[ASK_AT_ONCE];
	size_t len;
};

static enum dray_status ask(struct search *search, struct dray_remote *remote,
	struct question *question, struct dray_err *err)
{
	DRAY_TRY(dray_os_check_cancel(err));
	if (question->len > 0)
		DRAY_TRY(dray_remote_exists(
			remote, question->keys, question->len, false, question->has, err));
	for (size_t i = 0; i < question->len; i++)
		if (!question->has[i])
			dray_map_add(&search->absent, &question->oids[i], sizeof question->oids[i],
				DRAY_NEED_KEPT);
	question->len = 0;
	return DRAY_OK;
}

static enum dray_status ask_all(struct search *search, struct dray_remote *remote,
	const struct dray_map *oids, struct question *question, struct dray_err *err)
{
	const void *key;
	size_t len;
	uint64_t need;

	for (size_t at = 0; dray_map_next(oids, &at, &key, &len, &need);) {
		struct dray_oid *oid = &question->oids[question->len];

		memcpy(oid, key, sizeof *oid);
		question->keys[question->len] = dray_oid_key(oid, question->texts[question->len]);
		if (++question->len == ASK_AT_ONCE)
			DRAY_TRY(ask(search, remote, question, err));
	}
	return ask(search, remote, question, err);
}

/* What the outs of this remote need, asked of it. */
static enum dray_status search_remote(struct search *search, const char *name, struct dray_err *err)
{
	struct dray_session *session = search->needs->session;
	struct dray_remote *remote = NULL;
	struct dray_needs part = {
		.session = session,
		.may_fetch = true, /* what the cache lacks need not be read: it cannot go from it */
		.remote = name,
		.remote_of_others = search->remote,
	};

	enum dray_status status = needs_mark(&part, search->history, err);
	if (status == DRAY_OK)
		status = remote_open_named(session, name, search->jobs, &remote, err);
	if (status == DRAY_OK) {
		struct question *question = dray_alloc(sizeof *question);

		question->len = 0;
		status = ask_all(search, remote, &part.oids, question, err);
		free(question);
	}
	dray_remote_close(remote);
	dray_needs_drop(&part);
	return status;
}

static enum dray_status search_all(struct search *search, struct dray_err *err)
{
	struct dray_progress *progress = &search->needs->session->report->progress;

	DRAY_TRY(outs_each(search->needs->session, search->history, note_remote, search, err));
	dray_strs_sort(&search->remotes);
	for (size_t i = 0; i < search->remotes.len; i++) {
		dray_progress_begin(progress, "asking the remote");
		DRAY_TRY(search_remote(search, search->remotes.items[i], err));
	}
	return DRAY_OK;
}

enum dray_status needs_leave_to_remotes(struct dray_needs *needs,
	const struct dray_history *history, const char *remote, unsigned jobs, struct dray_err *err)
{
	struct search search = {.needs = needs, .history = history, .remote = remote, .jobs = jobs};

	enum dray_status status = search_all(&search, err);
	if (status == DRAY_OK) {
		dray_map_drop(&needs->oids);
		needs->oids = search.absent;
		search.absent = (struct dray_map)DRAY_MAP_INIT;
	}
	search_drop(&search);
	return status;
}
