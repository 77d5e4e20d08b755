#!/usr/bin/env bats
# Bare repositories: what can be looked at without a work tree, and what says that it needs one.
load ../support/sandbox

# Two versions on a remote, and a bare clone of their repository, where we are then: bare [dvc]
bare() {
  git init -q
  dray init -q ${1:+--dvc}
  mkdir -p data/sub
  printf 'one\n' >data/a.txt
  printf 'two\n' >data/sub/b.txt
  printf 'print(1)\n' >code.py
  dray add -q data
  dray remote add -q -d store "$PWD/../remote"
  git add -A .
  git commit -q -m first
  git tag v1
  printf 'ONE, longer\n' >data/a.txt
  dray commit -q -f
  git add -A .
  git commit -q -m second
  dray push -q --all-commits
  git clone -q --bare . ../bare.git
  cd ../bare.git || return 1
}

looks() {
  exits 0 dray cat v1:data/a.txt HEAD:data/a.txt HEAD:code.py
  equal "$output" 'one
ONE, longer
print(1)'
  exits 0 dray cat --range 5- HEAD:data/a.txt
  equal "$output" longer
  exits 0 dray ls HEAD:data
  equal "$output" 'a.txt
sub'
  exits 0 dray log data
  equal "$(printf '%s\n' "$output" | sed 's/^.*tester: //')" 'second
first'
  exits 0 dray fetch --all-commits
  exits 0 dray diff v1 main
  equal "$output" 'modified:     data/ (8 B -> 16 B)
modified:     data/a.txt (4 B -> 12 B)
files: 1 modified; +12 B -4 B'
  exits 0 dray log data/sub
  equal "$(printf '%s\n' "$output" | sed 's/^.*tester: //')" first
  exits 0 dray du --history
  equal "$output" '     20 B  data (2 versions, 4 B only in history)
     20 B  total, 4 B only in history'
  # all of it is here now
  rm -rf ../remote
  exits 0 dray cat v1:data/a.txt
  equal "$output" one
  exits 0 git fsck --no-dangling
}

@test "cat, ls, log, fetch, diff, du --history" {
  bare
  looks
  there dray/cache/files/sha256
}

@test "the same in DVC's dialect" {
  bare dvc
  looks
  there dray/cache/files/md5
}

@test "below its folders, and through GIT_DIR" {
  bare
  cd refs
  exits 0 dray cat v1:data/a.txt
  equal "$output" one
  mkdir ../../elsewhere
  cd ../../elsewhere
  GIT_DIR=$PWD/../bare.git exits 0 dray log -n 1 data
  hints ''
  equal "${#lines[@]}" 1
}

@test "what needs a work tree says so" {
  bare
  local command
  for command in status add\ x commit checkout pull 'gc -w' unprotect\ x fsck; do
    # shellcheck disable=SC2086
    complains 10 "'${command%% *}' needs a work tree, and this is a bare repository" dray $command
  done
  complains 10 "'$PWD' is a bare repository: it has no work tree" dray diff
  hints 'name a revision'
  complains 10 "'$PWD' is a bare repository: it has no work tree" dray diff HEAD
  complains 10 "'$PWD' is a bare repository: it has no work tree" dray ls
  complains 10 "'$PWD' is a bare repository: it has no work tree" dray fetch
  complains 2 "'data/a.txt' is no path in a revision" dray cat data/a.txt
}

@test "private settings of a bare repository; those in HEAD cannot name programs or keys" {
  bare
  mv ../remote ../moved
  exits 3 dray cat v1:data/a.txt
  mkdir -p dray
  cat >dray/config <<CONFIG
[core]
    remote = other
[remote "other"]
    url = $(realpath ../moved)
CONFIG
  exits 0 dray cat v1:data/a.txt
  equal "$output" one
  # somebody pushes settings that lead our cache elsewhere
  git clone -q . ../mate
  printf '[cache]\n    dir = %s\n' "$(realpath ../w)/evil" >>../mate/.dray/config
  git -C ../mate commit -q -am evil
  git -C ../mate push -q origin HEAD:main
  exits 0 dray fetch --rev HEAD
  gone ../w/evil
  there dray/cache/files
}

@test "a bare repository without ours" {
  git init -q --bare none.git
  cd none.git
  complains 10 "'$PWD' is not inside a dray repository" dray log
  exits 0 dray ls-url .
}
