/* remote/address.c and the pure part of address_http.c: which addresses there are, and redirects.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "remote/address.h"

#include <stdlib.h>
#include <string.h>

static void test_kinds(void **state)
{
	struct dray_remote_options options = {.url = "gs://user:secret@b/k"};
	struct dray_address *address = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_address_open(&options, &address, &err), DRAY_UNSUPPORTED);
	assert_string_equal(err.text, "files are not read from 'gs:'");
	options.url = "https://user:secret@host/x";
	assert_int_equal(dray_address_open(&options, &address, &err), DRAY_UNSUPPORTED);
	assert_null(strstr(err.text, "secret"));
	assert_null(address);
}

static void test_open(void **state)
{
	const struct dray_remote_options options = {.url = "https://host:1/x#part"};
	struct dray_address *address = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_address_open(&options, &address, &err), DRAY_OK);
	assert_string_equal(dray_address_tag_name(address), "checksum");
	assert_int_equal(dray_address_get(address, "../x", -1, NULL, NULL, &err), DRAY_INVALID);
	dray_address_close(address);
	dray_address_close(NULL);
}

static void test_redirects(void **state)
{
	static const struct {
		const char *url, *location, *target;
	} cases[] = {
		{"http://h/a/b", "http://o/c", "http://o/c"},
		{"http://h/a/b", "https://o/c", "https://o/c"},
		{"https://h/a/b", "https://o/c?x=/y", "https://o/c?x=/y"},
		{"https://h/a/b", "http://o/c", NULL},
		{"https://h/a/b", "//o/c", "https://o/c"},
		{"https://h/a/b", "/c", "https://h/c"},
		{"https://h/a/b?q=/x", "c", "https://h/a/c"},
		{"https://h/a/", "c", "https://h/a/c"},
		{"https://h", "c", "https://h/c"},
		{"https://h?q", "/c", "https://h/c"},
		{"http://h/a", "file:///etc/passwd", NULL},
		{"http://h/a", "s3://b/k", NULL},
		{"http://h/a", "mailto:x", NULL},
		{"http://h/a", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO_STR target = dray_address_follow(cases[i].url, cases[i].location);

		if ((target == NULL) != (cases[i].target == NULL) ||
			(target != NULL && strcmp(target, cases[i].target) != 0))
			fail_msg("'%s' from '%s' is '%s'", cases[i].location, cases[i].url,
				target != NULL ? target : "refused");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_redirects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
