/* format/rwlock.c: what DVC writes down of paths that it holds. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_claims(void **state)
{
	static const char text[] =
		"{\"write\": {\"/r/out\": {\"pid\": 12, \"cmd\": \"dvc repro\"}}, "
		"\"read\": {\"/r/in\": [{\"pid\": 12, \"cmd\": \"a\"}, "
		"{\"pid\": 13, \"cmd\": \"b\"}]}}";
	DRAY_AUTO(rwlock) lock = DRAY_RWLOCK_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_rwlock_parse(text, strlen(text), "x", &lock, &err), DRAY_OK);
	assert_int_equal(lock.len, 3);
	assert_string_equal(lock.items[0].path, "/r/out");
	assert_string_equal(lock.items[0].command, "dvc repro");
	assert_int_equal(lock.items[0].pid, 12);
	assert_true(lock.items[0].is_writer);
	assert_string_equal(lock.items[2].path, "/r/in");
	assert_int_equal(lock.items[2].pid, 13);
	assert_false(lock.items[2].is_writer);
}

static void test_idle_and_malformed(void **state)
{
	static const struct {
		const char *text;
		enum dray_status status;
	} rows[] = {
		{"", DRAY_OK},
		{"{}", DRAY_OK},
		{"{\"write\": {}, \"read\": {}}", DRAY_OK},
		{"[]", DRAY_INVALID},
		{"{", DRAY_INVALID},
		{"{\"write\": []}", DRAY_INVALID},
		{"{\"write\": {\"/x\": {\"pid\": 0, \"cmd\": \"x\"}}}", DRAY_INVALID},
		{"{\"write\": {\"/x\": {\"pid\": \"1\", \"cmd\": \"x\"}}}", DRAY_INVALID},
		{"{\"write\": {\"/x\": {\"pid\": 1}}}", DRAY_INVALID},
		{"{\"read\": {\"/x\": {\"pid\": 1, \"cmd\": \"x\"}}}", DRAY_INVALID},
		{"{\"read\": {\"/x\": [1]}}", DRAY_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(rwlock) lock = DRAY_RWLOCK_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(
			dray_rwlock_parse(rows[i].text, strlen(rows[i].text), "x", &lock, &err),
			rows[i].status);
		assert_int_equal(lock.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_idle_and_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
