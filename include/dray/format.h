/*
 * format: pointer, manifest, config and ignore rules: bytes to structs and
 * back. No I/O. All input is hostile; each limit stands beside its format.
 */
#ifndef DRAY_FORMAT_H
#define DRAY_FORMAT_H

#include <dray/base.h>
#include <dray/hash.h>

/* ------------------------------------------------------------------ config */

/*
 * INI as git, DVC and ConfigObj write it: [section], [section "name"],
 * ['section "name"'], `key = value`, # and ; comments, quoted values. Keys are
 * case-insensitive and kept in lower case; the full key of an entry is
 * "section.key" or "section.name.key". Later entries win.
 */
#define DRAY_CONFIG_BYTES_MAX (1u << 20)

/*
 * OWN: as above; a '#' begins a comment behind a blank only, so that a URL keeps its fragment.
 * DVC: as ConfigObj reads it, the rules in src/format/config_dvc.c. In a value "%(key)s" stands
 * for that key of the same section, of [DEFAULT] in or above it, or of none; a list is text with
 * ',' between its items. A key above the first section has no section: its full key is "key".
 */
enum dray_config_syntax { DRAY_CONFIG_OWN, DRAY_CONFIG_DVC };
/* References in one file; and how many may lead one to the next. */
#define DRAY_CONFIG_REFERENCES_MAX 100u
#define DRAY_CONFIG_REFERENCE_DEPTH_MAX 16u

struct dray_config_entry {
	char *key;
	char *value;
	const char *origin; /* level or file given at parse; owned by the config */
	unsigned line;
};
struct dray_config {
	enum dray_config_syntax syntax;  /* of the files to come */
	struct dray_config_entry *items; /* in order of appearance */
	size_t len;
	size_t cap;
	struct dray_strs origins;
};
#define DRAY_CONFIG_INIT      \
	{                     \
		.items = NULL \
	}

/* Append the entries of one file. CONFIG: "'<origin>' line 3: …". */
DRAY_MUST_CHECK enum dray_status dray_config_parse(struct dray_config *config, const char *text,
	size_t len, const char *origin, struct dray_err *err);
/* Append an entry as if it stood in that file. */
void dray_config_add(struct dray_config *config, const char *key, const char *value,
	const char *origin, unsigned line);
/* The same of "key=value" as it was typed, its key behind `prefix`. USAGE: it is not of that form.
 */
DRAY_MUST_CHECK enum dray_status dray_config_add_word(struct dray_config *config,
	const char *prefix, const char *word, const char *origin, struct dray_err *err);
/* Remove the entries from index `from` on that `keep` says false to. */
void dray_config_filter(struct dray_config *config, size_t from, bool (*keep)(const char *key));
/* The last entry of that key, or NULL. Borrowed. */
const struct dray_config_entry *dray_config_peek(const struct dray_config *config, const char *key);
const char *dray_config_get(
	const struct dray_config *config, const char *key, const char *fallback);
void dray_config_drop(struct dray_config *config);

/*
 * Edit the text of a config file: set a key (in place if there, else at the
 * end of its section, else in a new section where DVC sorts it: plain ones
 * before those of remotes, these before others) or remove it (value NULL; an
 * emptied section goes too). Comments and all else stay. Appends the new text
 * to `buf`; NOT_FOUND when there was nothing to remove. CONFIG: the text is
 * malformed, or key or value cannot be written so that it reads the same.
 */
DRAY_MUST_CHECK enum dray_status dray_config_edit(enum dray_config_syntax syntax, const char *text,
	size_t len, const char *key, const char *value, struct dray_buf *buf, struct dray_err *err);
/*
 * The same for a whole section "remote.NAME": rename it, or remove it
 * (new_section NULL). EXISTS if there is one of the new name.
 */
DRAY_MUST_CHECK enum dray_status dray_config_edit_section(enum dray_config_syntax syntax,
	const char *text, size_t len, const char *section, const char *new_section,
	struct dray_buf *buf, struct dray_err *err);

/* ----------------------------------------------------------------- pointer */

/*
 * A pointer file is YAML with DVC's schema (".dvc" files): a list `outs` of
 * mappings with `path` and a hash under the algorithm's name, `size`,
 * `nfiles`, `isexec`, …; of imports also `deps`, what they were made from.
 * Unknown fields are kept.
 */
#define DRAY_POINTER_BYTES_MAX (16u << 20)
#define DRAY_POINTER_OUTS_MAX 100000u /* as many deps */

/* What a versioned bucket calls the object that holds these bytes; NULL: not said. */
struct dray_version {
	char *remote; /* whose bucket */
	char *version_id;
	char *etag;
	char *checksum;
};

/* A file of a directory that is versioned by the cloud: it has no manifest, `files` is its list. */
struct dray_versioned_file {
	char *path; /* below the directory */
	struct dray_oid oid;
	uint64_t size;
	bool has_oid;
	bool has_size;
	bool is_exec;
	char *version_id; /* of the source it was imported from; NULL: absent, as the next two */
	char *etag;
	char *checksum;
	struct dray_version *versions; /* where it was pushed to */
	size_t versions_len;
};

enum dray_out_kind { DRAY_OUT_DATA, DRAY_OUT_METRIC, DRAY_OUT_PLOT };

/*
 * Data that is tracked. `oid.algo` holds even without has_oid: DRAY_MD5 is said in the text by
 * `hash: md5`, DRAY_MD5_DOS2UNIX by its absence.
 */
struct dray_out {
	char *path;          /* as written, below `wdir`; what dray_out_name makes a name of */
	char *wdir;          /* folder as seen from the pointer's, NULL for that itself */
	char *stage;         /* name of the stage that makes it, NULL if none does */
	struct dray_oid oid; /* valid if has_oid */
	uint64_t size;       /* of all files below, valid if has_size */
	uint64_t nfiles;     /* valid if has_nfiles; directories only */
	char *remote;        /* remote to use for this one, or NULL */
	char *version_id;    /* NULL: absent, as the next two */
	char *etag;
	char *checksum;
	struct dray_version *versions; /* `cloud`: where it was pushed to */
	size_t versions_len;
	struct dray_versioned_file
		*files; /* sorted by path; hash, sums and counts are theirs then */
	size_t files_len;
	enum dray_out_kind kind;
	bool has_oid;
	bool has_size;
	bool has_nfiles;
	bool is_exec;
	bool is_pushed;   /* `push`, default true */
	bool is_cached;   /* `cache`, default true */
	bool is_persist;  /* `persist`: not removed before its stage runs */
	bool is_unlisted; /* of a stage whose lock knows nothing of it: cannot be written */
};

/*
 * Settings that a pointer holds, and the longest, its key included. Whoever wrote the pointer chose
 * them, and a clone brings them along.
 */
#define DRAY_POINTER_SETTINGS_MAX 64u
#define DRAY_POINTER_SETTING_BYTES_MAX 4096u
#define DRAY_POINTER_VERSION_AWARE "version_aware" /* in fs_config: a flag, as DVC writes it */

/* What an import was made from, or a stage is made from. */
struct dray_dep {
	char *path;  /* as written: a path, also an absolute one, or an URL; NULL: a database */
	char *wdir;  /* as of outs */
	char *stage; /* name of the stage it belongs to, NULL if none */
	struct dray_oid oid;
	uint64_t size;
	uint64_t nfiles;
	bool has_oid;
	bool has_size;
	bool has_nfiles;
	bool is_exec;
	char *etag; /* NULL: absent, as all that follow */
	char *checksum;
	char *version_id;
	char *repo_url; /* NULL: not from another repository */
	char *repo_rev;
	char *repo_rev_lock;
	char *repo_config;                  /* path of a config file */
	char *repo_remote;                  /* name of a remote */
	struct dray_config repo_settings;   /* `config` as a mapping: "core.remote", … */
	struct dray_config remote_settings; /* `remote` as one: keys of the default remote */
	struct dray_config fs_settings;     /* `fs_config`: keys of a remote at the path */
	struct dray_versioned_file *files;
	size_t files_len;
};

struct dray_yaml_tree;   /* src/format/yaml_tree.h */
struct dray_stage_entry; /* below */

struct dray_pointer {
	struct dray_out *outs;
	size_t len;
	struct dray_dep *deps;
	size_t deps_len;
	char *md5;  /* of the stage, see dray_pointer_seal; NULL: absent */
	char *wdir; /* NULL: absent */
	bool is_frozen;
	bool has_cmd; /* a stage of DVC's early days, in a pointer of its own */
	bool is_lock; /* dray_stages_lock made it: its outs are those of stages, `text` their lock
		       */
	char *text;   /* the bytes it was parsed from; "" for a new one */
	size_t text_len;
	enum dray_algo algo;              /* it was parsed with */
	struct dray_yaml_tree *tree;      /* of a lock: what is in `text` */
	struct dray_stage_entry *entries; /* of a lock: what is to be written anew */
	size_t entries_len;
	size_t entries_cap;
};
#define DRAY_POINTER_INIT    \
	{                    \
		.outs = NULL \
	}

/*
 * Read a pointer. `label` names it in errors, with the line: "'x.dray' line 3: …".
 * INVALID: not YAML, duplicate or wrongly typed fields, neither outs nor deps, a path
 * that is absent or has a part that dray_name_check refuses, a hash that is none,
 * conflict markers (said so). Files that only define pipeline stages do not come here.
 */
DRAY_MUST_CHECK enum dray_status dray_pointer_parse(enum dray_algo algo, const char *text,
	size_t len, const char *label, struct dray_pointer *out, struct dray_err *err);
/* A new pointer for one out; `path` is copied. */
void dray_pointer_init(struct dray_pointer *pointer, const char *path);
/* One more dep of a new pointer, empty, to be filled with allocated strings; borrowed. */
struct dray_dep *dray_pointer_add_dep(struct dray_pointer *pointer);
/*
 * Where an out lies, as a name in the repository: joined with its pointer's folder `folder` and
 * normalised. NULL if that is outside: an absolute path, an URL, too many ".."; or in a folder that
 * is a template. Such outs are no data of ours: skip them with a note.
 */
char *dray_out_name(const struct dray_out *out, const char *folder);
/*
 * The manifest that a list of files stands for, and its id, which a parsed out has in `oid`, with
 * size and nfiles as far as told. Of an out with files. INVALID: one without a hash.
 */
DRAY_MUST_CHECK enum dray_status dray_out_manifest(const struct dray_out *out,
	struct dray_buf *text, struct dray_oid *out_oid, struct dray_err *err);
/* Its bytes are others now: forget what clouds call them, and `files`. */
void dray_out_forget_versions(struct dray_out *out);
/* Forget what a dep is: hash, tags, versions, sizes. Where it is stays. */
void dray_dep_forget(struct dray_dep *dep);
/* Set a text of an out, dep or pointer: frees the old one, copies the new one (NULL: absent). */
void dray_pointer_set(char **text, const char *value);
/*
 * The pointer's bytes with the present values (all of deps, outs, md5, frozen) put in
 * place: fields that did not change, unknown ones, comments, order and quoting stay
 * byte for byte; a value that is new is added at the end of its mapping; one that is
 * gone loses its line. Exceptions: `cloud` can be dropped, not written, as `files` of outs;
 * settings of a dep are written once. The number of outs and deps is that of the parse, or any for
 * a new pointer. Appends to `buf`.
 */
void dray_pointer_render(const struct dray_pointer *pointer, struct dray_buf *buf);
/*
 * The bytes of a pointer that was parsed with its data named by another algorithm, as `outs` (as
 * many as it has) say: hashes, and sizes that it lacks. Only that changes. A dep that is what an
 * out is changes with it; others stay, for the reader to make of them what it can. Appends to
 * `buf`.
 */
void dray_pointer_translate(const struct dray_pointer *pointer, enum dray_algo algo,
	const struct dray_out *outs, struct dray_buf *buf);
/*
 * Set `md5` to the digest of what the pointer says (DVC's stage md5, DVC reference 1.5): of the
 * values, not of their form. An import is written with it, and again after each change.
 */
DRAY_MUST_CHECK enum dray_status dray_pointer_seal(
	struct dray_pointer *pointer, struct dray_err *err);
void dray_pointer_drop(struct dray_pointer *pointer);

/* ------------------------------------------------------------------ stages */

/*
 * Stages of a pipeline: "dvc.yaml" says what each makes, "dvc.lock" (schema '2.0') which bytes it
 * last made. Stages of a template (`foreach`, `matrix`) have many names, "NAME@key", and paths
 * with "${…}" many values: where the files are at hand that say which, templates are filled in;
 * else only the lock knows.
 */
#define DRAY_STAGES_MAX 10000u
#define DRAY_STAGES_OUTS_MAX 20000u
#define DRAY_STAGE_PARAMS_FILE "params.yaml" /* of parameters that name no file */

/* The parameters of one file that a stage reads. */
struct dray_stage_params {
	char *path;            /* as of outs */
	struct dray_strs keys; /* "a.b", in the order of the text; none: the whole file */
	bool is_whole;
};

struct dray_stage {
	char *name;
	char *wdir;
	bool is_template;   /* its names begin with "NAME@" */
	bool has_templates; /* that, or "${…}" stands in what it says: what of it holds is unknown
			     */
	bool is_frozen;
	bool is_always_changed;
	bool is_cmd_list; /* `cmd` has its items, else the one text that it is */
	struct dray_strs cmd;
	struct dray_out *outs; /* without hash; the path may be a template */
	size_t outs_len;
	size_t outs_cap;
	struct dray_strs deps; /* paths */
	struct dray_stage_params *params;
	size_t params_len;
	size_t params_cap;
};
struct dray_stages {
	struct dray_stage *items;
	size_t len;
	size_t cap;
};
#define DRAY_STAGES_INIT      \
	{                     \
		.items = NULL \
	}

/*
 * Add the stages of one version of the file. Of a stage that is there already, whatever either
 * version says of data is kept: an out is cached if it is in one of them. For the history, where a
 * lock may go with any of them. INVALID: not YAML, stages or outs that are none, too many.
 */
DRAY_MUST_CHECK enum dray_status dray_stages_parse(struct dray_stages *stages, const char *text,
	size_t len, const char *label, struct dray_err *err);
struct dray_params;
/* Where templates take their values from. */
struct dray_template_source {
	/*
	 * A file of parameters, as dray_params_parse has it; its path as seen from the stages'
	 * folder, "../x" too. NOT_FOUND: there is none; UNSUPPORTED: it is not to be read.
	 */
	enum dray_status (*read)(
		void *ctx, const char *path, struct dray_params **out_params, struct dray_err *err);
	void *ctx;
	bool negates_options; /* in commands false is "--no-x", DVC's parsing.bool */
	bool repeats_options; /* lists are "--x 1 --x 2", DVC's parsing.list */
};
/*
 * The same of a file's only version, with its templates filled in: no stage is one or has one.
 * INVALID also: values that are not there, keys that are none of DVC's, a stage without a command;
 * UNSUPPORTED: as the source says. After a failure drop
 * the stages.
 */
DRAY_MUST_CHECK enum dray_status dray_stages_fill(struct dray_stages *stages, const char *text,
	size_t len, const char *label, const struct dray_template_source *source,
	struct dray_err *err);
/*
 * Outs (and deps) of the stages with the hashes that the lock gives, as a pointer which
 * dray_pointer_render writes into the lock's text. What the lock has of stages or outs that are no
 * more is left out. `text` NULL: there is no lock yet. INVALID: not YAML, another schema, …
 */
DRAY_MUST_CHECK enum dray_status dray_stages_lock(const struct dray_stages *stages,
	enum dray_algo algo, const char *text, size_t len, const char *label,
	struct dray_pointer *out, struct dray_err *err);
/*
 * Does the lock have an entry of the stage, and one with this command? Of a pointer that
 * dray_stages_lock made, as all that follow.
 */
bool dray_stage_is_locked(const struct dray_pointer *lock, const struct dray_stage *stage);
bool dray_stage_is_cmd_same(const struct dray_pointer *lock, const struct dray_stage *stage);
/* What the lock says of that dep; NULL if nothing. */
const struct dray_dep *dray_stage_dep(
	const struct dray_pointer *lock, const struct dray_stage *stage, const char *path);

/* A file of parameters: JSON or TOML if its name ends so, else YAML. */
#define DRAY_PARAMS_BYTES_MAX (16u << 20)
#define DRAY_PARAMS_KEY_MAX 128u
/* INVALID: malformed, no mapping; UNSUPPORTED: ".py". `label` is its name. */
DRAY_MUST_CHECK enum dray_status dray_params_parse(const char *text, size_t len, const char *label,
	struct dray_params **out_params, struct dray_err *err);
void dray_params_free(struct dray_params *params);
/* NOT_FOUND: one of the keys is not there; UNSUPPORTED: a value that no lock can hold. */
DRAY_MUST_CHECK enum dray_status dray_stage_params_check(const struct dray_stage_params *chosen,
	const struct dray_params *params, struct dray_err *err);
/*
 * The stage's parameters of one file against the lock: `fn` is called for each that is "modified",
 * "new" (the lock lacks it) or "deleted" (the file does), and with `key` NULL if the lock has
 * nothing of that file at all ("new").
 */
typedef void (*dray_params_fn)(void *ctx, const char *key, const char *state);
void dray_stage_params_compare(const struct dray_pointer *lock, const struct dray_stage *stage,
	const struct dray_stage_params *chosen, const struct dray_params *params, dray_params_fn fn,
	void *ctx);

/* An entry of the lock that is to be written anew, with the outs that the pointer has. */
struct dray_stage_entry {
	const struct dray_stage *stage; /* not a template; outlives the pointer */
	struct dray_dep *deps;          /* as many as the stage has, in its order */
	struct dray_params **params;    /* likewise; checked, owned */
};
/*
 * Borrowed until the next one, to be filled before the pointer is rendered; paths of deps are there
 * already. UNSUPPORTED: the lock is written in a way in which no entry can be replaced.
 */
DRAY_MUST_CHECK enum dray_status dray_pointer_add_entry(struct dray_pointer *lock,
	const struct dray_stage *stage, struct dray_stage_entry **out_entry, struct dray_err *err);
void dray_pointer_drop_entry(struct dray_pointer *lock); /* the one that was added last */
/*
 * The text of the run that such an entry is, for which the outs have to have their hashes. False if
 * it is none to be remembered: it reads, makes or runs nothing, is always to run, or makes
 * something that stays from run to run. Appends to `buf`.
 */
bool dray_stage_entry_run(const struct dray_pointer *lock, const struct dray_stage_entry *entry,
	struct dray_buf *buf);
/* The stage of that name, or the template that makes it; NULL if none. */
const struct dray_stage *dray_stages_find(const struct dray_stages *stages, const char *name);
/*
 * The file's text with `frozen: true` at the end of the stage, or without it. NOT_FOUND: no such
 * stage; UNSUPPORTED: it is none of its own (a template's, an alias). Appends to `buf`.
 */
DRAY_MUST_CHECK enum dray_status dray_stages_freeze(const char *text, size_t len, const char *label,
	const char *name, bool is_frozen, struct dray_buf *buf, struct dray_err *err);
void dray_stages_drop(struct dray_stages *stages);

/* A run of a stage that DVC remembers, in src/format/run_entry.c. */
#define DRAY_RUN_BYTES_MAX (1u << 20)
/* "24/<key>/<value>": two hex digits of the key, which has 64 as the value has. */
bool dray_run_is_name(const char *name);
/* The name of the run that the text is; `label` is for errors. INVALID: not YAML; CORRUPT: none. */
DRAY_MUST_CHECK enum dray_status dray_run_name(
	const char *text, size_t len, const char *label, char **out_name, struct dray_err *err);
/* Is the text the run of that name? INVALID: not YAML; CORRUPT: another one, or none. */
DRAY_MUST_CHECK enum dray_status dray_run_check(
	const char *name, const char *text, size_t len, struct dray_err *err);

/* --------------------------------------------------------------- artifacts */

/*
 * Data with a name: "artifacts" of a file of stages, and tags of git that say which commit has a
 * version of it, or the one that is in a stage, as GTO (gto.tag) names them.
 */
struct dray_artifact_tag {
	char *name;    /* "model", of a file in a folder "sub:model" */
	char *version; /* "v1.2.3", or NULL: then it is of a stage */
	char *stage;
	uint64_t counter;  /* of "…#12"; 0 if there is none */
	bool is_withdrawn; /* from now on it is not */
};
/* False, and nothing is allocated, if the tag is none of these. */
bool dray_artifact_parse_tag(const char *text, struct dray_artifact_tag *out);
void dray_artifact_tag_drop(struct dray_artifact_tag *tag);
/* Letters, digits and - _ / between them; a folder and ':' before that. */
bool dray_artifact_is_name(const char *name);
/* "v1.2.3", "v1.2.3-rc.1+build" (Semantic Versioning 2.0.0); and their order. */
bool dray_artifact_is_version(const char *text);
int dray_artifact_compare_versions(const char *a, const char *b);
/* The path of the artifact, as the file says it. NOT_FOUND; UNSUPPORTED: it is a template. */
DRAY_MUST_CHECK enum dray_status dray_artifact_find(const char *text, size_t len, const char *label,
	const char *name, char **out_path, struct dray_err *err);

/* ---------------------------------------------------------------- manifest */

enum dray_kind {
	DRAY_KIND_FILE,  /* f */
	DRAY_KIND_EXEC,  /* x: a file with the owner's execute bit */
	DRAY_KIND_LINK,  /* l: a symlink; the object is its target text */
	DRAY_KIND_EMPTY, /* d: an empty directory; no object */
};

/* One line of a manifest. `path` is relative to the tracked directory; for EMPTY without the '/'.
 */
struct dray_entry {
	const char *path;
	struct dray_oid oid;
	uint64_t size;
	enum dray_kind kind;
};

/*
 * Two formats, told by the algorithm that names the objects: for SHA-256 the text above the reader,
 * for MD5 DVC's JSON ("[{"md5": …, "relpath": …}, …]", sorted by path), which knows only files and
 * no sizes: kind is FILE and size UINT64_MAX.
 */
#define DRAY_MANIFEST_BYTES_MAX (UINT64_C(16) << 30)
#define DRAY_MANIFEST_LINE_MAX (DRAY_PATH_MAX * 2 + 128)

/* Fill up to `cap` bytes; *out_len 0 is the end. */
typedef enum dray_status (*dray_source_fn)(
	void *ctx, void *buf, size_t cap, size_t *out_len, struct dray_err *err);
typedef enum dray_status (*dray_sink_fn)(
	void *ctx, const void *data, size_t len, struct dray_err *err);

/*
 * Streaming reader, in constant memory. Refuses (INVALID, with the line
 * number): wrong header, unsorted or repeated paths, bad fields, a path that
 * fails dray_name_check, one that passes through another entry (a file, link
 * or empty directory), a last line without newline, another algorithm. JSON: what is no such
 * list, a path that is not UTF-8; other members of an entry are passed over.
 */
struct dray_manifest_reader;
struct dray_manifest_reader *dray_manifest_reader_new(
	enum dray_algo algo, dray_source_fn source, void *ctx, const char *label);
/*
 * *out_entry is valid until the next call. At the end *out_more is false. After
 * a failure only _free may follow.
 */
DRAY_MUST_CHECK enum dray_status dray_manifest_next(struct dray_manifest_reader *reader,
	bool *out_more, struct dray_entry *out_entry, struct dray_err *err);
void dray_manifest_reader_free(struct dray_manifest_reader *reader);

/*
 * Streaming writer: give entries in ascending order (dray_entry_cmp), get
 * canonical bytes through `sink` and their id. INVALID: out of order, or what
 * the reader would refuse; nothing was written then. Both _free take NULL. In JSON executables
 * are FILEs, links and empty directories are INVALID.
 */
struct dray_manifest_writer;
struct dray_manifest_writer *dray_manifest_writer_new(
	enum dray_algo algo, dray_sink_fn sink, void *ctx);
DRAY_MUST_CHECK enum dray_status dray_manifest_add(
	struct dray_manifest_writer *writer, const struct dray_entry *entry, struct dray_err *err);
/*
 * Flushes; *out_oid has is_dir set; sizes and counts of what was added, where wanted (NULL: not).
 * The size is UINT64_MAX if that of an entry was.
 */
DRAY_MUST_CHECK enum dray_status dray_manifest_finish(struct dray_manifest_writer *writer,
	struct dray_oid *out_oid, uint64_t *out_size, uint64_t *out_files, struct dray_err *err);
void dray_manifest_writer_free(struct dray_manifest_writer *writer);

/*
 * The name of a folder whose files are not ours to hash: the digest of what their place calls them,
 * as DVC makes it (Tree.digest of dvc-data), under the field that DVC names the tags by, "etag".
 * Sorted by path.
 */
struct dray_tag {
	const char *path;
	const char *tag;
};
void dray_tags_oid(enum dray_algo algo, const char *field, const struct dray_tag *tags,
	size_t count, struct dray_oid *out_oid);

/* Order of manifests: raw bytes of the path as written, an empty directory with its '/'. */
int dray_entry_cmp(const char *a, enum dray_kind a_kind, const char *b, enum dray_kind b_kind);

/* A text of ours that is read line by line. It is overwritten: lines end with a NUL in it. */
struct dray_lines {
	char *text;
	size_t len;
	size_t at;
	unsigned line;     /* the number of the last one */
	const char *label; /* for errors */
};

/* ----------------------------------------------------------------- listing */

/*
 * What an archive of a revision holds, as the last member of it, DRAY_LISTING_NAME:
 *
 *   # dray-archive 1
 *   # commit <hex>
 *   <64 hex>  <path>       a file's SHA-256, as sha256sum writes it and checks it …
 *   \<64 hex>  <path>      … where a backslash, newline or return in it are \\, \n and \r
 *   #x <path>              the file just above is a program
 *   #l <64 hex>  <path>    a symlink, of its target's text
 *   #d <path>              an empty directory
 *
 * Sorted by path. In lines that begin with '#' paths are always written with these escapes;
 * sha256sum passes them over. Paths are as seen from the listing's own folder.
 */
#define DRAY_LISTING_NAME ".dray-archive"
#define DRAY_LISTING_BYTES_MAX ((size_t)1 << 30)

struct dray_listed {
	const char *path;
	unsigned char digest[DRAY_DIGEST_MAX]; /* of FILE and LINK */
	enum dray_kind kind; /* EXEC: that of `path`, in the line before, was one */
};
void dray_listing_begin(struct dray_buf *buf, const char *commit);
/* Append the line of an entry; of an EXEC both. */
void dray_listing_put(struct dray_buf *buf, const struct dray_listed *entry);
/*
 * Read a listing line by line. Paths stand in its text. At the end *out_more is false. INVALID,
 * with the line's number: no listing, an unknown line, a path that fails dray_name_check.
 */
DRAY_MUST_CHECK enum dray_status dray_listing_next(struct dray_lines *lines, bool *out_more,
	struct dray_listed *out_entry, struct dray_err *err);

/* ------------------------------------------------------------------ bundle */

/*
 * The first member of a bundle, DRAY_BUNDLE_NAME: what is in it. The others are the objects, named
 * by their keys (dray_oid_key), in this order: files, then manifests.
 *
 *   dray-bundle 1
 *   commit <hex>      whose data is here
 *   known <hex>       whose data was left out, as the receiver has it
 *   object <key>
 */
#define DRAY_BUNDLE_NAME "dray-bundle"
#define DRAY_BUNDLE_BYTES_MAX ((size_t)1 << 30)

enum dray_bundle_line { DRAY_BUNDLE_COMMIT, DRAY_BUNDLE_KNOWN, DRAY_BUNDLE_OBJECT };
void dray_bundle_begin(struct dray_buf *buf);
void dray_bundle_put(struct dray_buf *buf, enum dray_bundle_line line, const char *text);
/*
 * Read it line by line. At the end *out_more is false. *out_text is borrowed from its text;
 * *out_oid is filled for an OBJECT. INVALID, with the line's number: no such text, lines in another
 * order, no commit's id, no object's key.
 */
struct dray_bundle_reader {
	struct dray_lines lines;
	enum dray_bundle_line last;
};
DRAY_MUST_CHECK enum dray_status dray_bundle_next(struct dray_bundle_reader *reader, bool *out_more,
	enum dray_bundle_line *out_line, const char **out_text, struct dray_oid *out_oid,
	struct dray_err *err);

/* ---------------------------------------------------------- AWS's two files */

/*
 * ~/.aws/config and ~/.aws/credentials: INI as botocore reads it (AWS SDKs and Tools Reference
 * Guide, "Shared config and credentials files"). Values are verbatim but for blanks around them;
 * a key without value and the deeper indented lines below it are a block of settings. Keys are
 * case-insensitive, names of sections are not. Later entries win; "[profile default]" hides
 * "[default]".
 */
#define DRAY_PROFILES_BYTES_MAX (1u << 20)

enum dray_profiles_style {
	DRAY_PROFILES_CONFIG,      /* [default], [profile NAME], [sso-session NAME], … */
	DRAY_PROFILES_CREDENTIALS, /* every section is a profile: [NAME] */
};

struct dray_profiles {
	struct dray_profiles_section {
		char *kind;     /* "profile", "sso-session", "services", … */
		char *name;     /* "" for none */
		bool is_plain;  /* [default] of the config file, without "profile" */
		bool is_hidden; /* by a [profile default] */
	} * sections;           /* as they come, repeated ones too */
	size_t sections_len;
	size_t sections_cap;
	struct dray_profiles_entry {
		size_t section;
		const char *block; /* key of the entry that it is nested in, or NULL */
		char *key;         /* in lower case */
		char *value;       /* wiped when dropped */
	} * entries;
	size_t len;
	size_t cap;
};
#define DRAY_PROFILES_INIT       \
	{                        \
		.sections = NULL \
	}

/*
 * Read a file into the empty `out`. INVALID: "'<label>' line 3: …", and never what stands there,
 * which may be a secret.
 */
DRAY_MUST_CHECK enum dray_status dray_profiles_parse(enum dray_profiles_style style,
	const char *text, size_t len, const char *label, struct dray_profiles *out,
	struct dray_err *err);
bool dray_profiles_has(const struct dray_profiles *profiles, const char *kind, const char *name);
/* The value, or NULL. `block` NULL: not a nested one. Borrowed. */
const char *dray_profiles_get(const struct dray_profiles *profiles, const char *kind,
	const char *name, const char *block, const char *key);
void dray_profiles_drop(struct dray_profiles *profiles);

/* ------------------------------------------------------- flat JSON objects */

/*
 * The members of one JSON object that are strings or whole numbers (as decimal text), and those
 * of objects in it as "outer.inner". Others are left out, and names of over 64 bytes. For the
 * answers of credential providers: values are wiped when dropped, and no error shows any of the
 * text.
 */
#define DRAY_JSON_FLAT_BYTES_MAX (256u << 10)

struct dray_json_flat {
	struct dray_json_member {
		char *name;
		char *value;
	} * items;
	size_t len;
	size_t cap;
};
#define DRAY_JSON_FLAT_INIT   \
	{                     \
		.items = NULL \
	}

/* INVALID: too large, no JSON, no object; `label` names the text ("the answer of 'x'"). */
DRAY_MUST_CHECK enum dray_status dray_json_flat_parse(const char *text, size_t len,
	const char *label, struct dray_json_flat *out, struct dray_err *err);
/* NULL when absent. Borrowed. */
const char *dray_json_flat_get(const struct dray_json_flat *flat, const char *name);
void dray_json_flat_drop(struct dray_json_flat *flat);

/* ----------------------------------------------------- paths that DVC holds */

#define DRAY_RWLOCK_BYTES_MAX (16u << 20)

struct dray_rwlock_claim {
	char *path; /* absolute */
	char *command;
	int64_t pid; /* of its process, which may have ended */
	bool is_writer;
};
struct dray_rwlock {
	struct dray_rwlock_claim *items;
	size_t len;
	size_t cap;
};
#define DRAY_RWLOCK_INIT      \
	{                     \
		.items = NULL \
	}
/* Read DVC's file `rwlock` into the empty `out`; an empty one claims nothing. INVALID. */
DRAY_MUST_CHECK enum dray_status dray_rwlock_parse(const char *text, size_t len, const char *label,
	struct dray_rwlock *out, struct dray_err *err);
void dray_rwlock_drop(struct dray_rwlock *lock);

/* ------------------------------------------------------------ ignore rules */

/* gitignore(5) patterns, collected from several files of a tree. */
#define DRAY_RULES_BYTES_MAX (1u << 20)

struct dray_rule; /* src/format/rules.c */
struct dray_rules {
	struct dray_rule *rules;
	size_t len;
	size_t cap;
};
#define DRAY_RULES_INIT       \
	{                     \
		.rules = NULL \
	}

/* Add the patterns of the ignore file that lies in folder `base` ("" for the root). */
void dray_rules_parse(struct dray_rules *rules, const char *base, const char *text, size_t len);
/*
 * The same of a gitattributes(5) file, for the paths that it sets (or, with '-' or '!', does not
 * set) one attribute for. `text` ends with a NUL. Values and names for several attributes are not
 * known.
 */
void dray_rules_parse_attributes(
	struct dray_rules *rules, const char *base, const char *text, const char *attribute);
/*
 * Whether `name` (from the root) is ignored. Only the name itself is matched: the caller walks
 * top down and does not descend into ignored folders. Last match wins. *out_rule, where not
 * NULL, is the index of the deciding rule or -1.
 */
bool dray_rules_match(
	const struct dray_rules *rules, const char *name, bool is_dir, long *out_rule);
/* For check-ignore: where a rule comes from. Borrowed. */
void dray_rules_describe(const struct dray_rules *rules, long rule, const char **out_base,
	unsigned *out_line, const char **out_pattern);
/* Forget rules added after there were `len` of them: leaving a folder while walking. */
void dray_rules_truncate(struct dray_rules *rules, size_t len);
void dray_rules_drop(struct dray_rules *rules);

#endif
