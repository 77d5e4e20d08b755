/*
 * Running digests on OpenSSL's EVP (EVP_DigestInit(3)). The algorithms are
 * fetched once: looking them up for every file costs more than hashing 1 KB.
 */
#include <dray/hash.h>

#include "dos2unix.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

struct dray_hasher {
	EVP_MD_CTX *ctx;
	const EVP_MD *method;
	enum dray_algo algo;
	struct dray_dos2unix *filter; /* of DVC 2's, or NULL */
};

static const struct {
	const char *name;
	const char *properties;
} sources[] = {
	[DRAY_SHA256] = {"SHA256", NULL},
	/* MD5 only names bytes for DVC: a FIPS provider's refusal must not stop anybody */
	[DRAY_MD5] = {"MD5", "-fips"},
	[DRAY_MD5_DOS2UNIX] = {"MD5", "-fips"},
};
static _Atomic(EVP_MD *) methods[DRAY_COUNT(sources)];

/* Whoever comes first fetches; a second one that came at the same time gives its own back. */
static const EVP_MD *method_of(enum dray_algo algo)
{
	EVP_MD *method = atomic_load(&methods[algo]);

	if (method != NULL)
		return method;
	EVP_MD *mine = EVP_MD_fetch(NULL, sources[algo].name, sources[algo].properties);
	if (mine == NULL || atomic_compare_exchange_strong(&methods[algo], &method, mine))
		return mine;
	EVP_MD_free(mine);
	return method;
}

static DRAY_NORETURN void give_up(enum dray_algo algo)
{
	fprintf(stderr, "dray: OpenSSL cannot compute %s here; check its configuration\n",
		dray_algo_name(algo));
	_Exit(1);
}

struct dray_hasher *dray_hasher_new(enum dray_algo algo)
{
	struct dray_hasher *hasher = dray_calloc(1, sizeof *hasher);

	hasher->algo = algo;
	if (algo == DRAY_MD5_DOS2UNIX)
		hasher->filter = dray_calloc(1, sizeof *hasher->filter);
	hasher->ctx = EVP_MD_CTX_new();
	hasher->method = method_of(algo);
	if (hasher->ctx == NULL || hasher->method == NULL)
		give_up(algo);
	dray_hasher_reset(hasher);
	return hasher;
}

enum dray_algo dray_hasher_algo(const struct dray_hasher *hasher)
{
	return hasher->algo;
}

void dray_hasher_reset(struct dray_hasher *hasher)
{
	if (hasher->filter != NULL)
		*hasher->filter = (struct dray_dos2unix){.at = 0};
	if (EVP_DigestInit_ex2(hasher->ctx, hasher->method, NULL) != 1)
		give_up(hasher->algo);
}

static void digest(void *ctx, const void *data, size_t len)
{
	struct dray_hasher *hasher = ctx;

	if (EVP_DigestUpdate(hasher->ctx, data, len) != 1)
		give_up(hasher->algo);
}

void dray_hasher_update(struct dray_hasher *hasher, const void *data, size_t len)
{
	if (hasher->filter != NULL)
		dray_dos2unix_add(hasher->filter, data, len, digest, hasher);
	else
		digest(hasher, data, len);
}

void dray_hasher_final(struct dray_hasher *hasher, struct dray_oid *out_oid)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	struct dray_oid oid = {.algo = (uint8_t)hasher->algo};

	if (hasher->filter != NULL)
		dray_dos2unix_end(hasher->filter, digest, hasher);
	if (EVP_DigestFinal_ex(hasher->ctx, bytes, NULL) != 1)
		give_up(hasher->algo);
	memcpy(oid.digest, bytes, dray_algo_len(hasher->algo));
	*out_oid = oid;
	dray_hasher_reset(hasher);
}

void dray_hasher_free(struct dray_hasher *hasher)
{
	if (hasher == NULL)
		return;
	EVP_MD_CTX_free(hasher->ctx);
	free(hasher->filter);
	free(hasher);
}

void dray_hasher_release(struct dray_hasher **hasher)
{
	dray_hasher_free(*hasher);
	*hasher = NULL;
}

void dray_hash(enum dray_algo algo, const void *data, size_t len, struct dray_oid *out_oid)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(algo);

	dray_hasher_update(hasher, data, len);
	dray_hasher_final(hasher, out_oid);
}

const char *dray_hash_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
