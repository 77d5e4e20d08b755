/* artifacts: tags that give versions and stages, the order of versions, and names in files. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_tags(void **state)
{
	static const struct {
		const char *tag, *name, *version, *stage;
		uint64_t counter;
		bool is_withdrawn;
	} rows[] = {
		{"m@v1.2.3", "m", "v1.2.3", NULL, 0, false},
		{"m@v1.2.3#7", "m", "v1.2.3", NULL, 7, false},
		{"m@v1.2.3!", "m", "v1.2.3", NULL, 0, true},
		{"m@v1.2.3!#8", "m", "v1.2.3", NULL, 8, true},
		{"m@v1.0.0-rc.1+b.2", "m", "v1.0.0-rc.1+b.2", NULL, 0, false},
		{"m#prod#3", "m", NULL, "prod", 3, false},
		{"m#prod", "m", NULL, "prod", 0, false},
		{"m#prod!#4", "m", NULL, "prod", 4, true},
		{"m#1", "m", NULL, "1", 0, false},
		{"a/b-c=in_ner/x#dev#1", "a/b-c:in_ner/x", NULL, "dev", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_artifact_tag tag;

		assert_true(dray_artifact_parse_tag(rows[i].tag, &tag));
		assert_string_equal(tag.name, rows[i].name);
		assert_int_equal(tag.version != NULL, rows[i].version != NULL);
		if (tag.version != NULL)
			assert_string_equal(tag.version, rows[i].version);
		assert_int_equal(tag.stage != NULL, rows[i].stage != NULL);
		if (tag.stage != NULL)
			assert_string_equal(tag.stage, rows[i].stage);
		assert_int_equal(tag.counter, rows[i].counter);
		assert_int_equal(tag.is_withdrawn, rows[i].is_withdrawn);
		dray_artifact_tag_drop(&tag);
	}
}

static void test_other_tags(void **state)
{
	static const char *const tags[] = {"", "v1.0.0", "m", "m@", "m#", "m@1.0.0", "m@v1.0",
		"m@v01.0.0", "m@v1.0.0.0", "m@v1.0.0-", "m@v1.0.0-rc#x", "m@latest", "@v1.0.0",
		"-m@v1.0.0", "m-@v1.0.0", "m n@v1.0.0", "m#pro d", "m#-x", "m@v1.0.0!!",
		"m@v1.0.0 ", "a=b=c@v1.0.0", "=m@v1.0.0", "m@v99999999999999999999.0.0"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(tags); i++) {
		struct dray_artifact_tag tag;

		assert_false(dray_artifact_parse_tag(tags[i], &tag));
	}
}

/* In the order of Semantic Versioning 2.0.0, item 11. */
static void test_order(void **state)
{
	static const char *const versions[] = {"v0.9.10", "v1.0.0-1", "v1.0.0-2", "v1.0.0-10",
		"v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta",
		"v1.0.0-beta.2", "v1.0.0-beta.11", "v1.0.0-rc.1", "v1.0.0", "v1.0.9", "v1.0.10",
		"v1.2.0", "v10.0.0"};

	(void)state;
	for (size_t a = 0; a < DRAY_COUNT(versions); a++)
		for (size_t b = 0; b < DRAY_COUNT(versions); b++) {
			int order = dray_artifact_compare_versions(versions[a], versions[b]);

			assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
		}
	assert_int_equal(dray_artifact_compare_versions("v1.0.0+a", "v1.0.0+b"), 0);
	assert_true(dray_artifact_is_version("v1.0.0"));
	assert_false(dray_artifact_is_version("1.0.0"));
	assert_false(dray_artifact_is_version("v1.0.0#1"));
	assert_true(dray_artifact_is_name("a/b:c-d/e"));
	assert_false(dray_artifact_is_name("a:b:c"));
	assert_false(dray_artifact_is_name("a:"));
	assert_false(dray_artifact_is_name("../x"));
}

static void test_found(void **state)
{
	static const char yaml[] = "stages: {}\nbase: &b {type: model, path: shared.bin}\n"
				   "artifacts:\n  one:\n    path: m/one.bin\n    desc: x\n"
				   "  two: *b\n  three: {<<: *b, type: y}\n  four: {path: '${p}'}\n"
				   "  five: {type: z}\n  six: {path: ''}\n";
	static const struct {
		const char *name, *path, *error;
		enum dray_status status;
	} rows[] = {
		{"one", "m/one.bin", "", DRAY_OK},
		{"two", "shared.bin", "", DRAY_OK},
		{"three", "shared.bin", "", DRAY_OK},
		{"four", NULL, "'dvc.yaml': the path of artifact 'four' is a template",
			DRAY_UNSUPPORTED},
		{"five", NULL, "'dvc.yaml' line 10: artifact 'five' has no 'path'", DRAY_INVALID},
		{"six", NULL, "'dvc.yaml' line 11: artifact 'six' has no 'path'", DRAY_INVALID},
		{"seven", NULL, "'dvc.yaml' has no artifact 'seven'", DRAY_NOT_FOUND},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR path = NULL;

		assert_int_equal(dray_artifact_find(
					 yaml, strlen(yaml), "dvc.yaml", rows[i].name, &path, &err),
			rows[i].status);
		assert_string_equal(err.text, rows[i].error);
		if (rows[i].path != NULL)
			assert_string_equal(path, rows[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_other_tags),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
