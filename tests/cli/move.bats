#!/usr/bin/env bats
# rm and mv: pointers, ignore lines, git's index and data together.
load ../support/sandbox

@test "rm stops tracking and keeps the data" {
  data_repo
  exits 0 dray rm data
  gone data.dray
  make_data ../expected
  same_tree data ../expected
  equal "$(cat .gitignore)" /model.bin
  equal "$(git diff --cached --name-status | sort)" "D	data.dray
M	.gitignore"
}

@test "rm of the last one removes .gitignore" {
  repo
  printf 'x\n' >x
  dray add -q x
  exits 0 dray rm x.dray
  there x
  gone .gitignore x.dray
  equal "$(git status --porcelain)" '?? x'
}

@test "rm --outs removes the data too" {
  data_repo
  exits 0 dray rm --outs data model.bin.dray
  gone data model.bin data.dray model.bin.dray
  exits 0 dray fsck
  git checkout -q HEAD -- .
  exits 0 dray checkout
  equal "$(cat data/a.txt)" one
}

@test "rm --outs refuses to lose bytes that are in no cache" {
  data_repo
  printf 'unsaved\n' >data/a.txt
  exits 13 dray rm --outs data
  hints data/a.txt
  equal "$(cat data/a.txt)" unsaved
  there data.dray
  exits 0 dray rm --outs --force data
  gone data
}

@test "rm of what is not tracked is an error" {
  data_repo
  printf 'x\n' >x
  exits 3 dray rm x
  hints x
  exits 3 dray rm nowhere
  exits 2 dray rm
}

@test "rm of a part of a tracked directory is refused" {
  data_repo
  refused dray rm data/a.txt
  there data.dray data/a.txt
}

@test "mv renames data, pointer and ignore line" {
  data_repo
  keep data ../kept
  mkdir sub
  exits 0 dray mv data sub/new
  gone data data.dray
  same_tree sub/new ../kept
  equal "$(sed -n 's/^  path: //p' sub/new.dray)" new
  equal "$(cat .gitignore)" /model.bin
  equal "$(cat sub/.gitignore)" /new
  exits 0 dray status --exit-code
  equal "$(git status --porcelain --untracked-files=all | grep -v '^[MARD]  ' || true)" ''
}

@test "mv of a file into a folder" {
  data_repo
  mkdir sub
  exits 0 dray mv model.bin sub
  there sub/model.bin sub/model.bin.dray
  exits 0 dray mv sub/model.bin other.bin
  there other.bin other.bin.dray
  gone sub/model.bin.dray
}

@test "mv works on data that is not checked out" {
  data_repo
  rm -rf data
  exits 0 dray mv data moved
  there moved.dray
  gone data.dray
  exits 0 dray checkout
  equal "$(cat moved/a.txt)" one
}

@test "mv keeps changes that were not added" {
  data_repo
  printf 'unsaved\n' >data/a.txt
  exits 0 dray mv data moved
  equal "$(cat moved/a.txt)" unsaved
  exits 1 dray status --exit-code
}

@test "mv over something, or of nothing, is refused" {
  data_repo
  printf 'precious\n' >taken
  exits 8 dray mv model.bin taken
  equal "$(cat taken)" precious
  there model.bin model.bin.dray
  exits 8 dray mv model.bin data/inside
  exits 3 dray mv nowhere somewhere
  exits 2 dray mv model.bin
  exits 2 dray mv model.bin ../outside
}

@test "mv into itself is refused" {
  data_repo
  refused dray mv data data/sub
  there data/a.txt data.dray
}
