#!/usr/bin/env bats
# Remotes of DVC's that keep versions under the names of files (version_aware, worktree): DVC writes
# them, both read.
# server: rgw
# label: s3
load ../support/sandbox
load ../support/s3
load ../support/dvc

# A bucket that keeps versions, as the default remote `store` of the present repository.
versioned_remote() {
  need_server rgw
  new_bucket
  "$dvc_folder/bin/python" - "$bucket" <<'PYTHON'
import os, sys
from botocore.session import get_session
client = get_session().create_client('s3', endpoint_url=os.environ['AWS_ENDPOINT_URL'])
client.put_bucket_versioning(Bucket=sys.argv[1], VersioningConfiguration={'Status': 'Enabled'})
PYTHON
  dvc remote add -q -d store "s3://$bucket/some/folder"
  dvc remote modify -q store endpointurl "$AWS_ENDPOINT_URL"
  dvc remote modify -q store "$1" true
}

# Only DVC's pointers stay: what a pull brings came from the remote.
afresh() {
  chmod -R u+w .dvc/cache
  rm -rf .dvc/cache .dvc/tmp data model
}

versions() {
  cp -a "$template" r
  cd r || return
  versioned_remote "$1"
  mkdir -p data/sub
  echo one >data/a
  echo two >data/sub/é
  echo first >model
  dvc add -q data model
  dvc push -q
  grep -q version_id model.dvc
  grep -q relpath data.dvc
  git add -A
  git commit -qm one
  cp -a data model ..
  echo three >data/a
  echo second >model
  dvc add -q data model
  dvc push -q
  git commit -qam two

  afresh
  exits 0 dray status --json
  exits 0 dray pull
  equal "$(cat data/a data/sub/é model)" 'three
two
second'
  exits 0 dray status --exit-code
  exits 0 dvc status --json
  equal "$output" '{}'
  exits 0 git status --porcelain
  equal "$output" ''
  git checkout -q HEAD~
  afresh
  exits 0 dray pull
  diff -r data ../data
  cmp model ../model
  exits 0 git status --porcelain
  equal "$output" ''
}

@test "version_aware: any version is fetched" {
  versions version_aware
}

@test "worktree: any version is fetched" {
  versions worktree
}

@test "dray does not write to such a remote, and says so" {
  cp -a "$template" r
  cd r || return
  versioned_remote version_aware
  mkdir data
  echo one >data/a
  dvc add -q data
  dvc push -q
  echo two >data/b
  exits 0 dray add data
  run grep -c 'relpath\|version_id' data.dvc
  equal "$output" 0
  exits 0 dvc status --json
  equal "$output" '{}'
  run dray push
  [ "$status" != 0 ]
  [[ $output == *"it is only read; push to it with DVC"* ]]
  exits 0 dvc push -q
}
