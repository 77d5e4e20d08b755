#!/usr/bin/env bats
# s3:// remotes over another kind of server: the main path.
# server: swift
# label: s3
load ../support/sandbox
load ../support/s3

@test "push, clone, pull, gc" {
  need_server swift
  s3_repo
  dray remote modify store part_size 5M
  head -c 12M /dev/urandom >big
  dray add -q big
  git commit -q -a -m big
  exits 0 dray push --json
  equal "$(json "totals['objects']")" 8
  exits 0 dray push --json
  equal "$(json "totals['objects']")" 0
  keep data ../kept
  git clone -q . ../clone
  cd ../clone
  exits 0 dray pull
  same_tree data ../kept
  cmp big ../w/big
  exits 0 dray status -c --exit-code
  printf 'second\n' >model.bin
  dray add -q model.bin
  git rm -q --cached big.dray
  rm big.dray
  git commit -q -m second
  exits 0 dray push
  exits 0 dray gc -w --cloud --json
  equal "$(json "[totals[k] for k in ('remote_removed', 'remote_kept')]")" '[2, 7]'
  equal "$(s3 ls "$bucket" | wc -l)" 7
  exits 0 dray status -c --exit-code
  equal "$(s3 uploads "$bucket")" ''
}

@test "refusals have words" {
  need_server swift
  s3_repo
  AWS_SECRET_ACCESS_KEY=wrong exits 7 dray push
  one_line
  hints 'the secret key does not fit the access key (HTTP 403 SignatureDoesNotMatch)'
  dray remote modify store url s3://no-such-bucket-here/x
  complains 3 "cannot find 's3://no-such-bucket-here': there is no such bucket (HTTP 404)" dray push
}
