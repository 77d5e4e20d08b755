/*
 * pre-push: the data of the commits that git is about to push. git says which refs go where; which
 * commits the other side lacks is what git itself would say, by the refs that it last saw there.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Ids of a first push of a long history. */
#define COMMITS_BYTES_MAX ((size_t)1 << 30)
/* Refs asked about at once: what fits into a command line everywhere. */
#define REFS_AT_ONCE 500

struct pushed {
	struct dray_strs tips;    /* commits, or tags, that are pushed */
	struct dray_strs there;   /* what the other side's refs were */
	struct dray_strs commits; /* to be pushed */
	struct dray_strs known;   /* commits in front of these, which the other side has */
};

static void pushed_drop(struct pushed *pushed)
{
	dray_strs_drop(&pushed->tips);
	dray_strs_drop(&pushed->there);
	dray_strs_drop(&pushed->commits);
	dray_strs_drop(&pushed->known);
}

/* The id or name of a commit: not an option of git's, or a range. */
static bool is_commit(const char *word, size_t len)
{
	return len > 0 && *word != '-' && *word != '^' && memchr(word, ':', len) == NULL;
}

static bool is_null(const char *word, size_t len)
{
	return strspn(word, "0") >= len;
}

/* "<local ref> <local id> <remote ref> <remote id>" */
static enum dray_status take_line(
	struct pushed *pushed, const char *line, size_t len, struct dray_err *err)
{
	const char *words[4];
	size_t lens[4], at = 0;

	for (size_t i = 0; i < 4; i++) {
		words[i] = line + at;
		lens[i] = strcspn(line + at, " \n");
		at += lens[i] + (line[at + lens[i]] == ' ');
	}
	if (at != len || !is_commit(words[1], lens[1]) || !is_commit(words[3], lens[3]))
		return dray_fail(err, DRAY_INVALID, "git told pre-push something else than refs");
	DRAY_AUTO_STR tip = dray_strndup(words[1], lens[1]);
	DRAY_AUTO_STR there = dray_strndup(words[3], lens[3]);
	/* a ref that is deleted takes nothing there */
	if (!is_null(tip, lens[1]))
		dray_strs_add(&pushed->tips, tip);
	if (!is_null(there, lens[3]))
		dray_strs_add(&pushed->there, there);
	return DRAY_OK;
}

static enum dray_status read_refs(struct pushed *pushed, const char *input, struct dray_err *err)
{
	while (*input != '\0') {
		size_t len = strcspn(input, "\n");

		if (len > 0)
			DRAY_TRY(take_line(pushed, input, len, err));
		input += len + (input[len] == '\n');
	}
	dray_strs_sort(&pushed->tips);
	dray_strs_sort(&pushed->there);
	return DRAY_OK;
}

/* Ids, those in front of the range with a '-'. */
static void take_commits(struct pushed *pushed, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		bool is_boundary = *text == '-';
		DRAY_AUTO_STR id = dray_strndup(text + is_boundary, len - is_boundary);

		dray_strs_add(is_boundary ? &pushed->known : &pushed->commits, id);
		text += len + (text[len] == '\n');
	}
}

static enum dray_status list_commits(struct dray_session *session, struct pushed *pushed,
	const char *remote, size_t from, struct dray_err *err)
{
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = COMMITS_BYTES_MAX};
	DRAY_AUTO_STR seen = dray_format("--remotes=%s", remote);

	dray_strs_add(&words, "rev-list");
	dray_strs_add(&words, "--boundary");
	/* what the other side has may be nothing that this clone has */
	dray_strs_add(&words, "--ignore-missing");
	for (size_t i = from; i < pushed->tips.len && i < from + REFS_AT_ONCE; i++)
		dray_strs_add(&words, pushed->tips.items[i]);
	dray_strs_add(&words, "--not");
	dray_strs_add(&words, seen);
	for (size_t i = 0; i < pushed->there.len && i < REFS_AT_ONCE; i++)
		dray_strs_add(&words, pushed->there.items[i]);
	dray_strs_add(&words, "--");
	DRAY_TRY(git_run(session, &words, &answer, err));
	take_commits(pushed, dray_buf_text(&answer));
	return DRAY_OK;
}

enum dray_status dray_ops_hook_pre_push(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	__attribute__((cleanup(pushed_drop))) struct pushed pushed = {.tips = DRAY_STRS_INIT};
	const char *remote = hook->args->len > 0 ? hook->args->items[0] : "";
	const struct dray_transfer_options options = {
		.history = {
			/* a pointer that was malformed once is no reason to push nothing ever again
			 */
			.skip_failed = true,
			.revisions = &pushed.commits,
			.known = &pushed.known,
		}};

	if (session->repo->git == NULL)
		return DRAY_OK;
	DRAY_TRY(read_refs(&pushed, hook->input, err));
	for (size_t from = 0; from < pushed.tips.len; from += REFS_AT_ONCE)
		DRAY_TRY(list_commits(session, &pushed, remote, from, err));
	dray_strs_sort(&pushed.commits);
	dray_strs_sort(&pushed.known);
	if (pushed.commits.len == 0)
		return DRAY_OK;
	enum dray_status status = dray_ops_push(session, &options, err);
	if (status != DRAY_OK && *err->hint == '\0')
		return dray_hint(err, "git push --no-verify leaves the data behind");
	return status;
}
