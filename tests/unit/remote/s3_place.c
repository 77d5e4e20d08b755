/* Bucket, endpoint and key into a URL. */
#include "../../remote/harness.h"

#include "remote/s3.h"

static void test_endpoints(void **state)
{
	static const struct {
		const char *text;
		bool use_ssl;
		const char *endpoint; /* NULL: refused */
	} rows[] = {
		{"https://s3.example.org", true, "https://s3.example.org"},
		{"https://s3.example.org/", true, "https://s3.example.org"},
		{"https://s3.example.org///", true, "https://s3.example.org"},
		{"http://s3.example.org", true, "http://s3.example.org"},
		{"s3.example.org", true, "https://s3.example.org"},
		{"s3.example.org", false, "http://s3.example.org"},
		{"localhost:9000", false, "http://localhost:9000"},
		{"HTTPS://S3.example.org", true, "https://S3.example.org"},
		{"https://s3.example.org:443", true, "https://s3.example.org"},
		{"https://s3.example.org:443/base/", true, "https://s3.example.org/base"},
		{"HTTPS://s3.example.org:443", true, "https://s3.example.org"},
		{"http://s3.example.org:80", true, "http://s3.example.org"},
		{"https://s3.example.org:80", true, "https://s3.example.org:80"},
		{"http://s3.example.org:443", true, "http://s3.example.org:443"},
		{"https://s3.example.org:4430", true, "https://s3.example.org:4430"},
		{"https://10.0.0.1:9000", true, "https://10.0.0.1:9000"},
		{"http://[::1]:9000/a/b", true, "http://[::1]:9000/a/b"},
		{"http://[::1]:80", true, "http://[::1]"},
		{"http://[fd00::80]", true, "http://[fd00::80]"},
		{"https://host_name/", true, "https://host_name"},
		{"", true, NULL},
		{"https://", true, NULL},
		{"https:///path", true, NULL},
		{"https://:9000", true, NULL},
		{"://host", true, NULL},
		{"ftp://host", true, NULL},
		{"s3://host", true, NULL},
		{"https://me:hush@host", true, NULL},
		{"https://host?x=1", true, NULL},
		{"https://host/base?x=1", true, NULL},
		{"https://host/base#x", true, NULL},
		{"https://ho st", true, NULL},
		{"https://host\n", true, NULL},
		{"https://host\r\nx-evil: 1", true, NULL},
		{"https://h\303\266st", true, NULL},
		{"https://host/a b", true, NULL},
		{"https://host/a\r\nb", true, NULL},
		{"https://host/\303\266", true, NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR endpoint = dray_s3_parse_endpoint(rows[i].text, rows[i].use_ssl);

		if (rows[i].endpoint == NULL && endpoint != NULL)
			fail_msg("'%s' is taken for '%s'", rows[i].text, endpoint);
		if (rows[i].endpoint != NULL)
			assert_string_equal(endpoint, rows[i].endpoint);
	}
}

struct place {
	const char *bucket;
	const char *endpoint; /* NULL: AWS */
	enum dray_s3_style style;
	const char *region;
	const char *key;
	const char *query;
	const char *url;
	const char *host;
	const char *path;
};

/* clang-format off */
static const struct place places[] = {
	{"bkt", NULL, DRAY_S3_AUTO, "eu-west-1", "a/b", "", "https://bkt.s3.eu-west-1.amazonaws.com/a/b",
		"bkt.s3.eu-west-1.amazonaws.com", "/a/b"},
	{"bkt", NULL, DRAY_S3_AUTO, "us-east-1", NULL, "", "https://bkt.s3.us-east-1.amazonaws.com/",
		"bkt.s3.us-east-1.amazonaws.com", "/"},
	{"bkt", NULL, DRAY_S3_PATH, "us-east-1", "k", "", "https://s3.us-east-1.amazonaws.com/bkt/k",
		"s3.us-east-1.amazonaws.com", "/bkt/k"},
	{"bkt", NULL, DRAY_S3_AUTO, "cn-north-1", "k", "", "https://bkt.s3.cn-north-1.amazonaws.com.cn/k",
		"bkt.s3.cn-north-1.amazonaws.com.cn", "/k"},
	/* no certificate covers more than one label */
	{"a.b.c", NULL, DRAY_S3_AUTO, "us-east-1", "k", "", "https://s3.us-east-1.amazonaws.com/a.b.c/k",
		"s3.us-east-1.amazonaws.com", "/a.b.c/k"},
	{"a.b.c", NULL, DRAY_S3_VIRTUAL, "us-east-1", "k", "", "https://a.b.c.s3.us-east-1.amazonaws.com/k",
		"a.b.c.s3.us-east-1.amazonaws.com", "/k"},
	{"Bkt_1", NULL, DRAY_S3_AUTO, "us-east-1", "k", "", "https://s3.us-east-1.amazonaws.com/Bkt_1/k",
		"s3.us-east-1.amazonaws.com", "/Bkt_1/k"},
	{"bkt", "http://127.0.0.1:9000", DRAY_S3_AUTO, "x", "k", "", "http://127.0.0.1:9000/bkt/k",
		"127.0.0.1:9000", "/bkt/k"},
	{"bkt", "http://127.0.0.1:9000", DRAY_S3_AUTO, "x", NULL, "uploads=", "http://127.0.0.1:9000/bkt?uploads=",
		"127.0.0.1:9000", "/bkt"},
	{"bkt", "http://s3.localhost:9000", DRAY_S3_VIRTUAL, "x", "k", "", "http://bkt.s3.localhost:9000/k",
		"bkt.s3.localhost:9000", "/k"},
	{"bkt", "http://s3.localhost:9000", DRAY_S3_VIRTUAL, "x", NULL, "list-type=2",
		"http://bkt.s3.localhost:9000/?list-type=2", "bkt.s3.localhost:9000", "/"},
	{"bkt", "https://host/base/s3", DRAY_S3_PATH, "x", "k", "", "https://host/base/s3/bkt/k", "host", "/base/s3/bkt/k"},
	{"bkt", "https://host/base", DRAY_S3_VIRTUAL, "x", NULL, "", "https://bkt.host/base", "bkt.host", "/base"},
	{"bkt", "http://[::1]:9000", DRAY_S3_AUTO, "x", "k", "a=b", "http://[::1]:9000/bkt/k?a=b", "[::1]:9000", "/bkt/k"},
	/* encoded once, nothing folded */
	{"bkt", "http://h", DRAY_S3_PATH, "x", "a b/100%/c+d", "", "http://h/bkt/a%20b/100%25/c%2Bd", "h", "/bkt/a%20b/100%25/c%2Bd"},
	{"bkt", "http://h", DRAY_S3_PATH, "x", "\303\251/dt=1/x(y)*!'~-_.", "",
		"http://h/bkt/%C3%A9/dt%3D1/x%28y%29%2A%21%27~-_.", "h", "/bkt/%C3%A9/dt%3D1/x%28y%29%2A%21%27~-_."},
	{"bkt", "http://h", DRAY_S3_PATH, "x", "a//b/./c/../d?e#f&g", "",
		"http://h/bkt/a//b/./c/../d%3Fe%23f%26g", "h", "/bkt/a//b/./c/../d%3Fe%23f%26g"},
};
/* clang-format on */

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(places); i++) {
		const struct place *row = &places[i];
		struct dray_s3_settings settings = {
			.bucket = dray_strdup(row->bucket),
			.endpoint = row->endpoint != NULL ? dray_strdup(row->endpoint) : NULL,
			.use_ssl = true,
			.style = row->style,
		};
		struct dray_s3_place place = {.url = NULL};

		dray_s3_place(&settings, row->region, row->key, row->query, &place);
		assert_string_equal(place.url, row->url);
		assert_string_equal(place.host, row->host);
		assert_string_equal(place.path, row->path);
		dray_s3_place_drop(&place);
		assert_null(place.url);
		dray_s3_place_drop(&place);
		dray_s3_settings_drop(&settings);
	}
}

static void test_aws_without_tls(void **state)
{
	struct dray_s3_settings settings = {.bucket = dray_strdup("bkt"), .use_ssl = false};
	struct dray_s3_place place = {.url = NULL};

	(void)state;
	dray_s3_place(&settings, "us-east-1", "k", "", &place);
	assert_string_equal(place.url, "http://bkt.s3.us-east-1.amazonaws.com/k");
	dray_s3_place_drop(&place);
	dray_s3_settings_drop(&settings);
}

static void test_keys(void **state)
{
	static const struct {
		const char *prefix;
		const char *key;
		const char *full;
	} rows[] = {
		{"", "files/sha256/ab/cd", "files/sha256/ab/cd"},
		{"data", "files/x", "data/files/x"},
		{"a/b c", "x", "a/b c/x"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 s3 = {.settings = {.prefix = dray_strdup(rows[i].prefix)}};
		DRAY_AUTO_STR full = dray_s3_key(&s3, rows[i].key);

		assert_string_equal(full, rows[i].full);
		dray_s3_settings_drop(&s3.settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_aws_without_tls),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
