/* Which files an address means: one row per scheme. */
#include "address.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *scheme;
	enum dray_status (*open)(const struct dray_remote_options *options,
		struct dray_address **out_address, struct dray_err *err);
} kinds[] = {
	{"s3://", dray_address_s3_open},
	{"https://", dray_address_http_open},
	{"http://", dray_address_http_open},
};

static size_t find_kind(const char *url)
{
	size_t i = 0;

	while (i < DRAY_COUNT(kinds) &&
		strncasecmp(url, kinds[i].scheme, strlen(kinds[i].scheme)) != 0)
		i++;
	return i;
}

enum dray_status dray_address_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err)
{
	size_t kind = find_kind(options->url);

	if (kind < DRAY_COUNT(kinds))
		return kinds[kind].open(options, out_address, err);
	/* not the whole of it: it may hold a password */
	dray_fail(err, DRAY_UNSUPPORTED, "files are not read from '%.*s:'",
		(int)strcspn(options->url, ":"), options->url);
	return dray_hint(err, "known are paths, s3://bucket/key and http(s)://host/path");
}

void dray_address_close(struct dray_address *address)
{
	if (address != NULL)
		address->calls->close(address);
}

enum dray_status dray_address_each(
	struct dray_address *address, dray_address_fn fn, void *ctx, struct dray_err *err)
{
	return address->calls->each(address, fn, ctx, err);
}

enum dray_status dray_address_each_version(struct dray_address *address, const char *version,
	dray_address_fn fn, void *ctx, struct dray_err *err)
{
	if (address->calls->each_version != NULL)
		return address->calls->each_version(address, version, fn, ctx, err);
	if (version == NULL)
		return address->calls->each(address, fn, ctx, err);
	return dray_fail(err, DRAY_UNSUPPORTED, "that place keeps no versions");
}

enum dray_status dray_address_get_version(struct dray_address *address, const char *path,
	const char *version, int fd, _Atomic uint64_t *done_bytes, struct dray_err *err)
{
	if (address->calls->get_version == NULL)
		return dray_fail(err, DRAY_UNSUPPORTED, "that place keeps no versions");
	if (*path != '\0')
		DRAY_TRY(dray_name_check(path, err));
	return address->calls->get_version(address, path, version, fd, done_bytes, err);
}

enum dray_status dray_address_get(struct dray_address *address, const char *path, int fd,
	_Atomic uint64_t *done_bytes, char **out_tag, struct dray_err *err)
{
	if (*path != '\0')
		DRAY_TRY(dray_name_check(path, err));
	return address->calls->get(address, path, fd, done_bytes, out_tag, err);
}

unsigned dray_address_width(const struct dray_address *address)
{
	return address->width;
}

const char *dray_address_tag_name(const struct dray_address *address)
{
	return address->calls->tag_name;
}
