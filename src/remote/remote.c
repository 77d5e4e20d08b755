/*
 * Which remote an URL means, and the one door to all of them: keys are checked
 * here, so that no implementation can forget it.
 */
#include <dray/remote.h>

#include "dir.h"
#include "s3.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEY_MAX 1024 /* what S3 allows */

/* ------------------------------------------------------------------- URLs */

/* Length of "scheme" in "scheme://…" (RFC 3986, 3.1), 0 if there is none. */
static size_t scheme_len(const char *url)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *others = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
	size_t len = strspn(url, others);

	if (len == 0 || strchr(letters, url[0]) == NULL || strncmp(url + len, "://", 3) != 0)
		return 0;
	return len;
}

static enum dray_status open_dir(
	const char *path, struct dray_remote **out_remote, struct dray_err *err)
{
	if (!dray_path_is_absolute(path))
		return dray_fail(err, DRAY_INVALID, "remote path '%s' is not absolute", path);
	if (strlen(path) >= DRAY_PATH_MAX)
		return dray_fail(err, DRAY_INVALID, "remote path '%.64s…' is too long", path);
	*out_remote = dray_dir_remote_new(path);
	return DRAY_OK;
}

static enum dray_status open_path(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err)
{
	return open_dir(options->url, out_remote, err);
}

/* "file:///path" or "file://localhost/path" (RFC 8089). */
static enum dray_status open_file_url(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err)
{
	DRAY_AUTO(buf) path = DRAY_BUF_INIT;
	const char *url = options->url;
	const char *rest = url + strlen("file://");

	if (strncasecmp(rest, "localhost/", 10) == 0)
		rest += strlen("localhost");
	if (*rest != '/')
		return dray_fail(err, DRAY_INVALID,
			"remote '%s' names another machine: only file:///path can be opened", url);
	if (!dray_buf_unpercent(&path, rest, strlen(rest)))
		return dray_fail(err, DRAY_INVALID, "remote '%s' has a broken %%-escape", url);
	return open_dir(dray_buf_text(&path), out_remote, err);
}

/* What is behind a '?' would be in the midst of the address of an object. */
static enum dray_status open_web(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err)
{
	size_t len = strcspn(options->url, "?#");
	struct dray_remote_options trimmed = *options;

	if (options->url[len] != '\0') {
		dray_fail(err, DRAY_INVALID, "the url of a remote has no '%c' part",
			options->url[len]);
		return dray_hint(err, "it is https://HOST[:PORT]/PATH");
	}
	while (len > 0 && options->url[len - 1] == '/')
		len--;
	DRAY_AUTO_STR url = dray_strndup(options->url, len);
	trimmed.url = url;
	return dray_web_open(&trimmed, out_remote, err);
}

static const struct {
	const char *scheme;
	const char *example;
	enum dray_status (*open)(const struct dray_remote_options *options,
		struct dray_remote **out_remote, struct dray_err *err);
} kinds[] = {
	{"", "/absolute/path", open_path},
	{"file", "file:///path", open_file_url},
	{"s3", "s3://bucket/prefix", dray_s3_open},
	{"http", "http://host/path", open_web},
	{"https", "https://host/path", open_web},
};

static enum dray_status refuse_scheme(const char *scheme, size_t len, struct dray_err *err)
{
	DRAY_AUTO(buf) known = DRAY_BUF_INIT;

	for (size_t i = 0; i < DRAY_COUNT(kinds); i++)
		dray_buf_printf(&known, "%s%s", i > 0 ? ", " : "", kinds[i].example);
	/* Not the whole URL: it may hold a password. */
	dray_fail(err, DRAY_UNSUPPORTED, "no kind of remote is called '%.*s://'", (int)len, scheme);
	return dray_hint(err, "known are %s", dray_buf_text(&known));
}

enum dray_status dray_remote_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err)
{
	const char *url = options->url;
	size_t len = scheme_len(url);

	if (*url == '\0')
		return dray_fail(err, DRAY_INVALID, "remote '%s' has no url",
			options->name != NULL ? options->name : "");
	for (size_t i = 0; i < DRAY_COUNT(kinds); i++)
		if (strlen(kinds[i].scheme) == len && strncasecmp(kinds[i].scheme, url, len) == 0)
			return kinds[i].open(options, out_remote, err);
	return refuse_scheme(url, len < 32 ? len : 32, err);
}

/* --------------------------------------------------------------- the door */

static enum dray_status check_key(const char *key, struct dray_err *err)
{
	if (strlen(key) > KEY_MAX)
		return dray_fail(err, DRAY_INVALID, "remote key '%.64s…' is too long", key);
	if (*key == '\0')
		return dray_fail(err, DRAY_INVALID, "remote key '' is empty");
	return dray_name_check(key, err);
}

static enum dray_status check_keys(const char *const *keys, size_t count, struct dray_err *err)
{
	for (size_t i = 0; i < count; i++)
		DRAY_TRY(check_key(keys[i], err));
	return DRAY_OK;
}

enum dray_status dray_remote_exists(struct dray_remote *remote, const char *const *keys,
	size_t count, bool may_guess, bool *out_has, struct dray_err *err)
{
	DRAY_TRY(check_keys(keys, count, err));
	if (count == 0)
		return DRAY_OK;
	return remote->calls->exists(remote, keys, count, may_guess, out_has, err);
}

enum dray_status dray_remote_get(struct dray_remote *remote, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	DRAY_TRY(check_key(object->key, err));
	return remote->calls->get(remote, object, out_size, err);
}

enum dray_status dray_remote_read(struct dray_remote *remote, const struct dray_remote_part *part,
	size_t *out_len, uint64_t *out_size, struct dray_err *err)
{
	DRAY_TRY(check_key(part->key, err));
	return remote->calls->read(remote, part, out_len, out_size, err);
}

enum dray_status dray_remote_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err)
{
	DRAY_TRY(check_key(object->key, err));
	return remote->calls->put(remote, object, err);
}

/* A strange key is for the way that tells. */
static bool may_move_many(
	const struct dray_remote *remote, const struct dray_transit *objects, size_t count)
{
	struct dray_err unused = DRAY_ERR_INIT;

	for (size_t i = 0; i < count; i++)
		if (check_key(objects[i].key, &unused) != DRAY_OK)
			return false;
	return dray_remote_moves_many(remote);
}

void dray_remote_get_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, uint64_t *out_sizes, bool *out_done)
{
	memset(out_done, 0, count * sizeof *out_done);
	if (may_move_many(remote, objects, count))
		remote->calls->get_many(remote, objects, count, out_sizes, out_done);
}

void dray_remote_put_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, bool *out_done)
{
	memset(out_done, 0, count * sizeof *out_done);
	if (may_move_many(remote, objects, count))
		remote->calls->put_many(remote, objects, count, out_done);
}

bool dray_remote_moves_many(const struct dray_remote *remote)
{
	return remote->calls->put_many != NULL;
}

enum dray_status dray_remote_flush(struct dray_remote *remote, struct dray_err *err)
{
	return remote->calls->flush(remote, err);
}

enum dray_status dray_remote_list(struct dray_remote *remote, const char *prefix,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err)
{
	size_t len = strlen(prefix);

	if (len > 0 && prefix[len - 1] == '/')
		len--;
	DRAY_AUTO_STR folder = dray_strndup(prefix, len);
	if (*prefix != '\0')
		DRAY_TRY(check_key(folder, err));
	return remote->calls->list(remote, folder, fn, ctx, err);
}

enum dray_status dray_remote_remove(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err)
{
	DRAY_TRY(check_keys(keys, count, err));
	return remote->calls->remove(remote, keys, count, err);
}

enum dray_status dray_remote_tidy(struct dray_remote *remote, int64_t before_ns, bool is_dry,
	uint64_t *out_count, struct dray_err *err)
{
	*out_count = 0;
	if (remote->calls->tidy == NULL)
		return DRAY_OK;
	return remote->calls->tidy(remote, before_ns, is_dry, out_count, err);
}

enum dray_status dray_remote_prepare(struct dray_remote *remote, struct dray_err *err)
{
	return remote->calls->prepare != NULL ? remote->calls->prepare(remote, err) : DRAY_OK;
}

enum dray_status dray_remote_probe(struct dray_remote *remote, struct dray_err *err)
{
	return remote->calls->probe(remote, err);
}

void dray_remote_close(struct dray_remote *remote)
{
	if (remote != NULL)
		remote->calls->close(remote);
}
