#!/usr/bin/env bats
# status and diff: what changed, told to a person and to a script.
load ../support/sandbox

# The items as "state path" lines, sorted: items_of_json
items_of_json() {
  json "'\n'.join(sorted(i['state'] + ' ' + i['path'] for i in items))"
}

@test "nothing changed" {
  data_repo
  exits 0 dray status --exit-code
  equal "$stderr" ''
  exits 0 dray status --json
  equal "$(json "items")" '[]'
  equal "$(json "totals['pointers']")" 2
  equal "$(json "totals['unchanged']")" 2
}

@test "no pointers at all" {
  repo
  exits 0 dray status --exit-code
  exits 0 dray diff --exit-code
  equal "$output" ''
}

@test "modified, deleted and not in cache, per pointer" {
  data_repo
  printf 'changed\n' >data/a.txt
  rm model.bin
  exits 1 dray status --exit-code --json
  equal "$(items_of_json)" 'deleted model.bin
modified data'
  exits 0 dray status
  printf '%s\n' "$output" | grep -q data
  printf '%s\n' "$output" | grep -q model.bin
}

@test "files: modified, added, deleted, renamed" {
  data_repo
  printf 'changed\n' >data/empty
  printf 'new\n' >data/new
  rm data/link
  mv data/a.txt data/renamed.txt
  exits 0 dray status --files --json
  equal "$(items_of_json)" 'added data/new
deleted data/link
modified data/empty
renamed data/renamed.txt'
  equal "$(json "[i['from'] for i in items if i['state'] == 'renamed']")" "['data/a.txt']"
}

@test "touching a file is no change" {
  data_repo
  touch data/a.txt model.bin
  exits 0 dray status --exit-code
}

@test "a change of the same size and time is found" {
  data_repo
  touch -r data/a.txt ../stamp
  printf 'eno\n' >data/a.txt
  touch -r ../stamp data/a.txt
  exits 1 dray status --exit-code
}

@test "status without index gives the same" {
  data_repo
  rm -rf .git/dray/index* .git/dray/tmp
  exits 0 dray status --exit-code
  printf 'eno\n' >data/a.txt
  exits 1 dray status --exit-code
}

@test "a damaged index costs time only" {
  data_repo
  dray status -q
  find .git/dray -maxdepth 2 -type f ! -name config -not -path '*/cache/*' -exec sh -c \
    'chmod u+w "$1"; head -c 100 /dev/urandom >"$1"' sh {} \;
  exits 0 dray status --exit-code
  printf 'eno\n' >data/a.txt
  exits 1 dray status --exit-code
}

@test "an empty directory that appears or goes is a change" {
  data_repo
  rmdir data/hollow
  exits 1 dray status --exit-code
  dray add -q data
  mkdir data/fresh
  exits 1 dray status --exit-code
}

@test "objects missing from the cache are told" {
  data_repo
  chmod -R u+w "$(cache)"
  rm -f "$(pointer_object model.bin.dray "$(cache)")"
  exits 0 dray status --json
  equal "$(items_of_json)" 'not in cache model.bin'
}

@test "targets limit what is looked at" {
  data_repo
  printf 'changed\n' >data/a.txt
  exits 0 dray status --exit-code model.bin
  exits 1 dray status --exit-code data.dray
  exits 3 dray status nowhere
}

@test "paths are told from where one stands" {
  data_repo
  mkdir -p sub
  printf 'x\n' >sub/x
  dray add -q sub/x
  printf 'changed\n' >data/a.txt
  printf 'changed\n' >sub/x
  cd sub
  exits 0 dray status
  printf '%s\n' "$output" | grep -q '\.\./data'
  printf '%s\n' "$output" | grep -qE '(^|[^/])\bx\b'
  exits 0 dray status --json
  equal "$(items_of_json)" 'modified data
modified sub/x'
}

@test "status changes nothing that git sees" {
  data_repo
  printf 'changed\n' >data/a.txt
  dray status -q
  dray diff -q
  equal "$(git status --porcelain)" ''
}

@test "status works in a read-only repository" {
  data_repo
  printf 'changed\n' >data/a.txt
  share_sandbox
  chmod -R a-w .
  exits 1 unprivileged dray status --exit-code
  chmod -R u+w .
}

@test "status against a remote" {
  data_repo
  exits 3 dray status --cloud
  hints 'dray remote add'
  dray remote add -q -d store "$PWD/../remote"
  exits 1 dray status --exit-code -r store --json
  equal "$(items_of_json | cut -d ' ' -f 1-2 | sort -u)" 'local only'
  dray push -q
  exits 0 dray status --exit-code -r store
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)"
  exits 1 dray status --exit-code -r store --json
  equal "$(items_of_json | cut -d ' ' -f 1-2 | sort -u)" 'remote only'
  chmod -R u+w ../remote
  rm -rf ../remote/files
  exits 1 dray status --exit-code -r store --json
  equal "$(items_of_json | cut -d ' ' -f 1 | sort -u)" 'missing'
}

@test "diff tells files and sizes" {
  data_repo
  printf 'longer than before\n' >data/a.txt
  printf 'new\n' >data/new
  rm data/link
  exits 0 dray diff --json
  equal "$(items_of_json)" 'added data/new
deleted data/link
modified data/a.txt'
  equal "$(json "*((i['old_size'], i['size'], i['old_hash'], i['hash']) for i in items if i['path'] == 'data/a.txt')")" \
    "(4, 19, '$(printf 'one\n' | sha256sum | cut -c 1-64)', '$(printf 'longer than before\n' | sha256sum | cut -c 1-64)')"
  exits 1 dray diff --exit-code
}

@test "diff of a deleted and of a changed single file" {
  data_repo
  rm model.bin
  exits 0 dray diff --json
  equal "$(items_of_json)" 'deleted model.bin'
  printf 'x\n' >model.bin
  exits 0 dray diff --json
  equal "$(items_of_json)" 'modified model.bin'
}

@test "diff --cache tells what the cache lacks" {
  data_repo
  exits 0 dray diff --cache --exit-code
  chmod -R u+w "$(cache)"
  rm -f "$(printf 'one\n' | object "$(cache)")"
  exits 1 dray diff --cache --exit-code --json
  printf '%s' "$output" | grep -q '"data/a.txt"'
}

@test "diff without data in the workspace" {
  data_repo
  rm -rf data
  exits 0 dray diff --json
  equal "$(items_of_json | cut -d ' ' -f 1 | sort | uniq -c | tr -s ' ')" ' 7 deleted'
}
