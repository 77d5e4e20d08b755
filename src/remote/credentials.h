/*
 * Who we are for AWS and its kin: the chain that aws-cli and boto3 follow,
 * from explicit settings to the metadata service. Sources: AWS SDKs and Tools
 * Reference Guide, "Standardized credential providers".
 *
 * Secrets live in struct dray_credentials only and are wiped when dropped;
 * they are in no error text.
 */
#ifndef DRAY_REMOTE_CREDENTIALS_H
#define DRAY_REMOTE_CREDENTIALS_H

#include <dray/base.h>
#include <dray/http.h>

struct dray_credentials {
	char *access_key_id; /* NULL: anonymous, requests are not signed */
	char *secret_access_key;
	char *session_token; /* or NULL */
	int64_t expires_ns;  /* since 1970; 0: never */
};
#define DRAY_CREDENTIALS_INIT         \
	{                             \
		.access_key_id = NULL \
	}
void dray_credentials_drop(struct dray_credentials *credentials);
void dray_credentials_copy(const struct dray_credentials *from, struct dray_credentials *out);

/* ------------------------------------------------------- AWS's two files */

/*
 * ~/.aws/config and ~/.aws/credentials, or the files that
 * AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name; an absent file is an empty one.
 */
struct dray_aws_files;
/*
 * `config_path` and `credentials_path` (NULL: none) win over the variables. INVALID: a malformed
 * line, with file and number; DENIED: a file that is there and cannot be read.
 */
DRAY_MUST_CHECK enum dray_status dray_aws_files_open(const char *config_path,
	const char *credentials_path, struct dray_aws_files **out_files, struct dray_err *err);
void dray_aws_files_close(struct dray_aws_files *files); /* NULL is fine */
/* `name`, else AWS_PROFILE, AWS_DEFAULT_PROFILE, "default". Borrowed. */
const char *dray_aws_profile_name(const struct dray_aws_files *files, const char *name);
bool dray_aws_has_profile(const struct dray_aws_files *files, const char *profile);
/* The profile that a person probably meant, or NULL. Borrowed. */
const char *dray_aws_nearest_profile(const struct dray_aws_files *files, const char *profile);
/*
 * A key of a profile ("region"), or of a block nested in it ("s3", "addressing_style"; `block`
 * NULL for none). The credentials file wins. NULL when absent or empty; borrowed.
 */
const char *dray_aws_get(const struct dray_aws_files *files, const char *profile, const char *block,
	const char *key);
/* The same from one of the two files only: an access key and its secret are not mixed. */
enum dray_aws_file { DRAY_AWS_CONFIG, DRAY_AWS_CREDENTIALS };
const char *dray_aws_get_from(const struct dray_aws_files *files, enum dray_aws_file file,
	const char *profile, const char *block, const char *key);
/* A key of a section that is no profile: "services", "NAME", block "s3", "endpoint_url". */
const char *dray_aws_get_section(const struct dray_aws_files *files, const char *kind,
	const char *name, const char *block, const char *key);
/*
 * Where a service ("s3", "sts") is to be reached, of AWS_ENDPOINT_URL_<SERVICE>,
 * AWS_ENDPOINT_URL, the profile's `services` and its endpoint_url, unless
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or the profile say to ignore them. NULL: AWS. Borrowed.
 */
const char *dray_aws_endpoint(
	const struct dray_aws_files *files, const char *profile, const char *service);
/* AWS_REGION, AWS_DEFAULT_REGION, the profile's region, or NULL. Borrowed. */
const char *dray_aws_region(const struct dray_aws_files *files, const char *profile);

/* -------------------------------------------------------------- the chain */

struct dray_credential_options {
	/* of the remote's settings; NULL where not set; copied */
	const char *access_key_id;
	const char *secret_access_key;
	const char *session_token;
	const char *profile;
	const char *region; /* for STS */
	bool is_anonymous;
	const struct dray_aws_files *files; /* borrowed for the chain's life */
	struct dray_http *http;             /* likewise */
};
struct dray_credential_chain;
/*
 * Decide where credentials come from; no network, no process. NOT_FOUND: a profile that was asked
 * for by name does not exist. INVALID: half a key, a cycle of source profiles, …
 */
DRAY_MUST_CHECK enum dray_status dray_credential_chain_new(
	const struct dray_credential_options *options, struct dray_credential_chain **out_chain,
	struct dray_err *err);
void dray_credential_chain_free(struct dray_credential_chain *chain); /* NULL is fine */
/*
 * Credentials that are good for some minutes, fetched or refreshed if need be, from any thread;
 * one thread fetches while the others wait or, where the old ones are still good, use those.
 * `stale` (or NULL): the access key and token a server just called expired; they are not
 * returned again unless there are no others. DENIED: nothing in the chain has any, with what was
 * asked and what to do; RETRY: a service that did not answer.
 */
DRAY_MUST_CHECK enum dray_status dray_credential_chain_get(struct dray_credential_chain *chain,
	const struct dray_credentials *stale, struct dray_credentials *out_credentials,
	struct dray_err *err);

#endif
