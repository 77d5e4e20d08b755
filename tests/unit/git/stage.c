/* Staging: the work tree's state of names gets into git's index, safely. */
#include "sandbox.h"

#include <errno.h>

static void stage(struct dray_git *git, const char *const *names, size_t count)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) list = DRAY_STRS_INIT;

	for (size_t i = 0; i < count; i++)
		dray_strs_add(&list, names[i]);
	assert_ok(dray_git_stage(git, &list, &err));
}

static enum dray_status try_stage(struct dray_git *git, const char *name, struct dray_err *err)
{
	DRAY_AUTO(strs) list = DRAY_STRS_INIT;

	dray_strs_add(&list, name);
	return dray_git_stage(git, &list, err);
}

static void test_added_changed_deleted(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo 1 > changed && echo 1 > gone && echo 1 > left && "
	   "git add . && git commit -q -m 1 && echo 2 > changed && rm gone && echo 2 > left && "
	   "mkdir new && echo 3 > new/file");
	AUTO_REPO git = open_repo("r");
	stage(git, (const char *const[]){"changed", "gone", "new/file", "never/was"}, 4);
	assert_sh("git -C r status --porcelain", "M  changed\nD  gone\n M left\nA  new/file");
	assert_sh("git -C r fsck 2>&1", "");
	assert_sh("cd r/.git && ls -d index*", "index");
}

/* Changed within the second of the index that we replace, at the same size. */
static void test_a_racy_change_still_shows(void **state)
{
	(void)state;
	sh("git init -q r && cd r && git config core.trustctime false && ln -s 1 link && "
	   "for name in left same; do echo 1 > $name; touch -d '2020-01-01 00:00:00.1' $name; done "
	   "&& "
	   "touch -hd '2020-01-01 00:00:00.1' link && git add . && git commit -q -m 1 && "
	   "touch -d '2020-01-01 00:00:00.5' .git/index && "
	   "echo 2 > left && ln -sf 2 link && touch -hd '2020-01-01 00:00:00.2' left link && "
	   "echo 3 > new");
	AUTO_REPO git = open_repo("r");
	stage(git, (const char *const[]){"new"}, 1);
	assert_sh("git -C r status --porcelain | sort", " M left\n M link\nA  new");
}

static void test_unborn_branch_makes_the_index(void **state)
{
	(void)state;
	sh("git init -q r && echo 1 > r/a.dray");
	AUTO_REPO git = open_repo("r");
	stage_name(git, "a.dray");
	assert_sh("git -C r status --porcelain", "A  a.dray");
	sh("git -C r commit -q -m 1");
	assert_sh("git -C r show HEAD:a.dray", "1");
}

static void test_nothing_to_stage_touches_nothing(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_strs none = DRAY_STRS_INIT;

	(void)state;
	sh("git init -q r");
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_stage(git, &none, &err));
	assert_false(dray_os_exists(AT_FDCWD, "r/.git/index"));
	/* a name that is nowhere leaves a valid, empty index */
	stage_name(git, "none");
	assert_sh("git -C r ls-files", "");
	assert_sh("git -C r fsck 2>&1 | grep -v '^notice' || true", "");
}

static void test_modes_and_links(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo 1 > run && chmod +x run && echo 1 > plain && "
	   "ln -s target link");
	AUTO_REPO git = open_repo("r");
	stage(git, (const char *const[]){"run", "plain", "link"}, 3);
	assert_sh("git -C r ls-files -s | cut -d' ' -f1,3 | cut -d'\t' -f1,2 | tr '\t' ' '",
		"120000 0 link\n100644 0 plain\n100755 0 run");
	assert_sh("git -C r cat-file -p :link", "target");
	/* without core.fileMode the index keeps what it has */
	sh("cd r && git config core.fileMode false && chmod -x run && echo 2 > run");
	AUTO_REPO again = open_repo("r");
	stage_name(again, "run");
	assert_sh("git -C r ls-files -s run | cut -d' ' -f1", "100755");
}

static void test_ignored_is_staged(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir -p data/in && echo 1 > data/in/a.dray && echo 2 > "
	   "b.dray && printf 'data/\\n*.dray\\n' > .gitignore");
	AUTO_REPO git = open_repo("r");
	stage(git, (const char *const[]){"data/in/a.dray", "b.dray"}, 2);
	assert_sh("git -C r ls-files", "b.dray\ndata/in/a.dray");
}

static void test_odd_names(void **state)
{
	static const char *const names[] = {" lead", "trail ", "sp ace", "quote'\"", "new\nline",
		"-dash", "--", "\xff\xfe", "$HOME", "back\\slash", "*", "[x]", "!not", "#hash",
		":colon", "d\303\266f", "\x01\x1b[31m"};

	(void)state;
	sh("git init -q r");
	assert_int_equal(chdir("r"), 0);
	AUTO_REPO git = open_repo(".");
	for (size_t i = 0; i < DRAY_COUNT(names); i++)
		put_file(names[i], names[i]);
	stage(git, names, DRAY_COUNT(names));
	assert_sh("git status --porcelain | grep -cv '^A ' || true; git ls-files | wc -l", "0\n17");
	for (size_t i = 0; i < DRAY_COUNT(names); i++)
		assert_int_equal(unlink(names[i]), 0);
	stage(git, names, DRAY_COUNT(names));
	assert_sh("git ls-files | wc -l", "0");
	assert_int_equal(chdir(".."), 0);
}

static void test_refused_names(void **state)
{
	static const struct {
		const char *name, *part;
	} rows[] = {
		{"../out", "'..'"},
		{"/abs", "absolute"},
		{"", "empty"},
		{".git/config", "belongs to git"},
		{"dir", "it is a directory"},
		{"fifo", "it is no regular file"},
		{"sub/file", "it lies in the submodule 'sub'"},
		{"sub/deep/file", "it lies in the submodule 'sub'"},
	};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	sh("git init -q lib && git -C lib commit -q --allow-empty -m 1 && git init -q r && cd r && "
	   "git -c protocol.file.allow=always submodule --quiet add ../lib sub && "
	   "mkdir dir sub/deep && touch sub/file sub/deep/file && mkfifo fifo && echo 1 > good");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_fails(INVALID, rows[i].part, try_stage(git, rows[i].name, &err));
	/* all or nothing, and the lock is gone */
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	dray_strs_add(&names, "good");
	dray_strs_add(&names, "dir");
	assert_fails(INVALID, "'dir'", dray_git_stage(git, &names, &err));
	assert_sh("git -C r ls-files", ".gitmodules\nsub");
	assert_sh("cd r/.git && ls -d index*", "index");
}

static void test_folder_and_file_change_places(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir a && echo 1 > a/x && echo 1 > b && git add . && "
	   "rm -r a b && echo 2 > a && mkdir b && echo 2 > b/x && ln -s b c && "
	   "git update-index --add --cacheinfo 100644,$(git hash-object -w a),c/x");
	AUTO_REPO git = open_repo("r");
	stage(git, (const char *const[]){"a", "b/x", "c/x"}, 3);
	assert_sh("git -C r ls-files", "a\nb/x");
}

static void test_linked_work_tree_and_submodule(void **state)
{
	(void)state;
	sh("git init -q lib && git -C lib commit -q --allow-empty -m 1 && git init -q r && cd r && "
	   "git -c protocol.file.allow=always submodule --quiet add ../lib sub && git commit -q "
	   "-m 1 && git worktree add -q ../w && echo 1 > ../w/f && echo 2 > sub/f");
	AUTO_REPO linked = open_repo("w");
	stage_name(linked, "f");
	AUTO_REPO sub = open_repo("r/sub");
	stage_name(sub, "f");
	assert_sh("git -C w diff --cached --name-status && git -C r/sub diff --cached "
		  "--name-status && git -C r diff --cached --name-status",
		"A\tf\nA\tf");
}

static void test_bare(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	sh("git init -q --bare r");
	AUTO_REPO git = open_repo("r");
	assert_fails(UNSUPPORTED, "has no work tree", try_stage(git, "f", &err));
}

static void test_locked_index(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	sh("git init -q r && cd r && echo 1 > f && touch .git/index.lock");
	AUTO_REPO git = open_repo("r");
	assert_fails(BUSY, "index.lock' exists", try_stage(git, "f", &err)); /* no index yet */
	assert_hint("remove the file");
	sh("cd r && rm .git/index.lock && git add f && echo 2 > f && touch .git/index.lock");
	assert_fails(BUSY, "index.lock' exists", try_stage(git, "f", &err));
	assert_true(dray_os_exists(AT_FDCWD, "r/.git/index.lock"));
	sh("rm r/.git/index.lock; cd r/.git; touch index.dray.lock index.dray-new; echo junk > "
	   "index.dray");
	stage_name(git, "f");
	assert_sh("git -C r cat-file -p :f; cd r/.git; ls -d index*", "2\nindex");
}

/* What another git staged after our handle had read the index stays. */
static void test_others_are_not_undone(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR example = NULL;
	bool is_tracked;

	(void)state;
	sh("git init -q r && cd r && echo 1 > a && echo 1 > b && echo 1 > c && git add a");
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_is_tracked(git, "b", &is_tracked, &example, &err));
	assert_false(is_tracked);
	sh("git -C r add b");
	stage_name(git, "c");
	assert_sh("git -C r ls-files", "a\nb\nc");
	assert_ok(dray_git_is_tracked(git, "c", &is_tracked, &example, &err));
	assert_true(is_tracked);
}

static void test_index_file_keeps_its_mode_and_link(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo 1 > f && echo 1 > g && git add f && chmod 660 .git/index "
	   "&& mv .git/index elsewhere && ln -s ../elsewhere .git/index");
	AUTO_REPO git = open_repo("r");
	stage_name(git, "g");
	assert_sh("cd r && git ls-files && stat -c %a elsewhere && readlink .git/index",
		"f\ng\n660\n../elsewhere");
}

static int no_hard_links(int from, const char *old, int to, const char *path, int flags)
{
	(void)from, (void)old, (void)to, (void)path, (void)flags;
	errno = EPERM;
	return -1;
}

static void test_without_hard_links(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_os_slots slots = dray_os;

	(void)state;
	sh("git init -q r && cd r && echo 1 > f && echo 1 > g");
	AUTO_REPO git = open_repo("r");
	dray_os.linkat = no_hard_links;
	stage_name(git, "f");
	stage_name(git, "g");
	assert_sh("git -C r ls-files; cd r/.git; ls -d index*", "f\ng\nindex");
	sh("touch r/.git/index.lock");
	assert_fails(BUSY, "index.lock' exists", try_stage(git, "g", &err));
	dray_os = slots;
}

static int no_rename(int from, const char *old, int to, const char *path)
{
	(void)from, (void)old, (void)to, (void)path;
	errno = ENOSPC;
	return -1;
}

static void test_failure_to_publish_leaves_the_old_index(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_os_slots slots = dray_os;

	(void)state;
	sh("git init -q r && cd r && echo 1 > f && echo 1 > g && git add f");
	AUTO_REPO git = open_repo("r");
	dray_os.renameat = no_rename;
	assert_fails(NO_SPACE, "rename", try_stage(git, "g", &err));
	dray_os = slots;
	assert_sh("git -C r ls-files; cd r/.git; ls -d index*", "f\nindex");
	stage_name(git, "g");
	assert_sh("git -C r ls-files", "f\ng");
}

static void test_sparse_checkout_deletes_nothing(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir in out && echo 1 > in/f && echo 1 > out/f && git add . "
	   "&& git commit -q -m 1 && git sparse-checkout set in && test ! -e out/f");
	AUTO_REPO git = open_repo("r");
	stage(git, (const char *const[]){"out/f", "in/f"}, 2);
	assert_sh("git -C r status --porcelain; git -C r ls-files", "in/f\nout/f");
}

static void test_conflict_is_resolved(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo 0 > a && git add . && git commit -q -m 0 && "
	   "git checkout -q -b x && echo 1 > a && git commit -qam 1 && git checkout -q - && "
	   "echo 2 > a && git commit -qam 2 && ! git merge -q x >/dev/null 2>&1; echo 3 > a");
	AUTO_REPO git = open_repo("r");
	stage_name(git, "a");
	assert_sh("git -C r ls-files -s a | cut -d' ' -f3 | cut -f1; git -C r cat-file -p :a",
		"0\n3");
}

static void test_line_ends_are_converted_as_git_does(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo '*.dray text' > .gitattributes && "
	   "printf 'a\\r\\nb\\r\\n' > x.dray");
	AUTO_REPO git = open_repo("r");
	stage_name(git, "x.dray");
	assert_sh("git -C r cat-file -p :x.dray | od -An -c | tr -d ' '", "a\\nb\\n");
}

static void test_no_program_is_run(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo '* filter=evil diff=evil' > .gitattributes && "
	   "for key in filter.evil.clean filter.evil.process core.fsmonitor core.hooksPath "
	   "core.editor core.pager diff.external; do git config $key 'touch ../ran #'; done; "
	   "git config filter.evil.required true; echo 1 > f");
	AUTO_REPO git = open_repo("r");
	struct dray_err err = DRAY_ERR_INIT;
	dray_ignore(try_stage(git, "f", &err)); /* with or without success */
	assert_false(dray_os_exists(AT_FDCWD, "ran"));
}

/* ---- every call of the os room fails, or is the last one, in turn */

static struct dray_os_slots real;
static struct {
	int countdown; /* 0: this call is struck */
	bool is_kill;
} fault;

static bool is_struck(void)
{
	if (fault.countdown-- != 0)
		return false;
	if (fault.is_kill)
		_exit(9);
	errno = EIO;
	return true;
}

#define X(type, name, params, args)                             \
	static type strike_##name params                        \
	{                                                       \
		return is_struck() ? (type)-1 : real.name args; \
	}
X(int, openat, (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode))
X(ssize_t, write, (int fd, const void *buf, size_t len), (fd, buf, len))
X(int, fsync, (int fd), (fd))
X(int, fstatat, (int dir, const char *path, struct stat *st, int flags), (dir, path, st, flags))
X(int, renameat, (int from, const char *old, int to, const char *path), (from, old, to, path))
X(int, linkat, (int from, const char *old, int to, const char *path, int flags),
	(from, old, to, path, flags))
X(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
X(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
X(int, fchmodat, (int dir, const char *path, mode_t mode, int flags), (dir, path, mode, flags))
X(int, lock, (int fd, int cmd, struct flock *lock), (fd, cmd, lock))
#undef X

static void arm(int countdown, bool is_kill)
{
	real = dray_os;
	fault.countdown = countdown;
	fault.is_kill = is_kill;
	dray_os.openat = strike_openat;
	dray_os.write = strike_write;
	dray_os.fsync = strike_fsync;
	dray_os.fstatat = strike_fstatat;
	dray_os.renameat = strike_renameat;
	dray_os.linkat = strike_linkat;
	dray_os.unlinkat = strike_unlinkat;
	dray_os.mkdirat = strike_mkdirat;
	dray_os.fchmodat = strike_fchmodat;
	dray_os.lock = strike_lock;
}

/* Stage "new" in a child with the fault; its exit code, with 2 for an orderly failure. */
static int stage_with_fault(int countdown, bool is_kill)
{
	int code = 0;
	pid_t child = fork();

	if (child == 0) {
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_git *git = open_repo("r");

		arm(countdown, is_kill);
		enum dray_status status = try_stage(git, "new", &err);
		_exit(fault.countdown >= 0 ? 1 : status == DRAY_OK ? 0 : 2);
	}
	waitpid(child, &code, 0);
	assert_true(WIFEXITED(code));
	return WEXITSTATUS(code);
}

static void strike_every_call(const char *prepare, const char *old, bool is_kill)
{
	int code = 0;
	int count = 0;

	for (; code != 1; count++) {
		sh(prepare);
		code = stage_with_fault(count, is_kill);
		DRAY_AUTO_STR names = sh_out("git -C r ls-files");
		if (strcmp(names, old) != 0 && strstr(names, "new") == NULL)
			fail_msg("call %d leaves '%s'", count, names);
		if (code == 0)
			assert_non_null(strstr(names, "new"));
		/* whatever was left does not hinder the next run */
		AUTO_REPO git = open_repo("r");
		stage_name(git, "new");
		assert_sh("git -C r cat-file -p :new; cd r/.git; ls -d index*", "2\nindex");
	}
	assert_true(count > 10);
}

static void test_every_call_fails_or_is_the_last(void **state)
{
	static const char *const prepare[][2] = {
		{"rm -rf r; git init -q r; cd r; echo 2 > new", ""},
		{"rm -rf r; git init -q r; cd r; echo 1 > old; git add old; echo 2 > new", "old"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(prepare); i++) {
		strike_every_call(prepare[i][0], prepare[i][1], false);
		strike_every_call(prepare[i][0], prepare[i][1], true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_added_changed_deleted),
		sandbox_test(test_a_racy_change_still_shows),
		sandbox_test(test_unborn_branch_makes_the_index),
		sandbox_test(test_nothing_to_stage_touches_nothing),
		sandbox_test(test_modes_and_links),
		sandbox_test(test_ignored_is_staged),
		sandbox_test(test_odd_names),
		sandbox_test(test_refused_names),
		sandbox_test(test_folder_and_file_change_places),
		sandbox_test(test_linked_work_tree_and_submodule),
		sandbox_test(test_bare),
		sandbox_test(test_locked_index),
		sandbox_test(test_others_are_not_undone),
		sandbox_test(test_index_file_keeps_its_mode_and_link),
		sandbox_test(test_without_hard_links),
		sandbox_test(test_failure_to_publish_leaves_the_old_index),
		sandbox_test(test_sparse_checkout_deletes_nothing),
		sandbox_test(test_conflict_is_resolved),
		sandbox_test(test_line_ends_are_converted_as_git_does),
		sandbox_test(test_no_program_is_run),
		sandbox_test(test_every_call_fails_or_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
