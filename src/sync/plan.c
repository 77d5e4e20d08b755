/* Which objects, in which order, in which groups. Decides; does nothing. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

/* The least table; it grows when three quarters are taken. */
#define SLOTS_MIN 64

/* ------------------------------------------------------------ finding an id */

/*
 * Ids come from manifests, whose authors may choose them: with a number that they cannot know mixed
 * in, they cannot choose where in the table they fall. Multiplier: 2^64 divided by the golden
 * ratio.
 */
static size_t hash_oid(const struct dray_plan *plan, const struct dray_oid *oid)
{
	uint64_t hash = plan->seed + oid->is_dir;

	for (size_t i = 0; i < DRAY_DIGEST_MAX; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, oid->digest + i, sizeof word);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return (size_t)hash;
}

/* The slot of that id: the one it has, or the empty one that it would get. */
static size_t find_slot(const struct dray_plan *plan, const struct dray_oid *oid)
{
	size_t at = hash_oid(plan, oid) & (plan->slot_cap - 1);

	while (plan->slots[at] != 0 &&
		!dray_oid_is_equal(&plan->items[plan->slots[at] - 1].oid, oid))
		at = (at + 1) & (plan->slot_cap - 1);
	return at;
}

static void grow_slots(struct dray_plan *plan)
{
	if (plan->len < plan->slot_cap / 4 * 3)
		return;
	plan->slot_cap = plan->slot_cap != 0 ? plan->slot_cap * 2 : SLOTS_MIN;
	free(plan->slots);
	plan->slots = dray_calloc(plan->slot_cap, sizeof *plan->slots);
	for (size_t i = 0; i < plan->len; i++)
		plan->slots[find_slot(plan, &plan->items[i].oid)] = (uint32_t)i + 1;
}

/* ------------------------------------------------------------------- filling */

void dray_plan_init(struct dray_plan *plan, const struct dray_goal *goals)
{
	*plan = (struct dray_plan){
		.goals = goals,
		.paths = dray_arena_new(),
		.seed = (uint64_t)dray_os_monotonic_ns() * UINT64_C(0x9e3779b97f4a7c15),
	};
}

static void drop_slots(struct dray_plan *plan)
{
	free(plan->slots);
	plan->slots = NULL;
	plan->slot_cap = 0;
}

void dray_plan_drop(struct dray_plan *plan)
{
	free(plan->items);
	free(plan->order);
	drop_slots(plan);
	dray_arena_free(plan->paths);
	*plan = (struct dray_plan){.goals = NULL};
}

struct dray_plan_item *dray_plan_add(struct dray_plan *plan, size_t goal, const char *path,
	const struct dray_oid *oid, uint64_t size)
{
	grow_slots(plan);
	size_t slot = find_slot(plan, oid);
	if (plan->slots[slot] != 0) {
		struct dray_plan_item *old = &plan->items[plan->slots[slot] - 1];

		if (old->size == UINT64_MAX)
			old->size = size;
		return old;
	}
	DRAY_GROW(plan->items, plan->len, plan->cap);
	struct dray_plan_item *item = &plan->items[plan->len++];
	plan->slots[slot] = (uint32_t)plan->len;
	*item = (struct dray_plan_item){.oid = *oid, .goal = (uint32_t)goal, .size = size};
	if (path != NULL)
		item->path = dray_arena_strndup(plan->paths, path, strlen(path));
	return item;
}

static int compare_oids(const void *a, const void *b)
{
	return dray_oid_cmp(
		&((const struct dray_plan_item *)a)->oid, &((const struct dray_plan_item *)b)->oid);
}

void dray_plan_seal(struct dray_plan *plan)
{
	drop_slots(plan);
	if (plan->len > 1)
		qsort(plan->items, plan->len, sizeof *plan->items, compare_oids);
	plan->is_sealed = true;
}

struct dray_plan_item *dray_plan_peek(const struct dray_plan *plan, const struct dray_oid *oid)
{
	const struct dray_plan_item wanted = {.oid = *oid};

	if (plan->is_sealed)
		return plan->len == 0 ? NULL
				      : bsearch(&wanted, plan->items, plan->len,
						sizeof *plan->items, compare_oids);
	if (plan->slot_cap == 0)
		return NULL;
	uint32_t at = plan->slots[find_slot(plan, oid)];
	return at != 0 ? &plan->items[at - 1] : NULL;
}

static int compare_sizes(const void *a, const void *b, void *ctx)
{
	const struct dray_plan_item *items = ctx;
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	if (items[left].size != items[right].size)
		return items[left].size > items[right].size ? -1 : 1;
	return left < right ? -1 : left > right;
}

size_t dray_plan_order(struct dray_plan *plan)
{
	size_t count = 0;

	plan->order = dray_realloc(plan->order, plan->len, sizeof *plan->order);
	for (size_t i = 0; i < plan->len; i++)
		if (plan->items[i].is_wanted)
			plan->order[count++] = (uint32_t)i;
	if (count > 1)
		qsort_r(plan->order, count, sizeof *plan->order, compare_sizes, plan->items);
	return count;
}

/* Sizes come from manifests and pointers, so their sum may be nonsense: it stops at the top. */
static uint64_t add_size(uint64_t sum, uint64_t size)
{
	if (size == UINT64_MAX)
		return sum;
	return size > UINT64_MAX - sum ? UINT64_MAX : sum + size;
}

size_t dray_plan_group_end(const struct dray_plan *plan, size_t begin, size_t count, unsigned jobs)
{
	uint64_t bytes = 0;
	size_t end = begin;

	while (end < count && end - begin < DRAY_PLAN_GROUP_OBJECTS) {
		bytes = add_size(bytes, plan->items[plan->order[end]].size);
		if (bytes > DRAY_PLAN_GROUP_BYTES && end - begin >= jobs)
			break;
		end++;
	}
	return end;
}

uint64_t dray_plan_bytes(const struct dray_plan *plan, size_t count)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes = add_size(bytes, plan->items[plan->order[i]].size);
	return bytes;
}

void dray_plan_name(
	const struct dray_plan *plan, const struct dray_plan_item *item, struct dray_buf *buf)
{
	const char *name = plan->goals[item->goal].name;

	dray_buf_puts(buf, name);
	if (item->path == NULL)
		return;
	if (*name != '\0') /* the root itself may be tracked */
		dray_buf_putc(buf, '/');
	dray_buf_puts(buf, item->path);
}

bool dray_goal_is_whole(const struct dray_goal *goal)
{
	return goal->within == NULL || *goal->within == '\0';
}

bool dray_goal_has(const struct dray_goal *goal, const char *path)
{
	return dray_goal_is_whole(goal) || dray_path_is_within(path, goal->within);
}
