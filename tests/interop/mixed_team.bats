#!/usr/bin/env bats
# Two people with a clone each, one with dray and one with DVC, who take turns for some rounds, over a
# folder and over a bucket; DVC and dray in one cache.
# server: rgw
# label: s3
# shellcheck disable=SC2317,SC2103,SC2164
load ../support/sandbox
load ../support/s3
load ../support/dvc

# Two clones of one repository with a remote: team <url>
team() {
  local origin=$BATS_TEST_TMPDIR/origin-$first.git
  git init -q --bare "$origin"
  vc 0 remote add -d far "$1"
  if [ -n "${AWS_ENDPOINT_URL:-}" ]; then vc 0 remote modify far endpointurl "$AWS_ENDPOINT_URL"; fi
  commit_all remote
  git remote add origin "$origin"
  git push -q -u origin main
  git clone -q "$origin" ../clone
}

# What a person does before work and after it: begin <tool>, finish <tool> <message>
begin() {
  git pull -q
  exits 0 "$1" pull
  exits 0 "$1" status -q
}

finish() {
  commit_all "$2"
  exits 0 "$1" push
  git push -q
}

# The other's work has come over whole.
alike() {
  diff -r -x .git -x .dvc ../r ../clone
  both_clean
}

# Rounds of everything that can be done to data: rounds <url>
rounds() {
  team "$1"
  mkdir -p set/sub set/hollow
  echo a >set/a
  echo b >'set/sub/b c'
  : >set/empty
  echo ž >'set/ž'
  printf '#!/bin/sh\n' >tool
  chmod 755 tool
  head -c 300000 /dev/zero >model
  vc 0 add set tool model
  rmdir set/hollow
  finish "$first" one

  cd ../clone
  begin "$second"
  alike
  [ -x tool ] || fail 'tool cannot be run'
  echo changed >set/a
  rm 'set/ž'
  echo new >set/sub/new
  mv model model.v1
  mate 0 remove model.dvc
  mate 0 add set model.v1
  finish "$second" two

  cd ../r
  begin "$first"
  rm -f model
  alike
  # a part, and the rest is not here
  rm -rf set
  mkdir set
  echo part >set/part
  vc 0 add set/part
  rm -rf set
  vc 0 checkout set/sub
  echo again >set/sub/new
  vc 0 add set/sub/new
  mkdir void
  vc 0 add void
  finish "$first" three

  cd ../clone
  begin "$second"
  cd ../r
  vc 0 pull
  rm -rf model
  alike
  equal "$(find set -type f -printf '%P\n' | sort)" 'a
empty
part
sub/b c
sub/new'
  cd ../clone
  mate 0 move model.v1 sub.model
  echo e >set/e
  mate 0 add set
  echo again >tool
  mate 0 commit -f
  finish "$second" four

  cd ../r
  begin "$first"
  rm -f model model.v1
  alike
  # back to where it was
  git checkout -q HEAD~2
  vc 0 checkout
  equal "$(cat set/a)" changed
  git checkout -q main
  vc 0 checkout
  equal "$(cat set/sub/new)" again
}

@test "turns over a folder" {
  play() {
    rounds "$(realpath ..)/far"
  }
  twins play
}

@test "turns over a bucket" {
  need_server rgw
  # RGW does not know the checksums that boto sends by itself
  export AWS_REQUEST_CHECKSUM_CALCULATION=when_required
  play() {
    new_bucket
    rounds "s3://$bucket/some/folder"
    s3 ls "$bucket" | sort >>"$outcome"
    sed -i "s/$bucket/bucket/" ../*/.dvc/config
  }
  twins play
}

@test "one cache for both, of a group" {
  play() {
    team "$(realpath ..)/far"
    mkdir ../cache
    vc 0 config --local cache.dir ../cache
    vc 0 config --local cache.shared group
    vc 0 config --local cache.type hardlink
    cp .dvc/config.local ../clone/.dvc/
    mkdir -p set/sub
    echo a | tee set/a >set/sub/a
    echo b >b
    vc 0 add set b
    finish "$first" one
    cd ../clone
    git pull -q
    mate 0 checkout
    both_clean
    mate 0 unprotect b
    echo more >>b
    mate 0 add b
    echo c >set/c
    mate 0 add set
    finish "$second" two
    cd ../r
    git pull -q
    vc 0 checkout
    alike
    equal "$(find ../cache/files -type d -printf '%m\n' | sort -u)" 2775
    equal "$(find ../cache/files -type f -printf '%m\n' | sort -u)" 444
    gone .dvc/cache ../clone/.dvc/cache
  }
  twins play
}
