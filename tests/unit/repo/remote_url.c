/* Remotes that refer to others: where they lead, and whose settings count. */
#include "sandbox.h"

#define CONFIG "[core]\nno_git = true\n"

static struct dray_repo *open_with(const char *remotes)
{
	DRAY_AUTO_STR text = dray_format(CONFIG "%s", remotes);

	put(".dray/config", text);
	return open_dir(".");
}

static const char chain[] = "[remote \"base\"]\nurl = s3://bucket/x\nregion = r1\njobs = 2\n"
			    "[remote \"near\"]\nurl = remote://Base/sub\nregion = r2\n"
			    "[remote \"nearer\"]\nurl = remote://near//deep/er\njobs = 9\n"
			    "[remote \"dir\"]\nurl = ../store/\n"
			    "[remote \"self\"]\nurl = remote://self/x\n"
			    "[remote \"lost\"]\nurl = remote://nowhere\n";

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		const char *full;
		size_t names;
	} rows[] = {
		{"s3://b/x", "s3://b/x", 0},
		{"/abs", "/abs", 0},
		{"remote://base", "s3://bucket/x", 1},
		{"remote://base/", "s3://bucket/x", 1},
		{"remote://near", "s3://bucket/x/sub", 2},
		{"remote://nearer/last", "s3://bucket/x/sub/deep/er/last", 3},
	};
	AUTO_REPOSITORY repo = open_with(chain);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(strs) names = DRAY_STRS_INIT;
		DRAY_AUTO_STR full = NULL;

		assert_ok(dray_repo_remote_url(repo, rows[i].url, &names, &full, &err));
		assert_string_equal(full, rows[i].full);
		assert_int_equal(names.len, rows[i].names);
	}
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO_STR full = NULL;
	DRAY_AUTO_STR expected = dray_format("%s/store/sub", repo->root);
	assert_ok(dray_repo_remote_url(repo, "remote://dir/sub", &names, &full, &err));
	assert_string_equal(full, expected);
}

static void test_refused(void **state)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	AUTO_REPOSITORY repo = open_with(chain);
	char *full = NULL;

	(void)state;
	assert_fails(CONFIG, "refers to itself",
		dray_repo_remote_url(repo, "remote://self", &names, &full, &err));
	dray_strs_drop(&names);
	assert_fails(NOT_FOUND, "'remote://nowhere' refers to remote 'nowhere', which is not there",
		dray_repo_remote_url(repo, "remote://lost", &names, &full, &err));
	assert_null(full);
}

static void test_settings(void **state)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO(strs) none = DRAY_STRS_INIT;
	AUTO_REPOSITORY repo = open_with(chain);
	DRAY_AUTO_STR full = NULL;

	(void)state;
	assert_ptr_equal(dray_repo_remote_config(repo, "base", &none), &repo->config);
	assert_ok(dray_repo_remote_url(repo, "remote://near", &names, &full, &err));
	const struct dray_config *config = dray_repo_remote_config(repo, "nearer", &names);
	assert_string_equal(dray_config_get(config, "remote.nearer.region", ""), "r2");
	assert_string_equal(dray_config_get(config, "remote.nearer.jobs", ""), "9");
	const struct dray_config_entry *entry = dray_config_peek(config, "remote.nearer.region");
	assert_int_equal(entry->line, 9);
	assert_non_null(strstr(entry->origin, ".dray/config"));
	/* one that is not there yet has all of its bases' */
	config = dray_repo_remote_config(repo, "fresh", &names);
	assert_string_equal(dray_config_get(config, "remote.fresh.region", ""), "r2");
	assert_string_equal(dray_config_get(config, "remote.fresh.jobs", ""), "2");
}

static void test_cache(void **state)
{
	struct dray_store *store = NULL;

	(void)state;
	put(".dray/config",
		CONFIG "[cache]\ndir = remote://dir/c\n[remote \"dir\"]\nurl = ../store\n");
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO_STR expected = dray_format("%s/store/c", repo->root);
	assert_ok(dray_repo_store(repo, &store, &err));
	assert_string_equal(dray_store_path(store), expected);
	put(".dray/config", CONFIG "[cache]\ndir = s3://bucket/c\n");
	AUTO_REPOSITORY other = open_dir(".");
	assert_fails(CONFIG, "'cache.dir' is 's3://bucket/c', not a directory's path",
		dray_repo_store(other, &store, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_urls),
		repo_test(test_refused),
		repo_test(test_settings),
		repo_test(test_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
