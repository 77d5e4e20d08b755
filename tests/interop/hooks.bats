#!/usr/bin/env bats
# Hooks of dray in a team of which some use DVC and its hooks: install on either side, one remote.
# shellcheck disable=SC2317,SC2103,SC2164
load ../support/sandbox
load ../support/dvc

# One clone per tool below `w`, each with hooks of its own: team
team() {
  cp -a "$template" start
  cd start
  git branch -M main
  dvc remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  mkdir data && echo one >data/a
  exits 0 dvc add -q data
  commit_all
  exits 0 dvc push -q
  git clone -q --bare . ../far
  cd ..
  git clone -q far by_dvc
  git clone -q far by_dray
  (cd by_dvc && dvc install -q && exits 0 dvc pull -q)
  (cd by_dray && dray install -q && exits 0 dray pull -q)
}

@test "what one pushes with git, the other has after pulling" {
  team
  cd by_dray
  echo two >data/b
  exits 0 dray add -q data
  commit_all two
  exits 0 git push -q origin main
  there "$(echo two | md5_object ../store)"
  cd ../by_dvc
  exits 0 git pull -q
  exits 0 dvc pull -q
  equal "$(cat data/b)" two
  git checkout -q -b side
  echo three >data/c
  exits 0 dvc add -q data
  commit_all three
  exits 0 git push -q origin side
  cd ../by_dray
  git fetch -q
  run git checkout -q side
  equal "$status" 0
  case $output in *'dray: '*'dray pull'*) ;; *) fail "$output" ;; esac
  exits 0 dray pull -q
  equal "$(cat data/c)" three
  exits 0 git checkout -q main
  gone data/c
  exits 0 dray status --json
  equal "$output" '{}'
  exits 0 dvc status --json
  equal "$output" '{}'
}

@test "a push that cannot store is stopped, one that has nothing to store is not" {
  team
  cd by_dray
  rm -rf ../store && echo >../store
  git commit -q --allow-empty -m empty
  exits 0 git push -q origin main
  echo two >data/b
  exits 0 dray add -q data
  commit_all two
  run git push -q origin main
  [ "$status" != 0 ]
}

@test "DVC's hooks are there first, and again after uninstalling" {
  team
  cd by_dvc
  exits 0 dray install
  echo two >data/b
  exits 0 dray add -q data
  commit_all two
  exits 0 git push -q origin main
  there "$(echo two | md5_object ../store)"
  exits 0 dray install --uninstall
  equal "$(sed -n 2p .git/hooks/pre-push)" 'exec dvc git-hook pre-push $@'
  echo three >data/c
  exits 0 dvc add -q data
  commit_all three
  exits 0 git push -q origin main
  there "$(echo three | md5_object ../store)"
}

@test "outputs of stages come and go with commits, too" {
  cp -a "$template" r
  cd r
  exits 0 dray install
  printf 'stages:\n  make:\n    cmd: echo $(cat in) >out\n    deps: [in]\n    outs: [out]\n' >dvc.yaml
  echo 1 >in && exits 0 dvc repro -q && commit_all one
  echo 2 >in && exits 0 dvc repro -q && commit_all two
  git checkout -q HEAD~1
  equal "$(cat out)" 1
  git checkout -q -
  equal "$(cat out)" 2
  exits 0 dvc status --json
  equal "$output" '{}'
}
