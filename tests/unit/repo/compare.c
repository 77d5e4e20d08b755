/* A scan against a manifest of the cache: every difference once, in order; no manifest is believed
 * unread. */
#include "sandbox.h"

/* Store a manifest of these lines; kinds and paths only, each file holds its own path. */
static struct dray_oid store_text(struct dray_repo *repo, const char *text)
{
	struct dray_oid oid = oid_of(text);
	struct dray_store *store;
	char key[DRAY_OID_KEY_MAX];

	oid.is_dir = true;
	assert_ok(dray_repo_store(repo, &store, &err));
	DRAY_AUTO_STR path = dray_path_join(dray_store_path(store), dray_oid_key(&oid, key));
	put(path, text);
	assert_int_equal(chmod(path, 0444), 0);
	return oid;
}

/* "f a;d e/;l l": lines of a manifest. */
static struct dray_oid store_lines(struct dray_repo *repo, const char *lines)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR copy = dray_strdup(lines);
	char *rest = copy;

	dray_buf_puts(&text, "dray-manifest 1 sha256\n");
	for (char *line = strtok_r(copy, ";", &rest); line; line = strtok_r(NULL, ";", &rest)) {
		struct dray_oid oid = oid_of(line + 2);
		char hex[DRAY_OID_TEXT_MAX];

		if (*line == 'd')
			dray_buf_printf(&text, "d - 0 %s\n", line + 2);
		else
			dray_buf_printf(&text, "%c %s %zu %s\n", *line, dray_oid_text(&oid, hex),
				strlen(line + 2), line + 2);
	}
	return store_text(repo, dray_buf_text(&text));
}

static enum dray_status note(void *ctx, enum dray_change change, struct dray_scan_entry *ours,
	const struct dray_entry *theirs, struct dray_err *error)
{
	static const char letters[] = {[DRAY_CHANGE_NONE] = '=',
		[DRAY_CHANGE_ADDED] = '+',
		[DRAY_CHANGE_DELETED] = '-',
		[DRAY_CHANGE_MODIFIED] = '!'};

	(void)error;
	assert_int_equal(ours == NULL, change == DRAY_CHANGE_DELETED);
	assert_int_equal(theirs == NULL, change == DRAY_CHANGE_ADDED);
	dray_buf_printf(ctx, "%c%s;", letters[change], ours != NULL ? ours->path : theirs->path);
	return DRAY_OK;
}

static void test_changes(void **state)
{
	static const struct {
		const char *make, *manifest, *within, *changes;
	} cases[] = {
		{"", "", NULL, ""},
		{"", "f a;f b", NULL, "-a;-b;"},
		{"printf a >d/a; printf b >d/b", "", NULL, "+a;+b;"},
		{"printf a >d/a; printf b >d/b", "f a;f b", NULL, "=a;=b;"},
		{"printf x >d/a; printf b >d/b", "f a;f c", NULL, "!a;+b;-c;"},
		{"printf a >d/a; chmod +x d/a", "f a", NULL, "!a;"},
		{"ln -s l d/l", "l l", NULL, "=l;"},
		{"ln -s x d/l", "l l", NULL, "!l;"},
		{"printf l >d/l", "l l", NULL, "!l;"},
		{"mkdir d/e", "d e/", NULL, "=e;"},
		{"mkdir d/e", "f e", NULL, "-e;+e;"},
		{"printf e >d/e", "d e/", NULL, "+e;-e;"},
		{"mkdir d/e; printf x >d/e/x", "d e/", NULL, "-e;+e/x;"},
		{"mkdir d/e; printf e/x >d/e/x", "f e;", NULL, "-e;+e/x;"},
		{"mkdir d/a; printf a/x >d/a/x; printf a.b >d/a.b", "f a.b;f a/x", NULL,
			"=a.b;=a/x;"},
		{"mkdir d/p; printf p/x >d/p/x; printf q >d/q", "f p/x;f p/y;f z", "p",
			"=p/x;-p/y;"},
		{"mkdir d/p; printf p/x >d/p/x", "f p/x;f p/y", "p/y", "-p/y;"},
		{"printf p >d/p", "f p/x", "p", "+p;-p/x;"},
		{"", "f p/x;f q", "r", ""},
	};
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(buf) changes = DRAY_BUF_INIT;
		struct dray_oid oid = store_lines(repo, cases[i].manifest);

		sh("rm -rf d; mkdir d");
		sh(cases[i].make);
		DRAY_AUTO(scan) scan = scan_part(repo, "d", cases[i].within);
		assert_ok(dray_scan_hash(repo, &scan, &plain_scan, &err));
		assert_ok(dray_compare(repo, &scan, &oid, cases[i].within, note, &changes, &err));
		assert_string_equal(dray_buf_text(&changes), cases[i].changes);
	}
}

static enum dray_status collect_path(
	void *ctx, const struct dray_entry *entry, struct dray_err *error)
{
	(void)error;
	dray_buf_printf(ctx, "%s;", entry->path);
	return DRAY_OK;
}

static enum dray_status refuse(void *ctx, const struct dray_entry *entry, struct dray_err *error)
{
	(void)ctx;
	return dray_fail(error, DRAY_BUSY, "enough at '%s'", entry->path);
}

static void test_each(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(buf) paths = DRAY_BUF_INIT;
	struct dray_oid oid = store_lines(repo, "f a;d e/;l s/l");

	(void)state;
	assert_ok(dray_manifest_each(repo, &oid, "d", collect_path, &paths, &err));
	assert_string_equal(paths.data, "a;e;s/l;");
	assert_fails(
		BUSY, "enough at 'a'", dray_manifest_each(repo, &oid, "d", refuse, NULL, &err));
}

static void test_absent(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(buf) paths = DRAY_BUF_INIT;
	struct dray_oid oid = oid_of("x");

	(void)state;
	assert_fails(NOT_FOUND, "the manifest of 'd' is not in the cache",
		dray_manifest_each(repo, &oid, "d", collect_path, &paths, &err));
	assert_hint("dray fetch d");
}

static void test_malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"dray-manifest 2 sha256\n",
		"dray-manifest 1 sha256\nf abc 1 a\n",
		"dray-manifest 1 sha256\nd - 0 e/\nd - 0 e/\n",
		"dray-manifest 1 sha256\nd - 0 ../e/\n",
		"dray-manifest 1 sha256\nd - 0 e/",
		"dray-manifest 1 sha256\nd - 0 .git/\n",
	};
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(texts); i++) {
		DRAY_AUTO(buf) paths = DRAY_BUF_INIT;
		struct dray_oid oid = store_text(repo, texts[i]);

		assert_fails(INVALID, "'d'",
			dray_manifest_each(repo, &oid, "d", collect_path, &paths, &err));
	}
}

/* Well formed, but not the bytes that the id names. */
static void test_swapped(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(buf) paths = DRAY_BUF_INIT;
	DRAY_AUTO(buf) changes = DRAY_BUF_INIT;
	struct dray_oid oid = store_lines(repo, "f a;f b");

	(void)state;
	sh("f=$(find .dray/local/cache -name '*.dir'); chmod 644 $f; sed -i 's/ b$/ x/' $f; chmod "
	   "444 $f; "
	   "mkdir d");
	assert_fails(CORRUPT, "the manifest of 'd' does not match",
		dray_manifest_each(repo, &oid, "d", collect_path, &paths, &err));
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_fails(CORRUPT, "the manifest of 'd' does not match",
		dray_compare(repo, &scan, &oid, NULL, note, &changes, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_changes),
		repo_test(test_each),
		repo_test(test_absent),
		repo_test(test_malformed),
		repo_test(test_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
