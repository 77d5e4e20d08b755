/* dray commit: record what changed in tracked data. */
#include "private.h"

#include <string.h>

/* Data that is not in the workspace at all is left as its pointer says: nothing was changed there.
 */
static bool is_present(struct dray_session *session, const struct dray_target *target)
{
	DRAY_AUTO_STR name = target_name(target);

	return dray_os_exists(
		session->repo->root_fd, target->within != NULL ? target->track->name : name);
}

enum dray_status dray_ops_commit(struct dray_session *session,
	const struct dray_commit_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool stage;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	for (size_t i = 0; i < selection.targets.len; i++) {
		const struct dray_target *target = &selection.targets.items[i];

		if (is_present(session, target))
			records_add(&records, target->track->file, target->track->out,
				target->track->name, target->within);
		else
			session_note(session, "'%s' is not in the workspace: left as it is",
				target->track->name);
	}
	return records_store(session, &records, stage, options->jobs, err);
}
