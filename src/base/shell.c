/* Words for a shell. */
#include <dray/base.h>

#include <string.h>

void dray_buf_shell_quoted(struct dray_buf *buf, const char *text)
{
	dray_buf_putc(buf, '\'');
	for (; *text; text++)
		if (*text == '\'')
			dray_buf_puts(buf, "'\\''");
		else
			dray_buf_putc(buf, *text);
	dray_buf_putc(buf, '\'');
}

static bool is_shell_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789@%+:,./_-";

	return *word && *word != '-' && word[strspn(word, plain)] == '\0';
}

static bool has_unprintable(const char *word)
{
	for (; *word; word++)
		if ((unsigned char)*word < 0x20 || (unsigned char)*word >= 0x7f)
			return true;
	return false;
}

/* $'…' of bash, zsh and ksh: the only way to name such bytes without sending them to a terminal. */
static void put_ansi_word(struct dray_buf *buf, const char *word)
{
	dray_buf_puts(buf, "$'");
	for (; *word; word++) {
		unsigned char byte = (unsigned char)*word;

		if (byte < 0x20 || byte >= 0x7f)
			dray_buf_printf(buf, "\\%03o", byte);
		else if (byte == '\'' || byte == '\\')
			dray_buf_printf(buf, "\\%c", byte);
		else
			dray_buf_putc(buf, (char)byte);
	}
	dray_buf_putc(buf, '\'');
}

void dray_buf_shell(struct dray_buf *buf, const char *word)
{
	if (is_shell_plain(word))
		dray_buf_puts(buf, word);
	else if (has_unprintable(word))
		put_ansi_word(buf, word);
	else
		dray_buf_shell_quoted(buf, word);
}
