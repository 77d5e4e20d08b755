/*
 * Members of an archive into the cache, hashed as they come out.
 *
 * 1. The whole archive is read and judged before anything of it is seen: objects are drafts until
 *    then, and go with the rest if it is refused.
 * 2. What a scan of the directory would leave out is no member of it.
 */
#include "unpack.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define PIPE_BLOCKS 4 /* one being filled, one hashed, two for when the disk stalls */

void unpacking_drop(struct unpacking *unpacking)
{
	dray_archive_reader_close(unpacking->reader);
	dray_intake_free(unpacking->intake);
	dray_rules_drop(&unpacking->rules);
	dray_hasher_free(unpacking->hasher);
	dray_scan_drop(&unpacking->scan);
	dray_strs_drop(&unpacking->folders);
	free(unpacking->is_met);
	free(unpacking->block);
}

/* ------------------------------------------------------------- which members */

static bool is_wanted(struct unpacking *unpacking, const char *name)
{
	bool is = unpacking->wanted->len == 0;

	for (size_t i = 0; i < unpacking->wanted->len; i++)
		if (dray_path_is_within(name, unpacking->wanted->items[i]))
			is = unpacking->is_met[i] = true;
	return is;
}

/* As a walk through the directory would meet it: a folder that is ignored hides what is in it. */
static bool is_ignored(const struct unpacking *unpacking, const struct dray_member *member)
{
	DRAY_AUTO_STR path = dray_path_join(unpacking->name, member->name);
	char *slash = path + strlen(unpacking->name);

	if (unpacking->rules.len == 0)
		return false;
	for (slash = strchr(slash + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool is_hidden = dray_rules_match(&unpacking->rules, path, true, NULL);
		*slash = '/';
		if (is_hidden)
			return true;
	}
	return dray_rules_match(&unpacking->rules, path, member->type == DRAY_MEMBER_DIR, NULL);
}

static enum dray_status check_member(
	const struct unpacking *unpacking, const struct dray_member *member, struct dray_err *err)
{
	const struct dray_dialect *dialect = unpacking->session->repo->dialect;
	const char *base = dray_path_basename(member->name);

	if (dray_os_is_temp(base))
		return dray_fail(err, DRAY_INVALID,
			"member '%s' has a name that is kept for temporary files", member->name);
	if (member->type == DRAY_MEMBER_LINK && !dialect->has_kinds) {
		dray_fail(err, DRAY_INVALID, "member '%s' is a symlink, which DVC does not know",
			member->name);
		return dray_hint(err, "name the members that you want");
	}
	if (member->type == DRAY_MEMBER_LINK &&
		dray_link_leads_outside(member->name, member->target))
		return dray_fail(err, DRAY_INVALID, "symlink '%s' leads outside, to '%s'",
			member->name, member->target);
	if (!dialect->has_kinds && strcmp(base, dialect->ignore_file) == 0)
		return dray_fail(
			err, DRAY_INVALID, "member '%s' would say what DVC ignores", member->name);
	if (!dialect->has_kinds && !dray_is_utf8(member->name))
		return dray_fail(err, DRAY_INVALID,
			"member '%s' has no name in UTF-8, as DVC needs it", member->name);
	return DRAY_OK;
}

/* -------------------------------------------------------------- into the cache */

/* A draft that another thread hashes and writes. */
struct drafting {
	int fd;
	const char *temp;
	struct dray_hasher *hasher;
};

static enum dray_status take_block(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	const struct drafting *drafting = ctx;

	dray_hasher_update(drafting->hasher, data, len);
	return dray_os_write(drafting->fd, data, len, drafting->temp, err);
}

/* The rest of a member, whose first `len` bytes are in the block. */
static enum dray_status pump(struct unpacking *unpacking, struct dray_pipe *pipe, size_t len,
	uint64_t *size, struct dray_err *err)
{
	const char *first = unpacking->block;

	while (len > 0) {
		char *block = dray_pipe_block(pipe);

		if (block == NULL)
			return DRAY_OK; /* why is told by dray_pipe_finish */
		if (first != NULL)
			memcpy(block, first, len);
		else
			DRAY_TRY(dray_archive_read(
				unpacking->reader, block, BLOCK_BYTES, &len, err));
		first = NULL;
		*size += len;
		dray_pipe_push(pipe, block, len);
	}
	return DRAY_OK;
}

static enum dray_status store_long(struct unpacking *unpacking, size_t len,
	struct dray_oid *out_oid, uint64_t *out_size, struct dray_err *err)
{
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;
	struct dray_err other = DRAY_ERR_INIT;

	DRAY_TRY(dray_intake_draft(unpacking->intake, &fd, &temp, err));
	struct drafting drafting = {.fd = fd, .temp = temp, .hasher = unpacking->hasher};
	struct dray_pipe *pipe = dray_pipe_new(BLOCK_BYTES, PIPE_BLOCKS, take_block, &drafting);
	*out_size = 0;
	enum dray_status status = pump(unpacking, pipe, len, out_size, err);
	enum dray_status written = dray_pipe_finish(pipe, &other);
	if (status == DRAY_OK && written != DRAY_OK) {
		*err = other;
		status = written;
	}
	dray_hasher_final(unpacking->hasher, out_oid); /* and is as new */
	if (status != DRAY_OK) {
		dray_ignore(dray_intake_keep(
			unpacking->intake, &fd, temp, NULL, &other)); /* discards */
		return status;
	}
	return dray_intake_keep(unpacking->intake, &fd, temp, out_oid, err);
}

/* Until the block is full or the member at its end. */
static enum dray_status fill_block(
	struct unpacking *unpacking, size_t *out_len, bool *out_is_all, struct dray_err *err)
{
	size_t len = 1;

	*out_len = 0;
	while (len > 0 && *out_len < BLOCK_BYTES) {
		DRAY_TRY(dray_archive_read(unpacking->reader, unpacking->block + *out_len,
			BLOCK_BYTES - *out_len, &len, err));
		*out_len += len;
	}
	*out_is_all = len == 0;
	return DRAY_OK;
}

/* What fits into a block is hashed before it is known whether it has to be written. */
static enum dray_status store_file(struct unpacking *unpacking, struct dray_oid *out_oid,
	uint64_t *out_size, struct dray_err *err)
{
	bool is_all = false;
	size_t len = 0;

	DRAY_TRY(fill_block(unpacking, &len, &is_all, err));
	if (!is_all)
		return store_long(unpacking, len, out_oid, out_size, err);
	*out_size = len;
	return dray_intake_bytes(unpacking->intake, unpacking->block, len, false, out_oid, err);
}

/* ------------------------------------------------------------------- members */

static struct dray_scan_entry *add_entry(
	struct unpacking *unpacking, const char *path, enum dray_kind kind)
{
	struct dray_scan *scan = &unpacking->scan;

	DRAY_GROW(scan->items, scan->len, scan->cap);
	struct dray_scan_entry *entry = &scan->items[scan->len++];
	*entry = (struct dray_scan_entry){
		.path = dray_arena_strndup(scan->arena, path, strlen(path)),
		.kind = (uint8_t)kind,
	};
	return entry;
}

static enum dray_status take_member(
	struct unpacking *unpacking, const struct dray_member *member, struct dray_err *err)
{
	bool has_kinds = unpacking->session->repo->dialect->has_kinds;
	bool is_exec = member->type == DRAY_MEMBER_EXEC && has_kinds;
	struct dray_oid oid;
	uint64_t size;

	if (!is_wanted(unpacking, member->name))
		return DRAY_OK;
	if (is_ignored(unpacking, member)) {
		unpacking->left_out++;
		return DRAY_OK;
	}
	DRAY_TRY(check_member(unpacking, member, err));
	if (member->type == DRAY_MEMBER_DIR) {
		if (has_kinds)
			dray_strs_add(&unpacking->folders, member->name);
		return DRAY_OK;
	}
	/* the name is gone with the next step of the reader, not before */
	struct dray_scan_entry *entry = add_entry(unpacking, member->name,
		member->type == DRAY_MEMBER_LINK ? DRAY_KIND_LINK
		: is_exec                        ? DRAY_KIND_EXEC
						 : DRAY_KIND_FILE);
	if (member->type == DRAY_MEMBER_LINK) {
		size = strlen(member->target);
		DRAY_TRY(dray_intake_bytes(
			unpacking->intake, member->target, (size_t)size, false, &oid, err));
	} else {
		DRAY_TRY(store_file(unpacking, &oid, &size, err));
	}
	entry->oid = oid;
	entry->size = size;
	entry->has_oid = true;
	dray_progress_add(&unpacking->session->report->progress, 1, 0);
	return DRAY_OK;
}

static enum dray_status take_all(struct unpacking *unpacking, struct dray_err *err)
{
	struct dray_progress *progress = &unpacking->session->report->progress;
	struct dray_member member;
	bool has_more = true;

	for (;;) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_archive_next(unpacking->reader, &has_more, &member, err));
		if (!has_more)
			return DRAY_OK;
		DRAY_TRY(take_member(unpacking, &member, err));
		atomic_store(&progress->bytes_done, dray_archive_consumed(unpacking->reader));
	}
}

/* ------------------------------------------------------------ the directory */

static int compare(const void *a, const void *b)
{
	const struct dray_scan_entry *left = a;
	const struct dray_scan_entry *right = b;

	return dray_entry_cmp(
		left->path, (enum dray_kind)left->kind, right->path, (enum dray_kind)right->kind);
}

/* Folders that hold nothing; of the others the files tell. */
static void add_empty_folders(struct unpacking *unpacking)
{
	const struct dray_scan *scan = &unpacking->scan;
	DRAY_AUTO(map) full = DRAY_MAP_INIT;

	dray_strs_sort(&unpacking->folders);
	for (size_t i = 0; i < scan->len; i++)
		for (const char *at = strchr(scan->items[i].path, '/'); at != NULL;
			at = strchr(at + 1, '/'))
			dray_map_add(
				&full, scan->items[i].path, (size_t)(at - scan->items[i].path), 0);
	for (size_t i = 0; i < unpacking->folders.len; i++)
		for (const char *at = strchr(unpacking->folders.items[i], '/'); at != NULL;
			at = strchr(at + 1, '/'))
			dray_map_add(&full, unpacking->folders.items[i],
				(size_t)(at - unpacking->folders.items[i]), 0);
	for (size_t i = 0; i < unpacking->folders.len; i++) {
		const char *folder = unpacking->folders.items[i];

		if (dray_map_peek(&full, folder, strlen(folder)) == NULL)
			add_entry(unpacking, folder, DRAY_KIND_EMPTY);
	}
}

/* ASCII only, as good as can be told without knowing the file system's own rules. */
static char *folded(const char *path)
{
	char *out = dray_strdup(path);

	for (char *at = out; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return out;
}

/* Does the file system take "a" and "A" for one? A name of ours is there to ask for. */
static bool folds_case(const struct dray_session *session)
{
	const char *folder = session->repo->dialect->folder;
	DRAY_AUTO_STR other = dray_strdup(folder);

	for (char *at = other; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	return dray_os_exists(session->repo->root_fd, other);
}

static enum dray_status check_cases(const struct unpacking *unpacking, struct dray_err *err)
{
	const struct dray_scan *scan = &unpacking->scan;
	DRAY_AUTO(map) names = DRAY_MAP_INIT;

	if (!folds_case(unpacking->session))
		return DRAY_OK;
	for (size_t i = 0; i < scan->len; i++) {
		DRAY_AUTO_STR name = folded(scan->items[i].path);

		if (!dray_map_add(&names, name, strlen(name), 0))
			return dray_fail(err, DRAY_INVALID,
				"member '%s' differs from another only by case, which this file "
				"system does not tell apart",
				scan->items[i].path);
	}
	return DRAY_OK;
}

static enum dray_status check_wanted(const struct unpacking *unpacking, struct dray_err *err)
{
	for (size_t i = 0; i < unpacking->wanted->len; i++)
		if (!unpacking->is_met[i])
			return dray_fail(err, DRAY_NOT_FOUND, "the archive has no member '%s'",
				unpacking->wanted->items[i]);
	if (unpacking->scan.len == 0)
		return dray_fail(err, DRAY_NOT_FOUND, "the archive has nothing to track");
	return DRAY_OK;
}

enum dray_status unpack(
	struct unpacking *unpacking, const struct dray_add_options *options, struct dray_err *err)
{
	const struct dray_archive_limits limits = unpack_limits(&options->limits);
	struct dray_session *session = unpacking->session;
	DRAY_AUTO_FD fd = -1;
	uint64_t size;

	unpacking->is_met = dray_calloc(unpacking->wanted->len + 1, sizeof *unpacking->is_met);
	unpacking->block = dray_alloc(BLOCK_BYTES);
	unpacking->hasher = dray_hasher_new(session->repo->dialect->algo);
	unpacking->scan.arena = dray_arena_new();
	unpacking->scan.algo = session->repo->dialect->algo;
	unpacking->scan.is_dir = unpacking->scan.is_present = true;
	DRAY_TRY(archive_file_open(options->archive, &fd, &size, err));
	DRAY_TRY(dray_archive_reader_open(fd, options->archive, &limits, &unpacking->reader, err));
	dray_progress_begin(&session->report->progress, "adding");
	dray_progress_expect(&session->report->progress, 0, size);
	DRAY_TRY(dray_repo_rules(session->repo, unpacking->name, &unpacking->rules, err));
	DRAY_TRY(dray_intake_begin(session->store, &unpacking->intake, err));
	DRAY_TRY(take_all(unpacking, err));
	add_empty_folders(unpacking);
	DRAY_TRY(check_wanted(unpacking, err));
	qsort(unpacking->scan.items, unpacking->scan.len, sizeof *unpacking->scan.items, compare);
	return check_cases(unpacking, err);
}
