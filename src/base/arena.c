/* Allocation in blocks that are freed together. */
#include <dray/base.h>

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 << 10)

struct block {
	struct block *next;
	_Alignas(8) char bytes[];
};

struct dray_arena {
	struct block *blocks;
	char *free;
	size_t left;
};

struct dray_arena *dray_arena_new(void)
{
	return dray_calloc(1, sizeof(struct dray_arena));
}

static char *take(struct dray_arena *arena, size_t size)
{
	if (size > arena->left) {
		size_t room = size > BLOCK_BYTES / 4 ? size : BLOCK_BYTES;
		struct block *block = dray_realloc(NULL, sizeof *block + room, 1);

		block->next = arena->blocks;
		arena->blocks = block;
		if (room == size && arena->left > 0)
			return block->bytes; /* a large one of its own: go on with the open block */
		arena->free = block->bytes;
		arena->left = room;
	}
	char *memory = arena->free;
	arena->free += size;
	arena->left -= size;
	return memory;
}

void *dray_arena_alloc(struct dray_arena *arena, size_t size)
{
	size_t skew = (size_t)((uintptr_t)arena->free % 8);
	size_t pad = skew ? 8 - skew : 0;

	if (pad > 0 && pad <= arena->left) {
		arena->free += pad;
		arena->left -= pad;
	}
	return take(arena, size);
}

char *dray_arena_strndup(struct dray_arena *arena, const char *text, size_t len)
{
	char *copy = take(arena, len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void dray_arena_free(struct dray_arena *arena)
{
	if (arena == NULL)
		return;
	for (struct block *block = arena->blocks; block != NULL;) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
	free(arena);
}
