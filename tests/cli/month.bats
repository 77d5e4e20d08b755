#!/usr/bin/env bats
# A month of three people: branches, merges, a rebase, moves and tags over one project and one store;
# afterwards every tagged snapshot comes out of a fresh clone byte for byte.
load ../support/sandbox

prepare() {
  top=$PWD
  day=0
  git init -q --bare origin.git
}

# A new day begins, in somebody's clone: on <person>
on() {
  day=$((day + 1))
  GIT_AUTHOR_DATE=$(printf '2026-03-%02dT09:00:00Z' "$day")
  GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
  export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
  export GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@example.com
  export GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$1@example.com
  cd "$top/$1" || return 1
}

# Somebody begins to work: joins <person>
joins() {
  git clone -q "$top/origin.git" "$top/$1"
  cd "$top/$1" || return 1
  exits 0 dray install -q
  exits 0 dray pull -q
}

# A file with bytes that tell its name and version, and some more of them: write <path> <version>
write() {
  mkdir -p "$(dirname "$1")"
  local line
  for line in $(seq 1 $((${#1} * 7 % 40 + 1))); do printf '%s %s %s\n' "$1" "$2" "$line"; done >"$1"
}

# Record what changed: record <message> [target …]
record() {
  exits 0 dray add -q "${@:2}"
  git add -A
  git commit -q -m "$1"
}

push() {
  exits 0 git push -q origin "$@"
}

# What a commit is when it is checked out, without what belongs to the clone.
bare_copy() {
  keep . "$1"
  rm -rf "$1/.git" "$1/.dvc/cache" "$1/.dvc/tmp" "$1/.dvc/config.local"
}

# Hooks check out what the cache has; what others made comes with a pull.
gets_data() {
  exits 0 dray pull -q
  exits 0 dray status --exit-code
}

# Tag, push, and remember how it looks: release <tag>
release() {
  exits 0 dray status --exit-code
  equal "$(git status --porcelain)" ''
  git tag -a -m "release $1" "$1"
  push main "$1"
  mkdir -p "$top/expected"
  bare_copy "$top/expected/$1"
}

a_month() {
  mkdir ann
  on ann
  git init -q
  git remote add origin "$top/origin.git"
  dray init -q "$@"
  dray remote add -q -d store "$top/store"
  exits 0 dray install -q
  echo 'print("train")' >train.py
  for number in $(seq 1 20); do write "data/train/$number.txt" 1; done
  write data/labels.csv 1
  write model.bin 1
  record 'first data' data model.bin
  release v1

  joins bob
  on bob
  git checkout -q -b clean
  rm data/train/3.txt data/train/4.txt
  write data/train/5.txt 2
  record 'bad samples go' data
  on bob
  write data/train/21.txt 1
  record 'one more' data
  push clean

  on ann
  write data/train/9.txt 2
  write data/test/1.txt 1
  record 'a test set' data
  git checkout -q -b tune
  on ann
  write model.bin 2
  echo 'print("tune")' >train.py
  record 'tuned' model.bin
  git checkout -q main
  push main tune

  # Both changed the folder: it merges file by file.
  on bob
  git fetch -q
  git checkout -q main
  exits 0 git merge -q --ff-only origin/main
  exits 0 git merge -q --no-edit clean
  gets_data
  there data/train/21.txt
  there data/test/1.txt
  gone data/train/3.txt
  release v2

  # Somebody new moves things, and brings data of a second kind.
  joins carol
  on carol
  exits 0 dray move -q model.bin models/base.bin
  git add -A
  git commit -q -m 'models have a folder'
  on carol
  mkdir -p 'images/of cats'
  for name in "a b" 'ü' '100%'; do write "images/of cats/$name.png" 1; done
  mkdir -p images/hollow
  record 'images' images
  push main

  # Ann goes on with what she had, on top of what the others did.
  on ann
  git fetch -q
  git checkout -q tune
  write data/train/1.txt 7
  record 'relabelled' data
  on ann
  exits 0 git rebase -q main
  exits 0 git checkout -q main
  exits 0 git merge -q --ff-only origin/main
  on ann
  git checkout -q tune
  exits 0 git rebase -q main # which has moved the model that is tuned here
  gets_data
  equal "$(sed -n 1p data/train/1.txt)" 'data/train/1.txt 7 1'
  on ann
  git checkout -q main
  exits 0 git merge -q --no-ff --no-edit tune
  release v3

  # Data that is taken back, and a hotfix of an old release.
  on bob
  exits 0 git pull -q --ff-only
  gets_data
  exits 0 git revert --no-edit -m 1 HEAD
  equal "$(sed -n 1p data/train/1.txt)" 'data/train/1.txt 1 1'
  release v4
  on bob
  git checkout -q -b hotfix v1
  equal "$(find data -type f | wc -l)" 21
  write data/labels.csv 2
  record 'labels were wrong' data
  git tag -a -m fix v1.1
  push hotfix v1.1
  bare_copy "$top/expected/v1.1"
  on bob
  git checkout -q main
  exits 0 git merge -q --no-edit hotfix
  release v5

  on carol
  exits 0 git pull -q --ff-only
  gets_data
  equal "$(sed -n 1p data/labels.csv)" 'data/labels.csv 2 1'
  exits 0 dray remove -q images.*
  rm -rf images
  git add -A
  git commit -q -m 'no images any more'
  release v6
}

# Every tag, from a clone of its own that has all data first: afterwards the store is out of reach.
every_tag_returns() {
  local tag
  cd "$top" || return 1
  git clone -q origin.git fresh
  cd fresh || return 1
  exits 0 dray install -q
  exits 0 dray fetch -q --all-tags
  exits 0 dray fsck
  mv "$top/store" "$top/store.away"
  equal "$(git tag | tr '\n' ' ')" 'v1 v1.1 v2 v3 v4 v5 v6 '
  for tag in $(git tag) v2 v1; do
    exits 0 git checkout -q "$tag"
    rm -rf "$top/got"
    bare_copy "$top/got"
    same_tree "$top/expected/$tag" "$top/got"
    exits 0 dray status --exit-code
    exits 0 dray archive -q -o "$top/$tag.tar" "$tag"
    rm -rf "$top/got"
    mkdir "$top/got"
    tar -xf "$top/$tag.tar" -C "$top/got"
    (cd "$top/got" && sha256sum --quiet -c .dray-archive)
    rm "$top/got/.dray-archive"
    same_tree "$top/expected/$tag" "$top/got"
  done
  mv "$top/store.away" "$top/store"
}

# And each alone, by somebody who has no hooks.
each_tag_alone() {
  local tag
  for tag in v1.1 v3 v6; do
    cd "$top" || return 1
    rm -rf alone
    git clone -q -b "$tag" "$top/origin.git" "$top/alone" 2>/dev/null
    cd "$top/alone" || return 1
    exits 0 dray pull -q
    rm -rf "$top/got"
    bare_copy "$top/got"
    same_tree "$top/expected/$tag" "$top/got"
  done
}

@test "natively" {
  a_month
  every_tag_returns
  each_tag_alone
}

@test "in a repository of DVC's" {
  a_month --dvc
  every_tag_returns
  each_tag_alone
}
