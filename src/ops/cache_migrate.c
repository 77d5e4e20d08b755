/*
 * dray cache migrate: what DVC 2 left, under DVC 3's names as well.
 *
 * Nothing is removed: old revisions name the old objects. A pointer is rewritten by what the cache
 * holds, whatever the workspace has; one whose data is not in the cache stays as it is.
 */
#include "rehash.h"

#include <stdlib.h>

struct migration {
	struct dray_session *session;
	const struct dray_cache_migrate_options *options;
	struct dray_tracks tracks;
	struct dray_strs staged;
	uint64_t objects; /* of DVC 2's in the cache */
	uint64_t pointers;
	struct dray_rehash rehash;
};

static void dray_migration_drop(struct migration *migration)
{
	dray_rehash_drop(&migration->rehash);
	dray_tracks_drop(&migration->tracks);
	dray_strs_drop(&migration->staged);
}

static enum dray_status add_object(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct migration *migration = ctx;

	(void)stat;
	if (oid->algo != DRAY_MD5_DOS2UNIX)
		return DRAY_OK;
	migration->objects++;
	return migration->options->dry_run ? dray_os_check_cancel(err)
					   : rehash_add(&migration->rehash, oid, "a manifest", err);
}

static bool is_old(const struct dray_out *out)
{
	return out->has_oid && out->oid.algo == DRAY_MD5_DOS2UNIX;
}

/* What the out is to say, in memory. */
static void renew_out(struct dray_out *out, const struct dray_rename *rename)
{
	out->oid = rename->new;
	out->size = rename->size;
	out->has_size = true;
	out->nfiles = rename->nfiles;
	out->has_nfiles = rename->new.is_dir;
}

static void tell(struct migration *migration, const struct dray_track *track)
{
	migration->pointers++;
	report_item(migration->session->report,
		&(struct dray_item){
			.state = migration->options->dry_run ? "old" : "migrated",
			.path = track->file->name,
			.from = track->name,
		});
}

static enum dray_status renew_pointers(struct migration *migration, struct dray_err *err)
{
	struct dray_tracks *tracks = &migration->tracks;
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	bool is_dry = migration->options->dry_run;

	DRAY_TRY(dray_tracks_load(migration->session->repo, tracks, err));
	for (size_t i = 0; i < tracks->len; i++) {
		struct dray_out *out = dray_track_out(&tracks->items[i]);

		if (!is_old(out))
			continue;
		const struct dray_rename *rename = rehash_find(&migration->rehash, &out->oid);
		if (!is_dry && rename == NULL) {
			session_note(migration->session,
				"'%s' stays as it is: its data is not in the cache",
				tracks->items[i].file->name);
			continue;
		}
		if (!is_dry)
			renew_out(out, rename);
		dray_strs_add(&migration->staged, tracks->items[i].file->name);
		tell(migration, &tracks->items[i]);
	}
	if (is_dry || migration->pointers == 0)
		return DRAY_OK;
	return dray_pointer_files_write(
		migration->session->repo, tracks->files, tracks->files_len, err);
}

static enum dray_status run(struct migration *migration, struct dray_err *err)
{
	struct dray_session *session = migration->session;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool stage;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(dray_intake_begin(session->store, &migration->rehash.intake, err));
	DRAY_TRY(dray_store_each(session->store, add_object, migration, err));
	if (!migration->options->dry_run)
		DRAY_TRY(rehash_run(&migration->rehash, migration->options->jobs, err));
	if (migration->options->pointers)
		DRAY_TRY(renew_pointers(migration, err));
	report_total(session->report, "objects",
		migration->options->dry_run ? migration->objects : migration->rehash.moved);
	report_total(session->report, "bytes", migration->rehash.bytes);
	report_total(session->report, "pointers", migration->pointers);
	return stage ? stage_names(session, &migration->staged, err) : DRAY_OK;
}

enum dray_status dray_ops_cache_migrate(struct dray_session *session,
	const struct dray_cache_migrate_options *options, struct dray_err *err)
{
	struct migration migration = {
		.session = session,
		.options = options,
		.rehash =
			{
				.from = session->repo,
				.store = session->store,
				.algo = session->repo->dialect->algo,
				.progress = &session->report->progress,
			},
	};

	enum dray_status status = run(&migration, err);
	dray_migration_drop(&migration);
	return status;
}
