#!/bin/sh
# One Versity S3 Gateway over a folder: an S3 server that shares no code with the others and follows
# AWS closely (conditional writes, checksums). server.sh tells how this is called; also:
#
#   versitygw.sh install DIR    build the program into DIR, with Go, from the module proxy
#
# Settings (environment): S3_ACCESS_KEY S3_SECRET_KEY, S3_DNS_NAME as for ceph-rgw.sh;
#   VERSITYGW    the program, where it is not in PATH
set -eu
: "${S3_ACCESS_KEY:=TESTACCESSKEY0000001}"
: "${S3_ACCESS_KEY2:=TESTACCESSKEY0000002}"
: "${VERSITYGW:=versitygw}"
# shellcheck source=tests/support/server.sh
. "$(dirname "$0")/server.sh"
processes=gateway
port_count=1
version=v1.8.0

need_programs() {
  command -v "$VERSITYGW" >/dev/null || cannot "$VERSITYGW is not there; tests/run builds it where Go is"
}

print_env() {
  print_common_env
  echo "S3_LOG=$dir/log/access.log"
}

launch() {
  mkdir -p "$dir/buckets" "$dir/users"
  # A user of the second keys, as the program itself would write it.
  cat >"$dir/users/users.json" <<E
{"accessAccounts":{"$S3_ACCESS_KEY2":{"access":"$S3_ACCESS_KEY2","secret":"$S3_SECRET_KEY2","role":"user"}}}
E
  spawn gateway "$VERSITYGW" --access "$S3_ACCESS_KEY" --secret "$S3_SECRET_KEY" --region "$region" \
    --port "127.0.0.1:$port" --iam-dir "$dir/users" --virtual-domain "$S3_DNS_NAME" --keep-alive --quiet \
    --access-log "$dir/log/access.log" posix "$dir/buckets"
}

install() {
  command -v go >/dev/null || cannot 'Go is not installed'
  mkdir -p "$1"
  bin=$(cd "$1" && pwd)
  if [ -x "$bin/versitygw" ]; then
    return 0
  fi
  note "building $version"
  GOBIN=$bin GOFLAGS=-mod=mod GOTOOLCHAIN=local go install -ldflags='-s -w' \
    "github.com/versity/versitygw/cmd/versitygw@$version" 2>"$bin/versitygw.log" ||
    cannot "cannot be built here: $(tail -n 1 "$bin/versitygw.log")"
}

if [ "${1:-}" = install ] && [ $# = 2 ]; then
  install "$2"
else
  server_main "$@"
fi
