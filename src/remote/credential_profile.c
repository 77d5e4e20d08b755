/*
 * What a profile says of credentials, in botocore's order: roles to assume, a
 * web identity, SSO, the credentials file, a login session, a process, the
 * config file.
 *
 * A profile with a role names the profile, or the place, whose keys assume it; that one may have
 * a role in turn. Of a profile that is named as a source, its own keys come before its role: so a
 * profile may name itself, once.
 */
#include "credential_plan.h"

#include <dray/os.h>

#include <string.h>

/* AssumeRole's own limits of DurationSeconds. */
#define DURATION_MIN_S 900
#define DURATION_MAX_S 43200

struct walk {
	struct dray_credential_plan *plan;
	const struct dray_aws_files *files;
	const char *profile;
	bool has_environment;
	struct dray_strs seen; /* profiles whose role is to be assumed */
};

static const char *get(const struct walk *walk, const char *key)
{
	return dray_aws_get(walk->files, walk->profile, NULL, key);
}

static enum dray_status fail(const struct walk *walk, const char *what, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "profile '%s' %s", walk->profile, what);
}

/* ---------------------------------------------------------------- its keys */

static bool has_keys_in(const struct walk *walk, enum dray_aws_file file)
{
	return dray_aws_get_from(walk->files, file, walk->profile, NULL, "aws_access_key_id") ||
	       dray_aws_get_from(walk->files, file, walk->profile, NULL, "aws_secret_access_key");
}

static enum dray_status plan_keys_of(
	struct walk *walk, enum dray_aws_file file, struct dray_err *err)
{
	const struct dray_aws_files *files = walk->files;
	const char *profile = walk->profile;
	DRAY_AUTO_STR place = dray_format("profile '%s'", profile);
	struct dray_credential_words words = {
		.access_key_id = dray_aws_get_from(files, file, profile, NULL, "aws_access_key_id"),
		.secret_access_key =
			dray_aws_get_from(files, file, profile, NULL, "aws_secret_access_key"),
		.session_token = dray_aws_get_from(files, file, profile, NULL, "aws_session_token"),
	};

	if (words.session_token == NULL)
		words.session_token =
			dray_aws_get_from(files, file, profile, NULL, "aws_security_token");
	return dray_credential_plan_keys(walk->plan, place, &words, err);
}

static bool has_keys(const struct walk *walk)
{
	return has_keys_in(walk, DRAY_AWS_CREDENTIALS) || has_keys_in(walk, DRAY_AWS_CONFIG);
}

static enum dray_status plan_keys(struct walk *walk, struct dray_err *err)
{
	return plan_keys_of(walk,
		has_keys_in(walk, DRAY_AWS_CREDENTIALS) ? DRAY_AWS_CREDENTIALS : DRAY_AWS_CONFIG,
		err);
}

static void plan_process(struct walk *walk)
{
	walk->plan->kind = DRAY_CREDENTIAL_PROCESS;
	walk->plan->place = dray_format("profile '%s'", walk->profile);
	walk->plan->command = dray_strdup(get(walk, "credential_process"));
}

/* What other tools can and we cannot; they can lend us the keys. */
static enum dray_status fail_unsupported(
	const struct walk *walk, const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_UNSUPPORTED, "profile '%s' uses %s, which dray cannot do",
		walk->profile, what);
	return dray_hint(err,
		"let the AWS CLI do it: write 'credential_process = aws configure "
		"export-credentials --profile %s' into a profile of its own",
		walk->profile);
}

/* ------------------------------------------------------------ web identity */

static const char *web_setting(const struct walk *walk, const char *variable, const char *key)
{
	const char *value = walk->has_environment ? dray_os_env(variable) : NULL;

	return value != NULL ? value : get(walk, key);
}

static enum dray_status plan_web(struct walk *walk, struct dray_err *err)
{
	struct dray_credential_plan *plan = walk->plan;
	const char *token =
		web_setting(walk, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
	const char *arn = web_setting(walk, "AWS_ROLE_ARN", "role_arn");
	const char *session = web_setting(walk, "AWS_ROLE_SESSION_NAME", "role_session_name");

	if (token == NULL)
		return DRAY_OK;
	if (arn == NULL)
		return dray_fail(err, DRAY_INVALID,
			"there is a web identity token file and no role: neither AWS_ROLE_ARN nor "
			"role_arn in profile '%s'",
			walk->profile);
	plan->kind = DRAY_CREDENTIAL_WEB;
	plan->place = dray_format("the web identity of role '%s'", arn);
	plan->token_path = dray_strdup(token);
	plan->web_role.arn = dray_strdup(arn);
	plan->web_role.session = session != NULL ? dray_strdup(session) : NULL;
	return DRAY_OK;
}

/* All that a profile without a role to assume may have. */
static enum dray_status plan_plain(struct walk *walk, struct dray_err *err)
{
	DRAY_TRY(plan_web(walk, err));
	if (walk->plan->kind != DRAY_CREDENTIAL_NONE)
		return DRAY_OK;
	if (get(walk, "sso_session") != NULL || get(walk, "sso_start_url") != NULL)
		return fail_unsupported(walk, "SSO", err);
	if (has_keys_in(walk, DRAY_AWS_CREDENTIALS))
		return plan_keys_of(walk, DRAY_AWS_CREDENTIALS, err);
	if (get(walk, "login_session") != NULL)
		return fail_unsupported(walk, "a login session", err);
	if (get(walk, "credential_process") != NULL)
		plan_process(walk);
	else if (has_keys_in(walk, DRAY_AWS_CONFIG))
		return plan_keys_of(walk, DRAY_AWS_CONFIG, err);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- roles */

static bool has_role(const struct walk *walk)
{
	return get(walk, "role_arn") != NULL && get(walk, "web_identity_token_file") == NULL;
}

static char *copy(const char *text)
{
	return text != NULL ? dray_strdup(text) : NULL;
}

static enum dray_status add_role(struct walk *walk, struct dray_err *err)
{
	struct dray_credential_plan *plan = walk->plan;
	const char *duration = get(walk, "duration_seconds");
	uint64_t duration_s = 0;

	if (get(walk, "mfa_serial") != NULL)
		return fail_unsupported(walk, "MFA", err);
	if (duration != NULL && (!dray_parse_u64(duration, strlen(duration), &duration_s) ||
					duration_s < DURATION_MIN_S || duration_s > DURATION_MAX_S))
		return fail(walk, "has a duration_seconds that is not in 900 to 43200", err);
	DRAY_GROW(plan->roles, plan->roles_len, plan->roles_cap);
	plan->roles[plan->roles_len++] = (struct dray_credential_role){
		.arn = copy(get(walk, "role_arn")),
		.session = copy(get(walk, "role_session_name")),
		.external_id = copy(get(walk, "external_id")),
		.duration_s = (unsigned)duration_s,
	};
	dray_strs_add(&walk->seen, walk->profile);
	return DRAY_OK;
}

static enum dray_status plan_named_source(
	struct walk *walk, const char *source, struct dray_err *err)
{
	if (strcmp(source, "Environment") == 0) {
		DRAY_TRY(dray_credential_plan_environment(walk->plan, err));
		return walk->plan->kind != DRAY_CREDENTIAL_NONE
			       ? DRAY_OK
			       : fail(walk,
					 "takes its keys from the environment, where there are "
					 "none",
					 err);
	}
	if (strcmp(source, "Ec2InstanceMetadata") == 0)
		dray_credential_plan_metadata(walk->plan);
	else if (strcmp(source, "EcsContainer") == 0)
		dray_credential_plan_container(walk->plan);
	else
		return fail(walk,
			"has a credential_source that is none of Environment, Ec2InstanceMetadata "
			"and EcsContainer",
			err);
	return DRAY_OK;
}

static enum dray_status fail_circle(const struct walk *walk, struct dray_err *err)
{
	DRAY_AUTO(buf) circle = DRAY_BUF_INIT;

	for (size_t i = 0; i < walk->seen.len; i++)
		dray_buf_printf(&circle, "'%s', ", walk->seen.items[i]);
	return dray_fail(err, DRAY_INVALID, "source profiles go in a circle: %s'%s'",
		dray_buf_text(&circle), walk->profile);
}

/* Go on to the profile that `source` names. */
static enum dray_status step(struct walk *walk, const char *source, struct dray_err *err)
{
	const char *from = walk->profile;

	walk->profile = source;
	if (!dray_aws_has_profile(walk->files, source))
		return dray_fail(err, DRAY_NOT_FOUND,
			"profile '%s' names a source_profile '%s' that does not exist", from,
			source);
	if (has_keys(walk))
		return plan_keys(walk, err);
	if (dray_strs_has(&walk->seen, source))
		return fail_circle(walk, err);
	if (has_role(walk))
		return DRAY_OK;
	DRAY_TRY(plan_plain(walk, err));
	if (walk->plan->kind == DRAY_CREDENTIAL_NONE)
		return dray_fail(err, DRAY_INVALID,
			"profile '%s' names a source_profile '%s' that has no credentials", from,
			source);
	return DRAY_OK;
}

static enum dray_status plan_roles(struct walk *walk, struct dray_err *err)
{
	while (walk->plan->kind == DRAY_CREDENTIAL_NONE) {
		const char *profile = get(walk, "source_profile");
		const char *source = get(walk, "credential_source");

		DRAY_TRY(add_role(walk, err));
		if (profile != NULL && source != NULL)
			return fail(walk,
				"has a source_profile and a credential_source: only one can be",
				err);
		if (profile == NULL && source == NULL)
			return fail(walk,
				"has a role_arn but no source_profile or credential_source to "
				"assume it with",
				err);
		if (source != NULL)
			return plan_named_source(walk, source, err);
		walk->has_environment = false;
		DRAY_TRY(step(walk, profile, err));
	}
	return DRAY_OK;
}

enum dray_status dray_credential_plan_profile(struct dray_credential_plan *plan,
	const struct dray_aws_files *files, const char *profile, bool has_environment,
	struct dray_err *err)
{
	struct walk walk = {.plan = plan,
		.files = files,
		.profile = profile,
		.has_environment = has_environment};

	enum dray_status status = has_role(&walk) ? plan_roles(&walk, err) : plan_plain(&walk, err);
	dray_strs_drop(&walk.seen);
	return status;
}
