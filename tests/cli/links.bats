#!/usr/bin/env bats
# Link types, unprotect, --relink: one copy of the bytes on disk, however it is shared.
load ../support/sandbox

@test "copy: bytes of its own, writable" {
  data_repo
  dray config cache.type copy
  dray checkout -q --relink
  equal "$(stat -c '%h %a' data/a.txt)" '1 644'
  printf 'changed\n' >data/a.txt
  exits 0 dray fsck
  equal "$(printf 'one\n' | object "$(cache)" | xargs cat)" one
}

@test "hardlink: the object's inode, read-only" {
  data_repo
  dray config cache.type hardlink
  exits 0 dray checkout --relink
  equal "$(inode data/a.txt)" "$(inode "$(printf 'one\n' | object "$(cache)")")"
  equal "$(stat -c %a data/a.txt)" 444
  equal "$(inode data/sub/b.txt)" "$(inode 'data/sub/same as b')"
  exits 0 dray status --exit-code
}

@test "hardlink: empty and executable files are files of their own" {
  data_repo
  dray config cache.type hardlink
  dray checkout -q --relink
  equal "$(stat -c '%h %a' data/empty)" '1 644'
  equal "$(stat -c '%h %a' data/sub/deep/run)" '1 755'
}

@test "hardlink: add shares the bytes with the cache" {
  repo
  dray config cache.type hardlink
  printf 'big\n' >big
  dray add -q big
  equal "$(inode big)" "$(inode "$(printf 'big\n' | object "$(cache)")")"
  equal "$(stat -c %a big)" 444
}

@test "symlink: points at the object" {
  data_repo
  dray config cache.type symlink
  exits 0 dray checkout --relink
  equal "$(readlink data/a.txt)" "$(printf 'one\n' | object "$(cache)")"
  equal "$(readlink data/link)" sub/b.txt
  exits 0 dray status --exit-code
  printf 'new\n' >data/new
  exits 0 dray add data
  exits 0 dray status --exit-code
  equal "$(cat data/a.txt)" one
}

@test "a file that replaced a symlink to the cache is a modification" {
  data_repo
  dray config cache.type symlink
  dray checkout -q --relink
  rm data/a.txt
  printf 'mine\n' >data/a.txt
  exits 1 dray status --exit-code
  exits 0 dray add data
  equal "$(printf 'one\n' | object "$(cache)" | xargs cat)" one
}

@test "the list of types is tried in order" {
  data_repo
  dray config cache.type symlink,hardlink,copy
  dray checkout -q --relink
  [ -L data/a.txt ]
  dray config cache.type 'hardlink, copy'
  dray checkout -q --relink
  [ ! -L data/a.txt ]
  equal "$(stat -c %a data/a.txt)" 444
}

@test "an unknown type is refused when it is set" {
  repo
  exits 2 dray config cache.type telepathy
  hints telepathy
  exits 3 dray config cache.type
}

@test "another file system falls back to copy" {
  repo
  mkdir ../elsewhere
  mount_new tmpfs 16M "$BATS_TEST_TMPDIR/elsewhere" || skip 'cannot mount tmpfs here'
  dray cache dir "$BATS_TEST_TMPDIR/elsewhere/cache"
  dray config cache.type hardlink
  printf 'x\n' >x
  exits 0 dray add x
  equal "$(stat -c '%h %a' x)" '1 644'
  rm x
  exits 0 dray checkout
  equal "$(cat x)" x
}

@test "writing through a hard link is found and does not spread" {
  data_repo
  dray config cache.type hardlink
  dray checkout -q --relink
  keep data ../kept
  chmod u+w data/a.txt
  printf 'oops\n' >data/a.txt
  exits 1 dray status --exit-code
  exits 4 dray fsck
  refused dray checkout --force data/a.txt
  gone "$(printf 'one\n' | object "$(cache)")"
}

@test "unprotect makes one target editable" {
  data_repo
  dray config cache.type hardlink
  dray checkout -q --relink
  exits 0 dray unprotect data
  equal "$(stat -c '%h %a' data/a.txt)" '1 644'
  equal "$(stat -c %a model.bin)" 444
  printf 'changed\n' >data/a.txt
  exits 0 dray fsck
  exits 1 dray status --exit-code
}

@test "unprotect turns symlinks to the cache into files, other links stay" {
  data_repo
  dray config cache.type symlink
  dray checkout -q --relink
  exits 0 dray unprotect .
  [ ! -L data/a.txt ]
  [ ! -L model.bin ]
  [ -L data/link ]
  equal "$(cat data/a.txt)" one
}

@test "unprotect of a file below a tracked directory" {
  data_repo
  dray config cache.type hardlink
  dray checkout -q --relink
  exits 0 dray unprotect data/sub
  equal "$(stat -c %a data/sub/b.txt)" 644
  equal "$(stat -c %a data/a.txt)" 444
}

@test "a cache in another place, shared by two repositories" {
  dray_cache=$PWD/../shared
  mkdir one two
  for name in one two; do
    (
      cd "$name"
      repo
      dray cache dir "$dray_cache"
      equal "$(dray cache dir)" "$(realpath "$dray_cache")"
      make_data data
      dray add -q data
    )
  done
  equal "$(find "$dray_cache/files" -type f | wc -l)" 6
  rm -rf one/data
  cd one
  exits 0 dray checkout
}

@test "a moved cache: symlinks are made again" {
  data_repo
  dray config cache.type symlink
  dray checkout -q --relink
  mv "$(cache)" ../moved
  dray cache dir "$PWD/../moved"
  exits 0 dray checkout --relink
  equal "$(cat data/a.txt)" one
  equal "$(readlink data/a.txt)" "$(realpath ../moved)/${data_a:-$(printf 'one\n' | object x | cut -c 3-)}"
}
