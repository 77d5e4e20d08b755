# shellcheck shell=sh
# What the scripts of throw-away S3 servers share: ceph-rgw.sh, swift-s3.sh, versitygw.sh.
#
#   SCRIPT start DIR   start; DIR is absent, empty, or from an earlier start. Returns when a signed
#                      PUT has succeeded. Exits with 77 and the reason where programs are missing
#   SCRIPT stop DIR    stop; what DIR holds stays
#   SCRIPT clean DIR   stop, and delete DIR
#   SCRIPT env DIR     print NAME=value lines for clients
#
# Nothing outside DIR is written. Everything listens on 127.0.0.1, on free ports that are picked at
# the first start. Only processes whose id and start time are recorded in DIR/run are signalled.
#
# A script sets `processes` (in the order they are stopped) and `port_count`, and defines
# need_programs, launch and print_env; then: server_main "$@"

support=$(cd "$(dirname "$0")" && pwd)
program=${0##*/}
: "${S3_SECRET_KEY:=testsecretkey/0000000000000000000+000001}"
: "${S3_SECRET_KEY2:=testsecretkey/0000000000000000000+000002}"
: "${S3_DNS_NAME:=s3.localhost}"
: "${START_TIMEOUT:=90}" # seconds
region=us-east-1

note() {
  printf '%s: %s\n' "$program" "$*" >&2
}

die() {
  note "$*"
  exit 1
}

cannot() {
  note "$*"
  exit 77
}

# need <command …>: where one is missing, this server cannot be had.
need() {
  for command in "$@"; do
    command -v "$command" >/dev/null || cannot "$command is not installed; tests/run installs it as root"
  done
}

# ---------------------------------------------------------------- processes

# The start time of a process, in clock ticks; nothing if it is gone or a zombie.
started() {
  sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" { print $20 }'
}

# spawn <name> <command …>: in a session of its own, away from the terminal.
spawn() {
  name=$1
  shift
  (cd "$dir" && exec setsid "$@" >"$dir/log/$name.out" 2>&1 </dev/null) &
  echo "$! $(started $!)" >"$dir/run/$name.pid"
}

# Sets $pid.
alive() {
  [ -s "$dir/run/$1.pid" ] && read -r pid start <"$dir/run/$1.pid" &&
    [ -n "$start" ] && [ "$(started "$pid")" = "$start" ]
}

all_alive() {
  for name in $processes; do
    alive "$name" || return 1
  done
}

# With its children: each leads a session of its own.
end() {
  if alive "$1"; then
    kill -TERM "-$pid" 2>/dev/null || kill -TERM "$pid" || :
    tries=0
    while alive "$1" && [ "$tries" -lt 100 ]; do
      tries=$((tries + 1))
      sleep 0.1
    done
    kill -KILL "-$pid" 2>/dev/null || :
  fi
  rm -f "$dir/run/$1.pid"
}

stop() {
  for name in $processes; do
    end "$name"
  done
}

failed() {
  note "start failed: $1"
  for log in "$dir"/log/*.out; do
    [ ! -s "$log" ] || { echo "--- $log" && tail -n 8 "$log"; } >&2
  done
  stop
  exit 1
}

left() {
  seconds=$((deadline - $(date +%s)))
  [ "$seconds" -gt 0 ] || failed "not ready within $START_TIMEOUT s"
  echo "$seconds"
}

# ---------------------------------------------------------------- environment

print_common_env() {
  cat <<E
S3_SERVER=${program%.sh}
AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY
AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY
AWS_REGION=$region
AWS_ENDPOINT_URL=http://127.0.0.1:$port
S3_VHOST_ENDPOINT=http://$S3_DNS_NAME:$port
S3_ACCESS_KEY2=$S3_ACCESS_KEY2
S3_SECRET_KEY2=$S3_SECRET_KEY2
E
}

# For so many seconds at most: can a bucket be made, and an object put?
answers() {
  AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY AWS_REGION=$region \
    AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_SESSION_TOKEN='' \
    python3 "$support/s3.py" wait "$1" 2>>"$dir/log/wait.out"
}

# Sets $port, $port2 … from DIR/ports, which the first start writes.
read_ports() {
  # shellcheck disable=SC2034
  read -r port port2 port3 port4 port5 <"$dir/ports"
}

# ---------------------------------------------------------------- commands

start() {
  need python3 setsid
  need_programs
  mkdir -p "$dir"
  if [ ! -e "$dir/.$program" ] && [ -n "$(ls -A "$dir")" ]; then
    die "$dir is not empty and was not made by $program"
  fi
  : >"$dir/.$program"
  mkdir -p "$dir/run" "$dir/log"
  [ -s "$dir/ports" ] || python3 "$support/free_ports.py" "$port_count" >"$dir/ports"
  read_ports
  if all_alive && answers 5; then
    return 0
  fi
  stop
  rm -f "$dir"/log/*.out
  deadline=$(($(date +%s) + START_TIMEOUT))
  launch
  until answers 2; do
    for name in $processes; do
      alive "$name" || failed "$name ended"
    done
    left >/dev/null
  done
}

server_main() {
  usage="usage: $program start|stop|clean|env DIR"
  [ $# = 2 ] || { echo "$usage" >&2 && exit 2; }
  case $2 in
  /*) dir=$2 ;;
  *) dir=$PWD/$2 ;;
  esac
  # It goes into settings files, and DIR/run holds Unix sockets.
  case $dir in *[!A-Za-z0-9/._-]*) die "DIR may hold only A-Z a-z 0-9 / . _ -" ;; esac
  [ ${#dir} -le 80 ] || die "DIR is longer than 80 bytes"
  case $1 in
  start) start ;;
  stop) stop ;;
  clean)
    [ -e "$dir/.$program" ] || die "$dir was not made by $program"
    stop
    rm -rf "${dir:?}"
    ;;
  env)
    read_ports
    print_env
    ;;
  *) echo "$usage" >&2 && exit 2 ;;
  esac
}
