/*
 * dray log: the commits that changed tracked data.
 *
 * 1. The walk is git's "history simplification": a commit that has the data as one of its parents
 *    has it is passed over, and only that parent is followed. So of two branches that were merged,
 *    the one that brought the data tells.
 * 2. Sums are known at the start and carried along: what a commit changed is taken off for its
 *    parents. Nothing but what differs is ever read.
 */
#include "log.h"

#include <stdlib.h>
#include <string.h>

/* A commit to be looked at, and what the data is called there. */
struct node {
	char hex[65];
	char *name;
	int64_t committed_s;
	struct dray_log_sum sum;
};

struct walk {
	struct dray_log log;
	const struct dray_log_options *options;
	struct dray_map seen; /* commit and name */
	struct dray_map only; /* commits of the range that was asked for; empty: all */
	bool has_only;
	struct node *nodes; /* in no order: there are few at a time */
	size_t len;
	size_t cap;
	uint64_t told;
	bool is_cut;
	bool is_there; /* the start has the data */
};

static void walk_drop(struct walk *walk)
{
	dray_log_drop(&walk->log);
	dray_map_drop(&walk->seen);
	dray_map_drop(&walk->only);
	for (size_t i = 0; i < walk->len; i++)
		free(walk->nodes[i].name);
	free(walk->nodes);
}

/* ----------------------------------------------------------------------- queue */

static bool is_meant(const struct walk *walk, const char *hex)
{
	return !walk->has_only || dray_map_peek(&walk->only, hex, strlen(hex)) != NULL;
}

static enum dray_status push(struct walk *walk, const char *hex, const char *name,
	const struct dray_log_sum *sum, struct dray_err *err)
{
	DRAY_AUTO_STR key = dray_format("%s %s", hex, name);
	struct dray_git_commit commit = DRAY_GIT_COMMIT_INIT;

	if (!is_meant(walk, hex) || !dray_map_add(&walk->seen, key, strlen(key), 0))
		return DRAY_OK;
	DRAY_TRY(dray_git_commit_read(walk->log.session->repo->git, hex, &commit, err));
	DRAY_GROW(walk->nodes, walk->len, walk->cap);
	struct node *node = &walk->nodes[walk->len++];
	*node = (struct node){
		.name = dray_strdup(name), .committed_s = commit.committed_s, .sum = *sum};
	memcpy(node->hex, commit.hex, sizeof node->hex);
	dray_git_commit_drop(&commit);
	return DRAY_OK;
}

/* The newest one. */
static struct node pop(struct walk *walk)
{
	size_t newest = 0;

	for (size_t i = 1; i < walk->len; i++)
		if (walk->nodes[i].committed_s > walk->nodes[newest].committed_s)
			newest = i;
	struct node node = walk->nodes[newest];
	walk->nodes[newest] = walk->nodes[--walk->len];
	return node;
}

/* ---------------------------------------------------------------------- telling */

#define FACTS_MAX 10

static const char *state_of(const struct dray_log_delta *delta)
{
	if (delta->from != NULL)
		return "renamed";
	return delta->old.len == 0 ? "added" : delta->new.len == 0 ? "deleted" : "modified";
}

static enum dray_status tell(struct walk *walk, const struct dray_git_commit *commit,
	const struct node *node, const struct dray_log_delta *delta, struct dray_err *err)
{
	struct dray_log_counts counts;
	char date[DRAY_TIME_TEXT_MAX];

	DRAY_TRY(log_count(&walk->log, delta, node->name, &counts, err));
	const struct dray_fact facts[FACTS_MAX] = {
		{.key = "commit", .text = commit->hex},
		{.key = "author", .text = commit->author},
		{.key = "email", .text = commit->email},
		{.key = "date",
			.text = dray_show_time(commit->authored_s, commit->zone_minutes, date)},
		{.key = "subject", .text = commit->subject},
		{.key = "files_added", .number = counts.added},
		{.key = "files_modified", .number = counts.modified},
		{.key = "files_deleted", .number = counts.deleted},
		{.key = "bytes_added", .number = counts.bytes_added},
		{.key = "bytes_deleted", .number = counts.bytes_deleted},
	};
	report_item(
		walk->log.session->report, &(struct dray_item){
						   .state = state_of(delta),
						   .path = node->name,
						   .from = delta->from,
						   .size = node->sum.bytes,
						   .has_size = node->sum.is_known,
						   .files = node->sum.files,
						   .has_files = node->sum.is_known,
						   .facts = facts,
						   .facts_len = !counts.is_known    ? FACTS_MAX - 5
								: !counts.has_bytes ? FACTS_MAX - 2
										    : FACTS_MAX,
					   });
	walk->told++;
	return DRAY_OK;
}

static void tell_cut(struct walk *walk, const struct dray_git_commit *commit)
{
	if (!walk->is_cut)
		session_note(walk->log.session,
			"history ends at commit %.10s: this is a shallow clone; "
			"'git fetch --unshallow' gets the rest",
			commit->hex);
	walk->is_cut = true;
}

/* ------------------------------------------------------------------------- walk */

/* What the parent has, given what the commit has. */
static struct dray_log_sum sum_before(
	const struct dray_log_sum *after, const struct dray_log_delta *delta)
{
	struct dray_log_sum old = log_sum(&delta->old), new = log_sum(&delta->new);
	struct dray_log_sum before = {.is_known = after->is_known && old.is_known && new.is_known &&
						  after->bytes >= new.bytes &&
						  after->files >= new.files};

	if (before.is_known) {
		before.bytes = after->bytes - new.bytes + old.bytes;
		before.files = after->files - new.files + old.files;
	} else if (new.is_known &&new.bytes == 0 && new.files == 0) {
		before = old; /* it was not there: a new beginning */
	}
	if (delta->from != NULL)
		before = *after;
	return before;
}

static enum dray_status visit_root(struct walk *walk, const struct dray_git_commit *commit,
	const struct node *node, struct dray_err *err)
{
	DRAY_AUTO(log_delta) delta = LOG_DELTA_INIT;

	if (commit->is_cut) {
		tell_cut(walk, commit);
		return DRAY_OK;
	}
	DRAY_TRY(log_compare(&walk->log, NULL, commit->hex, node->name, &delta, err));
	return delta.is_changed ? tell(walk, commit, node, &delta, err) : DRAY_OK;
}

/* The first parent is told of; the others are only followed. */
static enum dray_status visit_parents(struct walk *walk, const struct dray_git_commit *commit,
	const struct node *node, struct dray_log_delta *deltas, struct dray_err *err)
{
	const struct dray_strs *parents = &commit->parents;

	for (size_t i = 0; i < parents->len; i++) {
		DRAY_TRY(log_compare(
			&walk->log, parents->items[i], commit->hex, node->name, &deltas[i], err));
		if (!deltas[i].is_changed)
			return push(walk, parents->items[i], node->name, &node->sum, err);
	}
	DRAY_TRY(tell(walk, commit, node, &deltas[0], err));
	for (size_t i = 0; i < parents->len; i++) {
		const struct dray_log_sum before = sum_before(&node->sum, &deltas[i]);
		const char *from = deltas[i].from;

		DRAY_TRY(push(
			walk, parents->items[i], from != NULL ? from : node->name, &before, err));
	}
	return DRAY_OK;
}

static enum dray_status visit(struct walk *walk, const struct node *node, struct dray_err *err)
{
	struct dray_git_commit commit = DRAY_GIT_COMMIT_INIT;
	enum dray_status status;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_git_commit_read(walk->log.session->repo->git, node->hex, &commit, err));
	if (commit.parents.len == 0) {
		status = visit_root(walk, &commit, node, err);
	} else {
		struct dray_log_delta *deltas = dray_calloc(commit.parents.len, sizeof *deltas);

		status = visit_parents(walk, &commit, node, deltas, err);
		for (size_t i = 0; i < commit.parents.len; i++)
			dray_log_delta_drop(&deltas[i]);
		free(deltas);
	}
	dray_git_commit_drop(&commit);
	return status;
}

/* ------------------------------------------------------------------------ start */

/* A pointer stands for its data. */
static char *data_of(const struct dray_tracks *tracks, const char *name)
{
	for (size_t i = 0; i < tracks->len; i++)
		if (strcmp(tracks->items[i].file->name, name) == 0)
			return dray_strdup(tracks->items[i].name);
	return dray_strdup(name);
}

/* The commit that it begins with; of a range its end, and the range is what is meant. */
static enum dray_status find_start(struct walk *walk, char out_hex[65], struct dray_err *err)
{
	struct dray_git *git = walk->log.session->repo->git;
	const char *rev = walk->options->rev != NULL ? walk->options->rev : "HEAD";
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	char ends[2][65];

	if (git == NULL)
		return dray_fail(err, DRAY_USAGE, "this repository has no git, hence no history");
	if (!dray_git_is_range(rev))
		return dray_git_resolve(git, rev, out_hex, err);
	if (strstr(rev, "...") != NULL) {
		dray_fail(err, DRAY_USAGE, "'%s' has two ends: history is told from one", rev);
		return dray_hint(err, "A..B is what B has and A has not");
	}
	DRAY_TRY(dray_git_range(git, rev, &commits, err));
	DRAY_TRY(dray_git_merge_base(git, rev, ends, err));
	for (size_t i = 0; i < commits.len; i++)
		dray_map_add(&walk->only, commits.items[i], strlen(commits.items[i]), 0);
	walk->has_only = true;
	memcpy(out_hex, ends[1], sizeof ends[1]);
	return DRAY_OK;
}

static enum dray_status begin(struct walk *walk, struct dray_err *err)
{
	struct dray_session *session = walk->log.session;
	const char *target = walk->options->target;
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO_STR typed = NULL;
	struct dray_log_sum sum;
	char hex[65];

	DRAY_TRY(find_start(walk, hex, err));
	DRAY_TRY(dray_repo_name(session->repo, session->prefix,
		target != NULL ? target : session->repo->root, &typed, err));
	DRAY_TRY(tracks_of_commit(session, hex, &tracks, err));
	DRAY_AUTO_STR name = data_of(&tracks, typed);
	DRAY_TRY(log_measure(&walk->log, &tracks, name, &sum, &walk->is_there, err));
	return push(walk, hex, name, &sum, err);
}

static enum dray_status run(struct walk *walk, struct dray_err *err)
{
	uint64_t limit = walk->options->limit;

	DRAY_TRY(begin(walk, err));
	while (walk->len > 0 && (limit == 0 || walk->told < limit)) {
		struct node node = pop(walk);
		enum dray_status status = visit(walk, &node, err);

		free(node.name);
		DRAY_TRY(status);
	}
	if (walk->told > 0 || walk->is_there || walk->is_cut || walk->has_only ||
		walk->options->target == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_NOT_FOUND, "'%s' is tracked in no commit", walk->options->target);
	return dray_hint(
		err, "'dray ls' lists what is tracked; other branches are seen with --rev");
}

enum dray_status dray_ops_log(
	struct dray_session *session, const struct dray_log_options *options, struct dray_err *err)
{
	__attribute__((cleanup(walk_drop))) struct walk walk = {
		.log = {.session = session}, .options = options};

	return run(&walk, err);
}
