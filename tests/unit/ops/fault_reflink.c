/* Every action under failing calls, with a cache of clones; see fault.h. */
#include "fault.h"

static void test_once(void **state)
{
	(void)state;
	run_loops(DRAY_LINK_REFLINK, false, EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test_no_git(test_once),
	};

	return cmocka_run_group_tests(tests, prefer_memory, NULL);
}
