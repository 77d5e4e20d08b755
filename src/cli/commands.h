/* What the command table points at: the doing and the printing of each command. */
#ifndef DRAY_CLI_COMMANDS_H
#define DRAY_CLI_COMMANDS_H

#include "command.h"

typedef enum dray_status dray_cli_run_fn(struct dray_cli_call *call, struct dray_err *err);

/* run_data.c */
dray_cli_run_fn dray_cli_run_init;
dray_cli_run_fn dray_cli_run_add;
dray_cli_run_fn dray_cli_run_commit;
dray_cli_run_fn dray_cli_run_rm;
dray_cli_run_fn dray_cli_run_mv;
dray_cli_run_fn dray_cli_run_unprotect;
dray_cli_run_fn dray_cli_run_freeze;
dray_cli_run_fn dray_cli_run_unfreeze;
dray_cli_run_fn dray_cli_run_destroy;
dray_cli_run_fn dray_cli_run_checkout;
/* run_look.c */
dray_cli_run_fn dray_cli_run_status;
dray_cli_run_fn dray_cli_run_data_status;
dray_cli_run_fn dray_cli_run_diff;
dray_cli_run_fn dray_cli_run_cat;
dray_cli_run_fn dray_cli_run_log;
dray_cli_run_fn dray_cli_run_ls;
dray_cli_run_fn dray_cli_run_du;
dray_cli_run_fn dray_cli_run_check_ignore;
dray_cli_run_fn dray_cli_run_root;
/* run_elsewhere.c */
dray_cli_run_fn dray_cli_run_get;
dray_cli_run_fn dray_cli_run_artifacts_get;
dray_cli_run_fn dray_cli_run_import;
dray_cli_run_fn dray_cli_run_update;
dray_cli_run_fn dray_cli_run_get_url;
dray_cli_run_fn dray_cli_run_import_url;
dray_cli_run_fn dray_cli_run_ls_url;
/* run_archive.c */
dray_cli_run_fn dray_cli_run_archive;
dray_cli_run_fn dray_cli_run_bundle_create;
dray_cli_run_fn dray_cli_run_unbundle;
dray_cli_run_fn dray_cli_run_bundle_verify;
dray_cli_run_fn dray_cli_run_bundle_list;
/* run_store.c */
dray_cli_run_fn dray_cli_run_fsck;
dray_cli_run_fn dray_cli_run_gc;
dray_cli_run_fn dray_cli_run_migrate;
dray_cli_run_fn dray_cli_run_cache_migrate;
dray_cli_run_fn dray_cli_run_push;
dray_cli_run_fn dray_cli_run_fetch;
dray_cli_run_fn dray_cli_run_pull;
/* run_settings.c */
dray_cli_run_fn dray_cli_run_config;
dray_cli_run_fn dray_cli_run_remote_add;
dray_cli_run_fn dray_cli_run_remote_list;
dray_cli_run_fn dray_cli_run_remote_modify;
dray_cli_run_fn dray_cli_run_remote_remove;
dray_cli_run_fn dray_cli_run_remote_rename;
dray_cli_run_fn dray_cli_run_remote_default;
dray_cli_run_fn dray_cli_run_cache_dir;
/* run_hooks.c */
dray_cli_run_fn dray_cli_run_install;
dray_cli_run_fn dray_cli_run_hook_pre_commit;
dray_cli_run_fn dray_cli_run_hook_pre_push;
dray_cli_run_fn dray_cli_run_hook_post_checkout;
dray_cli_run_fn dray_cli_run_hook_post_commit;
dray_cli_run_fn dray_cli_run_hook_post_merge;
dray_cli_run_fn dray_cli_run_hook_post_rewrite;
dray_cli_run_fn dray_cli_run_merge_driver;
dray_cli_run_fn dray_cli_run_textconv;
/* run_self.c */
dray_cli_run_fn dray_cli_run_doctor;
dray_cli_run_fn dray_cli_run_version;
dray_cli_run_fn dray_cli_run_help;
dray_cli_run_fn dray_cli_run_completion;
dray_cli_run_fn dray_cli_run_describe;

typedef void dray_cli_item_fn(struct dray_cli_sink *sink, const struct dray_item *item);
typedef void dray_cli_end_fn(struct dray_cli_sink *sink);

/* print_data.c */
dray_cli_item_fn dray_cli_print_change;
dray_cli_end_fn dray_cli_print_destroy_end;
dray_cli_item_fn dray_cli_print_add;
dray_cli_end_fn dray_cli_print_add_end;
dray_cli_item_fn dray_cli_print_checkout;
dray_cli_end_fn dray_cli_print_checkout_end;
dray_cli_end_fn dray_cli_print_unprotect_end;
/* run_hooks.c */
dray_cli_end_fn dray_cli_print_hook_status_end;
dray_cli_end_fn dray_cli_print_hook_push_end;
dray_cli_item_fn dray_cli_print_textconv;
/* print_status.c */
dray_cli_item_fn dray_cli_print_status;
dray_cli_end_fn dray_cli_print_status_end;
/* print_data_status.c */
dray_cli_item_fn dray_cli_print_data_status;
dray_cli_end_fn dray_cli_print_data_status_end;
/* print_diff.c */
dray_cli_item_fn dray_cli_print_diff;
dray_cli_end_fn dray_cli_print_diff_end;
/* print_look.c */
dray_cli_item_fn dray_cli_print_log;
dray_cli_item_fn dray_cli_print_ls;
/* print_elsewhere.c */
dray_cli_end_fn dray_cli_print_ls_end;
dray_cli_item_fn dray_cli_print_get;
/* print_archive.c */
dray_cli_item_fn dray_cli_print_archive;
dray_cli_end_fn dray_cli_print_archive_end;
dray_cli_end_fn dray_cli_print_unbundle_end;
dray_cli_end_fn dray_cli_print_bundle_verify_end;
/* print_look.c */
dray_cli_item_fn dray_cli_print_du;
dray_cli_end_fn dray_cli_print_du_end;
dray_cli_item_fn dray_cli_print_check_ignore;
dray_cli_item_fn dray_cli_print_setting;
dray_cli_item_fn dray_cli_print_remote;
dray_cli_item_fn dray_cli_print_root;
dray_cli_item_fn dray_cli_print_path;
dray_cli_item_fn dray_cli_print_value;
dray_cli_item_fn dray_cli_print_version;
dray_cli_item_fn dray_cli_print_doctor;
/* print_store.c */
dray_cli_item_fn dray_cli_print_object;
dray_cli_end_fn dray_cli_print_push_end;
dray_cli_end_fn dray_cli_print_fetch_end;
dray_cli_end_fn dray_cli_print_pull_end;
dray_cli_end_fn dray_cli_print_fsck_end;
dray_cli_end_fn dray_cli_print_gc_end;
dray_cli_end_fn dray_cli_print_migrate_end;
dray_cli_end_fn dray_cli_print_cache_migrate_end;

#endif
