# shellcheck shell=bash
# For bats files, after sandbox: repositories and objects of DVC's dialect, made by hand.

# A git repository of DVC's dialect in the present folder, with a first commit.
dvc_repo() {
  git init -q
  dray init -q --dvc
  git commit -q -m start
}

# The path of an object of DVC 3: at <id>
at() { printf '.dvc/cache/files/md5/%s/%s' "${1:0:2}" "${1:2}"; }

# The path of an object of DVC 2: old_at <id>
old_at() { printf '.dvc/cache/%s/%s' "${1:0:2}" "${1:2}"; }

# Put standard input into the cache as DVC 2 did, under the MD5 of its text on Unix: old_object [suffix]
old_object() {
  local hex path
  cat >../bytes
  hex=$(sed 's/\r$//' ../bytes | md5sum | cut -c 1-32)
  path=$(old_at "$hex${1:-}")
  mkdir -p "${path%/*}"
  cp ../bytes "$path"
  chmod 444 "$path"
  printf '%s' "$hex"
}
