/*
 * The plan: which place has credentials, in the order of botocore
 * (botocore/credentials.py). The first that is set up wins; that it then fails
 * is an error and no reason to look further.
 *
 *  1. the remote's settings
 *  2. AWS_ACCESS_KEY_ID and its kin; not if the remote names a profile
 *  3. the profile: see credential_profile.c
 *  4. a container's endpoint
 *  5. EC2's metadata service
 */
#include "credential_fetch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define IMDS_URL "http://169.254.169.254"
#define IMDS_URL_IPV6 "http://[fd00:ec2::254]"
#define IMDS_WAIT_S 1
#define IMDS_WAIT_MAX_S 60
#define IMDS_TRIES_MAX 10

void dray_credential_role_drop(struct dray_credential_role *role)
{
	free(role->arn);
	free(role->session);
	free(role->external_id);
	*role = (struct dray_credential_role){.arn = NULL};
}

void dray_credential_plan_drop(struct dray_credential_plan *plan)
{
	free(plan->place);
	free(plan->asked);
	dray_credentials_drop(&plan->keys);
	dray_str_wipe(&plan->command);
	free(plan->token_path);
	dray_credential_role_drop(&plan->web_role);
	for (size_t i = 0; i < plan->roles_len; i++)
		dray_credential_role_drop(&plan->roles[i]);
	free(plan->roles);
	free(plan->sts.url);
	free(plan->sts.region);
	free(plan->imds.url);
	*plan = (struct dray_credential_plan)DRAY_CREDENTIAL_PLAN_INIT;
}

/* -------------------------------------------------------------------- keys */

static char *copy_filled(const char *text)
{
	return text != NULL && *text != '\0' ? dray_strdup(text) : NULL;
}

static enum dray_status fail_half(const char *place, const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s has %s", place, what);
	return dray_hint(err, "set both or neither");
}

enum dray_status dray_credential_plan_keys(struct dray_credential_plan *plan, const char *place,
	const struct dray_credential_words *words, struct dray_err *err)
{
	struct dray_credentials *keys = &plan->keys;

	plan->kind = DRAY_CREDENTIAL_FIXED;
	plan->place = dray_strdup(place);
	keys->access_key_id = copy_filled(words->access_key_id);
	keys->secret_access_key = copy_filled(words->secret_access_key);
	keys->session_token = copy_filled(words->session_token);
	if (keys->access_key_id == NULL)
		return fail_half(place, "a secret access key but no access key id", err);
	if (keys->secret_access_key == NULL)
		return fail_half(place, "an access key id but no secret access key", err);
	if (words->expiration != NULL && !dray_parse_time(words->expiration, &keys->expires_ns))
		return dray_fail(err, DRAY_INVALID,
			"%s has a key's expiration that is no time: '%s'", place,
			words->expiration);
	return dray_credential_check(keys, place, err);
}

enum dray_status dray_credential_plan_environment(
	struct dray_credential_plan *plan, struct dray_err *err)
{
	struct dray_credential_words words = {
		.access_key_id = dray_os_env("AWS_ACCESS_KEY_ID"),
		.secret_access_key = dray_os_env("AWS_SECRET_ACCESS_KEY"),
		.session_token = dray_os_env("AWS_SESSION_TOKEN"),
		.expiration = dray_os_env("AWS_CREDENTIAL_EXPIRATION"),
	};

	if (words.session_token == NULL)
		words.session_token = dray_os_env("AWS_SECURITY_TOKEN");
	if (words.access_key_id == NULL && words.secret_access_key == NULL)
		return DRAY_OK;
	return dray_credential_plan_keys(plan, "the environment", &words, err);
}

static enum dray_status plan_settings(struct dray_credential_plan *plan,
	const struct dray_credential_options *options, struct dray_err *err)
{
	const struct dray_credential_words words = {
		.access_key_id = options->access_key_id,
		.secret_access_key = options->secret_access_key,
		.session_token = options->session_token,
	};

	if (words.access_key_id == NULL && words.secret_access_key == NULL)
		return DRAY_OK;
	return dray_credential_plan_keys(plan, "the remote's configuration", &words, err);
}

/* ---------------------------------------------------------------- services */

void dray_credential_plan_container(struct dray_credential_plan *plan)
{
	plan->kind = DRAY_CREDENTIAL_CONTAINER;
	plan->place = dray_strdup("the container's credentials endpoint");
}

void dray_credential_plan_metadata(struct dray_credential_plan *plan)
{
	plan->kind = DRAY_CREDENTIAL_METADATA;
	plan->place = dray_strdup("the instance metadata service");
}

static bool is_true(const char *variable)
{
	const char *value = dray_os_env(variable);

	return value != NULL && strcasecmp(value, "true") == 0;
}

static bool is_container(void)
{
	return dray_os_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != NULL ||
	       dray_os_env("AWS_CONTAINER_CREDENTIALS_FULL_URI") != NULL;
}

/* A variable, else a key of the profile. */
static const char *setting(const struct dray_aws_files *files, const char *profile,
	const char *variable, const char *key)
{
	const char *value = dray_os_env(variable);

	return value != NULL ? value : dray_aws_get(files, profile, NULL, key);
}

/* A small whole number; `usual` for anything else. */
static unsigned count(const char *text, unsigned usual, unsigned most)
{
	uint64_t value;

	if (text == NULL || !dray_parse_u64(text, strlen(text), &value) || value == 0)
		return usual;
	return value < most ? (unsigned)value : most;
}

static void set_imds(
	struct dray_imds *imds, const struct dray_aws_files *files, const char *profile)
{
	const char *mode = setting(files, profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"ec2_metadata_service_endpoint_mode");
	const char *url = setting(files, profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
		"ec2_metadata_service_endpoint");
	const char *refused =
		setting(files, profile, "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled");
	const char *wait =
		setting(files, profile, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
	const char *tries = setting(files, profile, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
		"metadata_service_num_attempts");

	if (url == NULL)
		url = mode != NULL && strcasecmp(mode, "ipv6") == 0 ? IMDS_URL_IPV6 : IMDS_URL;
	imds->url = dray_strdup(url);
	for (size_t len = strlen(url); len > 0 && imds->url[len - 1] == '/'; len--)
		imds->url[len - 1] = '\0';
	imds->is_v1_refused = refused != NULL && strcasecmp(refused, "true") == 0;
	imds->wait_ms = count(wait, IMDS_WAIT_S, IMDS_WAIT_MAX_S) * 1000;
	imds->tries = count(tries, 1, IMDS_TRIES_MAX);
}

/* ------------------------------------------------------------------- order */

static enum dray_status fail_profile(
	const struct dray_aws_files *files, const char *profile, struct dray_err *err)
{
	const char *nearest = dray_aws_nearest_profile(files, profile);

	dray_fail(err, DRAY_NOT_FOUND,
		"there is no profile '%s' in AWS's config or credentials file", profile);
	return nearest != NULL ? dray_hint(err, "did you mean '%s'?", nearest) : err->status;
}

/* A profile that is named must be there, unless it is not looked at. */
static enum dray_status plan_profile(struct dray_credential_plan *plan,
	const struct dray_credential_options *options, const char *profile, struct dray_err *err)
{
	bool is_named = options->profile != NULL || dray_os_env("AWS_PROFILE") != NULL ||
			dray_os_env("AWS_DEFAULT_PROFILE") != NULL;

	if (is_named && !dray_aws_has_profile(options->files, profile))
		return fail_profile(options->files, profile, err);
	return dray_credential_plan_profile(
		plan, options->files, profile, options->profile == NULL, err);
}

static void plan_machine(struct dray_credential_plan *plan,
	const struct dray_credential_options *options, const char *profile)
{
	plan->asked = dray_format(
		"%sprofile '%s'", options->profile == NULL ? "the environment, " : "", profile);
	if (is_container()) {
		dray_credential_plan_container(plan);
	} else if (!is_true("AWS_EC2_METADATA_DISABLED")) {
		dray_credential_plan_metadata(plan);
		plan->is_last_resort = true;
	}
}

static enum dray_status plan_source(struct dray_credential_plan *plan,
	const struct dray_credential_options *options, const char *profile, struct dray_err *err)
{
	if (options->is_anonymous) {
		plan->kind = DRAY_CREDENTIAL_FIXED;
		return DRAY_OK;
	}
	DRAY_TRY(plan_settings(plan, options, err));
	if (plan->kind == DRAY_CREDENTIAL_NONE && options->profile == NULL)
		DRAY_TRY(dray_credential_plan_environment(plan, err));
	if (plan->kind == DRAY_CREDENTIAL_NONE)
		DRAY_TRY(plan_profile(plan, options, profile, err));
	if (plan->kind == DRAY_CREDENTIAL_NONE)
		plan_machine(plan, options, profile);
	return DRAY_OK;
}

enum dray_status dray_credential_plan_make(const struct dray_credential_options *options,
	struct dray_credential_plan *out, struct dray_err *err)
{
	const char *profile = dray_aws_profile_name(options->files, options->profile);

	DRAY_TRY(plan_source(out, options, profile, err));
	set_imds(&out->imds, options->files, profile);
	if (out->roles_len == 0 && out->kind != DRAY_CREDENTIAL_WEB)
		return DRAY_OK;
	const char *region = options->region != NULL ? options->region
						     : dray_aws_region(options->files, profile);
	return dray_sts_init(
		&out->sts, dray_aws_endpoint(options->files, profile, "sts"), region, err);
}
