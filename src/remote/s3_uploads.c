/*
 * Uploads in parts that nobody finished: they are in no listing of objects and
 * are paid for until somebody ends them.
 */
#include "s3.h"
#include "s3_journal.h"

#include "xml.h"

#include <stdlib.h>
#include <string.h>

#define MARKER_MAX 4096

struct uploads {
	struct dray_s3 *s3;
	int64_t before_ns;
	bool is_dry;
	uint64_t ended;
	struct dray_strs alive; /* ids that this clone may still go on with */
	/* of the page */
	bool is_truncated;
	char key_marker[MARKER_MAX];
	char id_marker[MARKER_MAX];
	/* of the entry being read */
	char key[MARKER_MAX];
	char id[MARKER_MAX];
	int64_t begun_ns;
	struct dray_strs keys; /* found old on this page, and their ids */
	struct dray_strs ids;
};

/* Of all entries of the page, those that are old and nobody's. */
static void keep_entry(struct uploads *uploads)
{
	bool is_old = uploads->begun_ns != 0 && uploads->begun_ns < uploads->before_ns;

	if (is_old && uploads->key[0] != '\0' && uploads->id[0] != '\0' &&
		!dray_strs_has(&uploads->alive, uploads->id)) {
		dray_strs_add(&uploads->keys, uploads->key);
		dray_strs_add(&uploads->ids, uploads->id);
	}
	uploads->key[0] = '\0';
	uploads->id[0] = '\0';
	uploads->begun_ns = 0;
}

static void copy_text(char out[MARKER_MAX], const char *text)
{
	size_t len = strlen(text);

	out[0] = '\0';
	if (len < MARKER_MAX)
		memcpy(out, text, len + 1);
}

static enum dray_status read_field(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	static const char root[] = "ListMultipartUploadsResult/";
	struct uploads *uploads = ctx;
	const char *field = strncmp(path, root, sizeof root - 1) == 0 ? path + sizeof root - 1 : "";

	(void)err;
	if (strcmp(field, "Upload/Key") == 0)
		copy_text(uploads->key, text);
	else if (strcmp(field, "Upload/UploadId") == 0)
		copy_text(uploads->id, text);
	else if (strcmp(field, "Upload/Initiated") == 0) {
		if (!dray_parse_time(text, &uploads->begun_ns))
			uploads->begun_ns = 0;
	} else if (strcmp(field, "Upload") == 0)
		keep_entry(uploads);
	else if (strcmp(field, "IsTruncated") == 0)
		uploads->is_truncated = strcmp(text, "true") == 0;
	else if (strcmp(field, "NextKeyMarker") == 0)
		copy_text(uploads->key_marker, text);
	else if (strcmp(field, "NextUploadIdMarker") == 0)
		copy_text(uploads->id_marker, text);
	return DRAY_OK;
}

static char *query_of(const struct uploads *uploads)
{
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;
	DRAY_AUTO_STR prefix = dray_s3_key(uploads->s3, "files/");

	if (uploads->key_marker[0] != '\0') {
		dray_buf_puts(&query, "key-marker=");
		dray_buf_percent(&query, uploads->key_marker, "");
		dray_buf_putc(&query, '&');
	}
	dray_buf_puts(&query, "max-uploads=1000&prefix=");
	dray_buf_percent(&query, prefix, "");
	if (uploads->key_marker[0] != '\0') {
		dray_buf_puts(&query, "&upload-id-marker=");
		dray_buf_percent(&query, uploads->id_marker, "");
	}
	dray_buf_puts(&query, "&uploads=");
	return dray_buf_take(&query);
}

static enum dray_status read_page(struct uploads *uploads, struct dray_err *err)
{
	DRAY_AUTO_STR query = query_of(uploads);
	DRAY_AUTO_STR old_key = dray_strdup(uploads->key_marker);
	DRAY_AUTO_STR old_id = dray_strdup(uploads->id_marker);
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_s3_call call = {
		.method = "GET", .query = query, .body_fd = -1, .what = "list the uploads of"};

	uploads->is_truncated = false;
	enum dray_status status = dray_s3_send(uploads->s3, &call, &answer, NULL, err);
	if (status == DRAY_OK)
		status = dray_xml_read(
			dray_buf_text(&answer.text), answer.text.len, read_field, uploads, err);
	dray_http_answer_drop(&answer);
	DRAY_TRY(status);
	if (uploads->is_truncated && strcmp(old_key, uploads->key_marker) == 0 &&
		strcmp(old_id, uploads->id_marker) == 0)
		return dray_fail(err, DRAY_FAILED,
			"cannot list the uploads of '%s': the store repeats itself",
			uploads->s3->base.url);
	return DRAY_OK;
}

static enum dray_status end_one(
	struct uploads *uploads, const char *key, const char *id, struct dray_err *err)
{
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;

	dray_buf_puts(&query, "uploadId=");
	dray_buf_percent(&query, id, "");
	const struct dray_s3_call call = {
		.method = "DELETE",
		.key = key,
		.query = dray_buf_text(&query),
		.body_fd = -1,
		.what = "end an upload of",
	};
	enum dray_status status = dray_s3_send(uploads->s3, &call, &answer, NULL, err);
	dray_http_answer_drop(&answer);
	return status == DRAY_NOT_FOUND ? DRAY_OK : status; /* somebody else was faster */
}

static enum dray_status end_page(struct uploads *uploads, struct dray_err *err)
{
	for (size_t i = 0; i < uploads->keys.len; i++) {
		DRAY_TRY(dray_os_check_cancel(err));
		if (!uploads->is_dry)
			DRAY_TRY(end_one(
				uploads, uploads->keys.items[i], uploads->ids.items[i], err));
		uploads->ended++;
	}
	dray_strs_drop(&uploads->keys);
	dray_strs_drop(&uploads->ids);
	return DRAY_OK;
}

static enum dray_status run(struct uploads *uploads, struct dray_err *err)
{
	do {
		DRAY_TRY(read_page(uploads, err));
		DRAY_TRY(end_page(uploads, err));
	} while (uploads->is_truncated);
	return DRAY_OK;
}

enum dray_status dray_s3_tidy(struct dray_remote *remote, int64_t before_ns, bool is_dry,
	uint64_t *out_count, struct dray_err *err)
{
	struct uploads *uploads = dray_calloc(1, sizeof *uploads);

	uploads->s3 = (struct dray_s3 *)remote;
	uploads->before_ns = before_ns;
	uploads->is_dry = is_dry;
	dray_s3_journal_ids(uploads->s3, &uploads->alive);
	enum dray_status status = run(uploads, err);
	*out_count = uploads->ended;
	dray_strs_drop(&uploads->alive);
	dray_strs_drop(&uploads->keys);
	dray_strs_drop(&uploads->ids);
	free(uploads);
	return status;
}
