/*
 * Which servers are believed to be who they say. For https those that an authority vouches for: one
 * that the system knows or, instead, one in the file that the person names where git and the rest
 * of dray look (git-config(1), http.sslCAInfo; libgit2 knows none of this). For ssh those in
 * ~/.ssh/known_hosts, which libgit2 sees to.
 */
#include "mirror.h"
#include "repository.h"

#include <dray/os.h>

/* The person's file of authorities, NULL: the system's. */
static char *find_authorities(git_repository *repo)
{
	const char *first = dray_os_env("GIT_SSL_CAINFO"), *last = dray_os_env("SSL_CERT_FILE");
	DRAY_AUTO_GIT(config) config = NULL;
	const char *configured;

	if (first != NULL)
		return dray_strdup(first);
	if (dray_git2.repository_config_snapshot(&config, repo) == 0 &&
		dray_git2.config_get_string(&configured, config, "http.sslCAInfo") == 0)
		return dray_git_config_path(configured);
	return last != NULL ? dray_strdup(last) : NULL;
}

enum dray_status dray_git_trust_named(git_repository *repo, struct dray_err *err)
{
	DRAY_AUTO_STR path = find_authorities(repo);
	int rc = path == NULL ? 0
			      : dray_git2.libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, path, NULL);

	return rc < 0 ? dray_git2_fail(err, rc, "cannot read authorities from '%s'", path)
		      : DRAY_OK;
}
