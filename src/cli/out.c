/*
 * Output goes through the write slot of os, so that a full disk and a closed
 * pipe can be tested like any other failing call.
 */
#include "out.h"

#include <dray/os.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* One write per so many bytes: as large as a pipe holds. */
#define FLUSH_BYTES ((size_t)64 * 1024)

bool dray_cli_is_terminal(int fd)
{
	const char *term = dray_os_env("TERM");

	return isatty(fd) && !(term && strcmp(term, "dumb") == 0);
}

unsigned dray_cli_width(int fd)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

void dray_cli_out_init(struct dray_cli_out *out, int fd)
{
	*out = (struct dray_cli_out){.fd = fd, .buf = DRAY_BUF_INIT};
	out->is_terminal = isatty(fd);
	out->has_colour = dray_cli_is_terminal(fd) && !dray_os_env("NO_COLOR");
}

void dray_cli_out_drop(struct dray_cli_out *out)
{
	dray_buf_drop(&out->buf);
}

bool dray_cli_out_is_due(const struct dray_cli_out *out)
{
	return out->buf.len >= FLUSH_BYTES || (out->is_terminal && out->buf.len > 0);
}

/* 0 or errno. */
static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = dray_os.write(fd, data, len);

		/* a terminal or pipe that somebody made non-blocking: wait for room, as cat(1) does
		 */
		if (done < 0 && errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		else if (done < 0 && errno != EINTR)
			return errno;
		if (done > 0) {
			data += done;
			len -= (size_t)done;
		}
	}
	return 0;
}

void dray_cli_out_flush(struct dray_cli_out *out)
{
	if (!out->error)
		out->error = write_all(out->fd, out->buf.data, out->buf.len);
	dray_buf_clear(&out->buf);
}

enum dray_status dray_cli_out_finish(struct dray_cli_out *out, struct dray_err *err)
{
	dray_cli_out_flush(out);
	if (out->error)
		return dray_os_fail(err, out->error, "write", "standard output");
	return DRAY_OK;
}

static void say(const char *kind, const char *text, const char *hint)
{
	DRAY_AUTO_STR line = dray_format("dray: %s%s%s%s\n", kind, text, *hint ? "; " : "", hint);

	write_all(STDERR_FILENO, line, strlen(line)); /* nobody is left to tell when this fails */
}

void dray_cli_say(const char *text, const char *hint)
{
	say("", text, hint);
}

void dray_cli_note(const char *text)
{
	say("note: ", text, "");
}
