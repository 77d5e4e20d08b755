/* Every action under failing calls, with a cache of symlinks; see fault.h. */
#include "fault.h"

static void test_once(void **state)
{
	(void)state;
	run_loops(DRAY_LINK_SYMLINK, false, EIO);
}

static void test_lasting(void **state)
{
	(void)state;
	run_loops(DRAY_LINK_SYMLINK, true, ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test_no_git(test_once),
		world_test_no_git(test_lasting),
	};

	return cmocka_run_group_tests(tests, prefer_memory, NULL);
}
