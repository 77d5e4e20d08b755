#!/usr/bin/env bats
# config, remote, cache dir: settings are read, written, refused and told.
load ../support/sandbox

@test "set, get, unset" {
  repo
  exits 0 dray config cache.type hardlink
  equal "$output" ''
  exits 0 dray config cache.type
  equal "$output" hardlink
  exits 0 dray config --unset cache.type
  exits 3 dray config cache.type
  equal "$output" ''
  exits 3 dray config --unset cache.type
}

@test "an unknown key is refused, and the nearest is named" {
  repo
  local before
  before=$(cat .dray/config)
  exits 2 dray config cache.tpye hardlink
  hints cache.type
  equal "$(cat .dray/config)" "$before"
  exits 2 dray config nonsense x
  exits 2 dray config remote.x.nonsense y
}

@test "a wrong value is refused" {
  repo
  exits 2 dray config core.autostage perhaps
  hints core.autostage
  exits 3 dray config --project core.autostage
}

@test "levels: later wins, origin is told" {
  repo
  dray config --global cache.type copy
  equal "$(dray config cache.type)" copy
  dray config --project cache.type symlink
  equal "$(dray config cache.type)" symlink
  dray config --local cache.type hardlink
  equal "$(dray config cache.type)" hardlink
  equal "$(dray config --global cache.type)" copy
  equal "$(dray config --project cache.type)" symlink
  grep -q symlink .dray/config
  grep -q hardlink .git/dray/config
  [ -z "$(git status --porcelain .git)" ]
  exits 0 dray config --list --show-origin
  printf '%s\n' "$output" | grep -q "$HOME.*copy"
  printf '%s\n' "$output" | grep -q '\.dray/config.*symlink'
  printf '%s\n' "$output" | grep -q 'dray/config.*hardlink'
}

@test "--list shows keys and values" {
  repo
  dray config cache.type copy
  exits 0 dray config --list
  has_line cache.type=copy
}

@test "global settings work outside a repository" {
  exits 0 dray config --global cache.type copy
  equal "$(dray config --global cache.type)" copy
  exits 10 dray config --project cache.type copy
}

@test "comments and order of the file survive" {
  repo
  printf '# mine\n[cache]\n    ; this one\n    type = copy\n[core]\n    autostage = false\n' >.dray/config
  dray config cache.type symlink
  equal "$(cat .dray/config)" '# mine
[cache]
    ; this one
    type = symlink
[core]
    autostage = false'
}

@test "git's syntax of sections is read" {
  repo
  printf '[remote "store"]\n\turl = /somewhere\n[core]\n\tremote = store\n' >.dray/config
  exits 0 dray remote list
  equal "$output" 'store	/somewhere	(default)'
}

@test "a malformed file is named with the line" {
  repo
  printf '[core\n' >.dray/config
  exits 9 dray status
  hints '.dray/config'
  hints 'line 1'
}

@test "the local level can't be committed" {
  repo
  dray config --local cache.type copy
  git add -A
  equal "$(git status --porcelain)" ''
}

@test "remote add, list, default, rename, modify, remove" {
  repo
  mkdir ../r1 ../r2
  exits 0 dray remote add one "$PWD/../r1"
  exits 0 dray remote add -d two "file://$(realpath ../r2)"
  exits 0 dray remote list
  equal "${#lines[@]}" 2
  printf '%s\n' "${lines[1]}" | grep -q '(default)'
  exits 0 dray remote default
  equal "$output" two
  exits 0 dray remote default one
  equal "$(dray remote default)" one
  exits 0 dray remote rename one first
  equal "$(dray remote default)" first
  exits 0 dray remote modify first url /elsewhere
  dray remote list | grep -q '/elsewhere'
  exits 0 dray remote remove first
  exits 3 dray remote default
  exits 0 dray remote list
  equal "${#lines[@]}" 1
  exits 0 dray remote default two
  exits 0 dray remote default --unset
  exits 3 dray remote default
}

@test "remote add of a name that is taken" {
  repo
  dray remote add one /one
  exits 8 dray remote add one /two
  hints '--force'
  dray remote list | grep -q /one
  exits 0 dray remote add --force one /two
  dray remote list | grep -q /two
}

@test "remotes that are not there" {
  repo
  exits 3 dray remote remove none
  exits 3 dray remote rename none other
  exits 3 dray remote modify none url /x
  exits 3 dray remote default none
  dray remote add one /one
  dray remote add two /two
  exits 8 dray remote rename one two
}

@test "an unknown kind of remote is refused and the known ones are named" {
  repo
  exits 14 dray remote add one gopher://somewhere
  hints gopher
  hints file://
  exits 0 dray remote list
  equal "$output" ''
}

@test "a name that the settings could not hold is refused" {
  repo
  for name in '' 'a"b' $'a\nb' 'a]b'; do
    exits 2 dray remote add "$name" /x
  done
}

@test "a relative remote is kept relative to the repository" {
  repo
  mkdir ../store
  exits 0 dray remote add -d store ../store
  printf 'x\n' >x
  dray add -q x
  exits 0 dray push
  there "$(printf 'x\n' | object ../store)"
  mkdir sub
  cd sub
  exits 0 dray push
}

@test "cache dir" {
  repo
  exits 0 dray cache dir
  equal "$output" "$(cache)"
  exits 0 dray cache dir ../mine
  equal "$(dray cache dir)" "$(realpath -m ../mine)"
  printf 'x\n' >x
  dray add -q x
  there "$(printf 'x\n' | object ../mine)"
  exits 0 dray cache dir --unset
  equal "$(dray cache dir)" "$(cache)"
}

@test "remote and cache alone show their commands" {
  repo
  exits 0 dray remote
  printf '%s\n' "$output" | grep -q rename
  exits 2 dray remote nonsense
  exits 2 dray remote add one
}
