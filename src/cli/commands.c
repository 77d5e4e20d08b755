/*
 * Every command, once, in the order of the overview; and how rows are found.
 * Invariant: a command below another has the other's name and a blank in
 * front, and the other has no `run`.
 */
#include "commands.h"

#include "options.h"

#include <string.h>

const struct dray_cli_command dray_cli_commands[] = {
	{"init", "", "[DIR]", "make a dray repository", DRAY_CLI_GROUP_START,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {dray_cli_opts_init},
		dray_cli_run_init, dray_cli_print_change, NULL},
	{"install", "", "", "have git run dray when it commits, pushes, checks out",
		DRAY_CLI_GROUP_START, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_install}, dray_cli_run_install, dray_cli_print_change, NULL},
	{"destroy", "", "", "remove dray from a repository, keep the data", DRAY_CLI_GROUP_START,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {dray_cli_opts_destroy},
		dray_cli_run_destroy, dray_cli_print_change, dray_cli_print_destroy_end},

	{"add", "", "[TARGET...]", "track files or directories", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_add, dray_cli_opts_unpack, dray_cli_opts_to_remote,
			dray_cli_opts_jobs},
		dray_cli_run_add, dray_cli_print_add, dray_cli_print_add_end},
	{"commit", "", "[TARGET...]", "record changes of tracked data", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_commit, dray_cli_opts_selection, dray_cli_opts_jobs},
		dray_cli_run_commit, dray_cli_print_add, dray_cli_print_add_end},
	{"checkout", "", "[TARGET...]", "make the data what the pointers say", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON,
		{dray_cli_opts_checkout, dray_cli_opts_selection, dray_cli_opts_jobs},
		dray_cli_run_checkout, dray_cli_print_checkout, dray_cli_print_checkout_end},
	{"mv", "move", "TARGET PATH", "rename tracked data", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {NULL}, dray_cli_run_mv,
		dray_cli_print_change, NULL},
	{"rm", "remove", "TARGET...", "stop tracking data", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {dray_cli_opts_rm},
		dray_cli_run_rm, dray_cli_print_change, NULL},
	{"unprotect", "", "TARGET...", "make linked files editable", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON, {NULL}, dray_cli_run_unprotect,
		dray_cli_print_change, dray_cli_print_unprotect_end},
	{"freeze", "", "TARGET...", "leave an import or a stage as it is", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {NULL},
		dray_cli_run_freeze, dray_cli_print_change, NULL},
	{"unfreeze", "", "TARGET...", "let an import or a stage change again", DRAY_CLI_GROUP_DATA,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {NULL},
		dray_cli_run_unfreeze, dray_cli_print_change, NULL},

	{"status", "", "[TARGET...]", "show what changed", DRAY_CLI_GROUP_LOOK, DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1, {dray_cli_opts_status, dray_cli_opts_jobs},
		dray_cli_run_status, dray_cli_print_status, dray_cli_print_status_end},
	{"data", "", "", "look at data", DRAY_CLI_GROUP_LOOK, DRAY_CLI_NEEDS_NOTHING, 0, {NULL},
		NULL, NULL, NULL},
	{"data status", "", "[TARGET...]", "compare commit, pointers and workspace",
		DRAY_CLI_GROUP_LOOK, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON,
		{dray_cli_opts_data_status, dray_cli_opts_jobs}, dray_cli_run_data_status,
		dray_cli_print_data_status, dray_cli_print_data_status_end},
	{"diff", "", "[REV] [REV] [TARGET...]", "show changed files and their sizes",
		DRAY_CLI_GROUP_LOOK, DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1 | DRAY_CLI_NEEDS_NO_TREE,
		{dray_cli_opts_diff, dray_cli_opts_jobs}, dray_cli_run_diff, dray_cli_print_diff,
		dray_cli_print_diff_end},
	{"log", "", "[TARGET]", "show which commits changed data", DRAY_CLI_GROUP_LOOK,
		DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1 | DRAY_CLI_NEEDS_NO_TREE,
		{dray_cli_opts_log}, dray_cli_run_log, dray_cli_print_log, NULL},
	{"ls", "list", "[TARGET...]", "list tracked data, a revision, another repository",
		DRAY_CLI_GROUP_LOOK, DRAY_CLI_TRIES_REPO,
		DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1 | DRAY_CLI_NEEDS_NO_TREE,
		{dray_cli_opts_ls, dray_cli_opts_rev, dray_cli_opts_elsewhere}, dray_cli_run_ls,
		dray_cli_print_ls, dray_cli_print_ls_end},
	{"cat", "", "[REV:]PATH...", "print files of a revision, without getting more",
		DRAY_CLI_GROUP_LOOK, DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_IS_QUERY | DRAY_CLI_IS_RAW | DRAY_CLI_NEEDS_NO_TREE, {dray_cli_opts_cat},
		dray_cli_run_cat, NULL, NULL},
	{"du", "", "[TARGET...]", "show how much space data takes", DRAY_CLI_GROUP_LOOK,
		DRAY_CLI_TRIES_REPO, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_NEEDS_NO_TREE,
		{dray_cli_opts_du, dray_cli_opts_rev, dray_cli_opts_elsewhere}, dray_cli_run_du,
		dray_cli_print_du, dray_cli_print_du_end},
	{"check-ignore", "", "[PATH...]", "show which paths are ignored", DRAY_CLI_GROUP_LOOK,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON, {dray_cli_opts_check_ignore},
		dray_cli_run_check_ignore, dray_cli_print_check_ignore, NULL},
	{"root", "", "", "print the root of the repository", DRAY_CLI_GROUP_LOOK,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_ANY_SETTINGS,
		{NULL}, dray_cli_run_root, dray_cli_print_root, NULL},

	{"push", "", "[TARGET...]", "send data to a remote", DRAY_CLI_GROUP_SYNC,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1 | DRAY_CLI_NEEDS_NO_TREE,
		{dray_cli_opts_transfer, dray_cli_opts_selection, dray_cli_opts_history,
			dray_cli_opts_jobs},
		dray_cli_run_push, dray_cli_print_object, dray_cli_print_push_end},
	{"fetch", "", "[TARGET...]", "get data into the cache", DRAY_CLI_GROUP_SYNC,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1 | DRAY_CLI_NEEDS_NO_TREE,
		{dray_cli_opts_transfer, dray_cli_opts_fetch, dray_cli_opts_selection,
			dray_cli_opts_history, dray_cli_opts_jobs},
		dray_cli_run_fetch, dray_cli_print_object, dray_cli_print_fetch_end},
	{"pull", "", "[TARGET...]", "get data into the cache and workspace", DRAY_CLI_GROUP_SYNC,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_transfer, dray_cli_opts_pull, dray_cli_opts_selection,
			dray_cli_opts_history, dray_cli_opts_jobs},
		dray_cli_run_pull, dray_cli_print_object, dray_cli_print_pull_end},

	{"archive", "", "REV [PATH...]", "write code and data of a revision to one file",
		DRAY_CLI_GROUP_SYNC, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON,
		{dray_cli_opts_archive, dray_cli_opts_unpack, dray_cli_opts_jobs},
		dray_cli_run_archive, dray_cli_print_archive, dray_cli_print_archive_end},
	{"bundle", "", "", "carry data to where no network leads", DRAY_CLI_GROUP_SYNC,
		DRAY_CLI_NEEDS_NOTHING, 0, {NULL}, NULL, NULL, NULL},
	{"bundle create", "", "FILE REV...", "write the data of revisions to one file",
		DRAY_CLI_GROUP_SYNC, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON,
		{dray_cli_opts_bundle, dray_cli_opts_jobs}, dray_cli_run_bundle_create,
		dray_cli_print_archive, NULL},
	{"bundle unbundle", "", "FILE", "bring the data of a bundle into the cache",
		DRAY_CLI_GROUP_SYNC, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON, {dray_cli_opts_unpack},
		dray_cli_run_unbundle, NULL, dray_cli_print_unbundle_end},
	{"bundle verify", "", "FILE", "check every object of a bundle", DRAY_CLI_GROUP_SYNC,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_HAS_JSON, {dray_cli_opts_unpack},
		dray_cli_run_bundle_verify, NULL, dray_cli_print_bundle_verify_end},
	{"bundle list", "", "FILE", "show commits and objects of a bundle", DRAY_CLI_GROUP_SYNC,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON,
		{dray_cli_opts_unpack}, dray_cli_run_bundle_list, dray_cli_print_archive, NULL},

	{"get", "", "URL PATH", "get a file or folder of another repository",
		DRAY_CLI_GROUP_ELSEWHERE, DRAY_CLI_NEEDS_NOTHING,
		DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1 | DRAY_CLI_FAILS_1,
		{dray_cli_opts_get, dray_cli_opts_rev, dray_cli_opts_elsewhere, dray_cli_opts_jobs},
		dray_cli_run_get, dray_cli_print_get, NULL},
	{"artifacts", "", "", "data by names and versions", DRAY_CLI_GROUP_ELSEWHERE,
		DRAY_CLI_NEEDS_NOTHING, 0, {NULL}, NULL, NULL, NULL},
	{"artifacts get", "", "URL NAME", "get a version of named data", DRAY_CLI_GROUP_ELSEWHERE,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_artifact, dray_cli_opts_get, dray_cli_opts_elsewhere,
			dray_cli_opts_jobs},
		dray_cli_run_artifacts_get, dray_cli_print_get, NULL},
	{"import", "", "URL PATH", "track a file or folder of another repository",
		DRAY_CLI_GROUP_ELSEWHERE, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_import, dray_cli_opts_rev, dray_cli_opts_elsewhere,
			dray_cli_opts_jobs},
		dray_cli_run_import, dray_cli_print_add, dray_cli_print_add_end},
	{"update", "", "TARGET...", "bring imports up to date", DRAY_CLI_GROUP_ELSEWHERE,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_update, dray_cli_opts_to_remote, dray_cli_opts_jobs},
		dray_cli_run_update, dray_cli_print_add, dray_cli_print_add_end},
	{"get-url", "", "URL [PATH]", "get what is in no repository", DRAY_CLI_GROUP_ELSEWHERE,
		DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_get_url, dray_cli_opts_fs_config, dray_cli_opts_jobs},
		dray_cli_run_get_url, dray_cli_print_get, NULL},
	{"import-url", "", "URL [PATH]", "track what is in no repository", DRAY_CLI_GROUP_ELSEWHERE,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_import_url, dray_cli_opts_to_remote, dray_cli_opts_fs_config,
			dray_cli_opts_jobs},
		dray_cli_run_import_url, dray_cli_print_add, dray_cli_print_add_end},
	{"ls-url", "list-url", "URL", "list what is in no repository", DRAY_CLI_GROUP_ELSEWHERE,
		DRAY_CLI_TRIES_REPO, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON,
		{dray_cli_opts_ls_url, dray_cli_opts_fs_config}, dray_cli_run_ls_url,
		dray_cli_print_ls, dray_cli_print_ls_end},

	{"fsck", "", "", "verify the objects in the cache", DRAY_CLI_GROUP_CARE,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_fsck, dray_cli_opts_jobs}, dray_cli_run_fsck, dray_cli_print_object,
		dray_cli_print_fsck_end},
	{"gc", "", "", "remove objects that nothing needs", DRAY_CLI_GROUP_CARE,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON, {dray_cli_opts_gc, dray_cli_opts_jobs},
		dray_cli_run_gc, dray_cli_print_object, dray_cli_print_gc_end},
	{"migrate", "", "[TARGET...]", "make a repository of DVC's one of dray's own, or back",
		DRAY_CLI_GROUP_CARE, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON,
		{dray_cli_opts_migrate, dray_cli_opts_jobs}, dray_cli_run_migrate,
		dray_cli_print_change, dray_cli_print_migrate_end},
	{"doctor", "", "", "look for problems of this machine or setup", DRAY_CLI_GROUP_CARE,
		DRAY_CLI_TRIES_REPO, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_ANY_SETTINGS,
		{NULL}, dray_cli_run_doctor, dray_cli_print_doctor, NULL},

	{"config", "", "[KEY [VALUE]]", "read or change settings", DRAY_CLI_GROUP_SETTINGS,
		DRAY_CLI_TRIES_REPO, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_251,
		{dray_cli_opts_config, dray_cli_opts_level}, dray_cli_run_config,
		dray_cli_print_setting, NULL},
	{"remote", "", "", "manage remotes", DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_NOTHING, 0,
		{NULL}, NULL, NULL, NULL},
	{"remote add", "", "NAME URL", "add a remote", DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_FAILS_251, {dray_cli_opts_remote_add, dray_cli_opts_level},
		dray_cli_run_remote_add, NULL, NULL},
	{"remote list", "ls", "", "list remotes", DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_251, {dray_cli_opts_level},
		dray_cli_run_remote_list, dray_cli_print_remote, NULL},
	{"remote modify", "", "REMOTE OPTION [VALUE]", "change a setting of a remote",
		DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_REPO, DRAY_CLI_FAILS_251,
		{dray_cli_opts_unset, dray_cli_opts_level}, dray_cli_run_remote_modify, NULL, NULL},
	{"remote remove", "rm", "REMOTE", "forget a remote", DRAY_CLI_GROUP_SETTINGS,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_FAILS_251, {dray_cli_opts_level},
		dray_cli_run_remote_remove, NULL, NULL},
	{"remote rename", "", "REMOTE NAME", "rename a remote", DRAY_CLI_GROUP_SETTINGS,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_FAILS_251, {dray_cli_opts_level},
		dray_cli_run_remote_rename, NULL, NULL},
	{"remote default", "", "[REMOTE]", "show or choose the default remote",
		DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_REPO,
		DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_251,
		{dray_cli_opts_unset, dray_cli_opts_level}, dray_cli_run_remote_default,
		dray_cli_print_path, NULL},
	{"cache", "", "", "manage the cache", DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_NOTHING, 0,
		{NULL}, NULL, NULL, NULL},
	{"cache dir", "", "[DIR]", "show or choose where the cache is", DRAY_CLI_GROUP_SETTINGS,
		DRAY_CLI_NEEDS_REPO, DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_251,
		{dray_cli_opts_unset, dray_cli_opts_level}, dray_cli_run_cache_dir,
		dray_cli_print_value, NULL},
	{"cache migrate", "", "", "give what DVC 2 left the names of DVC 3",
		DRAY_CLI_GROUP_SETTINGS, DRAY_CLI_NEEDS_REPO, DRAY_CLI_HAS_JSON,
		{dray_cli_opts_cache_migrate, dray_cli_opts_jobs}, dray_cli_run_cache_migrate,
		dray_cli_print_change, dray_cli_print_cache_migrate_end},

	{"help", "", "[COMMAND...]", "explain a command", DRAY_CLI_GROUP_SELF,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_IS_QUERY, {NULL}, dray_cli_run_help, NULL, NULL},
	{"version", "", "", "print the version", DRAY_CLI_GROUP_SELF, DRAY_CLI_NEEDS_NOTHING,
		DRAY_CLI_IS_QUERY | DRAY_CLI_HAS_JSON, {NULL}, dray_cli_run_version,
		dray_cli_print_version, NULL},
	{"completion", "", "SHELL", "print a completion script for a shell", DRAY_CLI_GROUP_SELF,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_IS_QUERY, {NULL}, dray_cli_run_completion, NULL,
		NULL},
	{"__describe", "", "", "print these tables as text", DRAY_CLI_GROUP_HIDDEN,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_IS_QUERY, {NULL}, dray_cli_run_describe, NULL,
		NULL},
	{"git-hook", "", "", "what git calls: see install", DRAY_CLI_GROUP_HIDDEN,
		DRAY_CLI_NEEDS_NOTHING, 0, {NULL}, NULL, NULL, NULL},
	{"git-hook pre-commit", "", "[WORD...]", "tell of data that changed and is not recorded",
		DRAY_CLI_GROUP_HIDDEN, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{NULL}, dray_cli_run_hook_pre_commit, dray_cli_print_status,
		dray_cli_print_hook_status_end},
	{"git-hook pre-push", "", "[WORD...]", "push the data of the commits that git pushes",
		DRAY_CLI_GROUP_HIDDEN, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{NULL}, dray_cli_run_hook_pre_push, dray_cli_print_object,
		dray_cli_print_hook_push_end},
	{"git-hook post-checkout", "", "[WORD...]", "check out the data that changed",
		DRAY_CLI_GROUP_HIDDEN, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{NULL}, dray_cli_run_hook_post_checkout, dray_cli_print_checkout, NULL},
	{"git-hook post-commit", "", "[WORD...]", "check out the data that changed",
		DRAY_CLI_GROUP_HIDDEN, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{NULL}, dray_cli_run_hook_post_commit, dray_cli_print_checkout, NULL},
	{"git-hook post-merge", "", "[WORD...]", "check out the data that changed",
		DRAY_CLI_GROUP_HIDDEN, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{NULL}, dray_cli_run_hook_post_merge, dray_cli_print_checkout, NULL},
	{"git-hook post-rewrite", "", "[WORD...]", "check out the data that changed",
		DRAY_CLI_GROUP_HIDDEN, DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{NULL}, dray_cli_run_hook_post_rewrite, dray_cli_print_checkout, NULL},
	{"git-hook merge-driver", "", "", "merge a pointer three-way", DRAY_CLI_GROUP_HIDDEN,
		DRAY_CLI_NEEDS_NOTHING, DRAY_CLI_HAS_JSON | DRAY_CLI_FAILS_1,
		{dray_cli_opts_merge_driver}, dray_cli_run_merge_driver, dray_cli_print_change,
		NULL},
	{"git-hook textconv", "", "FILE", "a pointer as text to compare", DRAY_CLI_GROUP_HIDDEN,
		DRAY_CLI_TRIES_REPO, DRAY_CLI_HAS_JSON | DRAY_CLI_IS_QUERY, {NULL},
		dray_cli_run_textconv, dray_cli_print_textconv, NULL},
	{.name = NULL},
};

const struct dray_cli_variable dray_cli_variables[] = {
	{"NO_COLOR", "print no colours when set and not empty"},
	{"TERM", "no colours and no progress line when it is 'dumb'"},
	{"DRAY_GLOBAL_CONFIG_DIR", "the directory of this user's settings"},
	{"DRAY_SYSTEM_CONFIG_DIR", "the directory of this machine's settings"},
	{"DVC_GLOBAL_CONFIG_DIR", "the same where DVC shares the repository"},
	{"DVC_SYSTEM_CONFIG_DIR", "the same where DVC shares the repository"},
	{"XDG_CONFIG_HOME", "this user's settings are in its 'dray' directory"},
	{"XDG_CONFIG_DIRS", "this machine's settings are in 'dray' of its first"},
	{"XDG_CACHE_HOME", "copies of other repositories are in its 'dray' directory"},
	{"HOME", "'.config' and '.cache' in it stand in for these two"},
	{"GIT_DIR", "the git repository, as git reads it"},
	{"GIT_WORK_TREE", "the work tree, as git reads it"},
	{"GIT_INDEX_FILE", "the index to stage in, as git reads it"},
	{"GIT_CEILING_DIRECTORIES", "where to stop looking upwards, as git reads it"},
	{"PRE_COMMIT", "set by pre-commit.com, with more of that name, for hooks"},
	{"AWS_ACCESS_KEY_ID", "S3: access key, with AWS_SECRET_ACCESS_KEY"},
	{"AWS_SECRET_ACCESS_KEY", "S3: secret key"},
	{"AWS_SESSION_TOKEN", "S3: token of temporary keys"},
	{"AWS_PROFILE", "S3: profile in AWS's files"},
	{"AWS_DEFAULT_PROFILE", "S3: the same, where AWS_PROFILE is not set"},
	{"AWS_CONFIG_FILE", "S3: instead of ~/.aws/config"},
	{"AWS_SHARED_CREDENTIALS_FILE", "S3: instead of ~/.aws/credentials"},
	{"AWS_REGION", "S3: region of the bucket"},
	{"AWS_DEFAULT_REGION", "S3: the same, where AWS_REGION is not set"},
	{"AWS_ENDPOINT_URL_S3", "S3: address of a store other than AWS"},
	{"AWS_ENDPOINT_URL", "S3: the same, for all services"},
	{"AWS_ENDPOINT_URL_STS", "S3: address of the token service"},
	{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "S3: leave these addresses alone"},
	{"AWS_CA_BUNDLE", "S3: file or folder of trusted authorities"},
	{"CURL_CA_BUNDLE", "the same, where AWS_CA_BUNDLE is not set"},
	{"SSL_CERT_FILE", "the same, where neither is set"},
	{"AWS_MAX_ATTEMPTS", "S3: tries of a request; else as long as it makes sense"},
	{"AWS_ROLE_ARN", "S3: role to assume with a web identity"},
	{"AWS_WEB_IDENTITY_TOKEN_FILE", "S3: file of the web identity's token"},
	{"AWS_ROLE_SESSION_NAME", "S3: name of that session"},
	{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "S3: keys of an ECS task"},
	{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "S3: keys of a container"},
	{"AWS_CONTAINER_AUTHORIZATION_TOKEN", "S3: how to ask for these"},
	{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "S3: the same, in a file"},
	{"AWS_EC2_METADATA_DISABLED", "S3: do not ask the machine for keys when 'true'"},
	{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "S3: where to ask the machine"},
	{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "S3: IPv4 or IPv6"},
	{"AWS_EC2_METADATA_V1_DISABLED", "S3: only with a token when 'true'"},
	{"AWS_METADATA_SERVICE_TIMEOUT", "S3: seconds to wait for the machine"},
	{"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "S3: times to ask the machine"},
	{"GIT_SSL_CAINFO", "git: file of trusted authorities, else SSL_CERT_FILE"},
	{"SSH_AUTH_SOCK", "the ssh agent whose keys open other repositories"},
	{"https_proxy", "proxy for https, as curl reads it; http_proxy for http"},
	{"no_proxy", "hosts to reach past the proxy, as curl reads it"},
	{NULL, NULL},
};

const char *dray_cli_group_title(enum dray_cli_group group)
{
	static const char *const titles[] = {
		"start or stop",
		"work with data",
		"look",
		"share data",
		"data from elsewhere",
		"keep the cache well",
		"settings",
		"about dray",
	};

	return titles[group];
}

/* ------------------------------------------------------------------ lookup */

static size_t parent_len(const struct dray_cli_command *command)
{
	const char *blank = strchr(command->name, ' ');

	return blank ? (size_t)(blank - command->name) : 0;
}

const char *dray_cli_command_word(const struct dray_cli_command *command)
{
	size_t len = parent_len(command);

	return len ? command->name + len + 1 : command->name;
}

bool dray_cli_command_is_below(
	const struct dray_cli_command *command, const struct dray_cli_command *parent)
{
	size_t len = parent_len(command);

	if (!parent)
		return len == 0;
	return len == strlen(parent->name) && memcmp(command->name, parent->name, len) == 0;
}

static bool has_alias(const char *aliases, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = aliases; *at;) {
		size_t alias_len = strcspn(at, " ");

		if (alias_len == len && memcmp(at, word, len) == 0)
			return true;
		at += alias_len;
		at += strspn(at, " ");
	}
	return false;
}

const struct dray_cli_command *dray_cli_command_find(
	const struct dray_cli_command *parent, const char *word)
{
	for (const struct dray_cli_command *command = dray_cli_commands; command->name; command++)
		if (dray_cli_command_is_below(command, parent) &&
			(strcmp(dray_cli_command_word(command), word) == 0 ||
				has_alias(command->aliases, word)))
			return command;
	return NULL;
}

const struct dray_cli_opt *dray_cli_opt_next(
	const struct dray_cli_command *command, struct dray_cli_opt_cursor *at)
{
	const struct dray_cli_opt *sets[DRAY_CLI_SETS_MAX + 3] = {NULL};
	size_t len = 0;

	if (command) {
		for (size_t i = 0; i < DRAY_CLI_SETS_MAX && command->sets[i]; i++)
			sets[len++] = command->sets[i];
		if (command->flags & DRAY_CLI_HAS_JSON)
			sets[len++] = dray_cli_opts_json;
	}
	sets[len] = dray_cli_common_opts;
	for (; sets[at->set]; at->set++, at->row = 0)
		if (sets[at->set][at->row].long_name)
			return &sets[at->set][at->row++];
	return NULL;
}

bool dray_cli_opt_is_common(const struct dray_cli_opt *opt)
{
	for (const struct dray_cli_opt *row = dray_cli_common_opts; row->long_name; row++)
		if (row == opt)
			return true;
	return false;
}

void dray_cli_args_range(const char *args, size_t *out_min, size_t *out_max)
{
	size_t min = 0, max = 0;

	for (const char *at = args; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		min += *at != '[';
		max = memmem(at, len, "...", 3) || max == SIZE_MAX ? SIZE_MAX : max + 1;
		at += len;
	}
	*out_min = min;
	*out_max = max;
}

void dray_cli_args_drop(struct dray_cli_args *args)
{
	dray_strs_drop(&args->dirs);
	dray_strs_drop(&args->projects);
	dray_strs_drop(&args->types);
	dray_strs_drop(&args->revisions);
	dray_strs_drop(&args->paths);
	dray_strs_drop(&args->remote_config);
	dray_strs_drop(&args->fs_config);
	dray_strs_drop(&args->targets);
}
