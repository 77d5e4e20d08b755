/* Settings and ignore files of a repository in the other dialect's words and places. */
#include "migrate.h"

#include <stdlib.h>
#include <string.h>

/* A setting that only one dialect has another name for. */
static const char *translate_key(const struct dray_migrate *migrate, const char *key)
{
	if (strcmp(key, migrate->from->no_git_key) == 0)
		return migrate->to->no_git_key;
	return key;
}

static bool is_known(const struct dray_migrate *migrate, const char *key)
{
	const struct dray_config_key *row = config_find(key);

	return !migrate->to->is_dvc || (row != NULL && row->kinds != 0);
}

/* A repository that is there keeps its settings; only a remote that it does not know would be lost.
 */
static bool is_wanted(const struct dray_migrate *migrate, const char *key)
{
	const char *option = strrchr(key, '.');

	if (!migrate->has_new)
		return true;
	if (strncmp(key, "remote.", 7) != 0 || option == key + 6)
		return false;
	DRAY_AUTO_STR url = dray_format("%.*s.url", (int)(option - key), key);
	return dray_config_peek(&migrate->new->config, url) == NULL;
}

/*
 * A relative path is seen from the folder of its file, which is another one now. What git shares
 * stays relative, as the repository may lie elsewhere for others.
 */
static char *translate_value(const struct dray_config_entry *entry, const char *old_dir,
	const char *new_dir, bool is_shared)
{
	if (strcmp(config_type(entry->key), "path") != 0 || *entry->value == '~' ||
		*entry->value == '\0' || dray_path_is_absolute(entry->value) ||
		dray_is_url(entry->value))
		return dray_strdup(entry->value);
	DRAY_AUTO_STR joined = dray_path_join(old_dir, entry->value);
	DRAY_AUTO_STR full = dray_path_normalise(joined);
	return is_shared ? dray_path_relative(new_dir, full) : dray_strdup(full);
}

static enum dray_status add_setting(struct dray_migrate *migrate, const char *key,
	const char *value, struct dray_buf *text, struct dray_err *err)
{
	DRAY_AUTO(buf) edited = DRAY_BUF_INIT;

	DRAY_TRY(dray_config_edit(migrate->to->config_syntax, dray_buf_text(text), text->len, key,
		value, &edited, err));
	dray_buf_clear(text);
	dray_buf_add(text, dray_buf_text(&edited), edited.len);
	return DRAY_OK;
}

static enum dray_status translate(struct dray_migrate *migrate, const struct dray_config *config,
	enum dray_config_level level, const char *new_path, struct dray_buf *text,
	struct dray_err *err)
{
	bool is_shared = level == DRAY_CONFIG_PROJECT;
	DRAY_AUTO_STR old_path = dray_repo_config_path(migrate->old.repo, level);
	DRAY_AUTO_STR old_dir = dray_path_dirname(old_path);
	DRAY_AUTO_STR new_dir = dray_path_dirname(new_path);

	for (size_t i = 0; i < config->len; i++) {
		const struct dray_config_entry *entry = &config->items[i];
		const char *key = translate_key(migrate, entry->key);
		DRAY_AUTO_STR value = translate_value(entry, old_dir, new_dir, is_shared);

		if (!is_wanted(migrate, key))
			continue;
		if (!is_known(migrate, key)) {
			session_note(&migrate->old,
				"setting '%s' is left out: DVC does not know it", key);
			continue;
		}
		DRAY_TRY(add_setting(migrate, key, value, text, err));
		if (!migrate->has_new)
			dray_config_add(&migrate->new->config, key, value, new_path, 1);
	}
	return DRAY_OK;
}

/* What a file of settings holds; none is like an empty one. */
static enum dray_status read_settings(
	const char *path, struct dray_buf *text, bool *out_is_there, struct dray_err *err)
{
	enum dray_status status = dray_os_slurp(AT_FDCWD, path, DRAY_CONFIG_BYTES_MAX, text, err);

	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	*out_is_there = status == DRAY_OK;
	return DRAY_OK;
}

static enum dray_status migrate_level(
	struct dray_migrate *migrate, enum dray_config_level level, struct dray_err *err)
{
	bool is_private = level == DRAY_CONFIG_LOCAL;
	DRAY_AUTO(config) config = {.syntax = migrate->from->config_syntax};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) before = DRAY_BUF_INIT;
	DRAY_AUTO_STR old_path = dray_repo_config_path(migrate->old.repo, level);
	DRAY_AUTO_STR new_path = dray_repo_config_path(migrate->new, level);
	bool has_old;
	bool has_new = false;

	DRAY_TRY(read_settings(old_path, &text, &has_old, err));
	if (migrate->has_new)
		DRAY_TRY(read_settings(new_path, &before, &has_new, err));
	if (!has_old && (is_private || migrate->has_new))
		return DRAY_OK;
	DRAY_TRY(dray_config_parse(&config, dray_buf_text(&text), text.len, old_path, err));
	struct dray_buf *draft = draft_files_add(&migrate->settings, new_path, is_private);
	dray_buf_add(draft, dray_buf_text(&before), before.len);
	return translate(migrate, &config, level, new_path, draft, err);
}

enum dray_status migrate_settings(struct dray_migrate *migrate, struct dray_err *err)
{
	if (migrate->has_new && migrate->is_part)
		return DRAY_OK;
	DRAY_TRY(migrate_level(migrate, DRAY_CONFIG_LOCAL, err));
	if (migrate->to->kept_out != NULL && !migrate->has_new) {
		DRAY_AUTO_STR path =
			dray_format("%s/%s/.gitignore", migrate->new->root, migrate->to->folder);

		dray_buf_puts(
			draft_files_add(&migrate->settings, path, false), migrate->to->kept_out);
	}
	return migrate_level(migrate, DRAY_CONFIG_PROJECT, err);
}

/* ------------------------------------------------------------ ignore files */

/* A repository that is there keeps its rules. */
static enum dray_status take_ignore(
	struct dray_migrate *migrate, const char *folder, struct dray_err *err)
{
	DRAY_AUTO_STR old_name = dray_path_join(folder, migrate->from->ignore_file);
	DRAY_AUTO_STR new_name = dray_path_join(folder, migrate->to->ignore_file);
	int root = migrate->old.repo->root_fd;

	if (!migrate->is_part)
		dray_strs_add(&migrate->old_ignores, old_name);
	dray_strs_add(&migrate->new_ignores, new_name);
	if (migrate->has_new && dray_os_exists(root, new_name))
		return DRAY_OK;
	struct dray_buf *text = draft_files_add(&migrate->ignores, new_name, false);
	return dray_os_slurp(root, old_name, DRAY_RULES_BYTES_MAX, text, err);
}

/* A run that was killed before may have removed the old one, and staged nothing. */
static void stage_ignore(struct dray_migrate *migrate, const char *folder)
{
	DRAY_AUTO_STR old_name = dray_path_join(folder, migrate->from->ignore_file);
	DRAY_AUTO_STR new_name = dray_path_join(folder, migrate->to->ignore_file);

	if (!migrate->has_new || migrate->is_part ||
		dray_os_exists(migrate->old.repo->root_fd, old_name))
		return;
	dray_strs_add(&migrate->old_ignores, old_name);
	dray_strs_add(&migrate->new_ignores, new_name);
}

/* Data has no rules inside, and another repository has its own. */
static bool is_entered(struct dray_migrate *migrate, const char *name)
{
	int root = migrate->old.repo->root_fd;
	DRAY_AUTO_STR git = dray_path_join(name, ".git");
	DRAY_AUTO_STR own = dray_path_join(name, migrate->from->folder);
	const char *basename = dray_path_basename(name);

	return strcmp(basename, ".git") != 0 && strcmp(basename, migrate->from->folder) != 0 &&
	       strcmp(basename, migrate->to->folder) != 0 &&
	       dray_tracks_find(&migrate->tracks, name) == NULL &&
	       dray_tracks_find(&migrate->new_tracks, name) == NULL && !dray_os_exists(root, git) &&
	       !dray_os_exists(root, own);
}

static enum dray_status visit(struct dray_migrate *migrate, const char *folder,
	struct dray_strs *pending, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_stat stat;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_beneath(migrate->old.repo->root_fd, folder, false, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		const char *basename = dirents.items[i].name;
		DRAY_AUTO_STR name = dray_path_join(folder, basename);

		DRAY_TRY(dray_os_stat(fd, basename, &stat, err));
		if (stat.type == DRAY_TYPE_DIR && is_entered(migrate, name))
			dray_strs_add(pending, name);
		else if (stat.type != DRAY_TYPE_FILE)
			continue;
		else if (strcmp(basename, migrate->from->ignore_file) == 0)
			DRAY_TRY(take_ignore(migrate, folder, err));
		else if (strcmp(basename, migrate->to->ignore_file) == 0)
			stage_ignore(migrate, folder);
	}
	return DRAY_OK;
}

enum dray_status migrate_ignores(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_AUTO(strs) pending = DRAY_STRS_INIT;

	dray_strs_add(&pending, "");
	while (pending.len > 0) {
		DRAY_AUTO_STR folder = pending.items[--pending.len];

		DRAY_TRY(visit(migrate, folder, &pending, err));
	}
	return DRAY_OK;
}
