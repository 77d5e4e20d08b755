#!/usr/bin/env bats
# A part of a tracked directory as the target: only that part is read, only the manifest changes.
load ../support/sandbox

# A folder of three parts, committed, with a copy in ../kept.
three_parts() {
  repo
  make_data data/x
  make_data data/y
  printf 'top\n' >data/top
  dray add -q data
  git commit -q -m data
}

@test "add of one changed file below" {
  three_parts
  printf 'changed\n' >data/x/a.txt
  printf 'also changed\n' >data/y/a.txt
  exits 0 dray add data/x/a.txt
  gone data/x/a.txt.dray data/x/.gitignore
  exits 0 dray status --files --json
  equal "$(json "[i['path'] for i in items if i['path'] != 'data']")" "['data/y/a.txt']"
  rm -rf data
  dray checkout -q
  equal "$(cat data/x/a.txt)" changed
  equal "$(cat data/y/a.txt)" one
}

@test "add of a folder below: added and deleted files there count, elsewhere not" {
  three_parts
  rm data/x/a.txt data/y/a.txt
  printf 'new\n' >data/x/new
  printf 'new\n' >data/y/new
  exits 0 dray add data/x
  keep data/x ../x
  rm -rf data
  dray checkout -q
  same_tree data/x ../x
  equal "$(cat data/y/a.txt)" one
  gone data/y/new
}

@test "add of a part does not read the rest" {
  three_parts
  chmod 000 data/y/a.txt
  printf 'changed\n' >data/x/a.txt
  share_sandbox
  exits 0 unprivileged dray add data/x
  chmod 644 data/y/a.txt
}

@test "add of a new file below" {
  three_parts
  printf 'new\n' >data/new
  exits 0 dray add data/new
  exits 0 dray status --exit-code
  equal "$(sed -n 's/^  nfiles: //p' data.dray)" 14
}

@test "add of a part that is nowhere is an error naming it" {
  three_parts
  exits 3 dray add data/nothing
  hints data/nothing
}

@test "add of a deleted file records that it is gone" {
  three_parts
  rm data/x/a.txt data/y/a.txt
  exits 0 dray add data/x/a.txt
  rm -rf data
  dray checkout -q
  gone data/x/a.txt
  there data/y/a.txt
}

@test "checkout of a file below restores only that" {
  three_parts
  rm data/x/a.txt data/y/a.txt
  exits 0 dray checkout data/x/a.txt
  equal "$(cat data/x/a.txt)" one
  gone data/y/a.txt
}

@test "checkout of a folder below removes what is not in it, only there" {
  three_parts
  printf 'one\n' >data/x/extra
  printf 'one\n' >data/y/extra
  exits 0 dray checkout data/x
  gone data/x/extra
  there data/y/extra
}

@test "checkout of a path that the manifest lacks is an error" {
  three_parts
  exits 3 dray checkout data/nowhere
  hints data/nowhere
}

@test "status and diff of a part" {
  three_parts
  printf 'changed\n' >data/y/a.txt
  exits 0 dray status --exit-code data/x
  exits 1 dray status --exit-code data/y
  exits 0 dray diff --exit-code data/x/a.txt
  exits 1 dray diff --exit-code data/y/a.txt
}

@test "push and fetch of a part move only that" {
  three_parts
  printf 'only in x\n' >data/x/special
  printf 'only in y\n' >data/y/special
  dray add -q data
  dray remote add -q -d store "$PWD/../remote"
  dray push -q
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)" data
  exits 0 dray pull data/x
  make_data ../expected
  printf 'only in x\n' >../expected/special
  same_tree data/x ../expected
  gone data/y
  gone "$(printf 'only in y\n' | object "$(cache)")"
}
