/*
 * A small HTTP/1.1 server for tests, in threads of the test on a free port of
 * 127.0.0.1: one thread a connection. A function of the test answers, one
 * request at a time; every request is written down. What an answer cannot say
 * in fields (pauses, cuts, odd bytes) a `play` does on the socket itself. A
 * test file includes this once.
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
	size_t body_len;
	unsigned number;     /* of requests, from 0 */
	unsigned connection; /* of connections, from 0 */
	unsigned repeat;     /* of requests on its connection, from 0 */
};
struct server_reply {
	unsigned status;     /* 0: close the connection without an answer */
	const char *headers; /* whole lines "name: value\r\n", or NULL */
	char *body;          /* freed by the server; NULL: empty */
	size_t body_len;     /* 0: the body is a string */
	bool is_silent;      /* never answer, and keep the connection open */
	bool is_kept;        /* the connection stays open for the next request */
	/* Instead of all this: write to the socket, several at once. Closed then, unless is_kept */
	void (*play)(void *ctx, int fd, const struct server_request *request);
};
typedef void (*server_fn)(
	void *ctx, const struct server_request *request, struct server_reply *reply);

#define SERVER_LOGGED_MAX ((size_t)16 << 10) /* of one request */

struct server_connection {
	struct server *server;
	struct server_connection *next;
	struct dray_thread thread;
	unsigned number;
	int fd; /* -1: closed; with the lock */
};

struct server {
	server_fn answer; /* called with `turn` held */
	void *ctx;
	int fd;
	unsigned port;
	struct dray_thread thread;
	atomic_uint count;       /* requests that came whole */
	atomic_uint connections; /* accepted so far */
	atomic_bool is_early;    /* answer when the head is there, whatever came of the body */
	struct dray_mutex turn;
	struct dray_mutex lock;
	struct server_connection *open; /* all that there were; with the lock */
	struct dray_buf log;            /* all requests, as they came; with the lock */
};

/* -------------------------------------------------------------------- bytes */

static SERVER_UNUSED bool server_write(int fd, const void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t put = send(fd, (const char *)data + done, len - done, MSG_NOSIGNAL);

		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

static SERVER_UNUSED bool server_say(int fd, const char *text)
{
	return server_write(fd, text, strlen(text));
}

/* Reads on until the client says no more: for bodies that nobody reads. */
static SERVER_UNUSED void server_swallow(int fd)
{
	char block[65536];

	while (recv(fd, block, sizeof block, 0) > 0)
		continue;
}

/* ------------------------------------------------------------------- server */

/* Length of the whole request at the start of `text`, 0 while it is not all there. */
static inline size_t server_request_len(const struct dray_buf *text, bool is_early)
{
	const char *end = text->len > 0 ? strstr(text->data, "\r\n\r\n") : NULL;

	if (end == NULL)
		return 0;
	size_t len = (size_t)(end - text->data) + 4;
	const char *length = strcasestr(text->data, "\r\ncontent-length:");
	if (!is_early && length != NULL && length < end)
		len += strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
	return text->len >= len ? len : 0;
}

static inline size_t server_read(const struct server *server, int fd, struct dray_buf *text)
{
	size_t len = 0;

	while ((len = server_request_len(text, atomic_load(&server->is_early))) == 0) {
		char block[65536];
		ssize_t got = recv(fd, block, sizeof block, 0);

		if (got <= 0)
			return 0;
		dray_buf_add(text, block, (size_t)got);
	}
	return len;
}

static inline void server_send(
	int fd, const struct server_request *request, const struct server_reply *reply)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	size_t len = reply->body_len;

	if (len == 0 && reply->body != NULL)
		len = strlen(reply->body);
	dray_buf_printf(&text, "HTTP/1.1 %u Test\r\n%scontent-length: %zu\r\n%s\r\n", reply->status,
		reply->is_kept ? "" : "connection: close\r\n", len,
		reply->headers != NULL ? reply->headers : "");
	if (strcmp(request->method, "HEAD") != 0)
		dray_buf_add(&text, reply->body, len);
	server_write(fd, text.data, text.len);
}

/* Cut the text into the request's parts, in place. */
static inline struct server_request server_parse(char *text, size_t len)
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
	request.body_len = len - (size_t)(head_end + 4 - text);
	head_end[2] = '\0';
	return request;
}

/* Into the log, where it is one string. */
static inline void server_note(struct server *server, const char *text, size_t len)
{
	dray_mutex_lock(&server->lock);
	dray_buf_reserve(&server->log, len + 1);
	for (size_t i = 0; i < len; i++)
		dray_buf_putc(&server->log, text[i] != '\0' ? text[i] : ' ');
	dray_buf_putc(&server->log, '\n');
	dray_mutex_unlock(&server->lock);
}

/* One request and its answer; false: no more on this connection. */
static inline bool server_serve(
	struct server_connection *connection, int fd, struct dray_buf *text, unsigned repeat)
{
	struct server *server = connection->server;
	struct server_reply reply = {.status = 200};
	size_t len = server_read(server, fd, text);

	if (len == 0)
		return false;
	server_note(server, text->data, len < SERVER_LOGGED_MAX ? len : SERVER_LOGGED_MAX);
	struct server_request request = server_parse(text->data, text->len);
	request.number = atomic_fetch_add(&server->count, 1);
	request.connection = connection->number;
	request.repeat = repeat;
	dray_mutex_lock(&server->turn);
	server->answer(server->ctx, &request, &reply);
	dray_mutex_unlock(&server->turn);
	if (reply.play != NULL)
		reply.play(server->ctx, fd, &request);
	else if (reply.is_silent)
		server_swallow(fd);
	else if (reply.status != 0)
		server_send(fd, &request, &reply);
	free(reply.body);
	dray_buf_clear(text);
	return reply.is_kept && !reply.is_silent;
}

static inline void *server_attend(void *arg)
{
	struct server_connection *connection = arg;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	int fd = connection->fd; /* nobody but us changes it */

	for (unsigned repeat = 0; server_serve(connection, fd, &text, repeat);)
		repeat++;
	dray_mutex_lock(&connection->server->lock);
	close(connection->fd);
	connection->fd = -1;
	dray_mutex_unlock(&connection->server->lock);
	return NULL;
}

static inline void *server_run(void *arg)
{
	struct server *server = arg;
	struct dray_err err = DRAY_ERR_INIT;
	int fd;

	while ((fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		struct server_connection *connection = dray_calloc(1, sizeof *connection);

		*connection = (struct server_connection){.server = server, .fd = fd};
		connection->number = atomic_fetch_add(&server->connections, 1);
		dray_mutex_lock(&server->lock);
		connection->next = server->open;
		server->open = connection;
		dray_mutex_unlock(&server->lock);
		if (dray_thread_start(server_attend, connection, &connection->thread, &err) !=
			DRAY_OK)
			abort();
	}
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
	server->turn = (struct dray_mutex)DRAY_MUTEX_INIT;
	server->lock = (struct dray_mutex)DRAY_MUTEX_INIT;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, len) != 0 ||
		listen(server->fd, 512) != 0 ||
		getsockname(server->fd, (struct sockaddr *)&address, &len) != 0 ||
		dray_thread_start(server_run, server, &server->thread, &err) != DRAY_OK)
		abort();
	server->port = ntohs(address.sin_port);
}

/* Ends every connection that is open, as a server that is started anew. */
static SERVER_UNUSED void server_break(struct server *server)
{
	dray_mutex_lock(&server->lock);
	for (struct server_connection *at = server->open; at != NULL; at = at->next)
		if (at->fd >= 0)
			shutdown(at->fd, SHUT_RDWR);
	dray_mutex_unlock(&server->lock);
}

static SERVER_UNUSED void server_stop(struct server *server)
{
	shutdown(server->fd, SHUT_RDWR); /* wakes accept */
	dray_thread_join(&server->thread);
	close(server->fd);
	server_break(server);
	while (server->open != NULL) {
		struct server_connection *connection = server->open;

		dray_thread_join(&connection->thread);
		server->open = connection->next;
		free(connection);
	}
	dray_buf_drop(&server->log);
	dray_mutex_drop(&server->lock);
	dray_mutex_drop(&server->turn);
}

/* "http://127.0.0.1:<port><path>"; the caller frees it. */
static SERVER_UNUSED char *server_url(const struct server *server, const char *path)
{
	return dray_format("http://127.0.0.1:%u%s", server->port, path);
}

/* How often a text is in what was asked so far. */
static SERVER_UNUSED unsigned server_tally(struct server *server, const char *text)
{
	unsigned tally = 0;

	dray_mutex_lock(&server->lock);
	for (const char *at = dray_buf_text(&server->log); (at = strstr(at, text)) != NULL; at++)
		tally++;
	dray_mutex_unlock(&server->lock);
	return tally;
}

static SERVER_UNUSED bool server_saw(struct server *server, const char *text)
{
	return server_tally(server, text) > 0;
}

static SERVER_UNUSED void server_forget(struct server *server)
{
	dray_mutex_lock(&server->lock);
	dray_buf_clear(&server->log);
	dray_mutex_unlock(&server->lock);
	atomic_store(&server->count, 0);
}

/* The value of a header of a request, or ""; the caller frees it. `name` as "\nrange: ". */
static SERVER_UNUSED char *server_header(const struct server_request *request, const char *name)
{
	DRAY_AUTO_STR head = dray_format("\n%s", request->head);
	const char *at = strcasestr(head, name);

	if (at == NULL)
		return dray_strdup("");
	at += strlen(name);
	return dray_strndup(at, strcspn(at, "\r\n"));
}

#endif
