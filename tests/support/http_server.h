/*
 * A small HTTP/1.1 server for tests, in a thread of the test on a free port of
 * 127.0.0.1. A function of the test answers; every request is written down.
 * One request a connection. A test file includes this once.
 */
#ifndef DRAY_TEST_HTTP_SERVER_H
#define DRAY_TEST_HTTP_SERVER_H

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <dray/os.h>

#define SERVER_UNUSED __attribute__((unused))

struct server_request {
	const char *method;
	const char *path; /* with the query */
	const char *head; /* the lines behind the first, as sent */
	const char *body;
	unsigned number; /* of requests, from 0 */
};
struct server_reply {
	unsigned status;     /* 0: close the connection without an answer */
	const char *headers; /* whole lines "name: value\r\n", or NULL */
	char *body;          /* freed by the server; NULL: empty */
	bool is_silent;      /* never answer, and keep the connection open */
};
typedef void (*server_fn)(
	void *ctx, const struct server_request *request, struct server_reply *reply);

#define SERVER_SILENT_MAX 16

struct server {
	server_fn answer; /* called in the server's thread */
	void *ctx;
	int fd;
	unsigned port;
	struct dray_thread thread;
	atomic_uint count; /* requests that came whole */
	int silent[SERVER_SILENT_MAX];
	size_t silent_len;
	struct dray_mutex lock;
	struct dray_buf log; /* all requests, as they came; with the lock */
};

/* ------------------------------------------------------------------- server */

/* Length of the whole request at the start of `text`, 0 while it is not all there. */
static inline size_t server_request_len(const struct dray_buf *text)
{
	const char *end = text->len > 0 ? strstr(text->data, "\r\n\r\n") : NULL;

	if (end == NULL)
		return 0;
	size_t len = (size_t)(end - text->data) + 4;
	const char *length = strcasestr(text->data, "\r\ncontent-length:");
	if (length != NULL && length < end)
		len += strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
	return text->len >= len ? len : 0;
}

static inline bool server_read(int fd, struct dray_buf *text)
{
	while (server_request_len(text) == 0) {
		char block[4096];
		ssize_t got = recv(fd, block, sizeof block, 0);

		if (got <= 0)
			return false;
		dray_buf_add(text, block, (size_t)got);
	}
	return true;
}

static inline void server_send(int fd, const struct server_reply *reply)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	size_t len = reply->body != NULL ? strlen(reply->body) : 0;

	dray_buf_printf(&text,
		"HTTP/1.1 %u Test\r\nconnection: close\r\ncontent-length: %zu\r\n%s\r\n",
		reply->status, len, reply->headers != NULL ? reply->headers : "");
	dray_buf_add(&text, reply->body, len);
	for (size_t done = 0; done < text.len;) {
		ssize_t put = send(fd, text.data + done, text.len - done, MSG_NOSIGNAL);
		if (put <= 0)
			return;
		done += (size_t)put;
	}
}

/* Cut the text into the request's parts, in place. */
static inline struct server_request server_parse(char *text)
{
	struct server_request request = {.method = text};
	char *space = strchr(text, ' ');
	char *line_end = strstr(text, "\r\n");
	char *head_end = strstr(text, "\r\n\r\n");

	*space = '\0';
	request.path = space + 1;
	*strchr(space + 1, ' ') = '\0';
	request.head = line_end + 2;
	request.body = head_end + 4;
	head_end[2] = '\0';
	return request;
}

static inline void server_serve(struct server *server, int fd)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct server_reply reply = {.status = 200};

	if (!server_read(fd, &text)) {
		close(fd);
		return;
	}
	dray_mutex_lock(&server->lock);
	dray_buf_printf(&server->log, "%s\n", text.data);
	dray_mutex_unlock(&server->lock);
	struct server_request request = server_parse(text.data);
	request.number = atomic_fetch_add(&server->count, 1);
	server->answer(server->ctx, &request, &reply);
	if (reply.is_silent && server->silent_len < SERVER_SILENT_MAX)
		server->silent[server->silent_len++] = fd;
	else if (reply.status != 0)
		server_send(fd, &reply);
	free(reply.body);
	if (!reply.is_silent)
		close(fd);
}

static inline void *server_run(void *arg)
{
	struct server *server = arg;
	int fd;

	while ((fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		server_serve(server, fd);
	return NULL;
}

/* -------------------------------------------------------------------- tests */

/* Abort rather than fail: there is no test to fail in the middle of its setup. */
static SERVER_UNUSED void server_start(struct server *server, server_fn answer, void *ctx)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof address;
	struct dray_err err = DRAY_ERR_INIT;

	*server = (struct server){.answer = answer, .ctx = ctx};
	server->lock = (struct dray_mutex)DRAY_MUTEX_INIT;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, len) != 0 ||
		listen(server->fd, 64) != 0 ||
		getsockname(server->fd, (struct sockaddr *)&address, &len) != 0 ||
		dray_thread_start(server_run, server, &server->thread, &err) != DRAY_OK)
		abort();
	server->port = ntohs(address.sin_port);
}

static SERVER_UNUSED void server_stop(struct server *server)
{
	shutdown(server->fd, SHUT_RDWR); /* wakes accept */
	dray_thread_join(&server->thread);
	close(server->fd);
	for (size_t i = 0; i < server->silent_len; i++)
		close(server->silent[i]);
	dray_buf_drop(&server->log);
	dray_mutex_drop(&server->lock);
}

/* "http://127.0.0.1:<port><path>"; the caller frees it. */
static SERVER_UNUSED char *server_url(const struct server *server, const char *path)
{
	return dray_format("http://127.0.0.1:%u%s", server->port, path);
}

static SERVER_UNUSED bool server_saw(struct server *server, const char *text)
{
	dray_mutex_lock(&server->lock);
	bool has = strstr(dray_buf_text(&server->log), text) != NULL;
	dray_mutex_unlock(&server->lock);
	return has;
}

#endif
