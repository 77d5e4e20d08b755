/*
 * Every option, once. Help texts are short enough for 80 columns behind a
 * label of 22 (tests/unit/cli/help.c holds them to it).
 */
#include "options.h"

#define SLOT(field) offsetof(struct dray_cli_args, field)
#define FLAG(short_, long_, field_, help_)                                           \
	{                                                                            \
		.short_name = (short_), .long_name = (long_), .kind = DRAY_CLI_FLAG, \
		.slot = SLOT(field_), .help = (help_)                                \
	}
#define VALUE(short_, long_, kind_, field_, name_, help_)                      \
	{                                                                      \
		.short_name = (short_), .long_name = (long_), .kind = (kind_), \
		.slot = SLOT(field_), .value_name = (name_), .help = (help_)   \
	}
#define LEVEL(long_, level_, help_)                                                \
	{                                                                          \
		.long_name = (long_), .kind = DRAY_CLI_LEVEL, .slot = SLOT(level), \
		.level = (level_), .help = (help_)                                 \
	}
#define END                       \
	{                         \
		.long_name = NULL \
	}

const struct dray_cli_opt dray_cli_common_opts[] = {
	VALUE('C', "cd", DRAY_CLI_LIST, dirs, "DIR", "work as if started in DIR"),
	FLAG('q', "quiet", quiet, "print errors, and what was asked for, only"),
	FLAG('v', "verbose", verbose, "print unchanged things and the time taken too"),
	FLAG(0, "no-progress", no_progress, "draw no progress line"),
	FLAG(0, "wait-for-lock", wait_for_lock, "wait for another command as long as it takes"),
	FLAG('h', "help", help, "print this help"),
	FLAG('V', "version", version, "print the version"),
	END,
};

const struct dray_cli_opt dray_cli_opts_jobs[] = {
	VALUE('j', "jobs", DRAY_CLI_COUNT, jobs, "N", "run N jobs at once instead of what fits"),
	END,
};

const struct dray_cli_opt dray_cli_opts_json[] = {
	FLAG(0, "json", json, "print the results as one JSON object"),
	END,
};

const struct dray_cli_opt dray_cli_opts_history[] = {
	FLAG('a', "all-branches", all_branches, "also what the tips of all branches need"),
	FLAG('T', "all-tags", all_tags, "also what all tags need"),
	FLAG('A', "all-commits", all_commits, "also what any commit needs"),
	VALUE(0, "rev", DRAY_CLI_LIST, revisions, "REV",
		"what REV, or a range A..B, needs; may be repeated"),
	END,
};

const struct dray_cli_opt dray_cli_opts_level[] = {
	LEVEL("system", DRAY_LEVEL_SYSTEM, "use the settings of this machine"),
	LEVEL("global", DRAY_LEVEL_GLOBAL, "use the settings of this user"),
	LEVEL("project", DRAY_LEVEL_PROJECT,
		"use the shared settings; changes go there by default"),
	LEVEL("local", DRAY_LEVEL_LOCAL, "use the private settings of this clone"),
	END,
};

const struct dray_cli_opt dray_cli_opts_init[] = {
	FLAG(0, "dvc", dvc, "make a repository that DVC can use, too"),
	FLAG(0, "no-git", no_git, "work without a git repository"),
	FLAG(0, "no-scm", no_git, "same as --no-git"),
	FLAG(0, "subdir", subdir, "start below the root of the git repository"),
	FLAG('f', "force", force, "replace existing settings"),
	END,
};

const struct dray_cli_opt dray_cli_opts_install[] = {
	FLAG(0, "uninstall", uninstall, "take it away again, put back what was there"),
	LEVEL("local", DRAY_LEVEL_LOCAL, "own hooks where core.hooksPath is for several"),
	FLAG(0, "worktree", worktree, "for this work tree only"),
	FLAG(0, "shared", is_shared, "attributes in .gitattributes, for all of the team"),
	FLAG(0, "use-pre-commit-tool", use_framework,
		"entries for pre-commit.com instead of hooks"),
	END,
};

const struct dray_cli_opt dray_cli_opts_merge_driver[] = {
	VALUE(0, "ancestor", DRAY_CLI_TEXT, ancestor, "FILE", "the version both come from"),
	VALUE(0, "our", DRAY_CLI_TEXT, our, "FILE", "our version, and the outcome"),
	VALUE(0, "their", DRAY_CLI_TEXT, their, "FILE", "their version"),
	VALUE(0, "path", DRAY_CLI_TEXT, path, "PATH", "where it lies in the work tree"),
	END,
};

const struct dray_cli_opt dray_cli_opts_add[] = {
	VALUE('o', "out", DRAY_CLI_TEXT, out, "PATH", "copy the target to PATH and track it there"),
	VALUE(0, "file", DRAY_CLI_TEXT, file, "FILE", "write the pointer to FILE"),
	FLAG('f', "force", force, "replace what is at the place of --out"),
	FLAG(0, "no-commit", no_commit, "write the pointer, put nothing into the cache"),
	FLAG(0, "no-relink", no_relink, "leave the files as they are, copy them"),
	VALUE(0, "remote-jobs", DRAY_CLI_COUNT, jobs, "N", "same as --jobs"),
	FLAG(0, "no-stage", no_stage, "leave staging in git to you"),
	FLAG(0, "glob", glob, "take targets as patterns: * ? [ ] **"),
	VALUE(0, "from-archive", DRAY_CLI_TEXT, from_archive, "FILE",
		"track what is in a tar or zip, or its targets"),
	END,
};

const struct dray_cli_opt dray_cli_opts_commit[] = {
	FLAG('f', "force", force, "do not ask, where a repository of DVC's does"),
	FLAG(0, "no-relink", no_relink, "leave the files as they are, copy them"),
	END,
};

const struct dray_cli_opt dray_cli_opts_selection[] = {
	FLAG('R', "recursive", recursive, "accepted: a folder always means all below it"),
	FLAG('d', "with-deps", with_deps, "also what the targets are made from"),
	END,
};

const struct dray_cli_opt dray_cli_opts_rm[] = {
	FLAG(0, "outs", outs, "remove the data from the workspace too"),
	FLAG('f', "force", force, "with --outs: even data that is in no cache"),
	END,
};

const struct dray_cli_opt dray_cli_opts_destroy[] = {
	FLAG('f', "force", force, "do it: nothing is removed without"),
	END,
};

const struct dray_cli_opt dray_cli_opts_status[] = {
	FLAG('c', "cloud", cloud, "compare the cache with the default remote"),
	VALUE('r', "remote", DRAY_CLI_TEXT, remote, "REMOTE", "compare the cache with REMOTE"),
	FLAG('a', "all-branches", all_branches, "with -c: also what the tips of branches need"),
	FLAG('T', "all-tags", all_tags, "with -c: also what all tags need"),
	FLAG('A', "all-commits", all_commits, "with -c: also what any commit needs"),
	FLAG('R', "recursive", recursive, "accepted and ignored: folders mean all below"),
	FLAG('d', "with-deps", with_deps, "also the stages that the targets depend on"),
	FLAG(0, "no-updates", no_updates, "do not ask whether imports have changed"),
	FLAG(0, "files", files, "list every changed file"),
	FLAG(0, "exit-code", exit_code, "exit with 1 if there are differences"),
	END,
};

static const char *const untracked_choices[] = {"all", "no", NULL};

const struct dray_cli_opt dray_cli_opts_data_status[] = {
	FLAG(0, "granular", granular, "list the files of tracked directories"),
	FLAG(0, "unchanged", unchanged, "list what has not changed, too"),
	{.long_name = "untracked-files",
		.kind = DRAY_CLI_CHOICE,
		.slot = SLOT(untracked_files),
		.value_name = "WHICH",
		.choices = untracked_choices,
		.help = "list files that git does not track: all (or nothing), no"},
	FLAG(0, "not-in-remote", not_in_remote, "list what is not on the remote"),
	VALUE('r', "remote", DRAY_CLI_TEXT, remote, "REMOTE", "with --not-in-remote: ask REMOTE"),
	FLAG(0, "no-remote-refresh", no_remote_refresh,
		"accepted and ignored: the remote is always asked"),
	FLAG(0, "exit-code", exit_code, "exit with 1 if there are differences"),
	END,
};

const struct dray_cli_opt dray_cli_opts_diff[] = {
	VALUE(0, "targets", DRAY_CLI_WORDS, paths, "PATH", "compare these only"),
	FLAG(0, "show-hash", hash, "print the first digits of hashes"),
	FLAG(0, "md", md, "print a table in Markdown"),
	FLAG(0, "summary", summary, "print folders, not files"),
	VALUE('L', "level", DRAY_CLI_COUNT, depth, "N", "with --summary: folders N levels deep"),
	FLAG(0, "hide-missing", hide_missing, "do not look for data that is in no cache"),
	FLAG(0, "cache", cache, "compare the cache with the pointers"),
	FLAG(0, "exit-code", exit_code, "exit with 1 if there are differences"),
	END,
};

const struct dray_cli_opt dray_cli_opts_cat[] = {
	VALUE(0, "range", DRAY_CLI_TEXT, range, "A-B", "print these bytes only: A-B, A-, or -N"),
	END,
};

const struct dray_cli_opt dray_cli_opts_log[] = {
	VALUE(0, "rev", DRAY_CLI_TEXT, rev, "REV", "begin with REV, or look at a range A..B"),
	VALUE('n', "max-count", DRAY_CLI_TEXT, num, "N", "print N commits at most"),
	END,
};

const struct dray_cli_opt dray_cli_opts_ls[] = {
	FLAG('R', "recursive", recursive, "list the files in directories"),
	FLAG('T', "tree", tree, "draw directories as a tree"),
	VALUE('L', "level", DRAY_CLI_COUNT, depth, "N", "with -R or -T: go N levels deep"),
	FLAG(0, "dvc-only", dvc_only, "list tracked data only, not git's files"),
	FLAG(0, "size", size, "print sizes"),
	FLAG(0, "hash", hash, "print hashes"),
	FLAG(0, "show-hash", hash, "same as --hash"),
	END,
};

const struct dray_cli_opt dray_cli_opts_rev[] = {
	VALUE(0, "rev", DRAY_CLI_TEXT, rev, "REV", "the other repository as it is at REV"),
	END,
};

const struct dray_cli_opt dray_cli_opts_elsewhere[] = {
	VALUE(0, "config", DRAY_CLI_TEXT, config, "FILE", "add the settings in FILE to its own"),
	VALUE(0, "remote", DRAY_CLI_TEXT, remote, "NAME", "use its remote NAME, not the default"),
	VALUE(0, "remote-config", DRAY_CLI_WORDS, remote_config, "KEY=VALUE",
		"set options of that remote"),
	END,
};

const struct dray_cli_opt dray_cli_opts_import[] = {
	VALUE('o', "out", DRAY_CLI_TEXT, out, "PATH", "put it at PATH"),
	FLAG('f', "force", force, "replace what is in the way"),
	FLAG(0, "no-exec", no_exec, "write the pointer, look at nothing"),
	FLAG(0, "no-download", no_download, "lock the revision, get no data"),
	END,
};

const struct dray_cli_opt dray_cli_opts_update[] = {
	VALUE(0, "rev", DRAY_CLI_TEXT, rev, "REV", "follow REV of the source, or take a version"),
	FLAG('R', "recursive", recursive, "accepted and ignored: a folder is all below it"),
	FLAG(0, "no-download", no_download, "note what is new, get no data"),
	END,
};

const struct dray_cli_opt dray_cli_opts_to_remote[] = {
	FLAG(0, "to-remote", to_remote, "send the data to a remote, not to the workspace"),
	VALUE('r', "remote", DRAY_CLI_TEXT, remote, "REMOTE", "with --to-remote: to REMOTE"),
	END,
};

const struct dray_cli_opt dray_cli_opts_get_url[] = {
	FLAG('f', "force", force, "replace what is in the way"),
	END,
};

const struct dray_cli_opt dray_cli_opts_import_url[] = {
	FLAG('f', "force", force, "replace what is in the way"),
	FLAG(0, "no-exec", no_exec, "write the pointer, look at nothing"),
	FLAG(0, "no-download", no_download, "note what is there, get no data"),
	FLAG(0, "version-aware", version_aware, "keep the bucket's versions, push none"),
	END,
};

const struct dray_cli_opt dray_cli_opts_ls_url[] = {
	FLAG('R', "recursive", recursive, "list the files in directories"),
	FLAG('T', "tree", tree, "draw directories as a tree"),
	VALUE('L', "level", DRAY_CLI_COUNT, depth, "N", "with -R or -T: go N levels deep"),
	FLAG(0, "size", size, "print sizes"),
	END,
};

const struct dray_cli_opt dray_cli_opts_fs_config[] = {
	VALUE(0, "fs-config", DRAY_CLI_WORDS, fs_config, "KEY=VALUE",
		"settings of the address, as remotes have"),
	END,
};

const struct dray_cli_opt dray_cli_opts_get[] = {
	VALUE('o', "out", DRAY_CLI_TEXT, out, "PATH", "put it at PATH"),
	FLAG('f', "force", force, "replace what is in the way"),
	FLAG(0, "show-url", show_url, "print where the data is, and get nothing"),
	END,
};

const struct dray_cli_opt dray_cli_opts_artifact[] = {
	VALUE(0, "rev", DRAY_CLI_TEXT, rev, "VERSION", "its version VERSION, such as v1.2.3"),
	VALUE(0, "stage", DRAY_CLI_TEXT, stage, "STAGE", "the version that is in STAGE"),
	END,
};

const struct dray_cli_opt dray_cli_opts_du[] = {
	FLAG(0, "history", history, "count all versions of all commits, each file once"),
	FLAG('s', "summarize", summarize, "print the sum only"),
	END,
};

const struct dray_cli_opt dray_cli_opts_check_ignore[] = {
	FLAG('d', "details", details, "print the pattern and where it is written"),
	FLAG('n', "non-matching", non_matching, "print the paths that no pattern matches too"),
	FLAG('a', "all", all, "accepted for DVC's sake: one pattern decides"),
	FLAG(0, "stdin", use_stdin, "read paths from standard input, one a line"),
	END,
};

const struct dray_cli_opt dray_cli_opts_checkout[] = {
	FLAG('f', "force", force, "overwrite data that is in no cache"),
	FLAG(0, "relink", relink, "link all files again by the configured type"),
	FLAG(0, "allow-missing", allow_missing, "go on when data is not in the cache"),
	VALUE(0, "rev", DRAY_CLI_TEXT, rev, "REV", "take data of REV; pointers stay as they are"),
	VALUE('o', "out", DRAY_CLI_TEXT, out, "DIR", "with --rev: put copies below DIR instead"),
	FLAG(0, "summary", summary, "print the counts only"),
	END,
};

const struct dray_cli_opt dray_cli_opts_fsck[] = {
	FLAG(0, "quick", quick, "compare sizes only, read no data"),
	END,
};

const struct dray_cli_opt dray_cli_opts_gc[] = {
	FLAG('w', "workspace", workspace, "keep what the workspace needs"),
	FLAG('a', "all-branches", all_branches, "keep what the tips of all branches need"),
	FLAG('T', "all-tags", all_tags, "keep what all tags need"),
	FLAG('A', "all-commits", all_commits, "keep what any commit needs"),
	VALUE(0, "rev", DRAY_CLI_LIST, revisions, "REV", "keep what REV needs; may be repeated"),
	VALUE('n', "num", DRAY_CLI_TEXT, num, "N",
		"take N commits of each REV and branch; -1: all"),
	VALUE(0, "date", DRAY_CLI_TEXT, since, "DAY", "keep what commits since DAY need"),
	FLAG(0, "all-experiments", all_experiments, "keep what DVC's experiments need"),
	VALUE('p', "projects", DRAY_CLI_WORDS, projects, "DIR...",
		"keep what these repositories need, too"),
	FLAG(0, "skip-failed", skip_failed, "pass over old pointers that are malformed"),
	FLAG(0, "not-in-remote", not_in_remote, "keep only what the remote lacks"),
	FLAG('c', "cloud", cloud, "remove from the default remote too"),
	VALUE('r', "remote", DRAY_CLI_TEXT, remote, "REMOTE", "remove from REMOTE too"),
	FLAG(0, "dry-run", dry_run, "list what would be removed"),
	FLAG(0, "dry", dry_run, "same as --dry-run"),
	FLAG('f', "force", force, "do not ask, where a repository of DVC's does"),
	END,
};

const struct dray_cli_opt dray_cli_opts_migrate[] = {
	VALUE(0, "to", DRAY_CLI_TEXT, to, "KIND", "the kind to become: native or dvc"),
	FLAG('n', "dry-run", dry_run, "tell what would be done"),
	FLAG(0, "dry", dry_run, "same as --dry-run"),
	END,
};

const struct dray_cli_opt dray_cli_opts_cache_migrate[] = {
	FLAG(0, "dvc-files", dvc_files, "rewrite the pointers of the workspace as well"),
	FLAG(0, "dry-run", dry_run, "tell what would be done"),
	FLAG(0, "dry", dry_run, "same as --dry-run"),
	END,
};

const struct dray_cli_opt dray_cli_opts_transfer[] = {
	VALUE('r', "remote", DRAY_CLI_TEXT, remote, "REMOTE", "use REMOTE, not the default one"),
	FLAG('n', "dry-run", dry_run, "list what would be sent or received"),
	FLAG(0, "glob", glob, "take targets as patterns: * ? [ ] **"),
	FLAG(0, "run-cache", run_cache, "the runs of stages that DVC remembers, too"),
	FLAG(0, "no-run-cache", no_run_cache, "leave these alone, as is done anyway"),
	END,
};

const struct dray_cli_opt dray_cli_opts_fetch[] = {
	VALUE(0, "max-size", DRAY_CLI_TEXT, max_size, "BYTES", "leave out data of BYTES or more"),
	VALUE(0, "type", DRAY_CLI_LIST, types, "TYPE", "get metrics or plots only"),
	END,
};

const struct dray_cli_opt dray_cli_opts_pull[] = {
	FLAG('f', "force", force, "overwrite data that is in no cache"),
	FLAG(0, "allow-missing", allow_missing, "go on when the remote lacks data"),
	END,
};

const struct dray_cli_opt dray_cli_opts_remote_add[] = {
	FLAG('d', "default", is_default, "make it the default remote"),
	FLAG('f', "force", force, "replace a remote of that name"),
	END,
};

const struct dray_cli_opt dray_cli_opts_config[] = {
	FLAG('u', "unset", unset, "remove the setting"),
	FLAG('l', "list", list, "print all settings"),
	FLAG(0, "show-origin", show_origin, "print the file a setting comes from"),
	END,
};

const struct dray_cli_opt dray_cli_opts_unset[] = {
	FLAG('u', "unset", unset, "remove the setting"),
	END,
};

const struct dray_cli_opt dray_cli_opts_archive[] = {
	VALUE('o', "output", DRAY_CLI_TEXT, out, "FILE",
		"write to FILE, whose name tells the format"),
	VALUE(0, "format", DRAY_CLI_TEXT, format, "FORMAT", "tar, tar.gz, tar.zst or zip"),
	VALUE(0, "prefix", DRAY_CLI_TEXT, prefix, "DIR", "put everything into the folder DIR"),
	FLAG(0, "data-only", data_only, "leave out what git has"),
	FLAG(0, "verify", verify, "hold the archive REV against the listing in it"),
	END,
};

const struct dray_cli_opt dray_cli_opts_unpack[] = {
	VALUE(0, "max-size", DRAY_CLI_TEXT, max_size, "SIZE", "unpack SIZE at most, 1T by default"),
	VALUE(0, "max-ratio", DRAY_CLI_TEXT, max_ratio, "N",
		"unpack N times its size, 1000 by default"),
	END,
};

const struct dray_cli_opt dray_cli_opts_bundle[] = {
	VALUE('r', "remote", DRAY_CLI_TEXT, remote, "REMOTE",
		"take what the cache lacks from REMOTE"),
	END,
};
