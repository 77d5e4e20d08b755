/* Fsck: damage is found, put aside, told; what pointers need and the cache lacks is named. */
#include "sandbox.h"

static void damage(const char *content, const char *script)
{
	DRAY_AUTO_STR path = object_of(content);
	DRAY_AUTO_STR command = dray_format("o=%s; %s", path, script);

	sh(command);
}

static void setup(void)
{
	put("d/a", "aaa");
	put("d/b", "bbb");
	put("f", "fff");
	set_config("cache.type", "copy");
	assert_ok(add("d f"));
}

static void test_sound(void **state)
{
	(void)state;
	assert_ok(fsck(false)); /* no cache at all */
	assert_totals("objects=0 bytes=0 untrusted=0 corrupt=0 missing=0");
	setup();
	assert_ok(fsck(false));
	assert_items("");
	assert_totals("objects=4 untrusted=0 corrupt=0 missing=0");
	assert_false(seen.report.is_different);
}

static void test_corrupt(void **state)
{
	(void)state;
	setup();
	damage("aaa", "chmod 644 $o; printf axa >$o; chmod 444 $o");
	assert_ok(fsck(true)); /* the size and mode are right */
	assert_totals("corrupt=0 missing=0");
	assert_fails(CORRUPT, "1 damaged object", fsck(false));
	assert_hint("dray add");
	assert_items("corrupt -; missing d/a");
	assert_totals("objects=4 corrupt=1 missing=1");
	assert_true(seen.report.is_different);
	assert_sh("cat .git/dray/cache/corrupt/*", "axa");
	assert_fails(NOT_FOUND, "1 object", fsck(false)); /* told once, missing since */
	assert_totals("objects=3 corrupt=0 missing=1");
	assert_true(seen.report.is_different);
	assert_ok(add("d"));
	assert_ok(fsck(false));
	assert_totals("objects=4 corrupt=0 missing=0");
}

static void test_untrusted(void **state)
{
	(void)state;
	setup();
	damage("aaa", "chmod 644 $o");
	assert_ok(fsck(true));
	assert_string_equal(seen.items[0].state, "untrusted");
	assert_totals("untrusted=1 corrupt=0 missing=0");
	assert_ok(fsck(false)); /* right, hence trusted again */
	assert_ok(fsck(false));
	assert_totals("untrusted=0");
}

static void test_missing(void **state)
{
	(void)state;
	setup();
	lose_object("bbb");
	lose_object("fff");
	assert_fails(NOT_FOUND, "2 objects", fsck(true));
	assert_hint("dray fetch");
	assert_items("missing d/b; missing f");
	assert_int_equal(item_of("f")->item.size, 3);
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	assert_fails(NOT_FOUND, "2 objects", fsck(false));
	assert_items("missing d; missing f");
}

static void test_foreign_things(void **state)
{
	(void)state;
	setup();
	damage("aaa", "rm $o; mkdir $o; : >$o/x");
	damage("bbb", "rm $o; ln -s /etc/passwd $o");
	sh("echo stray >.git/dray/cache/files/sha256/stray; mkdir .git/dray/cache/files/md5");
	assert_true(fsck(false) != DRAY_OK);
	assert_ok(add("d"));
	assert_ok(fsck(false));
	assert_totals("corrupt=0 missing=0");
	assert_true(is_there("/etc/passwd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_sound),
		world_test(test_corrupt),
		world_test(test_untrusted),
		world_test(test_missing),
		world_test(test_foreign_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
