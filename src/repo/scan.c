/*
 * A snapshot of tracked data in the workspace, in the order of a manifest.
 *
 *  1. list: folders breadth first, each level in parallel; every folder's
 *     names are sorted, a subfolder as "name/", so that
 *  2. flatten: a depth-first pass gives all paths in raw byte order;
 *  3. stat: in parallel, one call per file.
 *
 * Nothing is opened but folders. Names come from a file system, not from a
 * repository, but they end up in a manifest: each is checked.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

struct folder {
	char *path; /* below the tracked directory; "" for itself */
	struct child {
		const char *name; /* in dirents' arena */
		size_t folder;    /* index of a subfolder, or 0 */
		uint8_t type;
	} * children;
	size_t len;
	struct dray_dirents dirents;
};

struct walk {
	struct dray_repo *repo;
	struct dray_scan *scan;
	const struct dray_rules *rules;
	int fd; /* the tracked directory */
	struct folder *folders;
	size_t len;
	size_t cap;
	size_t level_from; /* folders of the level being listed */
};

static void walk_drop(struct walk *walk)
{
	for (size_t i = 0; i < walk->len; i++) {
		free(walk->folders[i].path);
		free(walk->folders[i].children);
		dray_dirents_drop(&walk->folders[i].dirents);
	}
	free(walk->folders);
	dray_fd_release(&walk->fd);
}

/* '/' behind a folder's name, as it will stand in its files' paths. */
static int compare_children(const void *a, const void *b)
{
	const struct child *left = a;
	const struct child *right = b;

	return dray_entry_cmp(left->name,
		left->type == DRAY_TYPE_DIR ? DRAY_KIND_EMPTY : DRAY_KIND_FILE, right->name,
		right->type == DRAY_TYPE_DIR ? DRAY_KIND_EMPTY : DRAY_KIND_FILE);
}

/* What a killed command left goes, if nobody else can be at work; it is never data. */
static bool is_litter(const struct walk *walk, int fd, const char *basename, uint8_t type)
{
	struct dray_err unused = DRAY_ERR_INIT;

	if (!dray_os_is_temp(basename))
		return false;
	if (walk->repo->is_locked && type != DRAY_TYPE_DIR)
		dray_ignore(
			dray_os_unlink(fd, basename, &unused)); /* the next command tries again */
	return true;
}

static bool is_skipped(
	const struct walk *walk, int fd, const char *folder, const char *basename, uint8_t type)
{
	bool is_dir = type == DRAY_TYPE_DIR;

	if (strcmp(basename, ".git") == 0 || is_litter(walk, fd, basename, type) ||
		(is_dir && strcmp(basename, walk->repo->dialect->folder) == 0))
		return true;
	if (walk->rules->len == 0)
		return false;
	DRAY_AUTO_STR inside = dray_path_join(folder, basename);
	DRAY_AUTO_STR name = dray_path_join(walk->scan->name, inside);
	return dray_rules_match(walk->rules, name, is_dir, NULL);
}

static enum dray_status resolve_type(int fd, struct dray_dirent *entry, struct dray_err *err)
{
	struct dray_stat stat;

	if (entry->type == DRAY_TYPE_UNKNOWN) {
		DRAY_TRY(dray_os_stat(fd, entry->name, &stat, err));
		entry->type = stat.type;
	}
	return DRAY_OK;
}

/* Where links count as what they lead to, those to directories are not entered. */
static bool is_link_to_dir(const struct walk *walk, int fd, const struct dray_dirent *entry)
{
	return entry->type == DRAY_TYPE_LINK && !walk->repo->dialect->has_kinds &&
	       dray_os_is_dir(fd, entry->name);
}

static enum dray_status list_folder(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct walk *walk = ctx;
	struct folder *folder = &walk->folders[walk->level_from + i];
	DRAY_AUTO_FD fd = -1;

	(void)worker;
	DRAY_TRY(dray_os_open(walk->fd, *folder->path ? folder->path : ".",
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder->path, &folder->dirents, err));
	folder->children = dray_calloc(folder->dirents.len, sizeof *folder->children);
	for (size_t at = 0; at < folder->dirents.len; at++) {
		struct dray_dirent *entry = &folder->dirents.items[at];

		DRAY_TRY(resolve_type(fd, entry, err));
		if (is_skipped(walk, fd, folder->path, entry->name, entry->type) ||
			is_link_to_dir(walk, fd, entry))
			continue;
		folder->children[folder->len++] =
			(struct child){.name = entry->name, .type = entry->type};
	}
	if (folder->len > 0)
		qsort(folder->children, folder->len, sizeof *folder->children, compare_children);
	return DRAY_OK;
}

static size_t add_folder(struct walk *walk, char *path)
{
	DRAY_GROW(walk->folders, walk->len, walk->cap);
	walk->folders[walk->len] = (struct folder){.path = path};
	return walk->len++;
}

/* Is this subfolder on the way to, or below, what is wanted? */
static bool is_wanted(const char *path, const char *within)
{
	return within == NULL || dray_path_is_within(path, within) ||
	       dray_path_is_within(within, path);
}

/* The subfolders of the level just listed become the next one. */
static void add_level(struct walk *walk, size_t from, size_t to, const char *within)
{
	for (size_t i = from; i < to; i++)
		for (size_t at = 0; at < walk->folders[i].len; at++) {
			struct child *child = &walk->folders[i].children[at];

			if (child->type != DRAY_TYPE_DIR)
				continue;
			char *path = dray_path_join(walk->folders[i].path, child->name);
			if (is_wanted(path, within)) {
				size_t below = add_folder(walk, path);

				walk->folders[i].children[at].folder = below;
			} else {
				free(path);
			}
		}
}

static enum dray_status list_all(
	struct walk *walk, const struct dray_scan_options *options, struct dray_err *err)
{
	size_t from = 0;

	add_folder(walk, dray_strdup(""));
	while (from < walk->len) {
		size_t to = walk->len;

		walk->level_from = from;
		DRAY_TRY(dray_pool_run(options->jobs, to - from, 1, list_folder, walk, err));
		add_level(walk, from, to, options->within);
		from = to;
	}
	return DRAY_OK;
}

static enum dray_status add_entry(
	struct dray_scan *scan, const char *path, uint8_t type, struct dray_err *err)
{
	uint8_t kind = type == DRAY_TYPE_DIR    ? DRAY_KIND_EMPTY
		       : type == DRAY_TYPE_LINK ? DRAY_KIND_LINK
						: DRAY_KIND_FILE;

	if (type == DRAY_TYPE_OTHER) {
		dray_fail(err, DRAY_UNSUPPORTED,
			"'%s/%s' is a FIFO, socket or device, which cannot be versioned",
			scan->name, path);
		return dray_hint(err, "move it away or name it in .drayignore");
	}
	enum dray_status status = dray_name_check(path, err);
	if (status != DRAY_OK)
		return dray_frame(err, "in '%s'", scan->name);
	DRAY_GROW(scan->items, scan->len, scan->cap);
	scan->items[scan->len++] = (struct dray_scan_entry){
		.path = dray_arena_strndup(scan->arena, path, strlen(path)),
		.kind = kind,
	};
	return DRAY_OK;
}

/* One child of a folder, in order: a file, or a subfolder to go down to (*out_down). */
static enum dray_status flatten_child(struct walk *walk, const struct folder *folder,
	const struct child *child, const char *within, size_t *out_down, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(folder->path, child->name);

	if (child->type == DRAY_TYPE_DIR && child->folder != 0 &&
		walk->folders[child->folder].len > 0) {
		*out_down = child->folder;
		return DRAY_OK;
	}
	if (within != NULL && !dray_path_is_within(path, within))
		return DRAY_OK;
	if (child->type == DRAY_TYPE_DIR && !walk->repo->dialect->has_kinds)
		return DRAY_OK; /* an empty directory */
	return add_entry(walk->scan, path, child->type, err);
}

static enum dray_status flatten(struct walk *walk, const char *within, struct dray_err *err)
{
	struct step {
		size_t folder;
		size_t child;
	} *stack = NULL;
	size_t depth = 0;
	size_t cap = 0;
	enum dray_status status = DRAY_OK;

	DRAY_GROW(stack, depth, cap);
	stack[depth++] = (struct step){.folder = 0};
	while (depth > 0 && status == DRAY_OK) {
		struct step *top = &stack[depth - 1];
		const struct folder *folder = &walk->folders[top->folder];
		size_t down = 0;

		if (top->child == folder->len) {
			depth--;
			continue;
		}
		status = flatten_child(
			walk, folder, &folder->children[top->child++], within, &down, err);
		if (down != 0) {
			DRAY_GROW(stack, depth, cap);
			stack[depth++] = (struct step){.folder = down};
		}
	}
	free(stack);
	return status;
}

void dray_scan_entry_set_stat(struct dray_scan_entry *entry, const struct dray_stat *stat)
{
	entry->size = stat->type == DRAY_TYPE_DIR ? 0 : stat->size; /* a manifest says 0 */
	entry->mtime_ns = stat->mtime_ns;
	/* a new or removed link elsewhere moves the ctime of an inode shared with the cache; such
	   files are read-only, and writing to one takes a chmod that shows here */
	entry->ctime_ns = (stat->mode & 0222) != 0 ? stat->ctime_ns : 0;
	entry->ino = stat->ino;
	entry->dev = stat->dev;
	entry->is_sparse = stat->disk_bytes < stat->size;
	if (stat->type == DRAY_TYPE_LINK)
		entry->kind = DRAY_KIND_LINK;
	if (stat->type == DRAY_TYPE_FILE)
		entry->kind = (stat->mode & S_IXUSR) ? DRAY_KIND_EXEC : DRAY_KIND_FILE;
}

void dray_scan_entry_set_placed(struct dray_scan_entry *entry, const struct dray_stat *stat)
{
	uint64_t size = entry->size;
	uint8_t kind = entry->kind;

	dray_scan_entry_set_stat(entry, stat);
	entry->is_cache_link = stat->type == DRAY_TYPE_LINK;
	if (entry->is_cache_link) {
		entry->size = size;
		entry->kind = kind;
	}
}

bool dray_scan_entry_is_unmoved(const struct dray_scan_entry *entry, const struct dray_stat *now)
{
	bool is_link = entry->is_cache_link || entry->kind == DRAY_KIND_LINK;

	if (entry->is_followed)
		return now->type == DRAY_TYPE_LINK; /* what is lost with it is no more than that */
	return is_link == (now->type == DRAY_TYPE_LINK) && entry->mtime_ns == now->mtime_ns &&
	       entry->ino == now->ino && (entry->is_cache_link || entry->size == now->size);
}

bool dray_link_leads_outside(const char *path, const char *target)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	DRAY_AUTO_STR joined = dray_path_join(folder, target);
	DRAY_AUTO_STR end = dray_path_normalise(joined);

	return dray_path_is_absolute(target) || strcmp(end, "..") == 0 ||
	       strncmp(end, "../", 3) == 0;
}

/* A link into a cache that was moved or is another's: the object is told by its name all the same.
 */
static bool parse_foreign_link(const char *target, struct dray_oid *out_oid)
{
	const char *key = dray_oid_find_key(target, out_oid);

	return *target == '/' && key != NULL;
}

/* The file that a link leads to, as if it were here; a dangling link stays what it is. */
static void follow(int dir, const char *path, struct dray_scan_entry *entry)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	if (dray_os_stat_target(dir, path, &stat, &unused) != DRAY_OK ||
		stat.type != DRAY_TYPE_FILE)
		return;
	dray_scan_entry_set_stat(entry, &stat);
	entry->is_followed = true;
	entry->has_oid = false;
	entry->leads_outside = false;
}

/* A symlink is content of ours in disguise, or a link to be kept. */
static enum dray_status read_link(struct walk *walk, int dir, const char *path,
	struct dray_scan_entry *entry, struct dray_err *err)
{
	DRAY_AUTO_STR target = NULL;
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(dray_os_readlink(dir, path, &target, err));
	entry->has_oid = true;
	if (dray_store_parse_link(walk->repo->store, target, &entry->oid) &&
		entry->oid.algo == (uint8_t)walk->scan->algo) {
		entry->kind = DRAY_KIND_FILE;
		entry->is_cache_link = true;
		dray_ignore(dray_store_check(walk->repo->store, &entry->oid, UINT64_MAX,
			&entry->size,
			&unused)); /* absent: the size stays that of the link, the hash tells */
		return DRAY_OK;
	}
	entry->leads_outside = dray_link_leads_outside(entry->path, target);
	if (!parse_foreign_link(target, &entry->oid) ||
		entry->oid.algo != (uint8_t)walk->scan->algo)
		dray_hash(walk->scan->algo, target, strlen(target), &entry->oid);
	if (!walk->repo->dialect->has_kinds)
		follow(dir, path, entry);
	return DRAY_OK;
}

static enum dray_status stat_entry(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct walk *walk = ctx;
	struct dray_scan_entry *entry = &walk->scan->items[i];
	struct dray_stat stat;

	(void)worker;
	DRAY_TRY(dray_os_stat(walk->fd, entry->path, &stat, err));
	dray_scan_entry_set_stat(entry, &stat);
	if (stat.type == DRAY_TYPE_LINK)
		return read_link(walk, walk->fd, entry->path, entry, err);
	return DRAY_OK;
}

static enum dray_status scan_dir(
	struct walk *walk, const struct dray_scan_options *options, struct dray_err *err)
{
	/* the directory itself was found by lstat: anything in between that became a link is
	 * refused */
	DRAY_TRY(
		dray_os_open_beneath(walk->repo->root_fd, walk->scan->name, false, &walk->fd, err));
	DRAY_TRY(list_all(walk, options, err));
	DRAY_TRY(flatten(walk, options->within, err));
	DRAY_TRY(dray_pool_run(options->jobs, walk->scan->len, 256, stat_entry, walk, err));
	dray_index_apply(walk->repo, walk->scan, options->within);
	return DRAY_OK;
}

/* A single tracked file: an entry with an empty path. */
static enum dray_status scan_file(
	struct walk *walk, const struct dray_stat *stat, struct dray_err *err)
{
	struct dray_scan *scan = walk->scan;

	if (stat->type == DRAY_TYPE_OTHER)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s' is a FIFO, socket or device, which cannot be versioned", scan->name);
	DRAY_GROW(scan->items, scan->len, scan->cap);
	struct dray_scan_entry *entry = &scan->items[scan->len++];
	*entry = (struct dray_scan_entry){.path = ""};
	dray_scan_entry_set_stat(entry, stat);
	if (stat->type == DRAY_TYPE_LINK)
		DRAY_TRY(read_link(walk, walk->repo->root_fd, scan->name, entry, err));
	singles_apply(walk->repo, scan->name, scan->algo, entry);
	scan->is_known = entry->has_oid;
	return DRAY_OK;
}

/* A pointer may name any path: one that passes through a symlink is not looked at. */
static enum dray_status stat_data(
	const struct walk *walk, struct dray_stat *out, struct dray_err *err)
{
	const char *name = walk->scan->name;
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO_FD dir = -1;

	if (*folder == '\0')
		return dray_os_stat(walk->repo->root_fd, *name ? name : ".", out, err);
	DRAY_TRY(dray_os_open_beneath(walk->repo->root_fd, folder, false, &dir, err));
	return dray_os_stat(dir, dray_path_basename(name), out, err);
}

static enum dray_status scan_present(
	struct walk *walk, const struct dray_scan_options *options, struct dray_err *err)
{
	struct dray_scan *scan = walk->scan;
	struct dray_stat stat;
	struct dray_store *store;

	DRAY_TRY(dray_repo_store(walk->repo, &store, err));
	enum dray_status status = stat_data(walk, &stat, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	scan->is_present = true;
	scan->is_dir = stat.type == DRAY_TYPE_DIR;
	return scan->is_dir ? scan_dir(walk, options, err) : scan_file(walk, &stat, err);
}

enum dray_status dray_scan_walk(struct dray_repo *repo, const char *name,
	const struct dray_scan_options *options, struct dray_scan *out, struct dray_err *err)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
	DRAY_AUTO(scan) scan = {
		.name = dray_strdup(name),
		.arena = dray_arena_new(),
		.started_ns = dray_os_now_ns(),
		.algo = options->like != NULL ? (enum dray_algo)options->like->algo
					      : repo->dialect->algo,
	};
	struct walk walk = {.repo = repo, .scan = &scan, .rules = &rules, .fd = -1};

	DRAY_TRY(dray_repo_rules(repo, name, &rules, err));
	enum dray_status status = scan_present(&walk, options, err);
	walk_drop(&walk);
	DRAY_TRY(status);
	*out = scan;
	scan = (struct dray_scan)DRAY_SCAN_INIT;
	return DRAY_OK;
}

void dray_scan_drop(struct dray_scan *scan)
{
	free(scan->name);
	free(scan->items);
	dray_arena_free(scan->arena);
	*scan = (struct dray_scan)DRAY_SCAN_INIT;
}
