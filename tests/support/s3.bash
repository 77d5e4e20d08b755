# shellcheck shell=bash
# For bats files about s3:// remotes, after sandbox: `load ../support/s3`. The real servers are those
# that ctest started (a line "# server: <name>" in the file asks for one); a faulty one is started by
# the test that wants it, and ends with it.

support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
servers=${DRAY_TEST_SERVERS:-}

# Take the environment of a real server, or skip with the reason why there is none:
# need_server <rgw|swift|versitygw>
need_server() {
  local file=$servers/$1.env
  if [ -z "$servers" ] || [ ! -e "$file" ]; then skip "no server '$1': run this by ctest"; fi
  if grep -q '^#' "$file"; then skip "no server '$1': $(sed -n 's/^# //p' "$file")"; fi
  set -a
  # shellcheck disable=SC1090
  . "$file"
  set +a
}

# The independent client: s3 mb|keep|rb|put|get|head|ls|rm|flip|uploads|begin|curl …
s3() {
  python3 "$support/s3.py" "$@"
}

# Make a bucket of this test's own, whose name is then $bucket.
new_bucket() {
  bucket=test-${BATS_TEST_NUMBER:-0}-$$-$RANDOM
  s3 mb "$bucket"
}

# A data_repo whose default remote is a folder of a new bucket.
s3_repo() {
  new_bucket
  data_repo
  dray remote add -q -d store "s3://$bucket/some/folder"
  git commit -q -am remote
}

# The key of the object with these bytes (standard input) in s3_repo's remote.
s3_object() {
  printf '%s' "$bucket/$(object some/folder)"
}

# Start a program of this folder that serves a folder, until it wrote the number of its port there:
# serve <program> <folder> <argument …>
serve() {
  local program=$1 folder=$2 tries=0
  shift 2
  python3 "$support/$program" "$folder" "$@" >"$folder/out" 2>&1 3>&- &
  servers_started+=("$!")
  until [ -e "$folder/port" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 200 ] || ! kill -0 "$!" 2>/dev/null; then fail "$program: $(cat "$folder/out")"; fi
    sleep 0.05
  done
}

# Start a server that misbehaves by these rules, and be its client: faulty [--tls] <rule …>
faulty() {
  faulty_dir=$BATS_TEST_TMPDIR/faulty${#servers_started[@]}
  local scheme=http
  rm -rf "$faulty_dir"
  mkdir -p "$faulty_dir"
  if [ "${1:-}" = --tls ]; then
    scheme=https
    "$support/certificate" "$faulty_dir"
  fi
  serve faulty_s3.py "$faulty_dir" "$@"
  port=$(cat "$faulty_dir/port")
  export AWS_ENDPOINT_URL=$scheme://127.0.0.1:$port AWS_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=TESTACCESSKEY0000001
  export AWS_SECRET_ACCESS_KEY=testsecretkey/0000000000000000000+000001
  if [ "$scheme" = https ]; then export AWS_CA_BUNDLE=$faulty_dir/ca.pem; fi
}

# Replace the faulty server's rules: rules <rule …>
rules() {
  printf '%s\n' "$@" | faulty_control rules
}

# Forget the requests so far, for the count of those to come.
forget_requests() {
  : >"$faulty_dir/log"
}

# Break every connection that the faulty server has.
break_connections() {
  faulty_control reset </dev/null
}

faulty_control() {
  curl -q -s -S --fail --noproxy '*' --insecure --data-binary @- "$AWS_ENDPOINT_URL/-/$1"
}

# How many requests the faulty server was sent whose line in its log (see faulty_s3.py) matches:
# requests <extended regular expression>
requests() {
  grep -cE -- "$1" "$faulty_dir/log" || true
}

# A repository whose data is on a faulty server; hopeless requests end after three attempts.
on_faulty() {
  faulty "$@"
  s3_repo
  dray push -q
  keep data ../kept
  export AWS_MAX_ATTEMPTS=3
}

# The same with one large file, which goes in six parts or five ranges.
on_faulty_with() {
  faulty
  new_bucket
  repo
  dray remote add -q -d store "s3://$bucket/some/folder"
  dray remote modify store part_size 5M
  head -c "$1" /dev/urandom >big
  dray add -q big
  git commit -q -m big
  # shellcheck disable=SC2034
  key=$bucket/$(pointer_object big.dray some/folder)
  export AWS_MAX_ATTEMPTS=3
}

# Every object of the cache is what its name says.
sound_cache() {
  local path
  while read -r path; do
    equal "$(sha256sum <"$(cache)/files/sha256/$path" | cut -c 1-64)" "$(printf '%s' "${path%.dir}" | tr -d /)"
  done < <(cd "$(cache)/files/sha256" 2>/dev/null && find . -type f -printf '%P\n')
}

lose_data() {
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)/files" data model.bin big
}

lose_remote() {
  local names
  mapfile -t names < <(s3 ls "$bucket" | sed "s,^[0-9]* ,$bucket/,")
  [ "${#names[@]}" = 0 ] || s3 rm "${names[@]}"
}

# All objects get there, and they are right, although: sends <rule …>
sends() {
  lose_remote
  rules "$@"
  forget_requests
  exits 0 dray push
  rules ''
  lose_data
  exits 0 dray pull
  same_tree data ../kept
}

# Wait until the log has so many lines of that kind: until_requests <count> <regular expression>
until_requests() {
  local tries=0
  until [ "$(requests "$2")" -ge "$1" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 400 ] || fail "no $1 of '$2' in: $(cat "$faulty_dir/log")"
    sleep 0.05
  done
}

# Start a server that this test may stop and start again, with versitygw.sh and $own_server; or skip.
own_server() {
  need_server versitygw
  VERSITYGW=$(command -v versitygw || printf '%s' "$servers/bin/versitygw")
  export VERSITYGW
  own_server=$(mktemp -d /tmp/dray-own-XXXXXX)
  "$support/versitygw.sh" start "$own_server" 3>&-
  set -a
  eval "$("$support/versitygw.sh" env "$own_server")"
  set +a
}

servers_started=()
own_server=

stop_servers() {
  local pid
  for pid in "${servers_started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  servers_started=()
  [ -z "$own_server" ] || "$support/versitygw.sh" clean "$own_server" || rm -rf "$own_server"
}
