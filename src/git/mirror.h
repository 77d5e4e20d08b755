/* Fetching other repositories; what its files share. */
#ifndef DRAY_GIT_MIRROR_H
#define DRAY_GIT_MIRROR_H

#include "library.h"

/* UNSUPPORTED, naming the scheme, unless it is one that we fetch over. */
DRAY_MUST_CHECK enum dray_status dray_git_url_check(const char *url, struct dray_err *err);
/* Does a text for a person hold the address's password? */
bool dray_git_is_told(const char *url, const char *text);

/*
 * Believe https servers by the file of authorities that the person named, if any, from here on.
 * Fails if that cannot be read.
 */
DRAY_MUST_CHECK enum dray_status dray_git_trust_named(git_repository *repo, struct dray_err *err);

/* What was tried to prove who we are: libgit2 asks again after each refusal. */
struct dray_git_keys {
	bool is_agent_tried;
	bool is_helper_tried;
	size_t files_tried;
};
/* libgit2's git_credential_acquire_cb; `payload` is a struct dray_git_keys. */
int dray_git_keys_give(git_credential **out, const char *url, const char *user, unsigned allowed,
	struct dray_git_keys *keys);

#endif
