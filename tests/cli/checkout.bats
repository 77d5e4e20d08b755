#!/usr/bin/env bats
# checkout: the workspace becomes what the pointers say, and nothing unsaved is lost.
# label: threaded
load ../support/sandbox

# Two commits: in the second, data/a.txt changed, data/empty is gone, data/new came, model.bin changed.
two_versions() {
  data_repo
  keep data ../data1
  keep model.bin ../model1
  printf 'changed\n' >data/a.txt
  rm data/empty
  printf 'new\n' >data/new
  printf 'better\n' >model.bin
  dray add -q data model.bin
  git commit -q -m two
  keep data ../data2
  keep model.bin ../model2
}

@test "an old version and back, byte for byte" {
  two_versions
  git checkout -q HEAD~1
  exits 0 dray checkout
  same_tree data ../data1
  cmp model.bin ../model1
  exits 0 dray status --exit-code
  git checkout -q main
  exits 0 dray checkout
  same_tree data ../data2
  cmp model.bin ../model2
  exits 0 dray status --exit-code
}

@test "what it did, in JSON" {
  two_versions
  git checkout -q HEAD~1
  rm -f model.bin
  exits 0 dray checkout --json
  equal "$(json "items[0]['path']")" data
  equal "$(json "items[0]['state']")" modified
  equal "$(json "items[1]['path']")" model.bin
  equal "$(json "items[1]['state']")" added
  exits 0 dray checkout --json
  equal "$(json "items")" '[]'
}

@test "one pointer only" {
  two_versions
  git checkout -q HEAD~1
  exits 0 dray checkout model.bin.dray
  cmp model.bin ../model1
  same_tree data ../data2
}

@test "by data path, and from a sub-folder" {
  two_versions
  git checkout -q HEAD~1
  mkdir -p elsewhere
  cd elsewhere
  exits 0 dray checkout ../data
  same_tree ../data ../../data1
}

@test "a changed file is not overwritten" {
  two_versions
  git checkout -q HEAD~1
  printf 'unsaved\n' >data/a.txt
  exits 13 dray checkout data
  equal "$output" ''
  hints data/a.txt
  hints '--force'
  equal "$(cat data/a.txt)" unsaved
  exits 0 dray checkout --force data
  same_tree data ../data1
}

@test "a new file that no version has is not deleted" {
  two_versions
  printf 'unsaved\n' >data/mine
  git checkout -q HEAD~1
  exits 13 dray checkout data
  hints data/mine
  equal "$(cat data/mine)" unsaved
  exits 0 dray checkout -f data
  gone data/mine
}

@test "a refused checkout changes nothing at all" {
  two_versions
  printf 'unsaved\n' >data/sub/b.txt
  keep data ../mixed
  git checkout -q HEAD~1
  exits 13 dray checkout
  same_tree data ../mixed
  cmp model.bin ../model2
}

@test "a file whose bytes are in the cache under another name may go" {
  two_versions
  printf 'one\n' >data/copy-of-old-a
  exits 0 dray checkout
  gone data/copy-of-old-a
}

@test "a changed single file is not overwritten" {
  two_versions
  git checkout -q HEAD~1
  printf 'unsaved\n' >model.bin
  exits 13 dray checkout model.bin
  equal "$(cat model.bin)" unsaved
}

@test "a file in the place of a directory, and a directory in the place of a file" {
  two_versions
  rm -rf data model.bin
  printf 'unsaved\n' >data
  mkdir model.bin
  printf 'unsaved\n' >model.bin/x
  exits 13 dray checkout
  equal "$(cat data)" unsaved
  equal "$(cat model.bin/x)" unsaved
  exits 0 dray checkout --force
  same_tree data ../data2
  cmp model.bin ../model2
}

@test "entries that change their kind between versions" {
  repo
  mkdir -p data/a
  printf 'x\n' >data/a/x
  printf 'y\n' >data/b
  ln -s b data/c
  dray add -q data
  git commit -q -m one
  keep data ../one
  rm -rf data/a data/b data/c
  printf 'now a file\n' >data/a
  mkdir -p data/b/deep data/c
  printf 'z\n' >data/b/deep/z
  dray add -q data
  git commit -q -m two
  keep data ../two
  git checkout -q HEAD~1
  exits 0 dray checkout
  same_tree data ../one
  git checkout -q main
  exits 0 dray checkout
  same_tree data ../two
}

@test "no write goes through a symlink that was put in the way" {
  two_versions
  mkdir ../outside
  printf 'theirs\n' >../outside/b.txt
  rm -rf data/sub
  ln -s ../../outside data/sub
  refused dray checkout data
  exits 0 dray checkout --force data
  equal "$(cat ../outside/b.txt)" theirs
  equal "$(ls ../outside)" b.txt
  same_tree data ../data2
}

@test "a data folder that is a symlink is not followed" {
  two_versions
  mv data ../outside
  keep ../outside ../kept
  ln -s ../outside data
  git checkout -q HEAD~1
  refused dray checkout data
  same_tree ../outside ../kept
}

@test "data that the version has no pointer for goes, if the cache has all of it" {
  two_versions
  git checkout -q HEAD~2
  exits 0 dray checkout
  gone data model.bin
  git checkout -q -
  exits 0 dray checkout
  same_tree data ../data2
}

@test "data that the version has no pointer for stays, if some of it is in no cache" {
  two_versions
  printf 'mine\n' >data/mine
  git checkout -q HEAD~2
  exits 0 dray checkout
  hints data
  equal "$(cat data/mine)" mine
  rm data/mine
  same_tree data ../data2
}

@test "missing objects are an error naming the data; nothing is half done" {
  two_versions
  git checkout -q HEAD~1
  chmod -R u+w "$(cache)"
  rm -f "$(printf 'one\n' | object "$(cache)")"
  exits 3 dray checkout data
  hints data/a.txt
  hints 'dray fetch'
  same_tree data ../data2
}

@test "--allow-missing does what can be done" {
  two_versions
  git checkout -q HEAD~1
  chmod -R u+w "$(cache)"
  rm -f "$(printf 'one\n' | object "$(cache)")"
  rm -rf data
  exits 0 dray checkout --allow-missing
  gone data/a.txt
  equal "$(cat data/sub/b.txt)" two
  cmp model.bin ../model1
}

@test "without a cache everything is missing, and nothing in the workspace is touched" {
  two_versions
  git checkout -q HEAD~1
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)"
  exits 3 dray checkout
  same_tree data ../data2
  exits 0 dray checkout --allow-missing
  same_tree data ../data2
}

@test "targets that are not tracked are errors" {
  two_versions
  printf 'x\n' >x
  exits 3 dray checkout x
  exits 3 dray checkout nowhere
}

@test "--relink links again, and leaves changed files alone" {
  two_versions
  dray config cache.type hardlink
  printf 'unsaved\n' >data/a.txt
  exits 13 dray checkout --relink
  equal "$(cat data/a.txt)" unsaved
  printf 'changed\n' >data/a.txt
  exits 0 dray checkout --relink
  equal "$(stat -c %a data/a.txt)" 444
  same_tree data ../data2
}

@test "an unchanged checkout writes nothing" {
  two_versions
  find data model.bin -printf '%i %C@ %p\n' | sort >../before
  exits 0 dray checkout
  find data model.bin -printf '%i %C@ %p\n' | sort >../after
  cmp ../before ../after
}

@test "git dray is dray" {
  two_versions
  git checkout -q HEAD~1
  exits 0 git dray checkout
  same_tree data ../data1
}

@test "worktrees share the cache and have their own state" {
  two_versions
  git worktree add -q ../other HEAD~1
  (
    cd ../other
    exits 0 dray checkout
    same_tree data "$BATS_TEST_TMPDIR/data1"
    exits 0 dray status --exit-code
  )
  exits 0 dray status --exit-code
  same_tree data ../data2
}

@test "git clean leaves the cache" {
  two_versions
  git clean -q -xdff
  gone data
  exits 0 dray checkout
  same_tree data ../data2
}

@test "what is deleted after a checkout is seen, again and again" {
  repo
  mkdir data
  printf 'x\n' >data/x
  dray add -q data
  for _ in 1 2 3; do
    rm data/x
    exits 1 dray status --exit-code
    exits 0 dray checkout
    equal "$(cat data/x)" x
    exits 0 dray status --exit-code
  done
}
