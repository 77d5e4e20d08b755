# shellcheck shell=bash
# For bats files: `load ../support/sandbox`. Every test runs in an empty folder of its own with its
# own home, settings and git identity. $DRAY is the program under test; `dray` calls it.
bats_require_minimum_version 1.5.0

: "${DRAY:?the path of the dray program}"

setup() {
  enter_sandbox "$BATS_TEST_TMPDIR"
  if declare -F prepare >/dev/null; then prepare; fi
}

# Nothing of the account from here on; the present folder is <folder>/w: enter_sandbox <folder>
enter_sandbox() {
  local variable
  for variable in "${!GIT_@}" "${!DRAY_@}" "${!XDG_@}" "${!AWS_@}"; do
    case $variable in DRAY_TEST_*) ;; *) unset "$variable" ;; esac
  done
  unset http_proxy https_proxy all_proxy no_proxy HTTPS_PROXY ALL_PROXY NO_PROXY CURL_CA_BUNDLE SSL_CERT_FILE
  export HOME=$1/home
  export XDG_CONFIG_HOME=$HOME/.config XDG_CACHE_HOME=$HOME/.cache XDG_DATA_HOME=$HOME/.local/share
  export GIT_CONFIG_GLOBAL=$HOME/.gitconfig GIT_CONFIG_NOSYSTEM=1
  export LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1
  mkdir -p "$HOME" "$1/bin" "$1/w"
  git config --global user.name tester
  git config --global user.email tester@example.com
  git config --global init.defaultBranch main
  git config --global protocol.file.allow always
  ln -s "$DRAY" "$1/bin/dray"
  ln -s "$DRAY" "$1/bin/git-dray"
  PATH=$1/bin:$PATH
  umask 022
  cd "$1/w" || return 1
}

teardown() {
  cd / || return 1
  if declare -F stop_servers >/dev/null; then stop_servers; fi
  unmount_all
  # Objects are read-only, and so are folders that tests made so.
  chmod -R u+rwX "$BATS_TEST_TMPDIR" 2>/dev/null || true
}

# ---------------------------------------------------------------- repositories

# A git and dray repository in the present folder, with a first commit.
repo() {
  git init -q
  dray init -q
  git commit -q -m start
}

# A repository with a tracked folder `data`, a tracked file `model.bin`, both committed.
data_repo() {
  repo
  make_data data
  printf 'weights %s\n' 1 2 3 >model.bin
  dray add -q data model.bin
  git commit -q -m data
}

# Every kind of entry a data set can hold.
make_data() {
  mkdir -p "$1/sub/deep" "$1/hollow"
  printf 'one\n' >"$1/a.txt"
  printf 'two\n' >"$1/sub/b.txt"
  printf 'two\n' >"$1/sub/same as b"
  printf '#!/bin/sh\n' >"$1/sub/deep/run"
  chmod 755 "$1/sub/deep/run"
  : >"$1/empty"
  ln -s sub/b.txt "$1/link"
}

# Where the cache of the present repository is.
cache() {
  printf '%s/dray/cache' "$(git rev-parse --path-format=absolute --git-common-dir)"
}

# The path of the object with these bytes (standard input) in a store: object <store>
object() {
  local hex
  hex=$(sha256sum | cut -c 1-64)
  printf '%s/files/sha256/%s/%s' "$1" "${hex:0:2}" "${hex:2}"
}

# The id that a pointer holds: oid <pointer>
oid() {
  sed -n 's/^- sha256: //p; s/^  sha256: //p' "$1"
}

# The path of a pointer's object in a store: pointer_object <pointer> <store>
pointer_object() {
  local hex
  hex=$(oid "$1")
  printf '%s/files/sha256/%s/%s' "$2" "${hex:0:2}" "${hex:2}"
}

# Change bytes of a read-only file behind dray's back, keeping size and mode: damage <file>
damage() {
  chmod u+w "$1"
  printf 'X' | dd of="$1" bs=1 seek=0 conv=notrunc status=none
  chmod 444 "$1"
}

# ---------------------------------------------------------------- assertions

fail() {
  printf '%s\n' "$*" >&2
  return 1
}

# equal <actual> <expected>
equal() {
  [ "$1" = "$2" ] || fail "$(printf 'expected: %q\nactual:   %q' "$2" "$1")"
}

# The words after the status are what is run; standard output is in $output, error in $stderr:
# exits <status> <command …>
exits() {
  local expected=$1
  shift
  run --separate-stderr "$@"
  if [ "$status" != "$expected" ]; then
    fail "exit status $status, not $expected, of: $*
stdout: $output
stderr: $stderr"
  fi
}

# The command fails with this status, prints nothing on standard output and complains in exactly
# one line, which is "dray: <line>", and "; <what to do next>" where we know: complains <status> <line> <command …>
complains() {
  local expected=$1 line=$2
  shift 2
  exits "$expected" "$@"
  equal "$output" ''
  case $stderr in
  "dray: $line" | "dray: $line; "*) ;;
  *) fail "$(printf 'expected: dray: %s\nactual:   %s' "$line" "$stderr")" ;;
  esac
  one_line
}

# Standard error is one line of ours.
one_line() {
  [ "${#stderr_lines[@]}" = 1 ] || fail "not one line: $stderr"
  case $stderr in 'dray: '*) ;; *) fail "not ours: $stderr" ;; esac
}

# Something is there, were it a dangling link: there <path …>; nothing is: gone <path …>
there() {
  local path
  for path in "$@"; do
    [ -e "$path" ] || [ -L "$path" ] || fail "'$path' is not there"
  done
}

gone() {
  local path
  for path in "$@"; do
    if [ -e "$path" ] || [ -L "$path" ]; then fail "'$path' is there"; fi
  done
}

# The command is refused with a documented status, one line, and no result: refused <command …>
refused() {
  run --separate-stderr "$@"
  if [ "$status" -lt 1 ] || [ "$status" -gt 14 ]; then fail "exit status $status of: $*"; fi
  equal "$output" ''
  one_line
}

# Standard output holds this line: has_line <line>
has_line() {
  printf '%s\n' "$output" | grep -qxF -- "$1" || fail "no line '$1' in: $output"
}

# Standard error tells this, wherever: hints <text>
hints() {
  case $stderr in *"$1"*) ;; *) fail "no '$1' in: $stderr" ;; esac
}

# A value out of the JSON on standard output, as Python spells it: json "items[0]['path']" or
# json "totals['bytes']". The text must be one object with no key twice.
json() {
  printf '%s' "$output" | python3 -c "
import json, sys
def unique(pairs):
    found = dict(pairs)
    assert len(found) == len(pairs), 'a key is there twice: %s' % pairs
    return found
totals = json.load(sys.stdin, object_pairs_hook=unique)
items = next((value for value in totals.values() if isinstance(value, list)), None)
print($1)"
}

# Names, types, execute bits, link targets and bytes are equal: same_tree <a> <b>
same_tree() {
  diff -r --no-dereference "$1" "$2" || fail "$1 and $2 differ"
  equal "$(shape "$1")" "$(shape "$2")"
}

# What diff does not compare, one digest.
shape() {
  (cd "$1" && {
    find . -printf '%y %l %P\0' | sort -z
    find . -type f -perm -u+x -printf '%P\0' | sort -z
  }) | sha256sum
}

# A copy of a tree with bytes of its own, to compare with later: keep <from> <to>
keep() {
  cp -R --preserve=mode,links --no-dereference --reflink=never "$1" "$2"
}

inode() {
  stat -c %i "$1"
}

# Start a command, send it a signal once the probe is true, tell its status in $status.
interrupt() {
  local signal=$1 probe=$2 pid
  shift 2
  # A shell without job control starts background commands with Ctrl-C ignored.
  env --default-signal=INT "$@" >../out 2>../err &
  pid=$!
  until eval "$probe" || ! kill -0 "$pid" 2>/dev/null; do :; done
  kill -"$signal" "$pid" 2>/dev/null || true
  status=0
  wait "$pid" || status=$?
}

# ---------------------------------------------------------------- as somebody else, elsewhere

# Run without the rights of root, which would make refusals pass: unprivileged <command …>
unprivileged() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}

# Give the sandbox to the user of `unprivileged`, if that is another.
share_sandbox() {
  [ "$(id -u)" = 0 ] || return 0
  chown -R 65534:65534 "$BATS_TEST_TMPDIR/w" "$HOME"
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
  git config --global --add safe.directory '*'
}

# Mount an empty file system on a folder: mount_new <xfs|tmpfs> <size> <folder>; 1 if that cannot be.
mount_new() {
  mkdir -p "$3"
  case $1 in
  xfs)
    truncate -s "$2" "$3.img" && mkfs.xfs -q -m reflink=1 "$3.img" && mount -o loop "$3.img" "$3"
    ;;
  tmpfs)
    mount -t tmpfs -o "size=$2" dray-test "$3"
    ;;
  esac >/dev/null 2>&1 || return 1
}

# Whether this machine lets us mount at all, for setup_file; else the file's tests are skipped.
need_mounts() {
  local folder=$BATS_FILE_TMPDIR/probe
  if mount_new "$1" "$2" "$folder"; then
    umount "$folder"
    return 0
  fi
  echo "# skip whole file: cannot mount $1 here" >&3
  skip "cannot mount $1 here"
}

unmount_all() {
  local folder
  while read -r folder; do
    umount "$folder" || umount -l "$folder"
  done < <(findmnt -rno TARGET | grep "^$BATS_TEST_TMPDIR/" | sort -r)
}

# Two JSON texts say the same: equal_json <actual text> <expected text>
equal_json() {
  python3 - "$1" "$2" <<'PY' || fail "$(printf 'expected: %s\nactual:   %s' "$2" "$1")"
import json, sys
sys.exit(json.loads(sys.argv[1]) != json.loads(sys.argv[2]))
PY
}
