#!/usr/bin/env bats
# log: which commits changed data, and how.
load ../support/sandbox

# Make what is here a commit that is `day` days old: version <day> <subject>
day() { export GIT_AUTHOR_DATE="2024-03-$1T10:00:00+0100" GIT_COMMITTER_DATE="2024-03-$1T10:00:00+0100"; }
version() {
  day "$1"
  dray commit -q -f
  git add -A .
  git commit -q -m "$2"
}

# A month of a folder and a file, on two branches: month [dvc]
month() {
  git init -q
  dray init -q ${1:+--dvc}
  mkdir -p data/sub
  printf 'one\n' >data/a.txt
  printf 'two\n' >data/sub/b.txt
  printf 'print(1)\n' >code.py
  printf 'weights 1\n' >model.bin
  dray add -q data model.bin
  version 01 first
  git tag v1
  printf 'ONE, longer\n' >data/a.txt
  version 02 'a is longer'
  git checkout -q -b side
  printf 'new\n' >data/new.txt
  version 03 'side: new'
  git checkout -q main
  dray checkout -q
  printf 'weights 2, and more\n' >model.bin
  version 04 'model'
  printf 'print(2)\n' >code.py
  day 05
  git commit -q -a -m 'code only'
  day 06
  git merge -q -m 'merge side' side
  dray checkout -q
  day 07
  dray mv -q data images
  git add -A .
  git commit -q -m 'moved'
  rm images/sub/b.txt
  version 08 'less'
}

# "subject" of each line of text: subjects <command …>
subjects() {
  exits 0 "$@"
  printf '%s\n' "$output" | sed 's/^.*tester: //'
}

@test "all data: newest first, size and files after each" {
  month
  exits 0 dray log
  local short
  short=$(git rev-parse HEAD | cut -c 1-10)
  equal "${lines[0]}" "$short  2024-03-08       36 B  -1            tester: less"
  equal "$(subjects dray log)" 'less
moved
merge side
model
side: new
a is longer
first'
  exits 0 dray log --json
  equal "$(json "[(i['subject'], i['size'], i['files']) for i in items][1:5]")" \
    "[('moved', 40, 4), ('merge side', 40, 4), ('model', 36, 3), ('side: new', 30, 4)]"
}

@test "one piece of data: only what changed it; moves are followed" {
  month
  equal "$(subjects dray log images)" 'less
moved (was data)
side: new
a is longer
first'
  equal "$(subjects dray log images.dray)" "$(subjects dray log images)"
  equal "$(subjects dray log model.bin)" 'model
first'
  exits 0 dray log --json images
  equal "$(json "[(i['state'], i['path'], i.get('from'), i['size']) for i in items]")" \
    "[('modified', 'images', None, 16), ('renamed', 'images', 'data', 20), ('modified', 'data', None, 20), ('modified', 'data', None, 16), ('added', 'data', None, 8)]"
  equal "$(json "sorted(items[0])")" \
    "['author', 'bytes_added', 'bytes_deleted', 'commit', 'date', 'email', 'files', 'files_added', 'files_deleted', 'files_modified', 'path', 'size', 'state', 'subject']"
  equal "$(json "[items[3][k] for k in ('files_added', 'files_modified', 'files_deleted', 'bytes_added', 'bytes_deleted', 'date')]")" \
    "[0, 1, 0, 12, 4, '2024-03-02T10:00:00+01:00']"
}

@test "a file in a directory, and a folder in one" {
  month
  equal "$(subjects dray log images/a.txt)" 'moved (was data/a.txt)
a is longer
first'
  cd images
  equal "$(subjects dray log sub)" 'less
moved (was ../data/sub)
first'
  exits 0 dray log --json new.txt
  equal "$(json "[(i['state'], i['path'], i['size']) for i in items]")" \
    "[('renamed', 'images/new.txt', 4), ('added', 'data/new.txt', 4)]"
}

@test "what is gone is found by its name" {
  month
  equal "$(subjects dray log data)" 'moved
side: new
a is longer
first'
  complains 3 "'nothing' is tracked in no commit" dray log nothing
}

@test "-n, --rev, ranges, a detached HEAD" {
  month
  equal "$(subjects dray log -n 2 images)" 'less
moved (was data)'
  equal "$(subjects dray log --rev side)" 'side: new
a is longer
first'
  equal "$(subjects dray log --rev v1..side data)" 'side: new
a is longer'
  git checkout -q --detach v1
  equal "$(subjects dray log)" first
  complains 3 "no git revision 'nope'" dray log --rev nope
  complains 2 "'main...side' has two ends: history is told from one" dray log --rev main...side
  complains 2 "--max-count wants a number from 1 on, not '0'" dray log -n 0
}

@test "both sides of a merge that brought something each" {
  repo
  printf 'a\n' >a
  printf 'b\n' >b
  dray add -q a b
  version 01 first
  git checkout -q -b side
  printf 'a 2\n' >a
  version 02 'side: a'
  git checkout -q main
  dray checkout -q
  printf 'b 2\n' >b
  version 03 'main: b'
  day 04
  git merge -q -m merge side
  dray checkout -q
  equal "$(subjects dray log .)" 'merge
main: b
side: a
first'
  equal "$(subjects dray log a)" 'side: a
first'
  exits 0 dray log --json
  equal "$(json "[i['size'] for i in items]")" '[8, 6, 6, 4]'
}

@test "DVC's dialect, with stages" {
  month dvc
  equal "$(subjects dray log images/a.txt)" 'moved (was data/a.txt)
a is longer
first'
  exits 0 dray log --json images
  equal "$(json "[(i['state'], i['size'], i['files']) for i in items]")" \
    "[('modified', 16, 2), ('renamed', 20, 3), ('modified', 20, 3), ('modified', 16, 2), ('added', 8, 2)]"
  mkdir out
  printf 'out 1\n' >out/x
  printf 'stages:\n  make:\n    cmd: true\n    outs:\n    - out/x\n' >dvc.yaml
  printf 'schema: "2.0"\nstages:\n  make:\n    cmd: true\n    outs:\n    - path: out/x\n      hash: md5\n      md5: %s\n      size: 6\n' \
    "$(md5sum <out/x | cut -c 1-32)" >dvc.lock
  day 10
  git add dvc.yaml dvc.lock
  git commit -q -m 'stage'
  sed -i 's/size: 6/size: 7/; s/md5: [0-9a-f]*$/md5: 0123456789abcdef0123456789abcdef/' dvc.lock
  day 11
  git commit -q -am 'stage again'
  equal "$(subjects dray log out/x)" 'stage again
stage'
}

@test "a shallow clone tells where its history ends" {
  month
  git clone -q --depth 2 "file://$PWD" ../clone
  cd ../clone
  exits 0 dray log images
  equal "$(printf '%s\n' "$output" | sed 's/^.*tester: //')" less
  one_line
  hints "this is a shallow clone; 'git fetch --unshallow' gets the rest"
}

@test "without the lists of files: that it changed, and how large it was" {
  month
  git clone -q . ../clone
  cd ../clone
  exits 0 dray log --json images
  equal "$(json "[(i['state'], i['size'], 'files_added' in i) for i in items]")" \
    "[('modified', 16, False), ('renamed', 20, True), ('modified', 20, False), ('modified', 16, False), ('added', 8, False)]"
  # of a file in it nobody can tell: every change of the directory may be one
  equal "$(subjects dray log images/a.txt | wc -l)" 5
}

@test "no history: no git, no commit" {
  mkdir none
  cd none
  dray init -q --no-git
  complains 2 'this repository has no git, hence no history' dray log
  mkdir ../unborn
  cd ../unborn
  git init -q
  dray init -q
  complains 3 "no git revision 'HEAD'" dray log
}

@test "what commits say cannot drive the terminal" {
  repo
  printf 'a\n' >a
  dray add -q a
  git add .
  git commit -q -m "$(printf 'evil \033[2J')" --author "$(printf 'e\033vil <x@y>')"
  exits 0 dray log
  case $output in *$'\033'*) fail "$output" ;; esac
}

@test "a repository below git's top" {
  git init -q
  mkdir sub
  cd sub
  dray init -q --subdir
  printf 'x\n' >f
  dray add -q f
  git commit -q -m f
  equal "$(subjects dray log f)" f
  equal "$(subjects dray log)" f
}
