# shellcheck shell=bash
# For bats files of tests/interop, after sandbox: `load ../support/dvc`. `dvc` is real DVC, which
# ctest's test dvc_install installed; its settings, state and caches lie in the sandbox.
#
# It is called some thousand times, so dvc_fork.py saves the half second in which Python starts; the
# program itself is $dvc_folder/bin/dvc. (shellcheck in the files: functions are called by name,
# SC2317; SC2103 and SC2164 want no plain `cd`.)
#
# Most tests are a play for two: `vc` is one tool and `mate` the other. `twins play` performs it with
# DVC as `vc` and dray as its mate, then again in an equal folder with the parts exchanged, and
# everything that is left on disk has to be the same, byte for byte.
bats_require_minimum_version 1.5.0

dvc_folder=${DRAY_TEST_DVC:-}
dvc_support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# For what runs at every step of a play: DVC's own Python, without looking for packages. What is called
# python3 may be a script of a version manager, which takes longer than all that is asked of it.
python() {
  "$dvc_folder/bin/python" -I -S "$@"
}

# Skips the file where there is no DVC, and makes the repository that tests start from.
setup_file() {
  if [ ! -x "$dvc_folder/bin/dvc" ]; then
    local reason='run this by ctest'
    if [ -e "$dvc_folder.reason" ]; then reason=$(cat "$dvc_folder.reason"); fi
    echo "# skip whole file: no DVC: $reason" >&3
    skip "no DVC: $reason"
  fi
  enter_sandbox "$BATS_FILE_TMPDIR"
  serve_dvc
  prepare
  template=$BATS_FILE_TMPDIR/template
  export template
  git init -q "$template"
  dvc --cd "$template" init -q
  git -C "$template" commit -q -m start
  if declare -F prepare_file >/dev/null; then prepare_file; fi
}

# Start what runs `dvc` for the file's tests; it ends with this process, or in teardown_file.
serve_dvc() {
  dvc_socket=$BATS_FILE_TMPDIR/dvc.socket
  export dvc_socket
  mkfifo "$dvc_socket.end"
  "$dvc_folder/bin/python" "$dvc_support/dvc_fork.py" "$dvc_socket" \
    <"$dvc_socket.end" >"$dvc_socket.log" 2>&1 3>&- 4>&- &
  exec 7>"$dvc_socket.end"
  until [ -S "$dvc_socket" ]; do
    kill -0 "$!" 2>/dev/null || fail "dvc_fork.py: $(cat "$dvc_socket.log")"
    sleep 0.05
  done
}

teardown_file() {
  exec 7>&-
}

# The sandbox's setup calls this.
prepare() {
  export DVC_NO_ANALYTICS=1 DVC_SITE_CACHE_DIR=$HOME/dvc/site
  export DVC_GLOBAL_CONFIG_DIR=$HOME/dvc/global DVC_SYSTEM_CONFIG_DIR=$HOME/dvc/system
  # It would look for news of itself in the network.
  export CI=1
  cat >"$HOME/../bin/dvc" <<SH
#!/bin/sh
exec "$dvc_folder/bin/python" -I -S "$dvc_support/dvc_fork.py" "$dvc_socket" run "\$@"
SH
  chmod +x "$HOME/../bin/dvc"
}

# ---------------------------------------------------------------- plays for two

# Perform a function twice, and compare: twins <function>
#
# It starts in an empty repository of DVC's, `r`, and may make what it likes beside it. Both times the
# path is the same one. Afterwards the two outcomes are beside each other, in ../dvc and ../dray, and
# the present folder is the first. With ONLY_DVC=1 in the environment DVC plays both parts, once, which
# shows whether a play is right before dray can follow it.
twins() {
  if [ -n "${ONLY_DVC:-}" ]; then
    perform dvc dvc "$1"
  else
    perform dvc dray "$1"
    perform dray dvc "$1"
    diff "$BATS_TEST_TMPDIR/w/dvc.outcome" "$BATS_TEST_TMPDIR/w/dray.outcome" ||
      fail 'DVC (<) and dray (>) left different things'
  fi
  cd "$BATS_TEST_TMPDIR/w/dvc/r" || return 1
}

perform() {
  local first=$1 second=$2 stage=$BATS_TEST_TMPDIR/w/stage outcome=$BATS_TEST_TMPDIR/w/$1.outcome
  rm -rf "$HOME/dvc"
  : >"$outcome"
  mkdir "$stage"
  cp -a "$template" "$stage/r"
  cd "$stage/r" || return 1
  "$3"
  snapshot "$stage" >>"$outcome"
  cd / || return 1
  mv "$stage" "$BATS_TEST_TMPDIR/w/$1"
}

# In a play: run a tool, which has to end with this status, or if that is `-` with any but 0, or with
# `any`; JSON that it prints becomes part of the outcome: vc <status> <command …>, mate <status> <command …>
vc() {
  act "$first" "$@"
}

mate() {
  act "$second" "$@"
}

act() {
  local tool=$1 expected=$2
  shift 2
  if [ "$expected" = - ] || [ "$expected" = any ]; then
    run --separate-stderr "$tool" "$@"
    [ "$status$expected" != 0- ] || fail "$tool did it: $*"
  else
    exits "$expected" "$tool" "$@"
  fi
  case " $* " in
  *' --json '*)
    said=$(canonical)
    printf '%s: %s\n' "$*" "$said" >>"$outcome"
    ;;
  esac
}

# The JSON on standard output, in one way of writing it. The order in DVC's lists means nothing.
canonical() {
  printf '%s' "$output" | python -c '
import json, sys
def ordered(value):
    if isinstance(value, dict):
        if "isout" in value:  # in a `list`; of a folder, DVC tells what it takes itself; of a file, not always
            value.pop("size", None)
        return {key: ordered(member) for key, member in value.items()}
    if isinstance(value, list):
        return sorted(map(ordered, value), key=json.dumps)
    return value
print(json.dumps(ordered(json.load(sys.stdin)), sort_keys=True))'
}

# In a play: both tools find nothing to do.
both_clean() {
  exits 0 dvc status --json
  equal "$output" '{}'
  exits 0 dray status --exit-code
}

# In a play: both tools tell the same: both <status> <command …>
both() {
  local said='' first_said
  vc "$@"
  first_said=$said
  mate "$@"
  equal "$said" "$first_said"
}

# Everything below a folder: type, mode, number of links, target, bytes (of small texts themselves);
# what git would commit. Not: git's and DVC's own state; the order of lines in .gitignore; who may run
# a file beside its owner (dray lets all who may read it, as git does).
snapshot() {
  python - "$1" <<'PYTHON'
import hashlib, os, re, stat, subprocess, sys

def content(path):
    with open(path, "rb") as file:
        data = file.read()
    if "/cache/" not in path and path.endswith((".dvc", "config", "ignore", ".yaml", ".lock", "config.local")):
        lines = data.decode("utf-8", "backslashreplace").splitlines(keepends=True)
        return "\n" + "".join(sorted(lines) if path.endswith(".gitignore") else lines)
    return hashlib.md5(data).hexdigest()

top = sys.argv[1]
repositories = []
for folder, folders, files in os.walk(top):
    if ".git" in folders + files:
        repositories.append(folder)
    # dray keeps a lock, unfinished files and corrupt ones in stores, where DVC's gc lets them be; DVC keeps `fs`.
    if "files" in folders or os.path.basename(folder) == "cache":
        files = [name for name in files if name != "lock"]
        folders[:] = [name for name in folders if name not in ("tmp", "corrupt", "fs")]
    folders[:] = sorted(name for name in folders
                        if name != ".git" and not (name == "tmp" and folder.endswith("/.dvc")))
    # DVC forgets some of its unfinished files, and the folders that they were for.
    files = [name for name in files if not re.fullmatch(r"\.[\w-]{22}\.tmp", name)]
    for name in sorted(files + folders):
        path = os.path.join(folder, name)
        if folder.endswith("/files/md5") and os.path.isdir(path) and not os.listdir(path):
            continue
        info = os.lstat(path)
        kind = stat.filemode(info.st_mode & ~0o011 if stat.S_ISREG(info.st_mode) else info.st_mode)
        if name == "config.local":  # dray keeps it private
            kind = ""
        said = f"-> {os.readlink(path)}" if stat.S_ISLNK(info.st_mode) else ""
        if stat.S_ISREG(info.st_mode):
            said = f"{info.st_nlink} {content(path)}"
        if name != ".git":
            print(kind, os.path.relpath(path, top), said)
for folder in sorted(repositories):
    done = subprocess.run(["git", "-C", folder, "status", "--porcelain", "-uall"], stdout=subprocess.PIPE, check=True)
    print("git:", os.path.relpath(folder, top), done.stdout.decode("utf-8", "backslashreplace"), sep="\n")
PYTHON
}

# The path of the object with these bytes (standard input) in a cache or remote: md5_object <folder>
md5_object() {
  local hex
  hex=$(md5sum | cut -c 1-32)
  printf '%s/files/md5/%s/%s' "$1" "${hex:0:2}" "${hex:2}"
}

# The md5 that a .dvc file holds: dvc_oid <file>
dvc_oid() {
  sed -n "s/^- md5: //p; s/^  md5: //p" "$1" | tr -d "'"
}

commit_all() {
  git add -A
  git commit -q -m "${1:-more}"
}
