/*
 * os: files, links, locks, threads, clocks, signals, environment.
 *
 * Every system call that can fail goes through a slot of `dray_os`, so that a
 * test can make the n-th one fail or the process die there (tests/fault).
 * Calls that wait are restarted on EINTR, all open with O_CLOEXEC and turn errno into
 * "cannot <verb> '<path>': <reason>" with the status that fits it. `dir` is a
 * directory descriptor or AT_FDCWD; `path` is then relative to it. Functions
 * are safe from any thread unless they say otherwise.
 */
#ifndef DRAY_OS_H
#define DRAY_OS_H

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <dray/base.h>

/* ------------------------------------------------------------------- slots */

/* return type, name, parameters, arguments: as the libc call of that name */
#define DRAY_OS_SLOT_MAP(X)                                                                      \
	X(int, openat, (int dir, const char *path, int flags, mode_t mode),                      \
		(dir, path, flags, mode))                                                        \
	X(ssize_t, read, (int fd, void *buf, size_t len), (fd, buf, len))                        \
	X(ssize_t, write, (int fd, const void *buf, size_t len), (fd, buf, len))                 \
	X(ssize_t, pread, (int fd, void *buf, size_t len, off_t offset), (fd, buf, len, offset)) \
	X(ssize_t, pwrite, (int fd, const void *buf, size_t len, off_t offset),                  \
		(fd, buf, len, offset))                                                          \
	X(int, allocate, (int fd, off_t len), (fd, len))                                         \
	X(int, ftruncate, (int fd, off_t len), (fd, len))                                        \
	X(int, close, (int fd), (fd))                                                            \
	X(int, fsync, (int fd), (fd))                                                            \
	X(int, syncfs, (int fd), (fd))                                                           \
	X(int, fstat, (int fd, struct stat *st), (fd, st))                                       \
	X(int, fstatat, (int dir, const char *path, struct stat *st, int flags),                 \
		(dir, path, st, flags))                                                          \
	X(int, renameat, (int from, const char *old, int to, const char *path),                  \
		(from, old, to, path))                                                           \
	X(int, rename_new, (int from, const char *old, int to, const char *path),                \
		(from, old, to, path))                                                           \
	X(int, linkat, (int from, const char *old, int to, const char *path, int flags),         \
		(from, old, to, path, flags))                                                    \
	X(int, symlinkat, (const char *target, int dir, const char *path), (target, dir, path))  \
	X(ssize_t, readlinkat, (int dir, const char *path, char *buf, size_t len),               \
		(dir, path, buf, len))                                                           \
	X(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))             \
	X(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))             \
	X(int, fchmod, (int fd, mode_t mode), (fd, mode))                                        \
	X(int, fchmodat, (int dir, const char *path, mode_t mode, int flags),                    \
		(dir, path, mode, flags))                                                        \
	X(int, clone, (int to, int from), (to, from))                                            \
	X(ssize_t, copy_range, (int from, int to, size_t len), (from, to, len))                  \
	X(int, start_flush, (int fd), (fd))                                                      \
	X(int, set_times, (int fd, const struct timespec times[2]), (fd, times))                 \
	X(int, lock, (int fd, int cmd, struct flock *lock), (fd, cmd, lock))                     \
	X(int, flock, (int fd, int operation), (fd, operation))                                  \
	X(DIR *, fdopendir, (int fd), (fd))                                                      \
	X(int, dial, (const char *path), (path))                                                 \
	X(int, pipe, (int fds[2], int flags), (fds, flags))                                      \
	X(int, poll, (struct pollfd * fds, nfds_t count, int wait_ms), (fds, count, wait_ms))    \
	X(int, spawn,                                                                            \
		(const char *const *argv, int in_fd, int out_fd, int err_fd, pid_t *out_pid),    \
		(argv, in_fd, out_fd, err_fd, out_pid))

struct dray_os_slots {
#define X(type, name, params, args) type(*name) params;
	DRAY_OS_SLOT_MAP(X)
#undef X
};
/* The calls in force. Set before the first thread starts, by tests only. `clone` is FICLONE,
 * `copy_range` copy_file_range(2) at both files' offsets, `start_flush` sync_file_range(2) of the
 * whole file, without waiting, `set_times` futimens(3),
 * `rename_new` renameat2(RENAME_NOREPLACE), `allocate` fallocate(2) from the start, `pipe` pipe2,
 * `dial` a new stream socket that is connected to the one at a path,
 * `spawn` posix_spawnp into a group of its own, with three descriptors as its stdin (-1:
 * /dev/null), stdout and stderr. */
extern struct dray_os_slots dray_os;

/* errno -> status: NOT_FOUND, DENIED, NO_SPACE, EXISTS, UNSUPPORTED, else FAILED. */
enum dray_status dray_os_status(int error_number);
/* Fill err with "cannot <verb> '<path>': <strerror>"; returns its status. */
enum dray_status dray_os_fail(
	struct dray_err *err, int error_number, const char *verb, const char *path);

/* ------------------------------------------------------------------- files */

/* An owned descriptor; -1 is none. */
void dray_fd_release(int *fd);
#define DRAY_AUTO_FD __attribute__((cleanup(dray_fd_release))) int

/* `flags` as open(2); O_CLOEXEC is added. The caller closes *out_fd. */
DRAY_MUST_CHECK enum dray_status dray_os_open(
	int dir, const char *path, int flags, mode_t mode, int *out_fd, struct dray_err *err);
/* Open a directory for *at() calls. */
DRAY_MUST_CHECK enum dray_status dray_os_open_dir(
	int dir, const char *path, int *out_fd, struct dray_err *err);
/*
 * Open the directory `name` (see dray_name_check) below `root` one part at a
 * time, never through a symlink. With `create`, missing parts are made.
 * "" duplicates `root`. A part that is no directory: EXISTS; a missing one: NOT_FOUND.
 */
DRAY_MUST_CHECK enum dray_status dray_os_open_beneath(
	int root, const char *name, bool create, int *out_fd, struct dray_err *err);
/* Until `len` bytes or the end of file. `path` only names the file in errors. */
DRAY_MUST_CHECK enum dray_status dray_os_read(
	int fd, void *buf, size_t len, const char *path, size_t *out_len, struct dray_err *err);
/* All of it. */
DRAY_MUST_CHECK enum dray_status dray_os_write(
	int fd, const void *data, size_t len, const char *path, struct dray_err *err);
/* The same at an offset, which the descriptor's own does not follow: from several threads. */
DRAY_MUST_CHECK enum dray_status dray_os_read_at(int fd, void *buf, size_t len, uint64_t offset,
	const char *path, size_t *out_len, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_write_at(int fd, const void *data, size_t len,
	uint64_t offset, const char *path, struct dray_err *err);
/*
 * Make the file `len` bytes long, on disk where the file system can: NO_SPACE comes now and not
 * in the middle.
 */
DRAY_MUST_CHECK enum dray_status dray_os_allocate(
	int fd, uint64_t len, const char *path, struct dray_err *err);
/* Make the file `len` bytes long: cut, or with a hole at its end. */
DRAY_MUST_CHECK enum dray_status dray_os_truncate(
	int fd, uint64_t len, const char *path, struct dray_err *err);
/* Append the whole file to `buf`; on failure nothing. INVALID if it is over `ceiling_bytes`. */
DRAY_MUST_CHECK enum dray_status dray_os_slurp(int dir, const char *path, size_t ceiling_bytes,
	struct dray_buf *buf, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_fsync(int fd, const char *path, struct dray_err *err);
/* Close and report a late write error. Sets *fd to -1 whatever happens. */
DRAY_MUST_CHECK enum dray_status dray_os_close(int *fd, const char *path, struct dray_err *err);

enum dray_file_type { DRAY_TYPE_FILE, DRAY_TYPE_DIR, DRAY_TYPE_LINK, DRAY_TYPE_OTHER };

/* What lstat says, in the parts we compare. Times are nanoseconds since 1970. */
struct dray_stat {
	uint64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
	uint64_t ino;
	uint64_t dev;
	uint64_t disk_bytes; /* blocks in use: less than size for sparse files */
	uint32_t nlink;
	uint16_t mode; /* permission bits */
	uint8_t type;  /* enum dray_file_type */
};
/* Never follows a symlink at `path`. */
DRAY_MUST_CHECK enum dray_status dray_os_stat(
	int dir, const char *path, struct dray_stat *out, struct dray_err *err);
/* What a symlink at `path` leads to. */
DRAY_MUST_CHECK enum dray_status dray_os_stat_target(
	int dir, const char *path, struct dray_stat *out, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_fstat(
	int fd, const char *path, struct dray_stat *out, struct dray_err *err);
/* Something is there, whatever it is; false on any error. */
bool dray_os_exists(int dir, const char *path);
bool dray_os_is_dir(int dir, const char *path); /* follows symlinks */
/* A program answers at the socket `path`; false on any error. */
bool dray_os_is_listening(const char *path);

DRAY_MUST_CHECK enum dray_status dray_os_mkdir(int dir, const char *path, mode_t mode,
	struct dray_err *err); /* EXISTS if something is there */
/* Make `path` and its missing parents; an existing directory is success. */
DRAY_MUST_CHECK enum dray_status dray_os_mkdirs(
	int dir, const char *path, mode_t mode, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_unlink(int dir, const char *path, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_rmdir(int dir, const char *path, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_rename(
	int from, const char *old, int to, const char *path, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_link(int from, const char *old, int to, const char *path,
	struct dray_err *err); /* EXISTS if taken; UNSUPPORTED across file systems or EMLINK */
DRAY_MUST_CHECK enum dray_status dray_os_symlink(
	const char *target, int dir, const char *path, struct dray_err *err);
/* The target, NUL-terminated. */
DRAY_MUST_CHECK enum dray_status dray_os_readlink(
	int dir, const char *path, char **out_target, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_os_chmod(
	int dir, const char *path, mode_t mode, struct dray_err *err);
/* Remove a file or a whole tree, never following symlinks; NOT_FOUND is success. */
DRAY_MUST_CHECK enum dray_status dray_os_remove_tree(
	int dir, const char *path, struct dray_err *err);
/* Share all bytes of `from` with the empty file `to` (FICLONE). UNSUPPORTED where it cannot be. */
DRAY_MUST_CHECK enum dray_status dray_os_clone(
	int to, int from, const char *path, struct dray_err *err);
/*
 * Copy all of `from`, a regular file at its start, to the empty file `to`: by the kernel where it
 * can (copy_file_range(2), which shares bytes, or has the server copy them, where the file system
 * does), else through memory. Holes stay holes. Cancellable between stretches of 16 MiB. Adds what
 * was copied to *done_bytes unless NULL. CHANGED: the file is shorter than it was. `path` names the
 * input in errors, `to_path` the output.
 */
DRAY_MUST_CHECK enum dray_status dray_os_copy(int from, int to, const char *path,
	const char *to_path, _Atomic uint64_t *done_bytes, struct dray_err *err);
/* Have the disk begin to take what was written to `fd`; a hint, it neither waits nor fails. */
void dray_os_start_flush(int fd);
/*
 * Put a file that nobody else has seen into the past by more than the clock's step, so that a
 * later write always moves its time stamp (see dray_os_is_settled). Best effort.
 */
void dray_os_settle(int fd);
/*
 * Would a write at `now_ns` or later have moved the time stamp `mtime_ns`? Steps are those of a
 * kernel's tick, with room for late ones: 50 ms; or 2 s for times on whole seconds (FAT, ext3).
 */
bool dray_os_is_settled(int64_t mtime_ns, int64_t now_ns);
/* Flush everything written to the file system of `fd`. */
DRAY_MUST_CHECK enum dray_status dray_os_syncfs(int fd, const char *path, struct dray_err *err);

/* A file's bytes, mapped to read. For files that are only ever replaced by rename. */
struct dray_view {
	const void *data; /* NULL when empty */
	size_t len;
};
#define DRAY_VIEW_INIT       \
	{                    \
		.data = NULL \
	}
DRAY_MUST_CHECK enum dray_status dray_view_open(
	int dir, const char *path, struct dray_view *out, struct dray_err *err);
void dray_view_drop(struct dray_view *view);

/* Names in a directory without '.' and '..', in no order. type OTHER may need an lstat. */
struct dray_dirents {
	struct dray_dirent {
		const char *name; /* in `arena` */
		uint8_t type; /* enum dray_file_type; DRAY_TYPE_UNKNOWN where d_type is absent */
	} * items;
	size_t len;
	size_t cap;
	struct dray_arena *arena;
};
#define DRAY_TYPE_UNKNOWN 0xff
#define DRAY_DIRENTS_INIT     \
	{                     \
		.items = NULL \
	}
/* Takes no ownership of `fd`, a directory; reads it from its start. */
DRAY_MUST_CHECK enum dray_status dray_os_list(
	int fd, const char *path, struct dray_dirents *out, struct dray_err *err);
void dray_dirents_drop(struct dray_dirents *dirents);

/* ------------------------------------------------------------------ drafts */

/*
 * One file, published whole: written under a temporary name beside the target,
 * flushed, renamed over it, the directory flushed. Dropped without commit it
 * leaves nothing. The temporary name is ".dray-<hex>.tmp" (dray_os_is_temp).
 */
struct dray_draft {
	int dir; /* borrowed */
	int fd;
	char *path;
	char *temp;
};
#define DRAY_DRAFT_INIT             \
	{                           \
		.dir = -1, .fd = -1 \
	}
DRAY_MUST_CHECK enum dray_status dray_draft_begin(
	int dir, const char *path, mode_t mode, struct dray_draft *out, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_draft_write(
	struct dray_draft *draft, const void *data, size_t len, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_draft_commit(struct dray_draft *draft, struct dray_err *err);
/* Commit without any flush: for hints, where a crash may cost the new file but not the old one's
 * truth. */
DRAY_MUST_CHECK enum dray_status dray_draft_replace(struct dray_draft *draft, struct dray_err *err);
void dray_draft_drop(struct dray_draft *draft);
/* All three in one for small files. */
DRAY_MUST_CHECK enum dray_status dray_os_publish(
	int dir, const char *path, const void *data, size_t len, mode_t mode, struct dray_err *err);
bool dray_os_is_temp(const char *basename);
/*
 * Remove all of such a name from a folder: what killed programs left, or what living ones write,
 * which then fail: for who holds the lock that those take. Best effort, also without a folder.
 */
void dray_os_sweep(int dir, const char *folder);
/* A fresh temporary basename; unique among processes and threads. */
#define DRAY_TEMP_NAME_MAX 40
void dray_os_temp_name(char out[DRAY_TEMP_NAME_MAX]);

/*
 * Many files, published together below one root directory: drafts are written
 * under <root>/tmp/<run>/, flushed once, renamed to their places. Until commit
 * nothing is visible; a crash leaves a <run> folder whose lock is free, which
 * the next dray_batch_open removes. add/link are safe from several threads,
 * the rest is not.
 */
struct dray_batch;
/* `root` is duplicated. Creates <root>/tmp on first use, so a batch without drafts writes nothing.
 */
struct dray_batch *dray_batch_new(
	int root, const char *root_path, mode_t file_mode, mode_t dir_mode);
/* A new empty draft to write to; close it before dray_batch_add. `out_temp` is below the root. */
DRAY_MUST_CHECK enum dray_status dray_batch_draft(
	struct dray_batch *batch, int *out_fd, char **out_temp, struct dray_err *err);
/* Promise `temp` to the place `target` below the root. Takes nothing; both are copied. */
void dray_batch_add(struct dray_batch *batch, const char *temp, const char *target);
/* Give a draft up. */
void dray_batch_discard(struct dray_batch *batch, const char *temp);
/* Number of drafts promised and not yet known to be published for good. */
size_t dray_batch_pending(const struct dray_batch *batch);
/*
 * Flush, then rename every promised draft to its target (which replaces an
 * equal one), making directories as needed, then flush names. May be called
 * repeatedly. On failure all stay promised: the next commit renames what was
 * not, and flushes all their names.
 */
DRAY_MUST_CHECK enum dray_status dray_batch_commit(struct dray_batch *batch, struct dray_err *err);
/* Removes what was not committed. NULL is fine. */
void dray_batch_free(struct dray_batch *batch);

/* ------------------------------------------------------------------- locks */

/*
 * Advisory whole-file lock on an open file description (F_OFD_SETLK: Linux
 * fcntl(2)); released by close or crash. BUSY if another holds it and
 * `wait` is false. UNSUPPORTED where the file system has no locks.
 */
struct dray_lock {
	int fd;
	char *link; /* of dray_lock_take_link; else NULL */
	char *claim;
};
#define DRAY_LOCK_INIT   \
	{                \
		.fd = -1 \
	}
enum dray_lock_mode { DRAY_LOCK_SHARED, DRAY_LOCK_EXCLUSIVE };
DRAY_MUST_CHECK enum dray_status dray_lock_take(int dir, const char *path, enum dray_lock_mode mode,
	bool wait, struct dray_lock *out, struct dray_err *err);
/* Exclusive, at once or BUSY, by flock(2), for a file that DVC locks so; our pid goes into it. */
DRAY_MUST_CHECK enum dray_status dray_lock_take_flock(
	int dir, const char *path, struct dray_lock *out, struct dray_err *err);
/*
 * Exclusive, at once or BUSY, by a hard link, for an absolute path that DVC locks so (flufl.lock).
 * A crash does not release it: FAILED, with the way out, where the holder is known to be gone.
 * FAILED as well: no hard links. What DVC left of locking the path by flock is removed.
 */
DRAY_MUST_CHECK enum dray_status dray_lock_take_link(
	const char *path, struct dray_lock *out, struct dray_err *err);
void dray_lock_drop_link(struct dray_lock *lock); /* part of: */
void dray_lock_drop(struct dray_lock *lock);
/* Is there a process of that id on this machine? */
bool dray_os_is_running(int64_t pid);

/* ----------------------------------------------------------------- threads */

/*
 * A thread, a lock and a way to wait, as pthreads have them; what cannot fail where it is
 * used rightly returns nothing. Prefer dray_pool_run where the work is a loop.
 */
struct dray_mutex {
	pthread_mutex_t native;
};
#define DRAY_MUTEX_INIT                             \
	{                                           \
		.native = PTHREAD_MUTEX_INITIALIZER \
	}
struct dray_cond {
	pthread_cond_t native;
};
#define DRAY_COND_INIT                             \
	{                                          \
		.native = PTHREAD_COND_INITIALIZER \
	}
void dray_mutex_lock(struct dray_mutex *mutex);
void dray_mutex_unlock(struct dray_mutex *mutex);
void dray_mutex_drop(struct dray_mutex *mutex);
/* The mutex is held before and after; wakes without reason happen. */
void dray_cond_wait(struct dray_cond *cond, struct dray_mutex *mutex);
void dray_cond_wake_one(struct dray_cond *cond);
void dray_cond_wake_all(struct dray_cond *cond);
void dray_cond_drop(struct dray_cond *cond);

struct dray_thread {
	pthread_t native;
};
/* FAILED when the system has no room for another. Join it exactly once. */
DRAY_MUST_CHECK enum dray_status dray_thread_start(
	void *(*run)(void *), void *ctx, struct dray_thread *out, struct dray_err *err);
void dray_thread_join(struct dray_thread *thread);

/* Processors this process may use, at least 1. */
unsigned dray_os_cpus(void);
/* Descriptors that each of `width` workers may hold, so that half of the process's stay: 1 or more.
 */
size_t dray_os_files_each(unsigned width);

/*
 * Run job(ctx, worker, i) for every i in [0, count) on `width` threads (0: one
 * per processor; the caller's thread is one of them) and wait. Items are taken
 * in ascending order, `stride` at a time. The first failure stops the others
 * after their current item and is returned with its err. A pending
 * cancellation (below) ends with CANCELLED. `worker` is in [0, width).
 */
typedef enum dray_status (*dray_job_fn)(void *ctx, unsigned worker, size_t i, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_pool_run(unsigned width, size_t count, size_t stride,
	dray_job_fn job, void *ctx, struct dray_err *err);

/*
 * A bounded hand-over of blocks between one writer and one reader thread, for
 * overlapping hashing with disk. See src/os/pipe.c.
 */
struct dray_pipe;
typedef enum dray_status (*dray_pipe_fn)(
	void *ctx, const void *data, size_t len, struct dray_err *err);
/* Starts a thread that calls `consume` for each block in order. */
struct dray_pipe *dray_pipe_new(
	size_t block_bytes, unsigned blocks, dray_pipe_fn consume, void *ctx);
/* A free block to fill, of block_bytes; NULL once the consumer failed. */
void *dray_pipe_block(struct dray_pipe *pipe);
void dray_pipe_push(struct dray_pipe *pipe, void *block, size_t len);
/* Wait for the consumer, free all, return its outcome. */
DRAY_MUST_CHECK enum dray_status dray_pipe_finish(struct dray_pipe *pipe, struct dray_err *err);

/*
 * How far a long action is, written by workers, read by whoever draws it.
 * Totals grow as they become known; `stage` is a static string.
 */
struct dray_progress {
	_Atomic(const char *) stage;
	_Atomic uint64_t files_total;
	_Atomic uint64_t files_done;
	_Atomic uint64_t bytes_total;
	_Atomic uint64_t bytes_done;
};
/* Start a new stage with everything at zero. NULL progress is fine here and below. */
void dray_progress_begin(struct dray_progress *progress, const char *stage);
void dray_progress_expect(struct dray_progress *progress, uint64_t files, uint64_t bytes);
void dray_progress_add(struct dray_progress *progress, uint64_t files, uint64_t bytes);

/* ------------------------------------------- cancellation, clock, environment */

/* SIGINT, SIGTERM and SIGHUP set one flag; SIGPIPE is ignored. Call once, from main. */
void dray_os_catch_signals(void);
/*
 * What `call` returns. The first of those signals sets the flag as ever and leaves it a second to
 * return; then, or at another one, the program ends by that signal. For libraries that may go on
 * waiting whatever flag we set, where what they leave behind does no harm. -1 without the call if
 * the flag is set already. Main thread.
 */
int dray_os_call_mortal(int (*call)(void *ctx), void *ctx);
bool dray_os_is_cancelled(void);
/* CANCELLED with a text if the flag is set, else OK. Ask between files and parts. */
DRAY_MUST_CHECK enum dray_status dray_os_check_cancel(struct dray_err *err);

int64_t dray_os_now_ns(void);         /* wall clock, since 1970 */
int64_t dray_os_monotonic_ns(void);   /* for durations */
void dray_os_pause(unsigned wait_ms); /* less if a signal comes */
/* NULL when unset or empty. */
const char *dray_os_env(const char *name);
/* The working directory as the shell spells it when that is true, else resolved. */
DRAY_MUST_CHECK enum dray_status dray_os_cwd(char **out_path, struct dray_err *err);
/* Absolute path with all symlinks resolved. */
DRAY_MUST_CHECK enum dray_status dray_os_realpath(
	const char *path, char **out_path, struct dray_err *err);
mode_t dray_os_umask(void); /* read once */

/* ---------------------------------------------------------------- programs */

/*
 * Run a program without a shell, in a process group of its own, with nothing on stdin, and append
 * what it writes to stdout to `output`, whose ceiling_bytes bounds it; its bytes are left
 * nowhere else. argv[0] is looked for in PATH; argv ends with a NULL. A program that ended is not
 * waited for through children that it left behind. Kills the group after `limit_ms` or when
 * cancelled. Errors show argv[0] and the last line of stderr, never the rest of argv or stdout.
 * NOT_FOUND: no such program; INVALID: more output than fits; FAILED: it ended with another
 * status than 0, by a signal, or not in time; CANCELLED. `output` is meaningless after a failure.
 */
DRAY_MUST_CHECK enum dray_status dray_os_run(
	const char *const *argv, unsigned limit_ms, struct dray_buf *output, struct dray_err *err);
/* The same with a short text on stdin (NULL: nothing): at most DRAY_OS_INPUT_MAX bytes, which a
 * pipe holds. */
#define DRAY_OS_INPUT_MAX 4096
DRAY_MUST_CHECK enum dray_status dray_os_run_with(const char *const *argv, const char *input,
	unsigned limit_ms, struct dray_buf *output, struct dray_err *err);

/* --------------------------------------------------------------- libraries */

/* A function of a shared library and its place in a table of function pointers. */
struct dray_symbol {
	const char *name;
	size_t offset;
};
/*
 * Load a shared library and fill `out_table` with the addresses of its functions.
 * UNSUPPORTED, with the package to install, if it or one of them is not there; the table may
 * then be half filled. Main thread only, before the table is used by any other.
 */
DRAY_MUST_CHECK enum dray_status dray_os_load(const char *soname, const struct dray_symbol *symbols,
	size_t count, void *out_table, struct dray_err *err);

#endif
