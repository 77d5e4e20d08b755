#!/usr/bin/env bats
# Remotes of http:// and https://: what they can do, who we are there, and servers that misbehave.
load ../support/sandbox
load ../support/s3

# A server of ../web/files at $place ("127.0.0.1:port") and $web: web [--tls]
web() {
  mkdir -p ../web/files
  if [ "${1:-}" = --tls ]; then "$support/certificate" "$(realpath ../web)"; fi
  serve web_store.py "$(realpath ../web)"
  place=127.0.0.1:$(cat ../web/port)
  web=http${1:+s}://$place/store
  rules
}

rules() { printf '%s\n' "$@" >../web/rules; }

# How many requests look like this: asked <extended regular expression>
asked() { grep -cE -- "$1" ../web/log || true; }

forget() { : >../web/log; }

# A data_repo whose data is at $web.
pushed() {
  web "$@"
  data_repo
  dray remote add -q -d web "$web"
  git commit -q -am remote
  if [ -n "${1:-}" ]; then dray remote modify web ssl_verify "$(realpath ../web/ca.pem)"; fi
  dray push -q
  cp -a data ../kept
  forget
}

lose_data() {
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)/files" data model.bin
}

# The data comes whole although: survives <rule …>
survives() {
  lose_data
  rules "$@"
  forget
  exits 0 dray pull
  same_tree data ../kept
  rules
}

# The data does not come, and nothing wrong does: fails <status> <text> <rule …>
fails() {
  local expected=$1 text=$2
  shift 2
  lose_data
  rules "$@"
  forget
  exits "$expected" dray pull
  one_line
  hints "$text"
  gone data
  rules
}

@test "push, status, pull elsewhere, and a part; get, ls, cat" {
  pushed
  equal "$(find ../web/files/store -type f | sed 's,.*/store/,,' | sort)" \
    "$(cd "$(cache)" && find files -type f | sort)"
  exits 0 dray status -c --exit-code
  exits 0 dray push
  equal "$output" 'everything is up to date'
  equal "$(asked 'P(OST|UT) ')" 0
  printf 'new\n' >model.bin
  dray add -q model.bin
  exits 1 dray status -c --exit-code
  exits 0 dray push
  equal "$(asked 'POST ')" 1
  git commit -q -am new
  git clone -q . ../clone
  cd ../clone
  exits 0 dray pull data/sub
  same_tree data/sub ../kept/sub
  gone data/a.txt model.bin
  exits 0 dray fetch
  exits 0 dray pull
  same_tree data ../kept
  equal "$(cat model.bin)" new
  mkdir ../elsewhere
  cd ../elsewhere
  exits 0 dray get ../w data/a.txt
  equal "$(cat a.txt)" one
  exits 0 dray ls -R ../w data
  cd ../w
  lose_data
  exits 0 dray cat data/a.txt
  equal "$output" one
}

@test "the web lists and removes nothing" {
  pushed
  complains 14 "'$web' cannot tell what it has: the web has no lists" dray gc -w -c -f
  there "../web/files/store/$(pointer_object data.dray . | cut -c 3-)"
}

@test "method, and a server that does not keep uploads" {
  web
  data_repo
  rules 'only GET,HEAD'
  exits 0 dray remote add -q -d web "$web"
  exits 14 dray push
  one_line
  hints "cannot write '$web/files/"
  hints "(HTTP 405)"
  hints "want the other 'method': PUT or POST"
  rules 'only GET,HEAD,PUT'
  complains 2 "'remote.web.read_timeout' is a number of seconds, not '1s'" dray remote modify web read_timeout 1s
  dray remote modify web read_timeout 45.5
  dray remote modify web method MOVE
  exits 9 dray push
  one_line
  hints "'remote.web.method' is not PUT or POST"
  dray remote modify web method put
  rules 'only GET,HEAD,PUT' lose
  exits 1 dray push
  one_line
  hints 'is not there after the upload; the server may not keep uploads'
  rules 'only GET,HEAD,PUT'
  exits 0 dray push
  equal "$(asked 'POST .* 201')" 0
  rules
  exits 0 dray status -c --exit-code
}

@test "uploads: what may pass is tried again; bytes are hashed before" {
  web
  data_repo
  dray remote add -q -d web "$web"
  rules 'fail 2 500' 'fail 1 503 */files/*'
  exits 0 dray push
  rules
  exits 0 dray status -c --exit-code
  printf 'more\n' >model.bin
  dray add -q model.bin
  damage "$(pointer_object model.bin.dray "$(cache)")"
  exits 4 dray push
  one_line
  gone "$(pointer_object model.bin.dray ../web/files/store)"
}

@test "who we are: basic, digest, custom; only where auth says so" {
  pushed
  dray remote modify web user me
  echo 'p&ss wörd' | dray remote modify web password
  fails 7 'it wants to know who asks (HTTP 401)' 'basic me secret'
  hints "set the remote's auth"
  equal "$(asked '[+]')" 0
  dray remote modify web auth basic
  fails 7 'the password is not believed' 'basic me secret'
  echo secret | dray remote modify web password
  survives 'basic me secret'
  equal "$(asked '[+]')" "$(asked .)"
  dray remote modify web auth digest
  survives 'digest me secret'
  fails 7 'the password is not believed' 'digest me other'
  dray remote modify web auth custom
  complains 9 "remote 'web': auth = custom needs the setting 'custom_auth_header' as well" dray pull
  dray remote modify web custom_auth_header X-Key
  survives 'header X-Key secret'
  dray remote modify web custom_auth_header 'X: y'
  exits 9 dray pull
  one_line
  dray remote modify web auth basic
  dray remote modify --unset web user
  complains 9 "remote 'web': auth = basic needs the setting 'user' as well" dray pull
  equal "$(grep -rl secret .dray .git/config || true)" ''
  # in the url, as DVC takes it; never shown
  dray remote modify --unset web auth
  dray remote modify web url "http://me:s%65cret@$place/store"
  survives 'basic me secret'
  fails 7 "'$web/files/" 'basic me other'
}

# Run a command at a terminal, type <text> when it asks; what it shows goes to ../shown: typing <text> <command …>
typing() {
  python3 - "$@" >../shown <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b''
try:
    while data := os.read(fd, 4096):
        shown += data
        if shown.endswith(b"': "):
            os.write(fd, sys.argv[1].encode() + b'\n')
except OSError:
    pass
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
}

@test "ask_password: at a terminal, once a command, not shown, not kept" {
  python3 -c 'import os; os.openpty()' 2>/dev/null || skip 'there are no pseudo-terminals here'
  pushed
  dray remote modify web auth basic
  dray remote modify web user me
  dray remote modify web ask_password true
  rules 'basic me s3cret'
  lose_data
  complains 9 "remote 'web': auth = basic needs the setting 'password' as well" dray pull
  equal "$(asked .)" 0
  typing s3cret dray pull --no-progress
  same_tree data ../kept
  equal "$(grep -c "password of 'me' for '$web': " ../shown)" 1
  if grep -q s3cret ../shown; then fail "$(cat ../shown)"; fi
  equal "$(grep -rl s3cret .dray .git/dray "$HOME" || true)" ''
}

@test "a password goes to no host that only the repository names, and not unencrypted" {
  pushed
  dray remote modify web auth basic
  dray remote modify web user me
  git commit -q -am auth
  echo secret | dray remote modify --global web password
  lose_data
  complains 7 "remote 'web': the password in '$HOME/.config/dray/config' is not for '$place': only settings that came with the repository name that host" \
    dray pull
  equal "$(asked .)" 0
  # whose password it is says where it goes
  dray remote modify --global web url "http://$place/other"
  exits 0 dray pull
  same_tree data ../kept
  equal "$(asked '[+]')" "$(asked .)"
  rm "$HOME/.config/dray/config"
  echo secret | dray remote modify web password
  survives 'basic me secret'
  dray remote modify web url http://host.invalid/store
  complains 7 "remote 'web': the password is not sent without encryption" dray pull
  dray remote modify web url https://host.invalid/store
  dray remote modify web ssl_verify false
  complains 7 "remote 'web': the password is not sent to a server that nobody checks" dray pull
}

@test "redirects: on the host, with the password; to others without, from http not at all" {
  pushed
  local log
  mkdir -p ../other/files
  log=$(realpath ../other/log)
  serve web_store.py "$(realpath ../other)"
  dray remote modify web auth basic
  dray remote modify web user me
  echo secret | dray remote modify web password
  fails 1 'it is elsewhere, where this is not followed to (HTTP 302)' "away http://localhost:$(cat ../other/port)"
  gone "$log"
  fails 1 "'$place' redirects in circles" "away http://$place"
  equal "$(asked '[+]')" "$(asked .)"
  printf 'new\n' >model.bin
  dray add -q model.bin
  rules "away file:///etc"
  exits 1 dray push
  one_line
}

@test "over TLS: trust, and a redirect to another host without the password" {
  pushed --tls
  survives
  dray remote modify web ssl_verify "$(realpath ../web/wrong.pem)"
  fails 7 "the certificate of '$place' is not trusted: "
  dray remote modify web ssl_verify false
  survives
  dray remote modify --unset web ssl_verify
  fails 7 "the certificate of '$place' is not trusted: "
  SSL_CERT_FILE=../web/ca.pem survives
  dray remote modify web ssl_verify "$(realpath ../web/ca.pem)"
  mkdir -p ../other
  cp -a ../web/files ../web/*.pem ../other
  serve web_store.py "$(realpath ../other)"
  dray remote modify web auth basic
  dray remote modify web user me
  echo secret | dray remote modify web password
  survives "away https://localhost:$(cat ../other/port)"
  equal "$(grep -c '+' ../other/log || true)" 0
  equal "$(asked ' 302 [+]')" "$(asked .)"
  fails 1 'it is elsewhere, where this is not followed to (HTTP 302)' "away http://$place"
}

@test "downloads: what may pass is tried again, and goes on where it broke" {
  pushed
  survives 'fail 1 500' 'fail 1 503' 'fail 1 408'
  survives 'fail 1 429 *[!r]'
  survives 'cut 3 */files/*'
  equal "$(asked ' 206')" 3
  survives whole 'cut 1 */files/*'
  survives unsized
  survives 'only GET'
  survives 'only GET' whole
  fails 5 'the server is out of order (HTTP 500)' 'fail 999 500'
  stop_servers
  lose_data
  complains 5 "cannot connect to '$place': Connection refused" dray pull
}

@test "downloads: wrong bytes, no end, a page, nothing, a refusal" {
  pushed
fails 4 "is damaged on remote '$web'" wrong
  fails 4 "is damaged on remote '$web'" 'endless *[!r]'
    rm "$(pointer_object data.dray ../web/files/store)"
  fails 3 "is neither in the cache nor on remote '$web'" ''
  fails 4 "'$web' is no honest store: it claims to have an object that nobody made" page
  fails 7 'access is denied (HTTP 403)' hide
  exits 0 dray status -c --json
  rules hide
  exits 0 dray status -c --json
  rules page
  exits 4 dray status -c
  complains 4 "'http://$place/new' is no honest store: it claims to have an object that nobody made" \
    dray remote add other "http://$place/new"
  complains 9 "the url of a remote has no '?' part" dray remote add other "http://$place/new?x=y"
  complains 9 'the url names no host' dray remote add other http:///new
}

@test "a large object comes in ranges, and whole where there are none" {
  web
  repo
  head -c 70M /dev/urandom >big
  dray add -q big
  dray remote add -q -d web "$web"
  dray push -q
  mv big ../kept
  forget
  lose_data
  exits 0 dray pull
  cmp big ../kept
  equal "$(asked ' 206')" 5
  lose_data
  rm big
  rules whole
  exits 0 dray pull
  cmp big ../kept
}
