/*
 * The scripts that `dray install` writes for git. Text only; install.c does.
 *
 * 1. A script calls `dray git-hook <name>`, whose work is dray's: a newer dray needs no new script.
 * 2. Without dray on the PATH it does nothing, but for the hook that it took the place of.
 * 3. That hook lies beside it as "<name>.before-dray", the bytes it always was, and comes first. It
 *    gets the same arguments and standard input. A hook for a shell is read in, not called, so that
 *    it knows itself by the same name and place ($0): managers of hooks tell by these what to do.
 * 4. When a hook says no before a commit or a push, that is the end. After a checkout, a merge or a
 *    rebase nothing can be stopped any more: ours follows, and the first failure is told.
 */
#ifndef DRAY_OPS_HOOK_TEXT_H
#define DRAY_OPS_HOOK_TEXT_H

#include <dray/base.h>

struct hook_kind {
	const char *name;
	bool has_input; /* git writes to its standard input */
	bool is_before; /* it may stop what git is about to do */
};
extern const struct hook_kind hook_kinds[];
extern const size_t hook_kinds_len;

#define HOOK_KEPT_SUFFIX ".before-dray"
/* Of a script of somebody else, as much as has to be looked at. */
#define HOOK_HEAD_BYTES_MAX ((size_t)1 << 20)

/* What is to become of a hook that was there. */
enum hook_chain {
	HOOK_ALONE,    /* there was none */
	HOOK_CALLED,   /* a program */
	HOOK_READ_IN,  /* a script for the shell `shell` */
	HOOK_STAND_IN, /* it does the same job, of DVC's: only where dray is not there */
};
struct hook_before {
	enum hook_chain chain;
	const char *shell; /* static */
};

/* Append the script. */
void hook_write(
	const struct hook_kind *kind, const struct hook_before *before, struct dray_buf *out);
/* Was this script written by this or an earlier version of dray? */
bool hook_is_ours(const struct hook_kind *kind, const char *text);
/* Does somebody else's script call dray for this hook already? */
bool hook_calls_us(const struct hook_kind *kind, const char *text);
/* How to go on with a hook of these first bytes. `with_dvc`: DVC shares the repository. */
struct hook_before hook_chain_to(const struct hook_kind *kind, const char *text, bool with_dvc);

#endif
