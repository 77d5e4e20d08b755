# shellcheck shell=bash
# For bats files about s3:// remotes, after sandbox: `load ../support/s3`. The real servers are those
# that ctest started (a line "# server: <name>" in the file asks for one); a faulty one is started by
# the test that wants it, and ends with it.

support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The sandbox empties DRAY_*.
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

# The independent client: s3 mb|rb|put|get|head|ls|rm|flip|uploads|begin|curl …
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

# Start a server that misbehaves by these rules, and be its client: faulty [--tls] <rule …>
faulty() {
  faulty_dir=$BATS_TEST_TMPDIR/faulty
  local scheme=http tries=0
  rm -rf "$faulty_dir"
  mkdir -p "$faulty_dir"
  if [ "${1:-}" = --tls ]; then
    scheme=https
    "$support/certificate" "$faulty_dir"
  fi
  python3 "$support/faulty_s3.py" "$faulty_dir" "$@" >"$faulty_dir/out" 2>&1 3>&- &
  servers_started+=("$!")
  until [ -e "$faulty_dir/port" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 200 ] || ! kill -0 "$!" 2>/dev/null; then fail "faulty_s3.py: $(cat "$faulty_dir/out")"; fi
    sleep 0.05
  done
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

servers_started=()

stop_servers() {
  local pid
  for pid in "${servers_started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  servers_started=()
}
