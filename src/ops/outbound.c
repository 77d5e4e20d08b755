/*
 * Data straight to a remote (--to-remote): for what is larger than this machine's disk.
 *
 * 1. Files before their manifest, as push does it: a manifest on a remote promises its files.
 * 2. A key is the hash of all bytes, so a path is read for that first; the remote proves what it is
 *    sent by the second reading.
 * 3. Drafts of files from addresses are those of the cache: what a killed run left of them, the
 *    next one removes.
 */
#include "outside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sending {
	struct dray_session *session;
	struct dray_outside *outside;
	struct dray_remote *remote;
	struct dray_intake *intake; /* a manifest, drafts */
	struct dray_founds found;
	bool *is_there; /* one per found: the remote has it */
	enum dray_algo algo;
};

static void sending_drop(struct sending *sending)
{
	dray_founds_drop(&sending->found);
	dray_intake_free(sending->intake);
	dray_remote_close(sending->remote);
	free(sending->is_there);
}

/* ------------------------------------------------------------------- one object */

static enum dray_status put(struct sending *sending, const struct dray_oid *oid, int fd,
	uint64_t size, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	const struct dray_transit object = {
		.key = dray_oid_key(oid, key),
		.oid = oid,
		.fd = fd,
		.size = size,
		.done_bytes = &sending->session->report->progress.bytes_done,
	};

	return dray_remote_put(sending->remote, &object, err);
}

/* What was stored here as it is no file: a link's text, a manifest. */
static enum dray_status put_stored(
	struct sending *sending, const struct dray_oid *oid, uint64_t size, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_store_open_object(sending->session->store, oid, &fd, err));
	return put(sending, oid, fd, size, err);
}

static enum dray_status has_key(
	struct sending *sending, const struct dray_oid *oid, bool *out_has, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	const char *keys[] = {dray_oid_key(oid, key)};

	return dray_remote_exists(sending->remote, keys, 1, true, out_has, err);
}

/* ------------------------------------------------------------------- of a path */

static enum dray_status take_links(
	struct sending *sending, struct dray_intake *intake, struct dray_err *err)
{
	for (size_t i = 0; i < sending->found.len; i++) {
		struct dray_found_file *found = &sending->found.items[i];
		DRAY_AUTO_STR full = dray_path_join(sending->outside->path, found->path);
		DRAY_AUTO_STR target = NULL;

		if (found->kind != DRAY_KIND_LINK)
			continue;
		DRAY_TRY(dray_os_readlink(AT_FDCWD, full, &target, err));
		DRAY_TRY(
			dray_intake_bytes(intake, target, strlen(target), false, &found->oid, err));
	}
	return DRAY_OK;
}

static enum dray_status store_links(struct sending *sending, struct dray_err *err)
{
	struct dray_intake *intake = NULL;

	DRAY_TRY(dray_intake_begin(sending->session->store, &intake, err));
	enum dray_status status = take_links(sending, intake, err);
	if (status == DRAY_OK)
		status = dray_intake_commit(intake, err);
	dray_intake_free(intake);
	return status;
}

static enum dray_status send_path(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct sending *sending = ctx;
	const struct dray_found_file *found = &sending->found.items[i];
	DRAY_AUTO_STR full = dray_path_join(sending->outside->path, found->path);
	DRAY_AUTO_FD fd = -1;

	(void)worker;
	if (found->kind == DRAY_KIND_EMPTY || sending->is_there[i])
		return DRAY_OK;
	if (found->kind == DRAY_KIND_LINK)
		return put_stored(sending, &found->oid, found->size, err);
	DRAY_TRY(dray_os_open(AT_FDCWD, full, O_RDONLY | O_NONBLOCK, 0, &fd, err));
	enum dray_status status = put(sending, &found->oid, fd, found->size, err);
	if (status == DRAY_CORRUPT)
		return dray_fail(err, DRAY_CHANGED, "'%s' changed while it was sent", full);
	dray_progress_add(&sending->session->report->progress, 1, 0);
	return status;
}

/* Of what is there already; an empty folder has no object. */
static enum dray_status ask_all(struct sending *sending, struct dray_err *err)
{
	size_t len = sending->found.len, count = 0;
	char(*keys)[DRAY_OID_KEY_MAX] = dray_calloc(len + 1, sizeof *keys);
	const char **names = dray_calloc(len + 1, sizeof *names);
	bool *has = dray_calloc(len + 1, sizeof *has);
	enum dray_status status = DRAY_OK;

	for (size_t i = 0; i < len; i++)
		if (sending->found.items[i].kind != DRAY_KIND_EMPTY) {
			names[count] = dray_oid_key(&sending->found.items[i].oid, keys[count]);
			count++;
		}
	if (count > 0)
		status = dray_remote_exists(sending->remote, names, count, true, has, err);
	for (size_t i = len; status == DRAY_OK && i-- > 0;)
		if (sending->found.items[i].kind != DRAY_KIND_EMPTY)
			sending->is_there[i] = has[--count];
	free(has);
	free(names);
	free(keys);
	return status;
}

static enum dray_status send_paths(struct sending *sending, unsigned jobs, struct dray_err *err)
{
	struct dray_session *session = sending->session;
	struct dray_progress *progress = &session->report->progress;
	uint64_t bytes = 0;

	DRAY_TRY(outside_find(
		sending->outside, session->repo->dialect, jobs, progress, &sending->found, err));
	DRAY_TRY(store_links(sending, err));
	sending->is_there = dray_calloc(sending->found.len + 1, sizeof *sending->is_there);
	DRAY_TRY(ask_all(sending, err));
	for (size_t i = 0; i < sending->found.len; i++)
		bytes += sending->found.items[i].size;
	dray_progress_begin(progress, "sending");
	dray_progress_expect(progress, sending->found.len, bytes);
	return dray_pool_run(jobs != 0 ? jobs : sending->remote->width, sending->found.len, 1,
		send_path, sending, err);
}

/* --------------------------------------------------------------- of an address */

static enum dray_status hash_draft(
	struct sending *sending, int fd, struct dray_found_file *found, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(sending->algo);
	const struct dray_copy copy = {.from = fd, .to = -1, .path = found->path};

	if (lseek(fd, 0, SEEK_SET) != 0)
		return dray_os_fail(err, errno, "rewind", found->path);
	DRAY_TRY(dray_hash_copy(hasher, &copy, &found->oid, &found->size, err));
	if (lseek(fd, 0, SEEK_SET) != 0)
		return dray_os_fail(err, errno, "rewind", found->path);
	return DRAY_OK;
}

static enum dray_status send_draft(struct sending *sending, size_t i, int fd, struct dray_err *err)
{
	struct dray_found_file *found = &sending->found.items[i];
	bool is_there = false;

	DRAY_TRY(outside_get(sending->outside, i, fd, &sending->session->report->progress, err));
	DRAY_TRY(hash_draft(sending, fd, found, err));
	DRAY_TRY(has_key(sending, &found->oid, &is_there, err));
	return is_there ? DRAY_OK : put(sending, &found->oid, fd, found->size, err);
}

static enum dray_status send_file(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct sending *sending = ctx;
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR temp = NULL;
	int fd = -1;

	(void)worker;
	DRAY_TRY(dray_intake_draft(sending->intake, &fd, &temp, err));
	enum dray_status status = send_draft(sending, i, fd, err);
	/* told: the first */
	dray_ignore(dray_intake_keep(sending->intake, &fd, temp, NULL, &unused));
	if (status == DRAY_OK)
		dray_progress_add(&sending->session->report->progress, 1, 0);
	return status;
}

static enum dray_status send_files(struct sending *sending, unsigned jobs, struct dray_err *err)
{
	struct dray_outside *outside = sending->outside;

	DRAY_TRY(outside_look(outside, err));
	for (size_t i = 0; i < outside->len; i++)
		founds_add(&sending->found, outside->files[i].path, DRAY_KIND_FILE);
	dray_progress_begin(&sending->session->report->progress, "sending");
	dray_progress_expect(&sending->session->report->progress, outside->len, 0);
	return dray_pool_run(jobs != 0 ? jobs : dray_address_width(outside->address), outside->len,
		1, send_file, sending, err);
}

/* ------------------------------------------------------------------------- all */

static enum dray_status put_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)err;
	dray_buf_add(ctx, data, len);
	return DRAY_OK;
}

static enum dray_status send_manifest(struct sending *sending, const struct dray_buf *text,
	struct dray_dep *sum, struct dray_err *err)
{
	bool is_there = false;

	DRAY_TRY(dray_remote_flush(sending->remote, err));
	if (!sum->oid.is_dir)
		return DRAY_OK;
	DRAY_TRY(dray_intake_bytes(
		sending->intake, dray_buf_text(text), text->len, true, &sum->oid, err));
	DRAY_TRY(dray_intake_commit(sending->intake, err));
	DRAY_TRY(has_key(sending, &sum->oid, &is_there, err));
	if (is_there)
		return DRAY_OK;
	DRAY_TRY(put_stored(sending, &sum->oid, text->len, err));
	return dray_remote_flush(sending->remote, err);
}

static void fill(const struct sending *sending, const struct dray_outbound *outbound,
	const struct dray_dep *sum)
{
	struct dray_out *out = outbound->out;
	struct dray_dep *dep = outbound->dep;

	dray_out_forget_versions(out);
	out->oid = sum->oid;
	out->has_oid = true;
	out->size = sum->size;
	out->has_size = true;
	out->nfiles = sum->nfiles;
	out->has_nfiles = sum->has_nfiles;
	out->is_exec = false;
	if (dep == NULL)
		return;
	outside_describe(sending->outside, sending->algo, dep);
	if (sending->outside->path == NULL)
		return;
	dep->oid = sum->oid;
	dep->has_oid = dep->has_size = true;
	dep->size = sum->size;
	dep->nfiles = sum->nfiles;
	dep->has_nfiles = sum->has_nfiles;
}

enum dray_status outside_send(struct dray_session *session, struct dray_outside *outside,
	const struct dray_outbound *outbound, struct dray_err *err)
{
	__attribute__((cleanup(sending_drop))) struct sending sending = {
		.session = session,
		.outside = outside,
		.found = FOUNDS_INIT,
		.algo = session->repo->dialect->algo,
	};
	struct dray_dep sum = {.path = NULL};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	DRAY_TRY(
		remote_open_named(session, outbound->remote, outbound->jobs, &sending.remote, err));
	DRAY_TRY(dray_remote_prepare(sending.remote, err));
	DRAY_TRY(dray_intake_begin(session->store, &sending.intake, err));
	DRAY_TRY(outside->path != NULL ? send_paths(&sending, outbound->jobs, err)
				       : send_files(&sending, outbound->jobs, err));
	DRAY_TRY(founds_sum(&sending.found, sending.algo, put_bytes, &text, &sum, err));
	DRAY_TRY(send_manifest(&sending, &text, &sum, err));
	fill(&sending, outbound, &sum);
	return DRAY_OK;
}
