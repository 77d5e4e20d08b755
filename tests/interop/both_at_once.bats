#!/usr/bin/env bats
# Both tools at once on one repository: who has the lock goes first, and the other waits or says so.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

one_repo() {
  cp -a "$template" r
  cd r || return 1
}

# Hold DVC's lock as DVC does until $holder ends: hold <file>
hold() {
  python3 -c "
import fcntl, sys
with open('$1', 'w') as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print('held', flush=True)
    sys.stdin.read()" <"$HOME/release" >"$HOME/held" 3>&- &
  holder=$!
  exec 9>"$HOME/release"
  until [ -s "$HOME/held" ]; do sleep 0.05; done
}

release() {
  exec 9>&-
  wait "$holder"
}

@test "who cannot have the lock says so, and has done nothing; afterwards it can" {
  one_repo
  mkfifo "$HOME/release"
  echo foo >foo
  hold .dvc/tmp/lock
  exits 1 dvc add foo
  exits 1 dray add foo
  one_line
  exits 255 dvc checkout
  exits 255 dray checkout
  gone foo.dvc .gitignore .dvc/cache
  release
  exits 0 dray add foo
  exits 0 dvc add foo
  both_clean
}

@test "a stage of DVC's runs: dray works beside it" {
  one_repo
  cat >dvc.yaml <<'YAML'
stages:
  slow:
    cmd: cat go > /dev/null && echo made > made
    outs:
    - made
YAML
  mkfifo go
  echo foo >foo
  dvc repro -q 3>&- 4>&- &
  local runner=$!
  # the stage holds what it writes, and the lock is free
  until grep -q '"write": {".*made' .dvc/tmp/rwlock 2>/dev/null; do
    kill -0 "$runner" || fail 'dvc repro ended'
    sleep 0.05
  done
  exits 0 dray add foo
  echo go >go
  wait "$runner"
  exits 0 dray checkout made
  exits 0 dvc status --json
  equal "$output" '{}'
}

adds_of_both() {
  local tool i
  mkdir work
  for tool in dvc dray; do
    (
      for i in 1 2 3 4 5; do
        echo "$tool $i" >"work/$tool-$i"
        # who finds the other at work tries again, as a person would
        until "$tool" add -q "work/$tool-$i" 2>>"$HOME/$tool.log"; do
          grep -qE 'lock' "$HOME/$tool.log" || exit 1
        done
      done
    ) 3>&- &
  done
  wait
  for tool in dvc dray; do
    for i in 1 2 3 4 5; do
      there "work/$tool-$i.dvc" "$(echo "$tool $i" | md5_object .dvc/cache)"
      grep -qx "/$tool-$i" work/.gitignore || fail "no line of $tool-$i: $(cat work/.gitignore)"
    done
  done
  equal "$(find .dvc/cache/files -type f | wc -l)" 10
  equal "$(find .dvc/cache/files -type f ! -perm 444)" ''
  both_clean
}

@test "adds of both at the same time: nobody's is lost" {
  one_repo
  adds_of_both
}

@test "the same with locks by hard links, which leave nothing" {
  one_repo
  exits 0 dvc config core.hardlink_lock true
  adds_of_both
  equal "$(find .dvc/tmp -name '*lock*' ! -name rwlock)" ''
}

# Hold DVC's own lock by a hard link, until release: hold_link
hold_link() {
  "$dvc_folder/bin/python" -c "
import sys
from dvc.lock import make_lock
with make_lock('$PWD/.dvc/tmp/lock', tmp_dir='$PWD/.dvc/tmp', hardlink_lock=True):
    print('held', flush=True)
    sys.stdin.read()" <"$HOME/release" >"$HOME/held" 3>&- &
  holder=$!
  exec 9>"$HOME/release"
  until [ -s "$HOME/held" ]; do sleep 0.05; done
}

@test "a lock by a hard link: dray heeds DVC's, and takes what DVC's other lock left out of the way" {
  one_repo
  mkfifo "$HOME/release"
  echo foo >foo
  exits 0 dvc add foo
  there .dvc/tmp/lock
  exits 0 dray config core.hardlink_lock true
  echo bar >foo
  # DVC would need a person to remove it
  exits 0 dray add foo
  gone .dvc/tmp/lock
  exits 0 dvc add foo
  hold_link
  exits 1 dray add foo
  one_line
  hints 'another command is changing'
  release
  exits 0 dray add foo
  exits 0 dvc status --json
  equal "$output" '{}'
  equal "$(find .dvc/tmp -name '*lock*' ! -name rwlock)" ''
}
