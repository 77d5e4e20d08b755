#!/usr/bin/env bats
# import and update: data of another repository, tracked here; fetch, pull and push of it.
load ../support/sandbox

# A repository of this kind in ../src, with a tracked folder and file, files of git and a folder
# with both; its data on ../store: source_repo [--dvc]
source_repo() {
  git init -q ../src
  cd ../src || return 1
  dray init -q "$@"
  dray remote add -q -d store "$PWD/../store"
  mkdir -p data/sub mixed code
  echo one >data/a
  echo two >data/sub/b
  echo foo >foo
  echo code >code/x.py
  echo git >mixed/git.txt
  echo data >mixed/data.bin
  dray add -q data foo mixed/data.bin
  git add .
  git commit -q -m one
  dray push -q
  keep . ../kept
  cd ../w || return 1
}

# … and one of this kind here: here [--dvc]
here() {
  git init -q
  dray init -q "$@"
  git commit -q -m start
}

url() { printf 'file://%s' "$(realpath ../src)"; }
head_of() { git -C ../src rev-parse HEAD; }

# The source has new data.
source_changes() {
  cd ../src || return 1
  echo three >data/c
  echo more >code/y.py
  dray add -q data
  git add .
  git commit -q -m two
  dray push -q
  cd ../w || return 1
}

@test "the pointer says whence, and is staged with the ignore file" {
  source_repo
  here
  exits 0 dray import "$(url)" data
  equal "$output" 'added:        data/ (2 files, 8 B)'
  same_tree data ../kept/data
  equal "$(sed 's/^md5: .*/md5: X/' data.dray)" "md5: X
frozen: true
deps:
- path: data
  repo:
    url: $(url)
    rev_lock: $(head_of)
outs:
- sha256: $(oid ../src/data.dray)
  size: 8
  nfiles: 2
  path: data"
  equal "$(git status --porcelain)" 'A  .gitignore
A  data.dray'
  exits 0 dray status --exit-code
}

@test "as DVC writes it" {
  source_repo --dvc
  here --dvc
  exits 0 dray import ../src data -o there --rev main
  equal "$(sed 's/^md5: .*/md5: X/' there.dvc)" "md5: X
frozen: true
deps:
- path: data
  repo:
    url: ../src
    rev: main
    rev_lock: $(head_of)
outs:
- md5: $(sed -n 's/^- md5: //p' ../src/data.dvc)
  size: 8
  nfiles: 2
  hash: md5
  path: there"
  same_tree there ../kept/data
  # the seal is that of the values: the recipe is DVC's
  equal "$(sed -n 's/^md5: //p' there.dvc)" "$(python3 - "$(head_of)" "$(sed -n 's/^- md5: //p' there.dvc)" <<'P'
import hashlib, json, sys
print(hashlib.md5(json.dumps({
    'deps': [{'path': 'data', 'repo': {'url': '../src', 'rev': 'main', 'rev_lock': sys.argv[1]}}],
    'outs': [{'md5': sys.argv[2], 'hash': 'md5', 'path': 'there'}]}, sort_keys=True).encode()).hexdigest())
P
)"
}

@test "parts, files of git, folders with both" {
  source_repo
  here
  exits 0 dray import "$(url)" data/sub/b
  equal "$(cat b)" two
  exits 0 dray import "$(url)" data/sub -o new/folder/part
  same_tree new/folder/part ../kept/data/sub
  exits 0 dray import "$(url)" code
  same_tree code ../kept/code
  exits 0 dray import "$(url)" mixed
  equal "$(find mixed -type f | sort | tr '\n' ' ')" 'mixed/.gitignore mixed/data.bin mixed/git.txt '
  exits 0 dray status --exit-code
  exits 0 dray fsck
  equal "$(git status --porcelain | grep -v '^A ' || :)" ''
}

@test "from DVC's into ours: stored by our own hash" {
  source_repo --dvc
  here
  exits 0 dray import "$(url)" data
  same_tree data ../kept/data
  there "$(printf 'one\n' | object "$(cache)")"
  exits 0 dray status --exit-code
}

@test "from ours into DVC's" {
  source_repo
  here --dvc
  exits 0 dray import "$(url)" data
  same_tree data ../kept/data
  there .dvc/cache/files/md5/5b/bf5a52328e7439ae6e719dfe712200
}

@test "only the needed objects are fetched" {
  source_repo
  here
  dray import -q "$(url)" data/a
  equal "$(find "$(cache)/files" -type f | wc -l)" 1
}

@test "a clone gets the data from where it came; push leaves it out" {
  source_repo
  here
  dray remote add -q -d own "$PWD/../own"
  dray import -q "$(url)" data
  dray import -q "$(url)" code
  dray import -q "$(url)" data/sub -o part
  git add .
  git commit -q -m imports
  exits 0 dray push
  equal "$(find ../own -type f 2>/dev/null | wc -l)" 0
  git clone -q . ../clone
  cd ../clone
  exits 0 dray pull
  same_tree data ../kept/data
  same_tree code ../kept/code
  same_tree part ../kept/data/sub
  exits 0 dray status --exit-code
  exits 0 dray pull
  equal "$output" 'everything is up to date'
}

@test "… also when the source went on, and only the part that is asked for" {
  source_repo
  here
  dray import -q "$(url)" data
  git commit -q -m imports
  source_changes
  git clone -q . ../clone
  cd ../clone
  exits 0 dray fetch data/a
  equal "$(find "$(cache)/files" -type f | wc -l)" 2
  exits 0 dray pull
  same_tree data ../kept/data
}

@test "a source that has other data is told" {
  source_repo
  here
  dray import -q "$(url)" code
  sed -i 's/^- sha256: .*/- sha256: 0000000000000000000000000000000000000000000000000000000000000000.dir/' code.dray
  rm -rf code
  exits 4 dray fetch code
  hints "is not what 'code.dray' says it was"
}

@test "update: nothing new, something new, another revision" {
  source_repo
  here
  dray import -q "$(url)" data
  dray import -q "$(url)" code
  git commit -q -m imports
  exits 0 dray update data.dray code
  equal "$output" 'everything is up to date'
  equal "$(git status --porcelain)" ''
  source_changes
  exits 0 dray update data.dray code.dray
  same_tree data ../src/data
  same_tree code ../src/code
  equal "$(sed -n 's/^    rev_lock: //p' data.dray)" "$(head_of)"
  exits 0 dray update --rev HEAD~1 data.dray
  same_tree data ../kept/data
  equal "$(sed -n 's/^    rev: //p' data.dray)" HEAD~1
  exits 0 dray update data.dray
  equal "$output" 'everything is up to date'
}

@test "update keeps comments, and does not lose what was changed here" {
  source_repo
  here
  dray import -q "$(url)" data
  sed -i '1i # mine' data.dray
  source_changes
  echo mine >>data/a
  complains 13 "'data' was changed here" dray update data.dray
  equal "$(tail -n 1 data/a)" mine
  dray checkout -q --force data
  exits 0 dray update data.dray
  same_tree data ../src/data
  equal "$(head -n 1 data.dray)" '# mine'
}

@test "--no-download and --no-exec, and the update that gets the data" {
  source_repo
  here
  exits 0 dray import "$(url)" data --no-download
  gone data
  equal "$(sed -n 's/^    rev_lock: //p' data.dray)" "$(head_of)"
  mv ../src ../away
  exits 0 dray import "$(url)" foo --no-exec
  gone foo
  equal "$(cat foo.dray)" "frozen: true
deps:
- path: foo
  repo:
    url: $(url)
outs:
- path: foo"
  mv ../away ../src
  exits 0 dray update data.dray foo.dray
  same_tree data ../kept/data
  equal "$(cat foo)" foo
  exits 0 dray status --exit-code
}

@test "what is in the way" {
  source_repo
  here
  echo mine >foo
  complains 8 "'foo' exists already" dray import "$(url)" foo
  equal "$(cat foo)" mine
  gone foo.dray
  exits 0 dray import "$(url)" foo --force
  equal "$(cat foo)" foo
  git add .
  git commit -q -m foo
  exits 0 dray import "$(url)" data/a -o foo --force
  equal "$(cat foo)" one
  echo code >tracked
  git add tracked
  exits 8 dray import "$(url)" foo -o tracked --force
  equal "$(cat tracked)" code
  mkdir box
  exits 0 dray import "$(url)" foo -o box
  there box/foo box/foo.dray
}

@test "in a folder of the repository: paths are those of the root" {
  source_repo
  here
  mkdir deep
  exits 0 dray -C deep import ../../src data
  there deep/data.dray
  equal "$(sed -n 's/^    url: //p' deep/data.dray)" ../src
  source_changes
  exits 0 dray update deep/data.dray
  same_tree deep/data ../src/data
}

@test "refusals" {
  source_repo
  here
  exits 2 dray import "https://me:secret@localhost/x" data
  case $stderr in *secret*) fail "$stderr" ;; esac
  exits 2 dray import "$(url)" foo.dray
  exits 3 dray import "$(url)" nothing
  exits 3 dray import "$(url)" foo --rev nothing
  exits 2 dray import "$(url)" foo --remote-config x
  exits 2 dray import "$(url)" foo --config c --remote store --remote-config x=y
  exits 2 dray import "$(url)" foo --no-exec --no-download
  echo mine >own
  dray add -q own
  complains 2 "'own.dray' is no import" dray update own
  exits 3 dray update nothing
  equal "$(git status --porcelain | grep foo || :)" ''
}

@test "another default remote of the source is kept in the pointer" {
  source_repo
  cd ../src
  mv ../store ../moved
  dray remote add -q other "$PWD/../moved"
  git commit -q -am other
  cd ../w
  here
  exits 3 dray import "$(url)" foo
  exits 0 dray import "$(url)" foo --remote other
  equal "$(sed -n 's/^    remote: //p' foo.dray)" other
  git commit -q -m foo
  git clone -q . ../clone
  cd ../clone
  exits 0 dray pull
  equal "$(cat foo)" foo
}

@test "settings of the source's remote are kept in the pointer" {
  source_repo
  cd ../src
  mv ../store ../moved
  cd ../w
  here
  exits 3 dray import "$(url)" foo
  exits 0 dray import "$(url)" foo --remote-config "url=$(realpath ../moved)" jobs=2
  exits 0 dray import "$(url)" data --remote far --remote-config "url=$(realpath ../moved)"
  equal "$(sed -n '/^    config/,/^outs/p' data.dray)" "    config:
      core:
        remote: far
      remote:
        far:
          url: $(realpath ../moved)
outs:"
  equal "$(sed -n '/^    remote/,/^outs/p' foo.dray)" "    remote:
      url: $(realpath ../moved)
      jobs: '2'
outs:"
  git commit -q -m foo
  git clone -q . ../clone
  cd ../clone
  exits 0 dray pull
  equal "$(cat foo data/a)" 'foo
one'
  exits 0 dray update foo.dray data.dray
  equal "$output" 'everything is up to date'
  exits 0 dray import "$(url)" foo -o s --no-exec --remote-config secret_access_key=hunter2
  hints "'secret_access_key' is in the pointer now, which git tracks"
  case $stderr in *hunter2*) fail "$stderr" ;; esac
}

@test "settings in a pointer count as what is committed: they run nothing" {
  source_repo
  here
  exits 0 dray import "$(url)" foo --no-download
  printf '[core]\n    remote = evil\n[remote "evil"]\n    url = s3://bucket/x\n    configpath = %s\n' \
    "$PWD/evil" >settings
  printf '[default]\ncredential_process = touch %s/ran\n' "$PWD" >evil
  cp foo.dray plain
  sed 's/^    rev_lock.*/&\n    config: settings/' plain >foo.dray
  exits 7 dray pull
  hints "profile 'default' has a credential_process"
  sed "s|^    rev_lock.*|&\n    config: {core: {remote: e}, remote: {e: {url: 's3://bucket/x', configpath: $PWD/evil}}}|" \
    plain >foo.dray
  exits 7 dray fetch
  hints "profile 'default' has a credential_process"
  exits 7 dray update foo.dray
  hints "profile 'default' has a credential_process"
  gone ran
}

@test "gc: ours keeps imports; DVC's takes them, as they can come again" {
  source_repo --dvc
  here
  dray import -q "$(url)" data
  exits 0 dray gc -w
  there "$(printf 'one\n' | object "$(cache)")"
  mkdir ../theirs
  cd ../theirs
  here --dvc
  dray import -q "$(url)" data
  there .dvc/cache/files/md5/5b/bf5a52328e7439ae6e719dfe712200
  exits 0 dray gc -w -f
  gone .dvc/cache/files/md5/5b/bf5a52328e7439ae6e719dfe712200
  rm -rf data
  exits 0 dray pull
  same_tree data ../kept/data
}

@test "programs stay programs in ours, and become plain files in DVC's, as DVC has it" {
  source_repo
  printf '#!/bin/sh\n' >../src/code/run
  chmod 755 ../src/code/run
  git -C ../src add .
  git -C ../src commit -q -m run
  here
  exits 0 dray import "$(url)" code/run
  equal "$(stat -c %a run)" 755
  mkdir ../theirs
  cd ../theirs
  here --dvc
  exits 0 dray import "$(url)" code/run
  equal "$(stat -c %a run)" 644
  equal "$(grep -c isexec run.dvc || :)" 0
}

@test "status tells of news at the source, and of a pointer that was edited" {
  source_repo --dvc
  here --dvc
  dray import -q "$(url)" data
  exits 0 dray status --json
  equal "$(python3 -c 'import json, sys; print(json.loads(sys.argv[1]))' "$output")" '{}'
  source_changes
  exits 0 dray status --json
  equal "$(python3 -c 'import json, sys; print(json.loads(sys.argv[1]))' "$output")" \
    "{'data.dvc': [{'changed deps': {'data ($(url))': 'update available'}}]}"
  exits 0 dray status
  has_line 'newer at its source:'
  exits 0 dray status --no-updates
  equal "$output" 'data is up to date'
  mv ../src ../away
  exits 0 dray status
  hints "cannot look for news of 'data'"
  sed -i 's/^md5: ./md5: x/' data.dvc
  exits 0 dray status --no-updates
  has_line 'pointers that were edited:'
}

@test "ours asks no source for status" {
  source_repo
  here
  dray import -q "$(url)" data
  source_changes
  exits 0 dray status --exit-code
  sed -i 's/^md5: ./md5: x/' data.dray
  exits 1 dray status --exit-code
  has_line 'pointers that were edited:'
}

@test "fetch gets what was only looked at into the cache; checkout finds it there" {
  source_repo
  here
  exits 0 dray import "$(url)" data --no-download
  exits 0 dray import "$(url)" code --no-download
  exits 0 dray import "$(url)" foo --no-exec
  exits 0 dray fetch --dry-run
  has_line 'fetched:      data'
  gone "$(cache)/files"
  exits 0 dray fetch
  gone data code foo
  there "$(printf 'one\n' | object "$(cache)")" "$(printf 'code\n' | object "$(cache)")"
  rm -rf ../store ../src
  exits 0 dray checkout
  same_tree data ../kept/data
  same_tree code ../kept/code
  equal "$(cat foo)" foo
  exits 0 dray fetch
  equal "$output" 'everything is up to date'
  rm -r data
  echo mine >data
  exits 0 dray checkout
  equal "$(cat data)" mine
}

@test "pull brings what was only looked at, and nothing else than that" {
  mkdir ../source
  echo one >../source/f
  printf 'x\n' >../elsewhere
  git init -q ../source
  git -C ../source add f
  git -C ../source commit -q -m one
  repo
  dray import -q --no-download ../source f
  dray import-url -q --no-download ../elsewhere e
  echo two >../source/f
  git -C ../source commit -q -a -m two
  exits 0 dray pull
  equal "$(cat f e)" 'one
x'
  rm f e
  echo changed >../elsewhere
  exits 0 dray pull e
  equal "$(cat e)" x
  rm -rf e "$(cache)"
  exits 12 dray pull e
  [[ $stderr == *"the source of 'e' changed since it was imported; take it as it is now with 'dray update'"* ]]
  [ ! -e e ]
  exits 0 dray pull f
  equal "$(cat f)" one
}
