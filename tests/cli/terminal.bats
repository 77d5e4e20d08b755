#!/usr/bin/env bats
# A terminal gets a progress line, and nothing is left of it; a pipe gets none.
load ../support/sandbox

setup_file() {
  python3 -c 'import os; os.openpty()' 2>/dev/null || skip 'there are no pseudo-terminals here'
}

# Run a command with standard error and output on a terminal; what it shows goes to ../shown.
on_terminal() {
  TERM=xterm python3 - "$@" >../shown <<'END'
import os, pty, sys
status = pty.spawn(sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(status))
END
}

# Long enough for a line to be drawn: a gigabyte of zeros that takes no room.
long_file() {
  truncate -s 1G long
}

@test "add on a terminal shows bytes, rate and time, and wipes the line" {
  repo
  long_file
  on_terminal dray add long
  grep -q 'B of 1.1 GB' ../shown
  grep -q 'B/s' ../shown
  grep -q left ../shown
  # What follows the last line drawn is a wiped line and the result.
  tr '\r' '\n' <../shown | sed -n '$p' >../last
  if grep -q ' of ' ../last; then fail "left behind: $(cat -v ../last)"; fi
}

@test "--no-progress, -q and TERM=dumb show none" {
  repo
  long_file
  on_terminal dray add --no-progress long
  if grep -q $'\r\033' ../shown; then fail 'progress'; fi
  printf 'x' >>long
  on_terminal dray add -q long
  if grep -q . ../shown; then fail 'output'; fi
  printf 'x' >>long
  TERM=dumb on_terminal env TERM=dumb dray add long
  if grep -q $'\r\033' ../shown; then fail 'progress'; fi
}

@test "colours follow NO_COLOR" {
  data_repo
  printf 'changed\n' >data/a.txt
  on_terminal dray status
  if grep -q $'\033\[[0-9;]*m' ../shown; then fail 'colour in spite of NO_COLOR'; fi
}
