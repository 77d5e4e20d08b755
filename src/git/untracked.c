/* What is in the work tree, neither tracked nor ignored. */
#include "repository.h"

#include <string.h>

enum dray_status dray_git_untracked(
	struct dray_git *git, const char *folder, struct dray_strs *out_names, struct dray_err *err)
{
	DRAY_AUTO_GIT(status_list) list = NULL;
	DRAY_AUTO_STR pattern = dray_strdup(folder);
	git_status_options options = {
		.version = GIT_STATUS_OPTIONS_VERSION,
		.show = GIT_STATUS_SHOW_WORKDIR_ONLY,
		.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
			 GIT_STATUS_OPT_EXCLUDE_SUBMODULES | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH |
			 GIT_STATUS_OPT_NO_REFRESH,
	};

	DRAY_TRY(dray_git_index_load(git, err));
	if (*folder != '\0')
		options.pathspec = (git_strarray){.strings = &pattern, .count = 1};
	int rc = dray_git2.status_list_new(&list, git->repo, &options);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot look for untracked files in '%s'", git->dir);
	for (size_t i = 0; i < dray_git2.status_list_entrycount(list); i++) {
		const git_status_entry *entry = dray_git2.status_byindex(list, i);

		if (entry->status == GIT_STATUS_WT_NEW)
			dray_strs_add(out_names, entry->index_to_workdir->new_file.path);
	}
	return DRAY_OK;
}
