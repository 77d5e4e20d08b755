#!/usr/bin/env bats
# What DVC 2 left: entries without `hash:`, objects at <2 hex>/<30 hex>, text hashed without its CRs.
# Conformance cases 36, 38; reference 1.9.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc
load ../support/s3

# What printf makes of the arguments into a store, as DVC 2 would have it; sets $hex: legacy_put <store> <format>
legacy_put() {
  # shellcheck disable=SC2059
  printf "$2" >../bytes
  # DVC 2 hashed text as if its lines ended in LF; the object has the bytes as they were.
  if grep -qI . ../bytes; then
    hex=$(sed 's/\r$//' ../bytes | md5sum | cut -c 1-32)
  else
    hex=$(md5sum <../bytes | cut -c 1-32)
  fi
  mkdir -p "$1/${hex:0:2}"
  rm -f "$1/${hex:0:2}/${hex:2}"
  cp ../bytes "$1/${hex:0:2}/${hex:2}"
  chmod 444 "$1/${hex:0:2}/${hex:2}"
}

# Files and folders that DVC 2 tracked, in a store: legacy_repo <store>
legacy_repo() {
  local a b
  legacy_put "$1" 'one\ntwo\n'
  printf 'outs:\n- md5: %s\n  size: 8\n  path: unix.txt\n' "$hex" >unix.txt.dvc
  legacy_put "$1" 'eins\r\nzwei\r\n'
  printf 'outs:\n- md5: %s\n  size: 12\n  path: dos.txt\n' "$hex" >dos.txt.dvc
  legacy_put "$1" 'x\r\n\0y\r\n'
  printf 'outs:\n- md5: %s\n  size: 7\n  path: binary\n' "$hex" >binary.dvc
  legacy_put "$1" 'drei\r\n'
  a=$hex
  legacy_put "$1" 'z\r\n\0y\r\n'
  b=$hex
  printf '[{"md5": "%s", "relpath": "a.txt"}, {"md5": "%s", "relpath": "sub/b"}]' "$a" "$b" >../manifest
  hex=$(md5sum <../manifest | cut -c 1-32)
  mkdir -p "$1/${hex:0:2}"
  cp ../manifest "$1/${hex:0:2}/${hex:2}.dir"
  chmod 444 "$1/${hex:0:2}/${hex:2}.dir"
  printf 'outs:\n- md5: %s.dir\n  size: 13\n  nfiles: 2\n  path: d\n' "$hex" >d.dvc
  printf '/unix.txt\n/dos.txt\n/binary\n/d\n' >.gitignore
  commit_all legacy
}

@test "checked out, unchanged, and left as it is" {
  play() {
    legacy_repo .dvc/cache
    vc 0 checkout
    both_clean
    mate 0 add unix.txt dos.txt binary d
    equal "$(git status --porcelain)" ''
    vc 0 commit
    equal "$(git status --porcelain)" ''
    rm -r dos.txt d
    mate 0 checkout
    both_clean
  }
  twins play
  equal "$(od -An -c d/sub/b | tr -d ' \n')" 'z\r\n\0y\r\n'
}

@test "text with CRs that is in the workspace already is unchanged" {
  play() {
    legacy_repo .dvc/cache
    printf 'one\r\ntwo\r\n' >unix.txt
    printf 'eins\r\nzwei\r\n' >dos.txt
    both 0 status --json
    printf 'eins\nzwei\n' >dos.txt
    both 0 status --json
    printf 'eins\r\nzwei\r\n' >dos.txt
    vc 0 add dos.txt
    equal "$(git status --porcelain)" ''
  }
  twins play
}

@test "a change makes it an entry of DVC 3" {
  play() {
    legacy_repo .dvc/cache
    vc 0 checkout
    printf 'three\r\n' >>dos.txt
    printf 'new' >d/new
    both 0 status --json
    vc 0 add dos.txt
    tail -n 1 dos.txt.dvc | grep -qx '  hash: md5'
    mate 0 add d
    grep -qx '  hash: md5' d.dvc
    both_clean
    printf 'three\r\n' >>unix.txt
    mate 0 commit -f unix.txt
    both_clean
    commit_all
    rm -r d dos.txt unix.txt
    vc 0 checkout
    both_clean
  }
  twins play
}

@test "both layouts on a remote, in both directions" {
  play() {
    legacy_repo .dvc/cache
    vc 0 checkout
    echo three >three
    vc 0 add three
    commit_all
    vc 0 remote add -d far ../far
    both 0 status -c --json
    vc 0 push
    equal "$(cd ../far && find . -type f | grep -c /files/md5/)" 1
    both 0 status -c --json
    commit_all
    git clone -q . ../clone
    cd ../clone
    mate 0 pull
    both_clean
    mate 0 push
    equal "$(cd ../far && find . -type f | wc -l)" 7
    chmod -R u+w ../far
    rm -r ../far
    vc 0 push
    mate 0 status -c --json
    equal "$(canonical)" '{}'
  }
  twins play
}

@test "gc knows both" {
  play() {
    legacy_repo .dvc/cache
    vc 0 checkout
    echo three >three
    vc 0 add three
    legacy_put .dvc/cache 'unused'
    printf 'unused too' >"$(printf 'unused too' | md5_object .dvc/cache)" 2>/dev/null || {
      mkdir -p "$(dirname "$(printf 'unused too' | md5_object .dvc/cache)")"
      printf 'unused too' >"$(printf 'unused too' | md5_object .dvc/cache)"
    }
    rm unix.txt.dvc
    git rm -q --cached unix.txt.dvc
    vc 0 gc -w -f
    rm -r d dos.txt binary three
    mate 0 checkout
    both_clean
  }
  twins play
}

@test "both layouts over http, in both directions" {
  mkdir "$BATS_TEST_TMPDIR/web"
  serve web_store.py "$BATS_TEST_TMPDIR/web"
  play() {
    local web=$BATS_TEST_TMPDIR/web
    rm -rf "$web/files"
    legacy_repo "$web/files/far"
    vc 0 remote add -d far "http://127.0.0.1:$(cat "$web/port")/far"
    mate 0 pull
    both_clean
    echo three >three
    mate 0 add three
    commit_all
    rm -rf "$web/files"
    vc 0 push
    both 0 status -c --json
    cp -a "$web/files" ../far
  }
  twins play
}
