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
static void change(struct dray_out *out, enum dray_algo algo, unsigned how)
{
	static const char *const paths[] = {"plain", "with 'quotes'", "123", "a: b #c", "a\nb",
		"bytes \xff\xfe", "- x", "caf\xc3\xa9, {x}"};

	if (how & 16384)
		dray_out_forget_versions(out);
	if (out->files_len > 0) /* hash, size and number are theirs */
		return;
	out->has_oid = how & 1;
	memset(&out->oid, 0, sizeof out->oid);
	out->oid.algo = (uint8_t)algo;
	if (how & 1) {
		out->oid.is_dir = how & 2;
		memset(out->oid.digest, how & 4 ? 0x11 : 0xab, dray_algo_len(algo));
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

static void change_dep(struct dray_dep *dep, unsigned how)
{
	dray_pointer_set(&dep->etag, how & 1 ? "12" : NULL);
	dep->has_size = how & 2;
	dep->size = how & 2 ? how : 0;
	if (how & 4)
		dray_pointer_set(&dep->repo_rev_lock, how & 8 ? "e5" : NULL);
	if (how & 16)
		dray_pointer_set(&dep->repo_url, how & 32 ? "a b" : NULL);
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
		assert(x->files_len == y->files_len && x->versions_len == y->versions_len);
	}
	assert(is_same_text(a->md5, b->md5) && a->is_frozen == b->is_frozen);
	assert(a->deps_len == b->deps_len);
	for (size_t i = 0; i < a->deps_len; i++) {
		const struct dray_dep *x = &a->deps[i];
		const struct dray_dep *y = &b->deps[i];
		assert(is_same_text(x->path, y->path) && is_same_text(x->etag, y->etag));
		assert(is_same_text(x->repo_url, y->repo_url));
		assert(is_same_text(x->repo_rev_lock, y->repo_rev_lock));
		assert(x->has_size == y->has_size && (!x->has_size || x->size == y->size));
	}
}

static void check_change(struct dray_pointer *pointer, enum dray_algo algo, unsigned how)
{
	DRAY_AUTO(pointer) again = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	for (size_t i = 0; i < pointer->len; i++)
		change(&pointer->outs[i], algo, how ^ (unsigned)i * 37);
	for (size_t i = 0; i < pointer->deps_len; i++)
		change_dep(&pointer->deps[i], how ^ (unsigned)i * 37);
	pointer->is_frozen = how & 1;
	if (dray_pointer_seal(pointer, &err) != DRAY_OK)
		return; /* grown too large or deep */
	dray_pointer_render(pointer, &text);
	if (text.len > DRAY_POINTER_BYTES_MAX)
		return;
	enum dray_status status =
		dray_pointer_parse(algo, text.data, text.len, "again", &again, &err);
	assert(status == DRAY_OK);
	check_same(pointer, &again);
}

static void check(enum dray_algo algo, const uint8_t *data, size_t size, unsigned how)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_pointer_parse(algo, (const char *)data, size, "fuzz", &pointer, &err) != DRAY_OK)
		return;
	dray_pointer_render(&pointer, &text);
	assert(text.len == size && memcmp(text.data, data, size) == 0);
	check_change(&pointer, algo, how);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned how = size < 2 ? 0 : data[0] | (unsigned)data[size - 1] << 8;

	for (size_t i = 0; i < size; i++)
		how = how * 31 + data[i];
	check(DRAY_SHA256, data, size, how >> 3);
	check(DRAY_MD5, data, size, how >> 3);
	return 0;
}
