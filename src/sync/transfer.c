/*
 * Doing what the plan says: asking many at once, moving groups on the pool,
 * publishing each group, then telling. Workers write only to the item they
 * were given; all telling is done by the main thread afterwards.
 */
#include "transfer.h"

#include <stdlib.h>

/* Keys asked about in one call: few enough to cost some megabytes, enough to fill whole fan-out
 * folders. */
#define ASK_AT_ONCE 65536

/* Checking the cache is one short call an item. */
#define CHECK_STRIDE 64

/* Disks and networks want several requests under way even on a small machine. */
#define JOBS_MIN 4
#define JOBS_MAX 32

unsigned dray_transfer_width(const struct dray_remote *remote, unsigned jobs)
{
	unsigned cpus = dray_os_cpus();

	if (jobs != 0)
		return jobs;
	if (remote != NULL && remote->width != 0)
		return remote->width;
	if (cpus < JOBS_MIN)
		return JOBS_MIN;
	return cpus < JOBS_MAX ? cpus : JOBS_MAX;
}

_Atomic uint64_t *dray_transfer_done_bytes(const struct dray_transfer *transfer)
{
	struct dray_progress *progress = transfer->options->progress;

	return progress != NULL ? &progress->bytes_done : NULL;
}

/* ----------------------------------------------------------------- asking */

struct crew {
	struct dray_transfer *transfer;
	struct dray_plan *plan;
	const struct dray_way *way;
	size_t begin;
	const size_t *ends; /* of what workers take at once, from `begin` on */
};

static enum dray_status check_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct crew *crew = ctx;
	struct dray_plan_item *item = &crew->plan->items[i];
	uint64_t size = 0;

	(void)worker;
	dray_progress_add(crew->transfer->options->progress, 1, 0);
	if (item->is_cached)
		return DRAY_OK;
	enum dray_status status =
		dray_store_check(crew->transfer->store, &item->oid, item->size, &size, err);
	/* A damaged one was set aside, so it is as good as absent. */
	if (status == DRAY_NOT_FOUND || status == DRAY_CORRUPT)
		return DRAY_OK;
	DRAY_TRY(status);
	item->is_cached = true;
	item->size = size;
	return DRAY_OK;
}

enum dray_status dray_transfer_ask_cache(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	struct crew crew = {.transfer = transfer, .plan = plan};

	if (plan->len == 0)
		return DRAY_OK;
	dray_progress_begin(transfer->options->progress, "checking the cache");
	dray_progress_expect(transfer->options->progress, plan->len, 0);
	return dray_pool_run(dray_transfer_width(NULL, transfer->options->jobs), plan->len,
		CHECK_STRIDE, check_one, &crew, err);
}

static enum dray_status size_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct crew *crew = ctx;
	struct dray_plan_item *item = &crew->plan->items[i];

	(void)worker;
	(void)err;
	if (item->is_wanted)
		item->size = dray_store_size(crew->transfer->store, &item->oid, item->size);
	return DRAY_OK;
}

enum dray_status dray_transfer_size_up(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	struct crew crew = {.transfer = transfer, .plan = plan};

	return dray_pool_run(dray_transfer_width(NULL, transfer->options->jobs), plan->len,
		CHECK_STRIDE, size_one, &crew, err);
}

struct question {
	char texts[ASK_AT_ONCE][DRAY_OID_KEY_MAX];
	const char *keys[ASK_AT_ONCE];
	struct dray_plan_item *items[ASK_AT_ONCE];
	bool has[ASK_AT_ONCE];
};

/* Sending an object up to this size costs about as much as asking for it. */
#define GUESS_BYTES_MAX (UINT64_C(64) << 10)

/* Which items one round of questions is about. */
enum share { SHARE_ALL, SHARE_SMALL, SHARE_LARGE };

static bool is_in_share(const struct dray_plan_item *item, enum share share)
{
	bool is_small = item->size <= GUESS_BYTES_MAX;

	return share == SHARE_ALL || is_small == (share == SHARE_SMALL);
}

/* Take up to ASK_AT_ONCE items from *at on that are not known to be there. */
static size_t collect(
	struct question *question, struct dray_plan *plan, enum share share, size_t *at)
{
	size_t count = 0;

	for (; *at < plan->len && count < ASK_AT_ONCE; (*at)++) {
		struct dray_plan_item *item = &plan->items[*at];
		if (item->is_remote || !is_in_share(item, share))
			continue;
		question->items[count] = item;
		question->keys[count] = dray_oid_key(&item->oid, question->texts[count]);
		count++;
	}
	return count;
}

static enum dray_status ask_share(struct dray_transfer *transfer, struct question *question,
	struct dray_plan *plan, enum share share, struct dray_err *err)
{
	for (size_t at = 0; at < plan->len;) {
		size_t count = collect(question, plan, share, &at);

		DRAY_TRY(dray_os_check_cancel(err));
		if (count > 0)
			DRAY_TRY(dray_remote_exists(transfer->remote, question->keys, count,
				share == SHARE_SMALL, question->has, err));
		for (size_t i = 0; i < count; i++)
			question->items[i]->is_remote = question->has[i];
		dray_progress_add(transfer->options->progress, count, 0);
	}
	return DRAY_OK;
}

static enum dray_status ask_all(struct dray_transfer *transfer, struct question *question,
	struct dray_plan *plan, bool may_guess, struct dray_err *err)
{
	if (!may_guess)
		return ask_share(transfer, question, plan, SHARE_ALL, err);
	DRAY_TRY(ask_share(transfer, question, plan, SHARE_SMALL, err));
	return ask_share(transfer, question, plan, SHARE_LARGE, err);
}

static uint64_t count_unknown(const struct dray_plan *plan)
{
	uint64_t count = 0;

	for (size_t i = 0; i < plan->len; i++)
		count += !plan->items[i].is_remote;
	return count;
}

enum dray_status dray_transfer_ask_remote(struct dray_transfer *transfer, struct dray_plan *plan,
	bool may_guess, struct dray_err *err)
{
	uint64_t unknown = count_unknown(plan);

	if (unknown == 0)
		return DRAY_OK;
	dray_progress_begin(transfer->options->progress, "checking the remote");
	dray_progress_expect(transfer->options->progress, unknown, 0);
	struct question *question = dray_alloc(sizeof *question); /* touched as far as used */
	enum dray_status status = ask_all(transfer, question, plan, may_guess, err);
	free(question);
	return status;
}

/* ---------------------------------------------------------------- telling */

void dray_transfer_report(struct dray_transfer *transfer, const struct dray_plan *plan,
	const struct dray_plan_item *item, enum dray_sync_state state)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;

	if (transfer->options->fn == NULL)
		return;
	dray_plan_name(plan, item, &name);
	transfer->options->fn(
		transfer->options->ctx, state, dray_buf_text(&name), &item->oid, item->size);
}

/* The first failure is the one told; damage is told rather than absence. */
static void note_failure(struct dray_transfer *transfer, const struct dray_plan *plan,
	const struct dray_plan_item *item, const struct dray_way *way)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	char oid[DRAY_OID_TEXT_MAX];

	if (transfer->soft.status == DRAY_CORRUPT ||
		(transfer->soft.status == DRAY_NOT_FOUND && !item->is_bad))
		return;
	dray_plan_name(plan, item, &name);
	if (item->is_bad) {
		way->blame(transfer, &item->oid, dray_buf_text(&name), &transfer->soft);
		return;
	}
	dray_fail(&transfer->soft, DRAY_NOT_FOUND,
		"'%s' is neither in the cache nor on remote '%s': object '%s'",
		dray_buf_text(&name), transfer->remote->url, dray_oid_text(&item->oid, oid));
	dray_hint(&transfer->soft, "push it from a machine that has it");
}

static void tell(struct dray_transfer *transfer, const struct dray_plan *plan,
	const struct dray_plan_item *item, const struct dray_way *way)
{
	if (!item->is_moved) {
		transfer->result.missing++;
		note_failure(transfer, plan, item, way);
		dray_transfer_report(transfer, plan, item, DRAY_SYNC_NOWHERE);
		return;
	}
	transfer->result.objects++;
	if (item->size != UINT64_MAX)
		transfer->result.bytes += item->size;
	dray_transfer_report(transfer, plan, item, DRAY_SYNC_MOVED);
}

enum dray_status dray_transfer_finish(const struct dray_transfer *transfer, struct dray_err *err)
{
	if (transfer->soft.status != DRAY_OK)
		*err = transfer->soft;
	return transfer->soft.status;
}

/* ----------------------------------------------------------------- moving */

static struct dray_plan_item *item_at(const struct crew *crew, size_t i)
{
	return &crew->plan->items[crew->plan->order[crew->begin + i]];
}

/* Those that are not moved in company are moved alone, which tells why. */
static enum dray_status move_some(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct crew *crew = ctx;
	size_t at = i > 0 ? crew->ends[i - 1] : 0;
	size_t count = crew->ends[i] - at;
	struct dray_plan_item *items[DRAY_LANES];

	(void)worker;
	for (size_t k = 0; k < count; k++)
		items[k] = item_at(crew, at + k);
	if (count > 1)
		crew->way->move_many(crew->transfer, items, count);
	for (size_t k = 0; k < count; k++) {
		if (!items[k]->is_moved)
			DRAY_TRY(crew->way->move(crew->transfer, items[k], err));
		dray_progress_add(crew->transfer->options->progress, 1, 0);
	}
	return DRAY_OK;
}

static uint64_t size_of(const void *ctx, size_t i, enum dray_algo *out_algo)
{
	const struct dray_plan_item *item = item_at(ctx, i);

	*out_algo = (enum dray_algo)item->oid.algo;
	return item->size;
}

/* What workers take at once; the caller frees it. */
static size_t *divide(const struct crew *crew, size_t count, unsigned width, size_t *out_len)
{
	const struct dray_grouping grouping = {
		.size_of = size_of, .ctx = crew, .count = count, .width = width};

	if (dray_remote_moves_many(crew->transfer->remote))
		return dray_hash_groups(&grouping, out_len);
	size_t *ends = dray_calloc(count, sizeof *ends);

	for (size_t i = 0; i < count; i++)
		ends[i] = i + 1;
	*out_len = count;
	return ends;
}

static enum dray_status move_all(struct crew *crew, size_t count, struct dray_err *err)
{
	struct dray_transfer *transfer = crew->transfer;
	unsigned width = dray_transfer_width(transfer->remote, transfer->options->jobs);
	size_t len;
	size_t *ends = divide(crew, count, width, &len);

	crew->ends = ends;
	enum dray_status status = dray_pool_run(width, len, 1, move_some, crew, err);
	free(ends);
	return status;
}

static enum dray_status run_group(struct crew *crew, size_t end, struct dray_err *err)
{
	struct dray_transfer *transfer = crew->transfer;
	enum dray_status status = move_all(crew, end - crew->begin, err);

	if (status != DRAY_OK) {
		struct dray_err publish_err = DRAY_ERR_INIT;

		/*
		 * What arrived whole is kept, so that the next run need not move it again;
		 * the first failure is the one to tell.
		 */
		dray_ignore(crew->way->publish(transfer, &publish_err));
		return status;
	}
	DRAY_TRY(crew->way->publish(transfer, err));
	for (size_t i = crew->begin; i < end; i++)
		tell(transfer, crew->plan, &crew->plan->items[crew->plan->order[i]], crew->way);
	return DRAY_OK;
}

static enum dray_status run_dry(struct crew *crew, size_t count, struct dray_err *err)
{
	DRAY_TRY(crew->way->ask(crew->transfer, crew->plan, err));
	for (size_t i = 0; i < count; i++)
		tell(crew->transfer, crew->plan, &crew->plan->items[crew->plan->order[i]],
			crew->way);
	return DRAY_OK;
}

enum dray_status dray_transfer_run(struct dray_transfer *transfer, struct dray_plan *plan,
	const struct dray_way *way, struct dray_err *err)
{
	struct crew crew = {.transfer = transfer, .plan = plan, .way = way};
	size_t count = dray_plan_order(plan);

	if (count == 0)
		return DRAY_OK;
	if (transfer->options->is_dry)
		return run_dry(&crew, count, err);
	dray_progress_begin(transfer->options->progress, way->stage);
	dray_progress_expect(transfer->options->progress, count, dray_plan_bytes(plan, count));
	while (crew.begin < count) {
		size_t end = dray_plan_group_end(plan, crew.begin, count,
			dray_transfer_width(transfer->remote, transfer->options->jobs));

		DRAY_TRY(run_group(&crew, end, err));
		crew.begin = end;
	}
	return DRAY_OK;
}
