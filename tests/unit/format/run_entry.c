/* run_entry: what DVC remembers of a run proves its name; all else does not. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As DVC 3.67.1 wrote it. */
#define TEXT                                                                      \
	"cmd: cp in.txt o2\ndeps:\n- path: in.txt\n  hash: md5\n"                 \
	"  md5: 764efa883dda1e11db47671c4a3bbd9e\n  size: 3\nouts:\n- path: o2\n" \
	"  hash: md5\n  md5: 764efa883dda1e11db47671c4a3bbd9e\n  size: 3\n"
#define KEY "247c345380d07448914e092e4479fca9b4137db369422128119cf0c6ee6cb948"
#define VALUE "10720d8a6a7415664618a1fdcd7cc4a3ae8aa208ed12f75abb1327ea5305af58"

static void test_names(void **state)
{
	static const char *const wrong[] = {"", "24", "24/" KEY, "24/" KEY "/", KEY "/" VALUE,
		"25/" KEY "/" VALUE, "24/" KEY "/" VALUE "0", "24/" KEY "/" VALUE "/x",
		"../24/" KEY "/" VALUE, "24/../" KEY "/" VALUE, "/24/" KEY "/" VALUE,
		"24//" KEY "/" VALUE, "24/" KEY "/" KEY "x"};

	(void)state;
	assert_true(dray_run_is_name("24/" KEY "/" VALUE));
	for (size_t i = 0; i < DRAY_COUNT(wrong); i++)
		assert_false(dray_run_is_name(wrong[i]));
}

static void test_proof(void **state)
{
	static const struct {
		const char *name, *text;
		enum dray_status status;
	} rows[] = {
		{"24/" KEY "/" VALUE, TEXT, DRAY_OK},
		/* sizes are not part of it */
		{"24/" KEY "/" VALUE,
			"cmd: cp in.txt o2\ndeps:\n- path: in.txt\n  hash: md5\n"
			"  md5: 764efa883dda1e11db47671c4a3bbd9e\nouts:\n- path: o2\n  hash: md5\n"
			"  md5: 764efa883dda1e11db47671c4a3bbd9e\n  nfiles: 9\n",
			DRAY_OK},
		{"24/" KEY "/" VALUE, TEXT "more: 1\n", DRAY_CORRUPT},
		{"24/" KEY "/" KEY, TEXT, DRAY_CORRUPT},
		{"10/" VALUE "/" VALUE, TEXT, DRAY_CORRUPT},
		{"24/" KEY "/" VALUE, "", DRAY_CORRUPT},
		{"24/" KEY "/" VALUE, "- x\n", DRAY_CORRUPT},
		{"24/" KEY "/" VALUE, "cmd: x\n", DRAY_CORRUPT},
		{"24/" KEY "/" VALUE, "outs: [x]\n", DRAY_CORRUPT},
		{"24/" KEY "/" VALUE, "a: [", DRAY_INVALID},
		{"24/" KEY "/" VALUE, "a: !!python/object/apply:os.system ['x']\n", DRAY_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(
			dray_run_check(rows[i].name, rows[i].text, strlen(rows[i].text), &err),
			rows[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
