#!/usr/bin/env bats
# ls, du, check-ignore.
load ../support/sandbox

@test "ls lists what is tracked" {
  data_repo
  exits 0 dray ls
  equal "$output" 'data
model.bin'
}

@test "ls -R lists the files inside" {
  data_repo
  exits 0 dray ls -R
  has_line data/a.txt
  has_line data/sub/deep/run
  has_line data/link
  has_line model.bin
}

@test "ls works before anything is checked out, even without a cache" {
  data_repo
  rm -rf data model.bin
  exits 0 dray ls -R
  has_line data/a.txt
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)"
  exits 0 dray ls
  equal "$output" 'data
model.bin'
  exits 3 dray ls -R
}

@test "ls of a part" {
  data_repo
  exits 0 dray ls -R data/sub
  equal "$output" 'data/sub/b.txt
data/sub/deep/run
data/sub/same as b'
  exits 3 dray ls nowhere
}

@test "ls --json has the documented keys" {
  data_repo
  exits 0 dray ls --json
  equal "$(json "items[0]['path']")" data
  equal "$(json "items[0]['kind']")" dir
  equal "$(json "items[0]['files']")" 6
  equal "$(json "items[0]['hash']")" "$(oid data.dray)"
  equal "$(json "items[1]['path']")" model.bin
  equal "$(json "items[1]['kind']")" file
  equal "$(json "items[1]['size']")" 30
  equal "$(json "totals['pointers']")" 2
}

@test "ls of a folder that is in no repository lists its files" {
  mkdir -p plain/sub
  echo x >plain/sub/f
  exits 0 dray ls plain
  equal "$output" sub
  exits 0 dray ls -R plain
  equal "$output" sub/f
  exits 0 dray ls plain sub
  equal "$output" f
  exits 3 dray ls plain none
  exits 2 dray ls --rev x plain
}

@test "ls quotes names that would break a line" {
  repo
  mkdir data
  printf 'x' >$'data/new\nline'
  dray add -q data
  exits 0 dray ls -R
  equal "$output" '"data/new\nline"'
  exits 0 dray ls -R --json
  equal "$(json "items[0]['path']")" $'data/new\nline'
}

@test "JSON holds names that are not UTF-8" {
  repo
  mkdir data
  printf 'x' >data/$'caf\xe9'
  dray add -q data
  dray ls -R --json >../out
  python3 -c "import json; json.loads(open('../out', 'rb').read().decode('utf-8'))"
}

@test "du sums the data once per object" {
  data_repo
  exits 0 dray du --json
  equal "$(json "totals['bytes']")" 61
  equal "$(json "totals['unique_bytes']")" 57
  exits 0 dray du -s
  [ "${#lines[@]}" = 1 ]
}

@test "du of one target" {
  data_repo
  exits 0 dray du --json model.bin
  equal "$(json "totals['bytes']")" 30
  equal "$(json "items[0]['path']")" model.bin
}

@test "check-ignore answers as git's does" {
  data_repo
  printf '*.tmp\n!keep.tmp\n/top/\n' >.drayignore
  exits 0 dray check-ignore x.tmp data/y.tmp
  equal "$output" 'x.tmp
data/y.tmp'
  exits 1 dray check-ignore keep.tmp
  equal "$output" ''
  exits 0 dray check-ignore -d x.tmp
  equal "$output" '.drayignore:1:*.tmp	x.tmp'
  exits 0 dray check-ignore -d -n x.tmp other
  has_line '::	other'
}
