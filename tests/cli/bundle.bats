#!/usr/bin/env bats
# dray bundle: the data of some revisions as one file, beside git's own bundle of the code.
load ../support/sandbox

# Three commits: data, data changed, a file more.
prepare() {
  data_repo
  printf 'three\n' >data/a.txt
  dray commit -q
  git commit -qam two
  printf 'more\n' >more.bin
  dray add -q more.bin
  git commit -qam three
}

# A clone by git's bundle, without any remote: isolated <folder>
isolated() {
  git bundle create -q ../code.bundle --all
  git clone -q ../code.bundle "$1"
}

objects() {
  dray bundle list "$1" --json | python3 -c "import json, sys
print(sorted(item['path'] for item in json.load(sys.stdin)['items'] if item['state'] == 'object'))"
}

# Keys of the objects with these bytes, as objects prints them: keys <text …>
keys() {
  local text hex
  for text in "$@"; do
    hex=$(printf '%s' "$text" | sha256sum | cut -c 1-64)
    printf 'files/sha256/%s/%s\n' "${hex:0:2}" "${hex:2}"
  done | python3 -c "import sys; print(sorted(sys.stdin.read().split()))"
}

@test "all data of a revision goes where no network leads" {
  exits 0 dray bundle create ../data.bundle HEAD
  isolated ../far
  keep data ../expected
  cd ../far
  exits 3 dray checkout
  exits 0 dray bundle unbundle ../data.bundle
  has_line '8 objects stored, 570 B'
  exits 0 dray checkout
  same_tree ../expected data
  equal "$(cat more.bin)" more
  exits 0 dray fsck
}

@test "a range carries what its commits need and the one in front has not" {
  dray bundle create -q ../r.bundle HEAD~2..HEAD
  hex=$(git show HEAD:data.dray | sed -n 's/.*sha256: //p')
  equal "$(objects ../r.bundle)" "$(python3 -c "print(sorted($(keys $'three\n' $'more\n') + ['files/sha256/${hex:0:2}/${hex:2}']))")"
  exits 0 dray bundle list ../r.bundle
  has_line "commit:       $(git rev-parse HEAD)"
  has_line "commit:       $(git rev-parse HEAD~1)"
  has_line "known:        $(git rev-parse HEAD~2)"
  dray bundle create -q ../n.bundle HEAD~1..
  equal "$(objects ../n.bundle)" "$(keys $'more\n')"
  complains 3 'there are no commits in that range' dray bundle create ../e.bundle HEAD..HEAD
  gone ../e.bundle
  exits 3 dray bundle create ../e.bundle nope
  exits 3 dray bundle create ../e.bundle nope..HEAD
  gone ../e.bundle
}

@test "bundles of a history, one after the other, make it whole" {
  dray bundle create -q ../1.bundle HEAD~2
  dray bundle create -q ../2.bundle HEAD~2..HEAD
  isolated ../far
  cd ../far
  dray bundle unbundle -q ../1.bundle
  dray bundle unbundle -q ../2.bundle
  for commit in HEAD~2 HEAD~1 HEAD; do
    git checkout -q "$(git rev-parse "$commit")"
    exits 0 dray checkout
    exits 0 dray status
    has_line 'data is up to date'
    git checkout -q main
  done
}

@test "the same bytes from everywhere, from the remote what the cache lacks" {
  dray bundle create -q ../one.bundle HEAD~2..HEAD
  dray remote add -d store "$BATS_TEST_TMPDIR/store"
  dray push -q --all-commits
  rm -rf "$(cache)"
  dray bundle create -q ../two.bundle HEAD~2..HEAD
  cmp ../one.bundle ../two.bundle
  dray remote rename store other
  rm -rf "$(cache)" "$BATS_TEST_TMPDIR/store"
  refused dray bundle create ../three.bundle HEAD
  gone ../three.bundle
}

@test "again is nothing, and what was interrupted goes on" {
  dray bundle create -q ../data.bundle HEAD
  isolated ../far
  cd ../far
  head -c 6000 ../data.bundle >../cut.bundle
  exits 9 dray bundle unbundle ../cut.bundle
  one_line
  equal "$(find .git/dray/cache -name '*.tmp')" ''
  exits 0 dray bundle unbundle ../data.bundle
  exits 0 dray bundle unbundle ../data.bundle
  has_line '0 objects stored, 0 B; 8 were there already'
  rm -f "$(printf 'three\n' | object .git/dray/cache)" "$(printf 'more\n' | object .git/dray/cache)"
  exits 0 dray bundle unbundle ../data.bundle --json
  equal "$(json "(totals['objects'], totals['present'])")" '(2, 6)'
}

@test "compressed, where the name says so" {
  dray bundle create -q ../data.tar.zst HEAD
  equal "$(od -An -tx1 -N4 ../data.tar.zst)" ' 28 b5 2f fd'
  isolated ../far
  cd ../far
  exits 0 dray bundle verify ../data.tar.zst
  has_line '8 objects verified, 570 B'
  dray bundle unbundle -q - < <(cat ../data.tar.zst)
  exits 0 dray checkout
}

@test "objects that are not what they are called are refused" {
  dray bundle create -q ../data.bundle HEAD
  isolated ../far
  cd ../far
  sed 's/more/mere/' ../data.bundle >../bad.bundle
  exits 4 dray bundle verify ../bad.bundle
  hints 'does not match its id'
  exits 4 dray bundle unbundle ../bad.bundle
  hints 'does not match its id'
  one_line
  equal "$(find .git/dray/cache -type f -exec grep -l mere {} +)" ''
}

@test "what is no bundle, or says something else than it holds" {
  isolated ../far
  printf 'x' >../no.bundle
  exits 9 dray bundle verify ../no.bundle
  mkdir ../t
  printf 'dray-bundle 1\nobject %s\n' "$(keys x | tr -d "[]'")" >../t/dray-bundle
  (cd ../t && tar cf ../lacks.bundle dray-bundle)
  complains 9 "'../lacks.bundle' lacks objects that its header names" dray bundle verify ../lacks.bundle
  printf 'evil' >../t/evil
  (cd ../t && tar cf ../more.bundle dray-bundle evil)
  complains 9 "'evil' is not what the header of '../more.bundle' says" dray bundle verify ../more.bundle
  printf 'dray-bundle 1\nobject ../../evil\n' >../t/dray-bundle
  (cd ../t && tar cf ../path.bundle dray-bundle)
  exits 9 dray bundle unbundle ../path.bundle
  (cd ../t && tar cf ../none.bundle evil)
  complains 9 "'../none.bundle' is no bundle" dray bundle unbundle ../none.bundle
  exits 3 dray bundle unbundle ../nothing.bundle
  exits 2 dray bundle create ../x.bundle
  exits 2 dray bundle unbundle
}

@test "in repositories of DVC's, and not from one kind into the other" {
  mkdir ../d
  cd ../d
  git init -q
  dray init --dvc -q
  mkdir data
  printf 'one\n' >data/a
  printf 'two\n' >data/b
  dray add -q data
  git add -A
  git commit -qm one
  dray bundle create -q ../dvc.bundle HEAD
  isolated ../far
  cd ../far
  exits 0 dray bundle unbundle ../dvc.bundle
  exits 0 dray checkout
  equal "$(cat data/a data/b)" "$(printf 'one\ntwo')"
  cd ../w
  complains 9 "'../dvc.bundle' is a bundle of a repository of another kind" dray bundle unbundle ../dvc.bundle
}
