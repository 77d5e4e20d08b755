#!/usr/bin/env bats
# import-url, update, get-url and ls-url over a real S3 server.
# label: s3
# server: rgw
load ../support/sandbox
load ../support/s3

@test "a file and a folder of a bucket: import, update, get, list" {
  need_server rgw
  new_bucket
  echo aaa | s3 put "$bucket/dir/a"
  echo bbb | s3 put "$bucket/dir/sub/b c"
  echo near | s3 put "$bucket/dir-near"
  repo
  exits 0 dray import-url "s3://$bucket/dir"
  equal "$(cat dir/a 'dir/sub/b c')" 'aaa
bbb'
  exits 0 dray import-url "s3://$bucket/dir/a" file
  equal "$(sed -n 's/^- etag: //p' file.dray)" 5c9597f3c8245907ea71a89d9d39d08e
  exits 0 dray update dir.dray file.dray
  equal "$output" 'everything is up to date'
  echo changed | s3 put "$bucket/dir/a"
  exits 0 dray update dir.dray file.dray
  equal "$(cat dir/a file)" 'changed
changed'
  exits 0 dray get-url "s3://$bucket/dir" copy
  same_tree copy dir
  exits 0 dray ls-url -R "s3://$bucket"
  equal "$output" 'dir-near
dir/a
dir/sub/b c'
  exits 3 dray get-url "s3://$bucket/di"
}

@test "an address has settings of its own" {
  need_server rgw
  new_bucket
  local endpoint=$AWS_ENDPOINT_URL
  echo aaa | s3 put "$bucket/dir/a"
  unset AWS_ENDPOINT_URL
  exits 0 dray ls-url -R "s3://$bucket" --fs-config "endpointurl=$endpoint"
  equal "$output" dir/a
  exits 0 dray get-url "s3://$bucket/dir/a" --fs-config "endpointurl=$endpoint" region=us-east-1
  equal "$(cat a)" aaa
  exits 2 dray get-url "s3://$bucket/dir/a" b --fs-config endpointurl
  hints "'endpointurl' is not of the form key=value"
  exits 2 dray get-url a b --fs-config "endpointurl=$endpoint"
  hints "'a' takes no settings: addresses do"
  gone b
}

@test "versions that a bucket keeps: import, update, to one of them; a clone gets them from there" {
  need_server rgw
  new_bucket
  s3 keep "$bucket"
  echo one | s3 put "$bucket/f"
  echo a | s3 put "$bucket/dir/a"
  echo b | s3 put "$bucket/dir/sub/b c&"
  local first
  first=$(s3 head "$bucket/f" | sed -n 's/^x-amz-version-id: //p')
  repo
  dray remote add -q -d store "$PWD/../store"
  exits 0 dray import-url "s3://$bucket/f" --version-aware
  exits 0 dray import-url "s3://$bucket/dir" --version-aware
  exits 0 dray import-url "s3://$bucket/f" later --version-aware --no-download
  equal "$(cat dir/a 'dir/sub/b c&')" 'a
b'
  equal "$(sed -n '/^  path: s3/,/^- sha/p' f.dray)" "  path: s3://$bucket/f
  fs_config:
    version_aware: true
outs:
- sha256: $(oid f.dray)"
  equal "$(sed -n 's/^  version_id: //p' f.dray)" "$first"
  equal "$(grep -c '^    version_id: ' dir.dray)" 2
  equal "$(tail -n 1 dir.dray)" '  push: false'
  dray push -q
  gone ../store
  git commit -q -m data
  echo two | s3 put "$bucket/f"
  git clone -q . ../clone
  cd ../clone
  exits 0 dray fetch f
  exits 0 dray pull
  equal "$(cat f later dir/a)" 'one
one
a'
  exits 0 dray update f.dray dir.dray
  equal "$(cat f)" two
  exits 0 dray update f.dray dir.dray
  equal "$output" 'everything is up to date'
  exits 0 dray update f.dray "--rev=$first"
  equal "$(cat f)" one
  exits 2 dray update dir.dray "--rev=$first"
  exits 3 dray update f.dray --rev nothing
  exits 2 dray import-url "s3://$bucket/f" x --version-aware --to-remote
}
