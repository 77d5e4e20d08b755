/* Which objects, in which order, in which groups. Decides; does nothing. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

/* A manifest and a file of the same bytes are two objects. */
#define KEY_LEN (DRAY_DIGEST_MAX + 1)

static void fill_key(const struct dray_oid *oid, unsigned char out[KEY_LEN])
{
	memcpy(out, oid->digest, DRAY_DIGEST_MAX);
	out[DRAY_DIGEST_MAX] = oid->is_dir;
}

void dray_plan_init(struct dray_plan *plan, const struct dray_goal *goals)
{
	*plan = (struct dray_plan){.goals = goals, .paths = dray_arena_new()};
}

void dray_plan_drop(struct dray_plan *plan)
{
	free(plan->items);
	free(plan->order);
	dray_map_drop(&plan->by_oid);
	dray_arena_free(plan->paths);
	*plan = (struct dray_plan){.goals = NULL};
}

struct dray_plan_item *dray_plan_add(struct dray_plan *plan, size_t goal, const char *path,
	const struct dray_oid *oid, uint64_t size)
{
	unsigned char key[KEY_LEN];

	fill_key(oid, key);
	if (!dray_map_add(&plan->by_oid, key, sizeof key, plan->len)) {
		struct dray_plan_item *old =
			&plan->items[*dray_map_peek(&plan->by_oid, key, sizeof key)];
		if (old->size == UINT64_MAX)
			old->size = size;
		return old;
	}
	DRAY_GROW(plan->items, plan->len, plan->cap);
	struct dray_plan_item *item = &plan->items[plan->len++];
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
	dray_map_drop(&plan->by_oid);
	if (plan->len > 1)
		qsort(plan->items, plan->len, sizeof *plan->items, compare_oids);
	plan->is_sealed = true;
}

struct dray_plan_item *dray_plan_peek(const struct dray_plan *plan, const struct dray_oid *oid)
{
	const struct dray_plan_item wanted = {.oid = *oid};
	unsigned char key[KEY_LEN];

	if (plan->is_sealed)
		return plan->len == 0 ? NULL
				      : bsearch(&wanted, plan->items, plan->len,
						sizeof *plan->items, compare_oids);
	fill_key(oid, key);
	const uint64_t *at = dray_map_peek(&plan->by_oid, key, sizeof key);
	return at != NULL ? &plan->items[*at] : NULL;
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
