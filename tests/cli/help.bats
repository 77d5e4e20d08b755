#!/usr/bin/env bats
# help, version, completion, doctor; unknown commands and options.
load ../support/sandbox

@test "version" {
  exits 0 dray version
  equal "$output" 'dray 0.1.0'
  exits 0 dray --version
  equal "$output" 'dray 0.1.0'
}

@test "help names every command; dray alone shows the same" {
  exits 0 dray help
  local overview=$output command
  for command in init add rm mv commit unprotect freeze unfreeze destroy status diff ls du check-ignore root checkout \
    fsck gc remote config cache push fetch pull doctor version help completion; do
    printf '%s\n' "$overview" | grep -qE "^ +$command( |$)" || fail "no $command"
  done
  exits 0 dray --help
  equal "$output" "$overview"
  exits 0 dray
  equal "$output" "$overview"
}

@test "help of each command, in every spelling" {
  local command
  for command in init add checkout 'remote add' 'cache dir'; do
    # shellcheck disable=SC2086
    exits 0 dray help $command
    local text=$output
    [ -n "$text" ]
    # shellcheck disable=SC2086
    exits 0 dray $command --help
    equal "$output" "$text"
  done
  exits 2 dray help nonsense
}

@test "no help line is wider than 80 columns" {
  dray help >../all
  local command
  while IFS= read -r command; do
    # shellcheck disable=SC2086
    dray help $command >>../all
  done < <(dray __describe | awk -F '\t' '$1 == "command" { print $2 }')
  [ "$(wc -l <../all)" -gt 200 ]
  equal "$(awk 'length > 80' ../all)" ''
}

@test "an unknown command: one line with the nearest name" {
  exits 2 dray comit
  equal "$output" ''
  one_line
  hints comit
  hints commit
}

@test "an unknown option: one line with the nearest name" {
  repo
  exits 2 dray add --no-stag x
  hints '--no-stag'
  hints '--no-stage'
  one_line
  exits 2 dray status -Z
  exits 2 dray add --jobs
  exits 2 dray status --files=yes
}

@test "options may stand behind targets, and -- ends them" {
  repo
  printf 'x\n' >x
  printf 'y\n' >-y
  exits 0 dray add x -q
  exits 0 dray add -- -y
  there ./-y.dray
  exits 0 dray add --jobs=1 x
  exits 0 dray add -qj1 x
}

@test "too many and too few arguments" {
  repo
  exits 2 dray root x
  exits 2 dray mv a
  exits 2 dray mv a b c
  exits 2 dray completion
}

@test "completions are programs that their shells accept" {
  exits 0 dray completion bash
  printf '%s\n' "$output" >../c.bash
  bash -n ../c.bash
  exits 0 dray completion zsh
  printf '%s\n' "$output" | grep -q '#compdef dray'
  exits 0 dray completion fish
  printf '%s\n' "$output" | grep -q 'complete -c dray'
  exits 2 dray completion tcsh
}

@test "bash completes commands, options and tracked data" {
  data_repo
  complete_line() {
    bash --norc -c '
      source <(dray completion bash)
      COMP_LINE=$1; COMP_POINT=${#1}
      read -ra COMP_WORDS <<<"$1"
      case $1 in *" ") COMP_WORDS+=("") ;; esac
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      function=$(complete -p dray | sed "s/.*-F \([^ ]*\).*/\1/")
      "$function" dray "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
  }
  complete_line 'dray chec' | tr -d ' ' | sort | paste -sd ' ' | grep -q 'check-ignore checkout'
  complete_line 'dray checkout --rel' | grep -q -- --relink
  complete_line 'dray remote a' | grep -q add
}

@test "doctor tells versions, cache, link types, remotes" {
  data_repo
  mkdir ../remote
  dray remote add -q -d store "$PWD/../remote"
  exits 0 dray doctor
  for word in 0.1.0 libgit2 cache link store; do
    printf '%s\n' "$output" | grep -q "$word" || fail "no $word in: $output"
  done
  rm -r ../remote
  printf 'x\n' >../remote
  exits 1 dray doctor
  printf '%s\n' "$output" | grep -q problem
}

@test "doctor works outside a repository" {
  exits 0 dray doctor
  printf '%s\n' "$output" | grep -q 0.1.0
}

@test "an output that can't be written is an error" {
  data_repo
  [ -w /dev/full ] || skip 'no /dev/full'
  run --separate-stderr bash -c 'dray ls >/dev/full'
  equal "$status" 6
}

@test "a reader that goes away is no accident" {
  data_repo
  run --separate-stderr bash -c 'set -o pipefail; dray ls -R | true'
  [ "$status" = 0 ] || [ "$status" = 141 ]
  equal "$stderr" ''
}

@test "standard input and output may be closed" {
  data_repo
  exits 0 bash -c 'dray status <&-'
  run --separate-stderr bash -c 'dray ls >&-'
  [ "$status" -ne 0 ]
  exits 0 bash -c 'dray status 2>&-'
}
