/* Data that is in no repository: a path, or files at an address. */
#ifndef DRAY_OPS_OUTSIDE_H
#define DRAY_OPS_OUTSIDE_H

#include "elsewhere.h"

struct dray_outside {
	char *path; /* resolved; NULL: an address */
	struct dray_address *address;
	char *shown;
	bool has_versions;           /* look for the versions of files, and get these */
	struct dray_config settings; /* of its own: keys of a remote */
	struct dray_config config;   /* these as the address has them */
	struct dray_outside_file {
		char *path;    /* below; "" for a file itself */
		char *tag;     /* or NULL */
		char *version; /* or NULL */
		uint64_t size;
	} * files; /* at an address, once looked at; sorted by path */
	size_t len;
	size_t cap;
};
#define OUTSIDE_INIT         \
	{                    \
		.path = NULL \
	}
/*
 * What `url` means, a path being seen from the folder `base` (NULL: the working directory). Only
 * remote://name/path needs a session. `settings` are a remote's, "key=value", for an
 * address, or NULL. NOT_FOUND: there is no such path; USAGE: settings for something else.
 */
DRAY_MUST_CHECK enum dray_status outside_open(struct dray_session *session, const char *url,
	const char *base, const struct dray_strs *settings, struct dray_outside *out,
	struct dray_err *err);
/* The same of what a pointer's dep says, with its settings. */
DRAY_MUST_CHECK enum dray_status outside_open_dep(struct dray_session *session,
	const struct dray_dep *dep, const char *base, struct dray_outside *out,
	struct dray_err *err);
void dray_outside_drop(struct dray_outside *outside);
/* Is it a path, as typed? */
bool outside_is_path(const char *url);
/* Fill `files`; nothing of a path. NOT_FOUND. */
DRAY_MUST_CHECK enum dray_status outside_look(struct dray_outside *outside, struct dray_err *err);
/* The same of a file as it was in a version that its place keeps. */
DRAY_MUST_CHECK enum dray_status outside_look_at(
	struct dray_outside *outside, const char *version, struct dray_err *err);
/* Instead: what the dep says is there, in the versions that it says. */
void outside_recall(struct dray_outside *outside, const struct dray_dep *dep);
/* Is it a place that may keep versions, which are wanted? */
bool outside_keeps_versions(const struct dray_outside *outside);
/* Does the dep mean versions that its place keeps? */
bool dep_has_versions(const struct dray_dep *dep);
bool outside_is_dir(const struct dray_outside *outside);
/*
 * Copy it to `temp`, which is not there; tags become those of what was got. On failure nothing
 * stays.
 */
DRAY_MUST_CHECK enum dray_status outside_bring(struct dray_outside *outside, const char *temp,
	unsigned jobs, struct dray_progress *progress, struct dray_err *err);
/* The file of that index into the empty file, likewise. Any thread. */
DRAY_MUST_CHECK enum dray_status outside_get(struct dray_outside *outside, size_t i, int fd,
	struct dray_progress *progress, struct dray_err *err);
/* What the dep of an import says of it: fields of an address. Of a path nothing changes. */
void outside_describe(
	const struct dray_outside *outside, enum dray_algo algo, struct dray_dep *dep);
/* Of a path: read all of it, and let the dep say what it is. Of an address nothing changes. */
DRAY_MUST_CHECK enum dray_status outside_hash(const struct dray_outside *outside,
	const struct dray_dialect *dialect, unsigned jobs, struct dray_progress *progress,
	struct dray_dep *dep, struct dray_err *err);
/* What a path has, file by file, as tracked data. */
struct dray_founds {
	struct dray_found_file {
		char *path; /* below; "" for a file itself */
		struct dray_oid oid;
		uint64_t size;
		uint8_t kind; /* enum dray_kind */
	} * items;
	size_t len;
	size_t cap;
};
#define FOUNDS_INIT           \
	{                     \
		.items = NULL \
	}
void dray_founds_drop(struct dray_founds *founds);
/* One more, without a hash; borrowed until the next. */
struct dray_found_file *founds_add(
	struct dray_founds *founds, const char *path, enum dray_kind kind);
/* Of a path: read all of it. */
DRAY_MUST_CHECK enum dray_status outside_find(const struct dray_outside *outside,
	const struct dray_dialect *dialect, unsigned jobs, struct dray_progress *progress,
	struct dray_founds *out, struct dray_err *err);
/* Sort them and let the dep be all of them; `sink` (NULL: none) takes the manifest of a folder. */
DRAY_MUST_CHECK enum dray_status founds_sum(struct dray_founds *founds, enum dray_algo algo,
	dray_sink_fn sink, void *ctx, struct dray_dep *dep, struct dray_err *err);

/* ----------------------------------------------------------- outbound.c */

/*
 * All of it straight to a remote, to which `out` is then the way: through neither cache nor
 * workspace. A path is read twice, for the keys and to send it; files of an address pass through
 * one draft each, for as long as they are sent. Only a manifest, and symlinks, stay in the cache.
 * What the remote has is not sent again. `dep` (NULL: none) says what was sent as it is described
 * by outside_describe and outside_hash. CHANGED: a file was written to meanwhile. On failure files
 * that were sent may be on the remote, no manifest of them is.
 */
struct dray_outbound {
	const char *remote; /* NULL: the default one */
	unsigned jobs;
	struct dray_out *out;
	struct dray_dep *dep;
};
DRAY_MUST_CHECK enum dray_status outside_send(struct dray_session *session,
	struct dray_outside *outside, const struct dray_outbound *outbound, struct dray_err *err);
/* Is it what the dep says, as far as it tells? False of a path. */
bool outside_is_same(
	const struct dray_outside *outside, enum dray_algo algo, const struct dray_dep *dep);

#endif
