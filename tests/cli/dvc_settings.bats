#!/usr/bin/env bats
# Settings where DVC shares the repository, and what scripts for DVC expect of commands: exit codes,
# words. tests/interop/settings.bats holds the same against DVC itself.
load ../support/sandbox

# A git repository of DVC's dialect in the present folder, with a first commit.
prepare() {
  git init -q
  dray init -q --dvc
  git commit -q -m start
}

@test "levels are where DVC has them" {
  DVC_GLOBAL_CONFIG_DIR=$PWD/../global dray config --global core.remote global
  dray config --global cache.type copy
  dray config core.checksum_jobs 2
  dray config --local core.remote local
  equal "$(cat ../global/config)" '[core]
    remote = global'
  equal "$(cat "$HOME/.config/dvc/config")" '[cache]
    type = copy'
  equal "$(cat .dvc/config)" '[core]
    checksum_jobs = 2'
  equal "$(cat .dvc/config.local)" '[core]
    remote = local'
  equal "$(stat -c %a .dvc/config.local)" 600
  DVC_SYSTEM_CONFIG_DIR=/nonexistent exits 0 dray config --list --show-origin
  equal "$output" "$HOME/.config/dvc/config	cache.type=copy
.dvc/config	core.checksum_jobs=2
.dvc/config.local	core.remote=local"
  equal "$(git status --porcelain)" ' M .dvc/config'
}

@test "a setting that is nowhere prints nothing; on one level it is missed" {
  exits 0 dray config core.remote
  equal "$output$stderr" ''
  exits 0 dray config core.nonsense
  equal "$output$stderr" ''
  complains 251 "'core.remote' is not set" dray config --project core.remote
}

@test "paths are written for the file they stand in, and told as they are" {
  mkdir -p sub ../rem
  cd sub
  dray remote add -d foo ../../rem
  dray config cache.dir ../../cache
  dray remote modify foo type copy
  equal "$(cat ../.dvc/config)" "[core]
    remote = foo
[cache]
    dir = ../../cache
['remote \"foo\"']
    url = ../../rem
    type = copy"
  exits 0 dray config remote.foo.url
  equal "$output" "$(realpath ../../rem)"
  exits 0 dray remote list
  case $output in "foo     $(realpath ../../rem)"*' (default)') ;; *) fail "$output" ;; esac
  exits 0 dray cache dir
  equal "$output" "$(realpath -m ../../cache)"
}

@test "comments stay" {
  printf '# ours\n[core]\n    remote = a # for now\n' >.dvc/config
  dray config core.remote b
  dray config core.checksum_jobs 4
  equal "$(cat .dvc/config)" '# ours
[core]
    remote = b # for now
    checksum_jobs = 4'
}

@test "what DVC would refuse is not written" {
  dray remote add store /store
  local before
  before=$(cat .dvc/config)
  complains 251 "'core.autostage' is true or false, not 'yes'" dray config core.autostage yes
  complains 251 "'remote.store.part_size' is a setting of dray's own" dray remote modify store part_size 8M
  complains 251 "'remote.store.region' is no setting of this kind of remote" dray remote modify store region x
  complains 251 "there is no setting 'core.nonsense'" dray config core.nonsense x
  equal "$(cat .dvc/config)" "$before"
}

@test "a remote of another kind is no obstacle until it is used" {
  printf "[core]\n    remote = g\n['remote \"g\"']\n    url = gs://bucket/x\n    projectname = p\n" >.dvc/config
  printf 'x\n' >x
  exits 0 dray add x
  exits 0 dray status
  exits 1 dray push
  hints 'gs://'
  exits 0 dray remote add azure azure://container/x
  hints 'cannot use it'
}

@test "a secret goes where git does not see it, and comes away from either place" {
  dray remote add store s3://bucket/x --quiet 2>/dev/null || true
  dray remote modify store secret_access_key hidden
  grep -qx '    secret_access_key = hidden' .dvc/config.local
  exits 0 dray config --list
  has_line 'remote.store.secret_access_key=(not shown)'
  dray remote modify --unset store secret_access_key
  [ ! -s .dvc/config.local ]
  printf "['remote \"store\"']\n    url = s3://bucket/x\n    secret_access_key = shown\n" >.dvc/config
  dray remote modify --unset store secret_access_key
  equal "$(cat .dvc/config)" "['remote \"store\"']
    url = s3://bucket/x"
}

@test "remotes that refer to others" {
  mkdir ../store
  dray remote add base ../store
  dray remote add -d near remote://base/sub
  exits 251 dray remote add lost remote://nowhere/x
  printf "['remote \"circle\"']\n    url = remote://circle\n" >>.dvc/config
  printf 'x\n' >x
  dray add -q x
  exits 0 dray push
  there ../store/sub/files/md5/40/1b30e3b8b5d629635a5c613cdb7919
  exits 251 dray push -r circle
  hints 'refers to itself'
  exits 0 dray remote list
  has_line 'near    remote://base/sub       (default)'
}

@test "exit codes are DVC's" {
  exits 254 dray nonsense
  exits 254 dray add
  exits 254 dray status --nonsense
  exits 254 dray --cd . remote nonsense
  exits 254 dray
  exits 254 dray remote
  exits 0 dray --help
  exits 1 dray add nothing
  exits 255 dray checkout nothing
  exits 255 dray gc
  printf 'x\n' >x
  dray add -q x
  exits 1 dray push
  exits 1 dray config
  exits 254 dray config nodot
  exits 1 dray remote default
  exits 251 dray remote default none
  exits 0 dray remote default --unset
  exits 1 dray check-ignore nothing
  exits 255 dray check-ignore
  printf '[core\n' >.dvc/config
  exits 251 dray status
  exits 254 dray --cd .dvc nonsense
  cd ..
  exits 2 dray nonsense
  exits 254 dray --cd w nonsense
  exits 10 dray status
}

@test "settings that matter are not passed over" {
  printf 'x\n' >x
  printf '[core]\n    checksum_jobs = many\n' >.dvc/config
  exits 251 dray add x
  hints ".dvc/config' line 2: 'core.checksum_jobs' is a number from 1 on, not 'many'; DVC stops at it, too"
  printf '[newer]\n    option = 1\n' >.dvc/config
  exits 251 dray status
  hints "there is no setting 'newer.option'"
  exits 0 dray root
  exits 255 dray doctor
  exits 0 dray config --unset newer.option
  exits 0 dray status
}

@test "--wait-for-lock waits for as long as it takes" {
  printf 'x\n' >x
  mkdir -p .dvc/tmp
  mkfifo ../end
  flock .dvc/tmp/lock cat ../end &
  # the other has the lock once it cannot be taken
  while flock --nonblock .dvc/tmp/lock true; do :; done
  exits 1 dray add x
  hints 'another command'
  dray --wait-for-lock add -q x &
  local waiting=$!
  : >../end
  wait "$waiting"
  there x.dvc
}

@test "check-ignore says it as it was said" {
  mkdir -p d/e f
  printf '*.log\n!keep.log\n/f/\n' >.dvcignore
  exits 0 dray check-ignore -d ./d/a.log "$PWD/d/a.log" keep.log f/x .dvc
  equal "$output" ".dvcignore:1:*.log	./d/a.log
.dvcignore:1:*.log	$PWD/d/a.log
.dvcignore:2:!keep.log	keep.log
.dvcignore:3:/f/	f/x
:.dvc/	.dvc"
  exits 1 dray check-ignore keep.log ../outside
  equal "$output" ''
}
