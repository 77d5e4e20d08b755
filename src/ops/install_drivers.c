/*
 * The drivers that git merges and compares pointers with: settings that name them, and attributes
 * that say which files are meant.
 *
 * 1. Where dray is not on the PATH, git gets what it would have had without the driver: a driver
 *    that fails would leave one side as the outcome, and end `git log -p`.
 * 2. Our lines are the first of a file of attributes: whoever has others of his own, behind them,
 *    is right, and taking ours away leaves the bytes that were there.
 */
#include "install.h"

#include <string.h>

#define ATTRIBUTES_BYTES_MAX ((size_t)16 << 20)

#define DRAY_OR(dray, git) "if command -v dray >/dev/null 2>&1; then " dray "; else " git "; fi"

#define MERGE_DRIVER                                                                      \
	DRAY_OR("dray git-hook merge-driver --ancestor %O --our %A --their %B --path %P", \
		"git merge-file -L ours -L base -L theirs %A %O %B")
/* git puts the file's name behind it */
#define TEXTCONV "f() { " DRAY_OR("dray git-hook textconv \"$1\"", "cat \"$1\"") "; }; f"

static const struct {
	const char *key;
	const char *value;
} settings[] = {
	{"merge.dray.name", "dray: data, file by file"},
	{"merge.dray.driver", MERGE_DRIVER},
	/* versions that are merged on the way to an ancestor have no use for conflict marks */
	{"merge.dray.recursive", "binary"},
	{"diff.dray.textconv", TEXTCONV},
};
/* The name by which DVC's documentation has teams call its driver, where nobody defined it. */
#define DVC_DRIVER "merge.dvc.driver"

/* ------------------------------------------------------------------- settings */

static bool is_ours(const struct git_setting *setting)
{
	return setting != NULL && strcmp(setting->value, MERGE_DRIVER) == 0;
}

static enum dray_status set_drivers(struct install *install, struct dray_err *err)
{
	for (size_t i = 0; i < DRAY_COUNT(settings); i++)
		DRAY_TRY(install_set(install, settings[i].key, settings[i].value, err));
	if (install->session->repo->dialect->is_dvc &&
		git_settings_find(&install->settings, DVC_DRIVER) == NULL)
		return install_set(install, DVC_DRIVER, MERGE_DRIVER, err);
	return DRAY_OK;
}

static enum dray_status unset_drivers(struct install *install, struct dray_err *err)
{
	if (is_ours(git_settings_find(&install->settings, DVC_DRIVER)))
		DRAY_TRY(install_set(install, DVC_DRIVER, NULL, err));
	for (size_t i = 0; i < DRAY_COUNT(settings); i++)
		DRAY_TRY(install_set(install, settings[i].key, NULL, err));
	return DRAY_OK;
}

/* ----------------------------------------------------------------- attributes */

/* The line above ours; each dialect has its own, as both may be in one work tree. */
#define MARK "# Written by 'dray install', with the next line, for *%s.\n"

/* Where our two lines are in the text; their length in *out_len, 0: they are not there. */
static const char *find_block(const char *text, const char *mark, size_t *out_len)
{
	const char *at = strstr(text, mark);

	*out_len = 0;
	if (at == NULL)
		return text;
	const char *line = at + strlen(mark);
	size_t len = strcspn(line, "\n");
	*out_len = strlen(mark) + len + (line[len] == '\n');
	return at;
}

/* The file's text without our lines, and if `line` is not NULL with that one. */
static void rewrite(
	const struct dray_buf *old, const char *mark, const char *line, struct dray_buf *out)
{
	const char *text = dray_buf_text(old);
	size_t start = dray_utf8_mark_len(text, old->len), len;
	const char *block = find_block(text, mark, &len);
	size_t before = (size_t)(block - text);

	if (before < start)
		before = start;
	dray_buf_add(out, text, start);
	if (line != NULL)
		dray_buf_printf(out, "%s%s\n", mark, line);
	dray_buf_add(out, text + start, before - start);
	dray_buf_add(out, text + before + len, old->len - before - len);
}

static enum dray_status write_attributes(
	struct install *install, const char *path, const char *line, struct dray_err *err)
{
	DRAY_AUTO(buf) old = DRAY_BUF_INIT;
	DRAY_AUTO(buf) new = DRAY_BUF_INIT;
	DRAY_AUTO_STR mark = dray_format(MARK, install->session->repo->dialect->pointer_suffix);
	enum dray_status status = dray_os_slurp(AT_FDCWD, path, ATTRIBUTES_BYTES_MAX, &old, err);
	bool was_there = status == DRAY_OK;

	DRAY_AUTO_STR folder = dray_path_dirname(path);

	if (!was_there && status != DRAY_NOT_FOUND)
		return status;
	dray_os_sweep(AT_FDCWD, folder);
	rewrite(&old, mark, line, &new);
	bool is_same =
		new.len == old.len && (new.len == 0 || memcmp(new.data, old.data, new.len) == 0);
	if (is_same) {
		if (line != NULL)
			install_tell(install, "unchanged", path);
		return DRAY_OK;
	}
	if (new.len == 0) {
		DRAY_TRY(dray_os_unlink(AT_FDCWD, path, err));
		install_tell(install, "removed", path);
		return DRAY_OK;
	}
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	DRAY_TRY(dray_os_publish(AT_FDCWD, path, new.data, new.len, 0666, err));
	install_tell(install, line == NULL ? "restored" : was_there ? "updated" : "created", path);
	return DRAY_OK;
}

static char *shared_path(const struct install *install)
{
	return dray_path_join(install->session->repo->root, ".gitattributes");
}

enum dray_status install_drivers(struct install *install, struct dray_err *err)
{
	const struct dray_dialect *dialect = install->session->repo->dialect;
	bool is_shared = install->options->is_shared;
	DRAY_AUTO_STR path = NULL;
	DRAY_AUTO_STR line = dray_format("*%s merge=%s diff=dray", dialect->pointer_suffix,
		is_shared && dialect->is_dvc ? "dvc" : "dray");

	DRAY_TRY(set_drivers(install, err));
	if (is_shared)
		path = shared_path(install);
	else
		DRAY_TRY(git_path(install->session, "info/attributes", &path, err));
	return write_attributes(install, path, line, err);
}

enum dray_status uninstall_drivers(struct install *install, struct dray_err *err)
{
	DRAY_AUTO_STR shared = shared_path(install);
	DRAY_AUTO_STR private = NULL;

	DRAY_TRY(git_path(install->session, "info/attributes", &private, err));
	DRAY_TRY(write_attributes(install, private, NULL, err));
	DRAY_TRY(write_attributes(install, shared, NULL, err));
	return unset_drivers(install, err);
}
