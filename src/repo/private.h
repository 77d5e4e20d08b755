/* What the files of this room share and nobody else sees. */
#ifndef DRAY_REPO_PRIVATE_H
#define DRAY_REPO_PRIVATE_H

#include <dray/repo.h>

#define REPO_CONFIG_BYTES_MAX ((size_t)1 << 20)

/* The nearest root of a repository at or above the absolute `dir`; NULL if none. */
const struct dray_dialect *dialect_find(const char *dir, char **out_root);
/* The same; if there is none, of the work tree that git's variables name, wherever `dir` is. */
const struct dray_dialect *dialect_find_at(const char *dir, char **out_root);

/* Of the folder `root` itself; NULL if it is no root. */
const struct dray_dialect *dialect_of(const char *root);
/* Is it called like a dialect's own folder, ".dray"? */
bool dialect_has_folder(const char *basename);
/* Of the root "sub" whose shared settings are "sub/.dvc/config"; NULL for another file. */
const struct dray_dialect *dialect_of_config(const char *name, char **out_root);

/* Read one level's file into repo->config; an absent file is fine. */
DRAY_MUST_CHECK enum dray_status repo_config_load(
	struct dray_repo *repo, enum dray_config_level level, struct dray_err *err);

/* Add shared settings that came with a clone, as far as they say where data is. */
DRAY_MUST_CHECK enum dray_status repo_config_add_foreign(struct dray_repo *repo, const char *text,
	size_t len, const char *origin, struct dray_err *err);

/* Rules that hold in every repository of the dialect. */
void rules_begin(const struct dray_dialect *dialect, struct dray_rules *rules);
/* Outs of one pointer file, which the tracks own already. */
DRAY_MUST_CHECK enum dray_status repo_add_outs(struct dray_repo *repo,
	struct dray_pointer_file *file, struct dray_tracks *tracks, struct dray_err *err);
void repo_pointer_file_free(struct dray_pointer_file *file);
/* Take a file of stages or a lock; whether it is one of them. */
bool repo_is_stages(const struct dray_dialect *dialect, const char *basename);
DRAY_MUST_CHECK enum dray_status repo_stages_take(struct dray_repo *repo, const char *name,
	const char *text, size_t len, struct dray_tracks *tracks, struct dray_err *err);
void repo_stages_drop(struct dray_tracks *tracks);
/* Is it the name of a pointer file? */
bool repo_is_pointer(const struct dray_dialect *dialect, const char *basename);
/* By name, as dray_tracks_find needs them. */
void repo_sort_tracks(struct dray_tracks *tracks);

/* Of a repository that closes. */
void repo_config_drop(struct dray_repo *repo);

/* Read <folder>/<ignore file> of the work tree at `root_fd`, if it is there, into `rules`. */
DRAY_MUST_CHECK enum dray_status rules_load(const struct dray_dialect *dialect, int root_fd,
	const char *folder, struct dray_rules *rules, struct dray_err *err);

/* Hashes of tracked single files, all in one index; written back when the repository closes. */
void singles_apply(struct dray_repo *repo, const char *name, enum dray_algo algo,
	struct dray_scan_entry *entry);
void singles_save(struct dray_repo *repo, const char *name, const struct dray_scan_entry *entry,
	int64_t trusted_before_ns);
void singles_forget(struct dray_repo *repo, const char *name);
void singles_names(struct dray_repo *repo, struct dray_strs *out_names);
void singles_close(struct dray_repo *repo);

/* One remembered file: what index files hold. Fixed layout, host byte order; see index.c. */
struct index_record {
	uint64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
	uint64_t ino;
	unsigned char digest[DRAY_DIGEST_MAX];
	uint32_t path_at; /* in the names behind the records */
	uint16_t path_len;
	uint8_t kind;
	uint8_t algo; /* of the digest */
};
/* A valid index file, or an empty one if it is absent, damaged or another version's. */
struct index_file {
	struct dray_view view;
	const struct index_record *records;
	size_t len;
	const char *names;
	size_t name_len;     /* the first bytes of `names` are the tracked directory's name */
	enum dray_algo algo; /* of all records of a directory */
	struct dray_oid tree;
	bool has_tree;
};
#define INDEX_FILE_INIT  \
	{                \
		.len = 0 \
	}
void index_file_open(struct dray_repo *repo, const char *path, struct index_file *out);
void index_file_drop(struct index_file *file);
bool index_record_holds(const struct index_record *record, const struct dray_scan_entry *entry);

/* Collects records in order and writes them as a file. */
struct index_writer {
	struct dray_buf records;
	struct dray_buf names;
	size_t name_len;     /* of the tracked directory's name, with which `names` begins */
	enum dray_algo algo; /* of the records */
	bool is_partial;     /* something was left out: the file equals no manifest */
};
#define INDEX_WRITER_INIT                \
	{                                \
		.records = DRAY_BUF_INIT \
	}
void index_writer_add(struct index_writer *writer, const struct index_record *record,
	const char *path, size_t path_len);
/* Consumes the writer. */
void index_writer_finish(
	struct index_writer *writer, const char *path, const struct dray_oid *tree);
/* False if the entry is too young to be believed later. */
bool index_record_fill(
	struct index_record *out, const struct dray_scan_entry *entry, int64_t trusted_before_ns);

#endif
