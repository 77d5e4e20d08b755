/*
 * Servers that lie: what a probe of any remote on the network asks for, says and remembers. A page
 * of some proxy that answers 200 to everything has what nobody made.
 */
#ifndef DRAY_REMOTE_HONEST_H
#define DRAY_REMOTE_HONEST_H

#include <dray/base.h>

/*
 * A file to remember something about a remote in: "<state>/<kind>/<hash of what it is>", or NULL
 * if nothing is to be remembered.
 */
char *dray_honest_state_path(const char *state_dir, const char *kind, const char *what);
/* A key that nobody else uses. */
char *dray_honest_new_key(void);

#define DRAY_HONEST_INVENTED "it claims to have an object that nobody made"

/* CORRUPT: "'<url>' is no honest store: <lie>". */
enum dray_status dray_honest_fail(const char *url, const char *lie, struct dray_err *err);
/* A probe is believed for a month. NULL: never. */
bool dray_honest_is_remembered(const char *path);
/* Best effort: else it is probed again. NULL is fine. */
void dray_honest_remember(const char *path);

#endif
