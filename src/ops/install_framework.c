/*
 * Entries for pre-commit (pre-commit.com), which has hooks of its own and calls what its file of
 * settings lists. The file is tracked by git: an entry does nothing for those without dray.
 *
 * Our lines are the first items of the list, between two marks: so they have a place in every file
 * that has its list in lines, and can be taken away to the byte.
 */
#include "hook_text.h"
#include "install.h"

#include <string.h>

#define FILE_NAME ".pre-commit-config.yaml"
#define FILE_BYTES_MAX ((size_t)4 << 20)
#define LIST "repos:"
#define BEGIN "# Written by 'dray install', down to its end.\n"
#define END "# The end of what 'dray install' wrote.\n"

/* The line behind that of the list; NULL: there is no list, or not one in lines. */
static const char *find_list(const char *text)
{
	const char *line = text;

	while (strncmp(line, LIST, strlen(LIST)) != 0) {
		line = strchr(line, '\n');
		if (line == NULL)
			return NULL;
		line++;
	}
	line += strlen(LIST);
	line += strspn(line, " \t");
	if (*line == '#')
		line += strcspn(line, "\n");
	return *line == '\n' ? line + 1 : NULL;
}

/* How far items of the list are indented; -1: what follows is no item. */
static int find_indent(const char *line)
{
	for (;;) {
		size_t blank = strspn(line, " ");

		if (line[blank] == '-')
			return (int)blank;
		if (line[blank] == '\0')
			return 0;
		if (line[blank] != '#' && line[blank] != '\n')
			return -1;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

static void put_entries(struct dray_buf *out, int indent)
{
	dray_buf_printf(out, "%*s" BEGIN, indent, "");
	dray_buf_printf(out, "%*s- repo: local\n%*s  hooks:\n", indent, "", indent, "");
	for (size_t i = 0; i < hook_kinds_len; i++) {
		const char *name = hook_kinds[i].name;

		dray_buf_printf(out, "%*s  - id: dray-%s\n", indent, "", name);
		dray_buf_printf(out, "%*s    name: dray %s\n", indent, "", name);
		dray_buf_printf(out,
			"%*s    entry: sh -c '! command -v dray >/dev/null || exec dray git-hook "
			"%s'\n",
			indent, "", name);
		dray_buf_printf(out,
			"%*s    language: system\n%*s    always_run: true\n"
			"%*s    pass_filenames: false\n%*s    verbose: true\n%*s    stages: [%s]\n",
			indent, "", indent, "", indent, "", indent, "", indent, "", name);
	}
	dray_buf_printf(out, "%*s" END, indent, "");
}

/* Start of the line in which `at` is. */
static size_t line_start(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return (size_t)(at - text);
}

/* The file's text without our lines. */
static void leave_out(const struct dray_buf *old, struct dray_buf *out)
{
	const char *text = dray_buf_text(old);
	const char *begin = strstr(text, BEGIN);
	const char *end = begin != NULL ? strstr(begin, END) : NULL;

	if (end == NULL) {
		dray_buf_add(out, text, old->len);
		return;
	}
	dray_buf_add(out, text, line_start(text, begin));
	dray_buf_puts(out, end + strlen(END));
}

static enum dray_status insert(
	const char *path, const struct dray_buf *old, struct dray_buf *out, struct dray_err *err)
{
	const char *text = old->len > 0 ? dray_buf_text(old) : LIST "\n";
	const char *list = find_list(text);
	int indent = list != NULL ? find_indent(list) : -1;

	if (indent < 0) {
		dray_fail(err, DRAY_UNSUPPORTED, "'%s' has no list '" LIST "' in lines", path);
		return dray_hint(err, "write the list as 'pre-commit sample-config' does");
	}
	dray_buf_add(out, text, (size_t)(list - text));
	put_entries(out, indent);
	dray_buf_puts(out, list);
	return DRAY_OK;
}

static enum dray_status read_file(const char *path, struct dray_buf *out, struct dray_err *err)
{
	enum dray_status status = dray_os_slurp(AT_FDCWD, path, FILE_BYTES_MAX, out, err);

	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	if (strlen(dray_buf_text(out)) != out->len)
		return dray_fail(err, DRAY_INVALID, "'%s' is no text", path);
	return DRAY_OK;
}

/* pre-commit looks in the top of git's work tree. */
static char *file_path(const struct install *install)
{
	return dray_path_join(dray_git_workdir(install->session->repo->git), FILE_NAME);
}

enum dray_status install_framework(struct install *install, struct dray_err *err)
{
	DRAY_AUTO(buf) old = DRAY_BUF_INIT;
	DRAY_AUTO(buf) bare = DRAY_BUF_INIT;
	DRAY_AUTO(buf) new = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = file_path(install);
	const char *state = "unchanged";

	DRAY_TRY(read_file(path, &old, err));
	leave_out(&old, &bare);
	DRAY_TRY(insert(path, &bare, &new, err));
	if (old.len != new.len || memcmp(old.data, new.data, new.len) != 0) {
		DRAY_TRY(dray_os_publish(AT_FDCWD, path, new.data, new.len, 0666, err));
		state = old.len == 0 ? "created" : "updated";
	}
	install_tell(install, state, path);
	return DRAY_OK;
}

enum dray_status uninstall_framework(struct install *install, struct dray_err *err)
{
	DRAY_AUTO(buf) old = DRAY_BUF_INIT;
	DRAY_AUTO(buf) bare = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = file_path(install);

	DRAY_TRY(read_file(path, &old, err));
	leave_out(&old, &bare);
	if (bare.len == old.len)
		return DRAY_OK;
	bool is_empty = strcmp(dray_buf_text(&bare), LIST "\n") == 0;
	if (is_empty)
		DRAY_TRY(dray_os_unlink(AT_FDCWD, path, err));
	else
		DRAY_TRY(dray_os_publish(AT_FDCWD, path, bare.data, bare.len, 0666, err));
	install_tell(install, is_empty ? "removed" : "restored", path);
	return DRAY_OK;
}
