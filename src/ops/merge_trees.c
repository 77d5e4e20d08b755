/*
 * Three manifests, read side by side in the order of their paths, written as one.
 *
 * 1. Where both sides gave a file to what is a folder on the other, neither can be had: a conflict.
 * 2. An empty directory is an entry of its own (native manifests). It is held back until the next
 *    path shows that it is still empty.
 */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

enum side { ANCESTOR, OURS, THEIRS, SIDES };

struct weave {
	struct dray_session *session;
	const char *name;
	struct dray_manifest_stream *streams[SIDES]; /* NULL: at its end */
	struct dray_entry heads[SIDES];              /* valid where there is a stream */
	struct dray_manifest_writer *writer;
	struct conflicts *conflicts;
	char *empty; /* a directory that is held back */
};

void conflicts_add(struct conflicts *conflicts, const char *data, const char *path)
{
	DRAY_AUTO_STR name = dray_path_join(data, path);

	if (conflicts->count++ < CONFLICTS_TOLD_MAX)
		dray_strs_add(&conflicts->names, name);
}

void conflicts_drop(struct conflicts *conflicts)
{
	dray_strs_drop(&conflicts->names);
}

static void weave_drop(struct weave *weave)
{
	for (size_t i = 0; i < SIDES; i++)
		dray_manifest_close(weave->streams[i]);
	dray_manifest_writer_free(weave->writer);
	free(weave->empty);
}

static enum dray_status advance(struct weave *weave, enum side side, struct dray_err *err)
{
	bool has_more;

	if (weave->streams[side] == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_manifest_pull(weave->streams[side], &has_more, &weave->heads[side], err));
	if (!has_more) {
		dray_manifest_close(weave->streams[side]);
		weave->streams[side] = NULL;
	}
	return DRAY_OK;
}

/* ------------------------------------------------------------------- deciding */

static bool is_same_object(const struct dray_entry *a, const struct dray_entry *b)
{
	return a->kind == DRAY_KIND_EMPTY || dray_oid_is_equal(&a->oid, &b->oid);
}

/* NULL is "not there". */
static bool is_same(const struct dray_entry *a, const struct dray_entry *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->kind == b->kind && is_same_object(a, b);
}

static bool is_regular(const struct dray_entry *entry)
{
	return entry != NULL && (entry->kind == DRAY_KIND_FILE || entry->kind == DRAY_KIND_EXEC);
}

/* One side changed the bytes, the other the execute bit. */
static bool mix(const struct dray_entry *const sides[SIDES], struct dray_entry *out)
{
	if (!is_regular(sides[ANCESTOR]) || !is_regular(sides[OURS]) || !is_regular(sides[THEIRS]))
		return false;
	bool has_ours = !is_same_object(sides[ANCESTOR], sides[OURS]);
	if (has_ours && !is_same_object(sides[ANCESTOR], sides[THEIRS]) &&
		!is_same_object(sides[OURS], sides[THEIRS]))
		return false;
	*out = *sides[has_ours ? OURS : THEIRS];
	/* two kinds: what differs from the ancestor's is the change */
	if (sides[OURS]->kind != sides[ANCESTOR]->kind ||
		sides[THEIRS]->kind != sides[ANCESTOR]->kind)
		out->kind =
			sides[ANCESTOR]->kind == DRAY_KIND_FILE ? DRAY_KIND_EXEC : DRAY_KIND_FILE;
	return true;
}

/* False: a conflict. *out_has is false where the outcome is that nothing is there. */
static bool decide(
	const struct dray_entry *const sides[SIDES], struct dray_entry *out, bool *out_has)
{
	const struct dray_entry *taken;

	if (is_same(sides[OURS], sides[THEIRS]) || is_same(sides[ANCESTOR], sides[THEIRS]))
		taken = sides[OURS];
	else if (is_same(sides[ANCESTOR], sides[OURS]))
		taken = sides[THEIRS];
	else
		return *out_has = mix(sides, out);
	*out_has = taken != NULL;
	if (taken != NULL)
		*out = *taken;
	return true;
}

/* -------------------------------------------------------------------- writing */

static enum dray_status put(
	struct weave *weave, const struct dray_entry *entry, struct dray_err *err)
{
	struct dray_entry sized = *entry;

	/* DVC's manifests know no sizes; what is in the cache does */
	if (entry->kind != DRAY_KIND_EMPTY)
		sized.size = dray_store_size(weave->session->store, &entry->oid, entry->size);
	enum dray_status status = dray_manifest_add(weave->writer, &sized, err);
	if (status != DRAY_INVALID)
		return status;
	conflicts_add(weave->conflicts, weave->name, entry->path);
	return DRAY_OK;
}

/* The directory that is held back is empty, unless `next` (NULL: the end) lies in it. */
static enum dray_status settle_empty(struct weave *weave, const char *next, struct dray_err *err)
{
	DRAY_AUTO_STR empty = weave->empty;

	weave->empty = NULL;
	if (empty == NULL || (next != NULL && dray_path_is_within(next, empty)))
		return DRAY_OK;
	return put(weave, &(struct dray_entry){.path = empty, .kind = DRAY_KIND_EMPTY}, err);
}

static enum dray_status emit(
	struct weave *weave, const struct dray_entry *entry, struct dray_err *err)
{
	DRAY_TRY(settle_empty(weave, entry->path, err));
	if (entry->kind != DRAY_KIND_EMPTY)
		return put(weave, entry, err);
	weave->empty = dray_strdup(entry->path);
	return DRAY_OK;
}

/* -------------------------------------------------------------------- merging */

/* The heads with the first path, NULL for the other sides; false at the end of all. */
static bool pick(const struct weave *weave, const struct dray_entry *out_sides[SIDES])
{
	const struct dray_entry *first = NULL;

	for (size_t i = 0; i < SIDES; i++) {
		const struct dray_entry *head = &weave->heads[i];

		if (weave->streams[i] != NULL &&
			(first == NULL || dray_entry_cmp(head->path, head->kind, first->path,
						  first->kind) < 0))
			first = head;
	}
	for (size_t i = 0; i < SIDES; i++) {
		const struct dray_entry *head = &weave->heads[i];
		bool is_first = weave->streams[i] != NULL && dray_entry_cmp(head->path, head->kind,
								     first->path, first->kind) == 0;

		out_sides[i] = is_first ? head : NULL;
	}
	return first != NULL;
}

static enum dray_status step(
	struct weave *weave, const struct dray_entry *const sides[SIDES], struct dray_err *err)
{
	struct dray_entry entry = {.path = NULL};
	bool has_entry;

	DRAY_TRY(dray_os_check_cancel(err));
	if (!decide(sides, &entry, &has_entry)) {
		const struct dray_entry *any = sides[OURS] != NULL ? sides[OURS] : sides[THEIRS];

		conflicts_add(weave->conflicts, weave->name, any->path);
	} else if (has_entry) {
		DRAY_TRY(emit(weave, &entry, err));
	}
	for (enum side side = ANCESTOR; side < SIDES; side++)
		if (sides[side] != NULL)
			DRAY_TRY(advance(weave, side, err));
	return DRAY_OK;
}

static enum dray_status weave_all(struct weave *weave, const struct tree_merge *merge,
	struct tree_merged *out, struct dray_err *err)
{
	const struct dray_oid *const oids[] = {merge->ancestor, merge->ours, merge->theirs};
	const struct dray_entry *sides[SIDES];

	for (enum side side = ANCESTOR; side < SIDES; side++) {
		if (oids[side] != NULL)
			DRAY_TRY(dray_manifest_open(weave->session->repo, oids[side], merge->name,
				&weave->streams[side], err));
		DRAY_TRY(advance(weave, side, err));
	}
	while (pick(weave, sides))
		DRAY_TRY(step(weave, sides, err));
	DRAY_TRY(settle_empty(weave, NULL, err));
	return dray_manifest_finish(weave->writer, &out->oid, &out->size, &out->files, err);
}

struct sink {
	int fd;
	const char *path;
};

static enum dray_status write_to(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	const struct sink *sink = ctx;

	return dray_os_write(sink->fd, data, len, sink->path, err);
}

static enum dray_status merge_into(struct dray_session *session, const struct tree_merge *merge,
	struct dray_intake *intake, struct conflicts *conflicts, struct tree_merged *out,
	struct dray_err *err)
{
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;
	struct tree_merged merged = {.size = UINT64_MAX};
	size_t before = conflicts->count;

	DRAY_TRY(dray_intake_draft(intake, &fd, &temp, err));
	struct sink sink = {.fd = fd, .path = temp};
	struct weave weave = {
		.session = session,
		.name = merge->name,
		.conflicts = conflicts,
		.writer = dray_manifest_writer_new(
			(enum dray_algo)merge->ours->algo, write_to, &sink),
	};
	enum dray_status status = weave_all(&weave, merge, &merged, err);
	weave_drop(&weave);
	struct dray_err unused = DRAY_ERR_INIT;
	if (status != DRAY_OK || conflicts->count > before) {
		dray_ignore(dray_intake_keep(intake, &fd, temp, NULL, &unused)); /* discards */
		return status;
	}
	DRAY_TRY(dray_intake_keep(intake, &fd, temp, &merged.oid, err));
	DRAY_TRY(dray_intake_commit(intake, err));
	*out = merged;
	return DRAY_OK;
}

enum dray_status trees_merge(struct dray_session *session, const struct tree_merge *merge,
	struct conflicts *conflicts, struct tree_merged *out, struct dray_err *err)
{
	struct dray_intake *intake = NULL;

	DRAY_TRY(dray_intake_begin(session->store, &intake, err));
	enum dray_status status = merge_into(session, merge, intake, conflicts, out, err);
	dray_intake_free(intake);
	return status;
}
