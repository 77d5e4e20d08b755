/* Statuses, and errors that stay one printable line whatever a name holds. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOM (sizeof(((struct dray_err *)0)->text) - 1)
#define HINT_ROOM (sizeof(((struct dray_err *)0)->hint) - 1)

static char *repeat(const char *text, size_t count)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	while (count-- > 0)
		dray_buf_puts(&buf, text);
	return dray_buf_take(&buf);
}

static void test_statuses(void **state)
{
	static const struct {
		enum dray_status status;
		int code;
		const char *name;
	} rows[] = {
		{DRAY_OK, 0, "OK"},
		{DRAY_FAILED, 1, "FAILED"},
		{DRAY_USAGE, 2, "USAGE"},
		{DRAY_NOT_FOUND, 3, "NOT_FOUND"},
		{DRAY_CORRUPT, 4, "CORRUPT"},
		{DRAY_RETRY, 5, "RETRY"},
		{DRAY_NO_SPACE, 6, "NO_SPACE"},
		{DRAY_DENIED, 7, "DENIED"},
		{DRAY_EXISTS, 8, "EXISTS"},
		{DRAY_INVALID, 9, "INVALID"},
		{DRAY_CONFIG, 9, "CONFIG"},
		{DRAY_NO_REPO, 10, "NO_REPO"},
		{DRAY_BUSY, 11, "BUSY"},
		{DRAY_CHANGED, 12, "CHANGED"},
		{DRAY_UNSAVED, 13, "UNSAVED"},
		{DRAY_UNSUPPORTED, 14, "UNSUPPORTED"},
		{DRAY_CANCELLED, 130, "CANCELLED"},
	};

	(void)state;
	assert_int_equal(DRAY_COUNT(rows), DRAY_STATUS_COUNT);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(rows[i].status, i);
		assert_int_equal(dray_status_exit_code(rows[i].status), rows[i].code);
		assert_string_equal(dray_status_name(rows[i].status), rows[i].name);
		assert_true(strlen(dray_status_text(rows[i].status)) > 3);
	}
	assert_string_equal(dray_status_text(DRAY_CORRUPT), "bytes do not match their id");
}

static void test_fail(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(err.status, DRAY_OK);
	assert_int_equal(
		dray_fail(&err, DRAY_DENIED, "cannot open '%s': %d", "x y", 13), DRAY_DENIED);
	assert_int_equal(err.status, DRAY_DENIED);
	assert_string_equal(err.text, "cannot open 'x y': 13");
	assert_string_equal(err.hint, "");
	assert_int_equal(dray_hint(&err, "try %s", "harder"), DRAY_DENIED);
	assert_string_equal(err.hint, "try harder");
	assert_string_equal(err.text, "cannot open 'x y': 13");
	assert_int_equal(dray_frame(&err, "remote '%s'", "origin"), DRAY_DENIED);
	assert_string_equal(err.text, "remote 'origin': cannot open 'x y': 13");
	assert_string_equal(err.hint, "try harder");
	/* a new failure clears the hint, and may be told with the old text */
	assert_int_equal(dray_fail(&err, DRAY_FAILED, "again: %s", err.text), DRAY_FAILED);
	assert_string_equal(err.text, "again: remote 'origin': cannot open 'x y': 13");
	assert_string_equal(err.hint, "");
}

static const struct {
	const char *raw;
	const char *shown;
} escapes[] = {
	{"plain", "plain"},
	{"", ""},
	{"a\nb", "a\\x0ab"},
	{"a\tb\r", "a\\x09b\\x0d"},
	{"\033[2J", "\\x1b[2J"},
	{"\001\037\177", "\\x01\\x1f\\x7f"},
	{"back\\slash", "back\\slash"},
	{"gr\303\274n", "gr\303\274n"},
	{"\342\202\254", "\342\202\254"},
	{"\360\237\232\200", "\360\237\232\200"},
	{"\302\200", "\\xc2\\x80"},          /* C1: U+0080 */
	{"\302\233m", "\\xc2\\x9bm"},        /* C1: CSI as one character */
	{"\302\237", "\\xc2\\x9f"},          /* the last C1 */
	{"\302\240", "\302\240"},            /* U+00A0 is none */
	{"\233m", "\\x9bm"},                 /* CSI as one byte: no UTF-8 */
	{"\377\376", "\\xff\\xfe"},          /* never in UTF-8 */
	{"\303", "\\xc3"},                   /* cut off */
	{"\342\202x", "\\xe2\\x82x"},        /* cut off in the middle */
	{"\300\200", "\\xc0\\x80"},          /* overlong NUL */
	{"\355\240\200", "\\xed\\xa0\\x80"}, /* a surrogate */
	{"%s%n", "%s%n"},
};

static void test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(escapes); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		dray_fail(&err, DRAY_FAILED, "%s", escapes[i].raw);
		assert_string_equal(err.text, escapes[i].shown);
		dray_hint(&err, "%s", escapes[i].raw);
		assert_string_equal(err.hint, escapes[i].shown);
		DRAY_AUTO_STR framed = dray_format("%s: %s", escapes[i].shown, escapes[i].shown);
		dray_frame(&err, "%s", escapes[i].raw);
		assert_string_equal(err.text, framed); /* escaped once, not twice */
	}
}

static void test_every_byte(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const char raw[] = {(char)byte, '\0'};
		char shown[8];
		struct dray_err err = DRAY_ERR_INIT;

		snprintf(shown, sizeof shown, byte >= 0x20 && byte < 0x7f ? "%c" : "\\x%02x", byte);
		dray_fail(&err, DRAY_FAILED, "%s", raw);
		assert_string_equal(err.text, shown);
	}
}

/* Where a text is too long it ends at a whole character or escape. */
static void test_cuts(void **state)
{
	static const struct {
		const char *unit;
		size_t raw_len;
		size_t shown_len;
	} rows[] = {{"x", 1, 1}, {"\303\274", 2, 2}, {"\342\202\254", 3, 3},
		{"\360\237\232\200", 4, 4}, {"\n", 1, 4}, {"\377", 1, 4}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = repeat(rows[i].unit, 6000);
		struct dray_err err = DRAY_ERR_INIT;

		dray_fail(&err, DRAY_FAILED, "%s", text);
		assert_int_equal(strlen(err.text), ROOM / rows[i].shown_len * rows[i].shown_len);
		dray_hint(&err, "%s", text);
		assert_int_equal(
			strlen(err.hint), HINT_ROOM / rows[i].shown_len * rows[i].shown_len);
		if (rows[i].raw_len == rows[i].shown_len)
			assert_memory_equal(err.text, text, strlen(err.text));
	}
}

static void test_longest_path_fits(void **state)
{
	DRAY_AUTO_STR path = repeat("p", DRAY_PATH_MAX - 1);
	DRAY_AUTO_STR whole = dray_format("cannot open '%s': Permission denied", path);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_fail(&err, DRAY_DENIED, "cannot open '%s': Permission denied", path);
	assert_string_equal(err.text, whole);
}

static void test_frame_cuts(void **state)
{
	DRAY_AUTO_STR frame = repeat("f", ROOM - 4);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_fail(&err, DRAY_FAILED, "text");
	dray_frame(&err, "%s", frame);
	assert_int_equal(strlen(err.text), ROOM);
	assert_string_equal(err.text + ROOM - 4, ": te");
	for (size_t more = 0; more < 4; more++) {
		DRAY_AUTO_STR longer = repeat("f", ROOM - 2 + more);

		dray_fail(&err, DRAY_FAILED, "text");
		assert_int_equal(dray_frame(&err, "%s", longer), DRAY_FAILED);
		assert_true(strlen(err.text) <= ROOM);
		assert_memory_equal(err.text, longer, ROOM - 2);
	}
}

static enum dray_status passes(enum dray_status status, bool *out_went_on)
{
	DRAY_TRY(status);
	*out_went_on = true;
	return DRAY_OK;
}

static void test_try(void **state)
{
	(void)state;
	for (int status = 0; status < DRAY_STATUS_COUNT; status++) {
		bool went_on = false;

		assert_int_equal(passes((enum dray_status)status, &went_on), status);
		assert_int_equal(went_on, status == DRAY_OK);
	}
	dray_ignore(DRAY_FAILED); /* does nothing, and says so */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_fail),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_longest_path_fits),
		cmocka_unit_test(test_frame_cuts),
		cmocka_unit_test(test_try),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
