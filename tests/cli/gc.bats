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
