/* Any bytes as a bundle's header: commits are ids, objects have keys, and round-trip. */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(enum dray_bundle_line line, const char *text, const struct dray_oid *oid)
{
	char key[DRAY_OID_KEY_MAX];

	if (line == DRAY_BUNDLE_OBJECT)
		assert(strcmp(dray_oid_key(oid, key), text) == 0);
	else
		assert(strspn(text, "0123456789abcdef") == strlen(text) && strlen(text) >= 40);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) again = DRAY_BUF_INIT;
	struct dray_bundle_reader reader = {.lines = {.label = "bundle"}};
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_bundle_line line;
	struct dray_oid oid;
	const char *found;
	bool has_more = true;

	dray_buf_add(&text, data, size);
	reader.lines.text = text.data;
	reader.lines.len = text.len;
	dray_bundle_begin(&again);
	for (;;) {
		if (dray_bundle_next(&reader, &has_more, &line, &found, &oid, &err) != DRAY_OK) {
			assert(err.status == DRAY_INVALID);
			return 0;
		}
		if (!has_more)
			break;
		check_line(line, found, &oid);
		dray_bundle_put(&again, line, found);
	}
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	return 0;
}
