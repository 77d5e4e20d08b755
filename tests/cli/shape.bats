#!/usr/bin/env bats
# --json in a DVC repository has DVC's shapes: what is expected here was printed by DVC 3.67.
load ../support/sandbox

# A DVC repository with a directory, a file in the root and one in a folder, all committed.
dvc_repo() {
  git init -q
  dray init -q --dvc
  mkdir -p d/s sub
  echo a >d/a
  echo b >d/b
  echo c >d/s/c
  echo foo >foo
  echo x >sub/x
  echo gone >gone
  dray add -q d foo sub/x gone
  git add -A
  git commit -q -m 1
}

change_data() {
  rm -f d/b foo gone d/s/c
  echo bb >d/b
  mv d/a d/a2
  echo n >d/new
  echo foo >foo2
  rm sub/x
  echo y >sub/x
}

object_of() {
  printf '.dvc/cache/files/md5/%s/%s' "${1:0:2}" "${1:2}"
}

@test "status: clean" {
  dvc_repo
  exits 0 dray status --json
  equal "$output" '{}'
  exits 0 dray status -q
}

@test "status: changed outs per pointer" {
  dvc_repo
  change_data
  exits 0 dray status --json
  equal_json "$output" '{"d.dvc": [{"changed outs": {"d": "modified"}}], "gone.dvc": [{"changed outs": {"gone": "deleted"}}], "foo.dvc": [{"changed outs": {"foo": "deleted"}}], "sub/x.dvc": [{"changed outs": {"sub/x": "modified"}}]}'
  cd sub
  exits 0 dray status --json
  equal_json "$output" '{"../d.dvc": [{"changed outs": {"../d": "modified"}}], "../gone.dvc": [{"changed outs": {"../gone": "deleted"}}], "../foo.dvc": [{"changed outs": {"../foo": "deleted"}}], "x.dvc": [{"changed outs": {"x": "modified"}}]}'
  exits 0 dray status --json ../foo.dvc x
  equal_json "$output" '{"../foo.dvc": [{"changed outs": {"../foo": "deleted"}}], "x.dvc": [{"changed outs": {"x": "modified"}}]}'
}

@test "status -q answers by its exit code" {
  dvc_repo
  change_data
  exits 1 dray status -q
  equal "$output$stderr" ''
  exits 0 dray status -q --json
  exits 1 dray status -q --no-updates --with-deps -R sub
}

@test "status: several outs of one pointer" {
  dvc_repo
  cat >both.dvc <<'END'
outs:
- md5: d3b07384d113edec49eaa6238ad5ff00
  size: 4
  hash: md5
  path: one
- md5: 401b30e3b8b5d629635a5c613cdb7919
  size: 2
  hash: md5
  path: two
END
  echo other >one
  exits 0 dray status --json both.dvc
  equal_json "$output" '{"both.dvc": [{"changed outs": {"one": "modified", "two": "deleted"}}]}'
}

@test "status: a file of a directory that is not in the cache" {
  dvc_repo
  rm -f "$(object_of 60b725f10c9c85c70d97880dfe8191b3)"
  exits 0 dray status --json
  equal_json "$output" '{"d.dvc": [{"changed outs": {"d": "not in cache"}}]}'
  exits 1 dray status -q
  rm -rf .dvc/cache
  rm foo
  echo changed >sub/x
  exits 0 dray status --json foo sub/x
  equal_json "$output" '{"foo.dvc": [{"changed outs": {"foo": "not in cache"}}], "sub/x.dvc": [{"changed outs": {"sub/x": "not in cache"}}]}'
}

@test "status -c: new, deleted, missing" {
  dvc_repo
  dray remote add -q -d r "$PWD/../r"
  cd sub
  exits 0 dray status -c --json
  equal_json "$output" '{"../d/b": "new", "x": "new", "../d/a": "new", "../foo": "new", "../d/s/c": "new", "../gone": "new", "../d": "new"}'
  exits 1 dray status -c -q
  dray push -q
  exits 0 dray status -c --json
  equal "$output" '{}'
  cd "$OLDPWD"
  rm -f "$(object_of 60b725f10c9c85c70d97880dfe8191b3)"
  exits 0 dray status -c --json
  equal_json "$output" '{"d/a": "deleted"}'
  rm -rf .dvc/cache
  exits 0 dray status -c --json d
  equal_json "$output" '{"d/a": "deleted", "d/b": "deleted", "d/s/c": "deleted"}'
  rm -rf .dvc/cache ../r/files
  exits 0 dray status -c --json foo sub/x
  equal_json "$output" '{"foo": "missing", "sub/x": "missing"}'
}

@test "status -c of branches and tags" {
  dvc_repo
  dray remote add -q -d r "$PWD/../r"
  dray push -q
  git branch old
  rm foo
  echo foo3 >foo
  dray commit -q foo
  git commit -q -a -m 2
  dray push -q
  rm -rf ../r/files/md5/d3
  exits 0 dray status -c --json
  equal "$output" '{}'
  exits 0 dray status -c -a --json
  equal_json "$output" '{"foo": "new"}'
  exits 0 dray status -c -A --json
  equal_json "$output" '{"foo": "new"}'
  exits 0 dray status -c -T --json
  equal "$output" '{}'
}

@test "status of history needs a remote" {
  dvc_repo
  run --separate-stderr dray status -a
  [ "$status" != 0 ]
  one_line
}

@test "what failed prints no half of an answer" {
  dvc_repo
  run --separate-stderr dray status --json nowhere
  [ "$status" != 0 ]
  equal "$output" ''
  one_line
}

@test "a native repository answers as ever" {
  data_repo
  rm model.bin
  exits 0 dray status --json
  equal "$(json "items[0]['state']")" deleted
  exits 0 dray status -q
}
