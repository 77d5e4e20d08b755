/* yaml_events: the events of a text and the bytes they stand on. */
#include "format/yaml_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct dray_yaml_event next(struct dray_yaml *yaml)
{
	struct dray_yaml_event event;
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_yaml_next(yaml, &event, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
	return event;
}

static void test_marks(void **state)
{
	static const char text[] = "\xef\xbb\xbf# \xe6\x97\xa5\xf0\x9f\x98\x80\n"
				   "\xc3\xa9: 'x' # c\n"
				   "l: [a,\n  {b: !!binary YQ==}] # d\n"
				   "e:\nq: \"\\n\"\n";
	static const struct {
		enum dray_yaml_type type;
		const char *source; /* the bytes it stands on; NULL: not compared */
		const char *text;
		char style;
	} want[] = {
		{DRAY_YAML_MAP, NULL, NULL, 0},
		{DRAY_YAML_SCALAR, "\xc3\xa9", "\xc3\xa9", 'p'},
		{DRAY_YAML_SCALAR, "'x'", "x", '\''},
		{DRAY_YAML_SCALAR, "l", "l", 'p'},
		{DRAY_YAML_LIST, "[", NULL, 0},
		{DRAY_YAML_SCALAR, "a", "a", 'p'},
		{DRAY_YAML_MAP, "{", NULL, 0},
		{DRAY_YAML_SCALAR, "b", "b", 'p'},
		{DRAY_YAML_SCALAR, "!!binary YQ==", "YQ==", 'p'},
		{DRAY_YAML_MAP_END, "}", NULL, 0},
		{DRAY_YAML_LIST_END, "]", NULL, 0},
		{DRAY_YAML_SCALAR, "e", "e", 'p'},
		{DRAY_YAML_SCALAR, "", "", 'p'},
		{DRAY_YAML_SCALAR, "q", "q", 'p'},
		{DRAY_YAML_SCALAR, "\"\\n\"", "\n", '"'},
		{DRAY_YAML_MAP_END, "", NULL, 0},
		{DRAY_YAML_END, NULL, NULL, 0},
	};
	DRAY_AUTO(yaml) yaml = DRAY_YAML_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_yaml_open(&yaml, text, strlen(text), "x", &err), DRAY_OK);
	for (size_t i = 0; i < DRAY_COUNT(want); i++) {
		struct dray_yaml_event event = next(&yaml);
		assert_int_equal(event.type, want[i].type);
		if (want[i].source != NULL) {
			assert_int_equal(event.end - event.start, strlen(want[i].source));
			assert_memory_equal(
				text + event.start, want[i].source, strlen(want[i].source));
		}
		if (want[i].text != NULL) {
			assert_string_equal(event.text, want[i].text);
			assert_int_equal(event.len, strlen(want[i].text));
			assert_int_equal(event.style, want[i].style);
		}
	}
}

/* Past a value of any depth; `content_end` is where its last byte was, comments left out. */
static void test_skip(void **state)
{
	static const struct {
		const char *text;
		size_t content_end;
	} rows[] = {
		{"a: b # c\nz: 1\n", 4},
		{"a:\n  b:\n  - c\n  - [d,\n  e] # f\n\n# g\nz: 1\n", 26},
		{"a: {b: [c, {d: e}]}\nz: 1\n", 19},
		{"a:\n  b:\n# c\nz: 1\n", 7},
		{"a:\n- \n- # c\nz: 1\n", 7},
		{"a: |+\n  b\n\nz: 1\n", 11},
		{"a:\nz: 1\n", 2},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(yaml) yaml = DRAY_YAML_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		size_t len = strlen(rows[i].text);
		assert_int_equal(dray_yaml_open(&yaml, rows[i].text, len, "x", &err), DRAY_OK);
		assert_int_equal(next(&yaml).type, DRAY_YAML_MAP);
		assert_int_equal(next(&yaml).type, DRAY_YAML_SCALAR);
		struct dray_yaml_event value = next(&yaml);
		assert_int_equal(dray_yaml_skip(&yaml, &value, &err), DRAY_OK);
		assert_int_equal(yaml.content_end, rows[i].content_end);
		assert_string_equal(next(&yaml).text, "z");
	}
}

static void test_where(void **state)
{
	static const char text[] = "a: 1\nb: 2\n";
	DRAY_AUTO(yaml) yaml = DRAY_YAML_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_yaml_open(&yaml, text, strlen(text), "x y", &err), DRAY_OK);
	dray_fail(&err, DRAY_INVALID, "no");
	assert_int_equal(dray_yaml_where(&yaml, 5, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'x y' line 2: no");
	dray_yaml_drop(&yaml);
	dray_yaml_drop(&yaml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
