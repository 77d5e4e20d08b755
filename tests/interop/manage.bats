#!/usr/bin/env bats
# Outputs are moved, removed; ignore files follow. Conformance cases 64 (of data), 74.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

@test "move: a file, a folder, into a folder; what is said of it stays" {
  play() {
    mkdir d sub
    echo a >d/a
    echo foo >foo
    vc 0 add foo d
    printf 'meta:\n  by: me\n' >>foo.dvc
    commit_all
    vc 0 move foo bar
    gone foo foo.dvc
    both 0 status --json
    vc 0 move bar sub/
    there sub/bar sub/bar.dvc sub/.gitignore
    mate 0 move d sub/other
    both 0 status --json
    vc 0 move sub/other sub/again
    equal "$(cat sub/again/a)" a
    both 1 move nowhere x
    echo y >y
    vc 0 add y
    vc 1 move y sub/bar
    there y y.dvc
    both_clean
  }
  twins play
}

@test "remove: the pointer, the line in the ignore file; with --outs the data" {
  play() {
    mkdir d
    echo a >d/a
    echo foo | tee foo bar >baz
    vc 0 add foo bar baz d
    commit_all
    vc 0 remove foo.dvc
    gone foo.dvc
    there foo
    mate 0 remove --outs bar.dvc
    gone bar bar.dvc
    equal "$(cat .gitignore)" '/baz
/d'
    vc 0 remove baz.dvc d.dvc
    gone .gitignore
    both 1 remove nowhere.dvc
    both 1 remove foo
  }
  twins play
}

@test "freeze, unfreeze" {
  play() {
    echo foo >foo
    vc 0 add foo
    vc 0 freeze foo.dvc
    tail -n 1 foo.dvc | grep -qx 'frozen: true'
    mate 0 freeze foo.dvc
    both_clean
    mate 0 unfreeze foo.dvc
    both 1 freeze nowhere.dvc
    echo bar >foo
    vc 0 add foo
  }
  twins play
}

@test "an import that is not frozen: its source is looked at, and update goes on" {
  play() {
    echo one >../data
    vc 0 import-url ../data got
    echo two >../data
    both 0 status --json
    vc 0 unfreeze got.dvc
    both 0 status --json
    vc 0 update got.dvc
    equal "$(cat got)" two
    both 0 status --json
    rm ../data
    both 0 status --json
    both 1 update got.dvc
  }
  twins play
}
