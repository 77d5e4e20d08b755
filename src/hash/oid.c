/* Object ids as text and as places. */
#include <dray/hash.h>

#include <string.h>

static const struct {
	const char *name;
	const char *folder; /* of its objects */
	size_t len;
} algos[] = {
	[DRAY_SHA256] = {"sha256", "files/sha256/", 32},
	[DRAY_MD5] = {"md5", "files/md5/", 16},
	[DRAY_MD5_DOS2UNIX] = {"md5", "", 16},
};

#define DIR_SUFFIX ".dir"
#define DIR_SUFFIX_LEN 4

size_t dray_algo_len(enum dray_algo algo)
{
	return algos[algo].len;
}

const char *dray_algo_name(enum dray_algo algo)
{
	return algos[algo].name;
}

bool dray_algo_is_at_home(enum dray_algo own, enum dray_algo algo)
{
	return algo == own || (own == DRAY_MD5 && algo == DRAY_MD5_DOS2UNIX);
}

static char *put_hex(char *at, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	return at;
}

static char *put_tail(char *at, const struct dray_oid *oid, size_t from)
{
	at = put_hex(at, oid->digest + from, algos[oid->algo].len - from);
	if (oid->is_dir) {
		memcpy(at, DIR_SUFFIX, DIR_SUFFIX_LEN);
		at += DIR_SUFFIX_LEN;
	}
	*at = '\0';
	return at;
}

const char *dray_oid_text(const struct dray_oid *oid, char out[DRAY_OID_TEXT_MAX])
{
	put_tail(out, oid, 0);
	return out;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool dray_oid_parse(enum dray_algo algo, const char *text, size_t len, struct dray_oid *out_oid)
{
	struct dray_oid oid = {.algo = (uint8_t)algo};
	size_t bytes = algos[algo].len;

	if (len == 2 * bytes + DIR_SUFFIX_LEN)
		oid.is_dir = memcmp(text + 2 * bytes, DIR_SUFFIX, DIR_SUFFIX_LEN) == 0;
	if (len != 2 * bytes && !oid.is_dir)
		return false;
	for (size_t i = 0; i < bytes; i++) {
		int high = digit(text[2 * i]);
		int low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		oid.digest[i] = (unsigned char)(high << 4 | low);
	}
	*out_oid = oid;
	return true;
}

int dray_oid_cmp(const struct dray_oid *a, const struct dray_oid *b)
{
	if (a->algo != b->algo)
		return a->algo < b->algo ? -1 : 1;
	int order = memcmp(a->digest, b->digest, sizeof a->digest);
	return order != 0 ? order : (int)a->is_dir - (int)b->is_dir;
}

bool dray_oid_is_equal(const struct dray_oid *a, const struct dray_oid *b)
{
	return dray_oid_cmp(a, b) == 0;
}

const char *dray_algo_folder(enum dray_algo algo)
{
	return algos[algo].folder;
}

const char *dray_oid_key(const struct dray_oid *oid, char out[DRAY_OID_KEY_MAX])
{
	const char *folder = algos[oid->algo].folder;
	size_t len = strlen(folder);
	char *at = out;

	memcpy(at, folder, len);
	at += len;
	at = put_hex(at, oid->digest, 1);
	*at++ = '/';
	put_tail(at, oid, 1);
	return out;
}

/* "<2 hex>/<rest>[.dir]" */
static bool parse_place(enum dray_algo algo, const char *place, struct dray_oid *out_oid)
{
	char text[DRAY_OID_TEXT_MAX];
	size_t len = strlen(place);

	if (len < 4 || place[2] != '/' || len > DRAY_OID_TEXT_MAX)
		return false;
	memcpy(text, place, 2);
	memcpy(text + 2, place + 3, len - 3);
	return dray_oid_parse(algo, text, len - 1, out_oid);
}

bool dray_oid_parse_key(const char *key, struct dray_oid *out_oid)
{
	for (size_t i = 0; i < DRAY_COUNT(algos); i++) {
		size_t len = strlen(algos[i].folder);

		if (strncmp(key, algos[i].folder, len) == 0 &&
			parse_place((enum dray_algo)i, key + len, out_oid))
			return true;
	}
	return false;
}

const char *dray_oid_find_key(const char *path, struct dray_oid *out_oid)
{
	for (const char *at = strchr(path, '/'); at != NULL; at = strchr(at + 1, '/'))
		if (dray_oid_parse_key(at + 1, out_oid))
			return at + 1;
	return NULL;
}
