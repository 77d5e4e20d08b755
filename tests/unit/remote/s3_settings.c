/* Settings of an S3 remote: every option, who wins over whom, what is refused and where it stands.
 */
#include "../../remote/harness.h"

#include "remote/s3.h"

static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE",
	"AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
	"AWS_ENDPOINT_URL_S3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_CA_BUNDLE",
	"CURL_CA_BUNDLE", "SSL_CERT_FILE", "AWS_MAX_ATTEMPTS"};

static void unset_all(void)
{
	for (size_t i = 0; i < DRAY_COUNT(variables); i++)
		unsetenv(variables[i]);
}

static int set_up(void **state)
{
	unset_all();
	if (make_sandbox(state) != 0)
		return -1;
	return setenv("HOME", sandbox, 1);
}

/* ------------------------------------------------------------------ reading */

#define ORIGIN "/repo/.dray/config"

struct input {
	const char *url;
	const char *config; /* lines of remote 'r', in ORIGIN; NULL: there is no config */
	const char *env[4]; /* name, value, name, value */
	const char *aws;    /* ~/.aws/config; NULL: none */
	unsigned jobs;
	const char *shared_origin;
};

static enum dray_status read_settings(
	const struct input *input, struct dray_s3_settings *out, struct dray_err *err)
{
	DRAY_AUTO_STR path = in_sandbox(".aws/config");
	DRAY_AUTO_STR text =
		dray_format("['remote \"r\"']\n%s\n", input->config ? input->config : "");
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_aws_files *files = NULL;

	unset_all();
	for (size_t i = 0; i < 4 && input->env[i] != NULL; i += 2)
		setenv(input->env[i], input->env[i + 1], 1);
	write_file(path, input->aws != NULL ? input->aws : "", input->aws ? strlen(input->aws) : 0);
	assert_int_equal(dray_config_parse(&config, text, strlen(text), ORIGIN, err), DRAY_OK);
	const struct dray_remote_options options = {
		.url = input->url,
		.config = input->config != NULL ? &config : NULL,
		.name = "r",
		.shared_origin = input->shared_origin,
		.jobs = input->jobs,
	};
	enum dray_status status = dray_s3_settings_read(&options, &files, out, err);
	if (status == DRAY_OK)
		dray_aws_files_close(files);
	return status;
}

static void add_text(struct dray_buf *buf, const char *name, const char *value)
{
	if (value != NULL)
		dray_buf_printf(buf, "%s=%s ", name, value);
}

static void add_number(struct dray_buf *buf, const char *name, uint64_t value, uint64_t usual)
{
	if (value != usual)
		dray_buf_printf(buf, "%s=%llu ", name, (unsigned long long)value);
}

static void add_lines(struct dray_buf *buf, const char *name, const struct dray_strs *lines)
{
	for (size_t i = 0; i < lines->len; i++)
		dray_buf_printf(buf, "%s<%s> ", name, lines->items[i]);
}

/* What is not as it is when nothing is set, as one line. */
static char *show(const struct dray_s3_settings *settings)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	if (strcmp(settings->bucket, "bkt") != 0)
		add_text(&buf, "bucket", settings->bucket);
	if (*settings->prefix != '\0')
		add_text(&buf, "prefix", settings->prefix);
	add_text(&buf, "endpoint", settings->endpoint);
	if (strcmp(settings->region, "us-east-1") != 0)
		add_text(&buf, "region", settings->region);
	add_number(&buf, "ssl", settings->use_ssl, 1);
	add_number(&buf, "style", settings->style, DRAY_S3_AUTO);
	add_text(&buf, "profile", settings->profile);
	add_text(&buf, "id", settings->access_key_id);
	add_text(&buf, "secret", settings->secret_access_key);
	add_text(&buf, "token", settings->session_token);
	add_number(&buf, "anonymous", settings->is_anonymous, 0);
	add_text(&buf, "ca", settings->ca_path);
	add_number(&buf, "unverified", settings->is_unverified, 0);
	add_number(&buf, "jobs", settings->jobs, 0);
	add_number(&buf, "attempts", settings->max_attempts, 0);
	add_number(&buf, "connect", settings->connect_wait_ms, 0);
	add_number(&buf, "answer", settings->answer_wait_ms, 0);
	add_number(&buf, "memory", settings->memory_bytes, 0);
	add_number(&buf, "part", settings->part_bytes, DRAY_S3_PART_DEFAULT);
	add_lines(&buf, "write", &settings->write_headers);
	add_lines(&buf, "object", &settings->object_headers);
	add_lines(&buf, "all", &settings->all_headers);
	if (buf.len > 0)
		buf.data[--buf.len] = '\0';
	return dray_buf_take(&buf);
}

static void check(const struct input *input, const char *shown)
{
	struct dray_s3_settings settings = {.bucket = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, read_settings(input, &settings, &err));
	DRAY_AUTO_STR found = show(&settings);
	assert_string_equal(found, shown);
	dray_s3_settings_drop(&settings);
	assert_null(settings.bucket);
	dray_s3_settings_drop(&settings);
}

/* -------------------------------------------------------------------- options */

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		const char *shown; /* NULL: refused */
	} rows[] = {
		{"s3://bkt", ""},
		{"s3://bkt/", ""},
		{"s3://bkt//", ""},
		{"s3://bkt/data", "prefix=data"},
		{"s3://bkt/data/", "prefix=data"},
		{"s3://bkt//data/set///", "prefix=data/set"},
		{"s3://bkt/a b%20c", "prefix=a b%20c"},
		{"S3://bkt/x", "prefix=x"},
		{"s3://a.b_c-D9/x", "bucket=a.b_c-D9 prefix=x"},
		{"s3://ab", NULL},
		{"s3://", NULL},
		{"s3:///prefix", NULL},
		{"s3://bkt?x=1", NULL},
		{"s3://b kt", NULL},
		{"s3://bkt\n", NULL},
		{"s3://b\303\266cket", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct input input = {.url = rows[i].url};
		struct dray_s3_settings settings = {.bucket = NULL};
		struct dray_err err = DRAY_ERR_INIT;

		if (rows[i].shown != NULL) {
			check(&input, rows[i].shown);
			continue;
		}
		assert_status(DRAY_INVALID, read_settings(&input, &settings, &err));
		assert_non_null(strstr(err.text, "is no name of a bucket"));
		assert_string_equal(err.hint, "the url is s3://BUCKET/PREFIX");
		assert_null(settings.bucket);
	}
}

static void test_a_url_with_keys_is_not_shown(void **state)
{
	const struct input input = {.url = "s3://AKID:hush@bkt/x"};
	struct dray_s3_settings settings = {.bucket = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_INVALID, read_settings(&input, &settings, &err));
	assert_string_equal(err.text, "an s3 url holds no user and no keys");
	assert_null(strstr(err.hint, "hush"));
}

static void test_long_urls(void **state)
{
	static const struct {
		size_t bucket;
		size_t prefix;
		enum dray_status status;
	} rows[] = {{255, 1, DRAY_OK}, {256, 1, DRAY_INVALID}, {3, 900, DRAY_OK},
		{3, 901, DRAY_INVALID}, {2, 1, DRAY_INVALID}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3_settings settings = {.bucket = NULL};
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR url = dray_format(
			"s3://%0*d/%0*d", (int)rows[i].bucket, 0, (int)rows[i].prefix, 0);
		const struct input input = {.url = url};

		assert_status(rows[i].status, read_settings(&input, &settings, &err));
		dray_s3_settings_drop(&settings);
	}
}

#define KEY_32                                                                             \
	"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=" /* 01234567890123456789012345678901 \
							*/
#define SSE_C "object<x-amz-server-side-encryption-customer-"

static void test_options(void **state)
{
	static const struct {
		const char *config;
		const char *shown;
	} rows[] = {
		{"", ""},
		{"endpointurl = https://h.example.org:9000/base/",
			"endpoint=https://h.example.org:9000/base"},
		{"endpointurl = h:9000", "endpoint=https://h:9000"},
		{"endpointurl = h:9000\nuse_ssl = false", "endpoint=http://h:9000 ssl=0"},
		{"endpointurl =", ""}, /* empty is unset */
		{"region = eu-west-1", "region=eu-west-1"},
		{"region = us-east-1", ""},
		{"endpointurl = https://x.r2.cloudflarestorage.com",
			"endpoint=https://x.r2.cloudflarestorage.com region=auto"},
		{"endpointurl = https://x.r2.cloudflarestorage.com\nregion = weur",
			"endpoint=https://x.r2.cloudflarestorage.com region=weur"},
		{"addressing_style = path", "style=1"},
		{"addressing_style = virtual", "style=2"},
		{"addressing_style = auto", ""},
		{"profile = lab", "profile=lab"},
		{"access_key_id = AKIA\nsecret_access_key = s#1\nsession_token = t",
			"id=AKIA secret=s#1 token=t"},
		{"allow_anonymous_login = true", "anonymous=1"},
		{"ssl_verify = true", ""},
		{"ssl_verify = no", "unverified=1"},
		{"ssl_verify = /etc/ca.pem", "ca=/etc/ca.pem"},
		{"ssl_verify = ../ca.pem", "ca=/repo/ca.pem"}, /* seen from the file */
		{"connect_timeout = 5\nread_timeout = 86400", "connect=5000 answer=86400000"},
		{"connect_timeout = 1.5\nread_timeout = .25", "connect=1500 answer=250"},
		{"jobs = 7", "jobs=7"},
		{"jobs = 512", "jobs=512"},
		{"max_memory = 64M", "memory=67108864"},
		{"part_size = 5M", "part=5242880"},
		{"part_size = 5G", "part=5368709120"},
		{"sse = AES256", "write<x-amz-server-side-encryption: AES256>"},
		{"sse = aws:kms\nsse_kms_key_id = k",
			"write<x-amz-server-side-encryption: aws:kms> "
			"write<x-amz-server-side-encryption-aws-kms-key-id: k>"},
		{"sse_kms_key_id = k", "write<x-amz-server-side-encryption-aws-kms-key-id: k> "
				       "write<x-amz-server-side-encryption: aws:kms>"},
		{"sse_customer_key = " KEY_32,
			SSE_C "algorithm: AES256> " SSE_C "key: " KEY_32 "> " SSE_C
			      "key-md5: KYvwGXoFFJ42a2u2GDWhwQ==>"},
		{"sse_customer_key = " KEY_32 "\nsse_customer_algorithm = X",
			SSE_C "algorithm: X> " SSE_C "key: " KEY_32 "> " SSE_C
			      "key-md5: KYvwGXoFFJ42a2u2GDWhwQ==>"},
		{"sse_customer_algorithm = X", ""}, /* alone it says nothing */
		{"storage_class = GLACIER_IR", "write<x-amz-storage-class: GLACIER_IR>"},
		{"acl = bucket-owner-full-control", "write<x-amz-acl: bucket-owner-full-control>"},
		{"grant_read = id=1\ngrant_read_acp = id=2\ngrant_write_acp = "
		 "id=3\ngrant_full_control = id=4",
			"write<x-amz-grant-read: id=1> write<x-amz-grant-read-acp: id=2> "
			"write<x-amz-grant-write-acp: id=3> write<x-amz-grant-full-control: id=4>"},
		{"request_payer = requester\nexpected_bucket_owner = 123",
			"all<x-amz-request-payer: requester> all<x-amz-expected-bucket-owner: "
			"123>"},
		/* what is accepted and does nothing */
		{"verify = false\nlistobjects = true\ncache_regions = true\nversion_aware = true",
			""},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct input input = {.url = "s3://bkt", .config = rows[i].config};

		check(&input, rows[i].shown);
	}
}

static void test_a_path_at_home(void **state)
{
	const struct input input = {.url = "s3://bkt", .config = "ssl_verify = ~/ca.pem"};
	DRAY_AUTO_STR shown = dray_format("ca=%s/ca.pem", sandbox);

	(void)state;
	check(&input, shown);
}

/* The remote's own, then AWS's variables, then the profile. */
static void test_precedence(void **state)
{
	static const char profiles[] =
		"[default]\nregion = d\nendpoint_url = http://d\nca_bundle = /d\nmax_attempts = 2\n"
		"s3 =\n  addressing_style = path\n"
		"[profile lab]\nregion = lab\nendpoint_url = http://lab\n";
	static const struct {
		struct input input;
		const char *shown;
	} rows[] = {
		{{.aws = profiles}, "endpoint=http://d region=d style=1 ca=/d attempts=2"},
		{{.aws = profiles, .env = {"AWS_PROFILE", "lab"}},
			"endpoint=http://lab region=lab"},
		{{.aws = profiles, .config = "profile = lab"},
			"endpoint=http://lab region=lab profile=lab"},
		{{.aws = profiles, .config = "profile = lab", .env = {"AWS_PROFILE", "default"}},
			"endpoint=http://lab region=lab profile=lab"},
		{{.aws = profiles, .env = {"AWS_REGION", "e", "AWS_ENDPOINT_URL_S3", "http://e"}},
			"endpoint=http://e region=e style=1 ca=/d attempts=2"},
		{{.aws = profiles,
			 .env = {"AWS_DEFAULT_REGION", "e", "AWS_ENDPOINT_URL", "http://e/x"}},
			"endpoint=http://e/x region=e style=1 ca=/d attempts=2"},
		{{.aws = profiles,
			 .env = {"AWS_REGION", "e", "AWS_ENDPOINT_URL", "http://e"},
			 .config =
				 "region = c\nendpointurl = http://c\naddressing_style = virtual"},
			"endpoint=http://c region=c style=2 ca=/d attempts=2"},
		{{.aws = profiles, .env = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
			"region=d style=1 ca=/d attempts=2"},
		{{.aws = profiles,
			 .env = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"},
			 .config = "endpointurl = http://c"},
			"endpoint=http://c region=d style=1 ca=/d attempts=2"},
		{{.aws = profiles, .env = {"AWS_CA_BUNDLE", "/e", "AWS_MAX_ATTEMPTS", "9"}},
			"endpoint=http://d region=d style=1 ca=/e attempts=9"},
		{{.aws = profiles, .env = {"AWS_CA_BUNDLE", "/e"}, .config = "ssl_verify = /c"},
			"endpoint=http://d region=d style=1 ca=/c attempts=2"},
		{{.env = {"SSL_CERT_FILE", "/s", "CURL_CA_BUNDLE", "/u"}}, "ca=/u"},
		{{.env = {"SSL_CERT_FILE", "/s"}}, "ca=/s"},
		{{.env = {"AWS_MAX_ATTEMPTS", "many"}}, ""},
		{{.env = {"AWS_MAX_ATTEMPTS", "1001"}}, ""},
		{{.env = {"AWS_REGION", ""}, .aws = profiles},
			"endpoint=http://d region=d style=1 ca=/d attempts=2"},
		{{.config = "jobs = 7", .jobs = 3}, "jobs=3"},
		{{.config = "jobs = nonsense", .jobs = 3}, "jobs=3"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct input input = rows[i].input;

		input.url = "s3://bkt";
		check(&input, rows[i].shown);
	}
}

/* ------------------------------------------------------------------- refusals */

#define LINE_2 "'" ORIGIN "' line 2: 'remote.r."

static void test_bad_values(void **state)
{
	static const struct {
		const char *config;
		const char *text;
	} rows[] = {
		{"use_ssl = perhaps", LINE_2 "use_ssl' is not true or false"},
		{"allow_anonymous_login = 2", LINE_2 "allow_anonymous_login' is not true or false"},
		{"jobs = 0", LINE_2 "jobs' is not a number from 1 to 512"},
		{"jobs = 513", LINE_2 "jobs' is not a number from 1 to 512"},
		{"jobs = -1", LINE_2 "jobs' is not a number from 1 to 512"},
		{"connect_timeout = 1.5.1",
			LINE_2 "connect_timeout' is not a number of seconds up to a day"},
		{"connect_timeout = 0",
			LINE_2 "connect_timeout' is not a number of seconds up to a day"},
		{"connect_timeout = soon",
			LINE_2 "connect_timeout' is not a number of seconds up to a day"},
		{"read_timeout = 86401",
			LINE_2 "read_timeout' is not a number of seconds up to a day"},
		{"max_memory = 63M", LINE_2 "max_memory' is not a size from 64M to 1048576M"},
		{"max_memory = 2T", LINE_2 "max_memory' is not a size from 64M to 1048576M"},
		{"part_size = 4M", LINE_2 "part_size' is not a size from 5M to 5120M"},
		{"part_size = 6G", LINE_2 "part_size' is not a size from 5M to 5120M"},
		{"part_size = big", LINE_2 "part_size' is not a size from 5M to 5120M"},
		{"storage_class = A\tB", LINE_2 "storage_class' is not one line of text"},
		{"acl = A\tB", LINE_2 "acl' is not one line of text"},
		{"grant_read = A\tB", LINE_2 "grant_read' is not one line of text"},
		{"request_payer = A\tB", LINE_2 "request_payer' is not one line of text"},
		{"sse_customer_key = short",
			LINE_2 "sse_customer_key' is not a key of 32 bytes in base64"},
		{"sse_customer_key = YWJj",
			LINE_2 "sse_customer_key' is not a key of 32 bytes in base64"},
		{"sse_customer_algorithm = A\tB\nsse_customer_key = " KEY_32,
			LINE_2 "sse_customer_algorithm' is not one line of text"},
		{"acl = private\ngrant_read = id=1",
			"acl and the grant_ settings exclude each other"},
		{"sse_kms_key_id = k\nsse_customer_key = " KEY_32,
			"sse_kms_key_id and sse_customer_key exclude each other"},
		{"endpointurl = http://store.example\nsse_customer_key = " KEY_32,
			"sse_customer_key is not sent without encryption"},
		{"endpointurl = http://127.0.0.1.example\nsse_customer_key = " KEY_32,
			"sse_customer_key is not sent without encryption"},
		{"endpointurl = http://localhost.example:80\nsse_customer_key = " KEY_32,
			"sse_customer_key is not sent without encryption"},
		{"use_ssl = false\nsse_customer_key = " KEY_32,
			"sse_customer_key is not sent without encryption"},
		{"addressing_style = dots", "'dots' is no addressing_style: auto, path or virtual"},
		{"region = eu/west", "'eu/west' is no name of a region"},
		{"endpointurl = https://me:hush@host", "its endpoint is no address of a server"},
		{"endpointurl = gopher://host", "its endpoint is no address of a server"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct input input = {.url = "s3://bkt", .config = rows[i].config};
		struct dray_s3_settings settings = {.bucket = NULL};
		struct dray_err err = DRAY_ERR_INIT;

		if (read_settings(&input, &settings, &err) != DRAY_INVALID)
			fail_msg("%s: %s", rows[i].config, err.text);
		assert_string_equal(err.text, rows[i].text);
		assert_null(strstr(err.text, KEY_32));
		assert_null(settings.bucket);
	}
}

static void test_broken_aws_files(void **state)
{
	const struct input input = {.url = "s3://bkt", .aws = "[default]\nregion = x\n[broken\n"};
	struct dray_s3_settings settings = {.bucket = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_INVALID, read_settings(&input, &settings, &err));
	assert_non_null(strstr(err.text, ".aws/config' line 3"));
}

/* ------------------------------------------------------- what came with a clone */

static void write_profile(const char *name, const char *text)
{
	DRAY_AUTO_STR path = in_sandbox(name);

	write_file(path, text, strlen(text));
}

static void test_shared_files_have_no_power(void **state)
{
	static const struct {
		const char *option;
		const char *profile;
		const char *power; /* NULL: it has none that matters */
	} rows[] = {
		{"configpath", "[default]\ncredential_process = touch /tmp/x\n",
			"credential_process"},
		{"credentialpath", "[default]\ncredential_process = touch /tmp/x\n",
			"credential_process"},
		{"configpath", "[default]\nrole_arn = a\nweb_identity_token_file = /etc/shadow\n",
			"web_identity_token_file"},
		{"configpath", "[default]\nrole_arn = a\nsource_profile = x\n", "role_arn"},
		{"configpath", "[default]\nsso_session = a\n", "sso_session"},
		{"configpath", "[default]\nregion = x\n[profile other]\ncredential_process = y\n",
			NULL},
		{"credentialpath", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n",
			NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (int is_shared = 0; is_shared < 2; is_shared++) {
			DRAY_AUTO_STR config =
				dray_format("%s = %s/clone", rows[i].option, sandbox);
			const struct input input = {.url = "s3://bkt",
				.config = config,
				.shared_origin = is_shared ? ORIGIN : "/repo/.dray/other"};
			struct dray_s3_settings settings = {.bucket = NULL};
			struct dray_err err = DRAY_ERR_INIT;
			bool is_denied = is_shared && rows[i].power != NULL;

			write_profile("clone", rows[i].profile);
			assert_status(is_denied ? DRAY_DENIED : DRAY_OK,
				read_settings(&input, &settings, &err));
			if (is_denied) {
				assert_non_null(strstr(err.text, rows[i].power));
				assert_non_null(strstr(err.hint, rows[i].option));
			}
			dray_s3_settings_drop(&settings);
		}
}

/* Also of a profile that the remote names, and of one that a variable names. */
static void test_shared_files_and_profiles(void **state)
{
	static const struct {
		const char *config;
		const char *env[4];
		enum dray_status status;
	} rows[] = {
		{"", {NULL}, DRAY_OK},
		{"profile = bad", {NULL}, DRAY_DENIED},
		{"", {"AWS_PROFILE", "bad"}, DRAY_DENIED},
		{"profile = good", {"AWS_PROFILE", "bad"}, DRAY_OK},
	};

	(void)state;
	write_profile("clone", "[default]\n[profile good]\nregion = x\n"
			       "[profile bad]\ncredential_process = y\n");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR config =
			dray_format("%s\nconfigpath = %s/clone", rows[i].config, sandbox);
		struct input input = {.url = "s3://bkt", .config = config, .shared_origin = ORIGIN};
		struct dray_s3_settings settings = {.bucket = NULL};
		struct dray_err err = DRAY_ERR_INIT;

		memcpy(input.env, rows[i].env, sizeof input.env);
		assert_status(rows[i].status, read_settings(&input, &settings, &err));
		dray_s3_settings_drop(&settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_a_url_with_keys_is_not_shown),
		cmocka_unit_test(test_long_urls),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_a_path_at_home),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_broken_aws_files),
		cmocka_unit_test(test_shared_files_have_no_power),
		cmocka_unit_test(test_shared_files_and_profiles),
	};

	return cmocka_run_group_tests(tests, set_up, remove_sandbox);
}
