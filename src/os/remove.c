/*
 * Removing a whole tree, depth first without recursion.
 *
 * 1. A folder is entered part by part from the top, never through a link
 *    (dray_os_open_beneath): swapping one in meanwhile leads nowhere.
 * 2. Each folder is listed once, however many folders it holds.
 * 3. The stack holds lists, not descriptors: any depth will do, also below
 *    what fits into one path.
 */
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct level {
	struct dray_dirents dirents;
	size_t next;
	size_t name_len;  /* what removal.name holds above this folder */
	bool was_emptied; /* dirents.items[next], by the level below */
};

struct dray_removal {
	int top;              /* the tree's root */
	struct dray_buf name; /* of the folder at hand, below `top` */
	struct level *levels;
	size_t len;
	size_t cap;
};

static void dray_removal_drop(struct dray_removal *removal)
{
	for (size_t i = 0; i < removal->len; i++)
		dray_dirents_drop(&removal->levels[i].dirents);
	free(removal->levels);
	dray_buf_drop(&removal->name);
	dray_fd_release(&removal->top);
}

static void enter(struct dray_removal *removal, const char *part)
{
	size_t name_len = removal->name.len;

	if (name_len > 0)
		dray_buf_putc(&removal->name, '/');
	dray_buf_puts(&removal->name, part);
	DRAY_GROW(removal->levels, removal->len, removal->cap);
	removal->levels[removal->len++] = (struct level){.name_len = name_len};
}

static void leave(struct dray_removal *removal)
{
	struct level *level = &removal->levels[--removal->len];

	dray_dirents_drop(&level->dirents);
	removal->name.len = level->name_len;
	removal->name.data[level->name_len] = '\0';
	if (removal->len > 0)
		removal->levels[removal->len - 1].was_emptied = true;
}

/* Remove what `name` is; *out_is_full if it is a folder with something in it. */
static enum dray_status remove_entry(
	int dir, const char *name, bool *out_is_full, struct dray_err *err)
{
	*out_is_full = false;
	if (dray_os.unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return DRAY_OK;
	if (errno != EISDIR) /* what Linux says of a folder; EPERM is a refusal (unlink(2)) */
		return dray_os_fail(err, errno, "remove", name);
	if (dray_os.unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return DRAY_OK;
	*out_is_full = errno == ENOTEMPTY || errno == EEXIST;
	return *out_is_full ? DRAY_OK : dray_os_fail(err, errno, "remove directory", name);
}

/* Go on in the innermost folder until one below it has to be emptied first, or it is empty. */
static enum dray_status advance(struct dray_removal *removal, struct dray_err *err)
{
	struct level *level = &removal->levels[removal->len - 1];
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(
		dray_os_open_beneath(removal->top, dray_buf_text(&removal->name), false, &fd, err));
	if (level->dirents.arena == NULL)
		DRAY_TRY(dray_os_list(fd, dray_buf_text(&removal->name), &level->dirents, err));
	for (; level->next < level->dirents.len; level->next++) {
		const char *name = level->dirents.items[level->next].name;
		bool is_full;

		DRAY_TRY(remove_entry(fd, name, &is_full, err));
		if (is_full && level->was_emptied) /* somebody fills what we empty */
			return dray_os_fail(err, ENOTEMPTY, "remove directory", name);
		level->was_emptied = false;
		if (is_full) {
			enter(removal, name);
			return DRAY_OK;
		}
	}
	leave(removal);
	return DRAY_OK;
}

enum dray_status dray_os_remove_tree(int dir, const char *path, struct dray_err *err)
{
	DRAY_AUTO(removal) removal = {.top = -1};
	bool is_full;

	DRAY_TRY(remove_entry(dir, path, &is_full, err));
	if (!is_full)
		return DRAY_OK;
	DRAY_TRY(
		dray_os_open(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &removal.top, err));
	enter(&removal, "");
	while (removal.len > 0)
		DRAY_TRY(advance(&removal, err));
	return dray_os_rmdir(dir, path, err);
}
