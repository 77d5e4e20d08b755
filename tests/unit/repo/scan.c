/* A snapshot of tracked data: order, kinds, parts, links, what is left out and what is refused. */
#include "sandbox.h"

static void test_order(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	sh("mkdir -p d/a/b d/a-b d/a.b d/e/e d/z; : >d/a/b/c; : >d/a/x; : >d/a-b/1; : >d/a.b/1; : "
	   ">d/a0; : >'d/ s'; : >'d/\xff'; chmod 755 d/a0");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_scan(&scan, "f  s;f a-b/1;f a.b/1;f a/b/c;f a/x;x a0;d e/e;d z;f \xff;");
	assert_true(scan.is_dir && scan.is_present);
	for (size_t i = 1; i < scan.len; i++)
		assert_true(dray_entry_cmp(scan.items[i - 1].path, scan.items[i - 1].kind,
				    scan.items[i].path, scan.items[i].kind) < 0);
	for (size_t i = 0; i < scan.len; i++)
		assert_ptr_equal(dray_scan_find(&scan, scan.items[i].path, scan.items[i].kind),
			&scan.items[i]);
	assert_null(dray_scan_find(&scan, "a", DRAY_KIND_FILE));
	assert_null(dray_scan_find(&scan, "zz", DRAY_KIND_FILE));
}

static void test_many(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	sh("mkdir d; cd d; for i in $(seq 40); do mkdir -p $i/x/$i; for k in $(seq 20); do : "
	   ">$i/$k; : >$i/x/$i/$k; done; done");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_int_equal(scan.len, 1600);
	for (size_t i = 1; i < scan.len; i++)
		assert_true(strcmp(scan.items[i - 1].path, scan.items[i].path) < 0);
}

static void test_stat(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	put("d/a", "four");
	sh("mkdir d/empty");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	const struct dray_scan_entry *a = &scan.items[0];
	struct stat st;
	assert_int_equal(lstat("d/a", &st), 0);
	assert_int_equal(a->size, 4);
	assert_int_equal(a->mtime_ns, INT64_C(1500000000000000001));
	assert_int_equal(a->ino, st.st_ino);
	assert_int_equal(a->dev, st.st_dev);
	assert_int_equal(scan.items[1].size, 0); /* an empty directory has no bytes */
}

static void test_absent(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(scan) none = scan_of(repo, "none");
	DRAY_AUTO(scan) deeper = scan_of(repo, "none/at/all");

	(void)state;
	assert_false(none.is_present || deeper.is_present);
	assert_int_equal(none.len + deeper.len, 0);
	sh("mkdir d");
	DRAY_AUTO(scan) empty = scan_of(repo, "d");
	assert_true(empty.is_present && empty.is_dir);
	assert_int_equal(empty.len, 0);
}

static void test_single_file(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	put("s/f", "abc");
	DRAY_AUTO(scan) scan = scan_of(repo, "s/f");
	assert_false(scan.is_dir);
	assert_scan(&scan, "f ;");
	assert_ok(dray_scan_hash(repo, &scan, &plain_scan, &err));
	struct dray_oid expected = oid_of("abc");
	assert_true(dray_oid_is_equal(&scan.items[0].oid, &expected));
}

static void test_parts(void **state)
{
	static const struct {
		const char *within, *found;
	} cases[] = {
		{"p", "f p/a;d p/e;f p/q/b;"},
		{"p/q", "f p/q/b;"},
		{"p/q/b", "f p/q/b;"},
		{"p/e", "d p/e;"},
		{"p/none", ""},
		{"none", ""},
		{"p.x", "f p.x;"},
		{"l", "l l*;"},
		{"l/a", ""},
		{"p/a/x", ""},
	};
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	sh("mkdir -p d/p/q d/p/e d/pp; : >d/p/a; : >d/p/q/b; : >d/p.x; : >d/pp/a; ln -s p d/l");
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(scan) scan = scan_part(repo, "d", cases[i].within);

		assert_scan(&scan, cases[i].found);
		assert_false(scan.is_known);
	}
}

static void test_left_out(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	put(".drayignore", "*.log\n/d/quiet/\n!keep.log\n");
	sh("mkdir -p d/.git d/sub/.git d/own/.dray d/quiet d/only; : >d/.git/x; : >d/sub/.git/x; "
	   ": >d/a; : >d/x.log; : >d/keep.log; : >d/quiet/x; : >d/own/.dray/config; : "
	   ">d/only/y.log; : >d/.dray-0123456789ab00000001.tmp; : >d/.gitignore; : >d/.drayignore");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	/* a folder of which all is left out is as good as empty */
	assert_scan(&scan, "f .drayignore;f .gitignore;f a;f keep.log;d only;d own;d sub;");
}

static void refuse(const char *make, const char *name, const char *status, const char *part)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_scan scan = DRAY_SCAN_INIT;

	sh("rm -rf d ../out; mkdir ../out");
	sh(make);
	enum dray_status result = dray_scan_walk(repo, name, &plain_scan, &scan, &err);
	assert_string_equal(dray_status_name(result), status);
	if (strstr(err.text, part) == NULL)
		fail_msg("'%s' does not contain '%s'", err.text, part);
	assert_int_equal(scan.len, 0);
}

static void test_refused(void **state)
{
	(void)state;
	refuse("mkdir d; mkfifo d/p", "d", "UNSUPPORTED", "'d/p' is a FIFO");
	refuse("mkfifo d", "d", "UNSUPPORTED", "'d' is a FIFO");
	refuse("mkdir -p d/.GIT; : >d/.GIT/x", "d", "INVALID", "belongs to git");
	refuse("mkdir d; : >d/git~1", "d", "INVALID", "belongs to git");
	refuse(": >../out/f; ln -s ../out d", "d/f", "EXISTS", "'d'");
	refuse("mkdir ../out/s; ln -s ../out d", "d/s", "EXISTS", "'d'");
	refuse("mkdir ../out/s; : >../out/s/f; ln -s ../out d", "d/s/f", "EXISTS", "'d");
	refuse(": >d", "d/f", "EXISTS", "'d'");
}

static void test_links(void **state)
{
	static const struct {
		const char *path, *target;
		bool leads_out;
	} cases[] = {
		{"l", "a", false},
		{"l", "./a/../b", false},
		{"l", "sub/../../x", true},
		{"l", "..", true},
		{"l", "../x", true},
		{"l", "..x", false},
		{"l", "/", true},
		{"l", "/x", true},
		{"s/l", "..", false},
		{"s/l", "../x", false},
		{"s/l", "../..", true},
		{"s/t/l", "../../../x", true},
		{"s/l", ".", false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_int_equal(dray_link_leads_outside(cases[i].path, cases[i].target),
			cases[i].leads_out);
	AUTO_REPOSITORY repo = open_dir(".");
	sh("mkdir -p d/s; ln -s nowhere d/l; ln -s ../../x d/s/out; ln -s ../l d/s/up; ln -s /x "
	   "link");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_scan(&scan, "l l*;l s/out*;l s/up*;");
	assert_false(scan.items[0].leads_outside);
	assert_true(scan.items[1].leads_outside);
	assert_false(scan.items[2].leads_outside);
	DRAY_AUTO(scan) single = scan_of(repo, "link");
	assert_scan(&single, "l *;");
	assert_true(single.items[0].leads_outside);
	struct dray_oid expected = oid_of("nowhere");
	assert_true(dray_oid_is_equal(&scan.items[0].oid, &expected));
	assert_int_equal(scan.items[0].size, 7);
}

/* A symlink into the cache is the file that it leads to. */
static void test_cache_links(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_oid oid = oid_of("object");
	struct dray_store *store;
	char key[DRAY_OID_KEY_MAX];

	(void)state;
	assert_ok(dray_repo_store(repo, &store, &err));
	DRAY_AUTO_STR object = dray_path_join(dray_store_path(store), dray_oid_key(&oid, key));
	put(object, "object");
	assert_int_equal(chmod(object, 0444), 0);
	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(symlink(object, "d/l"), 0);
	assert_int_equal(symlink(object, "f"), 0);
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_scan(&scan, "f l*;");
	assert_true(scan.items[0].is_cache_link);
	assert_int_equal(scan.items[0].size, 6);
	assert_true(dray_oid_is_equal(&scan.items[0].oid, &oid));
	DRAY_AUTO(scan) single = scan_of(repo, "f");
	assert_scan(&single, "f *;");
	assert_int_equal(unlink(object), 0);
	DRAY_AUTO(scan) dangling = scan_of(repo, "d");
	assert_scan(&dangling, "f l*;"); /* it still tells what it was */
}

static void test_unmoved(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_stat stat;

	(void)state;
	put("d/a", "aaa");
	sh("ln -s a d/l");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_ok(dray_os_stat(AT_FDCWD, "d/a", &stat, &err));
	assert_true(dray_scan_entry_is_unmoved(&scan.items[0], &stat));
	sh("chmod 600 d/a"); /* no byte of it */
	assert_ok(dray_os_stat(AT_FDCWD, "d/a", &stat, &err));
	assert_true(dray_scan_entry_is_unmoved(&scan.items[0], &stat));
	sh("touch -d 2001-01-01 d/a");
	assert_ok(dray_os_stat(AT_FDCWD, "d/a", &stat, &err));
	assert_false(dray_scan_entry_is_unmoved(&scan.items[0], &stat));
	assert_ok(dray_os_stat(AT_FDCWD, "d/l", &stat, &err));
	assert_true(dray_scan_entry_is_unmoved(&scan.items[1], &stat));
	assert_false(dray_scan_entry_is_unmoved(&scan.items[0], &stat));
	put("d/a", "aaa");
	assert_ok(dray_os_stat(AT_FDCWD, "d/a", &stat, &err));
	assert_false(dray_scan_entry_is_unmoved(&scan.items[1], &stat));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_order),
		repo_test(test_many),
		repo_test(test_stat),
		repo_test(test_absent),
		repo_test(test_single_file),
		repo_test(test_parts),
		repo_test(test_left_out),
		repo_test(test_refused),
		repo_test(test_links),
		repo_test(test_cache_links),
		repo_test(test_unmoved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
