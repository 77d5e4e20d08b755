/*
 * What DVC remembers of stages, after their entries were recorded: that these deps made those outs.
 * Outs that no cache keeps are kept for this, too, so that DVC can put them back instead of running
 * the stage.
 */
#include "run_cache.h"
#include "stages.h"

#include <stdlib.h>
#include <string.h>

/* An out of nobody's, that is to be stored as data is. */
static void add_out(struct dray_records *records, const struct dray_out *out, const char *name)
{
	struct dray_pointer_file *file = dray_calloc(1, sizeof *file);

	dray_pointer_init(&file->pointer, out->path);
	file->name = dray_strdup(name);
	records_add(records, file, 0, name, NULL)->is_new_file = true;
}

static void add_uncached(
	const struct dray_records *done, const struct dray_stage *stage, struct dray_records *out)
{
	for (size_t i = 0; i < done->len; i++) {
		const struct dray_record *record = &done->items[i];
		const struct dray_out *made = &record->file->pointer.outs[record->out];

		if (!made->is_cached && made->stage != NULL &&
			dray_stages_find(record->file->stages, made->stage) == stage)
			add_out(out, made, record->name);
	}
}

static enum dray_status save_all(struct dray_session *session, const struct dray_records *done,
	struct dray_records *uncached, struct dray_err *err)
{
	for (size_t i = 0; i < done->locks_len; i++) {
		const struct dray_pointer *lock = &done->locks[i]->pointer;

		if (i > 0 && done->locks[i - 1] == done->locks[i])
			continue;
		for (size_t at = 0; at < lock->entries_len; at++) {
			DRAY_AUTO(buf) text = DRAY_BUF_INIT;

			if (!dray_stage_entry_run(lock, &lock->entries[at], &text))
				continue;
			DRAY_TRY(runs_keep(session, text.data, text.len, err));
			add_uncached(done, lock->entries[at].stage, uncached);
		}
	}
	return DRAY_OK;
}

enum dray_status stage_runs_save(struct dray_session *session, const struct dray_records *done,
	unsigned jobs, struct dray_err *err)
{
	struct dray_records uncached = {.leaves_files = true};

	if (!session->repo->dialect->remembers_runs)
		return DRAY_OK;
	enum dray_status status = save_all(session, done, &uncached, err);
	if (status == DRAY_OK && uncached.len > 0)
		status = records_keep(session, &uncached, jobs, err);
	dray_records_drop(&uncached);
	return status;
}
