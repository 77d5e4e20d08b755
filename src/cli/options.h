/* The option sets that rows of the command table name; kept by options.c. */
#ifndef DRAY_CLI_OPTIONS_H
#define DRAY_CLI_OPTIONS_H

#include "command.h"

extern const struct dray_cli_opt dray_cli_opts_init[];
extern const struct dray_cli_opt dray_cli_opts_install[];
extern const struct dray_cli_opt dray_cli_opts_merge_driver[];
extern const struct dray_cli_opt dray_cli_opts_add[];
extern const struct dray_cli_opt dray_cli_opts_commit[];
extern const struct dray_cli_opt dray_cli_opts_rm[];
extern const struct dray_cli_opt dray_cli_opts_selection[];
extern const struct dray_cli_opt dray_cli_opts_destroy[];
extern const struct dray_cli_opt dray_cli_opts_status[];
extern const struct dray_cli_opt dray_cli_opts_data_status[];
extern const struct dray_cli_opt dray_cli_opts_diff[];
extern const struct dray_cli_opt dray_cli_opts_cat[];
extern const struct dray_cli_opt dray_cli_opts_log[];
extern const struct dray_cli_opt dray_cli_opts_ls[];
extern const struct dray_cli_opt dray_cli_opts_rev[];
extern const struct dray_cli_opt dray_cli_opts_elsewhere[];
extern const struct dray_cli_opt dray_cli_opts_get[];
extern const struct dray_cli_opt dray_cli_opts_artifact[];
extern const struct dray_cli_opt dray_cli_opts_import[];
extern const struct dray_cli_opt dray_cli_opts_update[];
extern const struct dray_cli_opt dray_cli_opts_to_remote[];
extern const struct dray_cli_opt dray_cli_opts_get_url[];
extern const struct dray_cli_opt dray_cli_opts_import_url[];
extern const struct dray_cli_opt dray_cli_opts_ls_url[];
extern const struct dray_cli_opt dray_cli_opts_fs_config[];
extern const struct dray_cli_opt dray_cli_opts_du[];
extern const struct dray_cli_opt dray_cli_opts_check_ignore[];
extern const struct dray_cli_opt dray_cli_opts_checkout[];
extern const struct dray_cli_opt dray_cli_opts_fsck[];
extern const struct dray_cli_opt dray_cli_opts_gc[];
extern const struct dray_cli_opt dray_cli_opts_migrate[];
extern const struct dray_cli_opt dray_cli_opts_cache_migrate[];
extern const struct dray_cli_opt dray_cli_opts_transfer[];
extern const struct dray_cli_opt dray_cli_opts_pull[];
extern const struct dray_cli_opt dray_cli_opts_fetch[];
extern const struct dray_cli_opt dray_cli_opts_remote_add[];
extern const struct dray_cli_opt dray_cli_opts_config[];
extern const struct dray_cli_opt dray_cli_opts_unset[];
extern const struct dray_cli_opt dray_cli_opts_archive[];
extern const struct dray_cli_opt dray_cli_opts_unpack[];
extern const struct dray_cli_opt dray_cli_opts_bundle[];
/* shared */
extern const struct dray_cli_opt dray_cli_opts_jobs[];
extern const struct dray_cli_opt dray_cli_opts_history[];
extern const struct dray_cli_opt dray_cli_opts_level[];
extern const struct dray_cli_opt dray_cli_opts_json[];

#endif
