#!/usr/bin/env bats
# migrate: from DVC's dialect to our own and back.
load ../support/sandbox
load ../support/dvc_objects

# A repository of DVC's with a directory, an executable, data of DVC 2 and settings of both kinds.
dvc_data_repo() {
  dvc_repo
  mkdir -p data/sub
  printf 'one\n' >data/a
  printf 'two\n' >data/sub/b
  printf 'three\n' >tool
  chmod +x tool
  dray add -q data tool
  sed -i '1i # mine' tool.dvc
  printf '  desc: a tool\nmeta:\n  k: v # kept\n' >>tool.dvc
  local old
  old=$(printf 'old\r\n' | old_object)
  printf 'outs:\n- {md5: %s, size: 5, path: old}\n' "$old" >old.dvc
  dray checkout -q old.dvc
  printf '/old\n' >>.gitignore
  printf '*.tmp\n' >>.dvcignore
  dray remote add -q -d store ../store
  dray config -q --local remote.store.jobs 3
  git add -A
  git commit -q -m data
}

@test "to native: pointers, settings and data" {
  dvc_data_repo
  local head
  head=$(git rev-parse HEAD)
  exits 0 dray migrate --to native --json
  equal "$(json "sorted((i['state'], i['path'], i['from']) for i in items if 'from' in i)")" \
    "[('migrated', 'data.dray', 'data.dvc'), ('migrated', 'old.dray', 'old.dvc'), ('migrated', 'tool.dray', 'tool.dvc')]"
  equal "$(json "(totals['pointers'], totals['objects'], totals['bytes'])")" '(3, 5, 19)'
  equal "$(git rev-parse HEAD)" "$head"
  equal "$(cat tool.dray)" "# mine
outs:
- sha256: $(sha256sum <tool | cut -c 1-64)
  size: 6
  isexec: true
  path: tool
  desc: a tool
meta:
  k: v # kept"
  equal "$(cat old.dray)" "outs:
- {sha256: $(sha256sum <old | cut -c 1-64), size: 5, path: old}"
  equal "$(cat .gitignore)" '/data
/tool
/old'
  equal "$(cat .dray/config)" "[core]
    remote = store
['remote \"store\"']
    url = ../../store"
  grep -qx '\*.tmp' .drayignore
  grep -q 'jobs = 3' .git/dray/config
  gone data.dvc tool.dvc old.dvc .dvc/config .dvc/config.local .dvcignore .dvc/.gitignore
  exits 0 dray status --exit-code
  exits 0 dray fsck
  equal "$(git status --porcelain | grep -v '^[RAD] ')" ''
  exits 0 dray push
  there "$(printf 'one\n' | object ../store)"
  git commit -q -m native
  exits 0 dray gc -w
  exits 0 dray migrate --to native
  has_line 'nothing to migrate'
}

@test "bytes are shared with the old cache" {
  dvc_data_repo
  exits 0 dray migrate --to native
  equal "$(stat -c %i "$(printf 'one\n' | object .git/dray/cache)")" \
    "$(stat -c %i "$(at "$(printf 'one\n' | md5sum | cut -c 1-32)")")"
}

@test "there and back" {
  dvc_data_repo
  cp -a . ../before
  exits 0 dray migrate --to native
  git commit -q -m native
  exits 0 dray migrate --to dvc
  gone .dray .drayignore data.dray
  for file in data.dvc tool.dvc .gitignore .dvcignore .dvc/config .dvc/config.local; do
    cmp "$file" "../before/$file" || fail "$file differs"
  done
  equal "$(cat old.dvc)" "outs:
- {md5: $(md5sum <old | cut -c 1-32), size: 5, hash: md5, path: old}"
  exits 0 dray status --exit-code
  exits 0 dray fsck
  equal "$(git status --porcelain | grep -v '^[RAD] ')" ''
}

@test "a dry run changes nothing" {
  dvc_data_repo
  rm -rf .dvc/tmp
  snapshot() { find . -path ./.git -prune -o -path ./.dvc/tmp -prune -o -type f -printf '%p %T@ %s\n' | sort; }
  snapshot >../before
  exits 0 dray migrate --to native --dry-run
  has_line 'to migrate:   tool.dray'
  snapshot >../after
  cmp ../before ../after
  equal "$(git status --porcelain)" ''
}

@test "what is modified or missing stops it, with names" {
  dvc_data_repo
  printf 'changed\n' >>data/a
  rm -f "$(at "$(printf 'three\n' | md5sum | cut -c 1-32)")"
  run --separate-stderr dray migrate --to native
  [ "$status" != 0 ]
  hints "data that is modified: 'data'"
  dray checkout -q -f data
  rm -f tool "$(at "$(printf 'three\n' | md5sum | cut -c 1-32)")"
  run --separate-stderr dray migrate --to native
  [ "$status" != 0 ]
  hints "data that is not in the cache: 'tool'"
  equal "$(git status --porcelain)" ''
  gone .dray .drayignore data.dray
}

@test "what the workspace still has need not be in the cache" {
  dvc_data_repo
  rm -f "$(at "$(printf 'three\n' | md5sum | cut -c 1-32)")"
  exits 0 dray migrate --to native
  there "$(printf 'three\n' | object .git/dray/cache)"
}

@test "what is in the way" {
  dvc_data_repo
  echo mine >data.dray
  run --separate-stderr dray migrate --to native
  [ "$status" != 0 ]
  hints "'data.dray' exists already"
  equal "$(cat data.dray)" mine
  there data.dvc .dvc/config
  gone .dray/config
  rm data.dray
  printf 'stages: {a: {cmd: x, outs: [made]}}\n' >dvc.yaml
  run --separate-stderr dray migrate --to native
  [ "$status" != 0 ]
  hints "'dvc.lock' is about stages"
  hints 'name pointers to migrate these alone'
  hints "remove 'dvc.yaml' first"
  rm dvc.yaml
  sed 's/^- /- cache: false\n  /' data.dvc >uncached.dvc
  sed -i 's/path: .*/path: uncached/' uncached.dvc
  run --separate-stderr dray migrate --to native
  [ "$status" != 0 ]
  hints "remove 'uncached.dvc', and leave the data to git"
  rm uncached.dvc
  run --separate-stderr dray migrate --to lfs
  [ "$status" != 0 ]
  run --separate-stderr dray migrate
  [ "$status" != 0 ]
}

@test "to dvc: links and empty directories stop it" {
  data_repo
  run --separate-stderr dray migrate --to dvc
  equal "$status" 9
  hints "DVC's directories cannot hold"
  gone .dvc data.dvc
  rm -r data/link data/hollow
  dray commit -q
  exits 0 dray migrate --to dvc
  hints 'executable'
  exits 0 dray status --exit-code
  gone .dray
}

@test "what is executable in the workspace is recorded so" {
  dvc_data_repo
  chmod +x data/sub/b
  exits 0 dray status --exit-code
  exits 0 dray migrate --to native
  exits 0 dray status --exit-code
  rm data/sub/b
  exits 0 dray checkout
  [ -x data/sub/b ]
}

@test "killed before the new settings were there: the old one works, and it goes on" {
  dvc_data_repo
  cp -a . ../copy
  dray migrate -q --to native
  cp data.dray tool.dray old.dray .drayignore ../copy
  cd ../copy || return 1
  exits 0 dray status --exit-code
  exits 0 dray migrate --to native
  gone data.dvc .dvc/config
  exits 0 dray status --exit-code
}

@test "killed afterwards: the new one works, and what is left goes" {
  dvc_data_repo
  cp -a . ../copy
  dray migrate -q --to native
  git commit -q -m native
  cp ../copy/*.dvc .
  exits 0 dray status --exit-code
  exits 0 dray migrate --to native
  has_line 'left over:    tool.dvc'
  gone data.dvc tool.dvc old.dvc
  exits 0 dray status --exit-code
}

@test "symlinks into the old cache become files" {
  dvc_data_repo
  dray config -q cache.type symlink
  dray checkout -q --relink
  [ -L data/a ]
  exits 0 dray migrate --to native
  [ ! -L data/a ]
  rm -rf .dvc/cache
  equal "$(cat data/a)" one
  exits 0 dray status --exit-code
}

# Also a stage whose out is there, and more in the cache of DVC's than what moves.
with_stage() {
  dvc_data_repo
  printf 'stages: {a: {cmd: x, deps: [tool], outs: [made]}}\n' >dvc.yaml
  printf 'made\n' >made
  printf '/made\n' >>.gitignore
  dray commit -q -f
  git add -A
  git commit -q -m stage
}

@test "some: they are native then, and nothing else is touched" {
  with_stage
  cp -a .dvc ../before
  exits 0 dray migrate --to native --dry-run tool.dvc
  gone .dray tool.dray
  exits 0 dray migrate --to native --json tool.dvc
  equal "$(json "[(i['state'], i['path'], i['from']) for i in items]")" "[('migrated', 'tool.dray', 'tool.dvc')]"
  equal "$(json "(totals['pointers'], totals['objects'], totals['bytes'])")" '(1, 1, 6)'
  hints 'DVC keeps 2 pointers and 1 stage'
  there .dray/config .drayignore .dvcignore data.dvc old.dvc dvc.yaml dvc.lock
  gone tool.dvc data.dray old.dray
  grep -q 'url = ../../store' .dray/config
  grep -q 'jobs = 3' .git/dray/config
  rm -rf .dvc/tmp ../before/tmp
  diff -r .dvc ../before
  equal "$(git status --porcelain)" 'A  .dray/config
A  .drayignore
R  tool.dvc -> tool.dray'
  exits 0 dray status --exit-code
  exits 0 dray ls
  equal "$output" tool
  exits 0 dray fsck
}

@test "one after the other, folders and data; the last one takes the settings along" {
  dvc_data_repo
  mkdir sub
  printf 'four\n' >sub/four
  printf 'five\n' >sub/five
  dray add -q sub/four sub/five
  git add -A
  git commit -q -m sub
  exits 0 dray migrate --to native sub
  equal "$(find sub -name '*.dray' | sort)" 'sub/five.dray
sub/four.dray'
  dray config -q core.autostage false
  printf '*.own\n' >>.drayignore
  dray remote add -q other ../elsewhere
  dvc_config=$(cat .dvc/config)
  (cd sub && exits 0 dray migrate --to native ../data)
  equal "$(cat .dvc/config)" "$dvc_config"
  printf '["remote \"late\""]\n    url = ../../late\n' >>.dvc/config
  exits 0 dray migrate --to native sub/four tool old.dvc
  equal "$stderr" ''
  gone .dvc/config .dvcignore tool.dvc old.dvc
  exits 0 dray remote list
  equal "$(cut -f 1 <<<"$output")" 'store
other
late'
  grep -q 'autostage = false' .dray/config
  grep -qx '\*.own' .drayignore
  exits 0 dray ls
  equal "$output" 'data
old
sub/five
sub/four
tool'
  exits 0 dray status --exit-code
}

@test "some go back" {
  with_stage
  cp -a tool.dvc data.dvc ..
  dray migrate -q --to native tool.dvc data.dvc
  git commit -q -m native
  exits 0 dray migrate --to dvc tool
  hints 'dray keeps 1 pointer and 0 stages'
  cmp tool.dvc ../tool.dvc
  gone tool.dray
  there .dray/config .drayignore data.dray
  exits 0 dray migrate --to dvc data.dray
  cmp data.dvc ../data.dvc
  gone .dray .drayignore data.dray
  exits 0 dray status --exit-code
  equal "$(git status --porcelain | grep -v '^[RAD] ')" ''
}

@test "some, where nothing of the other kind is yet" {
  data_repo
  printf 'new\n' >new
  dray add -q new
  exits 0 dray migrate --to dvc new
  there .dvc/config .dvc/.gitignore new.dvc data.dray .dray/config
  gone new.dray
  exits 0 dray status --exit-code
}

@test "what cannot be migrated is named, and nothing changes" {
  with_stage
  printf 'six\n' >six
  dray add -q six
  sed 's/^- /- cache: false\n  /; s/path: .*/path: uncached/' six.dvc >uncached.dvc
  git add -A
  refused() {
    local before
    before=$(git status --porcelain)
    run --separate-stderr dray migrate --to native "${@:2}"
    [ "$status" != 0 ]
    one_line
    hints "$1"
    equal "$(git status --porcelain)" "$before"
    gone .dray .drayignore tool.dray
  }
  refused "'made' is made by stage 'a' of 'dvc.yaml'" tool made
  refused "'made' is made by stage 'a'" .
  refused "'dvc.yaml'" dvc.yaml
  refused "'uncached.dvc' tells of data that is kept in no cache" tool uncached.dvc
  refused "'data/sub' is a part of 'data'" tool data/sub
  refused "'lost' is not tracked" tool lost
  rm uncached.dvc
  dray migrate -q --to native six
  mkdir -p data
  printf 'outs:\n- sha256: %s\n  size: 4\n  path: data/six\n' "$(sha256sum <six | cut -c 1-64)" >other.dray
  run --separate-stderr dray migrate --to native data
  [ "$status" != 0 ]
  hints "'data' ('data.dvc') overlaps with 'data/six' ('other.dray')"
  there data.dvc
}

@test "killed between the new pointers and the old: run again, it goes on" {
  with_stage
  cp -a . ../copy
  dray migrate -q --to native tool data
  cp -a .dray .drayignore tool.dray data.dray ../copy
  cp -a .git/dray ../copy/.git/
  rm ../copy/data.dvc
  cd ../copy || return 1
  exits 0 dray status --exit-code tool
  exits 0 dray migrate --to native tool data
  gone tool.dvc data.dvc
  there tool.dray data.dray old.dvc
  equal "$(git diff --name-only; git ls-files -o --exclude-standard)" ''
}
