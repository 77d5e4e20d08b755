# shellcheck shell=bash
# For bats files about repositories behind a server, after sandbox and s3: `load ../support/git_servers`.

# What is served is bare and has no cache: its data is on ../store. ../src is where it is worked on,
# ../kept what its tag v1 has. It is made once a file, for setup_file, and every test has a copy, for
# prepare, at the one place that servers serve: $served/src.git.

served=$BATS_FILE_TMPDIR/served

make_served() {
  enter_sandbox "$BATS_FILE_TMPDIR/made"
  mkdir ../src
  cd ../src || return 1
  data_repo
  dray remote add -q -d store "$BATS_FILE_TMPDIR/store"
  ln -s made/store "$BATS_FILE_TMPDIR/store"
  mkdir code ../store
  echo code >code/x.py
  git add .
  git commit -q -m code
  git tag -am one v1
  git branch side
  dray push -q
  git clone -q --bare . ../src.git
  git remote add served "$served/src.git"
  # what the servers' git is to do instead of packing, see let_alone
  git config --global uploadpack.packObjectsHook "$BATS_FILE_TMPDIR/packer"
  printf '#!/bin/sh\n[ ! -e "$0.stop" ] || { : >"$0.waits"; while [ -e "$0.stop" ]; do sleep 0.1; done; }\nexec "$@"\n' \
    >"$BATS_FILE_TMPDIR/packer"
  chmod 755 "$BATS_FILE_TMPDIR/packer"
}

copy_served() {
  ln -sfn "$BATS_TEST_TMPDIR/store" "$BATS_FILE_TMPDIR/store"
  cp -R --preserve=mode,links "$BATS_FILE_TMPDIR"/made/{src,store} ..
  rm -rf "$served"
  mkdir "$served"
  cp -R "$BATS_FILE_TMPDIR/made/src.git" "$served"
  keep ../src ../kept
}

# The branch `side` and the tag v2 of what is served have other data.
served_changes() {
  cd ../src || return 1
  git checkout -q side
  echo 'weights 4' >model.bin
  dray add -q model.bin
  git commit -q -am two
  git tag v2
  dray push -q
  git push -q served side v2
  cd ../w || return 1
}

rev_lock() { sed -n 's/^    rev_lock: //p' "$1"; }

# get and ls of <url>; only what is needed leaves its remote.
looked_at() {
  chmod -R u+w ../store
  exits 0 dray get "$1" data
  equal "$output" 'got:          data/ (6 files)'
  same_tree data ../kept/data
  exits 0 dray get "$1" code/x.py --rev v1
  equal "$(cat x.py)" code
  exits 0 dray ls "$1" -R --dvc-only --rev side
  has_line data/sub/deep/run
  has_line model.bin
  exits 3 dray get "$1" model.bin --rev nothing
  find ../store -type f ! -name '*.dir' ! -path "$(object ../store <../kept/model.bin)" -delete
  exits 0 dray get "$1" model.bin
  same_tree model.bin ../kept/model.bin
  exits 3 dray get "$1" data -o other
  gone other
}

# import of <url>, update along a branch and to a tag, and pull in a clone.
followed() {
  local pointer one two
  one=$(git -C ../src rev-parse side)
  repo
  exits 0 dray import "$1" model.bin --rev side
  same_tree model.bin ../kept/model.bin
  equal "$(find "$(cache)/files" -type f | wc -l)" 1
  pointer="frozen: true
deps:
- path: model.bin
  repo:
    url: $1
    rev: side
    rev_lock: $one"
  equal "$(sed '/^md5: /d; /^outs:/,$d' model.bin.dray)" "$pointer"
  exits 0 dray import "$1" data --rev v1
  same_tree data ../kept/data
  git commit -q -m imports
  exits 0 dray update model.bin.dray data.dray
  equal "$output" 'everything is up to date'
  served_changes
  two=$(git -C ../src rev-parse v2)
  exits 0 dray update model.bin.dray data.dray
  equal "$(cat model.bin)" 'weights 4'
  equal "$(rev_lock model.bin.dray) $(rev_lock data.dray)" "$two $one"
  exits 0 dray update --rev v1 model.bin.dray
  same_tree model.bin ../kept/model.bin
  exits 0 dray update --rev v2 model.bin.dray
  equal "$(cat model.bin)" 'weights 4'
  equal "$(rev_lock model.bin.dray)" "$two"
  git commit -q -am update
  rm -rf "$XDG_CACHE_HOME"
  git clone -q . ../clone
  cd ../clone || return 1
  exits 0 dray pull
  equal "$(cat model.bin)" 'weights 4'
  same_tree data ../kept/data
  cd ../w || return 1
}

# Ctrl-C ends what waits for <url> to pack what it was asked for, and the next one gets all of it.
let_alone() {
  local packer=$BATS_FILE_TMPDIR/packer
  : >"$packer.stop"
  interrupt INT "[ -e '$packer.waits' ]" dray get "$1" data
  rm "$packer.stop" "$packer.waits"
  equal "$status" 130
  gone data
  exits 0 dray get "$1" data
  same_tree data ../kept/data
}
