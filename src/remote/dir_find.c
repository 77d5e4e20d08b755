/*
 * Asking a directory remote for many keys at once.
 *
 * Keys are hashes spread over fan-out directories. Sorted, the keys of one
 * directory are neighbours: a *group*. Each group is answered by asking for
 * its keys one by one or by reading its directory once, whichever needs fewer
 * calls; on a network share each is a round trip. The largest group is read
 * first: its length tells how full the others are, as a hash spreads evenly.
 */
#include "dir.h"

#include <stdlib.h>
#include <string.h>

/* Fewer keys than this in the fullest group are not worth reading a directory to learn its size. */
#define SAMPLE_MIN 32

/* Mostly waiting for a disk or a file server, so more than there are processors. */
#define WIDTH 8

/* Below this the answers come sooner than the threads. */
#define PARALLEL_MIN 256

/*
 * A listing is an open, a stat, a last empty read and a close, and one read
 * for 32 KiB of names, of which an object's takes 88 bytes locally; a file
 * server's reply holds fewer. A question for one key is one call.
 */
bool dray_dir_remote_should_list(size_t wanted, size_t entries)
{
	return wanted > 4 && wanted - 4 > entries / 128;
}

struct wanted {
	const char *key;
	size_t at; /* in the caller's arrays */
};
struct group {
	size_t begin;
	size_t end;
};
struct search {
	int root;
	const char *root_path;
	struct wanted *wanted; /* sorted by key */
	struct group *groups;
	size_t group_count;
	size_t entries; /* of a directory, as the first told; SIZE_MAX: not known */
	bool *out_has;
};

static void drop_search(struct search *search)
{
	free(search->wanted);
	free(search->groups);
}

static int compare_wanted(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->key, ((const struct wanted *)b)->key);
}

/* Length of the key's directory with its '/'. */
static size_t folder_len(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash != NULL ? (size_t)(slash - key) + 1 : 0;
}

static bool is_same_folder(const char *a, const char *b)
{
	size_t len = folder_len(a);

	return len == folder_len(b) && memcmp(a, b, len) == 0;
}

static void find_groups(struct search *search, size_t count)
{
	size_t cap = 0;

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && is_same_folder(search->wanted[i - 1].key, search->wanted[i].key)) {
			search->groups[search->group_count - 1].end = i + 1;
			continue;
		}
		DRAY_GROW(search->groups, search->group_count, cap);
		search->groups[search->group_count++] = (struct group){i, i + 1};
	}
}

static void sort_keys(struct search *search, const char *const *keys, size_t count)
{
	search->wanted = dray_calloc(count, sizeof *search->wanted);
	for (size_t i = 0; i < count; i++)
		search->wanted[i] = (struct wanted){keys[i], i};
	qsort(search->wanted, count, sizeof *search->wanted, compare_wanted);
	find_groups(search, count);
}

static enum dray_status is_object(
	const struct search *search, const char *key, bool *out_is, struct dray_err *err)
{
	struct dray_stat stat;
	enum dray_status status = dray_os_stat(search->root, key, &stat, err);

	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return dray_frame(err, "remote '%s'", search->root_path);
	*out_is = status == DRAY_OK && stat.type == DRAY_TYPE_FILE;
	return DRAY_OK;
}

static enum dray_status ask_each(
	const struct search *search, const struct group *group, struct dray_err *err)
{
	for (size_t i = group->begin; i < group->end; i++) {
		const struct wanted *wanted = &search->wanted[i];

		DRAY_TRY(is_object(search, wanted->key, &search->out_has[wanted->at], err));
	}
	return DRAY_OK;
}

/* The first key of the group that is not below `name` in order; group->end if there is none. */
static size_t find_name(
	const struct search *search, const struct group *group, size_t skip, const char *name)
{
	size_t low = group->begin;
	size_t high = group->end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(search->wanted[middle].key + skip, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum dray_status match_names(const struct search *search, const struct group *group,
	const struct dray_dirents *names, struct dray_err *err)
{
	size_t skip = folder_len(search->wanted[group->begin].key);

	for (size_t i = 0; i < names->len; i++) {
		const struct dray_dirent *name = &names->items[i];
		bool has = name->type == DRAY_TYPE_FILE;

		/* A key may be asked for twice. */
		for (size_t at = find_name(search, group, skip, name->name);
			at < group->end && strcmp(search->wanted[at].key + skip, name->name) == 0;
			at++) {
			if (name->type == DRAY_TYPE_UNKNOWN)
				DRAY_TRY(is_object(search, search->wanted[at].key, &has, err));
			search->out_has[search->wanted[at].at] = has;
		}
	}
	return DRAY_OK;
}

static enum dray_status read_folder(const struct search *search, const struct group *group,
	size_t *out_entries, struct dray_err *err)
{
	const char *key = search->wanted[group->begin].key;
	size_t len = folder_len(key);
	DRAY_AUTO_STR folder = len > 0 ? dray_strndup(key, len - 1) : dray_strdup(".");
	DRAY_AUTO(dirents) names = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD dir = -1;

	for (size_t i = group->begin; i < group->end; i++)
		search->out_has[search->wanted[i].at] = false;
	enum dray_status status = dray_os_open_dir(search->root, folder, &dir, err);
	if (status == DRAY_NOT_FOUND) {
		*out_entries = 0;
		return DRAY_OK;
	}
	if (status == DRAY_OK)
		status = dray_os_list(dir, folder, &names, err);
	if (status != DRAY_OK)
		return dray_frame(err, "remote '%s'", search->root_path);
	*out_entries = names.len;
	return match_names(search, group, &names, err);
}

static enum dray_status ask_group(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct search *search = ctx;
	const struct group *group = &search->groups[i];
	size_t entries = 0;

	(void)worker;
	if (search->entries != SIZE_MAX &&
		dray_dir_remote_should_list(group->end - group->begin, search->entries))
		return read_folder(search, group, &entries, err);
	return ask_each(search, group, err);
}

/* The group read to learn how full a directory is goes first and is done. */
static enum dray_status sample(struct search *search, struct dray_err *err)
{
	size_t largest = 0;

	for (size_t i = 1; i < search->group_count; i++)
		if (search->groups[i].end - search->groups[i].begin >
			search->groups[largest].end - search->groups[largest].begin)
			largest = i;
	struct group group = search->groups[largest];
	if (group.end - group.begin < SAMPLE_MIN)
		return DRAY_OK;
	DRAY_TRY(read_folder(search, &group, &search->entries, err));
	search->groups[largest] = search->groups[--search->group_count];
	return DRAY_OK;
}

static enum dray_status run_search(struct search *search, size_t count, struct dray_err *err)
{
	DRAY_TRY(sample(search, err));
	return dray_pool_run(
		count < PARALLEL_MIN ? 1 : WIDTH, search->group_count, 1, ask_group, search, err);
}

enum dray_status dray_dir_remote_exists(struct dray_remote *base, const char *const *keys,
	size_t count, bool may_guess, bool *out_has, struct dray_err *err)
{
	struct dray_dir_remote *remote = (struct dray_dir_remote *)base;
	struct search search = {.root_path = remote->path, .entries = SIZE_MAX, .out_has = out_has};

	(void)may_guess; /* asking is cheap */

	DRAY_TRY(dray_dir_remote_root(remote, false, &search.root, err));
	if (search.root < 0) {
		memset(out_has, 0, count * sizeof *out_has);
		return DRAY_OK;
	}
	sort_keys(&search, keys, count);
	enum dray_status status = run_search(&search, count, err);
	drop_search(&search);
	return status;
}
