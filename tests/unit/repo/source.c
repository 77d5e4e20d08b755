/* repo/source*.c: other repositories, at a commit and on disk; whose settings count. */
#include "sandbox.h"

static struct dray_source *open_source(const char *url, const char *revision)
{
	const struct dray_source_options options = {.url = url, .revision = revision};
	struct dray_source *source = NULL;

	assert_ok(dray_source_open(&options, &source, &err));
	return source;
}

static bool has_file(const struct dray_source *source, const char *name)
{
	return dray_source_find(source, name) != NULL;
}

/* Of this kind, in ./src: a file of git, a pointer, settings that name a remote and a program. */
static void make_source(const char *kind)
{
	DRAY_AUTO_STR script = dray_format(
		"git init -q -b main src; cd src; mkdir .%s code;"
		"printf '[core]\nremote = r\n[remote \"r\"]\nurl = /srv/x\n"
		"credentialpath = evil\nprofile = p\n[cache]\ndir = /evil\n' >.%s/config;"
		"echo 1 >code/a; echo 2 >code-b;"
		"printf 'outs:\\n- path: data\\n' >data.%s;"
		"git add .; git commit -qm 1",
		kind, kind, kind);

	sh(script);
}

static void test_commit(void **state)
{
	(void)state;
	make_source("dvc");
	struct dray_source *source = open_source("src", "main");
	assert_int_equal(strlen(source->commit), 40);
	assert_true(has_file(source, "code/a"));
	assert_true(has_file(source, "data.dvc"));
	assert_false(has_file(source, "code"));
	assert_string_equal(source->files[dray_source_first(source, "code")].name, "code/a");
	assert_int_equal(dray_source_first(source, "nothing"), source->len);
	assert_int_equal(source->tracks.len, 1);
	assert_string_equal(source->tracks.items[0].name, "data");
	assert_true(dray_source_is_pointer(source, "data.dvc"));
	assert_true(dray_source_is_own(source, "x/.dvcignore"));
	assert_false(dray_source_is_own(source, "code/a"));
	dray_source_close(source);
}

/* Without a revision what is on disk counts, and what git does not know is there. */
static void test_disk(void **state)
{
	(void)state;
	make_source("dray");
	sh("cd src; echo 3 >new; rm code/a; printf 'outs:\n- path: more\n' >more.dray; echo m "
	   ">more");
	struct dray_source *source = open_source("src", NULL);
	assert_string_equal(source->commit, "");
	assert_true(has_file(source, "new"));
	assert_false(has_file(source, "code/a"));
	assert_false(has_file(source, "more"));
	assert_false(has_file(source, ".git/HEAD"));
	assert_int_equal(source->tracks.len, 2);
	dray_source_close(source);
	source = open_source("src", "HEAD");
	assert_false(has_file(source, "new"));
	assert_true(has_file(source, "code/a"));
	dray_source_close(source);
}

static void test_foreign_settings(void **state)
{
	DRAY_AUTO_STR cwd = getcwd(NULL, 0);
	DRAY_AUTO_STR url = dray_format("file://%s/src", cwd);

	(void)state;
	make_source("dvc");
	struct dray_source *source = open_source(url, NULL);
	const struct dray_source_root *root = dray_source_root_of(source, "code/a");
	assert_non_null(root);
	const struct dray_config *config = &root->repo->config;
	assert_string_equal(dray_config_get(config, "core.remote", ""), "r");
	assert_string_equal(dray_config_get(config, "remote.r.url", ""), "/srv/x");
	assert_string_equal(dray_config_get(config, "remote.r.profile", ""), "p");
	assert_string_equal(dray_config_get(config, "remote.r.credentialpath", "none"), "none");
	assert_string_equal(dray_config_get(config, "cache.dir", "none"), "none");
	assert_null(root->cache);
	dray_source_close(source);
}

static void test_roots(void **state)
{
	(void)state;
	sh("git init -q -b main src; cd src; mkdir -p .dray sub/.dvc/x sub/in;"
	   "touch .dray/config sub/.dvc/config sub/in/a top; git add .; git commit -qm 1");
	struct dray_source *source = open_source("src", "HEAD");
	assert_int_equal(source->roots_len, 2);
	assert_string_equal(dray_source_root_of(source, "sub/in/a")->repo->dialect->name, "dvc");
	assert_string_equal(dray_source_root_of(source, "subway")->repo->dialect->name, "native");
	dray_source_close(source);
}

static void test_wishes(void **state)
{
	DRAY_AUTO(strs) settings = DRAY_STRS_INIT;
	struct dray_source *source = NULL;

	(void)state;
	make_source("dvc");
	dray_strs_add(&settings, "endpointurl=http://x");
	struct dray_source_options options = {
		.url = "src", .revision = "HEAD", .remote = "s", .remote_config = &settings};
	assert_ok(dray_source_open(&options, &source, &err));
	const struct dray_config *config = &source->roots[0].repo->config;
	assert_string_equal(dray_config_get(config, "core.remote", ""), "s");
	assert_string_equal(dray_config_get(config, "remote.s.endpointurl", ""), "http://x");
	dray_source_close(source);
	dray_strs_add(&settings, "nonsense");
	assert_fails(USAGE, "not of the form", dray_source_open(&options, &source, &err));
}

static void test_absent(void **state)
{
	struct dray_source_options options = {.url = "nowhere"};
	struct dray_source *source = NULL;

	(void)state;
	assert_fails(
		NOT_FOUND, "no repository 'nowhere'", dray_source_open(&options, &source, &err));
	sh("mkdir plain");
	options.url = "plain";
	assert_fails(NO_REPO, "is no repository", dray_source_open(&options, &source, &err));
	options.revision = "HEAD";
	assert_fails(NO_REPO, "is no git repository", dray_source_open(&options, &source, &err));
	assert_null(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare_test(test_commit),
		bare_test(test_disk),
		bare_test(test_foreign_settings),
		bare_test(test_roots),
		bare_test(test_wishes),
		bare_test(test_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
