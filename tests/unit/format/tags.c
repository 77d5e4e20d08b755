/* format/tags.c: the values are those that DVC 3.67.1 wrote for the same bucket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dray/format.h>

static void test_as_dvc(void **state)
{
	static const struct dray_tag tags[] = {
		{"a", "5c9597f3c8245907ea71a89d9d39d08e"},
		{"sub/b", "b8694d827c0f13f22ed3bc610c19ec15"},
	};
	char text[DRAY_OID_TEXT_MAX];
	struct dray_oid oid;

	(void)state;
	dray_tags_oid(DRAY_MD5, "etag", tags, DRAY_COUNT(tags), &oid);
	assert_string_equal(dray_oid_text(&oid, text), "9af76d0277ca969c0e80bd644bad36bd.dir");
	dray_tags_oid(DRAY_MD5, "etag", tags, 0, &oid);
	assert_string_equal(dray_oid_text(&oid, text), "d751713988987e9331980363e24189ce.dir");
}

/* Bytes that are no text are told apart, too. */
static void test_odd_names(void **state)
{
	const struct dray_tag one = {"\xff", "x\"y"};
	const struct dray_tag other = {"\xfe", "x\"y"};
	struct dray_oid a, b;

	(void)state;
	dray_tags_oid(DRAY_SHA256, "etag", &one, 1, &a);
	dray_tags_oid(DRAY_SHA256, "etag", &other, 1, &b);
	assert_int_equal(a.algo, DRAY_SHA256);
	assert_false(dray_oid_is_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_dvc),
		cmocka_unit_test(test_odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
