/*
 * Any bytes as a pointer. What was accepted is written back byte for byte when
 * nothing changed; and after a change reads back as what it was changed to.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void change_path(struct dray_out *out, const char *path)
{
	free(out->path);
	out->path = dray_strdup(path);
}

/* `how` picks values: each bit sets or clears one field. */
static void change(struct dray_out *out, unsigned how)
{
	static const char *const paths[] = {"plain", "with 'quotes'", "123", "a: b #c", "a\nb",
		"bytes \xff\xfe", "- x", "caf\xc3\xa9, {x}"};

	out->has_oid = how & 1;
	memset(&out->oid, 0, sizeof out->oid);
	if (how & 1) {
		out->oid.algo = DRAY_SHA256;
		out->oid.is_dir = how & 2;
		memset(out->oid.digest, how & 4 ? 0x11 : 0xab, sizeof out->oid.digest);
	}
	out->has_size = how & 8;
	out->size = how & 8 ? how * 1000 : 0;
	out->has_nfiles = how & 16;
	out->nfiles = how & 16 ? how : 0;
	out->is_exec = how & 32;
	out->is_pushed = how & 64;
	out->is_cached = how & 128;
	if (how & 256)
		change_path(out, paths[how >> 9 & 7]);
	if (how & 4096) {
		free(out->remote);
		out->remote = how & 8192 ? dray_strdup("8") : NULL;
	}
}

static bool is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void check_same(const struct dray_pointer *a, const struct dray_pointer *b)
{
	assert(a->len == b->len);
	for (size_t i = 0; i < a->len; i++) {
		const struct dray_out *x = &a->outs[i];
		const struct dray_out *y = &b->outs[i];
		assert(is_same_text(x->path, y->path));
		assert(is_same_text(x->remote, y->remote));
		assert(x->has_oid == y->has_oid && x->has_size == y->has_size);
		assert(x->has_nfiles == y->has_nfiles && x->is_exec == y->is_exec);
		assert(x->is_pushed == y->is_pushed && x->is_cached == y->is_cached);
		assert(!x->has_oid || dray_oid_is_equal(&x->oid, &y->oid));
		assert(!x->has_size || x->size == y->size);
		assert(!x->has_nfiles || x->nfiles == y->nfiles);
	}
}

static void check_change(struct dray_pointer *pointer, unsigned how)
{
	DRAY_AUTO(pointer) again = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	for (size_t i = 0; i < pointer->len; i++)
		change(&pointer->outs[i], how ^ (unsigned)i * 37);
	dray_pointer_render(pointer, &text);
	if (text.len > DRAY_POINTER_BYTES_MAX)
		return;
	enum dray_status status =
		dray_pointer_parse(DRAY_SHA256, text.data, text.len, "again", &again, &err);
	assert(status == DRAY_OK);
	check_same(pointer, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	unsigned how = size < 2 ? 0 : data[0] | (unsigned)data[size - 1] << 8;

	for (size_t i = 0; i < size; i++)
		how = how * 31 + data[i];
	if (dray_pointer_parse(DRAY_SHA256, (const char *)data, size, "fuzz", &pointer, &err) !=
		DRAY_OK)
		return 0;
	dray_pointer_render(&pointer, &text);
	assert(text.len == size && memcmp(text.data, data, size) == 0);
	check_change(&pointer, how >> 3);
	return 0;
}
