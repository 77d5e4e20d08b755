/* What sink.c keeps: objects by name, in a table for single ones and in order for lists. */
#include "sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *sink_must(void *memory)
{
	if (memory == NULL) {
		fputs("sink: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

void sink_add(struct text *text, const char *format, ...)
{
	va_list args;

	for (;;) {
		va_start(args, format);
		int len = vsnprintf(text->data + text->len, text->cap - text->len, format, args);
		va_end(args);
		if (len < 0)
			exit(1);
		if ((size_t)len < text->cap - text->len) {
			text->len += (size_t)len;
			return;
		}
		text->cap = 2 * (text->cap + (size_t)len) + 64;
		text->data = sink_must(realloc(text->data, text->cap));
	}
}

struct blob *sink_blob_new(uint64_t size, size_t kept)
{
	struct blob *blob = sink_must(malloc(sizeof *blob + kept));

	*blob = (struct blob){.holders = 1, .size = size, .kept = kept};
	return blob;
}

void sink_let_go(struct blob *blob)
{
	if (blob != NULL && --blob->holders == 0)
		free(blob);
}

/* -------------------------------------------------------------- objects */

struct table sink_objects;
struct table sink_uploads;

static size_t hash(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static struct object **find(struct table *table, const char *name)
{
	struct object **at = &table->slots[hash(name) & (table->slot_count - 1)];

	while (*at != NULL && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;
	return at;
}

static void grow(struct table *table)
{
	size_t count = table->slot_count != 0 ? 2 * table->slot_count : 1024;
	struct object **slots = sink_must(calloc(count, sizeof *slots));

	for (size_t i = 0; i < table->slot_count; i++)
		for (struct object *at = table->slots[i], *next; at != NULL; at = next) {
			struct object **slot = &slots[hash(at->name) & (count - 1)];

			next = at->next;
			at->next = *slot;
			*slot = at;
		}
	free(table->slots);
	table->slots = slots;
	table->slot_count = count;
}

struct object *sink_make(struct table *table, const char *name)
{
	if (table->len >= table->slot_count)
		grow(table);
	struct object **at = find(table, name);
	if (*at != NULL)
		return *at;
	if (table->len == table->cap) {
		table->cap = table->cap != 0 ? 2 * table->cap : 1024;
		table->sorted =
			sink_must(realloc(table->sorted, table->cap * sizeof *table->sorted));
	}
	*at = sink_must(calloc(1, sizeof **at));
	(*at)->name = sink_must(strdup(name));
	table->sorted[table->len++] = *at;
	table->is_sorted = false;
	return *at;
}

static int compare(const void *a, const void *b)
{
	return strcmp((*(struct object *const *)a)->name, (*(struct object *const *)b)->name);
}

void sink_sort(struct table *table)
{
	if (!table->is_sorted && table->len > 0)
		qsort(table->sorted, table->len, sizeof *table->sorted, compare);
	table->is_sorted = true;
}

size_t sink_place_of(const struct table *table, const char *name)
{
	size_t low = 0;
	size_t high = table->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(table->sorted[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void sink_drop(struct table *table, const char *name)
{
	if (table->slot_count == 0)
		return;
	struct object **at = find(table, name);
	struct object *object = *at;
	if (object == NULL)
		return;
	sink_sort(table);
	size_t place = sink_place_of(table, name);
	memmove(table->sorted + place, table->sorted + place + 1,
		(table->len - place - 1) * sizeof *table->sorted);
	table->len--;
	*at = object->next;
	sink_let_go(object->blob);
	free(object->part_sizes);
	free(object->name);
	free(object);
}

struct object *sink_look_up(struct table *table, const char *name)
{
	return table->slot_count != 0 ? *find(table, name) : NULL;
}
