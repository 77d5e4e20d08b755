/* A command line into words, as POSIX describes quoting (Shell Command Language, 2.2). */
#include <dray/base.h>

#include <stdlib.h>
#include <string.h>

struct split {
	const char *at;
	struct dray_buf word;
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* From behind the opening quote to behind the closing one; false if there is none. */
static bool read_quoted(struct split *split, char quote)
{
	for (; *split->at != quote; split->at++) {
		bool is_escape = quote == '"' && split->at[0] == '\\' &&
				 (split->at[1] == '"' || split->at[1] == '\\');

		if (is_escape)
			split->at++;
		if (*split->at == '\0')
			return false;
		dray_buf_putc(&split->word, *split->at);
	}
	split->at++;
	return true;
}

static enum dray_status read_word(struct split *split, struct dray_err *err)
{
	while (*split->at != '\0' && !is_blank(*split->at)) {
		char byte = *split->at++;

		if (byte == '\'' || byte == '"') {
			if (!read_quoted(split, byte))
				return dray_fail(err, DRAY_INVALID,
					"a command has a %c that is not closed", byte);
			continue;
		}
		if (byte == '\\')
			byte = *split->at++;
		if (byte == '\0')
			return dray_fail(err, DRAY_INVALID, "a command ends in a backslash");
		dray_buf_putc(&split->word, byte);
	}
	return DRAY_OK;
}

static enum dray_status read_words(
	struct split *split, struct dray_strs *strs, struct dray_err *err)
{
	for (;;) {
		while (is_blank(*split->at))
			split->at++;
		if (*split->at == '\0')
			return DRAY_OK;
		dray_buf_clear(&split->word);
		DRAY_TRY(read_word(split, err));
		dray_strs_add(strs, dray_buf_text(&split->word));
	}
}

enum dray_status dray_strs_split_shell(
	struct dray_strs *strs, const char *text, struct dray_err *err)
{
	struct split split = {.at = text};
	size_t before = strs->len;

	dray_buf_reserve(
		&split.word, strlen(text)); /* never grows: the command may hold a secret */
	enum dray_status status = read_words(&split, strs, err);
	while (status != DRAY_OK && strs->len > before)
		dray_str_wipe(&strs->items[--strs->len]);
	dray_buf_wipe(&split.word);
	return status;
}
