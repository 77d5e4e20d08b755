/* Any bytes as an archive's listing: entries have names that may be followed, and round-trip. */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written and read again, an entry is what it was. */
static void check_entry(const struct dray_listed *entry)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_lines reader = {.label = "again"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_listed again;
	bool has_more = false;

	assert(dray_name_check(entry->path, &err) == DRAY_OK);
	dray_listing_begin(&text, "c");
	dray_listing_put(&text, entry);
	reader.text = text.data;
	reader.len = text.len;
	assert(dray_listing_next(&reader, &has_more, &again, &err) == DRAY_OK && has_more);
	assert(strcmp(again.path, entry->path) == 0);
	assert(again.kind == (entry->kind == DRAY_KIND_EXEC ? DRAY_KIND_FILE : entry->kind));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_lines reader = {.label = "listing"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_listed entry;
	bool has_more = true;

	dray_buf_add(&text, data, size);
	reader.text = text.data;
	reader.len = text.len;
	while (has_more) {
		if (dray_listing_next(&reader, &has_more, &entry, &err) != DRAY_OK) {
			assert(err.status == DRAY_INVALID);
			return 0;
		}
		if (has_more)
			check_entry(&entry);
	}
	return 0;
}
