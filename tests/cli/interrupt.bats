#!/usr/bin/env bats
# Ctrl-C, TERM and KILL at any time: status 130 where there is one, everything sound, all goes on later.
load ../support/sandbox

many_files() {
  mkdir data
  python3 -c "
import os
for i in range(3000):
    with open(f'data/{i}', 'wb') as f:
        f.write(os.urandom(4000))
"
}

# The draft folder of a running add has something in it.
# shellcheck disable=SC2329
is_writing() {
  [ -n "$(find "$(cache)/tmp" -type f 2>/dev/null | head -n 1)" ]
}

@test "Ctrl-C in add: 130, no pointer, the next add is whole" {
  repo
  many_files
  keep data ../kept
  interrupt INT is_writing dray add data
  if [ "$status" != 0 ]; then
    equal "$status" 130
    equal "$(grep -c '^dray: ' ../err)" 1
    gone data.dray
  fi
  exits 0 dray fsck
  same_tree data ../kept
  exits 0 dray add data
  [ -z "$(find "$(cache)/tmp" -mindepth 1 2>/dev/null)" ]
  exits 0 dray fsck
}

@test "TERM in checkout: the next one completes" {
  repo
  many_files
  keep data ../kept
  dray add -q data
  rm -rf data
  interrupt TERM '[ -e data ]' dray checkout
  [ "$status" = 0 ] || equal "$status" 130
  exits 0 dray checkout
  same_tree data ../kept
  equal "$(find . -name '.dray-*')" ''
}

@test "KILL in add: the next add is whole and cleans up" {
  repo
  many_files
  interrupt KILL is_writing dray add data
  exits 0 dray add data
  [ -z "$(find "$(cache)/tmp" -mindepth 1 2>/dev/null)" ]
  exits 0 dray fsck
  exits 0 dray status --exit-code
}

@test "Ctrl-C in push: no manifest promises what is not there; the next push completes" {
  repo
  many_files
  keep data ../kept
  dray add -q data
  dray remote add -q -d store "$PWD/../remote"
  git commit -q -am data
  interrupt INT '[ -e ../remote ]' dray push
  if [ "$status" != 0 ]; then
    equal "$status" 130
    gone "$(pointer_object data.dray ../remote)"
  fi
  exits 0 dray push
  git clone -q . ../clone
  cd ../clone
  exits 0 dray pull
  same_tree data ../kept
}

@test "KILL in pull: the next pull completes" {
  repo
  many_files
  keep data ../kept
  dray add -q data
  dray remote add -q -d store "$PWD/../remote"
  git commit -q -am data
  dray push -q
  git clone -q . ../clone
  cd ../clone
  interrupt KILL is_writing dray pull
  exits 0 dray pull
  same_tree data ../kept
  exits 0 dray fsck
}

@test "Ctrl-C while a big file is hashed ends within a second" {
  repo
  truncate -s 6G big
  env --default-signal=INT dray add -q big 2>../err &
  local pid=$! before
  sleep 0.3
  before=$(date +%s%N)
  kill -INT $pid
  local status=0
  wait $pid || status=$?
  equal "$status" 130
  [ $(($(date +%s%N) - before)) -lt 1500000000 ] || fail 'too slow'
  gone big.dray
}
