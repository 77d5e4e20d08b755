/* The settings that exist: one table for checking, documentation and completion. */
#include "private.h"

#include <string.h>

static const struct dray_config_key keys[] = {
	{"core.autostage", "bool", "true", "stage pointers and .gitignore in git"},
	{"core.no_git", "bool", "false", "do without a git repository"},
	{"core.remote", "text", "", "remote to use when none is named"},
	{"cache.dir", "path", "", "place of the cache"},
	{"cache.type", "links", "reflink,copy", "how files and cache share bytes, in order"},
	{"cache.shared", "text", "", "'group': a cache that a group of users shares"},
	{"remote.*.url", "path", "", "where the remote is"},
	{"remote.*.jobs", "count", "", "transfers at once"},
	{"remote.*.verify", "bool", "true", "accepted: what comes is always verified"},
	{"remote.*.version_aware", "bool", "false", "accepted for DVC's sake"},
	{"remote.*.worktree", "bool", "false", "accepted for DVC's sake"},
	{"remote.*.endpointurl", "text", "", "S3: address of a store other than AWS"},
	{"remote.*.region", "text", "us-east-1", "S3: region of the bucket"},
	{"remote.*.addressing_style", "text", "auto", "S3: path, virtual or auto"},
	{"remote.*.profile", "text", "", "S3: profile in the AWS files"},
	{"remote.*.credentialpath", "path", "", "S3: AWS credentials file"},
	{"remote.*.configpath", "path", "", "S3: AWS config file"},
	{"remote.*.access_key_id", "secret", "", "S3: access key"},
	{"remote.*.secret_access_key", "secret", "", "S3: secret key"},
	{"remote.*.session_token", "secret", "", "S3: token of temporary keys"},
	{"remote.*.allow_anonymous_login", "bool", "false", "S3: sign no request"},
	{"remote.*.use_ssl", "bool", "true", "S3: https where the address names no scheme"},
	{"remote.*.ssl_verify", "trust", "true", "S3: false, or file or folder of authorities"},
	{"remote.*.connect_timeout", "count", "10", "S3: seconds to wait for a connection"},
	{"remote.*.read_timeout", "count", "60", "S3: seconds to wait for an answer"},
	{"remote.*.sse", "text", "", "S3: server-side encryption, AES256 or aws:kms"},
	{"remote.*.sse_kms_key_id", "text", "", "S3: key of aws:kms"},
	{"remote.*.sse_customer_algorithm", "text", "AES256", "S3: algorithm of your own key"},
	{"remote.*.sse_customer_key", "secret", "", "S3: your own key, in base64"},
	{"remote.*.storage_class", "text", "", "S3: storage class of new objects"},
	{"remote.*.request_payer", "text", "", "S3: 'requester' if you pay for requests"},
	{"remote.*.expected_bucket_owner", "text", "", "S3: account that must own the bucket"},
	{"remote.*.acl", "text", "", "S3: canned access control list of new objects"},
	{"remote.*.grant_read", "text", "", "S3: grant on new objects"},
	{"remote.*.grant_read_acp", "text", "", "S3: grant on new objects"},
	{"remote.*.grant_write_acp", "text", "", "S3: grant on new objects"},
	{"remote.*.grant_full_control", "text", "", "S3: grant on new objects"},
	{"remote.*.cache_regions", "bool", "false", "accepted: regions are always remembered"},
	{"remote.*.listobjects", "bool", "false", "accepted for DVC's sake"},
	{"remote.*.part_size", "size", "16M", "S3: bytes of a part of a large object"},
	{"remote.*.max_memory", "size", "256M", "S3: memory to stay below, from 64M"},
};

const struct dray_config_key *dray_ops_config_keys(size_t *out_count)
{
	*out_count = DRAY_COUNT(keys);
	return keys;
}

/* "remote.*.url" stands for any name in the middle. */
static bool is_match(const char *pattern, const char *key)
{
	const char *star = strchr(pattern, '*');

	if (star == NULL)
		return strcmp(pattern, key) == 0;
	size_t head = (size_t)(star - pattern);
	size_t tail = strlen(star + 1);
	size_t len = strlen(key);
	return len > head + tail && strncmp(key, pattern, head) == 0 &&
	       strcmp(key + len - tail, star + 1) == 0;
}

static bool is_links(const char *value)
{
	if (*value == '\0')
		return false;
	while (*value != '\0') {
		size_t len = strcspn(value, ", ");
		DRAY_AUTO_STR word = dray_strndup(value, len);
		enum dray_link link;

		if (len > 0 && !dray_link_parse(word, &link))
			return false;
		value += len;
		value += strspn(value, ", ");
	}
	return true;
}

static enum dray_status check_value(const struct dray_config_key *known, const char *key,
	const char *value, struct dray_err *err)
{
	uint64_t number;
	bool flag;

	if (strcmp(known->type, "count") == 0 &&
		(!dray_parse_u64(value, strlen(value), &number) || number == 0))
		return dray_fail(
			err, DRAY_USAGE, "'%s' is a number from 1 on, not '%s'", key, value);
	if (strcmp(known->type, "size") == 0 && !dray_parse_size(value, &number))
		return dray_fail(
			err, DRAY_USAGE, "'%s' is a size such as 64M, not '%s'", key, value);
	if (strcmp(known->type, "bool") == 0 && !dray_parse_bool(value, &flag))
		return dray_fail(err, DRAY_USAGE, "'%s' is true or false, not '%s'", key, value);
	if (strcmp(known->type, "links") == 0 && !is_links(value)) {
		dray_fail(err, DRAY_USAGE, "'%s' is no list of link types", value);
		return dray_hint(err, "known are reflink, hardlink, symlink, copy");
	}
	if (strcmp(key, "cache.shared") == 0 && strcmp(value, "group") != 0)
		return dray_fail(
			err, DRAY_USAGE, "'cache.shared' can only be 'group', not '%s'", value);
	return DRAY_OK;
}

const char *config_type(const char *key)
{
	for (size_t i = 0; i < DRAY_COUNT(keys); i++)
		if (is_match(keys[i].key, key))
			return keys[i].type;
	return "text";
}

bool config_is_secret(const char *key)
{
	return strcmp(config_type(key), "secret") == 0;
}

enum dray_status config_check_key(const char *key, const char *value, struct dray_err *err)
{
	struct dray_nearest nearest = DRAY_NEAREST_INIT(key);

	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		if (is_match(keys[i].key, key))
			return value == NULL ? DRAY_OK : check_value(&keys[i], key, value, err);
		dray_nearest_offer(&nearest, keys[i].key);
	}
	dray_fail(err, DRAY_USAGE, "there is no setting '%s'", key);
	if (nearest.best != NULL)
		return dray_hint(err, "did you mean '%s'?", nearest.best);
	return dray_hint(err, "'dray help config' lists them");
}
