#!/usr/bin/env bats
# An S3 server that misbehaves while it is sent to: all is there in the end, or one line tells why it
# is not, and the next push goes on.
load ../support/sandbox
load ../support/s3

# ---------------------------------------------------------------- helpers

# They do not, and no manifest promises what is not there: stays <status> <text> <rule …>
stays() {
  local expected=$1 text=$2
  shift 2
  lose_remote
  rules "$@"
  forget_requests
  exits "$expected" dray push
  one_line
  hints "$text"
  rules ''
  equal "$(s3 ls "$bucket" | grep -c '\.dir$' || true)" 0
  exits 0 dray push
}

# Push the large file: it is there then, or not, as said; no part of it is sent in vain where the
# upload is still known.
uploads() {
  local rule=$1 parts=$2
  rules "$rule"
  forget_requests
  exits 0 dray push
  equal "$(requests ' part PUT ')" "$parts"
  rules ''
  s3 get "$key" | cmp - big
  s3 rm "$key"
}

does_not_upload() {
  local rule=$1 expected=$2 text=$3
  rules "$rule"
  forget_requests
  exits "$expected" dray push
  one_line
  hints "$text"
  rules ''
  run s3 head "$key"
  [ "$status" != 0 ] || fail "it is there after: $rule"
  # What is known of the upload is used, or forgotten: the next push succeeds either way.
  exits 0 dray push
  s3 get "$key" | cmp - big
  s3 rm "$key"
}

# ---------------------------------------------------------------- uploads of one request

@test "upload: what may pass is tried again" {
  on_faulty
  local rule
  for rule in 'answer=500' 'answer=503' 'answer=400:RequestTimeout' 'early=503' reset close lost headers-reset; do
    sends "$rule on=put first=2"
  done
}

@test "upload: what does not pass is told, and no manifest goes before its files" {
  on_faulty
  stays 5 'the store is out of order (HTTP 500 ' 'answer=500 on=put'
  stays 7 'access is denied (HTTP 403 AccessDenied)' 'early=403:AccessDenied on=put'
  stays 7 'access is denied (HTTP 403 AccessDenied)' 'answer=403:AccessDenied on=put after=2'
  stays 5 "the connection to '127.0.0.1:$port' failed: " 'reset on=put'
  stays 14 'the store cannot do this (HTTP 501 ' 'answer=501 on=put'
  stays 6 "the store's quota is reached" 'answer=403:QuotaExceeded on=put'
}

@test "upload: a file of some megabytes that is refused in the middle" {
  on_faulty
  local rule
  head -c 6M /dev/urandom >data/large
  dray add -q data
  rm -rf ../kept
  keep data ../kept
  for rule in 'early=503' 'reset' 'lost' 'answer=500'; do
    sends "$rule on=put first=3"
  done
  stays 7 'access is denied (HTTP 403 AccessDenied)' 'early=403:AccessDenied on=put'
}

@test "upload: a store that gets other bytes than were sent is blamed, not the cache" {
  on_faulty
  lose_remote
  rules 'answer=400:BadDigest on=put first=1'
  exits 0 dray push
  lose_remote
  rules 'answer=400:BadDigest on=put'
  exits 4 dray push
  one_line
  hints 'the bytes that arrived are not those that were sent (HTTP 400 BadDigest)'
  exits 0 dray fsck
}

@test "upload: a corrupt object of the cache is refused and named" {
  on_faulty
  lose_remote
  damage "$(printf 'one\n' | object "$(cache)")"
  forget_requests
  exits 4 dray push
  one_line
  hints "'data/a.txt' is damaged in the cache '$(cache)': object '$(printf 'one\n' | sha256sum | cut -c 1-64)'"
  equal "$(requests " put PUT .*$(printf 'one\n' | object '' | cut -c 10-)")" 0
  equal "$(s3 ls "$bucket" | grep -c '\.dir$' || true)" 0
  equal "$(s3 get "$(printf 'two\n' | s3_object)")" two
}

# ---------------------------------------------------------------- in parts and ranges

@test "in parts: what may pass is tried again, part by part" {
  on_faulty_with 30M
  uploads '' 6
  uploads 'early=503 on=part first=2' 8
  uploads 'answer=500 on=part first=2' 8
  uploads 'answer=503 on=part first=1' 7
  uploads 'reset on=part first=2' 8
  uploads 'close on=part first=2' 8
  uploads 'answer=400:BadDigest on=part first=1' 7
}

# A kept connection that dies after the body had gone: libcurl sends it again by itself.
@test "in parts: an answer that is lost costs no minute" {
  on_faulty_with 30M
  local begin
  begin=$(date +%s)
  rules 'lost on=part first=6'
  exits 0 dray push
  s3 get "$key" | cmp - big
  [ $(($(date +%s) - begin)) -lt 20 ]
}

@test "in parts: how the end may fail" {
  on_faulty_with 30M
  uploads 'late-error on=complete first=1' 6
  equal "$(requests ' complete POST ')" 2
  uploads 'lost on=complete first=1' 6
  uploads 'answer=500 on=complete first=1' 6
  uploads 'answer=404:NoSuchUpload on=part first=1' 12
  uploads 'answer=404:NoSuchUpload on=complete first=1' 12
  does_not_upload 'late-error on=complete' 5 'the store is out of order (HTTP 200 InternalError'
  does_not_upload 'portal on=complete' 1 'the answer is none to this (HTTP 200)'
  does_not_upload 'answer=400:InvalidPart on=complete' 1 'the store refuses (HTTP 400 InvalidPart'
  equal "$(s3 uploads "$bucket" | grep -c .)" 2
}

@test "in parts: an upload whose end was done and not answered is found finished" {
  on_faulty_with 30M
  rules 'lost on=complete'
  exits 5 dray push
  rules ''
  s3 get "$key" | cmp - big
  forget_requests
  exits 0 dray push
  equal "$(requests ' (part|create) ')" 0
}

@test "in parts: what does not pass is told" {
  on_faulty_with 30M
  does_not_upload 'answer=501 on=create' 14 'the store cannot do this (HTTP 501 '
  does_not_upload 'early=403:AccessDenied on=part' 7 'access is denied (HTTP 403 AccessDenied)'
  does_not_upload 'expired=TESTACCESSKEY0000001 on=part' 7 'the credentials have expired'
  does_not_upload 'reset on=part' 5 "the connection to '127.0.0.1:$port' failed: "
  does_not_upload 'portal on=create' 1 'the store gave no upload id'
  does_not_upload 'doctype on=create' 1 'the store gave no upload id'
  does_not_upload 'answer=404:NoSuchUpload on=part' 3 'the upload is not known any more'
}

# The push of a large file, with three of its six parts done: half_pushed <file for its status>
half_pushed() {
  rules 'delay=60 on=part after=3'
  forget_requests
  # A shell without job control starts background commands with Ctrl-C ignored.
  env --default-signal=INT "$DRAY" push --jobs 2 >../out 2>../err 3>&- &
  pusher=$!
  until_requests 3 '^200 part PUT '
}

@test "in parts: killed in the middle, the next push sends only the rest" {
  on_faulty_with 30M
  half_pushed
  kill -KILL "$pusher"
  wait "$pusher" || true
  run s3 head "$key"
  [ "$status" != 0 ]
  rules ''
  forget_requests
  exits 0 dray push
  equal "$(requests ' part PUT ')" 3
  equal "$(requests ' create POST ')" 0
  s3 get "$key" | cmp - big
  gone .git/dray/remotes/uploads/*
}

@test "in parts: interrupted in the middle, it ends within a second or two and goes on later" {
  on_faulty_with 30M
  local begin
  half_pushed
  begin=$(date +%s%N)
  kill -INT "$pusher"
  status=0
  wait "$pusher" || status=$?
  equal "$status" 130
  [ $((($(date +%s%N) - begin) / 1000000)) -lt 3000 ]
  rules ''
  # with parts of another size now: those that are there count all the same
  dray remote modify store part_size 6M
  forget_requests
  exits 0 dray push
  equal "$(requests ' part PUT ')" 3
  s3 get "$key" | cmp - big
}

@test "in parts: a resumed upload does not trust the parts that are there" {
  on_faulty_with 30M
  half_pushed
  kill -KILL "$pusher"
  wait "$pusher" || true
  rules ''
  damage "$(pointer_object big.dray "$(cache)")"
  exits 4 dray push
  one_line
  hints "'big' is damaged in the cache"
  run s3 head "$key"
  [ "$status" != 0 ]
}
