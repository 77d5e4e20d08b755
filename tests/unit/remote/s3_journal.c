/* The file of an upload in parts: what is remembered, and what is not believed. */
#include "../../remote/harness.h"

#include "remote/s3_journal.h"

static struct dray_s3 s3;
static struct dray_oid oid;

static int set_up(void **state)
{
	if (make_sandbox(state) != 0)
		return -1;
	s3 = (struct dray_s3){
		.base = {.url = dray_strdup("s3://bkt/pre")},
		.state_dir = in_sandbox("state"),
	};
	return 0;
}

static int tear_down(void **state)
{
	free(s3.base.url);
	free(s3.state_dir);
	free(s3.settings.endpoint);
	return remove_sandbox(state);
}

static struct dray_transit transit(const char *key, uint64_t size)
{
	return (struct dray_transit){.key = key, .oid = &oid, .fd = -1, .size = size};
}

static void remember(const struct dray_transit *object, uint64_t part_bytes, const char *id)
{
	struct dray_s3_journal journal;

	dray_s3_journal_read(&s3, object, &journal);
	journal.part_bytes = part_bytes;
	free(journal.upload_id);
	journal.upload_id = dray_strdup(id);
	dray_s3_journal_write(&journal);
	dray_s3_journal_drop(&journal);
}

/* NULL: no upload is known. */
static void assert_known(const struct dray_transit *object, uint64_t part_bytes, const char *id)
{
	struct dray_s3_journal journal;

	dray_s3_journal_read(&s3, object, &journal);
	if (id == NULL)
		assert_null(journal.upload_id);
	else {
		assert_string_equal(journal.upload_id, id);
		assert_int_equal(journal.part_bytes, part_bytes);
	}
	dray_s3_journal_drop(&journal);
	dray_s3_journal_drop(&journal);
}

static void test_round_trip(void **state)
{
	struct dray_transit object = transit("files/a", UINT64_C(1) << 40);
	char longest[DRAY_S3_UPLOAD_ID_MAX + 1];
	struct dray_s3_journal journal;

	(void)state;
	memset(longest, 'i', sizeof longest);
	longest[DRAY_S3_UPLOAD_ID_MAX] = '\0';
	assert_known(&object, 0, NULL);
	remember(&object, DRAY_S3_PART_MAX, "2~abc.d ef/=");
	assert_known(&object, DRAY_S3_PART_MAX, "2~abc.d ef/=");
	remember(&object, UINT64_C(200) << 20, longest);
	assert_known(&object, UINT64_C(200) << 20, longest);
	dray_s3_journal_read(&s3, &object, &journal);
	dray_s3_journal_forget(&journal);
	assert_null(journal.upload_id);
	dray_s3_journal_forget(&journal); /* what is gone is gone */
	dray_s3_journal_drop(&journal);
	assert_known(&object, 0, NULL);
}

/* Another key, size, bucket or endpoint is another upload. */
static void test_whose_it_is(void **state)
{
	struct dray_transit object = transit("files/a", 1000000000);
	struct dray_transit other = transit("files/b", 1000000000);
	struct dray_transit longer = transit("files/a", 1000000001);

	(void)state;
	remember(&object, DRAY_S3_PART_DEFAULT, "id");
	assert_known(&other, 0, NULL);
	assert_known(&longer, 0, NULL);
	s3.settings.endpoint = dray_strdup("https://other");
	assert_known(&object, 0, NULL);
	free(s3.settings.endpoint);
	s3.settings.endpoint = NULL;
	s3.base.url[7] = 'q';
	assert_known(&object, 0, NULL);
	s3.base.url[7] = 't';
	assert_known(&object, DRAY_S3_PART_DEFAULT, "id");
}

static char *read_journal(const struct dray_transit *object, char **out_path, char **out_head)
{
	struct dray_s3_journal journal;

	dray_s3_journal_read(&s3, object, &journal);
	*out_path = dray_strdup(journal.path);
	*out_head = dray_strdup(journal.head);
	dray_s3_journal_drop(&journal);
	return read_file(*out_path);
}

static void test_format(void **state)
{
	struct dray_transit object = transit("files/sha256/ab/cd", UINT64_C(4) << 30);

	(void)state;
	s3.settings.endpoint = dray_strdup("https://h:9000/x");
	remember(&object, UINT64_C(16) << 20, "2~abc");
	DRAY_AUTO_STR path = NULL;
	DRAY_AUTO_STR head = NULL;
	DRAY_AUTO_STR text = read_journal(&object, &path, &head);
	assert_string_equal(text, "dray-upload 1\nurl s3://bkt/pre\nendpoint https://h:9000/x\n"
				  "key files/sha256/ab/cd\nsize 4294967296\npart 16777216\nid "
				  "2~abc\n");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* Of a file that somebody wrote or cut: nothing is known, and nothing breaks. */
static void test_damage(void **state)
{
	static const struct {
		const char *rest; /* behind the head */
		const char *id;   /* NULL: not believed */
	} rows[] = {
		{"part 16777216\nid x\n", "x"},
		{"part 5242880\nid x\n", "x"},
		{"part 1\nid x\n", NULL}, /* parts that no store takes, and too many of them */
		{"part 5242879\nid x\n", NULL},
		{"part 0\nid x\n", NULL},
		{"part 5368709121\nid x\n", NULL},
		{"part -1\nid x\n", NULL},
		{"part 16777216\nid x", NULL},
		{"part 16777216\nid \n", NULL},
		{"part 16777216\nid x\nmore\n", NULL},
		{"part 16777216\n", NULL},
		{"part 16777216", NULL},
		{"id x\npart 16777216\n", NULL},
		{"", NULL},
		{"part 99999999999999999999\nid x\n", NULL},
	};
	struct dray_transit object = transit("files/a", UINT64_C(1) << 30);

	(void)state;
	remember(&object, UINT64_C(16) << 20, "x");
	DRAY_AUTO_STR path = NULL;
	DRAY_AUTO_STR head = NULL;
	DRAY_AUTO_STR whole = read_journal(&object, &path, &head);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = dray_format("%s%s", head, rows[i].rest);
		uint64_t part_bytes = i == 1 ? 5242880 : 16777216;

		write_file(path, text, strlen(text));
		assert_known(&object, part_bytes, rows[i].id);
	}
	for (size_t len = 0; len < strlen(whole); len++) {
		write_file(path, whole, len);
		assert_known(&object, 0, NULL);
	}
	DRAY_AUTO_STR huge = dray_calloc(1, 1 << 20);
	write_file(path, huge, 1 << 20);
	assert_known(&object, 0, NULL);
	char longer[DRAY_S3_UPLOAD_ID_MAX + 2];
	memset(longer, 'i', sizeof longer);
	longer[DRAY_S3_UPLOAD_ID_MAX + 1] = '\0';
	remember(&object, UINT64_C(16) << 20, longer);
	assert_known(&object, 0, NULL);
}

static void test_nowhere_to_write(void **state)
{
	struct dray_transit object = transit("files/a", 1000);
	DRAY_AUTO_STR file = in_sandbox("state/uploads");

	(void)state;
	write_file(file, "in the way", 10);
	remember(&object, UINT64_C(16) << 20, "id");
	assert_known(&object, 0, NULL);
	free(s3.state_dir);
	s3.state_dir = NULL;
	remember(&object, UINT64_C(16) << 20, "id");
	assert_known(&object, 0, NULL);
	struct dray_s3_journal journal;
	dray_s3_journal_read(&s3, &object, &journal);
	dray_s3_journal_forget(&journal);
	dray_s3_journal_drop(&journal);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_round_trip),
		CASE(test_whose_it_is),
		CASE(test_format),
		CASE(test_damage),
		CASE(test_nowhere_to_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
