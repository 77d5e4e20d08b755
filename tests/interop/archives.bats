#!/usr/bin/env bats
# Data that came out of archives and bundles is DVC's as any other.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# An empty repository of DVC's, without a play.
dvc_repo() {
  cp -a "$template" r
  cd r || return 1
}

@test "members of an archive are what DVC would have added" {
  dvc_repo
  mkdir -p t/data/sub
  printf 'one\n' >t/data/a
  printf 'two\n' >t/data/sub/b
  tar -czf ../data.tgz -C t data
  exits 0 dray add --from-archive ../data.tgz
  exits 0 dvc status
  has_line 'Data and pipelines are up to date.'
  cp -R t same
  exits 0 dvc add -q same
  equal "$(dvc_oid data.dvc)" "$(dvc_oid same.dvc)"
}

@test "a bundle brings what DVC checks out" {
  dvc_repo
  mkdir data
  printf 'one\n' >data/a
  dvc add -q data
  git add -A
  git commit -qm one
  exits 0 dray bundle create ../one.bundle HEAD
  printf 'two\n' >data/b
  dvc add -q data
  git commit -qam two
  exits 0 dray bundle create ../two.bundle HEAD~1..HEAD
  git clone -q . ../far
  cd ../far
  exits 255 dvc checkout
  exits 0 dray bundle unbundle ../two.bundle
  exits 0 dray bundle unbundle ../one.bundle
  exits 0 dvc checkout
  equal "$(cat data/a data/b)" "$(printf 'one\ntwo')"
  exits 0 dvc status
  has_line 'Data and pipelines are up to date.'
}
