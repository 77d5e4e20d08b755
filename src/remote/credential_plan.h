/*
 * Where credentials come from, as decided once and followed at every refresh.
 * Private to the files credential_*.c.
 */
#ifndef DRAY_REMOTE_CREDENTIAL_PLAN_H
#define DRAY_REMOTE_CREDENTIAL_PLAN_H

#include "credentials.h"

enum dray_credential_kind {
	DRAY_CREDENTIAL_NONE,      /* nothing to ask: the metadata service is switched off */
	DRAY_CREDENTIAL_FIXED,     /* keys that are at hand; no key id: anonymous */
	DRAY_CREDENTIAL_PROCESS,   /* credential_process */
	DRAY_CREDENTIAL_WEB,       /* AssumeRoleWithWebIdentity */
	DRAY_CREDENTIAL_CONTAINER, /* ECS, EKS */
	DRAY_CREDENTIAL_METADATA,  /* EC2 */
};

struct dray_credential_role {
	char *arn;
	char *session;       /* NULL: one that we make up */
	char *external_id;   /* or NULL */
	unsigned duration_s; /* 0: what the service takes */
};

/* Security Token Service. */
struct dray_sts {
	char *url;
	char *region;
};

/* EC2's instance metadata service. */
struct dray_imds {
	char *url; /* without a '/' at its end */
	unsigned wait_ms;
	unsigned tries;
	bool is_v1_refused;
};

struct dray_credential_plan {
	enum dray_credential_kind kind;
	char *place;                  /* "profile 'x'", "the environment": for errors */
	struct dray_credentials keys; /* FIXED */
	char *command;                /* PROCESS */
	char *token_path;             /* WEB */
	struct dray_credential_role web_role;
	/* to be assumed with those keys, the last one first */
	struct dray_credential_role *roles;
	size_t roles_len;
	size_t roles_cap;
	char *asked;         /* "the environment, profile 'x'": where there was nothing; or NULL */
	bool is_last_resort; /* METADATA because nothing else is set: it may not even exist */
	struct dray_sts sts;
	struct dray_imds imds;
};
#define DRAY_CREDENTIAL_PLAN_INIT             \
	{                                     \
		.kind = DRAY_CREDENTIAL_NONE, \
	}
/* Statuses as dray_credential_chain_new; on failure *out holds what is to be dropped. */
DRAY_MUST_CHECK enum dray_status dray_credential_plan_make(
	const struct dray_credential_options *options, struct dray_credential_plan *out,
	struct dray_err *err);
void dray_credential_plan_drop(struct dray_credential_plan *plan);
void dray_credential_role_drop(struct dray_credential_role *role);

/* credential_plan.c, for credential_profile.c */
/* Keys as they were found; borrowed, NULL or "" where absent. */
struct dray_credential_words {
	const char *access_key_id;
	const char *secret_access_key;
	const char *session_token;
	const char *expiration;
};
/* Keys at hand. INVALID: half of a pair, bytes that no key has. Copies all. */
DRAY_MUST_CHECK enum dray_status dray_credential_plan_keys(struct dray_credential_plan *plan,
	const char *place, const struct dray_credential_words *words, struct dray_err *err);
/* AWS_ACCESS_KEY_ID and so on, if there: then the kind is no longer NONE. */
DRAY_MUST_CHECK enum dray_status dray_credential_plan_environment(
	struct dray_credential_plan *plan, struct dray_err *err);
void dray_credential_plan_container(struct dray_credential_plan *plan);
void dray_credential_plan_metadata(struct dray_credential_plan *plan);

/*
 * credential_profile.c: what a profile says of keys; the kind stays NONE if nothing. With
 * `has_environment` the variables of web identity come before the profile's keys.
 */
DRAY_MUST_CHECK enum dray_status dray_credential_plan_profile(struct dray_credential_plan *plan,
	const struct dray_aws_files *files, const char *profile, bool has_environment,
	struct dray_err *err);

/*
 * credential_sts.c, for credential_plan.c: the service's place, of `url` (NULL: AWS's own for
 * the region). INVALID: no region or URL.
 */
DRAY_MUST_CHECK enum dray_status dray_sts_init(
	struct dray_sts *sts, const char *url, const char *region, struct dray_err *err);

#endif
