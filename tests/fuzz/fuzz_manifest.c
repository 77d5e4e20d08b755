/*
 * Any bytes as a manifest, given in blocks of any size. What was accepted is
 * canonical: written again it is the same bytes, and their hash is the id. Of
 * DVC's JSON this holds for what we write.
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

/* Read `data` and write what was read; false if it was refused. */
static bool rewrite(enum dray_algo algo, const void *data, size_t size, size_t step,
	struct dray_buf *text, struct dray_oid *out_oid)
{
	struct input input = {.data = data, .left = size, .step = step};
	struct dray_manifest_reader *reader = dray_manifest_reader_new(algo, give, &input, "fuzz");
	struct dray_manifest_writer *writer = dray_manifest_writer_new(algo, keep, text);
	bool is_accepted = copy(reader, writer, out_oid);

	dray_manifest_reader_free(reader);
	dray_manifest_writer_free(writer);
	return is_accepted;
}

static void check_same(enum dray_algo algo, const void *data, size_t size,
	const struct dray_buf *text, const struct dray_oid *oid)
{
	struct dray_oid want;

	assert(text->len == size && memcmp(text->data, data, size) == 0);
	dray_hash(algo, data, size, &want);
	want.is_dir = true;
	assert(dray_oid_is_equal(oid, &want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* ours begins with a letter; all else is read as DVC's */
	bool is_json = size > 0 && strchr("[ \t\r\n", data[0]) != NULL;
	enum dray_algo algo = is_json ? DRAY_MD5 : DRAY_SHA256;
	size_t step = size ? data[size - 1] % 97 + 1 : 1;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) again = DRAY_BUF_INIT;
	struct dray_oid oid;

	if (!rewrite(algo, data, size, step, &text, &oid))
		return 0;
	if (!is_json) {
		check_same(algo, data, size, &text, &oid);
		return 0;
	}
	/* JSON may be spelled in many ways; the way we spell it is read as the same */
	bool is_accepted = rewrite(algo, text.data, text.len, step, &again, &oid);
	assert(is_accepted);
	check_same(algo, text.data, text.len, &again, &oid);
	return 0;
}
