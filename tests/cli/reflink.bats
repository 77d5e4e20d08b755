#!/usr/bin/env bats
# The same actions on a file system that shares bytes between files (xfs on a loop device, as root).
load ../support/sandbox

setup_file() {
  need_mounts xfs 320M
}

on_xfs() {
  mount_new xfs 320M "$BATS_TEST_TMPDIR/xfs"
  cd "$BATS_TEST_TMPDIR/xfs" || return 1
}

# Bytes in use on the file system.
used() {
  sync -f .
  df --output=used -B1 . | tail -n 1
}

@test "add and checkout by reflink: one copy of the bytes, two files" {
  on_xfs
  repo
  head -c 40M /dev/urandom >big
  cp big "$BATS_TEST_TMPDIR/kept"
  local before
  before=$(used)
  exits 0 dray add big
  [ $(($(used) - before)) -lt 4000000 ] || fail 'add copied the bytes'
  rm big
  exits 0 dray checkout
  [ $(($(used) - before)) -lt 4000000 ] || fail 'checkout copied the bytes'
  cmp big "$BATS_TEST_TMPDIR/kept"
  equal "$(stat -c '%h %a' big)" '1 644'
}

@test "a change in the workspace does not reach the cache" {
  on_xfs
  data_repo
  printf 'changed\n' >data/a.txt
  exits 0 dray fsck
  exits 1 dray status --exit-code
  exits 13 dray checkout
  exits 0 dray checkout --force
  equal "$(cat data/a.txt)" one
}

@test "a directory round trip" {
  on_xfs
  data_repo
  keep data "$BATS_TEST_TMPDIR/kept"
  rm -rf data
  exits 0 dray checkout
  same_tree data "$BATS_TEST_TMPDIR/kept"
}

@test "--relink from hardlink to reflink" {
  on_xfs
  data_repo
  dray config cache.type hardlink
  dray checkout -q --relink
  equal "$(stat -c %a data/a.txt)" 444
  dray config cache.type reflink
  dray checkout -q --relink
  equal "$(stat -c '%h %a' data/a.txt)" '1 644'
}

@test "doctor says that reflink works" {
  on_xfs
  repo
  exits 0 dray doctor
  printf '%s\n' "$output" | grep 'link' | grep -q reflink
}
