/* What import, import-url and update share: data from elsewhere under a pointer that says whence.
 */
#ifndef DRAY_OPS_IMPORT_H
#define DRAY_OPS_IMPORT_H

#include "outside.h"

/* --------------------------------------------------------- deposit.c */

/* Is all of it tracked data whose objects could be in a cache of this kind as they are? */
bool parts_are_objects(const struct dray_parts *parts, enum dray_algo algo);
/* Their bytes into our cache. */
DRAY_MUST_CHECK enum dray_status parts_fetch(struct dray_session *session,
	const struct dray_supplies *supplies, const struct dray_parts *parts, struct dray_err *err);
/* The list of them as a directory of ours into our cache; `out` is it then, but for its size. */
DRAY_MUST_CHECK enum dray_status parts_list(struct dray_session *session, struct dray_parts *parts,
	struct dray_out *out, struct dray_err *err);
/* Fetch them into our cache and let `out` be them. The parts, not none, may change their order. */
DRAY_MUST_CHECK enum dray_status parts_deposit(struct dray_session *session,
	const struct dray_supplies *supplies, struct dray_parts *parts, struct dray_out *out,
	struct dray_err *err);

/* -------------------------------------------------- import_pointer.c */

/* A pointer's only out and only dep, on the way to what the dep says. */
struct dray_import {
	struct dray_session *session;
	struct dray_pointer_file *file;
	char *name;       /* of the data */
	bool is_new_file; /* `file` is owned here */
	bool is_stolen;   /* the records own it by now */
	bool force;       /* data that is in the way goes */
	bool stage;
	bool no_download;
	bool had_oid;
	struct dray_oid old_oid;
	unsigned jobs;
};
static inline struct dray_dep *import_dep(const struct dray_import *import)
{
	return &import->file->pointer.deps[0];
}
static inline struct dray_out *import_out(const struct dray_import *import)
{
	return &import->file->pointer.outs[0];
}
void dray_import_drop(struct dray_import *import);
/* Is it one? */
bool pointer_is_import(const struct dray_pointer *pointer);
/*
 * Choose the data's name, `typed` or the last part of `path`, and begin its pointer; one that is
 * there for the same data may be replaced. EXISTS: something else is in the way.
 */
DRAY_MUST_CHECK enum dray_status import_begin(
	struct dray_import *import, const char *path, const char *typed, struct dray_err *err);
/* Have it sealed when it is written: see dray_pointer_seal. */
void import_seal(struct dray_import *import);
/* The import as a record, which takes a new pointer over. */
struct dray_record *import_record(struct dray_import *import, struct dray_records *records);
/* A pointer that does not say yet what its data is. */
DRAY_MUST_CHECK enum dray_status import_publish_empty(
	struct dray_import *import, struct dray_err *err);

/* ---------------------------------------------------------- import.c */

/* The source of a repository's import as a source takes it; `url` is to be freed. */
struct dray_source_options import_source(struct dray_session *session, const struct dray_dep *dep,
	const char *revision, char **out_url);
/* As the other repository is at its commit, to which rev_lock is set. */
DRAY_MUST_CHECK enum dray_status import_from_source(
	struct dray_import *import, struct dray_source *source, struct dray_err *err);
/* As the outside is now. */
DRAY_MUST_CHECK enum dray_status import_from_outside(
	struct dray_import *import, struct dray_outside *outside, struct dray_err *err);
/* As the outside is now, straight to a remote. */
DRAY_MUST_CHECK enum dray_status import_to_remote(struct dray_import *import,
	struct dray_outside *outside, const char *remote, struct dray_err *err);
/* Is the outside what the dep says it was? Looks at it; a path is read. */
DRAY_MUST_CHECK enum dray_status import_is_source_same(struct dray_import *import,
	struct dray_outside *outside, bool *out_is_same, struct dray_err *err);
/* Write the pointer and what goes with it, and tell. */
DRAY_MUST_CHECK enum dray_status import_publish(struct dray_import *import, struct dray_err *err);
/* The outside that a pointer's dep means: a path is seen from the pointer's folder. */
DRAY_MUST_CHECK enum dray_status import_outside(struct dray_session *session,
	const struct dray_pointer_file *file, struct dray_outside *out, struct dray_err *err);

/* --------------------------------------------------- import_status.c */

/*
 * For status: items of kind "dep", state "update available" (with `asks`: of another repository,
 * which is contacted), and of kind "stage", state "changed checksum". Nothing of what is no import.
 */
DRAY_MUST_CHECK enum dray_status import_report(
	struct dray_session *session, struct dray_track *track, bool asks, struct dray_err *err);

/* ---------------------------------------------------- import_fetch.c */

/* Is its data another repository's, to be had from there? */
bool pointer_is_borrowed(const struct dray_pointer *pointer);
/* Is its data to be had from where it was imported from? If it is pushed, also from a remote. */
bool import_is_at_source(const struct dray_track *track);
/* Is all of the data, or of the part of it that is meant, in our cache? */
DRAY_MUST_CHECK enum dray_status data_is_cached(struct dray_session *session,
	const struct dray_goal *goal, bool *out_is, struct dray_err *err);
struct import_fetched {
	uint64_t objects;
	uint64_t bytes;
};
/*
 * The data of an import, or the part of it that is meant, into our cache: from its repository at
 * the commit that the pointer is locked to, or from its address in the versions that it says. Dry:
 * only whether something is missing. CORRUPT: other data is there. Of an import that is unknown
 * what it was found to be is noted; CHANGED: not what the pointer was made for.
 */
DRAY_MUST_CHECK enum dray_status import_fetch(struct dray_session *session,
	const struct dray_target *target, unsigned jobs, bool is_dry,
	struct import_fetched *out_fetched, struct dray_err *err);

/* ---------------------------------------------------------- update.c */

/* Is there such a remote? */
DRAY_MUST_CHECK enum dray_status import_check_remote(
	struct dray_session *session, const char *remote, unsigned jobs, struct dray_err *err);
/* --------------------------------------------------- import_memory.c */

/* Does its pointer not say yet what its data is? */
bool import_is_unknown(const struct dray_track *track);
/* Note, and find again, what the data of a dep was when it was fetched. */
DRAY_MUST_CHECK enum dray_status import_remember(struct dray_session *session,
	const struct dray_dep *dep, const struct dray_oid *oid, struct dray_err *err);
bool import_recall(struct dray_session *session, const struct dray_dep *dep, struct dray_oid *out);
/*
 * Let outs of unknown imports that are fetched, and have nothing in their place, say what they are:
 * in memory only.
 */
void imports_recall(struct dray_session *session, struct dray_selection *selection);

#endif
