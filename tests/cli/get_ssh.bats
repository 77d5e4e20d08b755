#!/usr/bin/env bats
# Data of other repositories over ssh: a real sshd of our own; which hosts are known, whose keys open.
load ../support/sandbox
load ../support/s3
load ../support/git_servers

# OpenSSH's, started as the present user; its keys and settings are in the file's folder.
setup_file() {
  PATH=$PATH:/usr/sbin:/sbin
  command -v sshd >/dev/null || skip_file 'there is no sshd (Debian: openssh-server)'
  make_served
  cd "$BATS_FILE_TMPDIR" || return 1
  ssh-keygen -q -t ed25519 -N '' -f host
  ssh-keygen -q -t ed25519 -N '' -f stranger
  ssh-keygen -q -t ed25519 -N '' -f me
  cp me.pub known_people
  port=$("$support/free_ports.py" 1)
  echo "$port" >port
  cat >settings <<EOF
ListenAddress 127.0.0.1:$port
HostKey $PWD/host
AuthorizedKeysFile $PWD/known_people
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
SetEnv GIT_CONFIG_GLOBAL=$GIT_CONFIG_GLOBAL
EOF
  # As root it wants this folder, empty, to shut itself in.
  [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
  "$(command -v sshd)" -D -e -f settings >sshd.log 2>&1 3>&- &
  servers_started+=("$!")
  until grep -q 'Server listening' sshd.log; do
    kill -0 "$!" 2>/dev/null || skip_file "sshd does not run here: $(cat sshd.log)"
    sleep 0.05
  done
}

skip_file() {
  echo "# skip whole file: $1" >&3
  skip "$1"
}

teardown_file() {
  stop_servers
}

# What is served is at $url, the host is known, and an agent has the key that opens it.
prepare() {
  export LSAN_OPTIONS=suppressions=$support/lsan_ssh.supp:print_suppressions=0
  copy_served
  port=$(cat "$BATS_FILE_TMPDIR/port")
  url=ssh://$(id -un)@127.0.0.1:$port$served/src.git
  mkdir -m 700 "$HOME/.ssh"
  knows "$BATS_FILE_TMPDIR/host.pub"
  agent "$BATS_FILE_TMPDIR/me"
}

# Of the host, this is the key that we know: knows <public key>
knows() {
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 "$1")" >"$HOME/.ssh/known_hosts"
}

# Start an agent that has this key: agent <key>
agent() {
  export SSH_AUTH_SOCK=$BATS_TEST_TMPDIR/agent${#servers_started[@]}
  ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 3>&- &
  servers_started+=("$!")
  until ssh-add -q "$1" 2>/dev/null; do
    kill -0 "$!" || fail 'no ssh-agent'
    sleep 0.05
  done
}

@test "get, ls" {
  looked_at "$url"
}

@test "import, update by branch and by tag, pull" {
  followed "$url"
}

@test "a host that is not known, and one that has another key, are refused" {
  rm "$HOME/.ssh/known_hosts"
  exits 7 dray get "$url" data
  hints "cannot fetch git repository '$url': "
  hints 'connect to it once with ssh, to confirm its key'
  one_line
  gone "$HOME/.ssh/known_hosts"
  knows "$BATS_FILE_TMPDIR/stranger.pub"
  exits 7 dray get "$url" data
  hints 'connect to it once with ssh, to confirm its key'
  gone data
}

@test "a key that opens nothing, and none: refused, and not tried for ever" {
  agent "$BATS_FILE_TMPDIR/stranger"
  exits 7 dray get "$url" data
  hints "cannot fetch git repository '$url': "
  hints "add a key to ssh's agent"
  one_line
  unset SSH_AUTH_SOCK
  exits 7 dray get "$url" data
  hints "add a key to ssh's agent"
  SSH_AUTH_SOCK=/nowhere exits 7 dray get "$url" data
  gone data
}

@test "without an agent, or past one that does not help: ssh's usual key files" {
  cp "$BATS_FILE_TMPDIR/me" "$HOME/.ssh/id_ed25519"
  SSH_AUTH_SOCK='' exits 0 dray get "$url" model.bin
  same_tree model.bin ../kept/model.bin
  SSH_AUTH_SOCK=/nowhere exits 0 dray get "$url" model.bin -o second
  agent "$BATS_FILE_TMPDIR/stranger"
  exits 0 dray get "$url" data
  same_tree data ../kept/data
}

@test "what is not there; who is not there" {
  complains 3 "cannot fetch git repository '${url/src/nothing}': fatal: '$served/nothing.git' does not appear to be a git repository" \
    dray get "${url/src/nothing}" data
  exits 3 dray get "$url" nothing
  exits 1 dray get "${url/$port/$("$support/free_ports.py" 1)}" data
  hints 'failed to connect'
  gone data
}

@test "Ctrl-C: while the pack is made, and with a server that says nothing" {
  let_alone "$url"
  mkdir ../mute
  serve mute.py ../mute
  interrupt INT '[ -s ../mute/log ]' dray get "ssh://me@127.0.0.1:$(cat ../mute/port)/src.git" model.bin
  equal "$status" 130
  gone model.bin
}
