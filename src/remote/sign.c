/*
 * The canonical form of a request, its string to sign, its signature. S3's
 * rules: the path is taken as it is, neither normalised nor encoded again.
 */
#include "sign.h"

#include <dray/hash.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SCOPE_END "aws4_request"

struct stamp {
	char full[17]; /* 20130524T000000Z */
	char day[9];
};

static struct stamp stamp_of(int64_t now_ns)
{
	time_t seconds = (time_t)(now_ns / 1000000000);
	struct stamp stamp;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(stamp.full, sizeof stamp.full, "%Y%m%dT%H%M%SZ", &tm);
	memcpy(stamp.day, stamp.full, 8);
	stamp.day[8] = '\0';
	return stamp;
}

/* By name alone: "a-b" comes after "a", which it would not with the ':' between. */
static int compare_names(const char *left, const char *right)
{
	size_t left_len = strcspn(left, ":");
	size_t right_len = strcspn(right, ":");
	int order = memcmp(left, right, left_len < right_len ? left_len : right_len);

	return order != 0 ? order : (left_len > right_len) - (left_len < right_len);
}

/* A dozen lines; those of one name must stay in their order. */
static const char **sort_lines(const struct dray_strs *headers)
{
	const char **lines = dray_calloc(headers->len, sizeof *lines);

	for (size_t i = 0; i < headers->len; i++) {
		size_t at = i;

		for (; at > 0 && compare_names(lines[at - 1], headers->items[i]) > 0; at--)
			lines[at] = lines[at - 1];
		lines[at] = headers->items[i];
	}
	return lines;
}

/* Trimmed, runs of blanks as one. */
static void add_folded(struct dray_buf *buf, const char *value)
{
	bool is_pending = false;

	for (value += strspn(value, " \t"); *value != '\0'; value++) {
		if (*value == ' ' || *value == '\t') {
			is_pending = true;
			continue;
		}
		if (is_pending)
			dray_buf_putc(buf, ' ');
		is_pending = false;
		dray_buf_putc(buf, *value);
	}
}

/* Headers as signed, and the list of their names. */
static void add_headers(
	const struct dray_strs *headers, struct dray_buf *text, struct dray_buf *names)
{
	const char **lines = sort_lines(headers);

	for (size_t i = 0; i < headers->len; i++) {
		size_t len = strcspn(lines[i], ":");
		bool is_repeated = i > 0 && compare_names(lines[i - 1], lines[i]) == 0;

		if (is_repeated) {
			text->data[text->len - 1] = ','; /* the line's end */
		} else {
			dray_buf_printf(names, "%s%.*s", i > 0 ? ";" : "", (int)len, lines[i]);
			dray_buf_add(text, lines[i], len);
			dray_buf_putc(text, ':');
		}
		add_folded(text, lines[i] + len + 1);
		dray_buf_putc(text, '\n');
	}
	free(lines);
}

static void hash_hex(const char *text, size_t len, struct dray_buf *out)
{
	struct dray_oid oid;

	dray_hash(DRAY_SHA256, text, len, &oid);
	dray_buf_hex(out, oid.digest, DRAY_DIGEST_MAX);
}

static void chain(unsigned char key[DRAY_DIGEST_MAX], const char *text)
{
	unsigned char next[DRAY_DIGEST_MAX];

	dray_hmac_sha256(key, DRAY_DIGEST_MAX, text, strlen(text), next);
	memcpy(key, next, DRAY_DIGEST_MAX);
}

static void derive_key(
	const struct dray_sign *sign, const char *day, unsigned char out[DRAY_DIGEST_MAX])
{
	DRAY_AUTO_SECRET secret = dray_format("AWS4%s", sign->credentials->secret_access_key);

	dray_hmac_sha256(secret, strlen(secret), day, strlen(day), out);
	chain(out, sign->region);
	chain(out, sign->service);
	chain(out, SCOPE_END);
}

static bool is_kept(
	const struct dray_sign_key *key, const char *scope, const struct dray_sign *sign)
{
	return key->locked.scope != NULL && strcmp(key->locked.scope, scope) == 0 &&
	       strcmp(key->locked.secret, sign->credentials->secret_access_key) == 0;
}

static void forget_locked(struct dray_sign_key *key)
{
	free(key->locked.scope);
	key->locked.scope = NULL;
	dray_str_wipe(&key->locked.secret);
	explicit_bzero(key->locked.key, sizeof key->locked.key);
}

static void signing_key(
	const struct dray_sign *sign, const char *day, unsigned char out[DRAY_DIGEST_MAX])
{
	struct dray_sign_key *key = sign->key;

	if (key == NULL) {
		derive_key(sign, day, out);
		return;
	}
	DRAY_AUTO_STR scope = dray_format(
		"%s/%s/%s/%s", day, sign->region, sign->service, sign->credentials->access_key_id);
	dray_mutex_lock(&key->lock);
	if (!is_kept(key, scope, sign)) {
		forget_locked(key);
		derive_key(sign, day, key->locked.key);
		key->locked.scope = dray_strdup(scope);
		key->locked.secret = dray_strdup(sign->credentials->secret_access_key);
	}
	memcpy(out, key->locked.key, DRAY_DIGEST_MAX);
	dray_mutex_unlock(&key->lock);
}

void dray_sign_key_drop(struct dray_sign_key *key)
{
	forget_locked(key);
	dray_mutex_drop(&key->lock);
}

static void add_authorization(
	const struct dray_sign *sign, const struct stamp *stamp, struct dray_strs *headers)
{
	DRAY_AUTO(buf) canonical = DRAY_BUF_INIT;
	DRAY_AUTO(buf) names = DRAY_BUF_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) line = DRAY_BUF_INIT;
	unsigned char key[DRAY_DIGEST_MAX];

	dray_buf_printf(&canonical, "%s\n%s\n%s\n", sign->method, sign->path, sign->query);
	add_headers(headers, &canonical, &names);
	dray_buf_printf(&canonical, "\n%s\n%s", dray_buf_text(&names), sign->payload_hash);
	dray_buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%s/%s/%s/" SCOPE_END "\n", stamp->full,
		stamp->day, sign->region, sign->service);
	hash_hex(canonical.data, canonical.len, &text);
	signing_key(sign, stamp->day, key);
	chain(key, dray_buf_text(&text));
	dray_buf_printf(&line,
		"authorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/" SCOPE_END
		", SignedHeaders=%s, Signature=",
		sign->credentials->access_key_id, stamp->day, sign->region, sign->service,
		dray_buf_text(&names));
	dray_buf_hex(&line, key, sizeof key);
	dray_strs_add(headers, dray_buf_text(&line));
}

void dray_sign(const struct dray_sign *sign, struct dray_strs *headers)
{
	struct stamp stamp = stamp_of(sign->now_ns);

	dray_http_add_header(headers, "x-amz-date", stamp.full);
	if (sign->credentials->session_token != NULL)
		dray_http_add_header(
			headers, "x-amz-security-token", sign->credentials->session_token);
	if (strcmp(sign->service, "s3") == 0)
		dray_http_add_header(headers, "x-amz-content-sha256", sign->payload_hash);
	add_authorization(sign, &stamp, headers);
}
