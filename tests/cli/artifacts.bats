#!/usr/bin/env bats
# artifacts get: named data by the versions and stages that annotated tags of git give it.
# shellcheck disable=SC2103
load ../support/sandbox

# Tags of a minute each, as git knows no more of time than seconds: tag <name> [commit]
tag() {
  minute=$((minute + 1))
  GIT_COMMITTER_DATE="$((1700000000 + minute * 60)) +0000" git tag -a -m said "$1" "${2:-HEAD}"
}

# A repository `source`, native, whose commits have model.bin v1, v2, v3 and sub/inner/ i1, i2, i3.
sources() {
  minute=0
  mkdir -p source/sub/inner
  cd source || return 1
  git init -q
  dray init -q
  printf 'artifacts:\n  model: {path: model.bin, type: model}\n  code: {path: code.py}\n  out: {path: ../../x}\n' >dray.yaml
  printf 'artifacts:\n  inner: {path: inner}\n' >sub/dray.yaml
  local version
  for version in 1 2 3; do
    echo "v$version" >model.bin
    echo "c$version" >code.py
    echo "i$version" >sub/inner/a
    dray add -q model.bin sub/inner
    git add -A
    git commit -qm "v$version"
    tag "model@v1.$((version + 8)).0"
    tag "sub=inner@v0.$version.0"
  done
  tag code@v1.0.0 HEAD~1
  tag out@v1.0.0
  cd ..
}

got() {
  exits 0 dray artifacts get "$@" --out got --force
}

@test "by version, the highest, by stage, in a folder, code as well as data" {
  sources
  got source model
  equal "$(cat got)" v3
  got source model@latest
  equal "$(cat got)" v3
  got source model@v1.9.0
  equal "$(cat got)" v1
  got source model --rev v1.10.0
  equal "$(cat got)" v2
  got source code
  equal "$(cat got)" c2
  rm got
  got source sub:inner@v0.2.0
  equal "$(cat got/a)" i2
  rm -r got
  got source sub/dray.yaml:inner
  equal "$(cat got/a)" i3
  rm -r got
  exits 0 dray artifacts get source model@v1.9.0
  equal "$output" 'got:          model.bin (1 file)'
  equal "$(cat model.bin)" v1
  exits 8 dray artifacts get source model
  exits 0 dray artifacts get source model --show-url
  [[ $output == */files/sha256/* ]]
  # at home
  cd source
  rm model.bin
  got . model@v1.10.0
  equal "$(cat got)" v2
}

@test "stages: what was said last holds" {
  sources
  cd source
  tag 'model#prod#1' HEAD~2
  tag 'model#prod#2' HEAD~1
  tag 'model#dev#3'
  cd ..
  got source 'model#prod'
  equal "$(cat got)" v2
  got source model --stage dev
  equal "$(cat got)" v3
  cd source
  tag 'model#prod!#4' HEAD~1
  tag 'model@v1.11.0!#5'
  # no more than a name for a commit
  git tag model@v9.0.0
  cd ..
  exits 3 dray artifacts get source 'model#prod'
  [[ $stderr == *"no version of 'model' is in stage 'prod'"* ]]
  got source model
  equal "$(cat got)" v2
  exits 3 dray artifacts get source model@v1.11.0
  [[ $stderr == *"'model' has no version 'v1.11.0'"* ]]
}

@test "over an address, of DVC's repositories, and what is not there" {
  sources
  git clone -q --bare source bare.git
  rm -r source/.git/dray/cache/files/sha256/*
  exits 3 dray artifacts get "file://$PWD/bare.git" model@v8.0.0
  # data needs a remote, code does not
  got "file://$PWD/bare.git" code@v1.0.0
  equal "$(cat got)" c2

  exits 2 dray artifacts get source 'mo del'
  exits 2 dray artifacts get source model@1.0
  exits 2 dray artifacts get source model@v1.9.0 --rev v1.9.0
  exits 2 dray artifacts get source model --rev v1.9.0 --stage prod
  exits 3 dray artifacts get source nothing
  [[ $stderr == *"'nothing' has no version; annotated tags of git"* ]]
  exits 2 dray artifacts get source out
  [[ $stderr == *'leads out of the other repository'* ]]
  cd source
  tag nothing@v1.0.0
  tag far:away@v1.0.0 2>/dev/null || tag far=away@v1.0.0
  exits 3 dray artifacts get . nothing
  [[ $stderr == *"'dray.yaml' has no artifact 'nothing'"* ]]
  exits 3 dray artifacts get . far:away
  [[ $stderr == *"has no 'far/dray.yaml' at "* ]]
}
