/* What sink.c answers to a request that has come whole. */
#include "sink.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX 1000

/* -------------------------------------------------------------- answers */

/* A whole answer: status, headers beyond the usual, text. HEAD's has no text but its length. */
static void say(struct connection *connection, const char *status, const char *headers,
	const struct text *text)
{
	bool is_head = strcmp(connection->method, "HEAD") == 0;
	size_t len = text != NULL ? text->len : 0;

	if (status[0] >= '4')
		sink_counts.refused += strncmp(status, "404", 3) != 0;
	sink_add(&connection->out,
		"HTTP/1.1 %s\r\nServer: sink\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n%s"
		"Content-Length: %zu\r\n\r\n",
		status, headers, is_head ? 0 : len);
	if (len > 0 && !is_head)
		sink_add(&connection->out, "%.*s", (int)len, text->data);
	sink_answer(connection);
}

static void refuse(struct connection *connection, const char *status, const char *code)
{
	struct text text = {NULL, 0, 0};

	sink_add(&text, "<Error><Code>%s</Code><Message>%s %s</Message></Error>", code,
		connection->method, connection->name);
	say(connection, status, "Content-Type: application/xml\r\n", &text);
	free(text.data);
}

/* -------------------------------------------------------------- queries */

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

char *sink_decode(const char *from, size_t len)
{
	char *text = sink_must(malloc(len + 1));
	char *to = text;

	for (size_t i = 0; i < len; i++) {
		if (from[i] == '%' && i + 2 < len && isxdigit((unsigned char)from[i + 1]) &&
			isxdigit((unsigned char)from[i + 2])) {
			*to++ = (char)(digit(from[i + 1]) * 16 + digit(from[i + 2]));
			i += 2;
		} else {
			*to++ = from[i];
		}
	}
	*to = '\0';
	return text;
}

/* The value of a parameter, decoded; NULL: it is not there. To be freed. */
static char *parameter(const struct connection *connection, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = connection->query; *at != '\0';) {
		size_t item = strcspn(at, "&");

		if (strncmp(at, name, len) == 0 && (item == len || at[len] == '='))
			return item == len ? sink_must(strdup(""))
					   : sink_decode(at + len + 1, item - len - 1);
		at += item + (at[item] == '&');
	}
	return NULL;
}

static bool has(const struct connection *connection, const char *name)
{
	char *value = parameter(connection, name);

	free(value);
	return value != NULL;
}

static void add_encoded(struct text *text, const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool is_plain = isalnum((unsigned char)key[i]) || strchr("/-._~", key[i]) != NULL;

		sink_add(text, is_plain ? "%c" : "%%%02X", (unsigned char)key[i]);
	}
}

/* -------------------------------------------------------------- listing */

struct listing {
	const char *bucket;
	char *prefix; /* with the bucket before it */
	char *after;  /* the same */
	char *delimiter;
	unsigned max;
	unsigned count;
	struct text text;
};

static char *with_bucket(const char *bucket, char *key)
{
	struct text text = {NULL, 0, 0};

	sink_add(&text, "%s/%s", bucket, key != NULL ? key : "");
	free(key);
	return text.data;
}

static void add_object(struct listing *listing, const struct object *object)
{
	const char *key = object->name + strlen(listing->bucket) + 1;

	sink_add(&listing->text, "<Contents><Key>");
	add_encoded(&listing->text, key, strlen(key));
	sink_add(&listing->text,
		"</Key><LastModified>2099-01-01T00:00:00.000Z</LastModified>"
		"<ETag>&quot;%s&quot;</ETag><Size>%llu</Size>"
		"<StorageClass>STANDARD</StorageClass></Contents>",
		object->etag, (unsigned long long)object->blob->size);
}

/* The end of the common prefix that a name has, or 0: it has none. */
static size_t common_end(const struct listing *listing, const char *name)
{
	size_t len = strlen(listing->prefix);
	const char *found = NULL;

	if (listing->delimiter != NULL && *listing->delimiter != '\0')
		found = strstr(name + len, listing->delimiter);
	return found != NULL ? (size_t)(found - name) + strlen(listing->delimiter) : 0;
}

/* From place `at` on; returns the last name that was told, NULL if that was the end. */
static char *list_page(struct listing *listing, size_t at)
{
	size_t prefix_len = strlen(listing->prefix);
	size_t bucket_len = strlen(listing->bucket) + 1;

	while (at < sink_objects.len) {
		const char *name = sink_objects.sorted[at]->name;
		size_t end = common_end(listing, name);

		if (strncmp(name, listing->prefix, prefix_len) != 0)
			return NULL;
		if (listing->count == listing->max)
			return sink_objects.sorted[at - 1]->name;
		listing->count++;
		if (end == 0) {
			add_object(listing, sink_objects.sorted[at++]);
			continue;
		}
		sink_add(&listing->text, "<CommonPrefixes><Prefix>");
		add_encoded(&listing->text, name + bucket_len, end - bucket_len);
		sink_add(&listing->text, "</Prefix></CommonPrefixes>");
		while (at < sink_objects.len &&
			strncmp(sink_objects.sorted[at]->name, name, end) == 0)
			at++;
	}
	return NULL;
}

static void list(struct connection *connection)
{
	char *token = parameter(connection, "continuation-token");
	char *max = parameter(connection, "max-keys");
	struct listing listing = {
		.bucket = connection->name,
		.prefix = with_bucket(connection->name, parameter(connection, "prefix")),
		.after = with_bucket(connection->name,
			token != NULL ? token : parameter(connection, "start-after")),
		.delimiter = parameter(connection, "delimiter"),
		.max = max != NULL && strtoul(max, NULL, 10) < PAGE_MAX
			       ? (unsigned)strtoul(max, NULL, 10)
			       : PAGE_MAX,
	};
	bool is_from_prefix = strcmp(listing.after, listing.prefix) < 0;

	sink_counts.list++;
	sink_sort(&sink_objects);
	size_t at = sink_place_of(&sink_objects, is_from_prefix ? listing.prefix : listing.after);
	if (!is_from_prefix && at < sink_objects.len &&
		strcmp(sink_objects.sorted[at]->name, listing.after) == 0)
		at++;
	sink_add(&listing.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>"
				"<EncodingType>url</EncodingType>");
	const char *last = list_page(&listing, at);
	sink_add(&listing.text, "<KeyCount>%u</KeyCount><IsTruncated>%s</IsTruncated>",
		listing.count, last != NULL ? "true" : "false");
	if (last != NULL)
		sink_add(&listing.text, "<NextContinuationToken>%s</NextContinuationToken>",
			last + strlen(listing.bucket) + 1);
	sink_add(&listing.text, "</ListBucketResult>");
	say(connection, "200 OK", "Content-Type: application/xml\r\n", &listing.text);
	free(listing.prefix);
	free(listing.after);
	free(listing.delimiter);
	free(listing.text.data);
	free(max);
}

/* ------------------------------------------------------------- requests */

/* What an MD5 is sent with is the ETag, as on S3; else an ETag that is no MD5. */
static void name_etag(const struct connection *connection, char *etag)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static unsigned serial;
	unsigned bits = 0;
	unsigned bit_count = 0;
	size_t len = 0;

	if (strlen(connection->md5) != 24) {
		snprintf(etag, 40, "%032x-1", ++serial);
		return;
	}
	for (const char *at = connection->md5; *at != '=' && *at != '\0'; at++) {
		const char *letter = strchr(letters, *at);

		bits = bits << 6 | (unsigned)(letter != NULL ? letter - letters : 0);
		bit_count += 6;
		while (bit_count >= 4 && len < 32) {
			bit_count -= 4;
			etag[len++] = "0123456789abcdef"[bits >> bit_count & 15];
		}
	}
	etag[len] = '\0';
}

static void say_etag(struct connection *connection, const char *etag)
{
	char line[64];

	snprintf(line, sizeof line, "ETag: \"%s\"\r\n", etag);
	say(connection, "200 OK", line, NULL);
}

static void put_part(struct connection *connection, const char *number_text)
{
	struct object *upload = sink_look_up(&sink_uploads, connection->name);
	unsigned long number = strtoul(number_text, NULL, 10);
	char etag[40];

	if (upload == NULL || number < 1 || number > PARTS_MAX) {
		refuse(connection, "404 Not Found", "NoSuchUpload");
		return;
	}
	upload->part_sizes[number] = connection->body_len;
	if (number == 1) {
		sink_let_go(upload->blob);
		upload->blob = connection->body;
		connection->body = NULL;
	}
	name_etag(connection, etag);
	say_etag(connection, etag);
}

static void put(struct connection *connection)
{
	char *number = parameter(connection, "partNumber");

	sink_counts.put++;
	if (number != NULL) {
		put_part(connection, number);
		free(number);
		return;
	}
	if (strchr(connection->name, '/') == NULL) { /* a bucket: all are there */
		say(connection, "200 OK", "", NULL);
		return;
	}
	struct object *object = sink_make(&sink_objects, connection->name);
	sink_let_go(object->blob);
	object->blob = connection->body != NULL ? connection->body : sink_blob_new(0, 0);
	connection->body = NULL;
	name_etag(connection, object->etag);
	say_etag(connection, object->etag);
}

static void begin_upload(struct connection *connection)
{
	struct object *upload = sink_make(&sink_uploads, connection->name);
	struct text text = {NULL, 0, 0};

	free(upload->part_sizes);
	upload->part_sizes = sink_must(calloc(PARTS_MAX + 1, sizeof *upload->part_sizes));
	sink_add(&text, "<InitiateMultipartUploadResult><UploadId>sink</UploadId>"
			"</InitiateMultipartUploadResult>");
	say(connection, "200 OK", "Content-Type: application/xml\r\n", &text);
	free(text.data);
}

static void end_upload(struct connection *connection)
{
	struct object *upload = sink_look_up(&sink_uploads, connection->name);
	struct text text = {NULL, 0, 0};
	uint64_t size = 0;

	if (upload == NULL || upload->blob == NULL) {
		refuse(connection, "404 Not Found", "NoSuchUpload");
		return;
	}
	for (unsigned i = 1; i <= PARTS_MAX; i++)
		size += upload->part_sizes[i];
	struct object *object = sink_make(&sink_objects, connection->name);
	sink_let_go(object->blob);
	object->blob = upload->blob;
	object->blob->size = size;
	upload->blob = NULL;
	name_etag(connection, object->etag);
	sink_drop(&sink_uploads, connection->name);
	sink_add(&text,
		"<CompleteMultipartUploadResult><ETag>&quot;%s&quot;</ETag>"
		"</CompleteMultipartUploadResult>",
		object->etag);
	say(connection, "200 OK", "Content-Type: application/xml\r\n", &text);
	free(text.data);
}

/* "bytes=A-B", "bytes=A-", "bytes=-N"; false: there is nothing in it. */
static bool take_range(const char *range, uint64_t size, uint64_t *out_begin, uint64_t *out_end)
{
	const char *text = strchr(range, '=') != NULL ? strchr(range, '=') + 1 : "";
	const char *dash = strchr(text, '-');

	if (dash == NULL)
		return false;
	if (dash == text) {
		uint64_t len = strtoull(dash + 1, NULL, 10);

		*out_begin = len < size ? size - len : 0;
		*out_end = size;
		return size > 0;
	}
	*out_begin = strtoull(text, NULL, 10);
	*out_end = dash[1] != '\0' ? strtoull(dash + 1, NULL, 10) + 1 : size;
	if (*out_end > size)
		*out_end = size;
	return *out_begin < *out_end;
}

static void get(struct connection *connection)
{
	struct object *object = sink_look_up(&sink_objects, connection->name);
	bool is_head = strcmp(connection->method, "HEAD") == 0;
	bool is_part = connection->range[0] != '\0';

	if (object == NULL) {
		refuse(connection, "404 Not Found", "NoSuchKey");
		return;
	}
	uint64_t begin = 0;
	uint64_t end = object->blob->size;
	if (is_part && !take_range(connection->range, object->blob->size, &begin, &end)) {
		refuse(connection, "416 Range Not Satisfiable", "InvalidRange");
		return;
	}
	sink_add(&connection->out,
		"HTTP/1.1 %s\r\nServer: sink\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
		"Last-Modified: Thu, 01 Jan 2099 00:00:00 GMT\r\nAccept-Ranges: bytes\r\n"
		"ETag: \"%s\"\r\nContent-Length: %llu\r\n",
		is_part ? "206 Partial Content" : "200 OK", object->etag,
		(unsigned long long)(end - begin));
	if (is_part)
		sink_add(&connection->out, "Content-Range: bytes %llu-%llu/%llu\r\n",
			(unsigned long long)begin, (unsigned long long)end - 1,
			(unsigned long long)object->blob->size);
	sink_add(&connection->out, "\r\n");
	if (!is_head) {
		connection->blob = object->blob;
		connection->blob->holders++;
		connection->at = begin;
		connection->end = end;
	}
	sink_answer(connection);
}

static void tell_counts(struct connection *connection)
{
	struct text text = {NULL, 0, 0};

	sink_add(&text,
		"requests %llu\nput %llu\nget %llu\nhead %llu\nlist %llu\nother %llu\n"
		"refused %llu\nconnections %llu\nobjects %zu\n",
		(unsigned long long)sink_counts.requests, (unsigned long long)sink_counts.put,
		(unsigned long long)sink_counts.get, (unsigned long long)sink_counts.head,
		(unsigned long long)sink_counts.list, (unsigned long long)sink_counts.other,
		(unsigned long long)sink_counts.refused,
		(unsigned long long)sink_counts.connections, sink_objects.len);
	say(connection, "200 OK", "Content-Type: text/plain\r\n", &text);
	free(text.data);
}

static void serve_get(struct connection *connection)
{
	if (strcmp(connection->name, "-/counts") == 0) {
		sink_counts.requests--; /* not a client's */
		tell_counts(connection);
	} else if (strchr(connection->name, '/') != NULL && *connection->query == '\0') {
		sink_counts.get++;
		get(connection);
	} else if (has(connection, "list-type")) {
		list(connection);
	} else {
		refuse(connection, "501 Not Implemented", "NotImplemented");
	}
}

void sink_serve(struct connection *connection)
{
	const char *method = connection->method;

	sink_counts.requests++;
	if (strcmp(method, "PUT") == 0 && !connection->is_copy) {
		put(connection);
	} else if (strcmp(method, "GET") == 0) {
		serve_get(connection);
	} else if (strcmp(method, "HEAD") == 0) {
		sink_counts.head++;
		if (strchr(connection->name, '/') == NULL)
			say(connection, "200 OK", "", NULL);
		else
			get(connection);
	} else if (strcmp(method, "DELETE") == 0) {
		sink_counts.other++;
		sink_drop(has(connection, "uploadId") ? &sink_uploads : &sink_objects,
			connection->name);
		say(connection, "204 No Content", "", NULL);
	} else if (strcmp(method, "POST") == 0 && has(connection, "uploads")) {
		sink_counts.other++;
		begin_upload(connection);
	} else if (strcmp(method, "POST") == 0 && has(connection, "uploadId")) {
		sink_counts.other++;
		end_upload(connection);
	} else {
		refuse(connection, "501 Not Implemented", "NotImplemented");
	}
}
