/* dray init */
#include "private.h"

enum dray_status dray_ops_init(
	const struct dray_init_options *options, struct dray_report *report, struct dray_err *err)
{
	struct dray_repo *repo = NULL;
	const struct dray_repo_create create = {
		.dir = options->dir != NULL ? options->dir : ".",
		.dialect = options->is_dvc ? &dray_dialect_dvc : &dray_dialect_native,
		.no_git = options->no_git,
		.subdir = options->subdir,
		.force = options->force,
	};

	if (options->dir != NULL)
		DRAY_TRY(dray_os_mkdirs(AT_FDCWD, options->dir, 0777, err));
	DRAY_TRY(dray_repo_create(&create, &repo, err));
	DRAY_AUTO_STR path = dray_path_join(repo->root, repo->dialect->folder);
	report_item(report,
		&(struct dray_item){.state = "created", .path = path, .is_path_literal = true});
	dray_repo_close(repo);
	return DRAY_OK;
}
