/* Addresses of repositories, as text: git-clone(1), "GIT URLS". */
#include "mirror.h"

#include <dray/git.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Length of "scheme" in "scheme://…", 0 if there is none. */
static size_t scheme_len(const char *text)
{
	size_t len =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return len > 0 && strncmp(text + len, "://", 3) == 0 ? len : 0;
}

bool dray_git_is_url(const char *text)
{
	size_t host = strcspn(text, ":/");

	return scheme_len(text) > 0 || (host > 0 && text[host] == ':');
}

/* Where "user:password@" of "scheme://user:password@host" has its password; 0 long: nowhere. */
static const char *find_password(const char *url, size_t *out_len)
{
	size_t scheme = scheme_len(url);
	const char *from = scheme > 0 ? url + scheme + 3 : url;
	size_t authority = strcspn(from, "/?#");
	const char *at = memrchr(from, '@', authority);
	const char *colon = at != NULL ? memchr(from, ':', (size_t)(at - from)) : NULL;

	*out_len = scheme > 0 && colon != NULL ? (size_t)(at - colon) - 1 : 0;
	return colon != NULL ? colon + 1 : url;
}

char *dray_git_url_shown(const char *url)
{
	size_t len;
	const char *password = find_password(url, &len);

	if (len == 0)
		return dray_strdup(url);
	return dray_format("%.*s***%s", (int)(password - url), url, password + len);
}

bool dray_git_is_told(const char *url, const char *text)
{
	size_t len;
	const char *at = find_password(url, &len);
	DRAY_AUTO_SECRET password = dray_strndup(at, len);

	return len > 0 && strstr(text, password) != NULL;
}

enum dray_status dray_git_url_check(const char *url, struct dray_err *err)
{
	static const char *const known[] = {"https", "ssh", "file"};
	size_t len = scheme_len(url);

	if (len == 0 && dray_git_is_url(url))
		return DRAY_OK;
	for (size_t i = 0; i < DRAY_COUNT(known); i++)
		if (len == strlen(known[i]) && strncasecmp(url, known[i], len) == 0)
			return DRAY_OK;
	dray_fail(err, DRAY_UNSUPPORTED, "git repositories are not read over '%.*s'",
		(int)(len < 32 ? len : 32), url);
	return dray_hint(err, "known are https://, ssh://, host:path, file:// and plain paths");
}
