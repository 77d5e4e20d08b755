/*
 * One setting of a remote, "remote.<name>.<option>", as a value: what all kinds of remotes read
 * theirs with. An empty one is none. Errors name the setting and where it stands.
 */
#ifndef DRAY_REMOTE_SETTING_H
#define DRAY_REMOTE_SETTING_H

#include <dray/remote.h>

/* Borrowed from the config; NULL: not set. */
const struct dray_config_entry *dray_setting_entry(
	const struct dray_remote_options *options, const char *option);
const char *dray_setting_text(const struct dray_remote_options *options, const char *option);
char *dray_setting_copy(const struct dray_remote_options *options, const char *option);
/* A path as DVC reads it: from the folder of the file that it is written in. */
char *dray_setting_path(const struct dray_remote_options *options, const char *option);
/* The outputs of these are left alone where nothing is set. */
DRAY_MUST_CHECK enum dray_status dray_setting_bool(const struct dray_remote_options *options,
	const char *option, bool *out_value, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_setting_count(const struct dray_remote_options *options,
	const char *option, uint64_t max, uint64_t *out_value, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_setting_size(const struct dray_remote_options *options,
	const char *option, uint64_t min, uint64_t max, uint64_t *out_value, struct dray_err *err);
/* "60" or "1.5", a day at most. */
DRAY_MUST_CHECK enum dray_status dray_setting_seconds(const struct dray_remote_options *options,
	const char *option, unsigned *out_ms, struct dray_err *err);
/*
 * "ssl_verify": false, or a file or folder of authorities. Else `preferred`, where that is not
 * NULL, or what the environment names; NULL: the system's.
 */
void dray_setting_trust(const struct dray_remote_options *options, const char *preferred,
	char **out_ca_path, bool *out_is_unverified);
/* INVALID: the setting is not `wanted`. Its value is not told. */
enum dray_status dray_setting_refuse(
	const struct dray_config_entry *entry, const char *wanted, struct dray_err *err);
/* Did it come with a clone? */
bool dray_setting_is_shared(const struct dray_remote_options *options, const char *option);
/* A header's value cannot hold a line's end: it would begin another header. */
bool dray_setting_is_line(const char *text);
/* Is the server of "scheme://host…" this machine's own, so that nothing goes over a wire? */
bool dray_setting_is_loopback(const char *url);

#endif
