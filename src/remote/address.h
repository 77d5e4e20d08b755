/* Files at an address: what its kinds implement. */
#ifndef DRAY_REMOTE_ADDRESS_H
#define DRAY_REMOTE_ADDRESS_H

#include <dray/remote.h>

struct dray_address_calls {
	const char *tag_name;
	enum dray_status (*each)(
		struct dray_address *address, dray_address_fn fn, void *ctx, struct dray_err *err);
	enum dray_status (*get)(struct dray_address *address, const char *path, int fd,
		_Atomic uint64_t *done_bytes, char **out_tag, struct dray_err *err);
	void (*close)(struct dray_address *address);
	/* of a place that keeps versions; else both are NULL */
	enum dray_status (*each_version)(struct dray_address *address, const char *version,
		dray_address_fn fn, void *ctx, struct dray_err *err);
	enum dray_status (*get_version)(struct dray_address *address, const char *path,
		const char *version, int fd, _Atomic uint64_t *done_bytes, struct dray_err *err);
};
struct dray_address {
	const struct dray_address_calls *calls;
	unsigned width;
};

DRAY_MUST_CHECK enum dray_status dray_address_s3_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_address_http_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err);

/*
 * `location` of an answer as seen from `url`: absolute, or below its host or folder. NULL where it
 * is not to be followed: no http, or from https to http. Pure.
 */
char *dray_address_follow(const char *url, const char *location);

#endif
