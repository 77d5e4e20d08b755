/*
 * Tracked data of another repository into our cache, where both name objects the same way: object
 * by object, without a file of the workspace being written.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

bool parts_are_objects(const struct dray_parts *parts, enum dray_algo algo)
{
	for (size_t i = 0; i < parts->len; i++)
		if (parts->items[i].file != NULL ||
			(parts->items[i].kind != DRAY_KIND_EMPTY &&
				(!parts->items[i].has_oid || parts->items[i].oid.algo != algo)))
			return false;
	return parts->len > 0;
}

static bool is_supplied_by(const struct dray_part *part, const struct dray_supply *supply)
{
	return part->supply == supply && part->kind != DRAY_KIND_EMPTY;
}

/* The objects of one supply. */
static enum dray_status fetch_from(struct dray_session *session,
	const struct dray_supplies *supplies, const struct dray_supply *supply,
	const struct dray_parts *parts, struct dray_err *err)
{
	struct dray_goal *goals = dray_calloc(parts->len + 1, sizeof *goals);
	enum dray_status status = DRAY_OK;
	size_t count = 0;

	for (size_t i = 0; i < parts->len; i++)
		if (is_supplied_by(&parts->items[i], supply))
			goals[count++] = (struct dray_goal){
				.name = *parts->items[i].path != '\0' ? parts->items[i].path
								      : parts->items[i].track->name,
				.oid = parts->items[i].oid,
				.size = parts->items[i].has_size ? parts->items[i].size
								 : UINT64_MAX,
			};
	if (count > 0)
		status = supply_fetch(supplies, supply, session->store, goals, count, err);
	free(goals);
	return status;
}

/* ------------------------------------------------------------------ manifest */

static int compare_entries(const void *a, const void *b)
{
	const struct dray_part *left = a;
	const struct dray_part *right = b;

	return dray_entry_cmp(
		left->path, (enum dray_kind)left->kind, right->path, (enum dray_kind)right->kind);
}

static enum dray_status put_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)err;
	dray_buf_add(ctx, data, len);
	return DRAY_OK;
}

static enum dray_status write_entries(
	struct dray_manifest_writer *writer, const struct dray_parts *parts, struct dray_err *err)
{
	for (size_t i = 0; i < parts->len; i++) {
		const struct dray_part *part = &parts->items[i];
		const struct dray_entry entry = {
			.path = part->path,
			.oid = part->oid,
			.size = part->has_size ? part->size : UINT64_MAX,
			.kind = (enum dray_kind)part->kind,
		};

		DRAY_TRY(dray_manifest_add(writer, &entry, err));
	}
	return DRAY_OK;
}

static enum dray_status store_bytes(
	struct dray_session *session, const struct dray_buf *text, struct dray_err *err)
{
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	DRAY_TRY(dray_intake_begin(session->store, &intake, err));
	enum dray_status status = dray_intake_bytes(intake, text->data, text->len, true, &oid, err);
	if (status == DRAY_OK)
		status = dray_intake_commit(intake, err);
	dray_intake_free(intake);
	return status;
}

/* A list of the files as the directory that they are here. Reorders the parts. */
enum dray_status parts_list(struct dray_session *session, struct dray_parts *parts,
	struct dray_out *out, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	uint64_t size = 0, files = 0;
	struct dray_oid oid;

	qsort(parts->items, parts->len, sizeof *parts->items, compare_entries);
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(session->repo->dialect->algo, put_bytes, &text);
	enum dray_status status = write_entries(writer, parts, err);
	if (status == DRAY_OK)
		status = dray_manifest_finish(writer, &oid, &size, &files, err);
	dray_manifest_writer_free(writer);
	DRAY_TRY(status);
	DRAY_TRY(store_bytes(session, &text, err));
	out->oid = oid;
	out->has_oid = true;
	out->nfiles = files;
	out->has_nfiles = true;
	out->is_exec = false;
	return DRAY_OK;
}

/* DVC's lists know no sizes; the objects that are in the cache by now do. */
static enum dray_status find_sizes(struct dray_session *session, struct dray_parts *parts,
	struct dray_out *out, struct dray_err *err)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < parts->len; i++) {
		struct dray_part *part = &parts->items[i];

		if (part->kind == DRAY_KIND_EMPTY)
			continue;
		if (!part->has_size)
			DRAY_TRY(dray_store_check(
				session->store, &part->oid, UINT64_MAX, &part->size, err));
		part->has_size = true;
		sum += part->size;
	}
	out->size = sum;
	out->has_size = true;
	return DRAY_OK;
}

enum dray_status parts_fetch(struct dray_session *session, const struct dray_supplies *supplies,
	const struct dray_parts *parts, struct dray_err *err)
{
	for (size_t i = 0; i < supplies->len; i++)
		DRAY_TRY(fetch_from(session, supplies, supplies->items[i], parts, err));
	return DRAY_OK;
}

enum dray_status parts_deposit(struct dray_session *session, const struct dray_supplies *supplies,
	struct dray_parts *parts, struct dray_out *out, struct dray_err *err)
{
	const struct dray_part *first = &parts->items[0];
	bool is_file = parts->len == 1 && *first->path == '\0' && first->kind != DRAY_KIND_EMPTY;

	DRAY_TRY(parts_fetch(session, supplies, parts, err));
	DRAY_TRY(find_sizes(session, parts, out, err));
	dray_out_forget_versions(out);
	if (!is_file)
		return parts_list(session, parts, out, err);
	out->oid = first->oid;
	out->has_oid = true;
	out->has_nfiles = false;
	out->is_exec = first->kind == DRAY_KIND_EXEC;
	return DRAY_OK;
}
