#!/usr/bin/env bats
# Bad input: one clear line, the documented status, nothing lost or half done.
load ../support/sandbox

# Every command that reads pointers refuses this text for model.bin.dray, naming the file.
refused_pointer() {
  local command
  printf '%s' "$1" >model.bin.dray
  for command in status checkout commit fsck 'gc -w' push ls; do
    # shellcheck disable=SC2086
    exits 9 dray $command
    equal "$output" ''
    hints model.bin.dray
    one_line
  done
  equal "$(cat model.bin)" 'weights 1
weights 2
weights 3'
}

@test "pointers that are malformed" {
  data_repo
  dray remote add -q -d store "$PWD/../remote"
  hash=$(oid model.bin.dray)
  refused_pointer ''
  refused_pointer 'outs:'
  refused_pointer 'outs: []'
  refused_pointer 'outs: [broken'
  refused_pointer 'something: else'
  refused_pointer "outs:
- sha256: $hash
  size: 30"
  refused_pointer "outs:
- sha256: ${hash:1}
  path: model.bin"
  refused_pointer "outs:
- sha256: zz${hash:2}
  path: model.bin"
  refused_pointer "outs:
- sha256: $hash
  size: many
  path: model.bin"
  refused_pointer "outs:
- sha256: $hash
  size: -1
  path: model.bin"
  refused_pointer "outs:
- sha256: $hash
  sha256: $hash
  path: model.bin"
}

@test "pointers that lead outside" {
  data_repo
  dray remote add -q -d store "$PWD/../remote"
  hash=$(oid model.bin.dray)
  for path in ../x /etc/passwd a/../../x .git/hooks/x .GIT/x '""' . ..; do
    refused_pointer "outs:
- sha256: $hash
  size: 30
  path: $path"
  done
}

@test "conflict markers are called by their name" {
  data_repo
  printf '<<<<<<< HEAD\nouts:\n=======\nouts:\n>>>>>>> side\n' >model.bin.dray
  exits 9 dray status
  hints conflict
}

@test "a pointer of binary bytes, a huge one, a folder, a FIFO, a dangling link" {
  data_repo
  head -c 1000 /dev/urandom >model.bin.dray
  exits 9 dray status
  truncate -s 20M model.bin.dray
  exits 9 dray status
  rm model.bin.dray
  mkdir model.bin.dray
  exits 0 dray status
  rmdir model.bin.dray
  mkfifo model.bin.dray
  run --separate-stderr timeout 20 dray status
  [ "$status" != 124 ]
  rm model.bin.dray
  ln -s nowhere model.bin.dray
  run --separate-stderr dray status
  [ "$status" != 124 ]
}

# Puts a manifest into the cache under its true hash, makes data.dray point at it.
plant_manifest() {
  local hex
  hex=$(printf '%s' "$1" | sha256sum | cut -c 1-64)
  mkdir -p "$(cache)/files/sha256/${hex:0:2}"
  printf '%s' "$1" >"$(cache)/files/sha256/${hex:0:2}/${hex:2}.dir"
  chmod 444 "$(cache)/files/sha256/${hex:0:2}/${hex:2}.dir"
  sed -i "s/sha256: .*/sha256: $hex.dir/" data.dray
}

@test "manifests that are malformed are refused whole" {
  data_repo
  one=$(printf 'one\n' | sha256sum | cut -c 1-64)
  keep data ../kept
  local header='dray-manifest 1 sha256' text
  for text in "" "nonsense
" "dray-manifest 2 sha256
" "$header
f $one 4 ../evil
" "$header
f $one 4 /evil
" "$header
f $one 4 a/../../evil
" "$header
f $one 4 .git/evil
" "$header
f $one 4 a//b
" "$header
f $one 4 b
f $one 4 a
" "$header
f $one 4 a
f $one 4 a
" "$header
f $one 4 a
f $one 4 a/b
" "$header
f $one 4 a" "$header
f $one four a
" "$header
q $one 4 a
" "$header
f short 4 a
" "$header
l $one 4 link
f $one 4 link/x
"; do
    plant_manifest "$text"
    exits 9 dray checkout data
    equal "$output" ''
    same_tree data ../kept
    gone ../evil evil .git/evil
  done
}

@test "a manifest whose link leads outside is refused" {
  data_repo
  printf '../../outside' >../target
  hex=$(sha256sum <../target | cut -c 1-64)
  mkdir -p "$(cache)/files/sha256/${hex:0:2}"
  cp ../target "$(cache)/files/sha256/${hex:0:2}/${hex:2}"
  chmod 444 "$(cache)/files/sha256/${hex:0:2}/${hex:2}"
  plant_manifest "dray-manifest 1 sha256
l $hex 13 link
"
  rm -rf data
  exits 9 dray checkout data
  [ ! -L data/link ]
}

@test "a folder that may not be written" {
  data_repo
  share_sandbox
  rm -rf data/sub
  chmod 555 data
  exits 7 unprivileged dray checkout data
  hints data
  chmod 755 data
  exits 0 unprivileged dray checkout data
}

@test "a file that may not be read" {
  repo
  make_data data
  chmod 000 data/sub/b.txt
  share_sandbox
  exits 7 unprivileged dray add data
  hints data/sub/b.txt
  gone data.dray .gitignore
}

@test "a cache that may not be written" {
  data_repo
  share_sandbox
  chmod -R a-w "$(cache)"
  printf 'new\n' >new
  chmod 666 new
  exits 7 unprivileged dray add new
  gone new.dray
  chmod -R u+w "$(cache)"
}

@test "a cache that is a file" {
  data_repo
  printf 'x\n' >../file
  dray cache dir "$PWD/../file"
  printf 'x\n' >x
  run --separate-stderr dray add x
  [ "$status" -gt 0 ]
  [ "$status" -lt 15 ]
  one_line
  gone x.dray
}

@test "a file that changes while it is read is an error, never a wrong object" {
  repo
  truncate -s 256M growing
  dray add -q growing &
  local pid=$!
  while kill -0 $pid 2>/dev/null; do printf 'x' >>growing; done
  wait $pid && true
  local status=$?
  [ $status = 0 ] || [ $status = 12 ] || fail "status $status"
  [ $status = 0 ] || [ ! -e growing.dray ]
  exits 0 dray fsck
}

@test "git's index lock held by another: nothing is half done" {
  data_repo
  printf 'changed\n' >model.bin
  touch .git/index.lock
  exits 11 dray add model.bin
  hints index.lock
  rm .git/index.lock
  exits 0 dray add model.bin
  exits 0 dray status --exit-code
}
