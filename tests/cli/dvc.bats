#!/usr/bin/env bats
# The dvc dialect by itself: files, objects and folders to the byte. The values are what DVC 3.67
# writes; tests/interop runs DVC itself.
load ../support/sandbox
load ../support/dvc_objects

@test "init --dvc: DVC's folder, staged" {
  git init -q
  exits 0 dray init --dvc
  equal "$(cat .dvc/config)" ''
  equal "$(cat .dvc/.gitignore)" '/config.local
/tmp
/cache'
  equal "$(git diff --cached --name-only)" '.dvc/.gitignore
.dvc/config
.dvcignore'
  exits 0 dray init --dvc --force
  run dray init --dvc
  [ "$status" != 0 ]
  run dray init
  [ "$status" != 0 ]
  [[ $output == *"of the dvc dialect"* ]]
}

@test "init --dvc --no-scm works without git" {
  dray init -q --dvc --no-scm
  equal "$(cat .dvc/config)" '[core]
    no_scm = true'
  echo foo >foo
  exits 0 dray add foo
  [ -f foo.dvc ]
  [ ! -e .gitignore ]
}

@test "a file" {
  dvc_repo
  echo foo >foo
  exits 0 dray add foo
  equal "$stderr" 'dray: note: to track the change with git: git add .gitignore foo.dvc'
  equal "$(cat foo.dvc)" 'outs:
- md5: d3b07384d113edec49eaa6238ad5ff00
  size: 4
  hash: md5
  path: foo'
  equal "$(cat "$(at d3b07384d113edec49eaa6238ad5ff00)")" foo
  equal "$(stat -c %a "$(at d3b07384d113edec49eaa6238ad5ff00)")" 444
  equal "$(cat .gitignore)" /foo
  equal "$(git diff --cached --name-only)" ''
  cp foo.dvc before
  exits 0 dray add foo
  equal "$stderr" ''
  cmp foo.dvc before
  dray config core.autostage true
  echo bar >foo
  exits 0 dray add foo
  equal "$(git diff --cached --name-only)" '.gitignore
foo.dvc'
}

@test "a directory: DVC's manifest" {
  dvc_repo
  mkdir -p data/subdir data/hollow
  printf 'file' >data/file
  printf 'subfile' >data/subdir/subfile
  exits 0 dray add data
  equal "$(cat data.dvc)" 'outs:
- md5: b6dcab6ccd17ca0a8bf4a215a37d14cc.dir
  size: 11
  nfiles: 2
  hash: md5
  path: data'
  equal "$(cat "$(at b6dcab6ccd17ca0a8bf4a215a37d14cc.dir)")" '[{"md5": "8c7dd922ad47494fc02c388e12c00eac", "relpath": "file"}, {"md5": "293b26bf46281c75310f75c336661a05", "relpath": "subdir/subfile"}]'
}

@test "empty directory, empty file, executable" {
  dvc_repo
  mkdir hollow
  : >empty
  printf '#!/bin/sh\n' >run
  chmod 755 run
  dray add -q hollow empty run
  equal "$(cat hollow.dvc)" 'outs:
- md5: d751713988987e9331980363e24189ce.dir
  size: 0
  nfiles: 0
  hash: md5
  path: hollow'
  equal "$(sed -n 2,3p empty.dvc)" '- md5: d41d8cd98f00b204e9800998ecf8427e
  size: 0'
  equal "$(sed -n 3,6p run.dvc)" '  size: 10
  isexec: true
  hash: md5
  path: run'
  rm -r hollow empty run
  exits 0 dray checkout
  [ -d hollow ] && [ -f empty ] && [ -x run ]
  chmod 644 run # not a change to DVC
  exits 0 dray status --exit-code
}

@test "order and escapes of a manifest" {
  dvc_repo
  mkdir -p d/sub
  for name in 'sub!x' sub-1 sub.txt sub/a sub0 é $'\U1F600' $'q"\\\n\t\x01\x7f'; do echo "$name" >"d/$name"; done
  dray add -q d
  local id
  id=$(sed -n 's/^- md5: //p' d.dvc)
  equal "$(md5sum <"$(at "$id")" | cut -c 1-32).dir" "$id"
  equal "$(grep -o '"relpath": "[^}]*' "$(at "$id")")" '"relpath": "q\"\\\n\t\u0001\u007f"
"relpath": "sub!x"
"relpath": "sub-1"
"relpath": "sub.txt"
"relpath": "sub/a"
"relpath": "sub0"
"relpath": "\u00e9"
"relpath": "\ud83d\ude00"'
  rm -r d
  exits 0 dray checkout d
  equal "$(cat d/é)" é
}

@test "what DVC could not read is refused" {
  dvc_repo
  mkdir bad rules fifo
  : >"bad/"$'\xff'
  : >rules/.dvcignore
  mkfifo fifo/p
  run dray add bad
  [ "$status" != 0 ] && [[ $output == *"no name in UTF-8"* ]]
  run dray add rules
  [ "$status" != 0 ] && [[ $output == *"'rules' holds '.dvcignore'"* ]]
  run dray add fifo
  [ "$status" != 0 ] && [[ $output == *FIFO* ]]
  [ ! -e bad.dvc ] && [ ! -e rules.dvc ] && [ ! -e .gitignore ]
}

@test "symlinks to files are files, those to folders are left out" {
  dvc_repo
  mkdir -p d elsewhere
  echo text >elsewhere/file
  echo own >d/own
  ln -s ../elsewhere/file d/link
  ln -s ../elsewhere d/folder
  exits 0 dray add d
  [ ! -L d/link ]
  equal "$(cat d/link)" text
  [ -L d/folder ]
  equal "$(sed -n 's/^  nfiles: //p' d.dvc)" 2
  exits 0 dray status --exit-code
  [ -w elsewhere/file ]
  ln -s nowhere d/dangling
  run dray add d
  [ "$status" != 0 ] && [[ $output == *"symlink 'dangling' of 'd' leads to no file"* ]]
  ln -s elsewhere/file single
  exits 0 dray add single
  [ ! -L single ]
  equal "$(cat single)" text
}

@test "parts of a directory: sizes as DVC has them" {
  dvc_repo
  mkdir d
  echo one >d/a
  echo two >d/b
  dray add -q d
  rm d/a d/b
  echo new >d/c
  dray add -q d/c
  equal "$(sed -n '3,4p' d.dvc)" '  size: 12
  nfiles: 3'
  exits 0 dray add d/a # gone
  equal "$(sed -n '3,4p' d.dvc)" '  nfiles: 2
  hash: md5'
  cp d.dvc before
  exits 0 dray add d/c
  cmp d.dvc before
}

@test "DVC 2: old objects are used, renamed only when they change" {
  dvc_repo
  local one two list
  one=$(printf 'one\r\n' | old_object)
  two=$(printf 'two\n' | old_object)
  list=$(printf '[{"md5": "%s", "relpath": "a"}, {"md5": "%s", "relpath": "b"}]' "$one" "$two" | old_object .dir)
  printf 'outs:\n- md5: %s\n  size: 5\n  path: text\n' "$one" >text.dvc
  printf 'outs:\n- md5: %s.dir\n  size: 9\n  nfiles: 2\n  path: d\n' "$list" >d.dvc
  cp text.dvc text.before
  cp d.dvc d.before
  exits 0 dray checkout
  equal "$(od -c -An text)" "$(printf 'one\r\n' | od -c -An)"
  equal "$(cat d/b)" two
  exits 0 dray status --exit-code
  exits 0 dray add text d
  cmp text.dvc text.before
  cmp d.dvc d.before
  exits 0 dray fsck
  exits 0 dray gc -w --force
  [ -f "$(old_at "$one")" ]
  printf 'one\n' >text # the same text to DVC 2
  exits 0 dray status --exit-code
  echo more >>text
  echo more >>d/b
  exits 0 dray add text d
  equal "$(cat text.dvc)" "outs:
- md5: $(md5sum <text | cut -c 1-32)
  size: 9
  path: text
  hash: md5"
  equal "$(sed -n 3,6p d.dvc)" '  size: 14
  nfiles: 2
  path: d
  hash: md5'
  exits 0 dray status --exit-code
  rm -r d text
  exits 0 dray checkout
  equal "$(od -c -An d/a)" "$(printf 'one\r\n' | od -c -An)"
}

@test "DVC 2's objects travel to a remote and back under their own names" {
  dvc_repo
  local one two list
  dray remote add -q -d store ../store
  one=$(printf 'one\r\n' | old_object)
  two=$(printf 'two\n' | old_object)
  list=$(printf '[{"md5": "%s", "relpath": "a"}, {"md5": "%s", "relpath": "b"}]' "$one" "$two" | old_object .dir)
  printf 'outs:\n- md5: %s.dir\n  size: 9\n  nfiles: 2\n  path: d\n' "$list" >d.dvc
  echo new >file
  dray add -q file
  exits 0 dray push
  [ -f "../store/${one:0:2}/${one:2}" ] && [ -f "../store/${list:0:2}/${list:2}.dir" ]
  [ -d ../store/files/md5 ]
  rm -rf .dvc/cache file
  exits 0 dray pull
  equal "$(cat d/b file)" 'two
new'
  exits 0 dray status -c --exit-code
}

@test "links into a cache that was moved are made anew" {
  dvc_repo
  dray config cache.type symlink
  dray config cache.dir "$PWD/../first"
  echo text >a
  dray add -q a
  [ -L a ]
  mv ../first ../second
  dray config cache.dir "$PWD/../second"
  exits 0 dray checkout
  equal "$(cat a)" text
  [[ $(readlink a) == */second/files/md5/* ]]
}

@test "DVC's lock: who holds it is waited for, then told of" {
  dvc_repo
  echo a >a
  mkdir -p .dvc/tmp
  exec 8>.dvc/tmp/lock
  flock 8
  run dray add a
  [ "$status" != 0 ]
  [[ $output == *"another command is changing"* ]]
  [ ! -e a.dvc ]
  flock -u 8
  exits 0 dray add a
}

@test "group-shared cache: modes" {
  dvc_repo
  dray config cache.shared group
  echo a >a
  dray add -q a
  equal "$(stat -c %a .dvc/cache/files/md5/*)" 2775
  equal "$(stat -c %a .dvc/cache/files/md5/*/*)" 444
}

@test "what is missing does not keep the rest from being checked out" {
  dvc_repo
  mkdir d
  echo one >d/a
  echo two >d/b
  echo file >file
  dray add -q d file
  rm -r d file
  chmod u+w "$(at "$(printf 'two\n' | md5sum | cut -c 1-32)")"
  rm -f "$(at "$(printf 'two\n' | md5sum | cut -c 1-32)")"
  exits 255 dray checkout
  [[ $stderr == *"'d/b'"* ]]
  equal "$(cat file)" file
  [ ! -e d ]
  exits 0 dray checkout --allow-missing
  equal "$(cat d/a)" one
}
