#!/usr/bin/env bats
# fsck: the cache is what it says, or the damage is named, put aside and made good.
load ../support/sandbox

@test "a sound cache" {
  data_repo
  exits 0 dray fsck
  exits 0 dray fsck --quick
  exits 0 dray fsck --json
  equal "$(json "items")" '[]'
  equal "$(json "totals['objects']")" 7
  equal "$(json "totals['corrupt']")" 0
}

@test "an empty repository" {
  repo
  exits 0 dray fsck
}

@test "a damaged object is found, named and put aside" {
  data_repo
  local object
  object=$(printf 'one\n' | object "$(cache)")
  damage "$object"
  exits 4 dray fsck --json
  printf '%s' "$output" | grep -q '"corrupt"'
  printf '%s' "$output" | grep -q "$(printf 'one\n' | sha256sum | cut -c 1-64)"
  gone "$object"
  [ -n "$(find "$(cache)/corrupt" -type f)" ]
  # Now it is missing, and add brings it back from the workspace.
  exits 3 dray fsck --json
  equal "$(json "totals['missing']")" 1
  exits 0 dray add data
  exits 0 dray fsck
}

@test "a truncated object is found by --quick" {
  data_repo
  local object
  object=$(pointer_object model.bin.dray "$(cache)")
  chmod u+w "$object"
  truncate -s 3 "$object"
  chmod 444 "$object"
  exits 4 dray fsck --quick
}

@test "a missing object of a pointer is told, with where it is used" {
  data_repo
  chmod -R u+w "$(cache)"
  rm -f "$(printf 'one\n' | object "$(cache)")"
  exits 3 dray fsck --json
  equal "$(json "[i['path'] for i in items if i['state'] == 'missing']")" "['data/a.txt']"
}

@test "a damaged manifest is found, and nothing is believed of it" {
  data_repo
  local manifest
  manifest=$(pointer_object data.dray "$(cache)")
  chmod u+w "$manifest"
  sed -i 's|a\.txt|../../evil|' "$manifest"
  chmod 444 "$manifest"
  rm -rf data
  run dray checkout
  [ "$status" = 4 ] || [ "$status" = 9 ]
  gone ../evil ../../evil
  exits 4 dray fsck
}

@test "a writable object is not trusted until it was read" {
  data_repo
  local object
  object=$(printf 'one\n' | object "$(cache)")
  chmod 644 "$object"
  rm data/a.txt
  exits 0 dray checkout
  equal "$(cat data/a.txt)" one
  chmod 644 "$object"
  printf 'eno\n' >"$object"
  rm data/a.txt
  run dray checkout
  [ "$status" = 3 ] || [ "$status" = 4 ]
  [ ! -e data/a.txt ] || equal "$(cat data/a.txt)" one
}

@test "damage of the same size and mode is caught before it reaches the workspace by copy" {
  data_repo
  damage "$(printf 'one\n' | object "$(cache)")"
  rm data/a.txt
  dray config cache.type copy
  exits 4 dray checkout
  gone data/a.txt
}

@test "drafts of a killed run are no objects" {
  data_repo
  mkdir -p "$(cache)/tmp/left-over"
  printf 'half\n' >"$(cache)/tmp/left-over/1"
  exits 0 dray fsck --json
  equal "$(json "totals['objects']")" 7
}

@test "files that are no objects are left alone" {
  data_repo
  mkdir -p "$(cache)/files/sha256/zz"
  printf 'mine\n' >"$(cache)/files/sha256/zz/notes"
  exits 0 dray fsck
  exits 0 dray gc -w
  equal "$(cat "$(cache)/files/sha256/zz/notes")" mine
}
