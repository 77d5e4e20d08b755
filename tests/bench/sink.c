/*
 * An S3 server that costs next to nothing, so that a benchmark shows its clients: one thread, no
 * signatures, no disk. It prints its port on 127.0.0.1 and ends with its standard input.
 *
 *   cc -O2 -D_GNU_SOURCE -o sink sink*.c && ./sink [delay in ms]
 *
 * PUT, GET (with Range), HEAD, DELETE, ListObjectsV2 in pages, multipart uploads. Each answer waits
 * for the delay, "100 Continue" too. GET /-/counts tells how many requests there were.
 *
 * 1. What is put in one request is kept. Of a multipart upload only the first MiB is kept, and what
 *    is got afterwards is that MiB again and again with its offset in its first eight bytes, most
 *    significant first: `bench` and `s3` write their large files so. A file that is not like that
 *    comes back wrong, and clients that check will say so.
 * 2. All objects are of 2099, newer than any file: clients that go by age send nothing twice.
 * 3. A connection has one request under way. Answers leave in the order they were made, as the
 *    delay is the same for all.
 * 4. A failed allocation ends the program: it is a tool.
 */
#include "sink.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MARK 8 /* bytes of a block that hold its offset */
#define BLOCKS_AT_ONCE 8
#define EVENTS_AT_ONCE 256

/* ---------------------------------------------------------- connections */

struct sink_counts sink_counts;

static int epoll;
static int timer;
static int64_t delay_ns;
static struct connection *first_waiting;
static struct connection **last_waiting = &first_waiting;
static struct connection *closing; /* freed after the events at hand */

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void await(struct connection *connection, unsigned events)
{
	struct epoll_event event = {.events = events, .data.ptr = connection};

	if (connection->events == events)
		return;
	connection->events = events;
	epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static void forget_request(struct connection *connection)
{
	free(connection->name);
	free(connection->query);
	sink_let_go(connection->body);
	sink_let_go(connection->blob);
	connection->name = connection->query = NULL;
	connection->body = connection->blob = NULL;
	connection->out.len = connection->out_done = 0;
	connection->at = connection->end = 0;
	connection->is_continue = false;
}

static void hang_up(struct connection *connection)
{
	for (struct connection **at = &first_waiting; *at != NULL; at = &(*at)->next)
		if (*at == connection) {
			*at = connection->next;
			if (*at == NULL)
				last_waiting = at;
			break;
		}
	close(connection->fd);
	connection->fd = -1;
	connection->next = closing;
	closing = connection;
}

static void free_closed(void)
{
	while (closing != NULL) {
		struct connection *connection = closing;

		closing = connection->next;
		forget_request(connection);
		free(connection->out.data);
		free(connection);
	}
}

/* -------------------------------------------------------------- sending */

/* Up to eight blocks of what was made, without a copy: a mark and the rest of the kept one. */
static size_t gather(const struct connection *connection, struct iovec *parts,
	unsigned char marks[BLOCKS_AT_ONCE][MARK])
{
	struct blob *blob = connection->blob;
	uint64_t at = connection->at;
	size_t count = 0;

	if (blob->kept == blob->size) {
		parts[0] = (struct iovec){blob->data + at, (size_t)(connection->end - at)};
		return 1;
	}
	for (size_t i = 0; i < BLOCKS_AT_ONCE && at < connection->end; i++) {
		uint64_t within = at % BLOCK;
		uint64_t stop = at - within + BLOCK;

		if (stop > connection->end)
			stop = connection->end;
		for (unsigned j = 0; j < MARK; j++)
			marks[i][j] = (unsigned char)((at - within) >> (8 * (MARK - 1 - j)));
		if (within < MARK) {
			size_t len = stop - at < MARK - within ? (size_t)(stop - at)
							       : (size_t)(MARK - within);

			parts[count++] = (struct iovec){marks[i] + within, len};
			at += len;
			within += len;
		}
		if (at < stop)
			parts[count++] = (struct iovec){blob->data + within, (size_t)(stop - at)};
		at = stop;
	}
	return count;
}

static void note_sent(struct connection *connection, size_t sent)
{
	size_t left = connection->out.len - connection->out_done;
	size_t of_head = sent < left ? sent : left;

	connection->out_done += of_head;
	connection->at += sent - of_head;
}

static void begin_request(struct connection *connection);

static void end_answer(struct connection *connection)
{
	if (connection->is_continue) {
		connection->is_continue = false;
		connection->out.len = connection->out_done = 0;
		connection->state = IN_BODY;
		await(connection, EPOLLIN);
		return;
	}
	if (connection->is_last) {
		hang_up(connection);
		return;
	}
	forget_request(connection);
	connection->state = IN_HEAD;
	await(connection, EPOLLIN);
	begin_request(connection);
}

static void send_answer(struct connection *connection)
{
	unsigned char marks[BLOCKS_AT_ONCE][MARK];
	struct iovec parts[2 * BLOCKS_AT_ONCE + 1];

	connection->state = IN_ANSWER;
	while (connection->out_done < connection->out.len || connection->at < connection->end) {
		struct msghdr message = {.msg_iov = parts};

		if (connection->out_done < connection->out.len)
			parts[message.msg_iovlen++] =
				(struct iovec){connection->out.data + connection->out_done,
					connection->out.len - connection->out_done};
		if (connection->at < connection->end)
			message.msg_iovlen += gather(connection, parts + message.msg_iovlen, marks);
		ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN) {
			await(connection, EPOLLOUT);
			return;
		}
		if (sent < 0) {
			hang_up(connection);
			return;
		}
		note_sent(connection, (size_t)sent);
	}
	end_answer(connection);
}

static void set_timer(void)
{
	struct itimerspec when = {.it_value = {0, 0}};

	if (first_waiting != NULL) {
		when.it_value.tv_sec = (time_t)(first_waiting->due_ns / 1000000000);
		when.it_value.tv_nsec = (long)(first_waiting->due_ns % 1000000000);
	}
	timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void send_due(void)
{
	uint64_t count;

	if (read(timer, &count, sizeof count) < 0 && errno != EAGAIN)
		return;
	int64_t now = now_ns();
	while (first_waiting != NULL && first_waiting->due_ns <= now) {
		struct connection *connection = first_waiting;

		first_waiting = connection->next;
		if (first_waiting == NULL)
			last_waiting = &first_waiting;
		connection->next = NULL;
		send_answer(connection);
	}
	set_timer();
}

void sink_answer(struct connection *connection)
{
	if (delay_ns == 0) {
		send_answer(connection);
		return;
	}
	bool is_first = first_waiting == NULL;

	connection->state = IN_DELAY;
	/* Nothing is read meanwhile, but an end of the connection is heard. */
	await(connection, 0);
	connection->due_ns = now_ns() + delay_ns;
	connection->next = NULL;
	*last_waiting = connection;
	last_waiting = &connection->next;
	if (is_first)
		set_timer();
}

/* -------------------------------------------------------------- reading */

static void copy_value(char *to, size_t cap, const char *value, size_t len)
{
	if (len >= cap)
		len = cap - 1;
	memcpy(to, value, len);
	to[len] = '\0';
}

/* A header's value if the line is of that name, else NULL. */
static const char *value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	line += len + 1;
	return line + strspn(line, " ");
}

static void read_headers(struct connection *connection, const char *line, bool *out_expects)
{
	for (; *line != '\r'; line = strstr(line, "\r\n") + 2) {
		const char *value = NULL;
		size_t end = strcspn(line, "\r");

		if ((value = value_of(line, "content-length")) != NULL)
			connection->body_len = strtoull(value, NULL, 10);
		else if ((value = value_of(line, "range")) != NULL)
			copy_value(connection->range, sizeof connection->range, value,
				(size_t)(line + end - value));
		else if ((value = value_of(line, "content-md5")) != NULL)
			copy_value(connection->md5, sizeof connection->md5, value,
				(size_t)(line + end - value));
		else if (value_of(line, "expect") != NULL)
			*out_expects = true;
		else if (value_of(line, "x-amz-copy-source") != NULL)
			connection->is_copy = true;
		else if ((value = value_of(line, "connection")) != NULL)
			connection->is_last = strncasecmp(value, "close", 5) == 0;
	}
}

/* Does the line "METHOD /PATH?QUERY HTTP/1.1" make sense? */
static bool read_line(struct connection *connection)
{
	const char *method_end = strchr(connection->in, ' ');
	size_t method_len = method_end != NULL ? (size_t)(method_end - connection->in) : 0;

	if (method_len == 0 || method_len >= sizeof connection->method || method_end[1] != '/')
		return false;
	const char *path = method_end + 2;
	size_t path_len = strcspn(path, "? \r");
	const char *query = path + path_len + (path[path_len] == '?');
	copy_value(connection->method, sizeof connection->method, connection->in, method_len);
	connection->name = sink_decode(path, path_len);
	connection->query = sink_must(strndup(query, strcspn(query, " \r")));
	size_t name_len = strlen(connection->name);
	/* a bucket may be written with a slash behind it */
	if (name_len > 0 && strchr(connection->name, '/') == connection->name + name_len - 1)
		connection->name[name_len - 1] = '\0';
	return true;
}

static void take_body(struct connection *connection, const char *data, size_t len)
{
	struct blob *body = connection->body;

	if (body != NULL && connection->body_done < body->kept) {
		size_t room = body->kept - (size_t)connection->body_done;

		memcpy(body->data + connection->body_done, data, len < room ? len : room);
	}
	connection->body_done += len;
}

/* How much of the body is worth keeping: see 1. */
static size_t keep_of(const struct connection *connection)
{
	bool is_part = strstr(connection->query, "partNumber=") != NULL;
	bool is_first = strstr(connection->query, "partNumber=1&") != NULL ||
			(is_part && strstr(connection->query, "partNumber=1") != NULL &&
				connection->query[strlen(connection->query) - 1] == '1');

	if (!is_part)
		return (size_t)connection->body_len;
	if (!is_first)
		return 0;
	return connection->body_len < BLOCK ? (size_t)connection->body_len : (size_t)BLOCK;
}

static void start_body(struct connection *connection, bool expects)
{
	size_t keep = keep_of(connection);

	connection->state = IN_BODY;
	if (connection->body_len == 0) {
		sink_serve(connection);
		return;
	}
	if (keep > 0 && strcmp(connection->method, "PUT") == 0)
		connection->body = sink_blob_new(connection->body_len, keep);
	size_t len = connection->in_len < connection->body_len ? connection->in_len
							       : (size_t)connection->body_len;
	take_body(connection, connection->in, len);
	connection->in_len -= len;
	memmove(connection->in, connection->in + len, connection->in_len);
	if (connection->body_done == connection->body_len) {
		sink_serve(connection);
	} else if (expects && len == 0) {
		connection->is_continue = true;
		sink_add(&connection->out, "HTTP/1.1 100 Continue\r\n\r\n");
		sink_answer(connection);
	}
}

/* If a whole head is there, on to the body or the answer. */
static void begin_request(struct connection *connection)
{
	connection->in[connection->in_len] = '\0';
	const char *end = strstr(connection->in, "\r\n\r\n");
	bool expects = false;

	if (end == NULL && connection->in_len < HEAD_MAX)
		return;
	connection->range[0] = connection->md5[0] = '\0';
	connection->body_len = connection->body_done = 0;
	connection->is_copy = false;
	if (end == NULL || !read_line(connection)) {
		hang_up(connection);
		return;
	}
	read_headers(connection, strstr(connection->in, "\r\n") + 2, &expects);
	size_t head_len = (size_t)(end - connection->in) + 4;
	connection->in_len -= head_len;
	memmove(connection->in, connection->in + head_len, connection->in_len);
	start_body(connection, expects);
}

/* Bytes go where they are kept, or nowhere: the kernel can throw them away uncopied. */
static ssize_t receive_body(struct connection *connection)
{
	struct blob *body = connection->body;
	uint64_t left = connection->body_len - connection->body_done;
	ssize_t got = 0;

	if (body != NULL && connection->body_done < body->kept)
		got = recv(connection->fd, body->data + connection->body_done,
			body->kept - (size_t)connection->body_done, 0);
	else
		got = recv(connection->fd, NULL, left < INT32_MAX ? (size_t)left : INT32_MAX,
			MSG_TRUNC);
	if (got > 0)
		connection->body_done += (uint64_t)got;
	return got;
}

static void receive(struct connection *connection)
{
	while (connection->fd >= 0 &&
		(connection->state == IN_HEAD || connection->state == IN_BODY)) {
		bool is_body = connection->state == IN_BODY;
		ssize_t got = is_body ? receive_body(connection)
				      : recv(connection->fd, connection->in + connection->in_len,
						HEAD_MAX - connection->in_len, 0);

		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			hang_up(connection);
			return;
		}
		if (!is_body) {
			connection->in_len += (size_t)got;
			begin_request(connection);
			/* what else there is will be told again */
			if (connection->state == IN_HEAD)
				return;
		} else if (connection->body_done == connection->body_len) {
			sink_serve(connection);
		}
	}
}

/* ------------------------------------------------------------- the loop */

static void accept_all(int listener)
{
	const int one = 1;
	int fd = -1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct connection *connection = sink_must(calloc(1, sizeof *connection));
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		connection->fd = fd;
		connection->events = EPOLLIN;
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
		sink_counts.connections++;
	}
}

static void serve_event(struct connection *connection, unsigned events)
{
	if (connection->fd < 0)
		return;
	if (connection->state == IN_DELAY) {
		if (events & (EPOLLERR | EPOLLHUP))
			hang_up(connection);
	} else if (connection->state == IN_ANSWER) {
		send_answer(connection);
	} else {
		receive(connection);
	}
}

static int open_listener(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
		listen(fd, 1024) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
		perror("sink");
		exit(1);
	}
	printf("%u\n", (unsigned)ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

static void watch(int fd, int *tag)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(int argc, char **argv)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int input = STDIN_FILENO;
	int listener = open_listener();

	delay_ns = argc > 1 ? strtoll(argv[1], NULL, 10) * 1000000 : 0;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	watch(listener, &listener);
	watch(timer, &timer);
	watch(input, &input);
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS_AT_ONCE, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == &input)
				return 0;
			if (events[i].data.ptr == &listener)
				accept_all(listener);
			else if (events[i].data.ptr == &timer)
				send_due();
			else
				serve_event(events[i].data.ptr, events[i].events);
		}
		free_closed();
	}
}
