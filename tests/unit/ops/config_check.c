/*
 * config_check: what a setting can be. What is refused where DVC shares the settings was refused
 * by DVC 3.67.1, and the rest taken.
 */
#include "sandbox.h"

#include "ops/private.h"

static enum dray_status check(bool is_dvc, const char *key, const char *value)
{
	struct dray_repo repo = {.dialect = is_dvc ? &dray_dialect_dvc : &dray_dialect_native};
	struct dray_session session = {.repo = &repo};

	err = (struct dray_err)DRAY_ERR_INIT;
	dray_config_add(&repo.config, "remote.bucket.url", "s3://b/x", "o", 1);
	dray_config_add(&repo.config, "remote.bucket.acl", "private", "o", 1);
	dray_config_add(&repo.config, "remote.dir.url", "../store", "o", 1);
	dray_config_add(&repo.config, "remote.shell.url", "ssh://host/x", "o", 1);
	dray_config_add(&repo.config, "remote.ref.url", "remote://shell/x", "o", 1);
	enum dray_status status = config_check_key(&session, key, value, &err);
	dray_config_drop(&repo.config);
	return status;
}

static void test_both(void **state)
{
	static const struct {
		const char *key, *value, *error; /* NULL: taken */
	} rows[] = {
		{"core.remote", "any", NULL},
		{"core.autostage", "TRUE", NULL},
		{"core.autostage", "perhaps", "'core.autostage' is true or false, not 'perhaps'"},
		{"core.checksum_jobs", "1", NULL},
		{"core.checksum_jobs", "0", "'core.checksum_jobs' is a number from 1 on, not '0'"},
		{"cache.type", "reflink,copy", NULL},
		{"cache.type", "reflink, copy", NULL},
		{"cache.type", "", "'' is no list of link types"},
		{"cache.type", "reflink,soft", "'reflink,soft' is no list of link types"},
		{"cache.shared", "GROUP", NULL},
		{"cache.shared", "all", "'cache.shared' can only be 'group', not 'all'"},
		{"parsing.bool", "store_true", NULL},
		{"parsing.bool", "store",
			"'parsing.bool' can only be 'store_true|boolean_optional', "
			"not 'store'"},
		{"remote.shell.port", "-22", NULL},
		{"remote.shell.port", "ssh", "'remote.shell.port' is a number, not 'ssh'"},
		{"remote.bucket.region", "x", NULL},
		{"remote.a.b.url", "/x", NULL},
		{"db.any.password", "x", NULL},
		{"feature.whatever", "x", NULL},
		{"core.nope", "x", "there is no setting 'core.nope'"},
		{"core.nope", NULL, "there is no setting 'core.nope'"},
		{"remote.x", "x", "there is no setting 'remote.x'"},
		{"feed.x", "x", "there is no setting 'feed.x'"},
	};

	(void)state;
	for (int is_dvc = 0; is_dvc < 2; is_dvc++)
		for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
			enum dray_status status = check(is_dvc, rows[i].key, rows[i].value);

			assert_string_equal(err.text, rows[i].error != NULL ? rows[i].error : "");
			assert_int_equal(status, rows[i].error != NULL ? DRAY_USAGE : DRAY_OK);
		}
}

/* What only dray takes. */
static void test_dvc_refuses(void **state)
{
	static const struct {
		const char *key, *value, *error;
	} rows[] = {
		{"core.autostage", "yes", "'core.autostage' is true or false, not 'yes'"},
		{"cache.type", "reflink copy", "'reflink copy' is no list of link types"},
		{"cache.type", "reflink,,copy", "'reflink,,copy' is no list of link types"},
		{"cache.type", "reflink,", "'reflink,' is no list of link types"},
		{"core.no_git", "true", "'core.no_git' is a setting of dray's own"},
		{"remote.bucket.part_size", "8M",
			"'remote.bucket.part_size' is a setting of dray's own"},
		{"remote.bucket.keyfile", "x",
			"'remote.bucket.keyfile' is no setting of this kind of remote"},
		{"remote.dir.region", "x",
			"'remote.dir.region' is no setting of this kind of remote"},
		{"remote.bucket.url", "/store",
			"'remote.bucket.acl' is no setting of this kind of remote"},
		{"remote.new.jobs", "2", "'remote.new.url' is not set yet"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(check(false, rows[i].key, rows[i].value), DRAY_OK);
		assert_int_equal(check(true, rows[i].key, rows[i].value), DRAY_USAGE);
		assert_string_equal(err.text, rows[i].error);
	}
	assert_int_equal(check(true, "remote.new.url", "gopher://x"), DRAY_UNSUPPORTED);
	assert_int_equal(check(true, "remote.new.url", "gs://x"), DRAY_OK);
	assert_int_equal(check(true, "remote.ref.keyfile", "x"), DRAY_OK);
	assert_int_equal(check(true, "remote.dir.type", "copy"), DRAY_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_dvc_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
