/*
 * From goals to objects: directories are expanded by the manifests in the
 * cache. A manifest came from somebody else's machine; the reader refuses
 * what is malformed, and nothing here follows its paths.
 */
#include "transfer.h"

#define CANCEL_EVERY 4096

static void add_goal(struct dray_transfer *transfer, size_t at)
{
	const struct dray_goal *goal = &transfer->goals[at];

	if (!goal->oid.is_dir) {
		dray_plan_add(&transfer->files, at, NULL, &goal->oid, goal->size);
		return;
	}
	/* The goal's size is that of all its files; the manifest's own is not known. */
	struct dray_plan_item *item =
		dray_plan_add(&transfer->manifests, at, NULL, &goal->oid, UINT64_MAX);
	item->is_whole = item->is_whole || dray_goal_is_whole(goal);
}

void dray_transfer_init(struct dray_transfer *transfer, struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options)
{
	*transfer = (struct dray_transfer){
		.store = store,
		.remote = remote,
		.options = options,
		.goals = goals,
		.goal_count = count,
		.soft = DRAY_ERR_INIT,
	};
	dray_plan_init(&transfer->manifests, goals);
	dray_plan_init(&transfer->files, goals);
	for (size_t i = 0; i < count; i++)
		add_goal(transfer, i);
	dray_plan_seal(&transfer->manifests);
}

void dray_transfer_drop(struct dray_transfer *transfer)
{
	dray_intake_free(transfer->intake);
	transfer->intake = NULL;
	dray_plan_drop(&transfer->manifests);
	dray_plan_drop(&transfer->files);
}

/* ------------------------------------------------------- reading a manifest */

struct source {
	int fd;
	const char *name;
};

static enum dray_status read_object(
	void *ctx, void *buf, size_t cap, size_t *out_len, struct dray_err *err)
{
	const struct source *source = ctx;

	return dray_os_read(source->fd, buf, cap, source->name, out_len, err);
}

static enum dray_status read_entries(struct dray_manifest_reader *reader,
	const struct dray_goal *goal, dray_entry_fn fn, void *ctx, struct dray_err *err)
{
	struct dray_entry entry;
	bool is_found = dray_goal_is_whole(goal); /* an empty directory is whole */
	bool is_more = true;

	for (size_t i = 0;; i++) {
		if (i % CANCEL_EVERY == 0)
			DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_manifest_next(reader, &is_more, &entry, err));
		if (!is_more)
			break;
		if (!dray_goal_has(goal, entry.path))
			continue;
		is_found = true;
		if (entry.kind != DRAY_KIND_EMPTY)
			DRAY_TRY(fn(ctx, &entry, err));
	}
	if (!is_found)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' has no '%s'", goal->name, goal->within);
	return DRAY_OK;
}

enum dray_status dray_transfer_read_manifest(struct dray_transfer *transfer,
	const struct dray_goal *goal, dray_entry_fn fn, void *ctx, struct dray_err *err)
{
	struct source source = {.fd = -1, .name = goal->name};

	enum dray_status status =
		dray_store_open_object(transfer->store, &goal->oid, &source.fd, err);
	if (status != DRAY_OK)
		return dray_frame(err, "manifest of '%s'", goal->name);
	struct dray_manifest_reader *reader = dray_manifest_reader_new(
		(enum dray_algo)goal->oid.algo, read_object, &source, goal->name);
	status = read_entries(reader, goal, fn, ctx, err);
	dray_manifest_reader_free(reader);
	dray_fd_release(&source.fd);
	return status;
}

/* -------------------------------------------------------- adding its files */

struct expansion {
	struct dray_plan *files;
	size_t goal;
	bool is_vouched;
};

static enum dray_status add_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct expansion *expansion = ctx;
	struct dray_plan_item *item = dray_plan_add(
		expansion->files, expansion->goal, entry->path, &entry->oid, entry->size);

	(void)err;
	item->is_remote = item->is_remote || expansion->is_vouched;
	return DRAY_OK;
}

enum dray_status dray_transfer_expand(
	struct dray_transfer *transfer, bool skip_vouched, struct dray_err *err)
{
	for (size_t i = 0; i < transfer->goal_count; i++) {
		const struct dray_goal *goal = &transfer->goals[i];
		if (!goal->oid.is_dir)
			continue;
		struct dray_plan_item *manifest = dray_plan_peek(&transfer->manifests, &goal->oid);
		if (!manifest->is_cached || (skip_vouched && manifest->is_remote))
			continue;
		/* Many revisions may share a manifest: once is enough. */
		if (dray_goal_is_whole(goal) && manifest->is_expanded)
			continue;
		struct expansion expansion = {
			&transfer->files, i, manifest->is_remote && !transfer->options->asks_all};
		DRAY_TRY(dray_transfer_read_manifest(transfer, goal, add_entry, &expansion, err));
		manifest->is_expanded = manifest->is_expanded || dray_goal_is_whole(goal);
	}
	return DRAY_OK;
}
