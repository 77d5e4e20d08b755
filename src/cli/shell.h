/* Text as words of a shell: in completion scripts, and in commands for a person to paste. */
#ifndef DRAY_CLI_SHELL_H
#define DRAY_CLI_SHELL_H

#include <dray/base.h>

/* Append `text` in single quotes, for bash, zsh and fish. */
void dray_cli_put_quoted(struct dray_buf *out, const char *text);
/* Append one word, whatever bytes are in it; quoted only where it must be. */
void dray_cli_put_shell_word(struct dray_buf *out, const char *word);

#endif
