#!/usr/bin/env bats
# install: git runs dray at three moments.
load ../support/sandbox

@test "hooks: data goes with a push, and comes with a checkout" {
  data_repo
  dray remote add -q -d store "$PWD/../store"
  git commit -q -am remote
  exits 0 dray install --json
  equal "$(json "[i['state'] for i in items]")" "['created', 'created', 'created']"
  git init -q --bare ../far
  git remote add far ../far
  exits 0 git push -q far main
  [ -d ../store/files/sha256 ]
  echo other >data/a.txt
  git checkout -q -b side
  dray add -q data
  exits 0 git commit -q -am other
  git checkout -q main
  equal "$(cat data/a.txt)" one
  git checkout -q side
  equal "$(cat data/a.txt)" other
}

@test "a push that cannot send the data is stopped" {
  data_repo
  dray remote add -q -d store "$PWD/../nowhere/store"
  git commit -q -am remote
  dray install -q
  git init -q --bare ../far
  git remote add far ../far
  run git push -q far main
  [ "$status" != 0 ]
  equal "$(git -C ../far branch)" ''
}

@test "hooks that are there stay, and nothing else is written" {
  data_repo
  echo mine >.git/hooks/pre-push
  exits 8 dray install
  hints pre-push
  equal "$(cat .git/hooks/pre-push)" mine
  [ ! -e .git/hooks/pre-commit ] && [ ! -e .git/hooks/post-checkout ]
}

@test "core.hooksPath, work trees, and a machine without dray" {
  data_repo
  git config core.hooksPath ../hooks
  git worktree add -q ../tree
  (cd ../tree && dray install -q)
  [ -x ../hooks/pre-commit ]
  PATH=/usr/bin:/bin exits 0 ../hooks/pre-push
}

@test "in a DVC repository a second one exits as DVC does" {
  git init -q
  dray init -q --dvc
  exits 0 dray install
  exits 1 dray install
}
