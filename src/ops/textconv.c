/*
 * A pointer as text to compare: the files that it stands for, one a line, and of the pointer itself
 * only what tells of something else. git compares two such texts.
 *
 * 1. A line depends on nothing but its file, so that only changed files differ.
 * 2. However many files there are, the text is bounded and no change is lost in it: over FILES_MAX
 *    entries a line stands for a folder of the first level, and the digest at its end for all that
 *    is in it; over LINES_MAX lines one more stands for the rest.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define FILES_MAX 10000u
#define LINES_MAX 10000u

struct listing {
	struct dray_session *session;
	const struct dray_out *out;
	bool by_folder;
	uint64_t lines;

	/* the folder, or the rest, that a line is to stand for */
	char *folder; /* NULL: none */
	struct dray_hasher *hasher;
	uint64_t files;
	uint64_t size;
	bool is_rest;
};

static void tell(struct listing *listing, const struct dray_item *item)
{
	listing->lines++;
	report_item(listing->session->report, item);
}

static enum dray_status count_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	uint64_t *count = ctx;

	(void)entry;
	++*count;
	return dray_os_check_cancel(err);
}

/* Also finds what is wrong with a list, before anything is told of it. */
static enum dray_status count_entries(struct dray_session *session, const struct dray_out *out,
	uint64_t *out_count, struct dray_err *err)
{
	*out_count = 0;
	if (!out->has_oid || !out->oid.is_dir || !dray_store_has(session->store, &out->oid))
		return DRAY_OK;
	return dray_manifest_each(session->repo, &out->oid, out->path, count_entry, out_count, err);
}

/* ------------------------------------------------------------------ one a line */

static const char *kind_word(const struct dray_entry *entry)
{
	switch (entry->kind) {
	case DRAY_KIND_EXEC:
		return "executable";
	case DRAY_KIND_LINK:
		return "link";
	case DRAY_KIND_EMPTY:
		return "empty folder";
	case DRAY_KIND_FILE:
	default:
		return NULL;
	}
}

static void tell_entry(struct listing *listing, const struct dray_entry *entry)
{
	DRAY_AUTO_STR path = dray_path_join(listing->out->path, entry->path);
	bool has_oid = entry->kind != DRAY_KIND_EMPTY;
	char hash[DRAY_OID_TEXT_MAX];
	uint64_t size =
		has_oid ? dray_store_size(listing->session->store, &entry->oid, entry->size) : 0;

	tell(listing, &(struct dray_item){
			      .path = path,
			      .value = kind_word(entry),
			      .hash = has_oid ? dray_oid_text(&entry->oid, hash) : NULL,
			      .size = size,
			      .has_size = has_oid && size != UINT64_MAX,
			      .is_path_literal = true,
		      });
}

/* ------------------------------------------------------------- many in one line */

static void end_folder(struct listing *listing)
{
	struct dray_oid digest;
	char hash[DRAY_OID_TEXT_MAX];

	if (listing->folder == NULL)
		return;
	dray_hasher_final(listing->hasher, &digest);
	DRAY_AUTO_STR path = dray_path_join(listing->out->path, listing->folder);
	tell(listing, &(struct dray_item){
			      .path = listing->is_rest ? listing->out->path : path,
			      .value = listing->is_rest ? "the rest" : NULL,
			      .kind = "dir",
			      .hash = dray_oid_text(&digest, hash),
			      .size = listing->size,
			      .has_size = listing->size != UINT64_MAX,
			      .files = listing->files,
			      .has_files = true,
			      .is_path_literal = true,
		      });
	dray_hasher_free(listing->hasher);
	free(listing->folder);
	listing->hasher = NULL;
	listing->folder = NULL;
}

static void begin_folder(struct listing *listing, const char *folder, size_t len)
{
	listing->folder = dray_strndup(folder, len);
	listing->hasher = dray_hasher_new(DRAY_SHA256);
	listing->files = listing->size = 0;
}

static void add_to_folder(struct listing *listing, const struct dray_entry *entry)
{
	char hash[DRAY_OID_TEXT_MAX] = "";

	if (entry->kind != DRAY_KIND_EMPTY)
		dray_oid_text(&entry->oid, hash);
	DRAY_AUTO_STR line = dray_format("%d %s %s", (int)entry->kind, hash, entry->path);
	dray_hasher_update(listing->hasher, line, strlen(line) + 1);
	listing->files += entry->kind != DRAY_KIND_EMPTY;
	if (entry->size == UINT64_MAX || listing->size == UINT64_MAX)
		listing->size = UINT64_MAX;
	else
		listing->size += entry->size;
}

static enum dray_status list_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct listing *listing = ctx;
	size_t len = strcspn(entry->path, "/");

	DRAY_TRY(dray_os_check_cancel(err));
	if (!listing->by_folder) {
		tell_entry(listing, entry);
		return DRAY_OK;
	}
	if (listing->folder != NULL && !listing->is_rest &&
		(strlen(listing->folder) != len || strncmp(listing->folder, entry->path, len) != 0))
		end_folder(listing);
	if (listing->lines >= LINES_MAX && !listing->is_rest) {
		end_folder(listing);
		listing->is_rest = true;
		begin_folder(listing, "", 0);
	}
	if (!listing->is_rest && entry->path[len] == '\0') {
		tell_entry(listing, entry);
		return DRAY_OK;
	}
	if (listing->folder == NULL)
		begin_folder(listing, entry->path, len);
	add_to_folder(listing, entry);
	return DRAY_OK;
}

/* ---------------------------------------------------------------------- one out */

/* A directory or file as a whole. */
static void tell_out(struct listing *listing, const char *value)
{
	const struct dray_out *out = listing->out;
	char hash[DRAY_OID_TEXT_MAX];

	tell(listing, &(struct dray_item){
			      .path = out->path,
			      .kind = out->oid.is_dir ? "dir" : "file",
			      .value = value,
			      .hash = out->has_oid ? dray_oid_text(&out->oid, hash) : NULL,
			      .size = out->size,
			      .has_size = out->has_size,
			      .files = out->nfiles,
			      .has_files = out->has_nfiles,
			      .is_path_literal = true,
		      });
}

static enum dray_status list_out(struct dray_session *session, const struct dray_out *out,
	uint64_t entries, struct dray_err *err)
{
	struct listing listing = {.session = session, .out = out};

	if (!out->has_oid || !out->oid.is_dir) {
		tell_out(&listing, out->is_exec ? "executable" : NULL);
		return DRAY_OK;
	}
	if (!dray_store_has(session->store, &out->oid)) {
		tell_out(&listing, "its list of files is not in the cache");
		return DRAY_OK;
	}
	listing.by_folder = entries > FILES_MAX;
	enum dray_status status =
		dray_manifest_each(session->repo, &out->oid, out->path, list_entry, &listing, err);
	end_folder(&listing);
	return status;
}

/* ------------------------------------------------------------------ other lines */

/* Of an out, what the listing tells. */
static bool is_told(const char *line, size_t len)
{
	static const char *const keys[] = {
		"md5", "sha256", "hash", "size", "nfiles", "isexec", "path"};

	while (len > 0 && (*line == ' ' || *line == '-')) {
		line++;
		len--;
	}
	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		size_t key_len = strlen(keys[i]);

		if (len > key_len && strncmp(line, keys[i], key_len) == 0 && line[key_len] == ':')
			return true;
	}
	return len == 0;
}

/* The pointer's lines without those that only say which bytes the data is. */
static void put_rest(const struct dray_pointer *pointer, struct dray_buf *out)
{
	bool is_in_outs = false;

	for (const char *line = pointer->text; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		bool is_top = len > 0 && strchr(" -\t#", *line) == NULL;

		if (is_top)
			is_in_outs = strncmp(line, "outs:", strlen("outs:")) == 0;
		if (!is_in_outs || !(is_top || is_told(line, len)))
			dray_buf_printf(out, "%.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static enum dray_status list_outs(
	struct dray_session *session, const struct dray_pointer *pointer, struct dray_err *err)
{
	uint64_t *entries = dray_calloc(pointer->len + 1, sizeof *entries);
	enum dray_status status = DRAY_OK;

	for (size_t i = 0; i < pointer->len && status == DRAY_OK; i++)
		status = count_entries(session, &pointer->outs[i], &entries[i], err);
	for (size_t i = 0; i < pointer->len && status == DRAY_OK; i++)
		status = list_out(session, &pointer->outs[i], entries[i], err);
	free(entries);
	return status;
}

enum dray_status dray_ops_textconv(struct dray_session *session, const char *path,
	struct dray_buf *out_rest, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	/* the file that git gives is a copy of the same name */
	if (!dray_path_has_suffix(path, session->repo->dialect->pointer_suffix))
		return dray_fail(err, DRAY_INVALID, "'%s' is no pointer of this repository", path);
	DRAY_TRY(dray_os_slurp(AT_FDCWD, path, DRAY_POINTER_BYTES_MAX, &text, err));
	if (text.len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_pointer_parse(
		session->repo->dialect->algo, dray_buf_text(&text), text.len, path, &pointer, err));
	put_rest(&pointer, out_rest);
	return list_outs(session, &pointer, err);
}
