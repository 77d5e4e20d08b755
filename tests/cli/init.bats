#!/usr/bin/env bats
# init, root, destroy: a repository begins and ends.
load ../support/sandbox

@test "init makes .dray and stages its files" {
  git init -q
  exits 0 dray init
  there .dray/config
  equal "$(git diff --cached --name-only | sort)" "$(find .dray .drayignore -type f 2>/dev/null | sort)"
  equal "$(git status --porcelain | grep -v '^A ' || true)" ''
}

@test "init without git is refused, and says how to do without" {
  exits 10 dray init
  equal "$output" ''
  hints '--no-git'
  gone .dray
}

@test "init --no-git works without git" {
  exits 0 dray init --no-git
  make_data data
  exits 0 dray add data
  there data.dray
  gone .gitignore
  rm -rf data
  exits 0 dray checkout
  make_data expected
  same_tree data expected
}

@test "init twice is refused and changes nothing; -f replaces the settings" {
  repo
  dray config core.autostage false
  exits 8 dray init
  hints '--force'
  equal "$(dray config core.autostage)" false
  exits 0 dray init -f
  exits 3 dray config --project core.autostage
}

@test "init -f keeps the cache" {
  data_repo
  dray init -f
  exits 0 dray fsck
  rm -rf data
  exits 0 dray checkout
  make_data expected
  same_tree data expected
}

@test "init below the root of a git work tree needs --subdir" {
  git init -q
  mkdir sub
  cd sub
  exits 2 dray init
  hints '--subdir'
  gone .dray
  exits 0 dray init --subdir
  there .dray/config
  equal "$(dray root)" .
  printf 'x\n' >file
  exits 0 dray add file
  equal "$(git diff --cached --name-only -- . | grep -c file.dray)" 1
}

@test "commands outside a repository say so" {
  local command
  for command in 'add x' status checkout push pull fetch fsck 'gc -w' ls du root diff commit \
    'remote list' 'cache dir'; do
    # shellcheck disable=SC2086
    exits 10 dray $command
    equal "$output" ''
    hints 'dray init'
  done
}

@test "root prints the way to the root" {
  repo
  mkdir -p a/b
  equal "$(dray root)" .
  equal "$(cd a/b && dray root)" ../..
}

@test "-C works as if started there" {
  repo
  mkdir -p a
  cd ..
  equal "$(dray -C w root)" .
  equal "$(dray -C w -C a root)" ..
  exits 3 dray -C nowhere root
}

@test "destroy wants --force" {
  data_repo
  exits 2 dray destroy
  hints '--force'
  there data.dray
}

@test "destroy leaves the data as ordinary files" {
  data_repo
  dray config cache.type hardlink
  dray checkout --relink
  keep data ../kept
  exits 0 dray destroy -f
  gone .dray data.dray "$(cache)"
  same_tree data ../kept
  printf 'more\n' >>data/a.txt
  exits 10 dray status
}

@test "destroy refuses while data of a pointer is missing from the workspace" {
  data_repo
  dray config cache.type symlink
  dray checkout --relink
  exits 0 dray destroy -f
  [ ! -L data/a.txt ]
  equal "$(cat data/a.txt)" one
  [ -L data/link ]
}

@test "destroy takes out of git what install put there, if nobody else needs it" {
  data_repo
  git config --local --list | sort >../before
  dray install -q
  [ -e .git/hooks/pre-push ]
  exits 0 dray destroy -f
  gone .git/hooks/pre-push
  git config --local --list | sort | diff ../before -
  dray init -q --dvc
  printf 'stages: {a: {cmd: x, outs: [never]}}\n' >dvc.yaml
  mkdir sub
  dray -C sub init -q --subdir
  git add -A
  dray install -q
  exits 0 dray destroy -f
  gone .dvc
  there .git/hooks/pre-push dvc.yaml sub/.dray
}
