/* AWS's two files: where they are, and what they and a few variables say together. */
#include "credentials.h"

#include <dray/format.h>
#include <dray/os.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Read without growing up to here, so that no copy of a secret is left in freed memory. */
#define USUAL_BYTES (64u << 10)

struct dray_aws_files {
	struct dray_profiles config;
	struct dray_profiles credentials;
};

/* ----------------------------------------------------------------- opening */

/* A path of our own; "~/" is the home directory. NULL if there is none. */
static char *expand_home(const char *path)
{
	const char *home = dray_os_env("HOME");

	if (strncmp(path, "~/", 2) != 0)
		return dray_strdup(path);
	return home != NULL ? dray_path_join(home, path + 2) : NULL;
}

static enum dray_status read_file(const char *path, enum dray_profiles_style style,
	struct dray_profiles *out, struct dray_err *err)
{
	DRAY_AUTO_SECRET_BUF text = DRAY_BUF_INIT;
	struct dray_err absent = DRAY_ERR_INIT;

	dray_buf_reserve(&text, USUAL_BYTES);
	enum dray_status status =
		dray_os_slurp(AT_FDCWD, path, DRAY_PROFILES_BYTES_MAX, &text, &absent);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	if (status != DRAY_OK) {
		*err = absent;
		return status;
	}
	return dray_profiles_parse(style, dray_buf_text(&text), text.len, path, out, err);
}

static enum dray_status read_first(const char *path, const char *variable, const char *usual,
	enum dray_profiles_style style, struct dray_profiles *out, struct dray_err *err)
{
	if (path == NULL)
		path = dray_os_env(variable);
	DRAY_AUTO_STR expanded = expand_home(path != NULL ? path : usual);
	return expanded != NULL ? read_file(expanded, style, out, err) : DRAY_OK;
}

enum dray_status dray_aws_files_open(const char *config_path, const char *credentials_path,
	struct dray_aws_files **out_files, struct dray_err *err)
{
	struct dray_aws_files *files = dray_calloc(1, sizeof *files);

	enum dray_status status = read_first(config_path, "AWS_CONFIG_FILE", "~/.aws/config",
		DRAY_PROFILES_CONFIG, &files->config, err);
	if (status == DRAY_OK)
		status = read_first(credentials_path, "AWS_SHARED_CREDENTIALS_FILE",
			"~/.aws/credentials", DRAY_PROFILES_CREDENTIALS, &files->credentials, err);
	if (status == DRAY_OK)
		*out_files = files;
	else
		dray_aws_files_close(files);
	return status;
}

void dray_aws_files_close(struct dray_aws_files *files)
{
	if (files == NULL)
		return;
	dray_profiles_drop(&files->config);
	dray_profiles_drop(&files->credentials);
	free(files);
}

/* ---------------------------------------------------------------- profiles */

const char *dray_aws_profile_name(const struct dray_aws_files *files, const char *name)
{
	(void)files;
	if (name == NULL)
		name = dray_os_env("AWS_PROFILE");
	if (name == NULL)
		name = dray_os_env("AWS_DEFAULT_PROFILE");
	return name != NULL ? name : "default";
}

bool dray_aws_has_profile(const struct dray_aws_files *files, const char *profile)
{
	return dray_profiles_has(&files->config, "profile", profile) ||
	       dray_profiles_has(&files->credentials, "profile", profile);
}

static void offer_profiles(const struct dray_profiles *profiles, struct dray_nearest *nearest)
{
	for (size_t i = 0; i < profiles->sections_len; i++)
		if (strcmp(profiles->sections[i].kind, "profile") == 0)
			dray_nearest_offer(nearest, profiles->sections[i].name);
}

const char *dray_aws_nearest_profile(const struct dray_aws_files *files, const char *profile)
{
	struct dray_nearest nearest = DRAY_NEAREST_INIT(profile);

	offer_profiles(&files->config, &nearest);
	offer_profiles(&files->credentials, &nearest);
	return nearest.best;
}

static const char *get_filled(const struct dray_profiles *profiles, const char *kind,
	const char *name, const char *block, const char *key)
{
	const char *value = dray_profiles_get(profiles, kind, name, block, key);

	return value != NULL && *value != '\0' ? value : NULL;
}

const char *dray_aws_get_from(const struct dray_aws_files *files, enum dray_aws_file file,
	const char *profile, const char *block, const char *key)
{
	return get_filled(file == DRAY_AWS_CREDENTIALS ? &files->credentials : &files->config,
		"profile", profile, block, key);
}

const char *dray_aws_get(
	const struct dray_aws_files *files, const char *profile, const char *block, const char *key)
{
	const char *value = dray_aws_get_from(files, DRAY_AWS_CREDENTIALS, profile, block, key);

	return value != NULL ? value
			     : dray_aws_get_from(files, DRAY_AWS_CONFIG, profile, block, key);
}

const char *dray_aws_get_section(const struct dray_aws_files *files, const char *kind,
	const char *name, const char *block, const char *key)
{
	return get_filled(&files->config, kind, name, block, key);
}

/* ------------------------------------------------------- endpoint and region */

static bool is_ignoring_endpoints(const struct dray_aws_files *files, const char *profile)
{
	const char *told = dray_os_env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");

	if (told == NULL)
		told = dray_aws_get(files, profile, NULL, "ignore_configured_endpoint_urls");
	return told != NULL && strcasecmp(told, "true") == 0;
}

static const char *endpoint_of_variables(const char *service)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;

	dray_buf_puts(&name, "AWS_ENDPOINT_URL_");
	for (; *service != '\0'; service++)
		dray_buf_putc(&name, (char)(*service >= 'a' ? *service - 'a' + 'A' : *service));
	const char *url = dray_os_env(dray_buf_text(&name));
	return url != NULL ? url : dray_os_env("AWS_ENDPOINT_URL");
}

const char *dray_aws_endpoint(
	const struct dray_aws_files *files, const char *profile, const char *service)
{
	if (is_ignoring_endpoints(files, profile))
		return NULL;
	const char *url = endpoint_of_variables(service);
	if (url != NULL)
		return url;
	const char *services = dray_aws_get(files, profile, NULL, "services");
	if (services != NULL)
		url = dray_aws_get_section(files, "services", services, service, "endpoint_url");
	return url != NULL ? url : dray_aws_get(files, profile, NULL, "endpoint_url");
}

const char *dray_aws_region(const struct dray_aws_files *files, const char *profile)
{
	const char *region = dray_os_env("AWS_REGION");

	if (region == NULL)
		region = dray_os_env("AWS_DEFAULT_REGION");
	return region != NULL ? region : dray_aws_get(files, profile, NULL, "region");
}
