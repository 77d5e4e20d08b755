#!/usr/bin/env bats
# push, fetch, pull over a directory: what arrives is what was sent, or the reason is told.
# label: threaded
load ../support/sandbox

with_remote() {
  data_repo
  dray remote add -q -d store "$PWD/../remote"
  git commit -q -am remote
}

# A clone of the present repository, without its cache.
elsewhere() {
  git clone -q . ../clone
  cd ../clone || return 1
}

@test "push, clone, pull: byte for byte" {
  with_remote
  exits 0 dray push
  keep data ../kept
  elsewhere
  gone data
  exits 0 dray pull
  same_tree data ../kept
  equal "$(cat model.bin)" 'weights 1
weights 2
weights 3'
  exits 0 dray status --exit-code
  exits 0 dray status --exit-code -r store
  exits 0 dray fsck
  equal "$(git status --porcelain)" ''
}

@test "over file://" {
  data_repo
  mkdir '../a remote'
  dray remote add -q -d store "file://$(realpath ..)/a%20remote"
  git commit -q -am remote
  exits 0 dray push
  there "$(printf 'one\n' | object '../a remote')"
  elsewhere
  exits 0 dray pull
  equal "$(cat data/a.txt)" one
}

@test "the remote holds objects by their hash, and nothing else" {
  with_remote
  dray push -q
  local path
  while read -r path; do
    equal "$(sha256sum <"../remote/$path" | cut -c 1-64)" \
      "$(printf '%s' "${path#files/sha256/}" | tr -d / | sed 's/\.dir$//')"
  done < <(cd ../remote && find files -type f)
  equal "$(find ../remote -type f | wc -l)" 7
}

@test "counts, in JSON; the second push sends nothing" {
  with_remote
  exits 0 dray push --json
  equal "$(json "totals['objects']")" 7
  exits 0 dray push --json
  equal "$(json "totals['objects']")" 0
  equal "$(json "totals['bytes']")" 0
  elsewhere
  exits 0 dray fetch --json
  equal "$(json "totals['objects']")" 7
  exits 0 dray fetch --json
  equal "$(json "totals['objects']")" 0
}

@test "--dry-run lists and moves nothing" {
  with_remote
  exits 0 dray push --dry-run --json
  equal "$(json "totals['objects']")" 7
  [ -z "$(find ../remote -type f 2>/dev/null)" ]
  dray push -q
  elsewhere
  exits 0 dray fetch -n
  gone "$(cache)/files"
  exits 0 dray pull -n
  gone data
}

@test "by target" {
  with_remote
  exits 0 dray push model.bin
  equal "$(find ../remote -type f | wc -l)" 1
  exits 0 dray push data.dray
  equal "$(find ../remote -type f | wc -l)" 7
  elsewhere
  exits 0 dray pull model.bin
  there model.bin
  gone data
  exits 3 dray pull nowhere
}

@test "-r names another remote; an unknown one is an error" {
  with_remote
  dray remote add -q other "$PWD/../other"
  exits 0 dray push -r other
  there ../other/files
  gone ../remote/files
  exits 3 dray push -r nobody
  hints nobody
}

@test "no remote at all" {
  data_repo
  exits 0 dray fetch # all of it is here
  exits 3 dray push
  equal "$output" ''
  hints 'dray remote add'
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)/files"
  for command in push fetch pull; do
    exits 3 dray $command
    equal "$output" ''
    hints 'dray remote add'
  done
}

@test "all commits, tags, branches, a revision" {
  with_remote
  git tag v1
  printf 'second\n' >model.bin
  dray add -q model.bin
  git commit -q -m second
  exits 0 dray push --all-tags
  there "$(printf 'weights %s\n' 1 2 3 | object ../remote)"
  elsewhere
  exits 0 dray fetch
  gone "$(printf 'weights %s\n' 1 2 3 | object "$(cache)")"
  exits 0 dray fetch --rev v1
  there "$(printf 'weights %s\n' 1 2 3 | object "$(cache)")"
  exits 0 dray fetch --all-commits
  exits 3 dray fetch --rev nowhere
}

# Four versions of model.bin and of data/a.txt, tags v1 to v4; v3 is on a branch of its own.
four_versions() {
  with_remote
  git tag v1
  local i
  for i in 2 3 4; do
    if [ "$i" = 3 ]; then git checkout -q -b side; fi
    if [ "$i" = 4 ]; then git checkout -q main && dray checkout -q; fi
    printf 'weights %s\n' "$i" >model.bin
    printf 'a %s\n' "$i" >data/a.txt
    dray commit -q
    git commit -q -m "v$i"
    git tag "v$i"
  done
  dray push -q --all-commits
}

# Which versions of model.bin, and of data/a.txt, are here, as "123 24"
versions_here() {
  local i models='' texts=''
  for i in 2 3 4; do
    if [ -e "$(printf 'weights %s\n' "$i" | object "$(cache)")" ]; then models+=$i; fi
    if [ -e "$(printf 'a %s\n' "$i" | object "$(cache)")" ]; then texts+=$i; fi
  done
  printf '%s %s' "$models" "$texts"
}

forget_cache() {
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)"
}

@test "revisions and paths: the paths as they were there, and no more" {
  four_versions
  elsewhere
  exits 0 dray fetch --rev v2 model.bin
  equal "$(versions_here)" '2 '
  exits 0 dray fetch --rev v2 data/a.txt
  equal "$(versions_here)" '2 2'
  gone "$(printf 'two\n' | object "$(cache)")"
  forget_cache
  exits 0 dray fetch --rev v3 --rev v2 data.dray
  equal "$(versions_here)" ' 23'
  forget_cache
  exits 0 dray fetch --all-tags data/sub model.bin
  equal "$(versions_here)" '234 '
  there "$(printf 'two\n' | object "$(cache)")"
  complains 3 "'nothing' is not tracked in any of these revisions" dray fetch --rev v2 nothing
  complains 3 "'nothing' is not tracked by dray" dray fetch --all-tags nothing
  cd data 2>/dev/null || mkdir data && cd data
  forget_cache
  exits 0 dray fetch --rev v2 a.txt
  equal "$(versions_here)" ' 2'
}

@test "what is not tracked any more is fetched by its name" {
  with_remote
  dray push -q
  git tag v1
  dray rm -q model.bin
  git commit -q -m less
  elsewhere
  exits 0 dray fetch --rev v1 model.bin
  there "$(printf 'weights %s\n' 1 2 3 | object "$(cache)")"
  forget_cache
  exits 0 dray fetch --all-commits model.bin
  there "$(printf 'weights %s\n' 1 2 3 | object "$(cache)")"
}

@test "ranges of revisions" {
  four_versions
  elsewhere
  exits 0 dray fetch --rev v1..v4
  equal "$(versions_here)" '24 24'
  forget_cache
  exits 0 dray fetch --rev v4..origin/side
  equal "$(versions_here)" '3 3'
  forget_cache
  exits 0 dray fetch --rev v4...v3 model.bin
  equal "$(versions_here)" '34 '
  forget_cache
  exits 0 dray fetch --rev v2..
  equal "$(versions_here)" '4 4'
  exits 0 dray fetch --rev v4..v4
  complains 3 "no git revision 'nope'" dray fetch --rev nope..v4
  # push: what a range needs, for a hook
  chmod -R u+w ../remote
  rm -rf ../remote
  cd ../w
  exits 0 dray push --rev v2..v4 --json
  equal "$(json "totals['objects']")" 7
  there "$(printf 'weights 4\n' | object ../remote)"
  gone "$(printf 'weights 3\n' | object ../remote)"
}

@test "pull of a revision: what the workspace needs comes all the same" {
  four_versions
  elsewhere
  exits 0 dray pull --rev v2
  equal "$(versions_here)" '24 24'
  equal "$(cat model.bin)" 'weights 4'
}

@test "a shallow clone: a range ends where history was cut" {
  four_versions
  git clone -q --depth 2 "file://$PWD" ../shallow
  cd ../shallow
  exits 0 dray fetch --all-commits
  equal "$(versions_here)" '24 24'
  forget_cache
  exits 0 dray fetch --rev HEAD~1..HEAD
  equal "$(versions_here)" '4 4'
}

@test "an object that is in no place: everything else goes, no manifest promises it" {
  with_remote
  chmod -R u+w "$(cache)"
  rm -f "$(printf 'one\n' | object "$(cache)")"
  exits 3 dray push
  hints data/a.txt
  gone "$(pointer_object data.dray ../remote)"
  there "$(pointer_object model.bin.dray ../remote)"
  there "$(printf 'two\n' | object ../remote)"
}

@test "a corrupt object of the cache is refused at push and named" {
  with_remote
  damage "$(printf 'one\n' | object "$(cache)")"
  exits 4 dray push
  hints data/a.txt
  gone "$(printf 'one\n' | object ../remote)"
  gone "$(pointer_object data.dray ../remote)"
}

@test "a corrupt object of the remote is refused at fetch and named; nothing wrong is published" {
  with_remote
  dray push -q
  damage "$(printf 'one\n' | object ../remote)"
  elsewhere
  exits 4 dray pull
  hints "$(printf 'one\n' | sha256sum | cut -c 3-64)"
  gone "$(printf 'one\n' | object "$(cache)")"
  gone data/a.txt
  equal "$(printf 'two\n' | object "$(cache)" | xargs cat)" two
}

@test "an object missing on the remote" {
  with_remote
  dray push -q
  chmod -R u+w ../remote
  rm "$(printf 'one\n' | object ../remote)"
  elsewhere
  exits 3 dray pull
  hints data/a.txt
  gone data/a.txt
  equal "$(cat data/sub/b.txt)" two
  exits 0 dray pull --allow-missing
  gone data/a.txt
}

@test "a manifest of the remote that leads outside is refused whole" {
  repo
  mkdir data
  printf 'x\n' >data/x
  dray add -q data
  local evil
  evil="dray-manifest 1 sha256
f $(printf 'x\n' | sha256sum | cut -c 1-64) 2 ../evil"
  evil_id=$(printf '%s\n' "$evil" | sha256sum | cut -c 1-64)
  sed -i "s/sha256: .*/sha256: $evil_id.dir/" data.dray
  git commit -q -am evil
  mkdir -p "../remote/files/sha256/${evil_id:0:2}" "$(dirname "$(printf 'x\n' | object ../remote)")"
  printf '%s\n' "$evil" >"../remote/files/sha256/${evil_id:0:2}/${evil_id:2}.dir"
  printf 'x\n' >"$(printf 'x\n' | object ../remote)"
  dray remote add -q -d store "$PWD/../remote"
  rm -rf data
  exits 9 dray pull
  hints 'line 2'
  gone evil ../evil data
}

@test "a remote whose folder is gone, or that is a file" {
  with_remote
  dray push -q
  mv ../remote ../moved
  exits 3 dray fetch --json || [ "$status" = 0 ]
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)"
  exits 3 dray pull
  hints remote
  printf 'x\n' >../remote
  run --separate-stderr dray pull
  [ "$status" -gt 0 ]
  [ "$status" -lt 15 ]
  one_line
}

@test "a remote that may not be written" {
  with_remote
  mkdir ../remote
  share_sandbox
  chown 0:0 ../remote 2>/dev/null || true
  chmod 555 ../remote
  exits 7 unprivileged dray push
  chmod 755 ../remote
}

@test "pull does not overwrite unsaved changes" {
  with_remote
  dray push -q
  printf 'unsaved\n' >data/a.txt
  exits 13 dray pull
  equal "$(cat data/a.txt)" unsaved
  exits 0 dray pull --force
  equal "$(cat data/a.txt)" one
}

@test "an interrupted push goes on where it was" {
  with_remote
  dray push -q data/sub
  exits 0 dray push --json
  [ "$(json "totals['objects']")" -lt 7 ]
  elsewhere
  exits 0 dray pull
}

@test "push: false keeps data at home" {
  with_remote
  sed -i 's/^  path: model.bin/  push: false\n&/' model.bin.dray
  exits 0 dray push
  gone "$(pointer_object model.bin.dray ../remote)"
  there "$(pointer_object data.dray ../remote)"
}

@test "a pointer's own remote" {
  with_remote
  dray remote add -q other "$PWD/../other"
  sed -i 's/^  path: model.bin/  remote: other\n&/' model.bin.dray
  exits 0 dray push
  there "$(pointer_object model.bin.dray ../other)"
  gone "$(pointer_object model.bin.dray ../remote)"
}

@test "two pushes at once both succeed" {
  with_remote
  local first second
  dray push -q &
  first=$!
  dray push -q &
  second=$!
  wait "$first"
  wait "$second"
  elsewhere
  exits 0 dray pull
  exits 0 dray fsck
}

@test "adds at once: each is done, or told that another is at work" {
  repo
  local i pids=()
  for i in 1 2 3 4; do
    make_data "d$i"
    printf '%s\n' "$i" >"d$i/own"
  done
  for i in 1 2 3 4; do
    dray add -q --no-stage "d$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do
    status=0
    wait "$i" || status=$?
    if [ "$status" != 0 ]; then equal "$status" 11; fi
  done
  exits 0 dray add --no-stage d1 d2 d3 d4
  exits 0 dray status --exit-code
  exits 0 dray fsck
  equal "$(sort .gitignore)" '/d1
/d2
/d3
/d4'
}
