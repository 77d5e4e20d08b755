#!/usr/bin/env bats
# From DVC 2's names to DVC 3's.
load ../support/sandbox
load ../support/dvc_objects

# What DVC 2 left: a text whose hash is that of its Unix form, a directory of it and another file.
old_repo() {
  dvc_repo
  one=$(printf 'one\r\n' | old_object)
  two=$(printf 'two\n' | old_object)
  list=$(printf '[{"md5": "%s", "relpath": "a"}, {"md5": "%s", "relpath": "b"}]' "$one" "$two" | old_object .dir)
  printf 'outs:\n- md5: %s\n  size: 5\n  path: text # mine\n' "$one" >text.dvc
  printf 'outs:\n- md5: %s.dir\n  size: 9\n  nfiles: 2\n  path: d\n' "$list" >d.dvc
  one_new=$(printf 'one\r\n' | md5sum | cut -c 1-32)
  list_new=$(printf '[{"md5": "%s", "relpath": "a"}, {"md5": "%s", "relpath": "b"}]' "$one_new" "$two" | md5sum | cut -c 1-32)
}

@test "cache migrate: the old objects under new names, too" {
  old_repo
  cp text.dvc before
  exits 0 dray cache migrate --dry
  has_line '3 objects to migrate'
  gone "$(at "$one_new")"
  exits 0 dray cache migrate --json
  equal "$(json "(totals['objects'], totals['bytes'], totals['pointers'])")" '(3, 9, 0)'
  there "$(at "$one_new")" "$(at "$two")" "$(at "$list_new.dir")" "$(old_at "$one")" "$(old_at "$list.dir")"
  equal "$(stat -c '%i %a' "$(at "$one_new")")" "$(stat -c '%i %a' "$(old_at "$one")")"
  equal "$(stat -c %a "$(at "$list_new.dir")")" 444
  cmp text.dvc before
  exits 0 dray fsck
  exits 0 dray cache migrate
}

@test "cache migrate --dvc-files: pointers, by what the cache has" {
  old_repo
  printf 'outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 1\n  path: lost\n' >lost.dvc
  exits 0 dray cache migrate --dvc-files --dry --json
  equal "$(json "sorted((i['state'], i['path']) for i in items)")" \
    "[('old', 'd.dvc'), ('old', 'lost.dvc'), ('old', 'text.dvc')]"
  exits 0 dray cache migrate --dvc-files --json
  hints "'lost.dvc' stays as it is"
  equal "$(json "sorted((i['state'], i['path'], i['from']) for i in items)")" \
    "[('migrated', 'd.dvc', 'd'), ('migrated', 'text.dvc', 'text')]"
  equal "$(cat text.dvc)" "outs:
- md5: $one_new
  size: 5
  path: text # mine
  hash: md5"
  equal "$(cat d.dvc)" "outs:
- md5: $list_new.dir
  size: 9
  nfiles: 2
  path: d
  hash: md5"
  rm lost.dvc
  exits 0 dray checkout
  equal "$(od -c -An d/a)" "$(printf 'one\r\n' | od -c -An)"
  exits 0 dray status --exit-code
  exits 0 dray cache migrate --dvc-files --json
  equal "$(json "totals['pointers']")" 0
}

@test "cache migrate: damage gets no new name" {
  old_repo
  damage "$(old_at "$two")"
  exits 255 dray cache migrate
  one_line
  gone "$(at "$(printf 'Xwo\n' | md5sum | cut -c 1-32)")"
  there ".dvc/cache/corrupt/$two"
}

@test "cache migrate in a native repository finds nothing" {
  data_repo
  exits 0 dray cache migrate --dvc-files
  has_line 'nothing of DVC 2 is in the cache'
}

@test "unprotect, rm and fsck know what DVC 2 left" {
  old_repo
  dray config -q cache.type symlink
  exits 0 dray checkout --relink
  [ -L text ]
  exits 0 dray unprotect text d
  [ ! -L text ]
  [ ! -L d/a ]
  exits 0 dray status --exit-code
  exits 0 dray rm --outs d.dvc
  gone d d.dvc
  damage "$(old_at "$one")"
  run --separate-stderr dray fsck
  [ "$status" != 0 ]
  hints '1 damaged object is in quarantine'
  gone "$(old_at "$one")"
}
