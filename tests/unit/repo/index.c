/* The index of tracked directories: what a scan learns from it, and never more than that. */
#include "sandbox.h"

#define NOW dray_os_now_ns()

static struct dray_scan hashed(struct dray_repo *repo, const char *name, const char *within)
{
	struct dray_scan scan = scan_part(repo, name, within);

	assert_ok(dray_scan_hash(repo, &scan, &plain_scan, &err));
	return scan;
}

static void save(struct dray_repo *repo, const char *within, const char *tree)
{
	DRAY_AUTO(scan) scan = hashed(repo, "d", within);
	struct dray_oid oid = oid_of(tree != NULL ? tree : "");

	dray_index_save(repo, &scan, within, tree != NULL ? &oid : NULL, NOW);
}

static void setup(void)
{
	put("d/a", "a");
	put("d/p/b", "b");
	put("d/p.x", "x");
	sh("mkdir d/empty; ln -s a d/l; touch -hd 2001-01-01 d/l");
}

static void test_remembers(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_oid tree = oid_of("t");

	(void)state;
	setup();
	DRAY_AUTO(scan) before = scan_of(repo, "d");
	assert_scan(&before, "f a;d empty;l l*;f p.x;f p/b;");
	assert_false(before.is_known);
	save(repo, NULL, "t");
	DRAY_AUTO(scan) after = scan_of(repo, "d");
	assert_scan(&after, "f a*;d empty;l l*;f p.x*;f p/b*;");
	assert_true(after.is_known && after.has_tree);
	assert_memory_equal(after.tree.digest, tree.digest, DRAY_DIGEST_MAX);
	struct dray_oid b = oid_of("b");
	assert_true(dray_oid_is_equal(&after.items[4].oid, &b));
	/* another directory knows nothing of it */
	put("e/a", "a");
	DRAY_AUTO(scan) other = scan_of(repo, "e");
	assert_scan(&other, "f a;");
	dray_index_forget(repo, "d");
	DRAY_AUTO(scan) forgotten = scan_of(repo, "d");
	assert_scan(&forgotten, "f a;d empty;l l*;f p.x;f p/b;");
}

/* Every change is one, and the state is that of no manifest any more. */
static void test_changes(void **state)
{
	static const struct {
		const char *change, *found;
	} cases[] = {
		{"printf y >d/a; touch -d '2017-07-14 02:40:00.000000001 UTC' d/a",
			"f a;d empty;l l*;f p.x*;f p/b*;"},
		{"chmod +x d/a", "x a;d empty;l l*;f p.x*;f p/b*;"},
		{"cp -p d/a d/n; mv d/n d/a", "f a;d empty;l l*;f p.x*;f p/b*;"},
		{"rm d/a", "d empty;l l*;f p.x*;f p/b*;"},
		{"rm d/p/b", "f a*;d empty;l l*;f p.x*;d p;"},
		{"cp -p d/a d/new", "f a*;d empty;l l*;f new;f p.x*;f p/b*;"},
		{"mv d/a d/b", "f b;d empty;l l*;f p.x*;f p/b*;"},
		{"rmdir d/empty", "f a*;l l*;f p.x*;f p/b*;"},
		{"ln -sfn b d/l", "f a*;d empty;l l*;f p.x*;f p/b*;"},
		{"rm d/l; mkdir d/l", "f a*;d empty;d l;f p.x*;f p/b*;"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		AUTO_REPOSITORY repo = open_dir(".");

		sh("rm -rf d");
		setup();
		save(repo, NULL, "t");
		sh(cases[i].change);
		DRAY_AUTO(scan) scan = scan_of(repo, "d");
		assert_scan(&scan, cases[i].found);
		assert_false(scan.is_known);
	}
}

static void test_young(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	setup();
	sh("touch -d '1 hour' d/a"); /* as young as can be, however slow this machine is */
	save(repo, NULL, "t");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_scan(&scan, "f a;d empty;l l*;f p.x*;f p/b*;");
	assert_false(scan.is_known || scan.has_tree);
	/* gone, what is left is all known: still not what the manifest was */
	sh("rm d/a");
	DRAY_AUTO(scan) less = scan_of(repo, "d");
	assert_false(less.is_known && less.has_tree);
}

static void test_parts(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	setup();
	save(repo, NULL, "t");
	put("d/p/b", "new");
	put("d/p/c", "c");
	put("d/a", "new");
	save(repo, "p", "t");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_scan(&scan, "f a;d empty;l l*;f p.x*;f p/b*;f p/c*;");
	assert_false(scan.has_tree);
	struct dray_oid expected = oid_of("new");
	assert_true(dray_oid_is_equal(&scan.items[4].oid, &expected));
	DRAY_AUTO(scan) part = scan_part(repo, "d", "p");
	assert_scan(&part, "f p/b*;f p/c*;");
	assert_false(part.is_known);
	/* a part that is gone is forgotten, the rest is not */
	sh("rm -r d/p");
	DRAY_AUTO(scan) gone = scan_part(repo, "d", "p");
	dray_index_save(repo, &gone, "p", NULL, NOW);
	put("d/p/b", "other");
	DRAY_AUTO(scan) again = scan_of(repo, "d");
	assert_scan(&again, "f a;d empty;l l*;f p.x*;f p/b;");
}

static void test_names(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	(void)state;
	dray_index_names(repo, &names);
	assert_strs(&names, "");
	setup();
	put("deep/er/f", "f");
	save(repo, NULL, "t");
	DRAY_AUTO(scan) file = hashed(repo, "deep/er/f", NULL);
	dray_index_save(repo, &file, NULL, NULL, NOW);
	dray_index_names(repo, &names);
	assert_strs(&names, "d;deep/er/f;");
	sh("printf nonsense >.dray/local/index/nonsense; mkdir .dray/local/index/folder");
	save(repo, "p", NULL);
	dray_index_names(repo, &names);
	assert_strs(&names, "d;deep/er/f;");
	dray_index_forget(repo, "deep/er/f");
	dray_index_forget(repo, "d");
	dray_index_forget(repo, "never");
	dray_index_names(repo, &names);
	assert_strs(&names, "");
}

/* Records in an order that is none, or of kinds that are none, find nobody. */
static void test_odd_records(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	setup();
	save(repo, NULL, "t");
	sh("mkdir d2; mv .dray/local/index/* x");
	put("d2/zz", "z");
	DRAY_AUTO(scan) scan = hashed(repo, "d2", NULL);
	dray_index_save(repo, &scan, NULL, NULL, NOW);
	sh("mv x .dray/local/index/$(ls .dray/local/index)");
	DRAY_AUTO(scan) again = scan_of(repo, "d2");
	assert_scan(&again, "f zz;");
	assert_false(again.is_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_remembers),
		repo_test(test_changes),
		repo_test(test_young),
		repo_test(test_parts),
		repo_test(test_names),
		repo_test(test_odd_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
