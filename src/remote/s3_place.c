/* Bucket, endpoint and key into a URL. Pure. */
#include "s3.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void dray_s3_place_drop(struct dray_s3_place *place)
{
	free(place->url);
	free(place->host);
	free(place->path);
	*place = (struct dray_s3_place){.url = NULL};
}

/* The host's port, unless it is the scheme's own. */
static const char *strip_default_port(const char *scheme, char *host)
{
	char *colon = strrchr(host, ':');

	if (colon != NULL && strchr(colon, ']') == NULL &&
		strcmp(colon, strcasecmp(scheme, "https") == 0 ? ":443" : ":80") == 0)
		*colon = '\0';
	return host;
}

static bool is_port(const char *text)
{
	uint64_t port = 0;

	return dray_parse_u64(text, strlen(text), &port) && port > 0 && port <= 65535;
}

/* "name", "name:port", "[IPv6]" or "[IPv6]:port" */
static bool is_host(const char *host)
{
	bool is_ipv6 = *host == '[';
	const char *name = is_ipv6 ? host + 1 : host;
	size_t len = 0;

	while (isalnum((unsigned char)name[len]) ||
		(name[len] != '\0' && strchr(is_ipv6 ? ":." : "-._", name[len]) != NULL))
		len++;
	const char *rest = name + len;
	if (len == 0 || (is_ipv6 && *rest++ != ']'))
		return false;
	return *rest == '\0' || (*rest == ':' && is_port(rest + 1));
}

/* What is sent and signed as it stands. */
static bool is_base(const char *base)
{
	for (; *base != '\0'; base++)
		if (!isalnum((unsigned char)*base) && strchr("-._~/%", *base) == NULL)
			return false;
	return true;
}

char *dray_s3_parse_endpoint(const char *text, bool use_ssl)
{
	const char *sep = strstr(text, "://");
	DRAY_AUTO_STR scheme = sep != NULL ? dray_strndup(text, (size_t)(sep - text))
					   : dray_strdup(use_ssl ? "https" : "http");
	const char *rest = sep != NULL ? sep + 3 : text;
	size_t host_len = strcspn(rest, "/");
	DRAY_AUTO_STR host = dray_strndup(rest, host_len);
	const char *base = rest + host_len;
	size_t base_len = strlen(base);

	if (strcasecmp(scheme, "https") != 0 && strcasecmp(scheme, "http") != 0)
		return NULL;
	while (base_len > 0 && base[base_len - 1] == '/')
		base_len--;
	strip_default_port(scheme, host);
	if (!is_host(host) || !is_base(base))
		return NULL;
	for (char *at = scheme; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return dray_format("%s://%s%.*s", scheme, host, (int)base_len, base);
}

/* A name that can be a label of a host: else it can only be part of the path. */
static bool is_label(const char *bucket)
{
	for (const char *at = bucket; *at != '\0'; at++)
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '-')
			return false;
	return true;
}

static bool is_virtual(const struct dray_s3_settings *settings)
{
	if (settings->style != DRAY_S3_AUTO)
		return settings->style == DRAY_S3_VIRTUAL;
	/* A certificate for *.s3.… covers one label, so dots need the path as well. */
	return settings->endpoint == NULL && is_label(settings->bucket);
}

static char *aws_endpoint(const struct dray_s3_settings *settings, const char *region)
{
	bool is_china = strncmp(region, "cn-", 3) == 0;

	return dray_format("%s://s3.%s.amazonaws.com%s", settings->use_ssl ? "https" : "http",
		region, is_china ? ".cn" : "");
}

void dray_s3_place(const struct dray_s3_settings *settings, const char *region, const char *key,
	const char *query, struct dray_s3_place *out)
{
	DRAY_AUTO_STR endpoint = settings->endpoint != NULL ? dray_strdup(settings->endpoint)
							    : aws_endpoint(settings, region);
	const char *host = strstr(endpoint, "://") + 3;
	size_t host_len = strcspn(host, "/");
	bool has_vhost = is_virtual(settings);
	DRAY_AUTO(buf) path = DRAY_BUF_INIT;

	dray_buf_puts(&path, host + host_len);
	if (!has_vhost) {
		dray_buf_putc(&path, '/');
		dray_buf_percent(&path, settings->bucket, "");
	}
	if (key != NULL) {
		dray_buf_putc(&path, '/');
		dray_buf_percent(&path, key, "/");
	}
	if (path.len == 0)
		dray_buf_putc(&path, '/');
	out->host = dray_format("%s%s%.*s", has_vhost ? settings->bucket : "", has_vhost ? "." : "",
		(int)host_len, host);
	out->path = dray_buf_take(&path);
	out->url = dray_format("%.*s%s%s%s%s", (int)(host - endpoint), endpoint, out->host,
		out->path, *query != '\0' ? "?" : "", query);
}

char *dray_s3_key(const struct dray_s3 *s3, const char *key)
{
	return dray_path_join(s3->settings.prefix, key);
}
