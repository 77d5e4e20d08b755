/* Removing: a thousand keys a request, one by one where a store cannot do that, and what it
 * refuses. */
#include "bucket.h"

static struct {
	unsigned status;        /* of POST ?delete */
	const char *body;       /* of its answer; NULL: none */
	unsigned single_status; /* of DELETE */
	atomic_uint batches;
	atomic_uint singles;
	char last_body[512];
	char last_md5[64];
	size_t keys_in_last;
} script;

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	if (strcmp(request->method, "DELETE") == 0) {
		atomic_fetch_add(&script.singles, 1);
		reply->status = script.single_status;
		return;
	}
	DRAY_AUTO_STR md5 = server_header(request, "\ncontent-md5: ");
	atomic_fetch_add(&script.batches, 1);
	snprintf(script.last_body, sizeof script.last_body, "%s", request->body);
	snprintf(script.last_md5, sizeof script.last_md5, "%s", md5);
	script.keys_in_last = 0;
	for (const char *at = request->body; (at = strstr(at, "<Key>")) != NULL; at++)
		script.keys_in_last++;
	reply->status = script.status;
	reply->body = script.body != NULL ? dray_strdup(script.body) : NULL;
}

static struct dray_s3 *open_script(unsigned status, const char *body, unsigned single_status)
{
	memset(&script, 0, sizeof script);
	script.status = status;
	script.body = body;
	script.single_status = single_status;
	return open_bucket(answer, NULL);
}

/* So many keys, "k/0", "k/1", … */
static enum dray_status remove_many(struct dray_s3 *s3, size_t count, struct dray_err *err)
{
	DRAY_AUTO(strs) keys = DRAY_STRS_INIT;

	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR key = dray_format("k/%zu", i);
		dray_strs_add(&keys, key);
	}
	return dray_remote_remove(&s3->base, (const char *const *)keys.items, count, err);
}

static void test_batches(void **state)
{
	static const struct {
		size_t keys;
		unsigned batches;
		unsigned singles;
	} rows[] = {{0, 0, 0}, {1, 0, 1}, {2, 1, 0}, {1000, 1, 0}, {1001, 1, 1}, {2500, 3, 0}};
	static const char *const bodies[] = {NULL, "<DeleteResult/>",
		"<DeleteResult xmlns=\"x\"><Deleted><Key>a</Key></Deleted></DeleteResult>",
		"<DeleteResult><Error><Key>k</Key><Code>NoSuchKey</Code></Error></DeleteResult>"};

	(void)state;
	for (size_t b = 0; b < DRAY_COUNT(bodies); b++)
		for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
			struct dray_s3 *s3 = open_script(200, bodies[b], 204);
			struct dray_err err = DRAY_ERR_INIT;

			assert_status(DRAY_OK, remove_many(s3, rows[i].keys, &err));
			assert_int_equal(atomic_load(&script.batches), rows[i].batches);
			assert_int_equal(atomic_load(&script.singles), rows[i].singles);
			close_bucket(s3);
		}
}

static void test_a_batch(void **state)
{
	static const char *const keys[] = {"files/a", "b&c<d>\"e'", "\303\251"};
	static const char body[] =
		"<Delete><Quiet>true</Quiet><Object><Key>pre/files/a</Key></Object><Object><Key>"
		"pre/b&#38;c&#60;d&#62;&#34;e&#39;</Key></Object><Object><Key>pre/\303\251</Key>"
		"</Object></Delete>";
	struct dray_s3 *s3 = open_script(200, NULL, 204);
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) md5 = DRAY_BUF_INIT;
	DRAY_AUTO(buf) sha = DRAY_BUF_INIT;
	struct dray_oid oid;

	(void)state;
	assert_status(DRAY_OK, dray_remote_remove(&s3->base, keys, 3, &err));
	assert_string_equal(script.last_body, body);
	dray_hash(DRAY_MD5, body, strlen(body), &oid);
	dray_buf_base64(&md5, oid.digest, 16);
	assert_string_equal(script.last_md5, md5.data);
	dray_hash(DRAY_SHA256, body, strlen(body), &oid);
	dray_buf_hex(&sha, oid.digest, 32);
	assert_true(server_saw(&server, sha.data));
	assert_true(server_saw(&server, "POST /bkt?delete= HTTP/1.1\r\n"));
	close_bucket(s3);
}

static void test_one_by_one(void **state)
{
	static const struct {
		unsigned status;
		const char *body;
	} rows[] = {
		{501, "<Error><Code>NotImplemented</Code></Error>"},
		{405, NULL},
		{200, "<DeleteResult><Error><Key>k</Key><Code>NotImplemented</Code></Error></"
		      "DeleteResult>"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (unsigned single = 204; single <= 404; single += 200) {
			struct dray_s3 *s3 = open_script(rows[i].status, rows[i].body, single);
			struct dray_err err = DRAY_ERR_INIT;

			assert_status(DRAY_OK, remove_many(s3, 10, &err));
			assert_int_equal(atomic_load(&script.batches), 1);
			assert_int_equal(atomic_load(&script.singles), 10);
			close_bucket(s3);
		}
}

static void test_refusals(void **state)
{
	static const struct {
		unsigned status;
		const char *body;
		enum dray_status expected;
		const char *text; /* is in the error */
	} rows[] = {
		{200,
			"<DeleteResult><Error><Key>pre/k/1</Key><Code>AccessDenied</"
			"Code><Message>locked</Message>"
			"</Error></DeleteResult>",
			DRAY_DENIED,
			"cannot remove 's3://bkt/pre/k/1': access is denied (HTTP 200 "
			"AccessDenied)"},
		{200,
			"<DeleteResult><Error><Key>a</Key><Code>NoSuchKey</Code></"
			"Error><Error><Key>pre/k/2</Key>"
			"<Code>InternalError</Code></Error></DeleteResult>",
			DRAY_RETRY, "cannot remove 's3://bkt/pre/k/2': the store is out of order"},
		{200, "<DeleteResult><Error><Code>AccessDenied</Code></Error></DeleteResult>",
			DRAY_DENIED, "cannot remove 's3://bkt': access is denied"},
		{200, "Welcome", DRAY_FAILED, "the answer is none to this (HTTP 200)"},
		{200, "<Error><Code>InternalError</Code></Error>", DRAY_RETRY,
			"the store is out of order (HTTP 200 InternalError)"},
		{200, "<html><body/></html>", DRAY_FAILED, "the answer is none to this (HTTP 200)"},
		{403, NULL, DRAY_DENIED,
			"cannot remove objects from 's3://bkt': access is denied (HTTP 403)"},
		{404, "<Error><Code>NoSuchBucket</Code></Error>", DRAY_NOT_FOUND,
			"there is no such bucket"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_script(rows[i].status, rows[i].body, 204);
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(rows[i].expected, remove_many(s3, 3, &err));
		if (strstr(err.text, rows[i].text) == NULL)
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(atomic_load(&script.singles), 0);
		close_bucket(s3);
	}
}

static void test_a_single_refusal(void **state)
{
	struct dray_s3 *s3 = open_script(200, NULL, 403);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_DENIED, remove_many(s3, 1, &err));
	assert_string_equal(
		err.text, "cannot remove 's3://bkt/pre/k/0': access is denied (HTTP 403)");
	close_bucket(s3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_a_batch),
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_single_refusal),
	};

	return cmocka_run_group_tests(tests, set_up_bucket, remove_sandbox);
}
