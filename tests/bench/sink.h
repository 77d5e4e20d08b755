/* What the files of the sink share: see sink.c. */
#ifndef DRAY_BENCH_SINK_H
#define DRAY_BENCH_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK ((uint64_t)1 << 20)
#define HEAD_MAX (32u << 10) /* request line and headers */
#define PARTS_MAX 10000

/* --------------------------------------------------------- sink_store.c */

/* Ends the program where there is no memory. */
void *sink_must(void *memory);

struct text {
	char *data;
	size_t len;
	size_t cap;
};

__attribute__((format(printf, 2, 3))) void sink_add(struct text *text, const char *format, ...);

/* Bytes of an object. A get under way holds on to them while the object is put again. */
struct blob {
	unsigned holders;
	uint64_t size;
	size_t kept; /* equals size, or BLOCK: see 1. in sink.c */
	char data[];
};

struct blob *sink_blob_new(uint64_t size, size_t kept);
/* NULL is fine. */
void sink_let_go(struct blob *blob);

/* Under "BUCKET/KEY"; an upload under "BUCKET/KEY" too, in a table of its own. */
struct object {
	struct object *next;
	char *name;
	char etag[40];
	struct blob *blob;
	uint64_t *part_sizes; /* of an upload */
};

struct table {
	struct object **slots;
	size_t slot_count;
	struct object **sorted; /* by name; stale where is_sorted is false */
	size_t len;
	size_t cap;
	bool is_sorted;
};

extern struct table sink_objects;
extern struct table sink_uploads;

/* The one of that name, made if it is not there. */
struct object *sink_make(struct table *table, const char *name);
/* NULL: there is none. */
struct object *sink_look_up(struct table *table, const char *name);
void sink_drop(struct table *table, const char *name);
void sink_sort(struct table *table);
/* Where `name` is, or would be, among the sorted. */
size_t sink_place_of(const struct table *table, const char *name);

/* --------------------------------------------------------------- sink.c */

enum state { IN_HEAD, IN_BODY, IN_DELAY, IN_ANSWER };

struct connection {
	struct connection *next; /* of those that wait */
	int64_t due_ns;
	int fd;
	enum state state;
	unsigned events;  /* asked of epoll */
	bool is_continue; /* the answer is "100 Continue": the body comes after it */
	bool is_last;     /* the client wants no other answer on it */
	bool is_copy;     /* asks for a copy of another object: refused */
	/* the request */
	char in[HEAD_MAX + 1];
	size_t in_len;
	char method[8];
	char *name; /* "BUCKET/KEY", decoded */
	char *query;
	char range[64];
	char md5[40]; /* Content-MD5, base64 */
	uint64_t body_len;
	uint64_t body_done;
	struct blob *body; /* what is kept of it */
	/* the answer */
	struct text out;
	size_t out_done;
	struct blob *blob;
	uint64_t at; /* in the blob */
	uint64_t end;
};

struct sink_counts {
	uint64_t requests;
	uint64_t put;
	uint64_t get;
	uint64_t head;
	uint64_t list;
	uint64_t other;
	uint64_t refused;
	uint64_t connections;
};
extern struct sink_counts sink_counts;

/* Send what is in `out`, then the blob from `at` to `end`, after the delay. */
void sink_answer(struct connection *connection);

/* --------------------------------------------------------- sink_serve.c */

/* Answer a request whose body has come. */
void sink_serve(struct connection *connection);
/* "%41" is "A". To be freed. */
char *sink_decode(const char *from, size_t len);

#endif
