/*
 * The settings of a repository that is not ours. Where it lies on this machine and git says that it
 * is ours to trust, its own settings count as when working in it. What comes with a commit says
 * where data is and no more: see `allowed`. What a person adds on the command line, or a pointer
 * says, comes last. A pointer's have the origin of what is committed, so that whoever asks where a
 * setting is from treats them alike.
 */
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Of a foreign repository's shared settings. None of them names a file, a program or a key. */
static const char *const allowed[] = {
	"url", "endpointurl", "region", "allow_anonymous_login", "use_ssl", "profile"};

static bool is_allowed(const char *key)
{
	const char *option = strrchr(key, '.');

	if (strcasecmp(key, "core.remote") == 0)
		return true;
	if (strncasecmp(key, "remote.", 7) != 0 || option < key + 7)
		return false;
	for (size_t i = 0; i < DRAY_COUNT(allowed); i++)
		if (strcasecmp(option + 1, allowed[i]) == 0)
			return true;
	return false;
}

enum dray_status repo_config_add_foreign(struct dray_repo *repo, const char *text, size_t len,
	const char *origin, struct dray_err *err)
{
	size_t from = repo->config.len;

	DRAY_TRY(dray_config_parse(&repo->config, text, len, origin, err));
	dray_config_filter(&repo->config, from, is_allowed);
	return DRAY_OK;
}

static enum dray_status add_text(
	struct dray_source_root *root, const struct dray_buf *text, struct dray_err *err)
{
	DRAY_TRY(repo_config_load(root->repo, DRAY_CONFIG_SYSTEM, err));
	DRAY_TRY(repo_config_load(root->repo, DRAY_CONFIG_GLOBAL, err));
	return repo_config_add_foreign(
		root->repo, dray_buf_text(text), text->len, root->origin, err);
}

static enum dray_status add_file(struct dray_source_root *root,
	const struct dray_source_options *options, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_path_is_absolute(options->config)
				     ? dray_strdup(options->config)
				     : dray_path_join(options->base != NULL ? options->base : "",
					       options->config);

	DRAY_TRY(dray_os_slurp(AT_FDCWD, path, REPO_CONFIG_BYTES_MAX, &text, err));
	return dray_config_parse(&root->repo->config, dray_buf_text(&text), text.len,
		options->trust == DRAY_TRUST_PERSON ? path : root->origin, err);
}

/* What keys of the remote begin with that is the default one by now. */
static enum dray_status default_prefix(
	const struct dray_config *config, char **out_prefix, struct dray_err *err)
{
	const char *remote = dray_config_get(config, "core.remote", "");

	if (*remote == '\0') {
		dray_fail(err, DRAY_USAGE, "there is no default remote that could be changed");
		return dray_hint(err, "name one with --remote");
	}
	*out_prefix = dray_format("remote.%s.", remote);
	return DRAY_OK;
}

static enum dray_status add_wishes(struct dray_source_root *root,
	const struct dray_source_options *options, struct dray_err *err)
{
	static const struct dray_strs no_words = DRAY_STRS_INIT;
	static const struct dray_config none = DRAY_CONFIG_INIT;
	const struct dray_strs *words =
		options->remote_config != NULL ? options->remote_config : &no_words;
	const struct dray_config *more = options->settings != NULL ? options->settings : &none;
	const struct dray_config *last =
		options->remote_settings != NULL ? options->remote_settings : &none;
	const char *origin = options->trust == DRAY_TRUST_PERSON ? "command line" : root->origin;
	struct dray_config *config = &root->repo->config;
	size_t from = config->len;

	if (options->config != NULL)
		DRAY_TRY(add_file(root, options, err));
	for (size_t i = 0; i < more->len; i++)
		dray_config_add(config, more->items[i].key, more->items[i].value, origin, 0);
	if (options->remote != NULL)
		dray_config_add(config, "core.remote", options->remote, origin, 0);
	DRAY_AUTO_STR prefix = NULL;
	if (words->len + last->len > 0)
		DRAY_TRY(default_prefix(config, &prefix, err));
	for (size_t i = 0; i < words->len; i++)
		DRAY_TRY(dray_config_add_word(config, prefix, words->items[i], origin, err));
	for (size_t i = 0; i < last->len; i++) {
		DRAY_AUTO_STR key = dray_format("%s%s", prefix, last->items[i].key);

		dray_config_add(config, key, last->items[i].value, origin, 0);
	}
	if (options->trust == DRAY_TRUST_STRANGER)
		dray_config_filter(config, from, is_allowed);
	return DRAY_OK;
}

/* The repository in the folder as it is on disk now; left alone if it is not there. */
static enum dray_status open_disk(struct dray_source *source, struct dray_source_root *root,
	bool *out_is_open, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(source->path, root->prefix);
	struct dray_store *store;

	*out_is_open = false;
	DRAY_TRY(dray_repo_open(path, &root->repo, err));
	if (strcmp(root->repo->root, path) != 0) {
		dray_repo_close(root->repo);
		root->repo = NULL;
		return DRAY_OK;
	}
	*out_is_open = true;
	root->origin = dray_repo_config_path(root->repo, DRAY_CONFIG_PROJECT);
	DRAY_TRY(dray_repo_store(root->repo, &store, err));
	root->cache = dray_strdup(dray_store_path(store));
	return DRAY_OK;
}

static bool is_on_disk(
	const struct dray_source *source, const struct dray_dialect *dialect, const char *prefix)
{
	DRAY_AUTO_STR path =
		dray_format("%s/%s%s%s/config", source->path != NULL ? source->path : "", prefix,
			*prefix != '\0' ? "/" : "", dialect->folder);

	return source->path != NULL && dray_os_exists(AT_FDCWD, path);
}

static void make_repo(struct dray_source_root *root, const struct dray_dialect *dialect)
{
	root->repo = dray_calloc(1, sizeof *root->repo);
	root->repo->dialect = dialect;
	root->repo->root = dray_strdup("");
	root->repo->root_fd = -1;
	root->repo->git_prefix = dray_strdup("");
}

static enum dray_status fill(struct dray_source *source, struct dray_source_root *root,
	const struct dray_dialect *dialect, const struct dray_buf *text, struct dray_err *err)
{
	bool is_open = false;

	if (is_on_disk(source, dialect, root->prefix))
		DRAY_TRY(open_disk(source, root, &is_open, err));
	if (!is_open) {
		make_repo(root, dialect);
		root->origin = dray_format("settings of %s", source->shown);
		DRAY_TRY(add_text(root, text, err));
	}
	/* state of its own, such as what is known of remotes, is not to be written into it */
	free(root->repo->private_dir);
	root->repo->private_dir = dray_strdup(source->dir);
	free(root->repo->memory_dir);
	root->repo->memory_dir = dray_strdup(source->dir);
	DRAY_AUTO_STR cache = dray_path_join(source->dir, "cache");
	const struct dray_store_options store = {
		.path = cache, .algo = dialect->algo, .links = {DRAY_LINK_COPY}, .link_count = 1};
	return dray_store_open(&store, &root->store, err);
}

enum dray_status source_add_root(struct dray_source *source,
	const struct dray_source_options *options, const struct dray_dialect *dialect,
	const char *prefix, const struct dray_buf *text, struct dray_err *err)
{
	DRAY_GROW(source->roots, source->roots_len, source->roots_cap);
	struct dray_source_root *root = &source->roots[source->roots_len++];
	*root = (struct dray_source_root){.prefix = dray_strdup(prefix)};

	DRAY_TRY(fill(source, root, dialect, text, err));
	return add_wishes(root, options, err);
}

enum dray_status source_add_own(struct dray_source *source, struct dray_repo *repo,
	const char *prefix, struct dray_err *err)
{
	struct dray_store *store;

	DRAY_TRY(dray_repo_store(repo, &store, err));
	DRAY_GROW(source->roots, source->roots_len, source->roots_cap);
	source->roots[source->roots_len++] = (struct dray_source_root){
		.prefix = dray_strdup(prefix),
		.repo = repo,
		.cache = dray_strdup(dray_store_path(store)),
		.origin = dray_repo_config_path(repo, DRAY_CONFIG_PROJECT),
		.store = store,
		.is_borrowed = true,
	};
	return DRAY_OK;
}
