/*
 * libgit2's functions as a table, filled by dlopen on first use. Everything
 * else in this room calls libgit2 through `dray_git2` and nothing else.
 */
#ifndef DRAY_GIT_LIBRARY_H
#define DRAY_GIT_LIBRARY_H

#include <dray/base.h>

#include <git2.h>
#include <git2/sys/repository.h>

/* Handles that have a scope helper, below; their _free functions are part of the table. */
#define DRAY_GIT_HANDLE_MAP(X) \
	X(commit)              \
	X(config)              \
	X(config_iterator)     \
	X(diff)                \
	X(index)               \
	X(object)              \
	X(odb)                 \
	X(odb_object)          \
	X(reference)           \
	X(reference_iterator)  \
	X(reflog)              \
	X(remote)              \
	X(repository)          \
	X(status_list)         \
	X(tag)                 \
	X(tree)

/* Names without "git_". */
#define DRAY_GIT_CALL_MAP(X)                 \
	X(buf_dispose)                       \
	X(commit_author)                     \
	X(commit_lookup)                     \
	X(commit_parent_id)                  \
	X(commit_parentcount)                \
	X(commit_summary)                    \
	X(commit_time)                       \
	X(commit_tree)                       \
	X(commit_tree_id)                    \
	X(config_add_file_ondisk)            \
	X(config_get_bool)                   \
	X(config_get_string)                 \
	X(config_iterator_new)               \
	X(config_multivar_iterator_new)      \
	X(config_next)                       \
	X(config_open_default)               \
	X(credential_ssh_key_from_agent)     \
	X(credential_ssh_key_new)            \
	X(credential_username_new)           \
	X(credential_userpass_plaintext_new) \
	X(diff_get_delta)                    \
	X(diff_num_deltas)                   \
	X(diff_options_init)                 \
	X(diff_tree_to_index)                \
	X(error_clear)                       \
	X(error_last)                        \
	X(fetch_options_init)                \
	X(ignore_path_is_ignored)            \
	X(index_add)                         \
	X(index_add_bypath)                  \
	X(index_entrycount)                  \
	X(index_find)                        \
	X(index_find_prefix)                 \
	X(index_get_byindex)                 \
	X(index_get_bypath)                  \
	X(index_open)                        \
	X(index_read)                        \
	X(index_remove_bypath)               \
	X(index_set_caps)                    \
	X(index_write)                       \
	X(libgit2_init)                      \
	X(libgit2_opts)                      \
	X(libgit2_version)                   \
	X(merge_base)                        \
	X(object_id)                         \
	X(object_lookup)                     \
	X(object_peel)                       \
	X(object_type)                       \
	X(odb_add_backend)                   \
	X(odb_object_data)                   \
	X(odb_object_size)                   \
	X(odb_read)                          \
	X(odb_read_header)                   \
	X(oid_fromstr)                       \
	X(oid_tostr)                         \
	X(reference_iterator_new)            \
	X(reference_lookup)                  \
	X(reference_name)                    \
	X(reference_next)                    \
	X(reference_resolve)                 \
	X(reference_target)                  \
	X(reference_type)                    \
	X(reflog_entry_byindex)              \
	X(reflog_entry_id_new)               \
	X(reflog_entrycount)                 \
	X(reflog_read)                       \
	X(remote_connect_ext)                \
	X(remote_connect_options_init)       \
	X(remote_create_anonymous)           \
	X(remote_default_branch)             \
	X(remote_fetch)                      \
	X(remote_ls)                         \
	X(repository_config)                 \
	X(repository_config_snapshot)        \
	X(repository_hashfile)               \
	X(repository_init_ext)               \
	X(repository_init_options_init)      \
	X(repository_odb)                    \
	X(repository_open_ext)               \
	X(repository_set_head)               \
	X(repository_set_head_detached)      \
	X(repository_set_index)              \
	X(repository_set_workdir)            \
	X(repository_workdir)                \
	X(revparse_single)                   \
	X(status_byindex)                    \
	X(status_list_entrycount)            \
	X(status_list_new)                   \
	X(tag_lookup)                        \
	X(tag_peel)                          \
	X(tag_tagger)                        \
	X(tree_entry_byindex)                \
	X(tree_entry_filemode)               \
	X(tree_entry_id)                     \
	X(tree_entry_name)                   \
	X(tree_entrycount)                   \
	X(tree_lookup)

struct dray_git2 {
#define X(name) __typeof__(git_##name) *name;
	DRAY_GIT_CALL_MAP(X)
#undef X
#define X(type) __typeof__(git_##type##_free) *type##_free;
	DRAY_GIT_HANDLE_MAP(X)
#undef X
};
/* All NULL until dray_git2_load() succeeded. Main thread only. */
extern struct dray_git2 dray_git2;

/* Load and initialise libgit2 once. UNSUPPORTED with what to install if it is not there. */
DRAY_MUST_CHECK enum dray_status dray_git2_load(struct dray_err *err);

/*
 * Turn libgit2's return code and last message into "<what>: <message>" with
 * the status that fits; returns that status. `rc` is negative.
 */
enum dray_status dray_git2_fail(struct dray_err *err, int rc, const char *what, ...)
	DRAY_PRINTF(3, 4);
/* libgit2's last message, "" if there is none; borrowed until its next call. */
const char *dray_git2_message(void);
/* The same as one line: TLS libraries and other sides write several. */
char *dray_git2_message_line(void);

#define X(type)                                                           \
	static inline void dray_git_##type##_release(git_##type **handle) \
	{                                                                 \
		if (*handle != NULL)                                      \
			dray_git2.type##_free(*handle);                   \
	}
DRAY_GIT_HANDLE_MAP(X)
#undef X
/* An owned handle as a scope-cleaned local: DRAY_AUTO_GIT(tree) tree = NULL. */
#define DRAY_AUTO_GIT(type) __attribute__((cleanup(dray_git_##type##_release))) git_##type *

#endif
