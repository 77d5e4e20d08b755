#!/usr/bin/env bats
# Files over 4 GiB, where 32 bits end.
# label: slow
load ../support/sandbox

@test "a sparse file over 4 GiB: add, status, push, pull" {
  [ "$(df --output=avail -BG . | tail -n 1 | tr -dc 0-9)" -gt 15 ] || skip 'less than 15 GB free'
  repo
  truncate -s 4400M big
  printf 'start' | dd of=big conv=notrunc status=none
  printf 'end' | dd of=big bs=1 seek=4613734397 conv=notrunc status=none
  sha256sum big >../sum
  exits 0 dray add big
  equal "$(oid big.dray)" "$(cut -c 1-64 ../sum)"
  equal "$(sed -n 's/^  size: //p' big.dray)" 4613734400
  exits 0 dray status --exit-code
  dray remote add -q -d store "$PWD/../remote"
  exits 0 dray push
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)" big
  exits 0 dray pull
  sha256sum -c --quiet ../sum
}
