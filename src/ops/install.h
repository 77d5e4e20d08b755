/* What `dray install` is made of: hooks, settings of git, attributes. */
#ifndef DRAY_OPS_INSTALL_H
#define DRAY_OPS_INSTALL_H

#include "private.h"

/* git's settings as they are in force here. */
struct git_setting {
	char *key; /* git's lower case: "core.hookspath" */
	char *value;
	char *scope; /* "system", "global", "local", "worktree", "command" */
};
struct git_settings {
	struct git_setting *items; /* later ones win */
	size_t len;
	size_t cap;
};
#define GIT_SETTINGS_INIT     \
	{                     \
		.items = NULL \
	}
DRAY_MUST_CHECK enum dray_status git_settings_read(
	struct dray_session *session, struct git_settings *out, struct dray_err *err);
/* The last one of that key; NULL: it is not set. */
const struct git_setting *git_settings_find(const struct git_settings *settings, const char *key);
void git_settings_drop(struct git_settings *settings);

struct install {
	struct dray_session *session;
	const struct dray_install_options *options;
	struct git_settings settings;
	const char *level; /* of git config, where we write: "--local" or "--worktree" */
};
/* Set a key on our level, or with value NULL take it away if it is there. */
DRAY_MUST_CHECK enum dray_status install_set(
	struct install *install, const char *key, const char *value, struct dray_err *err);
/* Told as an item. */
void install_tell(const struct install *install, const char *state, const char *path);

/* The hooks, and core.hooksPath where they need a folder of their own. install_hooks.c */
DRAY_MUST_CHECK enum dray_status install_hooks(struct install *install, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status uninstall_hooks(struct install *install, struct dray_err *err);
/* Drivers for merging and comparing pointers. install_drivers.c */
DRAY_MUST_CHECK enum dray_status install_drivers(struct install *install, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status uninstall_drivers(struct install *install, struct dray_err *err);
/* Entries for the pre-commit framework. install_framework.c */
DRAY_MUST_CHECK enum dray_status install_framework(struct install *install, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status uninstall_framework(struct install *install, struct dray_err *err);

#endif
