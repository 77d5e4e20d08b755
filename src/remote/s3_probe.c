/*
 * Does the store do what it says? A place that nobody made must be empty, what
 * is written must come back, and what is removed must be gone. A page of some
 * proxy that answers 200 to everything fails the first of these.
 */
#include "honest.h"
#include "s3.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static enum dray_status check_absent(
	struct dray_s3 *s3, const char *key, const char *lie, struct dray_err *err)
{
	uint64_t size = 0;
	bool is_there = false;

	DRAY_TRY(dray_s3_head(s3, key, &is_there, &size, err));
	return is_there ? dray_honest_fail(s3->base.url, lie, err) : DRAY_OK;
}

static enum dray_status write_and_read(
	struct dray_s3 *s3, struct dray_transit *object, int back, struct dray_err *err)
{
	uint64_t size = 0;

	DRAY_TRY(dray_s3_put(&s3->base, object, err));
	object->fd = back;
	enum dray_status status = dray_s3_get(&s3->base, object, &size, err);
	if (status == DRAY_CORRUPT)
		return dray_honest_fail(
			s3->base.url, "it gave back other bytes than were written", err);
	if (status == DRAY_NOT_FOUND)
		return dray_honest_fail(
			s3->base.url, "it does not have what was just written", err);
	return status;
}

/* A file in no folder, of these bytes. */
static enum dray_status make_file(const char *text, int *out_fd, struct dray_err *err)
{
	DRAY_AUTO_FD fd = memfd_create("dray-probe", MFD_CLOEXEC);

	if (fd < 0)
		return dray_fail(err, DRAY_FAILED, "cannot make a file in memory");
	DRAY_TRY(dray_os_write(fd, text, strlen(text), "a file in memory", err));
	*out_fd = fd;
	fd = -1;
	return DRAY_OK;
}

enum dray_status dray_s3_probe(struct dray_remote *remote, struct dray_err *err)
{
	struct dray_s3 *s3 = (struct dray_s3 *)remote;
	DRAY_AUTO_STR key = dray_honest_new_key();
	DRAY_AUTO_FD from = -1;
	DRAY_AUTO_FD back = -1;
	struct dray_oid oid;
	const char *const keys[] = {key};
	dray_hash(DRAY_SHA256, key, strlen(key), &oid);
	DRAY_TRY(make_file(key, &from, err));
	DRAY_TRY(make_file("", &back, err));
	struct dray_transit object = {.key = key, .oid = &oid, .fd = from, .size = strlen(key)};

	DRAY_TRY(check_absent(s3, key, DRAY_HONEST_INVENTED, err));
	enum dray_status status = write_and_read(s3, &object, back, err);
	struct dray_err remove_err = DRAY_ERR_INIT;
	enum dray_status removed = dray_s3_remove(remote, keys, 1, &remove_err);
	DRAY_TRY(status);
	/* a store that only ever adds is one that some people want */
	if (removed == DRAY_DENIED || removed == DRAY_UNSUPPORTED)
		return DRAY_OK;
	if (removed != DRAY_OK)
		*err = remove_err;
	DRAY_TRY(removed);
	return check_absent(s3, key, "it still has what was removed", err);
}

/* ------------------------------------------------------------------ remembered */

enum dray_status dray_s3_prepare(struct dray_remote *remote, struct dray_err *err)
{
	struct dray_s3 *s3 = (struct dray_s3 *)remote;
	DRAY_AUTO_STR path = dray_s3_state_path(s3, "probed", "");

	if (dray_honest_is_remembered(path))
		return DRAY_OK;
	DRAY_TRY(dray_s3_probe(remote, err));
	dray_honest_remember(path);
	return DRAY_OK;
}

static bool is_no_heard(struct dray_s3 *s3)
{
	dray_mutex_lock(&s3->lock);
	bool is_heard = s3->locked.is_no_heard;
	dray_mutex_unlock(&s3->lock);
	return is_heard;
}

enum dray_status dray_s3_check_no(struct dray_s3 *s3, bool has_said_no, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_s3_state_path(s3, "probed", "");
	DRAY_AUTO_STR key = dray_honest_new_key();

	if (is_no_heard(s3) || dray_honest_is_remembered(path))
		return DRAY_OK;
	if (!has_said_no) {
		enum dray_status status = check_absent(s3, key, DRAY_HONEST_INVENTED, err);

		/* who may not list is refused what is absent, which is no claim to have it */
		if (status != DRAY_OK && status != DRAY_DENIED)
			return status;
	}
	dray_mutex_lock(&s3->lock);
	s3->locked.is_no_heard = true;
	dray_mutex_unlock(&s3->lock);
	return DRAY_OK;
}
