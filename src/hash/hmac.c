/* HMAC-SHA256, for signing requests. */
#include <dray/hash.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

void dray_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
	unsigned char out[DRAY_DIGEST_MAX])
{
	unsigned out_len = 0;

	if (key_len <= INT_MAX && HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &out_len))
		return;
	fputs("dray: OpenSSL cannot compute an HMAC\n", stderr);
	exit(1);
}
