#!/usr/bin/env bats
# checkout --rev: data of another revision, in the workspace or as copies.
# label: threaded
load ../support/sandbox

# Two versions of a folder and a file, tags v1 and v2: two_versions [dvc]
two_versions() {
  git init -q
  if [ "${1:-}" = dvc ]; then dray init -q --dvc; else dray init -q; fi
  make_data data
  printf 'weights 1\n' >model.bin
  printf 'gone later\n' >old.bin
  dray add -q data model.bin old.bin
  git add .
  git commit -q -m v1
  git tag v1
  keep data ../v1
  printf 'ONE, longer\n' >data/a.txt
  rm data/sub/b.txt
  printf 'more\n' >data/more.txt
  printf 'weights 2\n' >model.bin
  printf 'new\n' >new.bin
  dray commit -q -f data model.bin
  dray rm -q --outs old.bin
  dray add -q new.bin
  git add -A .
  git commit -q -m v2
  git tag v2
  keep data ../v2
}

@test "into the workspace: the data changes, the pointers stay, the way back is open" {
  two_versions
  exits 0 dray checkout --rev v1 data model.bin
  equal "$output" 'modified:     data/ (3 files)
modified:     model.bin (1 file)
files: 1 added, 2 modified, 1 deleted'
  same_tree data ../v1
  equal "$(cat model.bin)" 'weights 1'
  equal "$(git status --porcelain)" ''
  exits 1 dray status --exit-code
  exits 0 dray checkout
  same_tree data ../v2
  equal "$(cat model.bin)" 'weights 2'
  exits 0 dray status --exit-code
}

@test "what was checked out becomes the present version with commit" {
  two_versions
  dray checkout -q --rev v1 model.bin
  dray commit -q
  equal "$(git diff --cached --name-only)" 'model.bin.dray'
  equal "$(cat model.bin.dray)" "$(git show v1:model.bin.dray)"
}

@test "all of a revision; what is not in it stays; what was tracked then comes, and goes again" {
  two_versions
  exits 0 dray checkout --rev v1
  same_tree data ../v1
  there new.bin
  equal "$(cat old.bin)" 'gone later'
  exits 0 dray checkout
  gone old.bin
  same_tree data ../v2
}

@test "a part of a directory, from a subfolder" {
  two_versions
  cd data
  exits 0 dray checkout --rev HEAD~1 sub
  equal "$(cat sub/b.txt)" two
  equal "$(cat a.txt)" 'ONE, longer'
}

@test "bytes that are in no cache stop it" {
  two_versions
  printf 'mine\n' >data/a.txt
  exits 13 dray checkout --rev v1 data
  hints "first 'data/a.txt'"
  equal "$(cat data/a.txt)" mine
  there data/more.txt
  exits 0 dray checkout --force --rev v1 data
  same_tree data ../v1
}

@test "what git has in the place of old data is not overwritten" {
  two_versions
  printf 'code\n' >old.bin
  git add -f old.bin
  git commit -q -m code
  exits 13 dray checkout --rev v1 old.bin
  equal "$(cat old.bin)" code
}

@test "old data in the place of several pointers, or of a part" {
  two_versions
  dray rm -q data
  mv data/sub ../sub
  rm -rf data
  mkdir data
  mv ../sub data/sub
  dray add -q data/sub
  git add -A .
  git commit -q -m split
  complains 8 "'data' holds 'data/sub', which is tracked on its own by 'data/sub.dray'" dray checkout --rev v1 data
  hints '--out'
  git checkout -q v1
  dray checkout -q
  complains 8 "'data/sub' lies in 'data', which is tracked as a whole now" dray checkout --rev main data/sub
}

@test "not in the cache: nothing is touched, and the hint says how to get it" {
  two_versions
  dray remote add -q -d store "$PWD/../remote"
  git commit -q -am remote
  dray push -q --all-commits
  git clone -q . ../clone
  cd ../clone
  dray pull -q
  exits 3 dray checkout --rev v1 model.bin
  hints 'dray fetch --rev v1'
  equal "$(cat model.bin)" 'weights 2'
  exits 3 dray checkout --rev v1 data
  same_tree data ../v2
  dray fetch -q --rev v1
  exits 0 dray checkout --rev v1 data model.bin
  same_tree data ../v1
}

@test "copies: below a folder, from the remote what is not here, the workspace as it was" {
  two_versions
  dray remote add -q -d store "$PWD/../remote"
  git commit -q -am remote
  dray push -q --all-commits
  git clone -q . ../clone
  cd ../clone
  exits 0 dray checkout --rev v1 -o ../out
  same_tree ../out/data ../v1
  equal "$(cat ../out/model.bin)" 'weights 1'
  equal "$(cat ../out/old.bin)" 'gone later'
  gone data model.bin ../out/new.bin
  equal "$(git status --porcelain)" ''
  complains 8 "'../out/model.bin' exists already" dray checkout --rev v2 -o ../out model.bin
  exits 0 dray checkout --force --rev v2 -o ../out model.bin --json
  equal "$(json "[(i['state'], i['path'], i['from']) for i in items]")" "[('got', '../out/model.bin', 'model.bin')]"
  equal "$(cat ../out/model.bin)" 'weights 2'
  exits 0 dray checkout --rev v1 -o ../part data/sub
  same_tree ../part/data/sub ../v1/sub
  gone ../part/data/a.txt
}

@test "DVC's dialect" {
  two_versions dvc
  exits 0 dray checkout --rev v1 data model.bin
  equal "$(cat data/sub/b.txt model.bin)" 'two
weights 1'
  gone data/more.txt
  equal "$(git status --porcelain)" ''
  exits 0 dray checkout --rev v2 -o ../out data
  diff -r --exclude=hollow ../out/data ../v2
}

@test "wrong words" {
  two_versions
  complains 3 "no git revision 'nope'" dray checkout --rev nope
  complains 2 "'v1..v2' is a range, not one revision" dray checkout --rev v1..v2
  complains 2 '--out is for data of another revision: --rev' dray checkout -o ../out
  complains 3 "'nothing' is not tracked in any of these revisions" dray checkout --rev v1 nothing
}
