#!/usr/bin/env bats
# What git's hooks do: data goes with commits, and comes with checkouts.
load ../support/sandbox

# A repository with hooks, a remote for data and one for commits, which has the first commits.
prepare() {
  data_repo
  dray remote add -q -d store "$PWD/../store"
  git commit -q -am remote
  dray install -q
  git init -q --bare ../far
  git remote add far ../far
  git push -q far main
}

# Record other bytes of data/a.txt: change <text>
change() {
  echo "$1" >data/a.txt
  dray add -q data
  git commit -q -am "$1"
}

# Is an object with these bytes in the remote? sent <text>
sent() {
  there "$(echo "$1" | object ../store)"
}

unsent() {
  gone "$(echo "$1" | object ../store)"
}

# ---------------------------------------------------------------------------- pre-push

@test "a push sends the data of what is pushed, and of nothing else" {
  sent one
  change middle
  change last
  git checkout -q -b side main~1
  change beside
  git checkout -q main
  exits 0 git push -q far main
  sent middle
  sent last
  unsent beside
  exits 0 git push -q far side:other
  sent beside
}

@test "a push of a tag, to an address, of several refs, and of none" {
  change tagged
  git tag -a -m mark mark
  git reset -q --hard HEAD~1
  exits 0 git push -q ../far mark
  sent tagged
  change a
  git branch x
  change b
  git checkout -q -b y
  exits 0 git push -q far x y
  sent a
  sent b
  change c
  exits 0 git push -q far :x
  unsent c
  exits 0 git push -q far x
  unsent c
}

@test "what is pushed again costs nothing, and data of what is there is not asked for" {
  dray() { false; }
  rm -rf ../store
  git commit -q --allow-empty -m empty
  exits 0 git push -q far main
  gone ../store
}

@test "a branch that was rewritten" {
  change first
  git push -q far main
  git reset -q --hard HEAD~1
  change second
  exits 0 git push -q -f far main
  sent second
}

@test "a push that cannot send the data is stopped" {
  change lost
  rm -f "$(echo lost | object "$(cache)")"
  echo other >data/a.txt
  run git push -q far main
  [ "$status" != 0 ]
  case $output in *lost*) fail "$output" ;; *'dray: '*data/a.txt*) ;; *) fail "$output" ;; esac
  equal "$(git -C ../far rev-parse main)" "$(git rev-parse main~1)"
  exits 0 git push -q --no-verify far main
}

@test "a pointer that was malformed in one commit is told, and passed over" {
  cp data.dray ../before
  echo '<<<<<<<' >>data.dray
  git commit -q -am malformed
  cp ../before data.dray
  change after
  run git push -q far main
  equal "$status" 0
  case $output in *'passed over'*data.dray*) ;; *) fail "$output" ;; esac
  sent after
}

@test "standard output of a push is git's" {
  change more
  exits 0 git push --porcelain far main
  case $output in *object*) fail "$output" ;; esac
  hints 'objects pushed'
}

# ------------------------------------------------------ post-checkout, -merge, -rewrite

@test "a checkout brings the data of what changed, and leaves the rest alone" {
  git checkout -q -b side
  change other
  rm -f model.bin
  git checkout -q main
  equal "$(cat data/a.txt)" one
  git checkout -q side
  equal "$(cat data/a.txt)" other
  gone model.bin
}

@test "data that is tracked on one side only comes and goes" {
  git checkout -q -b side
  mkdir more && echo x >more/x
  dray add -q more
  git commit -q -am more
  git checkout -q main
  gone more
  git checkout -q side
  equal "$(cat more/x)" x
  echo unsaved >more/y
  git checkout -q main
  equal "$(cat more/y)" unsaved
}

@test "bytes that are in no cache are not overwritten, and the checkout says so" {
  git checkout -q -b side
  change other
  echo unsaved >data/a.txt
  run git checkout -q main
  [ "$status" != 0 ]
  case $output in *'would be lost'*) ;; *) fail "$output" ;; esac
  equal "$(cat data/a.txt)" unsaved
}

@test "what is not in the cache is told, and is no failure" {
  git checkout -q -b side
  change other
  git checkout -q main
  rm -f "$(echo other | object "$(cache)")"
  run git checkout -q side
  equal "$status" 0
  case $output in *'dray: '*'dray pull'*) ;; *) fail "$output" ;; esac
}

@test "files, and a branch at the same commit, are no other commit" {
  change other
  echo unsaved >data/a.txt
  exits 0 git checkout -q -b side
  exits 0 git checkout -q HEAD~1 -- data.dray
  equal "$(cat data/a.txt)" unsaved
}

@test "a merge, fast and real, and a squash" {
  git checkout -q -b side
  change other
  git checkout -q main
  exits 0 git merge -q --squash side
  equal "$(cat data/a.txt)" other
  git reset -q --hard
  dray checkout -q
  exits 0 git merge -q side
  equal "$(cat data/a.txt)" other
  git checkout -q -b third HEAD~1
  echo new >>model.bin
  dray add -q model.bin
  git commit -q -am model
  git checkout -q side
  exits 0 git merge -q third
  equal "$(tail -1 model.bin)" new
  equal "$(cat data/a.txt)" other
}

@test "a rebase moves the data once, at its end" {
  git checkout -q -b side
  change other
  git checkout -q main
  for i in 1 2 3; do
    echo "$i" >>model.bin
    dray add -q model.bin
    git commit -q -am "$i"
  done
  git checkout -q side
  run git rebase main
  equal "$status" 0
  equal "$(cat data/a.txt)" other
  equal "$(tail -1 model.bin)" 3
  equal "$(printf '%s\n' "$output" | grep -c modified:)" 1
}

@test "a rebase that stops leaves the data as it is until it goes on" {
  git checkout -q -b side
  change other
  echo a >file && git add file && git commit -q -m file
  git checkout -q main
  echo b >file && git add file && git commit -q -m file
  git checkout -q side
  run git rebase main
  [ "$status" != 0 ]
  equal "$(cat data/a.txt)" other
  echo c >file && git add file
  GIT_EDITOR=true exits 0 git rebase --continue
  equal "$(cat data/a.txt)" other
  exits 0 dray status --exit-code
}

@test "a rebase that has nothing to replay, one that is given up, and one that leaves something out" {
  git branch behind
  git checkout -q -b side
  change other
  git checkout -q behind
  equal "$(cat data/a.txt)" one
  exits 0 git rebase side
  equal "$(cat data/a.txt)" other
  echo a >file && git add file && git commit -q -m file
  git checkout -q main
  echo b >file && git add file && git commit -q -m file
  echo n >data/n && dray add -q data && git commit -q -am n
  git checkout -q behind
  run git rebase main
  git rebase --abort
  equal "$(cat data/a.txt)" other
  exits 0 dray status --exit-code
  run git rebase main
  exits 0 git rebase --skip
  equal "$(cat data/a.txt data/n)" "$(printf 'other\nn')"
  git checkout -q -b upstream HEAD
  git checkout -q -b again HEAD~1
  echo more >>model.bin && dray add -q model.bin && git commit -q -am more
  git checkout -q upstream
  git cherry-pick again
  change last
  git checkout -q again
  exits 0 git rebase upstream
  equal "$(cat data/a.txt)" last
}

@test "a bisection has the data of each step" {
  for i in 1 2 3 4 5 6; do change "$i"; done
  git bisect start HEAD HEAD~6
  exits 0 git bisect run sh -c 'test "$(cat data/a.txt)" = one || test "$(cat data/a.txt)" -lt 4'
  equal "$(git log -1 --format=%s refs/bisect/bad)" 4
  git bisect reset
  equal "$(cat data/a.txt)" 6
}

@test "a new work tree and a clone get their data, from another branch" {
  git checkout -q -b side
  change other
  git checkout -q main
  exits 0 git worktree add -q ../tree side
  equal "$(cat ../tree/data/a.txt)" other
  equal "$(cat data/a.txt)" one
  git push -q far side
  mkdir -p ../template/hooks
  cp .git/hooks/post-checkout ../template/hooks
  exits 0 git clone -q --template="$PWD/../template" -b side ../far ../clone
  hints 'dray pull'
}

# -------------------------------------------------------------------------- pre-commit

@test "a commit tells of data that is not recorded, and goes through" {
  echo other >data/a.txt
  run git commit --allow-empty -q -m empty
  equal "$status" 0
  case $output in *modified:*data/*) ;; *) fail "$output" ;; esac
  dray checkout -q --force
  run git commit --allow-empty -q -m empty
  equal "$output" ''
}

@test "a commit is stopped where that is wanted" {
  git config dray.blockCommit true
  echo other >data/a.txt
  run git commit --allow-empty -q -m empty
  [ "$status" != 0 ]
  case $output in *'not recorded'*--no-verify*) ;; *) fail "$output" ;; esac
  dray add -q data
  exits 0 git commit -q -am other
}

@test "a pointer in conflict keeps nobody from going on" {
  printf 'outs:\n<<<<<<< HEAD\n' >model.bin.dray
  git add model.bin.dray
  run git commit -q -m bad
  equal "$status" 0
  case $output in *'cannot tell'*) ;; *) fail "$output" ;; esac
}

@test "outside of a repository of ours hooks do nothing" {
  git init -q ../plain
  cp .git/hooks/* ../plain/.git/hooks
  cd ../plain
  exits 0 git commit -q --allow-empty -m empty
  exits 0 git checkout -q -b side
  exits 0 git push -q ../far side:plain
}

@test "below pre-commit, which tells in variables what git told it" {
  export PRE_COMMIT=1
  change last
  PRE_COMMIT_REMOTE_NAME=far PRE_COMMIT_REMOTE_URL=../far PRE_COMMIT_LOCAL_BRANCH=refs/heads/main \
    PRE_COMMIT_REMOTE_BRANCH=refs/heads/main PRE_COMMIT_FROM_REF=$(git rev-parse HEAD~1) \
    PRE_COMMIT_TO_REF=$(git rev-parse HEAD) exits 0 dray git-hook pre-push
  sent last
  rm -rf ../store
  PRE_COMMIT_REMOTE_NAME=../far PRE_COMMIT_LOCAL_BRANCH=refs/heads/main exits 0 dray git-hook pre-push
  sent one
  git -c core.hooksPath=/dev/null checkout -q HEAD~1
  equal "$(cat data/a.txt)" last
  PRE_COMMIT_FROM_REF=$(git rev-parse main) PRE_COMMIT_TO_REF=$(git rev-parse HEAD) \
    PRE_COMMIT_CHECKOUT_TYPE=1 exits 0 dray git-hook post-checkout
  equal "$(cat data/a.txt)" one
  exits 9 dray git-hook pre-push far ../far <<<'x --all y z'
}
