#!/usr/bin/env bats
# DVC's locks: the main one, and the paths that a running stage holds while that is free.
load ../support/sandbox
load ../support/dvc_objects

tracked_repo() {
  dvc_repo
  mkdir d
  echo one >d/a
  echo two >f
  dray add -q d f
}

# A process holds a path, as DVC writes it down: held <write|read> <name>. It lives as long as the test.
held() {
  sleep 300 3>&- &
  holder=$!
  local who="{\"pid\": $holder, \"cmd\": \"dvc repro -f\"}"
  if [ "$1" = read ]; then who="[$who]"; fi
  printf '{"%s": {"%s/%s": %s}}' "$1" "$PWD" "$2" "$who" >.dvc/tmp/rwlock
}

busy() {
  run --separate-stderr "$@"
  [ "$status" != 0 ]
  case $stderr in
  *"is being "*" by process $holder: dvc repro -f"*) ;;
  *) fail "not busy: $stderr" ;;
  esac
}

@test "what a process writes is left alone, the rest is not" {
  tracked_repo
  held write d
  echo more >>d/a
  echo more >>f
  busy dray add d
  hints "'d' is being written"
  busy dray add d/a
  busy dray commit --force d.dvc
  busy dray rm d.dvc
  busy dray mv d e
  busy dray unprotect d
  busy dray checkout -f
  equal "$(cat d/a f)" 'one
more
two
more'
  exits 0 dray add f
  exits 0 dray status
  kill "$holder"
  wait "$holder" || true
  exits 0 dray add d
}

@test "what a process reads is left alone, too, and what lies around it" {
  tracked_repo
  held read d/a
  rm -r d
  busy dray checkout d
  hints "'d' is being read"
  gone d
  kill "$holder"
  wait "$holder" || true
  exits 0 dray checkout d
}

@test "a claim that is no claim is told" {
  tracked_repo
  echo '{"write": 1}' >.dvc/tmp/rwlock
  refused dray add f
  hints 'rwlock'
  : >.dvc/tmp/rwlock
  exits 0 dray add f
}

@test "--wait-for-lock waits for the end of another command" {
  tracked_repo
  echo more >>f
  (
    flock 9
    sleep 4
  ) 9>>.dvc/tmp/lock &
  sleep 0.2
  exits 0 dray --wait-for-lock add f
  wait
}

@test "locks by hard links: held, left behind, of the other kind" {
  tracked_repo
  dray config core.hardlink_lock true
  echo more >>f
  exits 0 dray add f
  equal "$(find .dvc/tmp -name '*lock*' ! -name rwlock)" ''
  # somebody's, who does not say who
  echo "$PWD/.dvc/tmp/x.lock" >.dvc/tmp/x.lock
  ln .dvc/tmp/x.lock .dvc/tmp/lock
  refused dray add f
  hints 'another command is changing'
  exits 0 dray status
  # one of a dray that was killed: a person is told, and nothing is taken away
  sleep 300 3>&- &
  kill "$!"
  wait "$!" || true
  echo "$PWD/.dvc/tmp/lock|$(hostname)|$!|1" >.dvc/tmp/x.lock
  refused dray add f
  hints "the lock '$(pwd)/.dvc/tmp/lock' was left behind by process $!, which is gone; remove it"
  there .dvc/tmp/lock
  # of another machine, or alive
  echo "$PWD/.dvc/tmp/lock|elsewhere|$!|1" >.dvc/tmp/x.lock
  refused dray add f
  hints 'another command is changing'
  rm .dvc/tmp/lock .dvc/tmp/x.lock
  # an old one by flock, held and then not
  (
    flock 9
    sleep 4
  ) 9>>.dvc/tmp/lock &
  sleep 0.2
  exits 0 dray --wait-for-lock add f
  gone .dvc/tmp/lock
  wait
  exits 0 dray add f
}

@test "a cache for a group" {
  dvc_repo
  dray config -q cache.shared group
  umask 077
  echo one >f
  exits 0 dray add f
  equal "$(stat -c %a .dvc/cache/files/md5/5b)" 2775
  equal "$(find .dvc/cache/files -type f -printf '%m\n')" 444
}
