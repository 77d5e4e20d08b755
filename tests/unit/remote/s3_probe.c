/* Does a store do what it says? Stores that lie, each in its own way, and one that does not. */
#include "bucket.h"

enum lie {
	HONEST,
	HAS_EVERYTHING,
	KEEPS_NOTHING,
	KEEPS_OTHER_BYTES,
	FORGETS_NOTHING,
	REMOVES_NOTHING_AND_SAYS_SO,
	KNOWS_NO_REMOVAL,
	IS_A_WEB_PAGE,
	IS_READ_ONLY,
	HAS_NO_BUCKET,
	IS_BROKEN,
};

static struct {
	enum lie lie;
	bool is_there;
	char body[256];
	size_t len;
	atomic_uint requests;
} store;

static void serve(const struct server_request *request, struct server_reply *reply)
{
	bool is_bucket = strcmp(request->path, "/bkt") == 0;

	if (strcmp(request->method, "PUT") == 0) {
		store.is_there = store.lie != KEEPS_NOTHING;
		store.len = request->body_len < sizeof store.body ? request->body_len : 0;
		memcpy(store.body, request->body, store.len);
	} else if (strcmp(request->method, "DELETE") == 0) {
		reply->status = store.lie == REMOVES_NOTHING_AND_SAYS_SO ? 403
				: store.lie == KNOWS_NO_REMOVAL          ? 405
									 : 204;
		if (reply->status == 204 && store.lie != FORGETS_NOTHING)
			store.is_there = false;
	} else if (!is_bucket && !store.is_there && store.lie != HAS_EVERYTHING)
		reply->status = 404;
	else if (strcmp(request->method, "GET") == 0) {
		reply->body = dray_strndup(store.body, store.len);
		if (store.lie == KEEPS_OTHER_BYTES)
			reply->body[0] ^= 1;
	}
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	atomic_fetch_add(&store.requests, 1);
	reply->is_kept = true;
	if (store.lie == IS_A_WEB_PAGE)
		reply->body = dray_strdup("<html>Welcome</html>");
	else if (store.lie == IS_READ_ONLY && strcmp(request->method, "PUT") == 0)
		reply->status = 403;
	else if (store.lie == HAS_NO_BUCKET)
		reply->status = 404;
	else if (store.lie == IS_BROKEN)
		reply->status = 500;
	else
		serve(request, reply);
}

static void start(enum lie lie)
{
	memset(&store, 0, sizeof store);
	store.lie = lie;
	setenv("AWS_MAX_ATTEMPTS", "2", 1);
	server_start(&server, answer, NULL);
}

static void test_lies(void **state)
{
	static const struct {
		enum lie lie;
		enum dray_status status;
		const char *text; /* is in the error */
	} rows[] = {
		{HONEST, DRAY_OK, ""},
		{HAS_EVERYTHING, DRAY_CORRUPT, "it claims to have an object that nobody made"},
		{IS_A_WEB_PAGE, DRAY_CORRUPT, "it claims to have an object that nobody made"},
		{KEEPS_NOTHING, DRAY_CORRUPT, "it does not have what was just written"},
		{KEEPS_OTHER_BYTES, DRAY_CORRUPT, "it gave back other bytes than were written"},
		{FORGETS_NOTHING, DRAY_CORRUPT, "it still has what was removed"},
		/* some people want a store that only ever adds */
		{REMOVES_NOTHING_AND_SAYS_SO, DRAY_OK, ""},
		{KNOWS_NO_REMOVAL, DRAY_OK, ""},
		{IS_READ_ONLY, DRAY_DENIED, "access is denied"},
		{HAS_NO_BUCKET, DRAY_NOT_FOUND, "there is no such bucket"},
		{IS_BROKEN, DRAY_RETRY, "the store is out of order"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		start(rows[i].lie);
		struct dray_s3 *s3 = open_with("", NULL);
		assert_status(rows[i].status, dray_remote_probe(&s3->base, &err));
		if (rows[i].status != DRAY_OK && strstr(err.text, rows[i].text) == NULL)
			fail_msg("row %zu: %s", i, err.text);
		if (rows[i].lie == HONEST || rows[i].lie == KEEPS_OTHER_BYTES)
			assert_false(store.is_there);
		assert_false(server_saw(&server, "hush"));
		close_bucket(s3);
	}
}

/* An honest store is asked once; what lied is asked every time. */
static void test_what_is_remembered(void **state)
{
	static const struct {
		enum lie lie;

	} rows[] = {{HONEST}, {KEEPS_NOTHING}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR folder = dray_format("%s/state-%zu", sandbox, i);
		struct dray_err err = DRAY_ERR_INIT;

		start(rows[i].lie);
		for (unsigned round = 0; round < 2; round++) {
			atomic_store(&store.requests, 0);
			struct dray_s3 *s3 = open_with("", folder);
			enum dray_status status = dray_remote_prepare(&s3->base, &err);
			assert_int_equal(status == DRAY_OK, rows[i].lie == HONEST);
			if (round == 1 && rows[i].lie == HONEST)
				assert_int_equal(atomic_load(&store.requests), 0);
			else
				assert_true(atomic_load(&store.requests) > 3);
			dray_remote_close(&s3->base);
			dray_config_drop(&bucket_config);
			bucket_config = (struct dray_config)DRAY_CONFIG_INIT;
		}
		server_stop(&server);
	}
}

/* Without a place to remember it, it is asked every time; an old mark is not believed. */
static void test_what_is_not_remembered(void **state)
{
	DRAY_AUTO_STR folder = in_sandbox("old");
	DRAY_AUTO_STR marks = in_sandbox("old/probed");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(HONEST);
	struct dray_s3 *s3 = open_with("", NULL);
	for (int i = 0; i < 2; i++) {
		atomic_store(&store.requests, 0);
		assert_status(DRAY_OK, dray_remote_prepare(&s3->base, &err));
		assert_true(atomic_load(&store.requests) > 3);
	}
	dray_remote_close(&s3->base);
	s3 = open_with("", folder);
	assert_status(DRAY_OK, dray_remote_prepare(&s3->base, &err));
	DIR *stream = opendir(marks);
	assert_non_null(stream);
	for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
		const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

		assert_int_equal(utimensat(dirfd(stream), entry->d_name, times, 0), 0);
	}
	closedir(stream);
	atomic_store(&store.requests, 0);
	assert_status(DRAY_OK, dray_remote_prepare(&s3->base, &err));
	assert_true(atomic_load(&store.requests) > 3);
	close_bucket(s3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_what_is_remembered),
		cmocka_unit_test(test_what_is_not_remembered),
	};

	return cmocka_run_group_tests(tests, set_up_bucket, remove_sandbox);
}
