/* Files mapped to read. */
#include "fault.h"

static void test_bytes(void **state)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 300000};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO_STR data = dray_calloc(sizes[i] + 1, 1);
		DRAY_AUTO(view) view = DRAY_VIEW_INIT;

		for (size_t k = 0; k < sizes[i]; k++)
			data[k] = (char)(k * 31 % 251);
		put(box.dir, "f", data, sizes[i]);
		size_t fds = count_fds();
		OK(dray_view_open(box.dir, "f", &view, &box.err));
		assert_int_equal(count_fds(), fds); /* the descriptor is not kept */
		assert_int_equal(view.len, sizes[i]);
		assert_int_equal(view.data == NULL, sizes[i] == 0);
		if (sizes[i] > 0)
			assert_memory_equal(view.data, data, sizes[i]);
		assert_int_equal(unlinkat(box.dir, "f", 0), 0);
		if (sizes[i] > 0) /* what was replaced can still be read */
			assert_memory_equal(view.data, data, sizes[i]);
		dray_view_drop(&view);
		assert_null(view.data);
		assert_int_equal(view.len, 0);
	}
	box_close(&box);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *name;
		enum dray_status status;
		const char *text;
	} rows[] = {{"none", DRAY_NOT_FOUND, "cannot open 'none': No such file or directory"},
		{"dir", DRAY_INVALID, "'dir' is no regular file"},
		{"fifo", DRAY_INVALID, "'fifo' is no regular file"}};
	struct box box = box_open();

	(void)state;
	assert_int_equal(mkdirat(box.dir, "dir", 0755), 0);
	assert_int_equal(mkfifoat(box.dir, "fifo", 0644), 0);
	size_t fds = count_fds();
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_view view = {.data = &box, .len = 7};

		assert_int_equal(
			dray_view_open(box.dir, rows[i].name, &view, &box.err), rows[i].status);
		assert_string_equal(box.err.text, rows[i].text);
		assert_ptr_equal(view.data, &box);
		assert_int_equal(view.len, 7);
	}
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static void run_faulty(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();
	DRAY_AUTO(view) view = DRAY_VIEW_INIT;

	put_text(box.dir, "f", "bytes");
	size_t fds = count_fds();
	fault_arm(*plan);
	enum dray_status status = dray_view_open(box.dir, "f", &view, &box.err);
	*out_has_fired = fault_disarm();
	assert_int_equal(count_fds(), fds);
	assert_int_equal(status == DRAY_OK, view.data != NULL);
	if (status == DRAY_OK)
		assert_memory_equal(view.data, "bytes", 5);
	box_close(&box);
}

static void test_faults(void **state)
{
	(void)state;
	fault_each(run_faulty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
