/*
 * Revisions and the commits of branches, tags and whole histories.
 *
 *  1. What these lists leave out may be deleted by a collection later, so a
 *     ref whose commit cannot be read is an error, never skipped. Skipped are
 *     a symbolic ref that leads nowhere and what is no commit at all.
 */
#include "files.h"
#include "walk.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

/* Where DVC keeps experiments: "refs/exps/<2 hex>/<38 hex>/<name>", the hex of the commit each
 * began with, beside a stash of those that wait to be run. */
#define EXPERIMENTS "refs/exps"

/* ---------------------------------------------------------------- resolve */

/* "@" is HEAD to git; libgit2 1.5 does not know it in front of "~1" and the like. */
static char *expand_at(const char *revision)
{
	if (*revision == '@' && strchr("~^:", revision[1]) != NULL)
		return dray_format("HEAD%s", revision + 1);
	return dray_strdup(revision);
}

enum dray_status dray_git_resolve(
	struct dray_git *git, const char *revision, char out_hex[65], struct dray_err *err)
{
	DRAY_AUTO_GIT(object) object = NULL;
	DRAY_AUTO_GIT(object) commit = NULL;
	DRAY_AUTO_STR spec = expand_at(revision);

	DRAY_TRY(dray_git_load(git, err));
	int rc = dray_git2.revparse_single(&object, git->repo, spec);
	if (rc == GIT_ENOTFOUND || rc == GIT_EUNBORNBRANCH)
		return dray_fail(err, DRAY_NOT_FOUND, "no git revision '%s'", revision);
	if (rc == GIT_EAMBIGUOUS)
		return dray_fail(
			err, DRAY_INVALID, "several git objects start with '%s'", revision);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read git revision '%s'", revision);
	rc = dray_git2.object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc == GIT_ENOTFOUND)
		return dray_git_object_fail(
			err, rc, dray_git2.object_id(object), "the revision asked for");
	if (rc < 0)
		return dray_fail(err, DRAY_INVALID, "git revision '%s' is no commit", revision);
	dray_git2.oid_tostr(out_hex, GIT_OID_HEXSZ + 1, dray_git2.object_id(commit));
	return DRAY_OK;
}

/* ------------------------------------------------------------------- tips */

/* The commit that `oid` is or, as a tag, leads to; nothing for trees and blobs. */
static enum dray_status add_target(
	struct dray_git_found *found, const git_oid *oid, const char *where, struct dray_err *err)
{
	DRAY_AUTO_GIT(object) object = NULL;
	DRAY_AUTO_GIT(object) commit = NULL;

	int rc = dray_git2.object_lookup(&object, found->git->repo, oid, GIT_OBJECT_ANY);
	if (rc == 0)
		rc = dray_git2.object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc == GIT_EPEEL || rc == GIT_EINVALIDSPEC)
		return DRAY_OK;
	if (rc < 0)
		return dray_git_object_fail(err, rc, oid, where);
	dray_git_found_add(found, dray_git2.object_id(commit));
	return DRAY_OK;
}

static enum dray_status add_ref(
	struct dray_git_found *found, const git_reference *ref, struct dray_err *err)
{
	DRAY_AUTO_GIT(reference) direct = NULL;
	const char *name = dray_git2.reference_name(ref);

	int rc = dray_git2.reference_resolve(&direct, ref);
	if (rc == GIT_ENOTFOUND && dray_git2.reference_type(ref) == GIT_REFERENCE_SYMBOLIC)
		return DRAY_OK;
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read git ref '%s'", name);
	DRAY_AUTO_STR where = dray_format("ref '%s'", name);
	return add_target(found, dray_git2.reference_target(direct), where, err);
}

static bool is_in_scope(const char *ref_name, unsigned scopes)
{
	if (scopes & DRAY_GIT_COMMITS)
		return true;
	if (dray_path_is_within(ref_name, EXPERIMENTS))
		return scopes & DRAY_GIT_EXPERIMENTS;
	if (dray_path_is_within(ref_name, "refs/tags"))
		return scopes & DRAY_GIT_TAGS;
	return scopes & DRAY_GIT_BRANCHES && (dray_path_is_within(ref_name, "refs/heads") ||
						     dray_path_is_within(ref_name, "refs/remotes"));
}

static enum dray_status add_refs(
	struct dray_git_found *found, unsigned scopes, struct dray_err *err)
{
	DRAY_AUTO_GIT(reference_iterator) refs = NULL;
	int rc = dray_git2.reference_iterator_new(&refs, found->git->repo);

	while (rc == 0) {
		DRAY_AUTO_GIT(reference) ref = NULL;

		rc = dray_git2.reference_next(&ref, refs);
		if (rc == 0 && is_in_scope(dray_git2.reference_name(ref), scopes))
			DRAY_TRY(add_ref(found, ref, err));
	}
	if (rc != GIT_ITEROVER)
		return dray_git2_fail(err, rc, "cannot list the refs of '%s'", found->git->dir);
	return DRAY_OK;
}

/* `dir`/HEAD as text: an oid, or "ref: <name>", which may have no commit yet. */
static enum dray_status add_head(
	struct dray_git_found *found, const char *dir, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_GIT(reference) ref = NULL;
	DRAY_AUTO_STR path = dray_path_join(dir, "HEAD");
	git_oid oid;

	enum dray_status status =
		dray_os_slurp(AT_FDCWD, path, DRAY_GIT_LINE_BYTES_MAX, &text, err);
	/* an abandoned folder below worktrees/ */
	if (status == DRAY_NOT_FOUND && strcmp(dir, found->git->dir) != 0)
		return DRAY_OK;
	DRAY_TRY(status);
	const char *line = dray_buf_text(&text);
	size_t len = strcspn(line, "\r\n");
	if (dray_git_oid_parse(&oid, line, len))
		return add_target(found, &oid, "HEAD", err);
	size_t skip = strncmp(line, "ref:", 4) == 0 ? 4 + strspn(line + 4, " \t") : len;
	DRAY_AUTO_STR name = dray_strndup(line + skip, len - skip);
	int rc = dray_git2.reference_lookup(&ref, found->git->repo, name);
	if (rc == GIT_ENOTFOUND)
		return DRAY_OK;
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read '%s'", path);
	return add_ref(found, ref, err);
}

/* HEAD of every work tree: a detached one is what keeps its commit alive. */
static enum dray_status add_heads(struct dray_git_found *found, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_STR folder = dray_path_join(found->git->common_dir, "worktrees");
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(add_head(found, found->git->dir, err));
	DRAY_TRY(add_head(found, found->git->common_dir, err));
	if (!dray_os_exists(AT_FDCWD, folder))
		return DRAY_OK;
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, folder, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR dir = dray_path_join(folder, dirents.items[i].name);

		DRAY_TRY(add_head(found, dir, err));
	}
	return DRAY_OK;
}

/* The ref of a stash is the newest one; the older ones are only in its log. */
static enum dray_status add_stashes(
	struct dray_git_found *found, const char *ref, struct dray_err *err)
{
	DRAY_AUTO_GIT(reflog) log = NULL;
	DRAY_AUTO_STR path = dray_format("%s/logs/%s", found->git->common_dir, ref);

	if (!dray_os_exists(AT_FDCWD, path))
		return DRAY_OK; /* libgit2 would make the log that it is asked to read */
	int rc = dray_git2.reflog_read(&log, found->git->repo, ref);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read the stashes of '%s'", found->git->dir);
	for (size_t i = 0; i < dray_git2.reflog_entrycount(log); i++) {
		const git_reflog_entry *entry = dray_git2.reflog_entry_byindex(log, i);

		DRAY_TRY(add_target(found, dray_git2.reflog_entry_id_new(entry), "a stash", err));
	}
	return DRAY_OK;
}

/* ------------------------------------------------------------ experiments */

/* The commit that the experiment of this ref began with, as its name tells; false: it is none. */
static bool experiment_base(const char *ref_name, git_oid *out_oid)
{
	DRAY_AUTO_STR hex = dray_strdup(ref_name + strlen(EXPERIMENTS "/"));
	char *slash = strchr(hex, '/');

	if (slash == NULL)
		return false;
	memmove(slash, slash + 1, strlen(slash));
	return dray_git_oid_parse(out_oid, hex, strcspn(hex, "/"));
}

/* First parents from the ref's commit on, up to and without where the experiment began. */
static enum dray_status add_experiment(
	struct dray_git_found *found, const git_reference *ref, struct dray_err *err)
{
	DRAY_AUTO_GIT(reference) direct = NULL;
	const char *name = dray_git2.reference_name(ref);
	git_oid base;
	git_oid at;

	if (!experiment_base(name, &base))
		return DRAY_OK;
	int rc = dray_git2.reference_resolve(&direct, ref);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read git ref '%s'", name);
	at = *dray_git2.reference_target(direct);
	while (memcmp(at.id, base.id, GIT_OID_RAWSZ) != 0) {
		DRAY_AUTO_GIT(commit) commit = NULL;

		rc = dray_git2.commit_lookup(&commit, found->git->repo, &at);
		if (rc < 0)
			return dray_git_object_fail(err, rc, &at, name);
		dray_git_found_add(found, &at);
		if (dray_git2.commit_parentcount(commit) == 0)
			break;
		at = *dray_git2.commit_parent_id(commit, 0);
	}
	return DRAY_OK;
}

static enum dray_status add_experiments(struct dray_git_found *found, struct dray_err *err)
{
	DRAY_AUTO_GIT(reference_iterator) refs = NULL;
	int rc = dray_git2.reference_iterator_new(&refs, found->git->repo);

	while (rc == 0) {
		DRAY_AUTO_GIT(reference) ref = NULL;

		rc = dray_git2.reference_next(&ref, refs);
		if (rc == 0 && dray_path_is_within(dray_git2.reference_name(ref), EXPERIMENTS))
			DRAY_TRY(add_experiment(found, ref, err));
	}
	if (rc != GIT_ITEROVER)
		return dray_git2_fail(err, rc, "cannot list the refs of '%s'", found->git->dir);
	return add_stashes(found, EXPERIMENTS "/stash", err);
}

/* --------------------------------------------------------------------- all */

static enum dray_status find(struct dray_git_found *found, unsigned scopes, struct dray_err *err)
{
	DRAY_TRY(dray_git_load(found->git, err));
	DRAY_TRY(add_refs(found, scopes, err));
	if (scopes & (DRAY_GIT_BRANCHES | DRAY_GIT_COMMITS))
		DRAY_TRY(add_heads(found, err));
	if (scopes & DRAY_GIT_COMMITS) {
		DRAY_TRY(add_stashes(found, "refs/stash", err));
		DRAY_TRY(dray_git_found_walk(found, err));
	}
	return scopes & DRAY_GIT_EXPERIMENTS ? add_experiments(found, err) : DRAY_OK;
}

enum dray_status dray_git_commits(
	struct dray_git *git, unsigned scopes, struct dray_strs *out_commits, struct dray_err *err)
{
	__attribute__((cleanup(dray_git_found_drop))) struct dray_git_found found = {.git = git};

	DRAY_TRY(find(&found, scopes, err));
	dray_git_found_give(&found, out_commits);
	return DRAY_OK;
}

enum dray_status dray_git_commits_since(
	struct dray_git *git, int64_t since_ns, struct dray_strs *out_commits, struct dray_err *err)
{
	__attribute__((cleanup(dray_git_found_drop))) struct dray_git_found found = {.git = git};

	DRAY_TRY(find(&found, DRAY_GIT_COMMITS, err));
	for (size_t i = 0; i < found.len; i++) {
		DRAY_AUTO_GIT(commit) commit = NULL;
		int rc = dray_git2.commit_lookup(&commit, git->repo, &found.oids[i]);

		if (rc < 0)
			return dray_git_object_fail(err, rc, &found.oids[i], "the history");
		if (dray_git2.commit_time(commit) >= since_ns / 1000000000)
			dray_git_oid_give(&found.oids[i], out_commits);
	}
	return DRAY_OK;
}
