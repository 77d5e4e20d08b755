/*
 * gitignore(5): asking libgit2 what is ignored, and keeping lines "/<name>"
 * in the .gitignore beside a file.
 *
 * A line matches one name exactly: \ [ ] ! * # ? are escaped by a backslash,
 * as is a blank at the end. A newline or carriage return cannot be written in
 * a line and becomes '?', which then matches any byte in its place.
 */
#include "repository.h"

#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IGNORE_FILE ".gitignore"
#define IGNORE_CEILING_BYTES ((size_t)16 << 20)

static enum dray_status ask(
	struct dray_git *git, const char *name, bool *out_is, struct dray_err *err)
{
	int is_ignored = 0;
	int rc = dray_git2.ignore_path_is_ignored(&is_ignored, git->repo, name);

	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot tell whether git ignores '%s'", name);
	*out_is = is_ignored;
	return DRAY_OK;
}

enum dray_status dray_git_is_ignored(
	struct dray_git *git, const char *name, bool *out_is, struct dray_err *err)
{
	bool is_ignored = false;

	DRAY_TRY(dray_name_check(name, err));
	DRAY_TRY(dray_git_load(git, err));
	/* from the top, since nothing can be included again below an ignored folder; libgit2
	 * judges from the bottom */
	for (const char *slash = strchr(name, '/'); slash != NULL && !is_ignored;
		slash = strchr(slash + 1, '/')) {
		DRAY_AUTO_STR folder = dray_strndup(name, (size_t)(slash - name) + 1);

		DRAY_TRY(ask(git, folder, &is_ignored, err));
	}
	if (!is_ignored)
		DRAY_TRY(ask(git, name, &is_ignored, err));
	*out_is = is_ignored;
	return DRAY_OK;
}

/* The line that ignores exactly `basename`, without its end. */
static char *ignore_line(const char *basename)
{
	DRAY_AUTO(buf) line = DRAY_BUF_INIT;

	dray_buf_putc(&line, '/');
	for (const char *at = basename; *at != '\0'; at++) {
		bool is_last_blank = *at == ' ' && at[1] == '\0';

		/* \t \v \f: libgit2 would end the pattern there */
		if (strchr("\\[]!*#?\t\v\f", *at) != NULL || is_last_blank)
			dray_buf_putc(&line, '\\');
		dray_buf_putc(&line, *at == '\n' || *at == '\r' ? '?' : *at);
	}
	return dray_buf_take(&line);
}

/* A .gitignore in memory. */
struct rules {
	int dir; /* owned; its folder */
	struct dray_buf text;
	mode_t mode;
	bool is_there;
};

static void rules_drop(struct rules *rules)
{
	dray_fd_release(&rules->dir);
	dray_buf_drop(&rules->text);
}

#define AUTO_RULES __attribute__((cleanup(rules_drop))) struct rules

/* The folder of `name` is opened without following symlinks; so is the file read and replaced. */
static enum dray_status read_rules(
	struct dray_git *git, const char *name, struct rules *rules, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(name);
	DRAY_AUTO_FD root = -1;
	struct dray_stat stat;

	DRAY_TRY(dray_os_open_dir(AT_FDCWD, git->workdir, &root, err));
	DRAY_TRY(dray_os_open_beneath(root, parent, false, &rules->dir, err));
	enum dray_status status = dray_os_stat(rules->dir, IGNORE_FILE, &stat, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	/* git does not read it through a symlink either */
	if (stat.type != DRAY_TYPE_FILE)
		return dray_fail(err, DRAY_INVALID, "'%s%s" IGNORE_FILE "' is no regular file",
			parent, *parent != '\0' ? "/" : "");
	rules->is_there = true;
	rules->mode = stat.mode;
	return dray_os_slurp(rules->dir, IGNORE_FILE, IGNORE_CEILING_BYTES, &rules->text, err);
}

static enum dray_status write_rules(
	const struct rules *rules, const struct dray_buf *text, struct dray_err *err)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	if (text->len == 0)
		return dray_os_unlink(rules->dir, IGNORE_FILE, err);
	DRAY_TRY(dray_draft_begin(rules->dir, IGNORE_FILE, 0666, &draft, err));
	if (rules->is_there && dray_os.fchmod(draft.fd, rules->mode) != 0)
		return dray_os_fail(err, errno, "change the mode of", IGNORE_FILE);
	DRAY_TRY(dray_draft_write(&draft, text->data, text->len, err));
	return dray_draft_commit(&draft, err);
}

struct line {
	const char *start;
	size_t len;      /* without its end */
	size_t full_len; /* with it */
};

/* The line that starts at *at, which moves behind it; false at the end. */
static bool next_line(const struct dray_buf *text, size_t *at, struct line *out)
{
	if (*at >= text->len)
		return false;
	const char *start = text->data + *at;
	const char *newline = memchr(start, '\n', text->len - *at);
	size_t len = newline != NULL ? (size_t)(newline - start) : text->len - *at;

	out->start = start;
	out->full_len = newline != NULL ? len + 1 : len;
	out->len = len > 0 && start[len - 1] == '\r' ? len - 1 : len;
	*at += out->full_len;
	return true;
}

static bool is_equal(const struct line *line, const char *wanted)
{
	return line->len == strlen(wanted) && memcmp(line->start, wanted, line->len) == 0;
}

/* The lines that are there with no exception behind them that could undo them. */
static void lines_in_force(const struct dray_buf *text, struct dray_map *out)
{
	struct line line;

	for (size_t at = 0; next_line(text, &at, &line);) {
		if (line.len > 0 && line.start[0] == '!')
			dray_map_drop(out);
		dray_map_add(out, line.start, line.len, 0);
	}
}

static void add_line(struct dray_buf *text, const char *wanted)
{
	struct line first = {.start = NULL};
	size_t at = 0;
	bool is_crlf = next_line(text, &at, &first) && first.full_len == first.len + 2;
	const char *end = is_crlf ? "\r\n" : "\n";

	if (text->len > 0 && text->data[text->len - 1] != '\n')
		dray_buf_puts(text, end);
	dray_buf_puts(text, wanted);
	dray_buf_puts(text, end);
}

/* Names in one folder: its file is read once, and written once if a line is missing. */
static enum dray_status add_in_folder(struct dray_git *git, char *const *names, size_t count,
	bool *out_changed, struct dray_err *err)
{
	AUTO_RULES rules = {.dir = -1};
	DRAY_AUTO(map) known = DRAY_MAP_INIT;
	size_t old_len;

	DRAY_TRY(read_rules(git, names[0], &rules, err));
	old_len = rules.text.len;
	lines_in_force(&rules.text, &known);
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR wanted = ignore_line(dray_path_basename(names[i]));
		bool is_ignored = dray_map_peek(&known, wanted, strlen(wanted)) != NULL;

		if (!is_ignored)
			DRAY_TRY(dray_git_is_ignored(git, names[i], &is_ignored, err));
		if (!is_ignored)
			add_line(&rules.text, wanted);
	}
	*out_changed = rules.text.len != old_len;
	return *out_changed ? write_rules(&rules, &rules.text, err) : DRAY_OK;
}

enum dray_status dray_git_ignore_add(
	struct dray_git *git, const char *name, bool *out_changed, struct dray_err *err)
{
	DRAY_AUTO_STR copy = dray_strdup(name);

	DRAY_TRY(dray_git_need_workdir(git, "edit " IGNORE_FILE, err));
	DRAY_TRY(dray_name_check(name, err));
	return add_in_folder(git, &copy, 1, out_changed, err);
}

static size_t folder_len(const char *name)
{
	return (size_t)(dray_path_basename(name) - name);
}

static int compare_folders(const void *a, const void *b)
{
	const char *left = *(char *const *)a;
	const char *right = *(char *const *)b;
	size_t left_len = folder_len(left);
	size_t right_len = folder_len(right);
	int order = memcmp(left, right, left_len < right_len ? left_len : right_len);

	if (order != 0 || left_len != right_len)
		return order != 0 ? order : left_len < right_len ? -1 : 1;
	return strcmp(left, right);
}

static bool is_one_folder(const char *a, const char *b)
{
	return folder_len(a) == folder_len(b) && memcmp(a, b, folder_len(a)) == 0;
}

static enum dray_status add_sorted(
	struct dray_git *git, char *const *names, size_t count, struct dray_err *err)
{
	bool is_changed;

	for (size_t from = 0; from < count;) {
		size_t to = from + 1;

		while (to < count && is_one_folder(names[from], names[to]))
			to++;
		DRAY_TRY(add_in_folder(git, names + from, to - from, &is_changed, err));
		from = to;
	}
	return DRAY_OK;
}

enum dray_status dray_git_ignore_add_all(
	struct dray_git *git, const struct dray_strs *names, struct dray_err *err)
{
	DRAY_TRY(dray_git_need_workdir(git, "edit " IGNORE_FILE, err));
	for (size_t i = 0; i < names->len; i++)
		DRAY_TRY(dray_name_check(names->items[i], err));
	if (names->len == 0)
		return DRAY_OK;
	char **sorted = dray_calloc(names->len, sizeof *sorted);
	memcpy(sorted, names->items, names->len * sizeof *sorted);
	qsort(sorted, names->len, sizeof *sorted, compare_folders);
	enum dray_status status = add_sorted(git, sorted, names->len, err);
	free(sorted);
	return status;
}

enum dray_status dray_git_ignore_remove(
	struct dray_git *git, const char *name, bool *out_changed, struct dray_err *err)
{
	AUTO_RULES rules = {.dir = -1};
	DRAY_AUTO(buf) kept = DRAY_BUF_INIT;
	DRAY_AUTO_STR wanted = ignore_line(dray_path_basename(name));
	struct line line;

	DRAY_TRY(dray_git_need_workdir(git, "edit " IGNORE_FILE, err));
	DRAY_TRY(dray_name_check(name, err));
	enum dray_status status = read_rules(git, name, &rules, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	for (size_t at = 0; next_line(&rules.text, &at, &line);)
		if (!is_equal(&line, wanted))
			dray_buf_add(&kept, line.start, line.full_len);
	bool is_changed = kept.len != rules.text.len;
	if (is_changed)
		DRAY_TRY(write_rules(&rules, &kept, err));
	*out_changed = is_changed;
	return DRAY_OK;
}
