#!/usr/bin/env bats
# Remotes of DVC's that keep versions under the names of files (version_aware, worktree): DVC writes
# them, both read.
# server: rgw
# label: s3
load ../support/sandbox
load ../support/s3
load ../support/dvc

kept_bucket() {
  need_server rgw
  new_bucket
  s3 keep "$bucket"
}

# A bucket that keeps versions, as the default remote `store` of the present repository.
versioned_remote() {
  kept_bucket
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
  exits 0 dray cat data/a model HEAD~:data/a HEAD~:model
  equal "$output" 'three
second
one
first'
  exits 0 dray archive HEAD~ --prefix '' -o ../first.tar
  mkdir ../first
  tar -xf ../first.tar -C ../first
  diff -r ../first/data ../data
  cmp ../first/model ../model
  (cd .. && exits 0 dray get r data --rev HEAD~ -o got && diff -r got data)
  exits 0 dray bundle create ../second HEAD~..HEAD
  exits 0 dray log --json data
  equal "$(printf '%s' "$output" | python -c 'import json, sys
for item in json.load(sys.stdin)["items"]:
    print(item["subject"], item["files_added"], item["files_modified"], item["size"])')" 'two 0 1 10
one 2 0 8'
  equal "$(find .dvc/cache/files -type f -not -name '*.dir')" ''
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

# Both write the same pointers, read each other's, and get any version.
@test "import-url --version-aware; update, to a version; status; pull" {
  kept_bucket
  place=s3://$bucket
  local old
  play() {
    s3 rm "$bucket/dir/c"
    echo one | s3 put "$bucket/f"
    echo a1 | s3 put "$bucket/dir/a"
    echo b1 | s3 put "$bucket/dir/sub/b"
    old=$(s3 head "$bucket/f" | sed -n 's/^x-amz-version-id: //p')
    vc 0 import-url "$place/f"
    vc 0 import-url "$place/f" fv --version-aware
    vc 0 import-url "$place/dir" --version-aware
    vc 0 import-url "$place/dir" later --version-aware --no-download
    vc 0 import-url "$place/f" never --version-aware --no-exec
    vc 0 import-url "$place/f" set --version-aware --fs-config "endpointurl=$AWS_ENDPOINT_URL"
    grep -q "version_id: $old" f.dvc fv.dvc set.dvc
    grep -q "push: false" fv.dvc dir.dvc later.dvc set.dvc
    grep -c relpath dir.dvc later.dvc
    gone later never
    rm never.dvc
    commit_all
    echo two | s3 put "$bucket/f"
    echo a2 | s3 put "$bucket/dir/a"
    echo c | s3 put "$bucket/dir/c"
    both 0 status --json
    mate 0 update f.dvc fv.dvc later.dvc
    vc 0 update dir.dvc set.dvc
    equal "$(cat f fv set dir/a dir/c later/c)" 'two
two
two
a2
c
c'
    vc 0 update fv.dvc "--rev=$old"
    equal "$(cat fv)" one
    vc - update fv.dvc --rev nothing
    both 0 status --json
    rm f.dvc # dray pushes it, as it was not said that the bucket keeps it; DVC does not
    vc 0 remote add -d far ../far
    vc 0 push
    gone ../far
    rm -rf .dvc/cache fv dir later set
    dray pull -q fv dir later set
    equal "$(cat fv set dir/a later/c)" 'one
two
a2
c'
    # versions are the servers'
    sed -i -e 's/version_id: .*/version_id: X/' -e 's/^md5: .*/md5: X/' -- *.dvc
    rm -rf .dvc/cache
  }
  twins play
}
