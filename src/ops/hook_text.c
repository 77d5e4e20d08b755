/* See hook_text.h. */
#include "hook_text.h"

#include <string.h>

const struct hook_kind hook_kinds[] = {
	{.name = "pre-commit", .is_before = true},
	{.name = "pre-push", .has_input = true, .is_before = true},
	{.name = "post-checkout"},
	{.name = "post-commit"},
	{.name = "post-merge"},
	{.name = "post-rewrite", .has_input = true},
};
const size_t hook_kinds_len = DRAY_COUNT(hook_kinds);

#define MARK "# Written by 'dray install'; 'dray install --uninstall' takes it away.\n"
#define KEPT "\"$0" HOOK_KEPT_SUFFIX "\""
#define HAS_DRAY "command -v dray >/dev/null 2>&1"

/* ------------------------------------------------------------------ writing */

/* A call of the hook that was there, with what git gave us. */
static void put_kept(
	const struct hook_kind *kind, const struct hook_before *before, struct dray_buf *out)
{
	if (kind->has_input)
		dray_buf_puts(out, "give | ");
	if (before->chain == HOOK_READ_IN)
		dray_buf_printf(out, "%s -c '. " KEPT "' \"$0\" \"$@\"", before->shell);
	else
		dray_buf_puts(out, KEPT " \"$@\"");
}

/* One after the other; what git says is kept for both. */
static void put_chain(
	const struct hook_kind *kind, const struct hook_before *before, struct dray_buf *out)
{
	const char *on_failure = kind->is_before ? "exit" : "status=$?";

	if (kind->has_input)
		dray_buf_puts(out, "input=$(cat)\n"
				   "give() { [ -z \"$input\" ] || printf '%s\\n' \"$input\"; }\n");
	if (!kind->is_before)
		dray_buf_puts(out, "status=0\n");
	dray_buf_puts(out, "if [ -x " KEPT " ]; then\n\t");
	put_kept(kind, before, out);
	dray_buf_printf(out, " || %s\nfi\n", on_failure);
	dray_buf_printf(out, HAS_DRAY " || exit %s\n", kind->is_before ? "0" : "\"$status\"");
	dray_buf_printf(out, "%sdray git-hook %s \"$@\"%s\n", kind->has_input ? "give | " : "",
		kind->name, kind->is_before ? "" : " || exit\nexit \"$status\"");
}

void hook_write(
	const struct hook_kind *kind, const struct hook_before *before, struct dray_buf *out)
{
	dray_buf_puts(out, "#!/bin/sh\n" MARK);
	switch (before->chain) {
	case HOOK_ALONE:
		dray_buf_printf(
			out, HAS_DRAY " || exit 0\nexec dray git-hook %s \"$@\"\n", kind->name);
		return;
	case HOOK_STAND_IN:
		dray_buf_printf(out,
			HAS_DRAY " || exec " KEPT " \"$@\"\nexec dray git-hook %s \"$@\"\n",
			kind->name);
		return;
	case HOOK_CALLED:
	case HOOK_READ_IN:
		put_chain(kind, before, out);
		return;
	}
}

/* ------------------------------------------------------------------ reading */

#define FIRST_HEAD "#!/bin/sh\n" HAS_DRAY " || exit 0\n"

/* What dray wrote before it had git-hook. */
static const struct {
	const char *name;
	const char *text;
} first_texts[] = {
	{"pre-commit", FIRST_HEAD "exec dray status\n"},
	{"pre-push", FIRST_HEAD "exec dray push\n"},
	{"post-checkout",
		FIRST_HEAD "[ \"$3\" = 1 ] && [ \"$1\" != \"$2\" ] || exit 0\n"
			   "for folder in rebase-merge rebase-apply; do\n"
			   "\t[ ! -d \"$(git rev-parse --git-path \"$folder\")\" ] || exit 0\n"
			   "done\n"
			   "exec dray checkout\n"},
};

bool hook_is_ours(const struct hook_kind *kind, const char *text)
{
	const char *second = strchr(text, '\n');

	if (second != NULL && strncmp(second + 1, MARK, strlen(MARK)) == 0)
		return true;
	for (size_t i = 0; i < DRAY_COUNT(first_texts); i++)
		if (strcmp(kind->name, first_texts[i].name) == 0 &&
			strcmp(text, first_texts[i].text) == 0)
			return true;
	return false;
}

bool hook_calls_us(const struct hook_kind *kind, const char *text)
{
	DRAY_AUTO_STR call = dray_format("dray git-hook %s", kind->name);

	return strstr(text, call) != NULL;
}

/* "#!/usr/bin/sh" and a line that ends with "dvc git-hook <name> $@", nothing else. */
static bool is_dvcs(const struct hook_kind *kind, const char *text)
{
	DRAY_AUTO_STR call = dray_format("exec dvc git-hook %s $@\n", kind->name);
	const char *second = strchr(text, '\n');

	return strncmp(text, "#!", 2) == 0 && second != NULL && strcmp(second + 1, call) == 0;
}

/* A shell that keeps its name when it reads a file in, and without options that would be lost. */
static const char *shell_of(const char *text)
{
	static const struct {
		const char *line;
		const char *shell;
	} known[] = {
		{"/bin/sh", "sh"},
		{"/usr/bin/sh", "sh"},
		{"/usr/bin/env sh", "sh"},
		{"/bin/bash", "bash"},
		{"/usr/bin/bash", "bash"},
		{"/usr/bin/env bash", "bash"},
		{"/bin/dash", "dash"},
		{"/usr/bin/dash", "dash"},
		{"/usr/bin/env dash", "dash"},
		{"/bin/sh -e", "sh -e"},
		{"/bin/bash -e", "bash -e"},
	};

	if (strncmp(text, "#!", 2) != 0)
		return NULL;
	text += 2 + strspn(text + 2, " \t");
	size_t len = strcspn(text, "\n");
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	for (size_t i = 0; i < DRAY_COUNT(known); i++)
		if (strlen(known[i].line) == len && strncmp(text, known[i].line, len) == 0)
			return known[i].shell;
	return NULL;
}

struct hook_before hook_chain_to(const struct hook_kind *kind, const char *text, bool with_dvc)
{
	const char *shell = shell_of(text);

	if (with_dvc && is_dvcs(kind, text))
		return (struct hook_before){.chain = HOOK_STAND_IN};
	if (shell == NULL)
		return (struct hook_before){.chain = HOOK_CALLED};
	return (struct hook_before){.chain = HOOK_READ_IN, .shell = shell};
}
