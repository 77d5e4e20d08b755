#!/usr/bin/env bats
# Many objects, many faults, many threads: all arrives all the same.
# label: threaded
load ../support/sandbox
load ../support/s3

@test "a storm of errors among hundreds of files" {
  on_faulty
  unset AWS_MAX_ATTEMPTS
  local i
  mkdir many
  for i in $(seq 1 300); do printf '%s\n' "$i" >"many/$i"; done
  dray add -q many
  keep many ../many
  rules 'answer=503 percent=5 seed=1' 'answer=500 percent=5 seed=2' 'reset percent=5 seed=3' 'lost on=put percent=3 seed=4'
  forget_requests
  exits 0 dray push
  equal "$(s3 ls "$bucket" | wc -l)" 308
  [ "$(requests .)" -lt 900 ]
  lose_data
  rm -rf many
  rules 'answer=503 percent=5 seed=5' 'headers-reset percent=5 seed=6' 'cut percent=5 on=get seed=7' 'flip percent=1 on=get seed=8'
  exits 0 dray pull
  same_tree many ../many
}

@test "all connections break at once" {
  on_faulty
  local i fetcher
  mkdir many
  for i in $(seq 1 40); do printf '%s\n' "$i" >"many/$i"; done
  dray add -q many
  keep many ../many
  dray push -q
  lose_data
  rm -rf many
  rules 'delay=1 on=get'
  forget_requests
  dray pull >../out 2>../err 3>&- &
  fetcher=$!
  until_requests 1 ' head HEAD '
  sleep 1.5
  rules ''
  break_connections
  wait "$fetcher" || fail "$(cat ../err)"
  same_tree many ../many
  same_tree data ../kept
}
