#!/usr/bin/env bats
# diff of revisions in a native repository, told to a person and to a script.
load ../support/sandbox

# "state path" lines, in order.
told() {
  json "'\n'.join(i['state'] + ' ' + i['path'] for i in items)"
}

history() {
  data_repo
  printf 'changed and longer\n' >data/a.txt
  rm -r data/hollow
  mv data/sub data/moved
  dray add -q data
  git commit -q -m second
}

@test "two revisions" {
  history
  exits 0 dray diff HEAD~1 HEAD
  printf '%s\n' "$output" | grep -q '^modified: *data/ '
  printf '%s\n' "$output" | grep -q '^modified: *data/a.txt (4 B -> 19 B)$'
  printf '%s\n' "$output" | grep -q '^renamed: *data/sub/b.txt -> data/moved/b.txt (4 B)$'
  [[ ${lines[-1]} == 'files: 1 modified, '*'3 renamed; '* ]]
  exits 1 dray diff HEAD~1 HEAD --exit-code
  exits 0 dray diff HEAD HEAD --exit-code
  equal "$output" ''
  exits 0 dray diff HEAD~1 HEAD --json
  equal "$(json "totals['renamed']")" 3
  equal "$(json "[i['from'] for i in items if i['path'] == 'data/moved/b.txt']")" "['data/sub/b.txt']"
}

@test "a revision against the workspace, and no revision against the pointers" {
  history
  exits 0 dray diff --exit-code
  printf 'later\n' >data/later
  exits 0 dray diff --json
  equal "$(told)" 'added data/later'
  exits 0 dray diff HEAD --json
  equal "$(told)" 'modified data
added data/later'
  exits 0 dray diff HEAD --json data/later
  equal "$(told)" 'added data/later'
  exits 0 dray diff HEAD -- data/later
  equal "${lines[0]}" 'added:        data/later (6 B)'
}

@test "what could be a revision and a path" {
  history
  git branch data
  complains 2 "'data' is a revision and a path" dray diff data
  exits 0 dray diff data --
  exits 0 dray diff -- data
  exits 0 dray diff HEAD~1 HEAD -- data/a.txt
  equal "${lines[0]}" 'modified:     data/a.txt (4 B -> 19 B)'
  complains 3 "no git revision 'nope'" dray diff nope --
  complains 3 "'nope' is not tracked by dray" dray diff HEAD nope
  exits 2 dray diff --md --json
  one_line
}

@test "hashes and a table" {
  history
  exits 0 dray diff HEAD~1 HEAD data/a.txt --show-hash
  [[ ${lines[0]} =~ ^modified:\ +[0-9a-f]{8}\.\.[0-9a-f]{8}\ \ data/a.txt\  ]]
  exits 0 dray diff HEAD~1 HEAD data/a.txt --md
  equal "$output" '| Status   | Path       |
|----------|------------|
| modified | data/a.txt |'
}

@test "a manifest that is in no cache is told, and the rest is compared" {
  history
  printf 'x\n' >model.bin
  dray add -q model.bin
  git commit -q -m third
  chmod -R u+w "$(cache)"
  rm "$(pointer_object data.dray "$(cache)")"
  exits 0 dray diff HEAD~2 HEAD
  one_line
  printf '%s\n' "$output" | grep -q '^modified: *data/ '
  printf '%s\n' "$output" | grep -q '^modified: *model.bin '
  exits 0 dray diff HEAD --json
  equal "$(told)" 'not in cache data'
}

@test "without git there is no history" {
  dray init -q --no-git
  printf 'x\n' >x
  dray add -q x
  printf 'y\n' >x
  exits 0 dray diff
  equal "${lines[0]}" 'modified:     x (2 B)'
  exits 2 dray diff HEAD --
  one_line
}
