#!/usr/bin/env bats
# Names and kinds of files: whatever a file system holds is kept, or refused by name.
load ../support/sandbox

# Add, commit, forget, check out again, compare: round_trip <tracked …>
round_trip() {
  local name
  mkdir ../kept
  for name in "$@"; do keep "./$name" "../kept/$name"; done
  exits 0 dray add -- "$@"
  git commit -q -m data
  equal "$(git status --porcelain)" ''
  for name in "$@"; do rm -rf "./$name"; done
  exits 0 dray checkout
  for name in "$@"; do same_tree "./$name" "../kept/$name"; done
  exits 0 dray status --exit-code
  equal "$(git status --porcelain)" ''
}

@test "names inside a directory: blanks, newlines, quotes, dashes, backslashes, glob characters" {
  repo
  mkdir data
  for name in ' lead' 'trail ' 'new
line' "single'quote" 'double"quote' '-dash' '--force' 'back\slash' 'back\nslash' '*' '?' '[a]' '#hash' \
    '!bang' 'tab	tab' '~' '%s%n' '$HOME' '{a: b}' '- list' 'a: b' '...' '.hidden' 'ünï' '日本語'; do
    printf '%s' "$name" >"data/$name"
  done
  round_trip data
}

@test "the same names, each tracked by itself" {
  repo
  set -- ' lead' 'new
line' "single'quote" 'double"quote' '-dash' 'back\slash' '*' '?' '[a]' '#hash' '!bang' 'tab	tab' '~' \
    '%s%n' '{a: b}' '- list' 'a: b' 'ünï' 'trail ' 'null' '123' 'yes' '"quoted"'
  for name in "$@"; do printf '%s' "$name" >"./$name"; done
  round_trip "$@"
}

@test "bytes that are not UTF-8, inside a directory" {
  repo
  mkdir data
  printf 'latin\n' >data/$'caf\xe9'
  printf 'bytes\n' >data/$'\xff\xfe'
  printf 'control\n' >data/$'a\x01\x1b[31mb'
  mkdir data/$'dir\xc0\xaf'
  printf 'below\n' >data/$'dir\xc0\xaf'/x
  round_trip data
}

@test "bytes that are not UTF-8, as the tracked name" {
  repo
  printf 'latin\n' >$'caf\xe9'
  exits 0 dray add $'caf\xe9'
  rm $'caf\xe9'
  exits 0 dray checkout
  equal "$(cat $'caf\xe9')" latin
}

@test "hostile names cannot drive a terminal" {
  repo
  mkdir data
  printf 'x' >data/$'\x1b[2Jclear'
  dray add -q data
  printf 'y' >data/$'\x1b[2Jclear'
  dray status --files >../out 2>../err
  dray diff >>../out 2>>../err
  equal "$(grep -c $'\x1b' ../out ../err | cut -d : -f 2 | paste -sd ' ')" '0 0'
}

@test "names of 255 bytes" {
  repo
  mkdir data
  local long
  long=$(printf 'n%.0s' $(seq 1 255))
  printf 'long\n' >"data/$long"
  mkdir "data/d"
  mkdir "data/d/$long"
  printf 'below\n' >"data/d/$long/$long"
  round_trip data
}

@test "a tracked name so long that no pointer fits beside it is refused by name" {
  repo
  local long
  long=$(printf 'n%.0s' $(seq 1 252))
  printf 'long\n' >"$long"
  refused dray add "$long"
  hints "$long"
  equal "$(cat "$long")" long
}

@test "a deep tree" {
  repo
  mkdir data
  (
    cd data
    for _ in $(seq 1 200); do
      mkdir part
      cd part
    done
    printf 'deep\n' >file
  )
  round_trip data
}

@test "empty files, empty directories, an empty data set" {
  repo
  mkdir -p data/a/b/c nothing
  : >data/empty
  : >single
  round_trip data nothing single
  equal "$(sed -n 's/^  nfiles: //p' nothing.dray)" 0
}

@test "execute bits" {
  repo
  mkdir data
  printf 'x\n' >data/x
  printf 'x\n' >data/plain
  chmod 755 data/x
  printf 'tool\n' >tool
  chmod 755 tool
  round_trip data tool
  equal "$(sed -n 's/^  isexec: //p' tool.dray)" true
  equal "$(stat -c %a tool data/x data/plain | paste -sd ' ')" '755 755 644'
}

@test "an execute bit that changes is a modification" {
  repo
  mkdir data
  printf 'x\n' >data/x
  printf 'tool\n' >tool
  dray add -q data tool
  chmod 755 data/x tool
  exits 1 dray status --exit-code
  exits 0 dray checkout
  equal "$(stat -c %a tool data/x | paste -sd ' ')" '644 644'
}

@test "symlinks inside a tracked directory are kept as links" {
  repo
  mkdir -p data/sub
  printf 'x\n' >data/x
  ln -s x data/same
  ln -s ../x data/sub/up
  ln -s sub data/folder
  ln -s nowhere data/dangling
  ln -s sub/../x data/round
  round_trip data
  [ -L data/dangling ]
  [ -L data/folder ]
}

@test "a symlink that leads outside is an error naming it" {
  repo
  mkdir -p data/sub
  for target in ../../secret ../../../w/secret ../../data/x /etc/passwd "$PWD/data/sub"; do
    ln -sfn "$target" data/sub/escape
    exits 9 dray add data
    hints data/sub/escape
    gone data.dray
  done
}

@test "a tracked symlink itself is an error naming it" {
  repo
  printf 'x\n' >x
  ln -s x link
  exits 14 dray add link
  hints link
  [ -L link ]
}

@test "a target behind a symlinked folder is refused" {
  repo
  mkdir real
  printf 'x\n' >real/x
  ln -s real alias
  complains 2 "'alias/x' lies beyond the symlink 'alias'" dray add alias/x
  gone real/x.dray
}

@test "FIFOs, sockets and devices are errors naming the path" {
  repo
  mkdir data
  printf 'x\n' >data/x
  mkfifo data/fifo fifo
  exits 14 dray add data
  hints data/fifo
  exits 14 dray add fifo
  hints fifo
  rm data/fifo
  python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('data/socket')"
  exits 14 dray add data
  hints data/socket
  rm data/socket
  gone data.dray fifo.dray
  if [ "$(id -u)" = 0 ] && mknod data/device c 1 3 2>/dev/null; then
    exits 14 dray add data
    hints data/device
    rm data/device
  fi
  exits 0 dray add data
}

@test "git's own folder inside a data set is no data, and is left alone" {
  repo
  make_data data
  git init -q data/inner
  printf 'x\n' >data/inner/x
  exits 0 dray add data
  rm data/inner/x
  exits 0 dray checkout
  there data/inner/x data/inner/.git/HEAD
  exits 0 dray status --exit-code
  rm -rf data
  exits 0 dray checkout
  there data/inner/x
  gone data/inner/.git
}

@test "a pointer inside a data set is refused by name" {
  repo
  mkdir data
  printf 'x\n' >data/x
  dray add -q data/x
  exits 8 dray add data
  hints data/x
}

@test "sparse files keep their bytes and stay sparse" {
  repo
  truncate -s 64M sparse
  printf 'middle' | dd of=sparse bs=1 seek=20000000 conv=notrunc status=none
  sha256sum sparse >../sum
  exits 0 dray add sparse
  equal "$(oid sparse.dray)" "$(cut -c 1-64 ../sum)"
  rm sparse
  exits 0 dray checkout
  sha256sum -c --quiet ../sum
  [ "$(stat -c %b sparse)" -lt 16384 ] || fail "sparse uses $(stat -c %b sparse) blocks"
}

@test "files of every size around a block" {
  repo
  mkdir data
  for size in 1 2 63 64 65 4095 4096 4097 65535 65536 131071 131072 131073 1048575 1048576 1048577; do
    head -c "$size" /dev/urandom >"data/$size"
  done
  round_trip data
  exits 0 dray fsck
}

@test ".drayignore keeps files out" {
  repo
  make_data data
  printf '*.tmp\n/data/sub/deep/\n' >.drayignore
  printf 'x\n' >data/x.tmp
  exits 0 dray add data
  keep data ../kept
  rm -rf data
  dray checkout -q
  there data/sub/b.txt
  gone data/x.tmp data/sub/deep
}

@test "checkout leaves ignored files alone" {
  repo
  make_data data
  printf '*.log\n' >.drayignore
  dray add -q data
  printf 'precious\n' >data/x.log
  exits 0 dray checkout
  exits 0 dray status --exit-code
  equal "$(cat data/x.log)" precious
}
