/*
 * Which way many keys are asked for: the number and kind of requests for some
 * counts of what is wanted and of what is there. The server has its objects in memory.
 */
#include "bucket.h"

static struct {
	uint64_t *ids; /* sorted; a key is made of each */
	size_t count;
	atomic_uint heads;
	atomic_uint lists;
	atomic_uint bucket_heads;
	atomic_bool is_broken; /* everything is refused */
} store;

#define KEY_LEN 78 /* "files/sha256/ab/…" with 64 digits and a slash */

static void make_key(uint64_t id, char out[KEY_LEN + 1])
{
	snprintf(out, KEY_LEN + 1, "files/sha256/%02x/%014llx%048d", (unsigned)(id >> 56),
		(unsigned long long)(id & 0xffffffffffffff), 0);
}

/* splitmix64 (Steele, Lea, Flood, 2014): spread as hashes are */
static uint64_t id_of(uint64_t i)
{
	uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The first object whose key is not below `prefix` (as it is in the bucket). */
static size_t find_key(const char *key)
{
	size_t low = 0;
	size_t high = store.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		char found[KEY_LEN + 1];

		make_key(store.ids[middle], found);
		if (strcmp(found, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static char *parameter(const char *path, const char *name)
{
	const char *at = strstr(path, name);
	DRAY_AUTO(buf) value = DRAY_BUF_INIT;

	if (at == NULL)
		return dray_strdup("");
	at += strlen(name);
	dray_buf_unpercent(&value, at, strcspn(at, "&"));
	return dray_buf_take(&value);
}

static char *list_page(const char *path)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR prefix = parameter(path, "prefix=");
	DRAY_AUTO_STR token = parameter(path, "continuation-token=");
	DRAY_AUTO_STR most_text = parameter(path, "max-keys=");
	const char *inside = strncmp(prefix, "pre/", 4) == 0 ? prefix + 4 : "?";
	size_t at = *token != '\0' ? strtoul(token, NULL, 10) : find_key(inside);
	size_t left = strtoul(most_text, NULL, 10);
	char key[KEY_LEN + 1];

	dray_buf_puts(&text, "<ListBucketResult>");
	for (; at < store.count && left > 0; at++, left--) {
		make_key(store.ids[at], key);
		if (strncmp(key, inside, strlen(inside)) != 0)
			break;
		dray_buf_printf(&text, "<Contents><Key>pre/%s</Key><Size>1</Size></Contents>", key);
	}
	if (at < store.count) {
		make_key(store.ids[at], key);
		if (strncmp(key, inside, strlen(inside)) == 0)
			dray_buf_printf(&text,
				"<IsTruncated>true</IsTruncated>"
				"<NextContinuationToken>%zu</NextContinuationToken>",
				at);
	}
	dray_buf_puts(&text, "</ListBucketResult>");
	return dray_buf_take(&text);
}

static bool has_key(const char *key)
{
	char found[KEY_LEN + 1];
	size_t at = find_key(key);

	if (at == store.count)
		return false;
	make_key(store.ids[at], found);
	return strcmp(found, key) == 0;
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	if (atomic_load(&store.is_broken))
		reply->status = 403;
	else if (strcmp(request->method, "GET") == 0) {
		atomic_fetch_add(&store.lists, 1);
		reply->body = list_page(request->path);
	} else if (strcmp(request->path, "/bkt") == 0)
		atomic_fetch_add(&store.bucket_heads, 1);
	else {
		atomic_fetch_add(&store.heads, 1);
		reply->status = has_key(request->path + strlen("/bkt/pre/")) ? 200 : 404;
	}
}

static struct dray_s3 *open_store(size_t count)
{
	free(store.ids);
	memset(&store, 0, sizeof store);
	store.count = count;
	store.ids = dray_calloc(count + 1, sizeof *store.ids);
	for (size_t i = 0; i < count; i++)
		store.ids[i] = id_of(i);
	qsort(store.ids, count, sizeof *store.ids, compare_ids);
	struct dray_s3 *s3 = open_bucket(answer, NULL);
	s3->locked.is_no_heard = true; /* else it is asked for what nobody made, too */
	return s3;
}

static int drop_store(void **state)
{
	free(store.ids);
	return remove_sandbox(state);
}

/* Every second one of `wanted` keys is there, as far as there are so many. */
static void check_wanted(struct dray_s3 *s3, size_t wanted)
{
	char(*keys)[KEY_LEN + 1] = dray_calloc(wanted, sizeof *keys);
	const char **items = dray_calloc(wanted, sizeof *items);
	bool *has = dray_calloc(wanted, sizeof *has);
	struct dray_err err = DRAY_ERR_INIT;

	for (size_t i = 0; i < wanted; i++) {
		make_key(id_of(i % 2 == 0 ? i / 2 : 1000000000 + i), keys[i]);
		items[i] = keys[i];
		has[i] = i % 3 == 0;
	}
	assert_status(DRAY_OK, dray_remote_exists(&s3->base, items, wanted, false, has, &err));
	for (size_t i = 0; i < wanted; i++)
		assert_int_equal(has[i], i % 2 == 0 && i / 2 < store.count);
	free(keys);
	free(items);
	free(has);
}

static void test_plans(void **state)
{
	static const struct {
		size_t wanted;
		size_t there;
		unsigned heads;
		unsigned lists_min;
		unsigned lists_max;
	} rows[] = {
		/* few: without a look at how much there is */
		{1, 0, 1, 0, 0},
		{1, 300000, 1, 0, 0},
		{255, 0, 255, 0, 0},
		{255, 300000, 255, 0, 0},
		/* a look, then one list of all */
		{256, 0, 0, 2, 2},
		{300, 1000, 0, 2, 3},
		{2000, 5000, 0, 2, 30},
		/* less than a hundredth of what is there: a look, then one by one */
		{256, 50000, 256, 1, 1},
		{450, 50000, 450, 1, 1},
		/* more than that: lists of the folders where one may be, at most 256 of them */
		{600, 50000, 0, 180, 258},
		{3000, 50000, 0, 250, 258},
		/* the look itself ends after two pages */
		{300, 600000, 0, 280, 302},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_store(rows[i].there);

		check_wanted(s3, rows[i].wanted);
		unsigned lists = atomic_load(&store.lists);
		if (atomic_load(&store.heads) != rows[i].heads || lists < rows[i].lists_min ||
			lists > rows[i].lists_max)
			fail_msg("%zu of %zu: %u heads, %u lists", rows[i].wanted, rows[i].there,
				atomic_load(&store.heads), lists);
		/* whether there is a bucket is asked once, and only where a key is absent */
		assert_int_equal(atomic_load(&store.bucket_heads) > 0,
			rows[i].heads > 1 || (rows[i].heads == 1 && rows[i].there == 0));
		close_bucket(s3);
	}
}

/* Of other folders, too: each is a question of its own; a key may come twice. */
static void test_groups(void **state)
{
	struct dray_s3 *s3 = open_store(10);
	struct dray_err err = DRAY_ERR_INIT;
	char there[KEY_LEN + 1];
	const char *keys[] = {there, "files/md5/ab/cd", "alone", there, ".dray/probe", "a/b"};
	bool has[6] = {false, true, true, false, true, true};

	(void)state;
	make_key(id_of(3), there);
	assert_status(DRAY_OK, dray_remote_exists(&s3->base, keys, 6, false, has, &err));
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(has[i], i == 0 || i == 3);
	assert_status(DRAY_OK, dray_remote_exists(&s3->base, keys, 0, false, has, &err));
	close_bucket(s3);
}

/* A key that comes twice is found twice by a listing, too. */
static void test_twice_in_a_listing(void **state)
{
	struct dray_s3 *s3 = open_store(100);
	const char *items[400];
	char(*keys)[KEY_LEN + 1] = dray_calloc(200, sizeof *keys);
	bool has[400] = {false};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		make_key(id_of(i % 200), keys[i % 200]);
		items[i] = keys[i % 200];
	}
	assert_status(DRAY_OK, dray_remote_exists(&s3->base, items, 400, true, has, &err));
	for (size_t i = 0; i < 400; i++)
		assert_int_equal(has[i], i % 200 < 100);
	assert_int_equal(atomic_load(&store.heads), 0);
	free(keys);
	close_bucket(s3);
}

static void test_failures(void **state)
{
	static const size_t wanted[] = {1, 10, 300};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(wanted); i++) {
		struct dray_s3 *s3 = open_store(10);
		const char *items[300];
		char(*keys)[KEY_LEN + 1] = dray_calloc(wanted[i], sizeof *keys);
		bool has[300];
		struct dray_err err = DRAY_ERR_INIT;

		for (size_t k = 0; k < wanted[i]; k++) {
			make_key(id_of(k), keys[k]);
			items[k] = keys[k];
		}
		atomic_store(&store.is_broken, true);
		assert_status(DRAY_DENIED,
			dray_remote_exists(&s3->base, items, wanted[i], false, has, &err));
		free(keys);
		close_bucket(s3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_twice_in_a_listing),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, set_up_bucket, drop_store);
}
