/*
 * Private folders for what is kept of other repositories: <cache>/dray/other/<16 hex>, the hex
 * being of the address's SHA-256.
 *
 *   git/      a bare copy, if it is fetched from elsewhere
 *   cache/    manifests that were read
 *   used      touched by each use
 *   lock      shared by its users, exclusive for whoever removes it
 *
 * All of it can be had again, so it may be deleted at any time; only the SOURCE_DIRS_MAX used
 * last are kept.
 */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#define SOURCE_DIRS_MAX 32

static char *cache_home(void)
{
	const char *xdg = dray_os_env("XDG_CACHE_HOME");
	const char *home = dray_os_env("HOME");

	if (xdg != NULL && dray_path_is_absolute(xdg))
		return dray_path_join(xdg, "dray/other");
	return home != NULL ? dray_path_join(home, ".cache/dray/other") : NULL;
}

static int64_t used_ns(const char *dir)
{
	DRAY_AUTO_STR path = dray_path_join(dir, "used");
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	return dray_os_stat(AT_FDCWD, path, &stat, &unused) == DRAY_OK ? stat.mtime_ns : 0;
}

/* Unless somebody reads in it. */
static void remove_dir(const char *dir)
{
	DRAY_AUTO_STR path = dray_path_join(dir, "lock");
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	if (dray_lock_take(AT_FDCWD, path, DRAY_LOCK_EXCLUSIVE, false, &lock, &unused) == DRAY_OK)
		dray_ignore(dray_os_remove_tree(AT_FDCWD, dir, &unused)); /* next time then */
}

struct candidate {
	char *dir;
	int64_t used_ns;
};

static int compare_use(const void *a, const void *b)
{
	const struct candidate *left = a;
	const struct candidate *right = b;

	return (left->used_ns > right->used_ns) - (left->used_ns < right->used_ns);
}

/* Make room for one more. Failing to costs disk space only. */
static void prune(const char *home)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_err unused = DRAY_ERR_INIT;

	if (dray_os_open_dir(AT_FDCWD, home, &fd, &unused) != DRAY_OK ||
		dray_os_list(fd, home, &dirents, &unused) != DRAY_OK ||
		dirents.len < SOURCE_DIRS_MAX)
		return;
	struct candidate *found = dray_calloc(dirents.len, sizeof *found);
	for (size_t i = 0; i < dirents.len; i++) {
		found[i].dir = dray_path_join(home, dirents.items[i].name);
		found[i].used_ns = used_ns(found[i].dir);
	}
	qsort(found, dirents.len, sizeof *found, compare_use);
	for (size_t i = 0; i < dirents.len; i++) {
		if (i <= dirents.len - SOURCE_DIRS_MAX)
			remove_dir(found[i].dir);
		free(found[i].dir);
	}
	free(found);
}

static enum dray_status hold(const char *dir, struct dray_lock *out_lock, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(dir, "lock");
	DRAY_AUTO_STR used = dray_path_join(dir, "used");
	enum dray_status status =
		dray_lock_take(AT_FDCWD, path, DRAY_LOCK_SHARED, true, out_lock, err);

	if (status != DRAY_UNSUPPORTED) /* no locks there: nobody removes it, either */
		DRAY_TRY(status);
	return dray_os_publish(AT_FDCWD, used, "", 0, 0600, err);
}

enum dray_status source_dir_open(
	const char *url, char **out_dir, struct dray_lock *out_lock, struct dray_err *err)
{
	DRAY_AUTO_STR home = cache_home();
	char hex[DRAY_OID_TEXT_MAX];
	struct dray_oid oid;

	if (home == NULL) {
		dray_fail(err, DRAY_UNSUPPORTED, "no place for copies of other repositories");
		return dray_hint(err, "set HOME or XDG_CACHE_HOME");
	}
	dray_hash(DRAY_SHA256, url, strlen(url), &oid);
	DRAY_AUTO_STR dir = dray_format("%s/%.16s", home, dray_oid_text(&oid, hex));
	if (!dray_os_exists(AT_FDCWD, dir))
		prune(home);
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, dir, 0700, err));
	DRAY_TRY(hold(dir, out_lock, err));
	*out_dir = dir;
	dir = NULL;
	return DRAY_OK;
}
