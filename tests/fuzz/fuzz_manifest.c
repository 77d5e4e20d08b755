/*
 * Any bytes as a manifest, given in blocks of any size. What was accepted is
 * canonical: written again it is the same bytes, and their hash is the id.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t left;
	size_t step;
};

static enum dray_status give(
	void *ctx, void *buf, size_t cap, size_t *out_len, struct dray_err *err)
{
	struct input *input = ctx;
	size_t len = input->left < input->step ? input->left : input->step;

	(void)err;
	if (len > cap)
		len = cap;
	memcpy(buf, input->data, len);
	input->data += len;
	input->left -= len;
	*out_len = len;
	return DRAY_OK;
}

static enum dray_status keep(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)err;
	dray_buf_add(ctx, data, len);
	return DRAY_OK;
}

/* True if the reader accepted all of it. */
static bool copy(struct dray_manifest_reader *reader, struct dray_manifest_writer *writer,
	struct dray_oid *out_oid)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_entry entry;
	bool more = true;

	while (more) {
		if (dray_manifest_next(reader, &more, &entry, &err) != DRAY_OK)
			return false;
		if (more) {
			enum dray_status status = dray_manifest_add(writer, &entry, &err);
			assert(status == DRAY_OK);
		}
	}
	enum dray_status status = dray_manifest_finish(writer, out_oid, NULL, NULL, &err);
	assert(status == DRAY_OK);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char md5[] = "dray-manifest 1 md5\n";
	bool is_md5 = size >= strlen(md5) && memcmp(data, md5, strlen(md5)) == 0;
	enum dray_algo algo = is_md5 ? DRAY_MD5 : DRAY_SHA256;
	struct input input = {
		.data = data, .left = size, .step = size ? data[size - 1] % 97 + 1 : 1};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_oid oid;
	struct dray_oid want;
	struct dray_manifest_reader *reader = dray_manifest_reader_new(give, &input, "fuzz");
	struct dray_manifest_writer *writer = dray_manifest_writer_new(algo, keep, &text);

	if (copy(reader, writer, &oid)) {
		assert(text.len == size && memcmp(text.data, data, size) == 0);
		dray_hash(algo, data, size, &want);
		want.is_dir = true;
		assert(dray_oid_is_equal(&oid, &want));
	}
	dray_manifest_reader_free(reader);
	dray_manifest_writer_free(writer);
	return 0;
}
