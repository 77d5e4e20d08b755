/* Completion scripts, written from the tables around a frame for each shell. */
#ifndef DRAY_CLI_COMPLETION_H
#define DRAY_CLI_COMPLETION_H

#include "command.h"

/* Append the script for "bash", "zsh" or "fish". USAGE for another shell. */
DRAY_MUST_CHECK enum dray_status dray_cli_completion(
	const char *shell, struct dray_buf *out, struct dray_err *err);

/* The tables in each shell's own words; they replace the line TABLES of its frame. */
void dray_cli_completion_bash(struct dray_buf *out);
void dray_cli_completion_zsh(struct dray_buf *out);
void dray_cli_completion_fish(struct dray_buf *out);

/* completions/dray.<shell>, embedded by the build. */
extern const char dray_cli_frame_bash[];
extern const char dray_cli_frame_zsh[];
extern const char dray_cli_frame_fish[];

/*
 * The words of `args` without brackets and dots: "[TARGET...]" is TARGET. Start
 * with *at = args; false at the end.
 */
bool dray_cli_args_next(const char **at, const char **out_word, size_t *out_len, bool *out_repeats);

#endif
