/*
 * The tables of the command line. One row per command and per option gives
 * parsing, --help, man pages, completions and `dray __describe`; a name that
 * is in no row exists nowhere.
 */
#ifndef DRAY_CLI_COMMAND_H
#define DRAY_CLI_COMMAND_H

#include <dray/ops.h>

struct dray_cli_sink;

/* ----------------------------------------------------------------- options */

/* All options of all commands; `slot` of a row is an offset into this. */
struct dray_cli_args {
	/* common */
	bool help;
	bool version;
	bool quiet;
	bool verbose;
	bool no_progress;
	bool wait_for_lock;
	bool json;
	struct dray_strs dirs; /* -C, in order */

	/* of several commands */
	bool force;
	bool dry_run;
	bool exit_code;
	bool allow_missing;
	bool unset;
	bool all_branches;
	bool all_tags;
	bool all_commits;
	unsigned jobs; /* 0: as many as fit */
	const char *remote;
	const char *rev;
	const char *stage;
	const char *config;
	struct dray_strs remote_config;
	struct dray_strs revisions;
	enum dray_level level;

	/* of one command each */
	bool no_git;
	bool dvc;
	bool subdir;
	bool no_stage;
	bool glob;
	const char *out;
	const char *file;
	bool outs;
	bool cloud;
	bool files;
	bool with_deps;
	bool no_updates;
	bool cache;
	bool recursive;
	bool size;
	bool hash;
	bool summarize;
	bool details;
	bool non_matching;
	bool all;
	bool use_stdin;
	bool relink;
	bool summary;
	bool quick;
	bool workspace;
	const char *since;
	const char *num;
	bool all_experiments;
	bool not_in_remote;
	bool skip_failed;
	struct dray_strs projects;
	bool dvc_files;
	const char *to;
	bool no_commit;
	bool run_cache;
	bool no_run_cache;
	const char *max_size;
	struct dray_strs types;
	bool no_relink;
	bool is_default;
	bool list;
	bool show_origin;
	bool dvc_only;
	bool tree;
	unsigned depth;
	bool show_url;
	bool no_exec;
	bool no_download;
	bool to_remote;
	bool version_aware;
	struct dray_strs fs_config;

	bool granular;
	bool unchanged;
	const char *untracked_files; /* NULL, "all" or "no" */
	bool no_remote_refresh;
	struct dray_strs paths;
	bool md;
	bool hide_missing;
	const char *range;
	bool history;
	bool uninstall;
	bool worktree;
	bool is_shared;
	bool use_framework;
	const char *ancestor;
	const char *our;
	const char *their;
	const char *path;

	bool verify;
	bool data_only;
	const char *format;
	const char *prefix;
	const char *max_ratio;
	const char *from_archive;

	struct dray_strs targets; /* what is no option */
	size_t dashes;            /* that many of them stood in front of "--", … */
	bool has_dashes;          /* … if it was there */
};
void dray_cli_args_drop(struct dray_cli_args *args);

enum dray_cli_opt_kind {
	DRAY_CLI_FLAG,  /* bool */
	DRAY_CLI_LEVEL, /* enum dray_level: stores the row's `level` */
	DRAY_CLI_COUNT, /* unsigned, 1 to DRAY_CLI_COUNT_MAX */
	DRAY_CLI_TEXT,  /* const char *, borrowed from argv */
	DRAY_CLI_LIST,  /* struct dray_strs; may be given again */
	DRAY_CLI_WORDS, /* the same, and takes every word up to the next option */
	DRAY_CLI_CHOICE /* const char *, one of the row's `choices`: the first if left out at the
			   end or in front of an option */
};

/* More threads than this are a typing error, not a wish. */
#define DRAY_CLI_COUNT_MAX 1024

struct dray_cli_opt {
	char short_name; /* 0: none */
	const char *long_name;
	enum dray_cli_opt_kind kind;
	size_t slot;
	const char *value_name; /* NULL: takes no value; completions know some: see `words` below */
	const char *help;
	enum dray_level level;
	const char *const *choices; /* ends with NULL */
};

/* Options that every command takes; rows end with a NULL long_name, here and in the sets below. */
extern const struct dray_cli_opt dray_cli_common_opts[];

/* ---------------------------------------------------------------- commands */

enum dray_cli_group {
	DRAY_CLI_GROUP_START,
	DRAY_CLI_GROUP_DATA,
	DRAY_CLI_GROUP_LOOK,
	DRAY_CLI_GROUP_SYNC,
	DRAY_CLI_GROUP_ELSEWHERE,
	DRAY_CLI_GROUP_CARE,
	DRAY_CLI_GROUP_SETTINGS,
	DRAY_CLI_GROUP_SELF,
	DRAY_CLI_GROUP_HIDDEN,
	DRAY_CLI_GROUP_COUNT = DRAY_CLI_GROUP_HIDDEN
};
const char *dray_cli_group_title(enum dray_cli_group group);

enum dray_cli_need {
	DRAY_CLI_NEEDS_NOTHING,
	DRAY_CLI_NEEDS_REPO,
	DRAY_CLI_TRIES_REPO /* session is NULL outside a repository */
};

enum dray_cli_flags {
	DRAY_CLI_IS_QUERY = 1, /* prints its results even with -q: they are what was asked for */
	DRAY_CLI_HAS_JSON = 2, /* takes --json: it reports items or totals */
	/* in a repository that DVC shares it fails as DVC's command does, else with 255 */
	DRAY_CLI_FAILS_1 = 4,
	DRAY_CLI_FAILS_251 = 8,     /* those change settings: they work also where some are wrong */
	DRAY_CLI_ANY_SETTINGS = 16, /* works where settings are wrong, too */
	DRAY_CLI_IS_RAW = 32, /* its result is bytes, perhaps on the terminal: no progress line */
	DRAY_CLI_NEEDS_NO_TREE = 64, /* works in a bare git repository, if revisions are named */
};

/* What a command works with. */
struct dray_cli_call {
	const struct dray_cli_command *command;
	const struct dray_cli_args *args;
	struct dray_session *session;
	struct dray_cli_sink *sink;
	int exit_code; /* of a success; 0 unless the command says otherwise */
	int dvc_exit;  /* of a failure where DVC shares the repository; 0: as the row has it */
};

#define DRAY_CLI_SETS_MAX 6

struct dray_cli_command {
	const char *name;    /* as typed; "remote add" lies below "remote" */
	const char *aliases; /* of the last word, separated by blanks */
	/*
	 * Arguments as shown and as counted: "A", "[A]", "A...", "[A...]". The words
	 * TARGET, PATH, DIR, FILE, REMOTE, REV, KEY, COMMAND, SHELL and WHICH tell
	 * completions what to offer.
	 */
	const char *args;
	const char *help;
	enum dray_cli_group group;
	enum dray_cli_need need;
	unsigned flags;                                     /* DRAY_CLI_IS_QUERY and so on */
	const struct dray_cli_opt *sets[DRAY_CLI_SETS_MAX]; /* ends with NULL */
	enum dray_status (*run)(
		struct dray_cli_call *call, struct dray_err *err); /* NULL: has commands below */
	void (*print_item)(struct dray_cli_sink *sink, const struct dray_item *item);
	void (*print_end)(struct dray_cli_sink *sink); /* after the last item; may be NULL */
};

/* All commands, in the order of the overview; ends with a NULL name. */
extern const struct dray_cli_command dray_cli_commands[];

/* The command called `word` or so aliased, below `parent` (NULL: at the top). NULL if none. */
const struct dray_cli_command *dray_cli_command_find(
	const struct dray_cli_command *parent, const char *word);
/* `command` is a direct child of `parent` (NULL: is at the top). */
bool dray_cli_command_is_below(
	const struct dray_cli_command *command, const struct dray_cli_command *parent);
/* The last word of its name. */
const char *dray_cli_command_word(const struct dray_cli_command *command);

/*
 * Walk all options of a command: its own, --json, the common ones. Start with
 * *at = 0; NULL at the end. `command` NULL: the common ones only.
 */
struct dray_cli_opt_cursor {
	size_t set;
	size_t row;
};
const struct dray_cli_opt *dray_cli_opt_next(
	const struct dray_cli_command *command, struct dray_cli_opt_cursor *at);

/* Is it one that every command takes? They come last in a walk. */
bool dray_cli_opt_is_common(const struct dray_cli_opt *opt);

/* How many arguments `args` of a row allows. */
void dray_cli_args_range(const char *args, size_t *out_min, size_t *out_max);

/* Environment variables we read; ends with a NULL name. */
struct dray_cli_variable {
	const char *name;
	const char *help;
};
extern const struct dray_cli_variable dray_cli_variables[];

/* Exit codes in a repository that DVC shares: those of DVC, which scripts there know. */
#define DRAY_CLI_DVC_EXIT_MAP(X)                                                     \
	X(OK, 0, "done")                                                             \
	X(FAILED, 1, "failed, as DVC has it for that command; or differences found") \
	X(CONFIG, 251, "settings are malformed or refused")                          \
	X(CANCELLED, 252, "interrupted")                                             \
	X(NO_REPO, 253, "the repository cannot be opened")                           \
	X(USAGE, 254, "unknown command or option, bad or missing argument")          \
	X(OTHER, 255, "failed in any other way")
enum dray_cli_dvc_exit {
#define X(name, code, text) DRAY_CLI_DVC_##name = (code),
	DRAY_CLI_DVC_EXIT_MAP(X)
#undef X
};

/* Beside the exit codes of DRAY_STATUS_MAP: what a shell shows for a process killed by SIGPIPE. */
#define DRAY_CLI_EXIT_PIPE 141
#define DRAY_CLI_EXIT_PIPE_TEXT "the reader of standard output went away"

#endif
