/*
 * Settings of an S3 remote: the remote's own first, under DVC's names, then
 * AWS's variables, then the profile. Lists of precedence: boto3's "Configuration"
 * guide, AWS SDKs and Tools Reference Guide.
 */
#include "s3.h"

#include "setting.h"

#include <dray/hash.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What one setting is looked up with. */
struct lookup {
	const struct dray_remote_options *options;
	const struct dray_aws_files *files;
	const char *profile; /* the one in force */
};

void dray_s3_settings_drop(struct dray_s3_settings *settings)
{
	char **const texts[] = {&settings->bucket, &settings->prefix, &settings->endpoint,
		&settings->region, &settings->profile, &settings->access_key_id,
		&settings->ca_path};

	dray_str_wipe(&settings->secret_access_key);
	dray_str_wipe(&settings->session_token);
	for (size_t i = 0; i < DRAY_COUNT(texts); i++)
		free(*texts[i]);
	dray_strs_drop(&settings->write_headers);
	dray_strs_wipe(&settings->object_headers); /* an SSE-C key may be there */
	dray_strs_drop(&settings->all_headers);
	*settings = (struct dray_s3_settings){.bucket = NULL};
}

/* ---------------------------------------------------------------- one value */

static const char *of_profile(const struct lookup *lookup, const char *block, const char *key)
{
	return dray_aws_get(lookup->files, lookup->profile, block, key);
}

/* ------------------------------------------------------------------- parts */

static enum dray_status read_url(
	const char *url, struct dray_s3_settings *settings, struct dray_err *err)
{
	const char *bucket = strstr(url, "://") + 3;
	size_t len = strcspn(bucket, "/");
	const char *prefix = bucket + len;

	settings->bucket = dray_strndup(bucket, len);
	bool is_fine = len >= 3 && len <= 255;
	for (size_t i = 0; i < len; i++)
		is_fine = is_fine &&
			  (isalnum((unsigned char)bucket[i]) || strchr("-._", bucket[i]) != NULL);
	if (memchr(bucket, '@', len) != NULL) { /* not shown: there may be a key in it */
		dray_fail(err, DRAY_INVALID, "an s3 url holds no user and no keys");
		return dray_hint(
			err, "the url is s3://BUCKET/PREFIX; keys are settings of their own");
	}
	if (!is_fine) {
		dray_fail(err, DRAY_INVALID,
			"'%s' is no name of a bucket: 3 to 255 of a-z 0-9 - . _", settings->bucket);
		return dray_hint(err, "the url is s3://BUCKET/PREFIX");
	}
	prefix += strspn(prefix, "/");
	settings->prefix = dray_strdup(prefix);
	for (size_t end = strlen(prefix); end > 0 && prefix[end - 1] == '/'; end--)
		settings->prefix[end - 1] = '\0';
	if (strlen(settings->prefix) > 900)
		return dray_fail(
			err, DRAY_INVALID, "the prefix of '%.64s…' is too long for S3", url);
	return DRAY_OK;
}

static enum dray_status read_endpoint(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	const char *text = dray_setting_text(lookup->options, "endpointurl");

	DRAY_TRY(dray_setting_bool(lookup->options, "use_ssl", &settings->use_ssl, err));
	text = text != NULL ? text : dray_aws_endpoint(lookup->files, lookup->profile, "s3");
	if (text == NULL)
		return DRAY_OK;
	settings->endpoint = dray_s3_parse_endpoint(text, settings->use_ssl);
	if (settings->endpoint != NULL)
		return DRAY_OK;
	/* not the text itself: it may hold a password */
	dray_fail(err, DRAY_INVALID, "its endpoint is no address of a server");
	return dray_hint(err, "an endpointurl is https://HOST[:PORT][/PATH]");
}

static enum dray_status read_region(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	const char *found = dray_setting_text(lookup->options, "region");

	found = found != NULL ? found : dray_aws_region(lookup->files, lookup->profile);
	if (found == NULL && settings->endpoint != NULL &&
		strstr(settings->endpoint, ".r2.cloudflarestorage.com") != NULL)
		found = "auto";
	settings->region = dray_strdup(found != NULL ? found : "us-east-1");
	for (const char *at = settings->region; *at != '\0'; at++)
		if (!isalnum((unsigned char)*at) && strchr("-_.", *at) == NULL)
			return dray_fail(
				err, DRAY_INVALID, "'%s' is no name of a region", settings->region);
	return DRAY_OK;
}

static enum dray_status read_style(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	static const struct {
		const char *name;
		enum dray_s3_style style;
	} styles[] = {{"auto", DRAY_S3_AUTO}, {"path", DRAY_S3_PATH}, {"virtual", DRAY_S3_VIRTUAL}};
	const char *text = dray_setting_text(lookup->options, "addressing_style");

	text = text != NULL ? text : of_profile(lookup, "s3", "addressing_style");
	if (text == NULL)
		return DRAY_OK;
	for (size_t i = 0; i < DRAY_COUNT(styles); i++)
		if (strcmp(text, styles[i].name) == 0) {
			settings->style = styles[i].style;
			return DRAY_OK;
		}
	return dray_fail(
		err, DRAY_INVALID, "'%s' is no addressing_style: auto, path or virtual", text);
}

static void read_trust(const struct lookup *lookup, struct dray_s3_settings *settings)
{
	const char *found = dray_os_env("AWS_CA_BUNDLE");

	found = found != NULL ? found : of_profile(lookup, NULL, "ca_bundle");
	dray_setting_trust(lookup->options, found, &settings->ca_path, &settings->is_unverified);
}

/* ----------------------------------------------------------------- headers */

/* Anybody on the way could read the key that everything is encrypted with. */
static enum dray_status check_is_private(
	const struct dray_s3_settings *settings, struct dray_err *err)
{
	bool is_plain = settings->endpoint != NULL
				? strncmp(settings->endpoint, "http://", 7) == 0 &&
					  !dray_setting_is_loopback(settings->endpoint)
				: !settings->use_ssl;

	if (!is_plain)
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "sse_customer_key is not sent without encryption");
	return dray_hint(err, "use an https endpointurl");
}

static enum dray_status add_sse_c(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	const struct dray_config_entry *entry =
		dray_setting_entry(lookup->options, "sse_customer_key");
	const struct dray_config_entry *algorithm =
		dray_setting_entry(lookup->options, "sse_customer_algorithm");
	DRAY_AUTO_SECRET_BUF key = DRAY_BUF_INIT;
	DRAY_AUTO(buf) digest = DRAY_BUF_INIT;
	struct dray_oid md5;

	if (entry == NULL)
		return DRAY_OK;
	DRAY_TRY(check_is_private(settings, err));
	if (dray_setting_text(lookup->options, "sse_kms_key_id") != NULL)
		return dray_fail(err, DRAY_INVALID,
			"sse_kms_key_id and sse_customer_key exclude each other");
	if (!dray_buf_unbase64(&key, entry->value, strlen(entry->value)) || key.len != 32)
		return dray_setting_refuse(entry, "a key of 32 bytes in base64", err);
	if (algorithm != NULL && !dray_setting_is_line(algorithm->value))
		return dray_setting_refuse(algorithm, "one line of text", err);
	dray_hash(DRAY_MD5, key.data, key.len, &md5);
	dray_buf_base64(&digest, md5.digest, 16);
	dray_http_add_header(&settings->object_headers,
		"x-amz-server-side-encryption-customer-algorithm",
		algorithm != NULL ? algorithm->value : "AES256");
	dray_http_add_header(&settings->object_headers, "x-amz-server-side-encryption-customer-key",
		entry->value);
	dray_http_add_header(&settings->object_headers,
		"x-amz-server-side-encryption-customer-key-md5", dray_buf_text(&digest));
	return DRAY_OK;
}

static enum dray_status read_headers(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	static const struct {
		const char *option;
		const char *header;
		bool is_for_all;
	} plain[] = {
		{"sse", "x-amz-server-side-encryption", false},
		{"sse_kms_key_id", "x-amz-server-side-encryption-aws-kms-key-id", false},
		{"storage_class", "x-amz-storage-class", false},
		{"acl", "x-amz-acl", false},
		{"grant_read", "x-amz-grant-read", false},
		{"grant_read_acp", "x-amz-grant-read-acp", false},
		{"grant_write_acp", "x-amz-grant-write-acp", false},
		{"grant_full_control", "x-amz-grant-full-control", false},
		{"request_payer", "x-amz-request-payer", true},
		{"expected_bucket_owner", "x-amz-expected-bucket-owner", true},
	};
	bool has_grant = false;

	for (size_t i = 0; i < DRAY_COUNT(plain); i++) {
		const struct dray_config_entry *entry =
			dray_setting_entry(lookup->options, plain[i].option);

		if (entry == NULL)
			continue;
		if (!dray_setting_is_line(entry->value))
			return dray_setting_refuse(entry, "one line of text", err);
		has_grant = has_grant || strncmp(plain[i].option, "grant_", 6) == 0;
		dray_http_add_header(
			plain[i].is_for_all ? &settings->all_headers : &settings->write_headers,
			plain[i].header, entry->value);
	}
	if (has_grant && dray_setting_text(lookup->options, "acl") != NULL)
		return dray_fail(
			err, DRAY_INVALID, "acl and the grant_ settings exclude each other");
	if (dray_setting_text(lookup->options, "sse_kms_key_id") != NULL &&
		dray_setting_text(lookup->options, "sse") == NULL)
		dray_http_add_header(
			&settings->write_headers, "x-amz-server-side-encryption", "aws:kms");
	return add_sse_c(lookup, settings, err);
}

/* ------------------------------------------------------------------ numbers */

static unsigned attempts_of(const struct lookup *lookup)
{
	const char *text = dray_os_env("AWS_MAX_ATTEMPTS");
	uint64_t count = 0;

	text = text != NULL ? text : of_profile(lookup, NULL, "max_attempts");
	if (text == NULL || !dray_parse_u64(text, strlen(text), &count) || count > 1000)
		return 0;
	return (unsigned)count;
}

static enum dray_status read_numbers(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	uint64_t jobs = lookup->options->jobs;

	if (jobs == 0)
		DRAY_TRY(dray_setting_count(
			lookup->options, "jobs", DRAY_HTTP_CONNECTIONS_MAX, &jobs, err));
	settings->jobs = (unsigned)jobs;
	settings->max_attempts = attempts_of(lookup);
	settings->part_bytes = DRAY_S3_PART_DEFAULT;
	DRAY_TRY(dray_setting_seconds(
		lookup->options, "connect_timeout", &settings->connect_wait_ms, err));
	DRAY_TRY(dray_setting_seconds(
		lookup->options, "read_timeout", &settings->answer_wait_ms, err));
	DRAY_TRY(dray_setting_size(lookup->options, "max_memory", DRAY_HTTP_MEMORY_MIN,
		UINT64_C(1) << 40, &settings->memory_bytes, err));
	return dray_setting_size(lookup->options, "part_size", DRAY_S3_PART_MIN, DRAY_S3_PART_MAX,
		&settings->part_bytes, err);
}

/*
 * AWS files that a clone brought along may hold keys. They may not make us run a program, nor read
 * some other file and send it somewhere, nor take on a role with keys that are not theirs, nor say
 * where any of this is asked for.
 */
static enum dray_status check_shared_files(const struct lookup *lookup, struct dray_err *err)
{
	static const char *const powers[] = {"credential_process", "web_identity_token_file",
		"role_arn", "sso_session", "endpoint_url", "services",
		"ec2_metadata_service_endpoint"};
	bool is_config = dray_setting_is_shared(lookup->options, "configpath");

	if (!is_config && !dray_setting_is_shared(lookup->options, "credentialpath"))
		return DRAY_OK;
	for (size_t i = 0; i < DRAY_COUNT(powers); i++)
		if (of_profile(lookup, NULL, powers[i]) != NULL) {
			dray_fail(err, DRAY_DENIED,
				"profile '%s' has a %s, and its file is named by settings that "
				"came with the repository",
				lookup->profile, powers[i]);
			return dray_hint(err,
				"if you trust it: 'dray remote modify --local %s %s PATH'",
				lookup->options->name, is_config ? "configpath" : "credentialpath");
		}
	return DRAY_OK;
}

static enum dray_status read_identity(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	settings->profile = dray_setting_copy(lookup->options, "profile");
	settings->access_key_id = dray_setting_copy(lookup->options, "access_key_id");
	settings->secret_access_key = dray_setting_copy(lookup->options, "secret_access_key");
	settings->session_token = dray_setting_copy(lookup->options, "session_token");
	DRAY_TRY(check_shared_files(lookup, err));
	return dray_setting_bool(
		lookup->options, "allow_anonymous_login", &settings->is_anonymous, err);
}

static enum dray_status read_all(
	const struct lookup *lookup, struct dray_s3_settings *settings, struct dray_err *err)
{
	DRAY_TRY(read_url(lookup->options->url, settings, err));
	DRAY_TRY(read_identity(lookup, settings, err));
	DRAY_TRY(read_endpoint(lookup, settings, err));
	DRAY_TRY(read_region(lookup, settings, err));
	DRAY_TRY(read_style(lookup, settings, err));
	read_trust(lookup, settings);
	DRAY_TRY(read_headers(lookup, settings, err));
	return read_numbers(lookup, settings, err);
}

enum dray_status dray_s3_settings_read(const struct dray_remote_options *options,
	struct dray_aws_files **out_files, struct dray_s3_settings *out, struct dray_err *err)
{
	struct lookup lookup = {.options = options};
	struct dray_s3_settings settings = {.use_ssl = true};
	struct dray_aws_files *files = NULL;
	DRAY_AUTO_STR config = dray_setting_path(options, "configpath");
	DRAY_AUTO_STR credentials = dray_setting_path(options, "credentialpath");

	DRAY_TRY(dray_aws_files_open(config, credentials, &files, err));
	lookup.files = files;
	lookup.profile = dray_aws_profile_name(files, dray_setting_text(options, "profile"));
	enum dray_status status = read_all(&lookup, &settings, err);
	if (status != DRAY_OK) {
		dray_s3_settings_drop(&settings);
		dray_aws_files_close(files);
		return status;
	}
	*out = settings;
	*out_files = files;
	return DRAY_OK;
}
