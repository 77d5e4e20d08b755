/*
 * dray archive --verify: an archive against the listing in it.
 *
 * Members may come in any order, so that an archive that was unpacked and packed again is the same
 * one: what was met is kept by name until the end. Folders count only where the listing names them.
 */
#include "archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)1 << 20)

/* A member that came by. */
struct met {
	char *name;
	unsigned char digest[DRAY_DIGEST_MAX];
	uint8_t type; /* enum dray_member_type */
	bool is_listed;
	bool is_exec; /* by the listing */
	bool is_told;
};

struct verifying {
	const char *path;
	struct dray_report *report;
	struct dray_archive_reader *reader;
	struct dray_hasher *hasher;
	char *block;
	struct met *items;
	size_t len;
	size_t cap;
	struct dray_map names; /* to their index in items */
	struct dray_buf listing;
	char *listing_name; /* the one nearest to the top; NULL: none yet */
	size_t wrong;
};

static void verifying_drop(struct verifying *verifying)
{
	for (size_t i = 0; i < verifying->len; i++)
		free(verifying->items[i].name);
	free(verifying->items);
	free(verifying->block);
	free(verifying->listing_name);
	dray_map_drop(&verifying->names);
	dray_buf_drop(&verifying->listing);
	dray_hasher_free(verifying->hasher);
	dray_archive_reader_close(verifying->reader);
}

/* ------------------------------------------------------------------- members */

/* A folder deeper down may hold an archive's contents, and with them a listing of their own. */
static bool is_listing(const struct verifying *verifying, const struct dray_member *member)
{
	return member->type == DRAY_MEMBER_FILE &&
	       strcmp(dray_path_basename(member->name), DRAY_LISTING_NAME) == 0 &&
	       (verifying->listing_name == NULL ||
		       strlen(member->name) < strlen(verifying->listing_name));
}

static enum dray_status take_bytes(
	struct verifying *verifying, bool is_listing, struct dray_err *err)
{
	size_t len;

	for (;;) {
		DRAY_TRY(dray_archive_read(
			verifying->reader, verifying->block, BLOCK_BYTES, &len, err));
		if (len == 0)
			break;
		dray_hasher_update(verifying->hasher, verifying->block, len);
		if (is_listing)
			dray_buf_add(&verifying->listing, verifying->block, len);
	}
	if (is_listing && verifying->listing.is_over)
		return dray_fail(
			err, DRAY_INVALID, "the listing in '%s' is too large", verifying->path);
	return DRAY_OK;
}

static enum dray_status take_member(
	struct verifying *verifying, const struct dray_member *member, struct dray_err *err)
{
	bool is_the_listing = is_listing(verifying, member);
	struct dray_oid oid;

	if (is_the_listing) {
		free(verifying->listing_name);
		verifying->listing_name = dray_strdup(member->name);
		dray_buf_drop(&verifying->listing);
		verifying->listing.ceiling_bytes = DRAY_LISTING_BYTES_MAX;
	}
	/* the name is the reader's, and gone after its next step */
	DRAY_GROW(verifying->items, verifying->len, verifying->cap);
	struct met *met = &verifying->items[verifying->len];
	*met = (struct met){.name = dray_strdup(member->name), .type = (uint8_t)member->type};
	dray_map_add(&verifying->names, met->name, strlen(met->name), verifying->len++);
	if (member->type == DRAY_MEMBER_LINK)
		dray_hasher_update(verifying->hasher, member->target, strlen(member->target));
	else
		DRAY_TRY(take_bytes(verifying, is_the_listing, err));
	dray_hasher_final(verifying->hasher, &oid);
	memcpy(met->digest, oid.digest, sizeof met->digest);
	dray_progress_add(&verifying->report->progress, 1, 0);
	return DRAY_OK;
}

static enum dray_status take_all(struct verifying *verifying, struct dray_err *err)
{
	struct dray_member member;
	bool has_more = true;

	for (;;) {
		DRAY_TRY(dray_archive_next(verifying->reader, &has_more, &member, err));
		if (!has_more)
			return DRAY_OK;
		DRAY_TRY(take_member(verifying, &member, err));
		atomic_store(&verifying->report->progress.bytes_done,
			dray_archive_consumed(verifying->reader));
	}
}

/* ------------------------------------------------------------------- listing */

static void tell(struct verifying *verifying, const char *state, const char *name)
{
	verifying->wrong++;
	report_item(verifying->report,
		&(struct dray_item){.state = state, .path = name, .is_path_literal = true});
}

static bool is_as_listed(const struct met *met, const struct dray_listed *listed)
{
	bool is_file = met->type == DRAY_MEMBER_FILE || met->type == DRAY_MEMBER_EXEC;
	bool is_same = memcmp(met->digest, listed->digest, sizeof met->digest) == 0;

	switch (listed->kind) {
	case DRAY_KIND_FILE:
		return is_file && is_same;
	case DRAY_KIND_LINK:
		return met->type == DRAY_MEMBER_LINK && is_same;
	case DRAY_KIND_EMPTY:
		return met->type == DRAY_MEMBER_DIR;
	case DRAY_KIND_EXEC:
		break;
	}
	return is_file;
}

static void hold_against(struct verifying *verifying, const struct dray_listed *listed)
{
	DRAY_AUTO_STR folder = dray_path_dirname(verifying->listing_name);
	DRAY_AUTO_STR name = dray_path_join(folder, listed->path);
	const uint64_t *at = dray_map_peek(&verifying->names, name, strlen(name));

	if (at == NULL) {
		if (listed->kind != DRAY_KIND_EXEC) /* the line before told it */
			tell(verifying, "missing", name);
		return;
	}
	struct met *met = &verifying->items[*at];
	met->is_listed = true;
	met->is_exec |= listed->kind == DRAY_KIND_EXEC;
	if (is_as_listed(met, listed) || met->is_told)
		return;
	met->is_told = true;
	tell(verifying, "changed", name);
}

static enum dray_status hold_all(
	struct verifying *verifying, uint64_t *out_files, struct dray_err *err)
{
	DRAY_AUTO_STR label = dray_format("%s in %s", DRAY_LISTING_NAME, verifying->path);
	struct dray_lines reader = {
		.text = verifying->listing.data, .len = verifying->listing.len, .label = label};
	struct dray_listed listed;
	bool has_more = true;

	for (;;) {
		DRAY_TRY(dray_listing_next(&reader, &has_more, &listed, err));
		if (!has_more)
			return DRAY_OK;
		*out_files += listed.kind != DRAY_KIND_EXEC;
		hold_against(verifying, &listed);
	}
}

/* What the listing does not know, and programs that are none. */
static void tell_rest(struct verifying *verifying)
{
	for (size_t i = 0; i < verifying->len; i++) {
		const struct met *met = &verifying->items[i];

		if (strcmp(met->name, verifying->listing_name) == 0 || met->is_told)
			continue;
		if (!met->is_listed && met->type != DRAY_MEMBER_DIR)
			tell(verifying, "extra", met->name);
		else if (met->is_listed && met->is_exec != (met->type == DRAY_MEMBER_EXEC))
			tell(verifying, "changed", met->name);
	}
}

static enum dray_status verify(struct verifying *verifying, struct dray_err *err)
{
	uint64_t files = 0;

	DRAY_TRY(take_all(verifying, err));
	if (verifying->listing_name == NULL) {
		dray_fail(err, DRAY_INVALID, "'%s' has no listing '%s'", verifying->path,
			DRAY_LISTING_NAME);
		return dray_hint(err, "only what 'dray archive' made can be verified");
	}
	DRAY_TRY(hold_all(verifying, &files, err));
	tell_rest(verifying);
	report_total(verifying->report, "files", files);
	report_total(verifying->report, "wrong", verifying->wrong);
	if (verifying->wrong > 0)
		return dray_fail(
			err, DRAY_CORRUPT, "'%s' is not what its listing says", verifying->path);
	return DRAY_OK;
}

enum dray_status archive_file_open(
	const char *path, int *out_fd, uint64_t *out_size, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_stat stat;

	if (strcmp(path, "-") != 0) {
		DRAY_TRY(dray_os_open(AT_FDCWD, path, O_RDONLY, 0, &fd, err));
	} else {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return dray_os_fail(err, errno, "read", "standard input");
	}
	DRAY_TRY(dray_os_fstat(fd, path, &stat, err));
	*out_size = stat.type == DRAY_TYPE_FILE ? stat.size : 0;
	*out_fd = fd;
	fd = -1;
	return DRAY_OK;
}

struct dray_archive_limits unpack_limits(const struct dray_unpack_limits *limits)
{
	struct dray_archive_limits out = DRAY_ARCHIVE_LIMITS_INIT;

	if (limits->size_max > 0)
		out.bytes = limits->size_max;
	if (limits->ratio_max > 0)
		out.ratio = limits->ratio_max;
	return out;
}

enum dray_status dray_ops_archive_verify(const char *path, const struct dray_unpack_limits *limits,
	struct dray_report *report, struct dray_err *err)
{
	const struct dray_archive_limits all = unpack_limits(limits);
	__attribute__((cleanup(verifying_drop))) struct verifying verifying = {
		.path = path, .report = report};
	DRAY_AUTO_FD fd = -1;
	uint64_t size;

	DRAY_TRY(archive_file_open(path, &fd, &size, err));
	dray_progress_begin(&report->progress, "verifying");
	dray_progress_expect(&report->progress, 0, size);
	verifying.block = dray_alloc(BLOCK_BYTES);
	verifying.hasher = dray_hasher_new(DRAY_SHA256);
	DRAY_TRY(dray_archive_reader_open(fd, path, &all, &verifying.reader, err));
	return verify(&verifying, err);
}
