/*
 * The index of tracked single files: one file for all, read at the first
 * question and written when the repository closes, so that thousands of
 * pointers cost one read and one write.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

struct single {
	char *name;
	struct index_record record;
};

struct dray_singles {
	struct single *items; /* as they came; sorted when written */
	size_t len;
	size_t cap;
	struct dray_map places; /* name -> index in items */
	bool is_dirty;
};

static char *path_of(const struct dray_repo *repo)
{
	return dray_path_join(repo->state_dir, "index/files");
}

static void put(struct dray_singles *singles, const char *name, size_t len,
	const struct index_record *record)
{
	uint64_t *place = dray_map_peek(&singles->places, name, len);

	if (place != NULL) {
		singles->items[*place].record = *record;
		return;
	}
	dray_map_add(&singles->places, name, len, singles->len);
	DRAY_GROW(singles->items, singles->len, singles->cap);
	singles->items[singles->len++] =
		(struct single){.name = dray_strndup(name, len), .record = *record};
}

static struct dray_singles *load(struct dray_repo *repo)
{
	struct index_file file;

	if (repo->singles != NULL)
		return repo->singles;
	repo->singles = dray_calloc(1, sizeof *repo->singles);
	DRAY_AUTO_STR path = path_of(repo);
	index_file_open(repo, path, &file);
	for (size_t i = 0; i < file.len; i++)
		put(repo->singles, file.names + file.records[i].path_at, file.records[i].path_len,
			&file.records[i]);
	index_file_drop(&file);
	return repo->singles;
}

static struct index_record *find(struct dray_singles *singles, const char *name)
{
	uint64_t *place = dray_map_peek(&singles->places, name, strlen(name));

	return place != NULL ? &singles->items[*place].record : NULL;
}

void singles_apply(struct dray_repo *repo, const char *name, enum dray_algo algo,
	struct dray_scan_entry *entry)
{
	const struct index_record *record = find(load(repo), name);

	if (entry->has_oid || record == NULL || record->algo != (uint8_t)algo ||
		!index_record_holds(record, entry))
		return;
	entry->oid = (struct dray_oid){.algo = (uint8_t)algo};
	memcpy(entry->oid.digest, record->digest, sizeof entry->oid.digest);
	entry->has_oid = true;
}

void singles_save(struct dray_repo *repo, const char *name, const struct dray_scan_entry *entry,
	int64_t trusted_before_ns)
{
	struct dray_singles *singles = load(repo);
	const struct index_record *old = find(singles, name);
	struct index_record record;

	/* too young to be believed later: that the file is there is remembered all the same */
	if (!index_record_fill(&record, entry, trusted_before_ns))
		record = (struct index_record){.mtime_ns = INT64_MIN, .kind = entry->kind};
	if (old != NULL && index_record_holds(old, entry) && old->algo == record.algo &&
		memcmp(old->digest, record.digest, sizeof record.digest) == 0)
		return;
	put(singles, name, strlen(name), &record);
	singles->is_dirty = true;
}

void singles_forget(struct dray_repo *repo, const char *name)
{
	struct dray_singles *singles = load(repo);
	struct index_record *record = find(singles, name);

	if (record == NULL)
		return;
	*record = (struct index_record){.kind = UINT8_MAX}; /* holds for no file; not written */
	singles->is_dirty = true;
}

void singles_names(struct dray_repo *repo, struct dray_strs *out_names)
{
	const struct dray_singles *singles = load(repo);

	for (size_t i = 0; i < singles->len; i++)
		if (singles->items[i].record.kind != UINT8_MAX)
			dray_strs_add(out_names, singles->items[i].name);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct single *)a)->name, ((const struct single *)b)->name);
}

static void save(struct dray_repo *repo, struct dray_singles *singles)
{
	struct index_writer writer = {
		.records = DRAY_BUF_INIT,
		.algo = repo->dialect->algo,
	};
	DRAY_AUTO_STR path = path_of(repo);

	qsort(singles->items, singles->len, sizeof *singles->items, compare);
	for (size_t i = 0; i < singles->len; i++)
		if (singles->items[i].record.kind != UINT8_MAX)
			index_writer_add(&writer, &singles->items[i].record, singles->items[i].name,
				strlen(singles->items[i].name));
	index_writer_finish(&writer, path, NULL);
}

void singles_close(struct dray_repo *repo)
{
	struct dray_singles *singles = repo->singles;

	if (singles == NULL)
		return;
	if (singles->is_dirty && singles->len > 0)
		save(repo, singles);
	for (size_t i = 0; i < singles->len; i++)
		free(singles->items[i].name);
	free(singles->items);
	dray_map_drop(&singles->places);
	free(singles);
	repo->singles = NULL;
}
