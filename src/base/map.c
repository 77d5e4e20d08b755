/*
 * Open addressing with linear probing, at most 3/4 full. Keys may come from a
 * hostile repository, so the hash is seeded per map: SipHash would be stronger,
 * but probing is bounded by growth and keys here are digests or sorted paths.
 */
#include <dray/base.h>

#include <stdlib.h>
#include <string.h>

struct dray_map_slot {
	const void *key; /* NULL: free */
	uint64_t value;
	uint32_t len;
	uint32_t hash;
};

/* FNV-1a over 8-byte words with a final mix (Fowler, Noll, Vo; finaliser of MurmurHash3). */
static uint32_t hash_key(const struct dray_map *map, const void *key, size_t len)
{
	const unsigned char *at = key;
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)map->keys;

	for (; len >= 8; at += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		hash = (hash ^ word) * UINT64_C(0x100000001b3);
		hash ^= hash >> 29;
	}
	for (; len > 0; at++, len--)
		hash = (hash ^ *at) * UINT64_C(0x100000001b3);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	return (uint32_t)hash;
}

static struct dray_map_slot *find(
	const struct dray_map *map, const void *key, size_t len, uint32_t hash)
{
	for (size_t at = hash & (map->cap - 1);; at = (at + 1) & (map->cap - 1)) {
		struct dray_map_slot *slot = &map->slots[at];

		if (slot->key == NULL || (slot->hash == hash && slot->len == len &&
						 memcmp(slot->key, key, len) == 0))
			return slot;
	}
}

static void grow(struct dray_map *map)
{
	struct dray_map old = *map;

	map->cap = old.cap ? old.cap * 2 : 16;
	map->slots = dray_calloc(map->cap, sizeof *map->slots);
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].key != NULL)
			*find(map, old.slots[i].key, old.slots[i].len, old.slots[i].hash) =
				old.slots[i];
	free(old.slots);
}

bool dray_map_add(struct dray_map *map, const void *key, size_t key_len, uint64_t value)
{
	if (map->keys == NULL)
		map->keys = dray_arena_new();
	if (map->len >= map->cap / 4 * 3)
		grow(map);
	uint32_t hash = hash_key(map, key, key_len);
	struct dray_map_slot *slot = find(map, key, key_len, hash);
	if (slot->key != NULL)
		return false;
	*slot = (struct dray_map_slot){
		.key = dray_arena_strndup(map->keys, key, key_len),
		.value = value,
		.len = (uint32_t)key_len,
		.hash = hash,
	};
	map->len++;
	return true;
}

uint64_t *dray_map_peek(const struct dray_map *map, const void *key, size_t key_len)
{
	if (map->len == 0)
		return NULL;
	struct dray_map_slot *slot = find(map, key, key_len, hash_key(map, key, key_len));
	return slot->key != NULL ? &slot->value : NULL;
}

bool dray_map_next(const struct dray_map *map, size_t *at, const void **out_key, size_t *out_len,
	uint64_t *out_value)
{
	while (*at < map->cap && map->slots[*at].key == NULL)
		(*at)++;
	if (*at >= map->cap)
		return false;
	const struct dray_map_slot *slot = &map->slots[(*at)++];
	*out_key = slot->key;
	*out_len = slot->len;
	*out_value = slot->value;
	return true;
}

void dray_map_drop(struct dray_map *map)
{
	free(map->slots);
	dray_arena_free(map->keys);
	*map = (struct dray_map)DRAY_MAP_INIT;
}
