/*
 * The ticker: a thread that draws one line ten times a second. It and the main
 * thread share nothing but a pair of sockets; the main thread orders, the
 * ticker answers when it has done so:
 *
 *   'p'  wipe the line and wait   answered by 'p'
 *   'r'  draw again               not answered
 *   (end of file)                 wipe the line and end
 *
 * Invariant: between the answer to 'p' and 'r' the ticker writes nothing, so
 * that results and progress never mix on a terminal.
 */
#include "progress.h"

#include "out.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* The eye sees ten changes a second as steady; actions shorter than the delay draw nothing. */
#define TICK_MS 100
#define DELAY_MS 300

#define WIPE "\r\033[K"

/* ------------------------------------------------------------------- orders */

/* A byte from the other end, 0 when it is closed. */
static char receive(int fd)
{
	char byte = 0;
	ssize_t len;

	do
		len = recv(fd, &byte, 1, 0);
	while (len < 0 && errno == EINTR);
	return len == 1 ? byte : 0;
}

static void send_byte(int fd, char byte)
{
	ssize_t len;

	/* A closed end is seen by the next receive. */
	do
		len = send(fd, &byte, 1, MSG_NOSIGNAL);
	while (len < 0 && errno == EINTR);
}

/* ------------------------------------------------------------------ drawing */

struct drawing {
	struct dray_progress *source;
	struct dray_cli_window window;
	bool is_drawn;
};

static void put(const struct dray_buf *text)
{
	/* Progress is a courtesy: a terminal that refuses it stops nothing. */
	dray_os.write(STDERR_FILENO, text->data, text->len);
}

static void wipe(struct drawing *drawing)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	if (!drawing->is_drawn)
		return;
	dray_buf_puts(&text, WIPE);
	put(&text);
	drawing->is_drawn = false;
}

static struct dray_cli_sample take_sample(struct dray_progress *source)
{
	return (struct dray_cli_sample){
		.time_ns = dray_os_monotonic_ns(),
		.stage = atomic_load(&source->stage),
		.files_total = atomic_load(&source->files_total),
		.files_done = atomic_load(&source->files_done),
		.bytes_total = atomic_load(&source->bytes_total),
		.bytes_done = atomic_load(&source->bytes_done),
	};
}

static void draw(struct drawing *drawing)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_cli_sample sample = take_sample(drawing->source);
	bool was_drawn = drawing->is_drawn;

	dray_cli_window_add(&drawing->window, &sample);
	dray_buf_puts(&text, WIPE);
	/* The last column stays free: some terminals wrap on it. */
	dray_cli_progress_line(&drawing->window, dray_cli_width(STDERR_FILENO) - 1, &text);
	drawing->is_drawn = text.len > sizeof WIPE - 1;
	if (drawing->is_drawn || was_drawn)
		put(&text);
}

/* Draw until an order comes: true if one did. */
static void draw_until_order(struct drawing *drawing, int fd, int wait_ms)
{
	struct pollfd order = {.fd = fd, .events = POLLIN};

	while (poll(&order, 1, wait_ms) <= 0) {
		draw(drawing);
		wait_ms = TICK_MS;
	}
}

static enum dray_status tick(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct dray_cli_progress *progress = ctx;
	struct drawing drawing = {.source = progress->source};
	int wait_ms = DELAY_MS;

	(void)data;
	(void)len;
	(void)err;
	if (gettid() == progress->starter)
		return DRAY_OK; /* os had no thread left and runs us in line: nobody could end us */
	for (;;) {
		draw_until_order(&drawing, progress->theirs, wait_ms);
		wait_ms = TICK_MS;
		wipe(&drawing);
		if (receive(progress->theirs) != 'p')
			return DRAY_OK;
		send_byte(progress->theirs, 'p');
		if (receive(progress->theirs) != 'r')
			return DRAY_OK;
	}
}

/* ------------------------------------------------------------- main thread */

/* The threads that os gives consume blocks of a pipe; ours has one block to consume, the whole run.
 */
void dray_cli_progress_start(struct dray_cli_progress *progress, struct dray_progress *source)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return;
	*progress = (struct dray_cli_progress){
		.source = source,
		.ours = fds[0],
		.theirs = fds[1],
		.starter = gettid(),
	};
	progress->thread = dray_pipe_new(1, 1, tick, progress);
	dray_pipe_push(progress->thread, dray_pipe_block(progress->thread), 0);
}

static bool is_running(const struct dray_cli_progress *progress)
{
	return progress && progress->thread;
}

void dray_cli_progress_pause(struct dray_cli_progress *progress)
{
	if (!is_running(progress))
		return;
	send_byte(progress->ours, 'p');
	receive(progress->ours);
}

void dray_cli_progress_resume(struct dray_cli_progress *progress)
{
	if (is_running(progress))
		send_byte(progress->ours, 'r');
}

void dray_cli_progress_stop(struct dray_cli_progress *progress)
{
	struct dray_err unused = DRAY_ERR_INIT;

	if (!is_running(progress))
		return;
	shutdown(progress->ours, SHUT_RDWR);
	dray_ignore(dray_pipe_finish(progress->thread, &unused)); /* tick cannot fail */
	close(progress->ours);
	close(progress->theirs);
	*progress = (struct dray_cli_progress)DRAY_CLI_PROGRESS_INIT;
}
