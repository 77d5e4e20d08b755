#!/usr/bin/env bats
# Folders changed by a part of them: conformance cases 21 to 25.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# `d` of four files, in the cache and committed, none of them in the workspace.
absent_folder() {
  mkdir -p d/sub
  echo a >d/a
  echo b >d/b
  echo c >d/sub/c
  echo dd >d/sub/d
  vc 0 add d
  commit_all
  rm -r d
}

# DVC makes a manifest of a subfolder that was added, which nobody needs.
leftovers() {
  dvc gc -q -w -f
  find .dvc/cache -type d -empty -delete
}

@test "an addition: the rest stays, the size is added" {
  play() {
    absent_folder
    mkdir d
    echo new >d/new
    vc 0 add d/new
    mkdir -p d/sub/deep
    echo newer >d/sub/deep/newer
    mate 0 add d/sub/deep/newer
    vc 0 add d/sub/deep
    mate 0 checkout
    equal "$(cat d/a d/sub/c d/new d/sub/deep/newer)" 'a
c
new
newer'
    both_clean
    leftovers
  }
  twins play
  grep -qx '  nfiles: 6' d.dvc
}

@test "a removal, a change: the size is not known any more" {
  play() {
    absent_folder
    mkdir d
    vc 0 add d/b
    cat d.dvc >>../removed
    mkdir -p d/sub
    echo changed >d/sub/c
    mate 0 add d/sub/c
    cat d.dvc >>../removed
    vc 0 checkout d
    equal "$(cat d/a d/sub/c d/sub/d)" 'a
changed
dd'
    gone d/b
    both_clean
    # by a whole subfolder, of which one file is gone and one is new
    rm d/sub/d
    echo e >d/sub/e
    vc 0 add d/sub
    both_clean
    rm -r d/sub
    mate 0 add d/sub
    both_clean
    leftovers
  }
  twins play
}

@test "nothing changed: the pointer is not touched" {
  play() {
    absent_folder
    vc 0 checkout d
    vc 0 add d/a
    mate 0 add d/sub
    vc 0 add d/sub/c d/b
    equal "$(git status --porcelain)" ''
    leftovers
  }
  twins play
}

@test "a part checked out, changed and added" {
  play() {
    absent_folder
    vc 0 checkout d/sub
    gone d/a
    equal "$(ls d/sub)" 'c
d'
    echo changed >d/sub/d
    echo new >d/sub/new
    mate 0 add d/sub
    rm -r d
    vc 0 checkout d/sub/d
    equal "$(cat d/sub/d)" changed
    gone d/sub/new
    mate 0 checkout
    equal "$(find d -type f | wc -l)" 5
    both_clean
    # commit does the same
    echo again >d/sub/new
    vc 0 commit -f d/sub/new
    both_clean
    mate 0 add d
    leftovers
  }
  twins play
}

@test "a part that was never there" {
  play() {
    absent_folder
    vc 1 add d/nowhere
    mate 1 add d/nowhere
    git diff --exit-code
    both 1 add d/nowhere/x
    both 0 status --json
  }
  twins play
}
