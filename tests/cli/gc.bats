#!/usr/bin/env bats
# gc: only what nothing in the chosen scope needs goes.
load ../support/sandbox

# Three versions of one file: the first tagged, the second on a branch, the third here.
three_versions() {
  repo
  printf 'first\n' >f
  dray add -q f
  git commit -q -m first
  git tag v1
  printf 'second\n' >f
  dray add -q f
  git commit -q -m second
  git branch side
  printf 'third\n' >f
  dray add -q f
  git commit -q -m third
}

has() {
  there "$(printf '%s\n' "$1" | object "$(cache)")"
}

kept() {
  local word
  for word in first second third other; do
    if has "$word"; then printf '%s ' "$word"; fi
  done
}

@test "without a scope it refuses" {
  three_versions
  exits 2 dray gc
  hints '--workspace'
  exits 2 dray gc --dry-run
  equal "$(kept)" 'first second third '
}

@test "--workspace keeps what the pointers here need" {
  three_versions
  exits 0 dray gc --workspace
  equal "$(kept)" 'third '
  exits 0 dray fsck
}

@test "--dry-run lists and removes nothing" {
  three_versions
  exits 0 dray gc -w --dry-run --json
  equal "$(kept)" 'first second third '
  equal "$(json "sorted((i['state'], i['hash'], i['size']) for i in items)")" \
    "$(python3 -c "
import hashlib
print(sorted(('unused', hashlib.sha256(t).hexdigest(), len(t)) for t in (b'first\n', b'second\n')))")"
  equal "$(json "totals['bytes']")" 13
}

@test "it lists what it frees" {
  three_versions
  exits 0 dray gc -w --json
  equal "$(json "totals['removed']")" 2
  equal "$(json "totals['kept']")" 1
  exits 0 dray gc -w --json
  equal "$(json "totals['removed']")" 0
}

@test "--all-tags" {
  three_versions
  exits 0 dray gc --all-tags
  equal "$(kept)" 'first third '
}

@test "--all-branches" {
  three_versions
  exits 0 dray gc --all-branches
  equal "$(kept)" 'second third '
}

@test "--all-commits" {
  three_versions
  printf 'other\n' >f
  dray add -q f
  printf 'fourth\n' >f
  dray add -q f
  git commit -q -m fourth
  exits 0 dray gc --all-commits
  equal "$(kept)" 'first second third '
}

@test "--rev" {
  three_versions
  exits 0 dray gc --rev v1
  equal "$(kept)" 'first third '
  exits 3 dray gc --rev nowhere
  equal "$(kept)" 'first third '
}

@test "the workspace is always kept, committed or not, staged or not" {
  three_versions
  printf 'other\n' >f
  dray add -q f
  exits 0 dray gc --all-commits
  equal "$(kept)" 'first second third other '
}

@test "what is only staged is kept" {
  three_versions
  printf 'other\n' >g
  dray add -q g
  rm g.dray
  exits 0 dray gc -w
  equal "$(kept)" 'third other '
}

@test "other worktrees are kept" {
  three_versions
  git worktree add -q ../tree v1
  exits 0 dray gc -w
  equal "$(kept)" 'first third '
}

@test "stashes are kept by --all-commits" {
  three_versions
  printf 'other\n' >f
  dray add -q f
  git stash -q
  exits 0 dray gc --all-commits
  equal "$(kept)" 'first second third other '
}

@test "a malformed pointer in the workspace stops it" {
  three_versions
  printf 'outs: [broken\n' >f.dray
  exits 9 dray gc -w
  equal "$(kept)" 'first second third '
}

@test "a malformed pointer in history stops it" {
  three_versions
  cp f.dray ../f.dray
  printf 'outs: [broken\n' >f.dray
  git commit -q -am broken
  cp ../f.dray f.dray
  git commit -q -am whole
  exits 9 dray gc -A
  equal "$(kept)" 'first second third '
}

@test "a missing manifest of the workspace stops gc: what it names is unknown" {
  data_repo
  chmod -R u+w "$(cache)"
  rm -f "$(pointer_object data.dray "$(cache)")"
  exits 3 dray gc -w
  hints 'dray fetch data'
  there "$(pointer_object model.bin.dray "$(cache)")" "$(printf 'one\n' | object "$(cache)")"
}

@test "files of a kept directory are kept" {
  data_repo
  exits 0 dray gc -w
  keep data ../kept
  rm -rf data
  exits 0 dray checkout
  same_tree data ../kept
}

@test "while another command adds, gc says busy" {
  three_versions
  exec 9>>"$(cache)/lock"
  python3 - "$(cache)/lock" "$DRAY" <<'END'
import fcntl, struct, subprocess, sys
F_OFD_SETLK = 37
with open(sys.argv[1], "r+b") as lock:
    fcntl.fcntl(lock, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0))
    run = subprocess.run([sys.argv[2], "gc", "-w"], capture_output=True, text=True)
    assert run.returncode == 11, run
    assert run.stderr.count("dray: ") == 1, run
END
  equal "$(kept)" 'first second third '
}

# ---------------------------------------------------------------- a remote

# Three versions on two remotes, of which `store` is the default one.
on_remotes() {
  three_versions
  dray remote add -q -d store "$PWD/../store"
  dray remote add -q other "$PWD/../other"
  dray push -q --all-commits
  dray push -q --all-commits -r other
}

# The words whose objects a remote has: on <remote>
on() {
  local word
  for word in first second third; do
    if [ -e "$(printf '%s\n' "$word" | object "../$1")" ]; then printf '%s ' "$word"; fi
  done
}

@test "a remote is not touched unasked" {
  on_remotes
  exits 0 dray gc -w
  equal "$output" '2 objects removed, 13 B; 1 object kept'
  equal "$(kept)" 'third '
  equal "$(on store)" 'first second third '
}

@test "--cloud collects the default remote and the cache" {
  on_remotes
  exits 0 dray gc -w --cloud
  equal "$output" 'remote: 2 objects removed, 13 B; 1 object kept
cache: 2 objects removed, 13 B; 1 object kept'
  equal "$(on store)" 'third '
  equal "$(on other)" 'first second third '
  equal "$(kept)" 'third '
  exits 0 dray gc -w -c
  equal "$output" 'remote: nothing to remove; 1 object kept
cache: nothing to remove; 1 object kept'
}

@test "--remote collects that one, by every scope" {
  on_remotes
  exits 0 dray gc -A -r other
  equal "$(on other)" 'first second third '
  exits 0 dray gc -T -r other -j 1
  equal "$(on other)" 'first third '
  equal "$(on store)" 'first second third '
  exits 0 dray gc --all-branches --remote store
  equal "$(on store)" 'second third '
  exits 0 dray gc --rev v1 --remote other
  equal "$(on other)" 'first third '
}

@test "a dry run lists both places and removes nothing" {
  on_remotes
  rm -f "$(printf 'first\n' | object "$(cache)")"
  exits 0 dray gc -w -c --dry-run
  has_line "unused:       $(printf 'first\n' | sha256sum | cut -c 1-64) (on store, 6 B)"
  has_line "unused:       $(printf 'second\n' | sha256sum | cut -c 1-64) (on store, 7 B)"
  has_line "unused:       $(printf 'second\n' | sha256sum | cut -c 1-64) (7 B)"
  has_line 'remote: 2 objects to remove, 13 B; 1 object kept'
  has_line 'cache: 1 object to remove, 7 B; 1 object kept'
  equal "${#lines[@]}" 5
  equal "$(on store)" 'first second third '
  equal "$(kept)" 'second third '
}

@test "JSON tells the places apart" {
  on_remotes
  exits 0 dray gc -w -c --json
  equal "$(json "sorted((i['from'], i['state'], i['size']) for i in items if 'from' in i)")" \
    "[('store', 'removed', 6), ('store', 'removed', 7)]"
  equal "$(json "len([i for i in items if 'from' not in i])")" 2
  equal "$(json "[totals[k] for k in ('remote_kept', 'remote_removed', 'remote_bytes')]")" \
    '[1, 2, 13]'
  equal "$(json "[totals[k] for k in ('kept', 'removed', 'bytes')]")" '[1, 2, 13]'
}

@test "a remote needs a scope as well, and to exist" {
  on_remotes
  exits 2 dray gc --cloud
  hints '--workspace'
  exits 2 dray gc -r nowhere
  hints '--workspace'
  complains 3 "there is no remote 'nowhere'" dray gc -w -r nowhere
  dray remote add -q away "$PWD/../no/such/disk"
  exits 3 dray gc -w -r away
  one_line
  hints 'mount the disk'
  equal "$output" ''
  equal "$(kept)" 'first second third '
  equal "$(on store)" 'first second third '
}

@test "without any remote, --cloud says so" {
  three_versions
  complains 3 'there is no remote yet' dray gc -w --cloud
  equal "$(kept)" 'first second third '
}

@test "files of an old version that was never fetched are kept on the remote" {
  data_repo
  dray remote add -q -d store "$PWD/../store"
  git commit -q -a -m remote
  printf 'new\n' >data/a.txt
  dray add -q data
  git commit -q -a -m new
  dray push -q --all-commits
  git clone -q . ../clone
  cd ../clone || return 1
  dray pull -q
  gone "$(printf 'one\n' | object "$(cache)")"
  exits 0 dray gc --all-commits --cloud --json
  equal "$stderr" ''
  equal "$(json "totals['remote_removed']")" 0
  git checkout -q HEAD~1
  exits 0 dray pull
  equal "$(cat data/a.txt)" one
}

@test "what others put at the place of the remote stays" {
  on_remotes
  printf 'theirs\n' >../store/README
  mkdir -p ../store/files/md5/ab ../store/files/sha256/notes
  printf 'theirs\n' >../store/files/md5/ab/cdef0123456789abcdef0123456789
  printf 'theirs\n' >../store/files/sha256/notes/x
  exits 0 dray gc -w -c
  equal "$(on store)" 'third '
  there ../store/README ../store/files/md5/ab/cdef0123456789abcdef0123456789 \
    ../store/files/sha256/notes/x
}

@test "a remote that cannot be written leaves both places sound" {
  on_remotes
  share_sandbox
  chmod -R a-w ../store
  exits 7 unprivileged "$DRAY" gc -w -c
  one_line
  hints 'nothing was removed from the cache'
  chmod -R u+w ../store
  equal "$(on store)" 'first second third '
  equal "$(kept)" 'first second third '
}
