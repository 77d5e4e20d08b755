/* Values of settings. */
#include "setting.h"

#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 86400
#define MS 0.001

const struct dray_config_entry *dray_setting_entry(
	const struct dray_remote_options *options, const char *option)
{
	if (options->config == NULL || options->name == NULL)
		return NULL;
	DRAY_AUTO_STR key = dray_format("remote.%s.%s", options->name, option);
	const struct dray_config_entry *entry = dray_config_peek(options->config, key);
	return entry != NULL && *entry->value != '\0' ? entry : NULL;
}

const char *dray_setting_text(const struct dray_remote_options *options, const char *option)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);

	return entry != NULL ? entry->value : NULL;
}

char *dray_setting_copy(const struct dray_remote_options *options, const char *option)
{
	const char *text = dray_setting_text(options, option);

	return text != NULL ? dray_strdup(text) : NULL;
}

enum dray_status dray_setting_refuse(
	const struct dray_config_entry *entry, const char *wanted, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "'%s' line %u: '%s' is not %s", entry->origin,
		entry->line, entry->key, wanted);
}

enum dray_status dray_setting_bool(const struct dray_remote_options *options, const char *option,
	bool *out_value, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);

	if (entry == NULL || dray_parse_bool(entry->value, out_value))
		return DRAY_OK;
	return dray_setting_refuse(entry, "true or false", err);
}

enum dray_status dray_setting_count(const struct dray_remote_options *options, const char *option,
	uint64_t max, uint64_t *out_value, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);
	uint64_t value = 0;

	if (entry == NULL)
		return DRAY_OK;
	if (!dray_parse_u64(entry->value, strlen(entry->value), &value) || value == 0 ||
		value > max) {
		DRAY_AUTO_STR wanted =
			dray_format("a number from 1 to %llu", (unsigned long long)max);

		return dray_setting_refuse(entry, wanted, err);
	}
	*out_value = value;
	return DRAY_OK;
}

enum dray_status dray_setting_size(const struct dray_remote_options *options, const char *option,
	uint64_t min, uint64_t max, uint64_t *out_value, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);
	uint64_t value = 0;

	if (entry == NULL)
		return DRAY_OK;
	if (!dray_parse_size(entry->value, &value) || value < min || value > max) {
		DRAY_AUTO_STR wanted = dray_format("a size from %lluM to %lluM",
			(unsigned long long)(min >> 20), (unsigned long long)(max >> 20));

		return dray_setting_refuse(entry, wanted, err);
	}
	*out_value = value;
	return DRAY_OK;
}

char *dray_setting_path(const struct dray_remote_options *options, const char *option)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);
	const char *home = dray_os_env("HOME");

	if (entry == NULL)
		return NULL;
	if (dray_path_is_absolute(entry->value))
		return dray_strdup(entry->value);
	if (strncmp(entry->value, "~/", 2) == 0 && home != NULL)
		return dray_path_join(home, entry->value + 2);
	DRAY_AUTO_STR folder = dray_path_dirname(entry->origin);
	DRAY_AUTO_STR joined = dray_path_join(folder, entry->value);
	return dray_path_normalise(joined);
}

void dray_setting_trust(const struct dray_remote_options *options, const char *preferred,
	char **out_ca_path, bool *out_is_unverified)
{
	static const char *const variables[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
	const char *verify = dray_setting_text(options, "ssl_verify");
	bool is_verified = true;

	if (verify != NULL && !dray_parse_bool(verify, &is_verified)) {
		*out_ca_path = dray_setting_path(options, "ssl_verify");
		return;
	}
	*out_is_unverified = !is_verified;
	for (size_t i = 0; preferred == NULL && i < DRAY_COUNT(variables); i++)
		preferred = dray_os_env(variables[i]);
	*out_ca_path = preferred != NULL ? dray_strdup(preferred) : NULL;
}

bool dray_setting_is_shared(const struct dray_remote_options *options, const char *option)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);

	return entry != NULL && options->shared_origin != NULL &&
	       strcmp(entry->origin, options->shared_origin) == 0;
}

bool dray_setting_is_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

bool dray_setting_is_loopback(const char *url)
{
	const char *host = strstr(url, "://") + 3;
	DRAY_AUTO_STR name = dray_strndup(host, strcspn(host, *host == '[' ? "]/" : ":/"));

	return strcmp(name, "[::1") == 0 || strcmp(name, "localhost") == 0 ||
	       dray_path_has_suffix(name, ".localhost") ||
	       (strncmp(name, "127.", 4) == 0 && strspn(name, "0123456789.") == strlen(name));
}

enum dray_status dray_setting_seconds(const struct dray_remote_options *options, const char *option,
	unsigned *out_ms, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_setting_entry(options, option);
	char *end = NULL;

	if (entry == NULL)
		return DRAY_OK;
	double seconds = strspn(entry->value, "0123456789.") == strlen(entry->value)
				 ? strtod(entry->value, &end)
				 : 0;
	if (end == NULL || *end != '\0' || !(seconds >= MS) || seconds > SECONDS_MAX)
		return dray_setting_refuse(entry, "a number of seconds up to a day", err);
	*out_ms = (unsigned)(seconds * 1000);
	return DRAY_OK;
}
