/* src/os/socket.c: is there a program that answers? */
#include "sandbox.h"

#include <sys/socket.h>
#include <sys/un.h>

static void test_listening(void **state)
{
	struct box box = box_open();
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	char *path = address.sun_path;

	(void)state;
	snprintf(path, sizeof address.sun_path, "/proc/self/fd/%d/socket", box.dir);
	assert_false(dray_os_is_listening(path));
	assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
	assert_false(dray_os_is_listening(path));
	assert_int_equal(listen(listener, 1), 0);
	assert_true(dray_os_is_listening(path));
	close(listener);
	assert_false(dray_os_is_listening(path));
	box_close(&box);
}

/* A socket's path is short; one that does not fit is not cut. */
static void test_long_path(void **state)
{
	char path[sizeof((struct sockaddr_un *)NULL)->sun_path + 1];

	(void)state;
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_false(dray_os_is_listening(path));
	assert_int_equal(dray_os.dial(path), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listening),
		cmocka_unit_test(test_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
