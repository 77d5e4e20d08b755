/* remote/credential_chain.c: keys for many threads, renewed in time. */
#include "credential.h"

#include "remote/credential_chain.h"

#define THREADS 16

static struct dray_credential_chain *open_chain(const struct dray_credential_options *options,
	const char *config, struct dray_aws_files **out_files)
{
	struct dray_credential_options full = *options;
	struct dray_credential_chain *chain = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	*out_files = open_files(config, NULL);
	full.files = *out_files;
	full.http = http;
	assert_status(DRAY_OK, dray_credential_chain_new(&full, &chain, &err));
	return chain;
}

/* ---------------------------------------------------------------- judgement */

static void test_judgement(void **state)
{
	/* minutes; expires 0: never */
	static const struct {
		int64_t fetched;
		int64_t expires;
		int64_t now;
		enum dray_credential_need need;
	} rows[] = {
		{0, 0, 1000, DRAY_NEED_ALL},
		{0, 2000, 1000, DRAY_NEED_ALL},
		{100, 0, 1000000, DRAY_NEED_NOTHING},
		/* an hour: 15 and 10 minutes */
		{100, 160, 100, DRAY_NEED_NOTHING},
		{100, 160, 144, DRAY_NEED_NOTHING},
		{100, 160, 145, DRAY_NEED_SOON},
		{100, 160, 149, DRAY_NEED_SOON},
		{100, 160, 150, DRAY_NEED_NOW},
		{100, 160, 159, DRAY_NEED_NOW},
		{100, 160, 160, DRAY_NEED_ALL},
		{100, 160, 500, DRAY_NEED_ALL},
		/* twelve hours: the same */
		{100, 820, 804, DRAY_NEED_NOTHING},
		{100, 820, 805, DRAY_NEED_SOON},
		{100, 820, 810, DRAY_NEED_NOW},
		/* twelve minutes: a quarter and a sixth */
		{100, 112, 108, DRAY_NEED_NOTHING},
		{100, 112, 109, DRAY_NEED_SOON},
		{100, 112, 110, DRAY_NEED_NOW},
		/* over when they came; a clock that was set back */
		{100, 90, 100, DRAY_NEED_ALL},
		{100, 160, 50, DRAY_NEED_NOTHING},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(dray_credential_judge(rows[i].fetched * MINUTE_NS,
					 rows[i].expires * MINUTE_NS, rows[i].now * MINUTE_NS),
			rows[i].need);
}

/* ------------------------------------------------------------------- at hand */

static void test_constant(void **state)
{
	const struct dray_credential_options options = {
		.access_key_id = "AKID", .secret_access_key = SECRET};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	DRAY_AUTO(credentials) again = DRAY_CREDENTIALS_INIT;
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	struct dray_credential_chain *chain = open_chain(&options, NULL, &files);
	assert_status(DRAY_OK, dray_credential_chain_get(chain, NULL, &keys, &err));
	assert_string_equal(keys.access_key_id, "AKID");
	assert_string_equal(keys.secret_access_key, SECRET);
	assert_null(keys.session_token);
	/* there are no others */
	assert_status(DRAY_OK, dray_credential_chain_get(chain, &keys, &again, &err));
	assert_string_equal(again.access_key_id, "AKID");
	dray_credential_chain_free(chain);
	dray_aws_files_close(files);
	dray_credential_chain_free(NULL);
}

static void test_anonymous(void **state)
{
	const struct dray_credential_options options = {.is_anonymous = true};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	struct dray_credential_chain *chain = open_chain(&options, NULL, &files);
	assert_status(DRAY_OK, dray_credential_chain_get(chain, NULL, &keys, &err));
	assert_null(keys.access_key_id);
	dray_credential_chain_free(chain);
	dray_aws_files_close(files);
}

static void test_wrong_plan(void **state)
{
	struct dray_credential_options options = {.profile = "lost"};
	struct dray_aws_files *files = open_files(NULL, NULL);
	struct dray_credential_chain *chain = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	options.files = files;
	assert_status(DRAY_NOT_FOUND, dray_credential_chain_new(&options, &chain, &err));
	assert_null(chain);
	dray_aws_files_close(files);
}

static void test_none(void **state)
{
	const struct dray_credential_options options = {.region = NULL};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	struct dray_credential_chain *chain = open_chain(&options, NULL, &files);
	assert_status(DRAY_DENIED, dray_credential_chain_get(chain, NULL, &keys, &err));
	assert_string_equal(err.text, "no credentials for S3 were found: asked the environment, "
				      "profile 'default'");
	assert_non_null(strstr(err.hint, "AWS_ACCESS_KEY_ID"));
	assert_non_null(strstr(err.hint, "dray remote modify --local NAME access_key_id KEY"));
	assert_non_null(strstr(err.hint, "allow_anonymous_login"));
	dray_credential_chain_free(chain);
	dray_aws_files_close(files);
}

/* The metadata service is asked only there where nothing says otherwise; it may not exist. */
static void test_last_resort(void **state)
{
	static const char expected[] = "no credentials for S3 were found: asked profile 'p', the "
				       "instance metadata service: cannot connect to '127.0.0.1:1'";
	static const struct dray_credential_options options = {.profile = "p"};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	unsetenv("AWS_EC2_METADATA_DISABLED");
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", 1);
	struct dray_credential_chain *chain = open_chain(&options, "[profile p]\n", &files);
	assert_status(DRAY_DENIED, dray_credential_chain_get(chain, NULL, &keys, &err));
	assert_ptr_equal(strstr(err.text, expected), err.text);
	dray_credential_chain_free(chain);
	dray_aws_files_close(files);
}

static void test_expired_environment(void **state)
{
	static const struct dray_credential_options options = {.region = NULL};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
	setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z", 1);
	struct dray_credential_chain *chain = open_chain(&options, NULL, &files);
	assert_status(DRAY_DENIED, dray_credential_chain_get(chain, NULL, &keys, &err));
	assert_string_equal(err.text, "the credentials of the environment have expired");
	assert_string_equal(err.hint, "renew them and run the command again");
	assert_no_secret(&err);
	dray_credential_chain_free(chain);
	dray_aws_files_close(files);
}

/* A host or program that is missing is not an object that is missing. */
static void test_missing_program(void **state)
{
	static const struct dray_credential_options options = {.region = NULL};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	struct dray_credential_chain *chain =
		open_chain(&options, "[default]\ncredential_process = /no/such hush\n", &files);
	assert_status(DRAY_DENIED, dray_credential_chain_get(chain, NULL, &keys, &err));
	assert_int_equal(err.status, DRAY_DENIED);
	assert_string_equal(err.text, "the credential_process of profile 'default': cannot run "
				      "'/no/such': No such file or directory");
	dray_credential_chain_free(chain);
	dray_aws_files_close(files);
}

/* ------------------------------------------------------------------- renewal */

/* A container's endpoint: keys are numbered by the request; requests can be refused or held. */
struct endpoint {
	struct server server;
	struct dray_credential_chain *chain;
	struct dray_aws_files *files;
	atomic_bool is_refusing;
	atomic_bool is_constant; /* the same keys each time */
	struct dray_mutex lock;
	struct dray_cond moved;
	bool is_holding; /* all with the lock */
	bool is_held;
};

static void await_release(struct endpoint *endpoint)
{
	dray_mutex_lock(&endpoint->lock);
	endpoint->is_held = true;
	dray_cond_wake_all(&endpoint->moved);
	while (endpoint->is_holding)
		dray_cond_wait(&endpoint->moved, &endpoint->lock);
	endpoint->is_held = false;
	dray_mutex_unlock(&endpoint->lock);
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	struct endpoint *endpoint = ctx;
	DRAY_AUTO_STR id =
		dray_format("key-%u", atomic_load(&endpoint->is_constant) ? 0 : request->number);

	await_release(endpoint);
	if (atomic_load(&endpoint->is_refusing))
		reply->status = 403;
	else
		reply->body = json_keys(id, 3600);
}

static void endpoint_open(struct endpoint *endpoint)
{
	static const struct dray_credential_options options = {.region = NULL};

	*endpoint = (struct endpoint){.is_holding = false};
	endpoint->lock = (struct dray_mutex)DRAY_MUTEX_INIT;
	endpoint->moved = (struct dray_cond)DRAY_COND_INIT;
	server_start(&endpoint->server, answer, endpoint);
	DRAY_AUTO_STR url = server_url(&endpoint->server, "/");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	endpoint->chain = open_chain(&options, NULL, &endpoint->files);
}

static void endpoint_close(struct endpoint *endpoint)
{
	server_stop(&endpoint->server);
	dray_credential_chain_free(endpoint->chain);
	dray_aws_files_close(endpoint->files);
	dray_mutex_drop(&endpoint->lock);
	dray_cond_drop(&endpoint->moved);
}

static void hold(struct endpoint *endpoint, bool is_holding)
{
	dray_mutex_lock(&endpoint->lock);
	endpoint->is_holding = is_holding;
	dray_cond_wake_all(&endpoint->moved);
	dray_mutex_unlock(&endpoint->lock);
}

static void await_held(struct endpoint *endpoint)
{
	dray_mutex_lock(&endpoint->lock);
	while (!endpoint->is_held)
		dray_cond_wait(&endpoint->moved, &endpoint->lock);
	dray_mutex_unlock(&endpoint->lock);
}

/* As if the keys had been fetched an hour before the end that they have now. */
static void age(struct dray_credential_chain *chain, int64_t left_minutes)
{
	dray_mutex_lock(&chain->lock);
	chain->locked.keys.expires_ns = dray_os_now_ns() + left_minutes * MINUTE_NS;
	chain->locked.fetched_ns = chain->locked.keys.expires_ns - 60 * MINUTE_NS;
	chain->locked.rest_ns = 0;
	dray_mutex_unlock(&chain->lock);
}

static void assert_key(struct endpoint *endpoint, const char *id)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, dray_credential_chain_get(endpoint->chain, NULL, &keys, &err));
	assert_string_equal(keys.access_key_id, id);
}

static void test_renewal(void **state)
{
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	assert_key(&endpoint, "key-0");
	assert_key(&endpoint, "key-0");
	age(endpoint.chain, 16);
	assert_key(&endpoint, "key-0");
	age(endpoint.chain, 14); /* advisory */
	assert_key(&endpoint, "key-1");
	assert_key(&endpoint, "key-1");
	age(endpoint.chain, 9); /* mandatory */
	assert_key(&endpoint, "key-2");
	age(endpoint.chain, 0);
	assert_key(&endpoint, "key-3");
	assert_int_equal(atomic_load(&endpoint.server.count), 4);
	endpoint_close(&endpoint);
}

/* While the old keys are good a failure is no one's, and the endpoint gets a rest. */
static void test_failing_renewal(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	assert_key(&endpoint, "key-0");
	atomic_store(&endpoint.is_refusing, true);
	age(endpoint.chain, 14);
	assert_key(&endpoint, "key-0");
	assert_int_equal(atomic_load(&endpoint.server.count), 2);
	assert_key(&endpoint, "key-0");
	assert_int_equal(atomic_load(&endpoint.server.count), 2);
	age(endpoint.chain, 5);
	assert_key(&endpoint, "key-0");
	assert_int_equal(atomic_load(&endpoint.server.count), 3);
	age(endpoint.chain, -1);
	assert_status(DRAY_DENIED, dray_credential_chain_get(endpoint.chain, NULL, &keys, &err));
	assert_string_equal(
		err.text, "the container's credentials endpoint answers with HTTP status 403");
	assert_no_secret(&err);
	atomic_store(&endpoint.is_refusing, false);
	assert_key(&endpoint, "key-4");
	endpoint_close(&endpoint);
}

/* Keys that a server calls expired are replaced, whatever their expiry says; others are not. */
static void test_stale(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	DRAY_AUTO(credentials) next = DRAY_CREDENTIALS_INIT;
	DRAY_AUTO(credentials) other = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	assert_status(DRAY_OK, dray_credential_chain_get(endpoint.chain, NULL, &keys, &err));
	assert_status(DRAY_OK, dray_credential_chain_get(endpoint.chain, &keys, &next, &err));
	assert_string_equal(next.access_key_id, "key-1");
	/* someone else comes late with the first ones */
	assert_status(DRAY_OK, dray_credential_chain_get(endpoint.chain, &keys, &other, &err));
	assert_string_equal(other.access_key_id, "key-1");
	assert_int_equal(atomic_load(&endpoint.server.count), 2);
	dray_credentials_drop(&other);
	/* there are no others */
	atomic_store(&endpoint.is_constant, true);
	dray_credentials_drop(&keys);
	assert_status(DRAY_OK, dray_credential_chain_get(endpoint.chain, &next, &keys, &err));
	assert_string_equal(keys.access_key_id, "key-0");
	assert_status(DRAY_OK, dray_credential_chain_get(endpoint.chain, &keys, &other, &err));
	assert_string_equal(other.access_key_id, "key-0");
	endpoint_close(&endpoint);
}

/* ------------------------------------------------------------------- threads */

struct caller {
	struct endpoint *endpoint;
	struct dray_thread thread;
	struct dray_credentials keys;
	enum dray_status status;
	struct dray_err err;
};

static void *call(void *ctx)
{
	struct caller *caller = ctx;

	caller->status = dray_credential_chain_get(
		caller->endpoint->chain, NULL, &caller->keys, &caller->err);
	return NULL;
}

static void start(struct caller *caller, struct endpoint *endpoint)
{
	struct dray_err err = DRAY_ERR_INIT;

	*caller = (struct caller){.endpoint = endpoint};
	assert_status(DRAY_OK, dray_thread_start(call, caller, &caller->thread, &err));
}

static void finish(struct caller *caller, enum dray_status status, const char *id)
{
	dray_thread_join(&caller->thread);
	assert_int_equal(caller->status, status);
	if (id != NULL)
		assert_string_equal(caller->keys.access_key_id, id);
	dray_credentials_drop(&caller->keys);
}

static void test_single_flight(void **state)
{
	static struct caller callers[THREADS];
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	hold(&endpoint, true);
	for (size_t i = 0; i < THREADS; i++)
		start(&callers[i], &endpoint);
	await_held(&endpoint);
	hold(&endpoint, false);
	for (size_t i = 0; i < THREADS; i++)
		finish(&callers[i], DRAY_OK, "key-0");
	assert_int_equal(atomic_load(&endpoint.server.count), 1);
	endpoint_close(&endpoint);
}

/* While one thread renews in time, the others go on with the old keys. */
static void test_advisory(void **state)
{
	static struct caller first;
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	assert_key(&endpoint, "key-0");
	age(endpoint.chain, 14);
	hold(&endpoint, true);
	start(&first, &endpoint);
	await_held(&endpoint);
	assert_key(&endpoint, "key-0");
	assert_key(&endpoint, "key-0");
	hold(&endpoint, false);
	finish(&first, DRAY_OK, "key-1");
	assert_key(&endpoint, "key-1");
	assert_int_equal(atomic_load(&endpoint.server.count), 2);
	endpoint_close(&endpoint);
}

/* In the mandatory window the others wait for the new keys. */
static void test_mandatory(void **state)
{
	static struct caller callers[THREADS];
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	assert_key(&endpoint, "key-0");
	age(endpoint.chain, 9);
	hold(&endpoint, true);
	for (size_t i = 0; i < THREADS; i++)
		start(&callers[i], &endpoint);
	await_held(&endpoint);
	hold(&endpoint, false);
	for (size_t i = 0; i < THREADS; i++)
		finish(&callers[i], DRAY_OK, "key-1");
	assert_int_equal(atomic_load(&endpoint.server.count), 2);
	endpoint_close(&endpoint);
}

/* All fail alike; whoever waited did not ask again. */
static void test_shared_failure(void **state)
{
	static struct caller callers[THREADS];
	struct endpoint endpoint;

	(void)state;
	endpoint_open(&endpoint);
	atomic_store(&endpoint.is_refusing, true);
	hold(&endpoint, true);
	for (size_t i = 0; i < THREADS; i++)
		start(&callers[i], &endpoint);
	await_held(&endpoint);
	hold(&endpoint, false);
	for (size_t i = 0; i < THREADS; i++) {
		finish(&callers[i], DRAY_DENIED, NULL);
		assert_string_equal(callers[i].err.text,
			"the container's credentials endpoint answers with HTTP status 403");
	}
	assert_true(atomic_load(&endpoint.server.count) <= THREADS);
	endpoint_close(&endpoint);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judgement),
		TEST(test_constant),
		TEST(test_anonymous),
		TEST(test_wrong_plan),
		TEST(test_none),
		TEST(test_last_resort),
		TEST(test_expired_environment),
		TEST(test_missing_program),
		TEST(test_renewal),
		TEST(test_failing_renewal),
		TEST(test_stale),
		TEST(test_single_flight),
		TEST(test_advisory),
		TEST(test_mandatory),
		TEST(test_shared_failure),
	};

	return cmocka_run_group_tests(tests, open_http, close_http);
}
