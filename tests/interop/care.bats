#!/usr/bin/env bats
# What changes or cleans data, held against DVC: gc, commit, virtual directories, move, cache migrate,
# and paths that a running stage holds.
load ../support/sandbox
load ../support/dvc

# What dray keeps beside objects.
tidy() {
  rm -f .dvc/cache/lock
  rmdir .dvc/cache/tmp ../store/tmp 2>/dev/null || true
}

three_versions() {
  local word
  for word in first second third; do
    echo "$word" >f
    vc 0 add f
    commit_all "$word"
    git tag "$word"
  done
}

play_gc() {
  three_versions
  git branch side second
  mate 1 gc -w </dev/null
  mate 0 gc -w --dry
  mate 0 gc -aT -f
  mate 0 gc --rev HEAD -n 2 -f
  vc 0 gc --rev HEAD -n 2 -f
  mate 0 gc -w -f
  tidy
}

@test "gc keeps the same" { twins play_gc; }

play_gc_remote() {
  mkdir ../store
  vc 0 remote add -d store "$PWD/../store"
  three_versions
  mate 0 push -A
  mate 0 gc -w -c -f
  vc 0 gc -w -c -f
  tidy
}

@test "gc -c keeps the same" { twins play_gc_remote; }

play_not_in_remote() {
  mkdir ../store
  vc 0 remote add -d store "$PWD/../store"
  three_versions
  mkdir d
  echo 1 >d/a
  echo 2 >d/b
  vc 0 add d
  mate 0 push
  mate 0 gc -w --not-in-remote -f
  # the manifest is on the remote only, and what it names is known all the same
  echo 2 | md5_object .dvc/cache >../kept
  mkdir -p "$(dirname "$(cat ../kept)")"
  echo 2 >"$(cat ../kept)"
  rm "$(echo 2 | md5_object "$PWD/../store")"
  mate 0 gc -w --not-in-remote -f
  there "$(cat ../kept)"
  mate 0 gc -w --not-in-remote -f
  tidy
}

@test "gc --not-in-remote keeps the same" { twins play_not_in_remote; }

play_commit() {
  mkdir d
  echo 1 >d/a
  echo 2 >f
  mate 0 add --no-commit d f
  mate 0 commit
  echo 3 >d/b
  mate 1 commit </dev/null
  mate 0 commit -f d
  rm d/a
  mate 0 commit -f
  vc 0 status
  tidy
}

@test "add --no-commit and commit write the same" { twins play_commit; }

play_move() {
  mkdir d sub
  echo 1 >d/a
  echo 2 >f
  vc 0 add d f
  mate 0 move d e
  mate 0 move e sub
  mate 0 move f sub/g
  mate 0 remove sub/e.dvc
  tidy
}

@test "move and remove leave the same" { twins play_move; }

@test "what migrated objects are named is what DVC names them" {
  cp -a "$template" r
  cd r || return 1
  local hex
  hex=$(printf 'one\n' | md5sum | cut -c 1-32)
  mkdir -p ".dvc/cache/${hex:0:2}"
  printf 'one\r\n' >".dvc/cache/${hex:0:2}/${hex:2}"
  chmod 444 ".dvc/cache/${hex:0:2}/${hex:2}"
  printf 'outs:\n- md5: %s\n  size: 5\n  path: f\n' "$hex" >f.dvc
  exits 0 dray cache migrate --dvc-files
  exits 0 dvc checkout
  equal "$(od -c -An f)" "$(printf 'one\r\n' | od -c -An)"
  exits 0 dvc status
  equal "$output" 'Data and pipelines are up to date.'
  rm -rf ".dvc/cache/${hex:0:2}"
  exits 0 dvc status
  equal "$output" 'Data and pipelines are up to date.'
}

@test "there and back: DVC finds nothing changed" {
  cp -a "$template" r
  cd r || return 1
  mkdir -p d/s
  echo 1 >d/a
  echo 2 >d/s/b
  echo 3 >f
  dvc add -q d f
  commit_all
  exits 0 dray migrate --to native
  git commit -q -m native
  exits 0 dray migrate --to dvc
  exits 0 dvc status
  equal "$output" 'Data and pipelines are up to date.'
  equal "$(git diff HEAD~1 --stat -- '*.dvc')" ''
}

@test "some pointers become native and come back: DVC finds nothing changed" {
  cp -a "$template" r
  cd r || return 1
  mkdir d e
  echo 1 >d/a
  echo 2 >e/b
  echo 3 >in
  echo 4 >f
  dvc add -q d e in f
  printf 'stages:\n  s:\n    cmd: cp in out\n    deps: [in]\n    outs: [out]\n' >dvc.yaml
  dvc repro -q
  dvc remote add -q -d store ../store
  dvc push -q
  git add -A
  commit_all
  exits 0 dray migrate --to native d
  exits 0 dray migrate --to native in f.dvc
  hints 'DVC keeps 1 pointer and 1 stage'
  git commit -q -m native
  clean() {
    exits 0 dvc status
    equal "$output" 'Data and pipelines are up to date.'
    exits 0 dray status --exit-code
  }
  clean
  exits 0 dray push
  # Each tool brings what is its own, and what a stage of DVC's reads is there for it.
  rm -rf d e in f out .dvc/cache
  exits 0 dvc pull
  there e/b out
  gone d in f
  exits 0 dray pull
  equal "$(cat d/a in f)" '1
3
4'
  exits 0 dvc repro
  clean
  equal "$(git status --porcelain)" ''
  exits 0 dray migrate --to dvc d in
  clean
  exits 0 dray migrate --to dvc f
  equal "$stderr" ''
  gone .dray f.dray
  exits 0 dvc status
  equal "$output" 'Data and pipelines are up to date.'
  equal "$(git diff HEAD~1 --stat)" ''
  exits 0 dvc push
}

@test "what a running stage of DVC's holds is left alone" {
  cp -a "$template" r
  cd r || return 1
  echo 1 >in
  echo 1 >free
  dvc add -q in free
  mkfifo ../go
  printf 'stages:\n  s:\n    cmd: touch ../began && read x <../go && echo x >out\n    deps: [in]\n    outs: [out]\n' >dvc.yaml
  dvc repro -q 3>&- &
  until [ -e ../began ]; do sleep 0.1; done
  echo 2 >in
  echo 2 >free
  run --separate-stderr dray add in
  [ "$status" != 0 ]
  hints "'in' is being read by process"
  exits 0 dray add free
  echo >../go
  wait
  exits 0 dray add in
}
