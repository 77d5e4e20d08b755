#!/usr/bin/env bats
# The judge is the one we know: what DVC writes, to the byte.
load ../support/sandbox
load ../support/dvc

@test "a file: pointer, object, ignore file" {
  cp -a "$template" r
  cd r
  printf 'foo\n' >foo
  exits 0 dvc add foo
  equal "$(cat foo.dvc)" 'outs:
- md5: d3b07384d113edec49eaa6238ad5ff00
  size: 4
  hash: md5
  path: foo'
  equal "$(cat .gitignore)" /foo
  equal "$(stat -c %a .dvc/cache/files/md5/d3/b07384d113edec49eaa6238ad5ff00)" 444
}

@test "a folder: pointer, manifest; nothing is left to do" {
  cp -a "$template" r
  cd r
  mkdir -p d/subdir
  printf file >d/file
  printf subfile >d/subdir/subfile
  exits 0 dvc add d
  equal "$(cat d.dvc)" 'outs:
- md5: b6dcab6ccd17ca0a8bf4a215a37d14cc.dir
  size: 11
  nfiles: 2
  hash: md5
  path: d'
  equal "$(cat .dvc/cache/files/md5/b6/dcab6ccd17ca0a8bf4a215a37d14cc.dir)" \
    '[{"md5": "8c7dd922ad47494fc02c388e12c00eac", "relpath": "file"}, {"md5": "293b26bf46281c75310f75c336661a05", "relpath": "subdir/subfile"}]'
  exits 0 dvc status --json
  equal "$output" '{}'
}

@test "its version" {
  exits 0 "$dvc_folder/bin/dvc" --version
  equal "$output" "$(sed -n 's/^dvc==//p' "$BATS_TEST_DIRNAME/requirements.txt")"
}
