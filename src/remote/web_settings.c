/*
 * Settings of a remote of http:// or https://, under DVC's names.
 *
 * A password is shown to the server, so it matters who says where that is. Settings that came with
 * a clone may name an address, and a password of their own; but the password that a person keeps
 * for all repositories goes only to a host that the same person named, and no password of anybody
 * goes where others can read it on the way, unless whoever set it up here says so.
 */
#include "setting.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void dray_web_settings_drop(struct dray_web_settings *settings)
{
	dray_strs_wipe(&settings->secret_headers);
	dray_str_wipe(&settings->digest_password);
	free(settings->digest_user);
	free(settings->url);
	free(settings->host);
	free(settings->method);
	free(settings->ca_path);
	*settings = (struct dray_web_settings){.url = NULL};
}

/* -------------------------------------------------------------------- address */

struct identity {
	const struct dray_remote_options *options;
	char *user;
	char *password;
	/* which setting that is, where it is one; NULL: it stands in the url, or was typed */
	const struct dray_config_entry *entry;
};

static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

static enum dray_status take_user(
	const char *text, size_t len, struct identity *identity, struct dray_err *err)
{
	DRAY_AUTO_SECRET_BUF user = DRAY_BUF_INIT;
	DRAY_AUTO_SECRET_BUF password = DRAY_BUF_INIT;
	const char *colon = memchr(text, ':', len);
	size_t user_len = colon != NULL ? (size_t)(colon - text) : len;

	if (!dray_buf_unpercent(&user, text, user_len) ||
		(colon != NULL && !dray_buf_unpercent(&password, colon + 1, len - user_len - 1)))
		return dray_fail(err, DRAY_INVALID, "the user in the url has a broken %%-escape");
	identity->user = dray_buf_take(&user);
	if (colon != NULL)
		identity->password = dray_buf_take(&password);
	return DRAY_OK;
}

/* What of a URL is kept as it is; anything else is escaped, as DVC does. */
#define KEPT "%/:@!$&'()*+,;=~"

static enum dray_status read_url(const char *text, struct dray_web_settings *settings,
	struct identity *identity, struct dray_err *err)
{
	const char *host = strstr(text, "://") + 3;
	size_t scheme = (size_t)(host - text);
	size_t len = strcspn(host, "/?#");
	const char *user_end = memrchr(host, '@', len);
	DRAY_AUTO(buf) url = DRAY_BUF_INIT;

	if (user_end != NULL) {
		DRAY_TRY(take_user(host, (size_t)(user_end - host), identity, err));
		len -= (size_t)(user_end + 1 - host);
		host = user_end + 1;
	}
	settings->host = dray_strndup(host, len);
	if (len == 0 || !is_printable(settings->host)) {
		dray_fail(err, DRAY_INVALID, "the url names no host");
		return dray_hint(err, "it is https://HOST[:PORT]/PATH");
	}
	DRAY_AUTO_STR path = dray_strndup(host + len, strcspn(host + len, "#"));
	size_t query = strcspn(path, "?");
	DRAY_AUTO_STR before = dray_strndup(path, query);
	for (size_t i = 0; i < scheme; i++)
		dray_buf_putc(&url, (char)(text[i] | 0x20)); /* ':' and '/' have that bit */
	dray_buf_puts(&url, settings->host);
	dray_buf_percent(&url, before, KEPT);
	dray_buf_percent(&url, path + query, KEPT "?");
	settings->url = dray_buf_take(&url);
	return DRAY_OK;
}

static bool is_plain(const struct dray_web_settings *settings)
{
	return strncmp(settings->url, "http://", 7) == 0;
}

/* ------------------------------------------------------------------- identity */

static bool is_shared(const struct dray_remote_options *options, const char *origin)
{
	return options->shared_origin != NULL && strcmp(options->shared_origin, origin) == 0;
}

static bool is_private(const struct dray_remote_options *options, const char *origin)
{
	return options->private_origin != NULL && strcmp(options->private_origin, origin) == 0;
}

/* Does this text begin with the scheme and the host of the remote's? */
static bool is_same_host(const char *text, const char *url)
{
	const char *host = strstr(text, "://");
	size_t len = strcspn(strstr(url, "://") + 3, "/?#");
	size_t scheme = (size_t)(strstr(url, "://") - url);

	if (host == NULL || (size_t)(host - text) != scheme || strncasecmp(text, url, scheme) != 0)
		return false;
	host += 3;
	size_t host_len = strcspn(host, "/?#");
	const char *user_end = memrchr(host, '@', host_len);
	if (user_end != NULL) {
		host_len -= (size_t)(user_end + 1 - host);
		host = user_end + 1;
	}
	return host_len == len && strncasecmp(host, strstr(url, "://") + 3, len) == 0;
}

/* Which settings name this host as the remote's? */
static void find_namers(const struct dray_remote_options *options, const char *url,
	bool *out_is_named, bool *out_is_own)
{
	const struct dray_config *config = options->config;
	DRAY_AUTO_STR key = dray_format("remote.%s.url", options->name);

	for (size_t i = 0; i < config->len; i++) {
		const struct dray_config_entry *entry = &config->items[i];

		if (strcasecmp(entry->key, key) != 0 || !is_same_host(entry->value, url))
			continue;
		*out_is_named = true;
		*out_is_own = *out_is_own || !is_shared(options, entry->origin);
	}
}

static enum dray_status refuse_host(const struct dray_remote_options *options, const char *host,
	const char *origin, struct dray_err *err)
{
	dray_fail(err, DRAY_DENIED,
		"the password in '%s' is not for '%s': only settings that came with the "
		"repository name that host",
		origin, host);
	return dray_hint(err, "if it is: 'dray remote modify --local %s password'", options->name);
}

static enum dray_status refuse_open(const struct dray_remote_options *options, const char *why,
	const char *option, const char *value, struct dray_err *err)
{
	dray_fail(err, DRAY_DENIED, "the password is not sent %s", why);
	if (options->name == NULL)
		return dray_hint(err, "use https");
	return dray_hint(err,
		"use https with a certificate that can be checked, or 'dray remote "
		"modify --local %s %s %s'",
		options->name, option, value);
}

/* With `ask_password`; nobody there to ask is told by whoever needs the password. */
static enum dray_status ask_for(
	struct identity *identity, const struct dray_web_settings *settings, struct dray_err *err)
{
	const struct dray_remote_options *options = identity->options;
	DRAY_AUTO_SECRET_BUF secret = DRAY_BUF_INIT;
	bool is_wanted = false;

	DRAY_TRY(dray_setting_bool(options, "ask_password", &is_wanted, err));
	if (!is_wanted || options->ask == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR question = dray_format("password of '%s' for '%s'",
		identity->user != NULL ? identity->user : "", settings->url);
	if (options->ask(options->ask_ctx, question, &secret))
		identity->password = dray_buf_take(&secret);
	return DRAY_OK;
}

/* *out_may: whether this identity is for this host at all. */
static enum dray_status check_identity(const struct identity *identity,
	const struct dray_web_settings *settings, bool *out_may, struct dray_err *err)
{
	const struct dray_remote_options *options = identity->options;
	bool is_named = identity->entry == NULL;
	bool is_own = false;

	if (options->config != NULL && options->name != NULL)
		find_namers(options, settings->url, &is_named, &is_own);
	*out_may = is_named;
	if (!is_named)
		return DRAY_OK;
	const char *origin = identity->entry != NULL ? identity->entry->origin : NULL;
	if (origin != NULL && !is_own && !is_shared(options, origin) &&
		!is_private(options, origin))
		return refuse_host(options, settings->host, origin, err);
	if (dray_setting_is_loopback(settings->url))
		return DRAY_OK;
	if (is_plain(settings) && !is_own)
		return refuse_open(options, "without encryption", "url", settings->url, err);
	if (settings->is_unverified && dray_setting_is_shared(options, "ssl_verify") &&
		(origin == NULL || !is_shared(options, origin)))
		return refuse_open(
			options, "to a server that nobody checks", "ssl_verify", "false", err);
	return DRAY_OK;
}

static enum dray_status refuse_half(
	const char *method, const char *option, const char *name, struct dray_err *err)
{
	dray_fail(err, DRAY_CONFIG, "auth = %s needs the setting '%s' as well", method, option);
	return dray_hint(err, "'dray remote modify --local %s %s VALUE'", name, option);
}

/* Names that say how a message is to be read are not for an identity. */
static bool is_header_name(const char *text)
{
	static const char *const taken[] = {"host", "content-length", "transfer-encoding",
		"connection", "expect", "range", "te", "trailer", "upgrade"};
	const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			      "!#$%&'*+-.^_`|~"; /* RFC 9110, 5.6.2 */

	for (size_t i = 0; i < DRAY_COUNT(taken); i++)
		if (strcasecmp(text, taken[i]) == 0)
			return false;
	return *text != '\0' && text[strspn(text, letters)] == '\0';
}

static enum dray_status use_custom(
	const struct identity *identity, struct dray_web_settings *settings, struct dray_err *err)
{
	const struct dray_config_entry *header =
		dray_setting_entry(identity->options, "custom_auth_header");

	if (header == NULL)
		return refuse_half("custom", "custom_auth_header", identity->options->name, err);
	if (!is_header_name(header->value))
		return dray_setting_refuse(header, "the name of a header", err);
	if (!dray_setting_is_line(identity->password))
		return dray_setting_refuse(identity->entry, "one line of text", err);
	dray_http_add_header(&settings->secret_headers, header->value, identity->password);
	return DRAY_OK;
}

static void use_basic(const struct identity *identity, struct dray_web_settings *settings)
{
	DRAY_AUTO_SECRET_BUF pair = DRAY_BUF_INIT;
	DRAY_AUTO_SECRET_BUF value = DRAY_BUF_INIT;

	/* grown once: no copy stays behind */
	dray_buf_reserve(&pair, strlen(identity->user) + strlen(identity->password) + 2);
	dray_buf_printf(&pair, "%s:%s", identity->user, identity->password);
	dray_buf_reserve(&value, pair.len * 2 + 16);
	dray_buf_puts(&value, "Basic ");
	dray_buf_base64(&value, pair.data, pair.len);
	dray_http_add_header(&settings->secret_headers, "authorization", dray_buf_text(&value));
}

static enum dray_status use_identity(const char *method, struct identity *identity,
	struct dray_web_settings *settings, struct dray_err *err)
{
	const struct dray_remote_options *options = identity->options;
	bool may_tell = false;

	if (identity->password == NULL)
		return refuse_half(method, "password", options->name, err);
	if (strcmp(method, "custom") != 0 && identity->user == NULL)
		return refuse_half(method, "user", options->name, err);
	DRAY_TRY(check_identity(identity, settings, &may_tell, err));
	if (!may_tell)
		return DRAY_OK;
	if (strcmp(method, "custom") == 0)
		return use_custom(identity, settings, err);
	if (strcmp(method, "digest") == 0) {
		settings->digest_user = dray_strdup(identity->user);
		settings->digest_password = dray_strdup(identity->password);
	} else {
		use_basic(identity, settings);
	}
	return DRAY_OK;
}

/* As in DVC, user and password count only where `auth` is set; those of the url always. */
static enum dray_status read_identity(
	struct identity *identity, struct dray_web_settings *settings, struct dray_err *err)
{
	static const char *const methods[] = {"basic", "digest", "custom"};
	const struct dray_remote_options *options = identity->options;
	const struct dray_config_entry *auth = dray_setting_entry(options, "auth");
	const char *user = dray_setting_text(options, "user");

	if (auth == NULL)
		return identity->password != NULL ? use_identity("basic", identity, settings, err)
						  : DRAY_OK;
	if (user != NULL) {
		free(identity->user);
		identity->user = dray_strdup(user);
	}
	identity->entry = dray_setting_entry(options, "password");
	if (identity->entry != NULL) {
		dray_str_wipe(&identity->password);
		identity->password = dray_strdup(identity->entry->value);
	}
	if (identity->password == NULL)
		DRAY_TRY(ask_for(identity, settings, err));
	for (size_t i = 0; i < DRAY_COUNT(methods); i++)
		if (strcasecmp(auth->value, methods[i]) == 0)
			return use_identity(methods[i], identity, settings, err);
	return dray_setting_refuse(auth, "basic, digest or custom", err);
}

/* ---------------------------------------------------------------------- rest */

static enum dray_status read_rest(const struct dray_remote_options *options,
	struct dray_web_settings *settings, struct dray_err *err)
{
	const struct dray_config_entry *method = dray_setting_entry(options, "method");
	uint64_t jobs = options->jobs;

	settings->method = dray_strdup("POST");
	if (method != NULL && strcasecmp(method->value, "put") == 0)
		memcpy(settings->method, "PUT", sizeof "PUT");
	else if (method != NULL && strcasecmp(method->value, "post") != 0)
		return dray_setting_refuse(method, "PUT or POST", err);
	if (jobs == 0)
		DRAY_TRY(
			dray_setting_count(options, "jobs", DRAY_HTTP_CONNECTIONS_MAX, &jobs, err));
	settings->jobs = (unsigned)jobs;
	DRAY_TRY(dray_setting_seconds(options, "connect_timeout", &settings->connect_wait_ms, err));
	return dray_setting_seconds(options, "read_timeout", &settings->answer_wait_ms, err);
}

static enum dray_status read_all(
	struct identity *identity, struct dray_web_settings *settings, struct dray_err *err)
{
	const struct dray_remote_options *options = identity->options;

	DRAY_TRY(read_url(options->url, settings, identity, err));
	dray_setting_trust(options, NULL, &settings->ca_path, &settings->is_unverified);
	DRAY_TRY(read_identity(identity, settings, err));
	return read_rest(options, settings, err);
}

enum dray_status dray_web_settings_read(const struct dray_remote_options *options,
	struct dray_web_settings *out, struct dray_err *err)
{
	struct dray_web_settings settings = {.url = NULL};
	struct identity identity = {.options = options};

	enum dray_status status = read_all(&identity, &settings, err);
	free(identity.user);
	dray_str_wipe(&identity.password);
	if (status == DRAY_OK)
		*out = settings;
	else
		dray_web_settings_drop(&settings);
	return status;
}
