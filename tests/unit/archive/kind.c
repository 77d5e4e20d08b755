/* What names of archives say. */
#include "sandbox.h"

static void test_kinds_by_file_name(void **state)
{
	static const struct {
		const char *path;
		int kind; /* -1: it does not say */
		size_t stem;
	} rows[] = {
		{"a.tar", DRAY_ARCHIVE_TAR, 1},
		{"/x.zip/data-1.2.tar.zst", DRAY_ARCHIVE_TAR_ZST, 8},
		{"a.tar.gz", DRAY_ARCHIVE_TAR_GZ, 1},
		{"a.tgz", DRAY_ARCHIVE_TAR_GZ, 1},
		{"a.tzst", DRAY_ARCHIVE_TAR_ZST, 1},
		{"a.b.zip", DRAY_ARCHIVE_ZIP, 3},
		{"a.tar.xz", -1, 1},
		{"a.txz", -1, 1},
		{"a.tar.bz2", -1, 1},
		{"a.gz", -1, 4},
		{".tar", -1, 4},
		{"tar", -1, 3},
		{"xtar", -1, 4},
		{"", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		enum dray_archive_kind kind = DRAY_ARCHIVE_TAR;
		bool is_known = dray_archive_kind_of(rows[i].path, &kind);

		assert_int_equal(is_known ? (int)kind : -1, rows[i].kind);
		assert_int_equal(
			dray_archive_stem_len(dray_path_basename(rows[i].path)), rows[i].stem);
	}
}

static void test_kinds_by_their_own_name(void **state)
{
	enum dray_archive_kind kind = DRAY_ARCHIVE_TAR;

	(void)state;
	assert_true(dray_archive_parse("tgz", &kind) && kind == DRAY_ARCHIVE_TAR_GZ);
	assert_true(dray_archive_parse("tar.zst", &kind) && kind == DRAY_ARCHIVE_TAR_ZST);
	assert_true(dray_archive_parse("zip", &kind) && kind == DRAY_ARCHIVE_ZIP);
	assert_false(dray_archive_parse("tar.xz", &kind));
	assert_false(dray_archive_parse("", &kind));
	assert_false(dray_archive_parse(".zip", &kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds_by_file_name),
		cmocka_unit_test(test_kinds_by_their_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
