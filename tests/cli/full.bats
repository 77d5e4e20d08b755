#!/usr/bin/env bats
# A full disk: status 6, one line, nothing half done, and all goes well once there is room.
load ../support/sandbox

setup_file() {
  need_mounts tmpfs 8M
}

small_disk() {
  mount_new tmpfs 8M "$BATS_TEST_TMPDIR/small"
}

@test "add into a cache that gets full" {
  repo
  small_disk
  dray cache dir "$BATS_TEST_TMPDIR/small/cache"
  head -c 12M /dev/urandom >big
  exits 6 dray add big
  hints small
  one_line
  gone big.dray .gitignore
  equal "$(find "$BATS_TEST_TMPDIR/small/cache" -type f -size +0 | wc -l)" 0
  head -c 1M /dev/urandom >fits
  exits 0 dray add fits
  exits 0 dray fsck
}

@test "add of many files into a cache that gets full" {
  repo
  small_disk
  dray cache dir "$BATS_TEST_TMPDIR/small/cache"
  mkdir data
  local i
  for i in $(seq 1 200); do head -c 64K /dev/urandom >"data/$i"; done
  exits 6 dray add data
  gone data.dray
  mount -o remount,size=64M "$BATS_TEST_TMPDIR/small"
  exits 0 dray add data
  exits 0 dray fsck
}

@test "checkout into a workspace that gets full" {
  small_disk
  mkdir "$BATS_TEST_TMPDIR/small/w"
  cd "$BATS_TEST_TMPDIR/small/w"
  repo
  dray cache dir "$BATS_TEST_TMPDIR/cache"
  head -c 6M /dev/urandom >big
  cp big ../../kept
  dray add -q big
  rm big
  head -c 4M /dev/urandom >other
  exits 6 dray checkout
  gone big
  equal "$(find . -name '.dray-*')" ''
  rm other
  exits 0 dray checkout
  cmp big ../../kept
}

@test "push to a remote that gets full" {
  repo
  small_disk
  head -c 12M /dev/urandom >big
  dray add -q big
  dray remote add -q -d store "$BATS_TEST_TMPDIR/small/remote"
  exits 6 dray push
  equal "$(find "$BATS_TEST_TMPDIR/small" -type f -size +0 | wc -l)" 0
}

@test "fetch into a cache that gets full" {
  repo
  head -c 12M /dev/urandom >big
  cp big ../kept
  dray add -q big
  dray remote add -q -d store "$BATS_TEST_TMPDIR/remote"
  dray push -q
  small_disk
  dray cache dir "$BATS_TEST_TMPDIR/small/cache"
  rm big
  exits 6 dray pull
  gone big
  mount -o remount,size=64M "$BATS_TEST_TMPDIR/small"
  exits 0 dray pull
  cmp big ../kept
}
