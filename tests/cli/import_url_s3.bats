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
