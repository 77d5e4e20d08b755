/*
 * Several objects into the workspace at once, so that those which have to be copied and proven are
 * hashed side by side. Whatever goes wrong with one is not told here: it is left to the one way
 * that takes one (link_out.c), and no object is judged by what happened in company.
 */
#include "inner.h"

/* A copy on its way. */
struct leaving {
	const struct dray_link_out *link;
	size_t place; /* of the caller's */
	int from;     /* the object; -1 once it is copied */
	struct dray_stat seen;
	struct dray_scratch scratch;
};

static void leaving_drop(struct leaving *leaving)
{
	dray_fd_release(&leaving->from);
	dray_scratch_drop(&leaving->scratch);
}

static enum dray_status leaving_open(
	struct dray_store *store, struct leaving *leaving, struct dray_err *err)
{
	const struct dray_link_out *link = leaving->link;

	DRAY_TRY(dray_store_open_stat(store, &link->oid, &leaving->from, &leaving->seen, err));
	DRAY_TRY(dray_scratch_create(&leaving->scratch, link, err));
	if (!dray_store_is_proven(link, &leaving->seen))
		return DRAY_OK;
	DRAY_TRY(dray_os_copy(
		leaving->from, leaving->scratch.fd, link->path, link->path, link->done_bytes, err));
	dray_fd_release(&leaving->from);
	return DRAY_OK;
}

/* Copy those whose object is open still; false: none has been proven. */
static bool hash_leaving(struct dray_hasher *hasher, const struct leaving *leaving, size_t count,
	struct dray_oid *out_oids)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_copy copies[DRAY_LANES];
	struct dray_oid oids[DRAY_LANES];
	uint64_t sizes[DRAY_LANES];
	size_t failed;
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		if (leaving[i].from >= 0)
			copies[len++] = (struct dray_copy){
				.from = leaving[i].from,
				.to = leaving[i].scratch.fd,
				.path = leaving[i].link->path,
				.to_path = leaving[i].link->path,
				.size_hint = leaving[i].seen.size,
				.is_sparse = leaving[i].seen.disk_bytes < leaving[i].seen.size,
				.done_bytes = leaving[i].link->done_bytes,
			};
	if (len > 0 &&
		dray_hash_copies(hasher, copies, len, oids, sizes, &failed, &unused) != DRAY_OK)
		return false;
	len = 0;
	for (size_t i = 0; i < count; i++)
		if (leaving[i].from >= 0) {
			out_oids[i] = oids[len++];
			out_oids[i].is_dir = leaving[i].link->oid.is_dir;
		}
	return true;
}

static bool leaving_place(
	struct leaving *leaving, const struct dray_oid *got, struct dray_stat *out_stat)
{
	struct dray_err unused = DRAY_ERR_INIT;
	const struct dray_link_out *link = leaving->link;

	if (leaving->from >= 0 && !dray_oid_is_equal(got, &link->oid))
		return false;
	if (leaving->from >= 0)
		dray_store_stamp(leaving->from, &link->oid, &leaving->seen);
	return dray_scratch_place(&leaving->scratch, link, out_stat, &unused) == DRAY_OK;
}

/* Place what was proven. */
static void place_all(struct dray_hasher *hasher, struct leaving *leaving, size_t count,
	struct dray_stat *out_stats, bool *out_done)
{
	struct dray_oid oids[DRAY_LANES];
	bool is_hashed = hash_leaving(hasher, leaving, count, oids);

	for (size_t i = 0; i < count; i++)
		if (is_hashed || leaving[i].from < 0)
			out_done[leaving[i].place] =
				leaving_place(&leaving[i], &oids[i], &out_stats[leaving[i].place]);
}

void dray_store_link_out_many(struct dray_store *store, struct dray_hasher *hasher,
	const struct dray_link_out *links, size_t count, struct dray_stat *out_stats,
	bool *out_done)
{
	struct leaving leaving[DRAY_LANES];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		struct dray_err unused = DRAY_ERR_INIT;
		enum dray_status status =
			dray_store_share_out(store, &links[i], &out_stats[i], &unused);

		out_done[i] = status == DRAY_OK;
		if (status != DRAY_UNSUPPORTED)
			continue;
		leaving[len] = (struct leaving){
			.link = &links[i], .place = i, .from = -1, .scratch = DRAY_SCRATCH_INIT};
		if (leaving_open(store, &leaving[len], &unused) == DRAY_OK)
			len++;
		else
			leaving_drop(&leaving[len]);
	}
	place_all(hasher, leaving, len, out_stats, out_done);
	for (size_t i = 0; i < len; i++)
		leaving_drop(&leaving[i]);
}
