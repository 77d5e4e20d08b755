/*
 * Adding files of the workspace.
 *
 * Those up to DRAY_SMALL_BYTES are read at once and hashed side by side, and only what
 * the store lacks is written. Above, the way to keep them is prepared first, so that the
 * one pass over their bytes can write them too.
 *
 * System calls for a small file that is copied, 12 + 1 at commit:
 *   openat fstat read fstat close    the source: type and size, the bytes in one
 *                                    call (a longer file shows in the second
 *                                    fstat), and that it held still
 *   fstatat                          is the object there? (again if it is: may
 *                                    it be trusted?)
 *   openat write close               the draft, born with its final mode
 *   fstat utimensat                  our stamp (see check.c)
 *   (fchmod)                         only where the umask forbids reading
 *   renameat                         at commit, after one flush for all
 * By hard link: fstat (is it ours to protect?), linkat, and fstatat instead of
 * the second fstat; fchmodat, fstatat, renameat at commit.
 *
 * A file whose time stamp has not settled may be written again without its
 * stamp moving. A copy does not care: what was hashed was written. A clone or
 * a link may hold other bytes than were hashed, so its own are hashed.
 */
#include "inner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct adding {
	struct dray_intake *intake;
	struct dray_hasher *hasher;
	int dir;
	const char *name;
	const char *path;
	_Atomic uint64_t *done_bytes;
	struct dray_stat before;
	bool is_racy;
	int from;
	int to;             /* the open draft, or -1 */
	char *temp;         /* its name, or that of the link; NULL: none */
	enum dray_link how; /* what `temp` is once prepared */
	struct dray_oid oid;
};

static void drop_draft(struct adding *job)
{
	dray_fd_release(&job->to);
	if (job->temp != NULL)
		dray_intake_discard(job->intake, job->temp);
	free(job->temp);
	job->temp = NULL;
}

static void adding_drop(struct adding *job)
{
	dray_fd_release(&job->from);
	drop_draft(job);
}

/* ----------------------------------------------------------------- sources */

static enum dray_status open_failed(const struct adding *job, int reason, struct dray_err *err)
{
	struct dray_err ignored = DRAY_ERR_INIT;
	struct dray_stat stat;

	/* a symlink gives ELOOP, a socket ENXIO */
	if (dray_os_stat(job->dir, job->name, &stat, &ignored) == DRAY_OK &&
		stat.type != DRAY_TYPE_FILE)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' is no regular file", job->path);
	return dray_os_fail(err, reason, "open", job->path);
}

static enum dray_status open_source(struct adding *job, struct dray_err *err)
{
	do
		job->from = dray_os.openat(
			job->dir, job->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
	while (job->from < 0 && errno == EINTR);
	if (job->from < 0)
		return open_failed(job, errno, err);
	DRAY_TRY(dray_os_fstat(job->from, job->path, &job->before, err));
	if (job->before.type != DRAY_TYPE_FILE)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' is no regular file", job->path);
	job->is_racy = !dray_os_is_settled(job->before.mtime_ns, dray_os_now_ns());
	return DRAY_OK;
}

/*
 * The file is still what was hashed. A moved ctime tells of a write whose stamp
 * was set back, but also of a name that came or went: ours, or one that a
 * crashed run left and this one's first draft swept away.
 */
static enum dray_status check_unchanged(const struct adding *job, struct dray_err *err)
{
	struct dray_stat now;
	int root;

	if (job->how == DRAY_LINK_HARDLINK) {
		DRAY_TRY(dray_store_root(dray_intake_store(job->intake), &root, err));
		DRAY_TRY(dray_os_stat(root, job->temp, &now, err));
	} else {
		DRAY_TRY(dray_os_fstat(job->from, job->path, &now, err));
	}
	if (!dray_store_is_same_content(&now, &job->before) ||
		(now.ctime_ns != job->before.ctime_ns && now.nlink == job->before.nlink))
		return dray_store_changed(job->path, err);
	return DRAY_OK;
}

/* ------------------------------------------------------------- ways to keep */

static enum dray_status start_draft(struct adding *job, struct dray_err *err)
{
	if (job->to < 0)
		DRAY_TRY(dray_intake_draft(job->intake, &job->to, &job->temp, err));
	job->how = DRAY_LINK_COPY;
	return DRAY_OK;
}

static enum dray_status start_clone(struct adding *job, struct dray_err *err)
{
	DRAY_TRY(start_draft(job, err));
	enum dray_status status = dray_os_clone(job->to, job->from, job->path, err);
	if (status == DRAY_OK)
		job->how = DRAY_LINK_REFLINK;
	else if (status == DRAY_UNSUPPORTED)
		dray_store_link_failed(
			dray_intake_store(job->intake), job->before.dev, DRAY_LINK_REFLINK);
	return status;
}

/* Only its owner may make it read-only, though others may be allowed to link it. */
static bool is_ours(int fd)
{
	struct stat st;

	return geteuid() == 0 || (dray_os.fstat(fd, &st) == 0 && st.st_uid == geteuid());
}

static enum dray_status start_link(struct adding *job, struct dray_err *err)
{
	DRAY_AUTO_STR temp = NULL;
	int root;

	if (!is_ours(job->from))
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' cannot be protected", job->path);
	DRAY_TRY(dray_intake_link_name(job->intake, &root, &temp, err));
	if (dray_os.linkat(job->dir, job->name, root, temp, 0) != 0) {
		int reason = errno;

		if (dray_store_is_lasting(reason))
			dray_store_link_failed(dray_intake_store(job->intake), job->before.dev,
				DRAY_LINK_HARDLINK);
		dray_os_fail(err, reason, "link", job->path);
		return reason == EPERM ? DRAY_UNSUPPORTED : err->status;
	}
	drop_draft(job);
	job->how = DRAY_LINK_HARDLINK;
	job->temp = temp;
	temp = NULL;
	return DRAY_OK;
}

/*
 * Sharing nothing saves nothing. An inode with other names must not be
 * protected through ours: one of them may be an object that was edited in
 * place, and would look sound again. Mode bits for running stay the file's own.
 */
static bool suits(const struct adding *job, enum dray_link link)
{
	if (link == DRAY_LINK_COPY)
		return true;
	if (job->before.size == 0 ||
		!dray_store_link_may_work(dray_intake_store(job->intake), job->before.dev, link))
		return false;
	if (link == DRAY_LINK_REFLINK)
		return !job->is_racy || job->before.size > DRAY_SMALL_BYTES;
	return !dray_intake_leaves_files(job->intake) && job->before.nlink == 1 &&
	       (job->before.mode & 0111) == 0;
}

/* Make job->temp in the first way that works. */
static enum dray_status prepare(struct adding *job, struct dray_err *err)
{
	const struct dray_store *store = dray_intake_store(job->intake);
	enum dray_status status = DRAY_UNSUPPORTED;

	for (size_t i = 0; i < store->link_count && status == DRAY_UNSUPPORTED; i++) {
		/* a symlink will point at the object, which is the file's own inode until then */
		enum dray_link link =
			store->links[i] == DRAY_LINK_SYMLINK ? DRAY_LINK_HARDLINK : store->links[i];
		if (!suits(job, link))
			continue;
		if (link == DRAY_LINK_REFLINK)
			status = start_clone(job, err);
		else if (link == DRAY_LINK_HARDLINK)
			status = start_link(job, err);
		else
			status = start_draft(job, err);
	}
	return status;
}

/* Everything is read, and written where it has to be. */
static enum dray_status finish(struct adding *job, struct dray_err *err)
{
	if (job->how == DRAY_LINK_HARDLINK) {
		struct dray_kept kept = {.oid = job->oid,
			.seen = job->before,
			.is_racy = job->is_racy,
			.temp = job->temp,
			.path = dray_strdup(job->path)};

		dray_intake_keep_link(job->intake, &kept);
		job->temp = NULL;
		return DRAY_OK;
	}
	dray_store_stamp(job->to, &job->oid, NULL);
	DRAY_TRY(dray_os_close(&job->to, job->path, err));
	DRAY_TRY(dray_intake_promise(job->intake, job->temp, &job->oid, err));
	free(job->temp);
	job->temp = NULL;
	return DRAY_OK;
}

/* ------------------------------------------------------------ small, large */

static enum dray_status keep_small(
	struct adding *job, const void *data, size_t len, struct dray_err *err)
{
	bool is_known = false;

	DRAY_TRY(dray_intake_knows(job->intake, &job->oid, len, &is_known, err));
	if (is_known)
		return check_unchanged(job, err);
	DRAY_TRY(prepare(job, err));
	if (job->how == DRAY_LINK_COPY)
		DRAY_TRY(dray_os_write(
			job->to, data, len, dray_store_path(dray_intake_store(job->intake)), err));
	DRAY_TRY(check_unchanged(job, err));
	return finish(job, err);
}

static enum dray_status read_small(struct adding *job, char *data, struct dray_err *err)
{
	size_t size = (size_t)job->before.size;
	size_t len;

	DRAY_TRY(dray_os_read(job->from, data, size, job->path, &len, err));
	if (len != size)
		return dray_store_changed(job->path, err);
	if (job->done_bytes != NULL)
		atomic_fetch_add_explicit(job->done_bytes, len, memory_order_relaxed);
	return DRAY_OK;
}

/* What is read of a large file, and where it goes. */
static struct dray_copy pass_of(const struct adding *job)
{
	bool is_cloned_racily = job->how == DRAY_LINK_REFLINK && job->is_racy;

	return (struct dray_copy){
		.from = is_cloned_racily ? job->to : job->from,
		.to = job->how == DRAY_LINK_COPY ? job->to : -1,
		.path = job->path,
		.to_path =
			dray_store_path(dray_intake_store(job->intake)), /* a draft says nothing */
		.size_hint = job->before.size,
		.is_sparse = job->before.disk_bytes < job->before.size,
		.done_bytes = job->done_bytes,
	};
}

static enum dray_status keep_large(struct adding *job, uint64_t size, struct dray_err *err)
{
	bool is_known = false;

	DRAY_TRY(check_unchanged(job, err));
	if (size != job->before.size)
		return dray_store_changed(job->path, err);
	DRAY_TRY(dray_intake_knows(job->intake, &job->oid, size, &is_known, err));
	return is_known ? DRAY_OK : finish(job, err);
}

/* ------------------------------------------------------------------- several */

/* Files under way together, all with the same hasher. */
struct group {
	struct adding jobs[DRAY_LANES];
	size_t count;
	size_t at; /* the one at work, for whoever tells of a failure */
};

static void group_drop(struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		adding_drop(&group->jobs[i]);
}

static bool is_small(const struct adding *job)
{
	return job->before.size <= DRAY_SMALL_BYTES;
}

static enum dray_status open_all(struct group *group, size_t *out_bytes, struct dray_err *err)
{
	*out_bytes = 0;
	for (group->at = 0; group->at < group->count; group->at++) {
		struct adding *job = &group->jobs[group->at];

		DRAY_TRY(open_source(job, err));
		*out_bytes += is_small(job) ? (size_t)job->before.size : 0;
	}
	return DRAY_OK;
}

/* `data` has room for all small files. */
static enum dray_status add_small(struct group *group, char *data, struct dray_err *err)
{
	struct dray_bytes bytes[DRAY_LANES];
	struct dray_oid oids[DRAY_LANES];
	size_t small = 0;

	for (group->at = 0; group->at < group->count; group->at++) {
		struct adding *job = &group->jobs[group->at];

		if (!is_small(job))
			continue;
		DRAY_TRY(read_small(job, data, err));
		bytes[small++] = (struct dray_bytes){data, (size_t)job->before.size};
		data += job->before.size;
	}
	if (small == 0)
		return DRAY_OK;
	dray_hash_many(group->jobs[0].hasher, bytes, small, oids);
	small = 0;
	for (group->at = 0; group->at < group->count; group->at++) {
		struct adding *job = &group->jobs[group->at];

		if (!is_small(job))
			continue;
		job->oid = oids[small];
		DRAY_TRY(keep_small(job, bytes[small].data, bytes[small].len, err));
		small++;
	}
	return DRAY_OK;
}

static enum dray_status add_large(struct group *group, struct dray_err *err)
{
	struct dray_copy passes[DRAY_LANES];
	struct dray_oid oids[DRAY_LANES];
	uint64_t sizes[DRAY_LANES];
	size_t places[DRAY_LANES];
	size_t large = 0;
	size_t failed = 0;

	for (group->at = 0; group->at < group->count; group->at++) {
		if (is_small(&group->jobs[group->at]))
			continue;
		DRAY_TRY(prepare(&group->jobs[group->at], err));
		passes[large] = pass_of(&group->jobs[group->at]);
		places[large++] = group->at;
	}
	if (large == 0)
		return DRAY_OK;
	enum dray_status status =
		dray_hash_copies(group->jobs[0].hasher, passes, large, oids, sizes, &failed, err);
	group->at = places[failed];
	DRAY_TRY(status);
	for (size_t i = 0; i < large; i++) {
		group->at = places[i];
		group->jobs[group->at].oid = oids[i];
		DRAY_TRY(keep_large(&group->jobs[group->at], sizes[i], err));
	}
	return DRAY_OK;
}

static enum dray_status add_group(struct group *group, struct dray_err *err)
{
	char stack[STACK_BYTES];
	size_t bytes;

	DRAY_TRY(open_all(group, &bytes, err));
	DRAY_AUTO_STR heap = bytes > sizeof stack ? dray_alloc(bytes) : NULL;
	DRAY_TRY(add_small(group, heap != NULL ? heap : stack, err));
	return add_large(group, err);
}

enum dray_status dray_intake_files(struct dray_intake *intake, struct dray_hasher *hasher,
	struct dray_intake_file *files, size_t count, _Atomic uint64_t *done_bytes,
	size_t *out_failed, struct dray_err *err)
{
	__attribute__((cleanup(group_drop))) struct group group = {.count = count};

	for (size_t i = 0; i < count; i++)
		group.jobs[i] = (struct adding){
			.intake = intake,
			.hasher = hasher,
			.dir = files[i].dir,
			.name = files[i].name,
			.path = files[i].path,
			.done_bytes = done_bytes,
			.from = -1,
			.to = -1,
			.how = DRAY_LINK_COPY,
		};
	*out_failed = 0;
	DRAY_TRY(dray_intake_hold(intake, err));
	enum dray_status status = add_group(&group, err);
	*out_failed = group.at;
	DRAY_TRY(status);
	for (size_t i = 0; i < count; i++) {
		files[i].oid = group.jobs[i].oid;
		files[i].stat = group.jobs[i].before;
	}
	return DRAY_OK;
}
