#!/usr/bin/env bats
# gc in the dvc dialect: both layouts, in the cache and on remotes, and what DVC asks before it.
load ../support/sandbox
load ../support/dvc_objects

# `f` in three versions, and what DVC 2 left: `text`, used, and an object that nothing needs.
mixed_repo() {
  dvc_repo
  local version
  for version in first second third; do
    printf '%s\n' "$version" >f
    dray add -q f
    git add f.dvc .gitignore
    git commit -q -m "$version"
    git tag "v-$version"
  done
  text=$(printf 'one\r\n' | old_object)
  stray=$(printf 'stray\n' | old_object)
  printf 'outs:\n- md5: %s\n  size: 5\n  path: text\n' "$text" >text.dvc
  git add text.dvc
  git commit -q -m text
}

# Which of the three versions lie in a cache or remote: versions <folder>
versions() {
  local word hex
  for word in first second third; do
    hex=$(printf '%s\n' "$word" | md5sum | cut -c 1-32)
    if [ -e "$1/files/md5/${hex:0:2}/${hex:2}" ]; then printf '%s ' "$word"; fi
  done
}

# Refused with this line, whatever the dialect's status for it is: misused <line> <command …>
misused() {
  local line=$1
  shift
  run --separate-stderr "$@"
  [ "$status" != 0 ]
  case $stderr in "dray: $line"*) ;; *) fail "not '$line': $stderr" ;; esac
}

@test "without a yes nothing goes" {
  mixed_repo
  complains 1 'nothing was removed, as nobody said yes' dray gc -w </dev/null
  equal "$(versions .dvc/cache)" 'first second third '
  exits 0 dray gc -w --dry
  equal "$(versions .dvc/cache)" 'first second third '
  exits 0 dray gc -w -f
  equal "$(versions .dvc/cache)" 'third '
}

@test "a yes at the terminal" {
  python3 -c 'import os; os.openpty()' 2>/dev/null || skip 'there are no pseudo-terminals here'
  mixed_repo
  typed() {
    python3 - "$@" <<'END'
import os, pty, sys
answer = sys.argv[1].encode()
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while b"[y/n]" not in shown:
    shown += os.read(fd, 1024)
os.write(fd, answer + b"\n")
try:
    while os.read(fd, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
  }
  exits 1 typed n dray gc -w
  equal "$(versions .dvc/cache)" 'first second third '
  exits 0 typed Yes dray gc -w
  equal "$(versions .dvc/cache)" 'third '
}

@test "both layouts of the cache" {
  mixed_repo
  mkdir -p .dvc/cache/packs/ab .dvc/cache/zz
  echo mine >.dvc/cache/packs/ab/x
  echo mine >.dvc/cache/zz/x
  exits 0 dray gc -w -f --json
  there "$(old_at "$text")" .dvc/cache/packs/ab/x .dvc/cache/zz/x
  gone "$(old_at "$stray")"
  equal "$(json "(totals['kept'], totals['removed'])")" '(2, 3)'
}

@test "both layouts of a remote, and nothing else there" {
  mixed_repo
  mkdir ../store
  dray remote add -q -d store ../store
  cp -a .dvc/cache/. ../store
  mkdir ../store/lost+found ../store/ab
  chmod 000 ../store/lost+found
  echo theirs >../store/ab/notes
  echo theirs >../store/README
  exits 0 dray gc -w -r store --dry --json
  hints 'no remote is collected'
  equal "$(json "'remote_kept' in totals")" False
  exits 0 dray gc -w -c -f --json
  equal "$(json "(totals['remote_kept'], totals['remote_removed'])")" '(2, 3)'
  equal "$(versions ../store)" 'third '
  there "../store/${text:0:2}/${text:2}" ../store/ab/notes ../store/README
  gone "../store/${stray:0:2}/${stray:2}"
  chmod 755 ../store/lost+found
}

@test "DVC 2's manifests on a remote go before their files" {
  mixed_repo
  dray remote add -q -d store "$PWD/../store"
  local list
  list=$(printf '[{"md5": "%s", "relpath": "a"}]' "$stray" | old_object .dir)
  mkdir ../store
  cp -a .dvc/cache/. ../store
  chmod a-w "../store/${stray:0:2}"
  if [ -w "../store/${stray:0:2}" ]; then skip 'root may write anywhere'; fi
  run dray gc -w -c -f
  [ "$status" != 0 ]
  gone "../store/${list:0:2}/${list:2}.dir"
  there "../store/${stray:0:2}/${stray:2}"
}

@test "--rev and --num" {
  mixed_repo
  exits 0 dray gc --rev HEAD~1 -n 2 -f
  equal "$(versions .dvc/cache)" 'second third '
  misused '--num goes with --rev or --all-branches' dray gc -w -n 2 -f
  misused "--num wants a number, not 'x'" dray gc --rev HEAD -n x -f
}

@test "--num -1 is all of a branch" {
  mixed_repo
  exits 0 dray gc -a --num -1 -f
  equal "$(versions .dvc/cache)" 'first second third '
}

@test "--date keeps what was committed since" {
  dvc_repo
  local day
  for day in 01 05 09; do
    printf '%s\n' "$day" >f
    dray add -q f
    git add f.dvc .gitignore
    GIT_COMMITTER_DATE=2024-03-${day}T12:00:00Z git commit -q -m "$day"
  done
  exits 0 dray gc --date 2024-03-05 -f --json
  equal "$(json "totals['removed']")" 1
  there "$(at "$(printf '05\n' | md5sum | cut -c 1-32)")"
  misused "'2024-3-5' is no day, as 2024-12-31 is one" dray gc --date 2024-3-5 -f
}

@test "--all-experiments keeps what they name" {
  dvc_repo
  local base
  printf 'first\n' >f
  dray add -q f
  git add f.dvc .gitignore
  git commit -q -m first
  base=$(git rev-parse HEAD)
  printf 'second\n' >f
  dray add -q f
  git commit -q -a -m 'dvc: commit experiment'
  git update-ref "refs/exps/${base:0:2}/${base:2}/tidal-moth" HEAD
  git reset -q --hard HEAD~1
  exits 0 dray gc -w --all-experiments -f
  equal "$(versions .dvc/cache)" 'first second '
  exits 0 dray gc -w -f
  equal "$(versions .dvc/cache)" 'first '
}

@test "--projects: what other repositories need of a shared cache" {
  mkdir one two
  local name
  for name in one two; do
    (
      cd "$name" || exit 1
      dvc_repo
      dray cache dir -q ../cache
      printf '%s\n' "$name" >f
      dray add -q f
    ) || return 1
  done
  cd one || return 1
  exits 0 dray gc -w -f -p ../two . --json
  equal "$(json "(totals['kept'], totals['removed'])")" '(2, 0)'
  misused "project '../nowhere': " dray gc -w -f -p ../nowhere
  exits 0 dray gc -w -f --json
  equal "$(json "(totals['kept'], totals['removed'])")" '(1, 1)'
}

@test "--not-in-remote keeps only what the remote lacks" {
  mixed_repo
  dray remote add -q -d store "$PWD/../store"
  dray remote add -q other "$PWD/../other"
  dray checkout -q text.dvc
  dray push -q f.dvc
  printf 'own\n' >g
  dray add -q g
  echo '  remote: other' >>g.dvc
  misused '--cloud and --not-in-remote exclude each other' dray gc -w -c --not-in-remote -f
  exits 0 dray gc -w --not-in-remote -f
  equal "$(versions .dvc/cache)" ''
  there "$(old_at "$text")" "$(at "$(printf 'own\n' | md5sum | cut -c 1-32)")"
  mkdir -p ../other ../store/files
  cp -a .dvc/cache/files ../store
  exits 0 dray gc -w --not-in-remote -f
  there "$(at "$(printf 'own\n' | md5sum | cut -c 1-32)")"
  cp -a .dvc/cache/files ../other
  exits 0 dray gc -w --not-in-remote -f
  gone "$(at "$(printf 'own\n' | md5sum | cut -c 1-32)")"
}

@test "--skip-failed passes over a pointer of history that is malformed" {
  mixed_repo
  printf 'outs: [\n' >bad.dvc
  git add bad.dvc
  git commit -q -m bad
  git rm -q bad.dvc
  git commit -q -m good
  run dray gc -A -f
  [ "$status" != 0 ]
  exits 0 dray gc -A -f --skip-failed
  hints "passed over in git's history"
  equal "$(versions .dvc/cache)" 'first second third '
}

@test "while DVC holds its lock gc waits, and then tells" {
  mixed_repo
  (
    flock 9
    misused 'another command is changing' dray gc -w -f
  ) 9>>.dvc/tmp/lock
  equal "$(versions .dvc/cache)" 'first second third '
}
