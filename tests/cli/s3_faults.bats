#!/usr/bin/env bats
# An S3 server that misbehaves while it is read from: what arrives is what was sent, or one line
# tells why it is not.
load ../support/sandbox
load ../support/s3

# ---------------------------------------------------------------- helpers

# The data comes whole although: survives <rule …>
survives() {
  lose_data
  rules "$@"
  forget_requests
  exits 0 dray pull
  same_tree data ../kept
  rules ''
}

# The data does not come, and nothing wrong does: fails <status> <text> <rule …>
fails() {
  local expected=$1 text=$2
  shift 2
  lose_data
  rules "$@"
  forget_requests
  exits "$expected" dray pull
  one_line
  hints "$text"
  gone data
  sound_cache
  rules ''
}

# ---------------------------------------------------------------- downloads of one request

@test "download: what may pass is tried again" {
  on_faulty
  local rule
  for rule in 'answer=500' 'answer=502' 'answer=503' 'answer=400:RequestTimeout' 'answer=408' \
    reset close headers-reset cut cut=-1 cut=0 chunked; do
    survives "$rule on=get first=2"
    equal "$(requests ' get GET ')" 9
  done
  survives 'answer=503 on=head first=1' 'reset on=get reused first=2'
}

@test "download: Retry-After is heard" {
  on_faulty
  local begin
  begin=$(date +%s%N)
  survives 'answer=429::2 on=get first=1'
  [ $((($(date +%s%N) - begin) / 1000000)) -ge 2000 ]
  equal "$(requests '^429 ')" 1
}

@test "download: what does not pass is told" {
  on_faulty
  fails 5 'the store is out of order (HTTP 500 InternalError' 'answer=500 on=get'
  fails 5 'the store is out of order (HTTP 502 ' 'answer=502 on=get'
  fails 5 'the store is out of order (HTTP 400 RequestTimeout' 'answer=400:RequestTimeout on=get'
  fails 5 'the store asks for fewer requests (HTTP 503 SlowDown' 'answer=503 on=get'
  fails 5 'the store asks for fewer requests (HTTP 429 ' 'answer=429 on=get'
  fails 5 "the connection to '127.0.0.1:$port' failed: " 'reset on=get'
  fails 5 "the connection to '127.0.0.1:$port' failed: " 'headers-reset on=get'
  fails 5 "the connection to '127.0.0.1:$port' failed: " 'cut on=get'
  fails 5 "the connection to '127.0.0.1:$port' failed: " 'cut=-1 on=get'
  fails 5 "the connection to '127.0.0.1:$port' failed: " 'chunked on=get'
  fails 14 'the store cannot do this (HTTP 501 ' 'answer=501 on=get'
  fails 7 'access is denied (HTTP 403 AccessDenied)' 'answer=403:AccessDenied on=get'
  fails 7 'the object is archived and must be restored first' 'answer=403:InvalidObjectState on=get'
  fails 3 "is neither in the cache nor on remote 's3://$bucket/some/folder'" 'answer=404:NoSuchKey on=get'
}

@test "download: three attempts are three requests" {
  on_faulty
  fails 5 'HTTP 500' "answer=500 on=get key=$(oid data.dray | cut -c 3-)"
  equal "$(requests " get GET .*$(oid data.dray | cut -c 3-)")" 3
}

@test "download: wrong bytes are asked for once more, then named, and never published" {
  on_faulty
  local oid
  oid=$(oid data.dray)
  survives "flip on=get first=1 key=${oid:2}"
  equal "$(requests " get GET .*${oid:2}")" 2
  fails 4 "'data' is damaged on remote 's3://$bucket/some/folder': 'files/sha256/${oid:0:2}/${oid:2}'" \
    "flip on=get key=${oid:2}"
  equal "$(requests " get GET .*${oid:2}")" 2
  # a body whose end nothing tells: half of it, or another page, is no object
  fails 4 'is damaged on remote' 'endless on=get'
  fails 4 'is damaged on remote' 'portal on=get'
}

@test "download: an object that is corrupt on the server is named; the others come" {
  on_faulty
  lose_data
  s3 flip "$(printf 'one\n' | s3_object)"
  forget_requests
  exits 4 dray pull
  one_line
  hints "'data/a.txt' is damaged on remote 's3://$bucket/some/folder': '$(printf 'one\n' | object '' | cut -c 2-)'"
  equal "$(requests " get GET .*$(printf 'one\n' | object '' | cut -c 10-)")" 2
  gone data/a.txt "$(printf 'one\n' | object "$(cache)")"
  there "$(printf 'two\n' | object "$(cache)")"
  sound_cache
  # what repairs it: a push from where it is
  s3 rm "$(printf 'one\n' | s3_object)"
  printf 'one\n' >a.txt
  dray add -q a.txt
  exits 0 dray push
  exits 0 dray pull
  same_tree data ../kept
}

@test "download: a stall, and an answer that does not come" {
  on_faulty
  dray remote modify store read_timeout 1
  survives 'stall=5 on=get first=1'
  survives 'delay=5 on=get first=1'
  fails 5 "the connection to '127.0.0.1:$port' failed: nothing moved for too long" 'stall=5 on=get'
}

# ---------------------------------------------------------------- the server's view of us

@test "a clock that is off is corrected once" {
  on_faulty
  survives skew=1200
  equal "$(requests '^403 ')" 1
  survives skew=-1200
  equal "$(requests '^403 ')" 1
  sends skew=86400
}

@test "the region is learned from the first refusal" {
  on_faulty
  survives region=eu-west-9
  equal "$(requests '^400 ')" 1
  survives moved=eu-west-9
  equal "$(requests '^301 ')" 1
  sends moved=eu-west-9
}

@test "keys that expired are renewed, once" {
  on_faulty
  printf '%s\n' '#!/bin/sh' 'echo called >>"$0.calls"' \
    'n=$(wc -l <"$0.calls"); [ "$n" -gt 1 ] && n=1 || n=2' \
    'printf "%s" "{\"Version\": 1, \"AccessKeyId\": \"TESTACCESSKEY000000$n\"," ' \
    'printf "%s" "\"SecretAccessKey\": \"testsecretkey/0000000000000000000+00000$n\"}"' >"$HOME/keys"
  chmod +x "$HOME/keys"
  mkdir "$HOME/.aws"
  printf '[default]\ncredential_process = %s\n' "$HOME/keys" >"$HOME/.aws/config"
  lose_data
  rules expired=TESTACCESSKEY0000002
  AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' exits 0 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY dray pull
  same_tree data ../kept
  equal "$(wc -l <"$HOME/keys.calls")" 2
  # there are no others
  fails 7 'the credentials have expired (HTTP 400 ExpiredToken); log in again' expired=TESTACCESSKEY0000001
}

@test "a redirect to another host is not followed: no key goes there" {
  faulty
  local elsewhere=$AWS_ENDPOINT_URL log=$faulty_dir/log
  on_faulty
  rules "redirect=$elsewhere"
  lose_data
  exits 1 dray pull
  one_line
  hints 'HTTP 307'
  rules "redirect=$elsewhere on=put,create,part"
  printf 'new\n' >model.bin
  dray add -q model.bin
  exits 1 dray push
  one_line
  equal "$(cat "$log")" ''
}

@test "over TLS" {
  on_faulty --tls
  survives 'reset on=get first=1' 'cut on=get first=2'
  sends 'early=503 on=put first=1'
  fails 5 'the connection to ' 'cut on=get'
  AWS_CA_BUNDLE=$faulty_dir/wrong.pem fails 7 \
    "the certificate of '127.0.0.1:$port' is not trusted: " ''
  equal "$(requests .)" 0
}

# ---------------------------------------------------------------- in ranges

@test "in ranges: what may pass is tried again, and only what is missing" {
  on_faulty_with 70M
  dray push -q
  local rule
  keep big ../kept
  for rule in cut cut=-1 endless chunked reset headers-reset 'answer=500' wrong-range; do
    lose_data
    rules "$rule on=get first=2"
    forget_requests
    exits 0 dray pull
    equal "$(requests ' get GET ')" 7
    cmp big ../kept
  done
  # half a range had come: half of it is asked for
  lose_data
  rules 'cut on=get first=1'
  forget_requests
  exits 0 dray pull
  equal "$(requests 'range=bytes.(8388608|25165824|41943040|58720256)-')" 1
  cmp big ../kept
}

@test "in ranges: answers that are not what was asked for" {
  on_faulty_with 70M
  dray push -q
  keep big ../kept
  # all of it, whatever was asked for: taken as that
  lose_data
  rules 'whole on=get'
  exits 0 dray pull
  cmp big ../kept
  # another object in its place meanwhile
  lose_data
  rules 'answer=412:PreconditionFailed on=get first=1'
  exits 0 dray pull
  cmp big ../kept
  lose_data
  rules 'flip on=get first=1'
  exits 0 dray pull
  cmp big ../kept
  lose_data
  rules 'flip on=get after=1'
  exits 4 dray pull
  one_line
  hints "'big' is damaged on remote 's3://$bucket/some/folder'"
  rules 'wrong-range on=get'
  exits 5 dray pull
  one_line
  hints 'the store sent another range than was asked for'
  rules 'cut=1000000 on=get'
  exits 5 dray pull
  one_line
  gone big
  equal "$(find "$(cache)" -type f -size +0 | grep -c .)" 0
}

@test "in ranges: the disk gets full" {
  on_faulty_with 70M
  dray push -q
  lose_data
  mount_new tmpfs 80M "$BATS_TEST_TMPDIR/small" || skip 'cannot mount here'
  head -c 40M /dev/zero >"$BATS_TEST_TMPDIR/small/filled"
  dray cache dir "$BATS_TEST_TMPDIR/small/cache"
  forget_requests
  exits 6 dray fetch
  one_line
  hints 'No space left on device'
  # told before the first byte
  equal "$(requests ' get GET ')" 0
  equal "$(find "$BATS_TEST_TMPDIR/small/cache" -type f -size +0 | grep -c .)" 0
  rm "$BATS_TEST_TMPDIR/small/filled"
  exits 0 dray fetch
  exits 0 dray fsck
}

@test "the disk gets full of small files" {
  on_faulty
  local i
  mkdir many
  for i in $(seq 1 120); do head -c 100K /dev/urandom >"many/$i"; done
  dray add -q many
  exits 0 dray push
  mount_new tmpfs 8M "$BATS_TEST_TMPDIR/small" || skip 'cannot mount here'
  dray cache dir "$BATS_TEST_TMPDIR/small/cache"
  exits 6 dray fetch
  one_line
  mount -o remount,size=64M "$BATS_TEST_TMPDIR/small"
  exits 0 dray fetch
  exits 0 dray fsck
}

# ---------------------------------------------------------------- listing and removing

# A remote with something to collect: model.bin had another version.
with_garbage() {
  on_faulty
  printf 'new\n' >model.bin
  dray add -q model.bin
  printf 'newer\n' >model.bin
  dray add -q model.bin
  git commit -q -m newer
  dray push -q
  printf '%s\n' first second >spare
  s3 put "$(printf 'spare\n' | s3_object)" spare
}

# gc of the remote fails and removes nothing: keeps <status> <text> <rule>
keeps() {
  rules "$3"
  exits "$1" dray gc -w --cloud
  one_line
  hints "$2"
  rules ''
  equal "$(s3 ls "$bucket" | wc -l)" 9
}

@test "gc: a listing that is none removes nothing" {
  with_garbage
  equal "$(s3 ls "$bucket" | wc -l)" 9
  keeps 1 "cannot list 's3://$bucket/some/folder': the store repeats itself" 'same-page on=list'
  keeps 9 "cannot list 's3://$bucket/some/folder': the answer declares a document type" 'doctype on=list'
  keeps 5 'the store is out of order (HTTP 200 InternalError' 'late-error on=list'
  keeps 1 'the answer is none to this (HTTP 200)' 'portal on=list'
  keeps 1 'the answer is none to this (HTTP 200)' 'endless on=list'
  keeps 5 "the connection to '127.0.0.1:$port' failed: " 'cut on=list'
  keeps 9 'the answer is no XML' 'flip on=list'
  keeps 14 'the store cannot do this (HTTP 501 ' 'answer=501 on=list'
  keeps 7 'access is denied (HTTP 403 AccessDenied)' 'answer=403:AccessDenied on=list'
}

@test "gc: pages, and removals that fail, in part or at first" {
  with_garbage
  keeps 7 'access is denied' 'answer=403:AccessDenied on=remove,delete'
  keeps 1 'the answer is none to this (HTTP 200); check the address' 'portal on=remove'
  rules 'page=2 on=list' 'cut on=list first=1' 'answer=501 on=remove' 'reset on=delete first=1'
  exits 0 dray gc -w --cloud --json
  equal "$(json "[totals[k] for k in ('remote_removed', 'remote_kept')]")" '[2, 7]'
  equal "$(s3 ls "$bucket" | wc -l)" 7
}
