#!/usr/bin/env bats
# Data of other repositories over https: git's own smart HTTP behind TLS, whom we trust, who we are.
load ../support/sandbox
load ../support/s3
load ../support/git_servers

setup_file() {
  make_served
  "$support/certificate" "$BATS_FILE_TMPDIR"
  serve git_https.py "$BATS_FILE_TMPDIR"
}

teardown_file() {
  stop_servers
}

# What is served is at $url, and for who knows the password at $private; their authority is believed.
prepare() {
  copy_served
  place=localhost:$(cat "$BATS_FILE_TMPDIR/port")
  url=https://$place/src.git
  private=https://$place/private/src.git
  echo me:s3cret/pass >"$BATS_FILE_TMPDIR/password"
  : >"$BATS_FILE_TMPDIR/log"
  export SSL_CERT_FILE=$BATS_FILE_TMPDIR/ca.pem
}

# git's credential helper knows this password, and counts in ../asked how often it is asked.
helper() {
  printf '#!/bin/sh\necho "$1" >>%s/asked\necho username=me\necho "password=%s"\n' "$(realpath ..)" "$1" >../helper
  chmod 755 ../helper
  git config --global credential.helper "$(realpath ../helper)"
}

# How many requests were answered like this: answered <extended regular expression>
answered() { grep -cE -- "$1" "$BATS_FILE_TMPDIR/log" || true; }

# Nobody wrote the password down: untold <password>
untold() {
  case $stderr$output in *"$1"*) fail "told: $stderr$output" ;; esac
  equal "$(grep -rlF -- "$1" "$HOME/.cache" . || true)" ''
}

@test "get, ls" {
  looked_at "$url"
}

@test "import, update by branch and by tag, pull" {
  followed "$url"
}

@test "an authority that nobody named is not believed; no way around it is taken" {
  unset SSL_CERT_FILE
  exits 7 dray get "$url" data
  hints "cannot fetch git repository '$url': the SSL certificate is invalid"
  hints 'name the authority that signed it'
  one_line
  case $stderr in *\\x*) fail "$stderr" ;; esac
  SSL_CERT_FILE=$BATS_FILE_TMPDIR/wrong.pem exits 7 dray get "$url" data
  SSL_CERT_FILE=$BATS_FILE_TMPDIR/ca.pem exits 7 dray get "${url/localhost/127.0.0.1}" data
  equal "$(answered .)" 0
  gone data
}

@test "where the authority is named: as git has it, then SSL_CERT_FILE" {
  export SSL_CERT_FILE=/nowhere
  exits 1 dray get "$url" model.bin
  hints "cannot read authorities from '/nowhere'"
  cp "$BATS_FILE_TMPDIR/ca.pem" "$HOME"
  # shellcheck disable=SC2088
  git config --global http.sslCAInfo '~/ca.pem'
  exits 0 dray get "$url" model.bin
  same_tree model.bin ../kept/model.bin
  git config --global http.sslCAInfo "$BATS_FILE_TMPDIR/wrong.pem"
  exits 7 dray get "$url" data
  GIT_SSL_CAINFO=$BATS_FILE_TMPDIR/ca.pem exits 0 dray get "$url" data
  same_tree data ../kept/data
}

@test "name and password from git's credential helper, asked once, told to nobody" {
  helper s3cret/pass
  exits 0 dray get "$private" data
  same_tree data ../kept/data
  untold s3cret/pass
  equal "$(wc -l <../asked)" 1
  repo
  exits 0 dray import "$private" model.bin
  equal "$(sed -n 's/^    url: //p' model.bin.dray)" "$private"
  untold s3cret/pass
}

@test "a wrong password, and none: refused, and not tried for ever" {
  helper wr0ng
  exits 7 dray get "$private" data
  hints "cannot fetch git repository '$private': "
  hints 'set up a credential helper of git'
  one_line
  untold wr0ng
  equal "$(wc -l <../asked)" 1
  equal "$(answered ^401)" 2
  git config --global --unset credential.helper
  exits 7 dray get "$private" data </dev/null
  hints 'set up a credential helper of git'
  gone data
}

@test "a password in the address is used and not shown; a pointer does not take it" {
  local with=${private/localhost/me:s3cret%2Fpass@localhost}
  exits 0 dray get "$with" model.bin
  same_tree model.bin ../kept/model.bin
  exits 3 dray get "$with" nothing
  untold s3cret
  exits 7 dray get "${with/s3cret/wr0ng}" data
  untold wr0ng
  repo
  exits 2 dray import "$with" data
  untold s3cret
  gone data data.dray
}

@test "moved: on the same host we follow; neither in circles, nor without TLS, nor elsewhere" {
  helper s3cret/pass
  exits 0 dray get "https://$place/moved/src.git" model.bin
  same_tree model.bin ../kept/model.bin
  exits 0 dray get "https://$place/moved/private/src.git" model.bin -o second
  exits 1 dray get "https://$place/loop/src.git" data
  hints 'too many redirects'
  exits 1 dray get "https://$place/away/http/$place/src.git" data
  hints "cannot redirect from 'https' to 'http'"
  : >"$BATS_FILE_TMPDIR/log"
  exits 1 dray get "https://$place/away/https/127.0.0.1:${place#*:}/private/src.git" data
  hints "cannot redirect from 'localhost' to '127.0.0.1'"
  hints 'use the address that it moved to'
  equal "$(answered .)" 1
  gone data
}

@test "a proxy: https_proxy, no_proxy, http.proxy of git's settings" {
  local proxy
  mkdir -p ../web/files
  serve web.py ../web
  proxy=http://127.0.0.1:$(cat ../web/port)
  no_proxy=localhost https_proxy=$proxy exits 0 dray get "$url" model.bin
  gone ../web/log
  https_proxy=$proxy exits 0 dray get "$url" data
  same_tree data ../kept/data
  equal "$(cat ../web/log)" "CONNECT $place"
  git config --global http.proxy "$proxy"
  exits 0 dray ls "$url"
  equal "$(wc -l <../web/log)" 2
}

@test "what is not there; who is not there" {
  exits 3 dray get "${url/src/nothing}" data
  hints 'status code: 404'
  exits 3 dray get "$url" nothing
  local nobody
  nobody=https://localhost:$("$support/free_ports.py" 1)/src.git
  exits 1 dray get "$nobody" data
  hints "cannot fetch git repository '$nobody': failed to connect"
  gone data
}

@test "Ctrl-C while the pack is made" {
  let_alone "$url"
}
