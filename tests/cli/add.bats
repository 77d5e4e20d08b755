#!/usr/bin/env bats
# add, commit: data goes into the cache, a pointer into git.
load ../support/sandbox

@test "a file: pointer, object, ignore line, staged" {
  repo
  printf 'hello\n' >model.bin
  exits 0 dray add model.bin
  equal "$(cat model.bin.dray)" 'outs:
- sha256: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
  size: 6
  path: model.bin'
  equal "$(cat .gitignore)" /model.bin
  equal "$(git diff --cached --name-only)" '.gitignore
model.bin.dray'
  equal "$(git status --porcelain --untracked-files=all | grep -v '^A ' || true)" ''
  equal "$(cat "$(printf 'hello\n' | object "$(cache)")")" hello
  equal "$(stat -c %a "$(printf 'hello\n' | object "$(cache)")")" 444
  equal "$(stat -c %a model.bin)" 644
}

@test "a directory: the manifest is the documented text" {
  repo
  make_data data
  exits 0 dray add data
  local a b run link empty
  a=$(printf 'one\n' | sha256sum | cut -c 1-64)
  b=$(printf 'two\n' | sha256sum | cut -c 1-64)
  run=$(printf '#!/bin/sh\n' | sha256sum | cut -c 1-64)
  link=$(printf 'sub/b.txt' | sha256sum | cut -c 1-64)
  empty=$(printf '' | sha256sum | cut -c 1-64)
  printf 'dray-manifest 1 sha256
f %s 4 a.txt
f %s 0 empty
d - 0 hollow/
l %s 9 link
f %s 4 sub/b.txt
x %s 10 sub/deep/run
f %s 4 sub/same as b
' "$a" "$empty" "$link" "$b" "$run" "$b" >../expected
  local id
  id=$(sha256sum <../expected | cut -c 1-64)
  equal "$(oid data.dray)" "$id.dir"
  cmp "$(pointer_object data.dray "$(cache)")" ../expected
  equal "$(sed -n 's/^  nfiles: //p' data.dray)" 6
  equal "$(sed -n 's/^  size: //p' data.dray)" 31
  equal "$(cat .gitignore)" /data
}

@test "equal trees have equal ids, whatever order they were made in" {
  repo
  make_data one
  mkdir two
  ln -s sub/b.txt two/link
  keep one/sub two/sub
  keep one/a.txt two/a.txt
  keep one/empty two/empty
  mkdir two/hollow
  dray add -q one two
  equal "$(oid one.dray)" "$(oid two.dray)"
}

@test "many files and directories at once" {
  repo
  make_data d1
  make_data d2
  mkdir sub
  local i
  for i in $(seq 1 20); do printf '%s\n' "$i" >"f$i"; done
  printf 'x\n' >sub/x
  exits 0 dray add d1 d2 sub/x f{1..20}
  equal "$(find . -name '*.dray' -type f | wc -l)" 23
  equal "$(cat sub/.gitignore)" /x
  equal "$(git diff --cached --name-only | grep -c '\.dray$')" 23
  exits 0 dray status --exit-code
}

@test "add says what it did; again it says nothing changed" {
  repo
  make_data data
  exits 0 dray add --json data
  equal "$(json "items[0]['state']")" added
  equal "$(json "items[0]['path']")" data
  equal "$(json "items[0]['kind']")" dir
  equal "$(json "items[0]['hash']")" "$(oid data.dray)"
  equal "$(json "items[0]['files']")" 6
  equal "$(json "items[0]['size']")" 31
  git commit -q -m one
  exits 0 dray add --json data
  equal "$(json "items[0]['state']")" unchanged
  printf 'changed\n' >data/a.txt
  exits 0 dray add --json data
  equal "$(json "items[0]['state']")" modified
}

@test "add -q prints nothing" {
  repo
  printf 'x\n' >x
  exits 0 dray add -q x
  equal "$output$stderr" ''
}

@test "standard error is quiet when it is no terminal" {
  repo
  make_data data
  exits 0 dray add data
  equal "$stderr" ''
}

@test "--no-stage leaves git's index alone" {
  repo
  printf 'x\n' >x
  exits 0 dray add --no-stage x
  equal "$(git diff --cached --name-only)" ''
  there x.dray
  equal "$(cat .gitignore)" /x
}

@test "core.autostage=false does the same" {
  repo
  dray config core.autostage false
  git commit -q -am settings
  printf 'x\n' >x
  exits 0 dray add x
  equal "$(git diff --cached --name-only)" ''
}

@test "--file names the pointer" {
  repo
  printf 'x\n' >x
  exits 0 dray add --file y.dray x
  gone x.dray
  equal "$(sed -n 's/^  path: //p' y.dray)" x
  rm x
  exits 0 dray checkout
  equal "$(cat x)" x
}

@test "--file in another folder is refused where the path could not be written" {
  repo
  mkdir sub
  printf 'x\n' >x
  exits 2 dray add --file sub/x.dray x
  gone sub/x.dray x.dray
}

@test "--file wants a pointer's suffix and one target" {
  repo
  printf 'x\n' >x
  printf 'y\n' >y
  exits 2 dray add --file x.txt x
  exits 2 dray add --file z.dray x y
  equal "$(cat x)" x
  gone x.dray
}

@test "--out brings data from elsewhere" {
  repo
  make_data ../elsewhere
  mkdir sub
  exits 0 dray add --out sub/data ../elsewhere
  same_tree sub/data ../elsewhere
  there sub/data.dray
  equal "$(cat sub/.gitignore)" /data
  exits 0 dray status --exit-code
}

@test "--out does not overwrite without --force" {
  repo
  printf 'new\n' >../new
  printf 'old\n' >data
  exits 8 dray add --out data ../new
  equal "$(cat data)" old
  hints '--force'
  exits 0 dray add --force --out data ../new
  equal "$(cat data)" new
  equal "$(cat ../new)" new
}

@test "a target outside the repository is refused without --out" {
  repo
  printf 'x\n' >../x
  exits 2 dray add ../x
  hints '--out'
  gone ../x.dray
}

@test "--glob takes patterns" {
  repo
  mkdir -p a/b
  touch one.bin two.bin three.txt a/four.bin a/b/five.bin
  exits 0 dray add --glob '*.bin'
  equal "$(find . -name '*.dray' -type f | sort)" './one.bin.dray
./two.bin.dray'
  exits 0 dray add --glob '**/*.bin'
  equal "$(find . -name '*.dray' -type f | sort)" './a/b/five.bin.dray
./a/four.bin.dray
./one.bin.dray
./two.bin.dray'
  exits 3 dray add --glob '*.nothing'
}

@test "without --glob a pattern is a name" {
  repo
  touch 'a*' ab
  exits 0 dray add 'a*'
  there 'a*.dray'
  gone ab.dray
}

@test "--jobs takes a number" {
  repo
  make_data data
  exits 0 dray add --jobs 1 data
  local first
  first=$(oid data.dray)
  exits 0 dray add -j 7 data
  equal "$(oid data.dray)" "$first"
  for bad in 0 -1 many '' 1x; do exits 2 dray add --jobs "$bad" data; done
}

@test "what git tracks is refused with the command that fixes it" {
  repo
  printf 'x\n' >x
  git add x
  git commit -q -m x
  exits 8 dray add x
  equal "$output" ''
  hints "git rm -r --cached"
  gone x.dray .gitignore
  git rm -r -q --cached x
  exits 0 dray add x
}

@test "a directory with a file that git tracks is refused, naming it" {
  repo
  make_data data
  git add -f data/sub/b.txt
  exits 8 dray add data
  hints "data/sub/b.txt"
  gone data.dray
}

@test "a missing target is named and nothing else is done" {
  repo
  printf 'x\n' >x
  complains 3 "cannot look at 'missing': No such file or directory" dray add x missing
  gone x.dray
}

@test "add needs a target" {
  repo
  exits 2 dray add
}

@test "nested and overlapping outputs are refused" {
  repo
  make_data data
  dray add -q data
  exits 8 dray add --file other.dray data
  exits 2 dray add .
  gone ..dray .dray.dray
  mkdir -p up/down
  printf 'x\n' >up/down/x
  dray add -q up/down
  exits 8 dray add up
  hints 'up/down'
  gone up.dray
}

@test "overlapping targets of one add make one output" {
  repo
  mkdir p
  make_data p/data
  exits 0 dray add p p/data
  there p.dray
  gone p/data.dray
  exits 0 dray status --exit-code
}

@test "the same target twice is added once" {
  repo
  printf 'x\n' >x
  exits 0 dray add x ./x
  equal "$(git diff --cached --name-only | grep -c 'x.dray')" 1
}

@test "a pointer is no data" {
  data_repo
  complains 2 "'model.bin.dray' is a pointer, not data" dray add model.bin.dray
  gone model.bin.dray.dray
}

@test "dray's and git's own files are refused" {
  repo
  exits 9 dray add .git
  complains 2 "'.dray' belongs to dray itself" dray add .dray
}

@test "add from a sub-folder takes paths from there" {
  repo
  mkdir -p a/b
  printf 'x\n' >a/b/x
  printf 'y\n' >y
  cd a/b
  exits 0 dray add x ../../y
  there x.dray ../../y.dray
  equal "$(cat .gitignore)" /x
}

@test "a data set in a folder that git ignores works" {
  repo
  printf '/big/\n' >.gitignore
  git add .gitignore
  git commit -q -m ignore
  mkdir big
  make_data big/data
  exits 0 dray add big/data
  equal "$(git diff --cached --name-only)" big/data.dray
  git commit -q -m data
  keep big/data ../kept
  rm -rf big/data
  exits 0 dray checkout
  same_tree big/data ../kept
}

@test "the same file under two names is stored once" {
  repo
  printf 'same\n' >a
  cp a b
  exits 0 dray add a b
  equal "$(find "$(cache)/files" -type f | wc -l)" 1
}

@test "unknown fields and comments of a pointer survive" {
  data_repo
  local hash
  hash=$(oid model.bin.dray)
  cat >model.bin.dray <<END
# our model
outs:
- path: model.bin   # the file
  sha256: $hash
  size: 30
  desc: "weights: final"
meta: {owner: 'me'}
END
  printf 'changed\n' >model.bin
  exits 0 dray add model.bin
  equal "$(cat model.bin.dray)" "# our model
outs:
- path: model.bin   # the file
  sha256: $(printf 'changed\n' | sha256sum | cut -c 1-64)
  size: 8
  desc: \"weights: final\"
meta: {owner: 'me'}"
}

@test "commit records changes of all pointers" {
  data_repo
  printf 'changed\n' >model.bin
  printf 'changed\n' >data/a.txt
  exits 0 dray commit
  equal "$(oid model.bin.dray)" "$(printf 'changed\n' | sha256sum | cut -c 1-64)"
  exits 0 dray status --exit-code
  equal "$(git diff --cached --name-only)" 'data.dray
model.bin.dray'
}

@test "commit of one target leaves the others" {
  data_repo
  printf 'changed\n' >model.bin
  printf 'changed\n' >data/a.txt
  exits 0 dray commit model.bin
  equal "$(git diff --cached --name-only)" model.bin.dray
  exits 1 dray status --exit-code
}

@test "commit when data is gone is an error, and the pointer stays" {
  data_repo
  local before
  before=$(cat data.dray)
  rm -rf data
  exits 3 dray commit data
  equal "$(cat data.dray)" "$before"
}

@test "a file that becomes a directory, and back" {
  data_repo
  rm model.bin
  make_data model.bin
  exits 0 dray add model.bin
  case $(oid model.bin.dray) in *.dir) ;; *) fail 'not a directory' ;; esac
  rm -rf model.bin
  printf 'x\n' >model.bin
  exits 0 dray add model.bin
  equal "$(cat model.bin.dray)" "outs:
- sha256: $(printf 'x\n' | sha256sum | cut -c 1-64)
  size: 2
  path: model.bin"
}
