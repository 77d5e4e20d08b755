/* Reading from a person: a secret without showing it, and the answer to a question. */
#include "secret.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_MAX 4096

/* Read byte by byte: what follows the line is not ours. */
static bool read_line(struct dray_buf *buf)
{
	char byte;

	dray_buf_reserve(buf, SECRET_MAX); /* so that no copy is left behind by growing */
	while (buf->len < SECRET_MAX && read(STDIN_FILENO, &byte, 1) == 1) {
		if (byte == '\n')
			break;
		if (byte != '\r')
			dray_buf_putc(buf, byte);
	}
	return buf->len > 0;
}

static bool ask(const char *name, struct dray_buf *buf)
{
	struct termios old;
	struct termios quiet;

	if (tcgetattr(STDIN_FILENO, &old) != 0)
		return read_line(buf);
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	/* before the question: what is typed in answer is not to be flushed, nor shown */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fprintf(stderr, "%s: ", name);
	fflush(stderr);
	bool is_read = read_line(buf);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	fputc('\n', stderr);
	return is_read;
}

enum dray_status dray_cli_read_secret(const char *name, struct dray_buf *buf, struct dray_err *err)
{
	if (isatty(STDIN_FILENO) ? ask(name, buf) : read_line(buf))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "no value for '%s' came on standard input", name);
	return dray_hint(err, "type it, pipe it in, or use --unset");
}

bool dray_cli_ask_secret(const char *question, struct dray_buf *buf)
{
	return isatty(STDIN_FILENO) && ask(question, buf);
}

bool dray_cli_ask(const char *question)
{
	while (isatty(STDIN_FILENO)) {
		DRAY_AUTO(buf) answer = DRAY_BUF_INIT;

		fprintf(stderr, "%s [y/n]: ", question);
		fflush(stderr);
		if (!read_line(&answer) || strcasecmp(dray_buf_text(&answer), "n") == 0 ||
			strcasecmp(dray_buf_text(&answer), "no") == 0)
			return false;
		if (strcasecmp(dray_buf_text(&answer), "y") == 0 ||
			strcasecmp(dray_buf_text(&answer), "yes") == 0)
			return true;
	}
	return false;
}
