#!/usr/bin/env bats
# `add` and the .dvc files it writes: conformance cases 1 to 20.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

@test "a file, a folder, an empty file, an empty folder; nothing is left to do" {
  play() {
    printf 'foo\n' >foo
    mkdir -p d/subdir d/hollow/deeper nothing
    printf file >d/file
    printf subfile >d/subdir/subfile
    printf subfile >d/subdir/same
    : >empty
    vc 0 add foo d empty nothing
    both 0 status --json
    commit_all
    both_clean
    # again: nothing is rewritten
    vc 0 add foo d
    mate 0 add foo d
    equal "$(git status --porcelain)" ''
  }
  twins play
  equal "$(cat foo.dvc)" 'outs:
- md5: d3b07384d113edec49eaa6238ad5ff00
  size: 4
  hash: md5
  path: foo'
  equal "$(dvc_oid nothing.dvc)" d751713988987e9331980363e24189ce.dir
  equal "$(stat -c %a .dvc/cache/files/md5/d3/b07384d113edec49eaa6238ad5ff00)" 444
}

@test "an executable file is remembered, one in a folder is not" {
  play() {
    mkdir d
    printf '#!/bin/sh\n' | tee run d/run >other
    chmod 755 run d/run
    vc 0 add run other d
    commit_all
    both_clean
    rm -r run d
    mate 0 checkout
    [ -x run ] || fail 'not executable'
    [ ! -x d/run ] || fail 'executable'
    both_clean
    # a change of the bit alone
    chmod 755 other
    both 0 status --json
    vc 0 add other
    chmod 644 run
    both 0 status --json
    mate 0 add run
    both_clean
  }
  twins play
}

@test "names: Unicode, white space, colons, quotes, patterns; the longest" {
  play() {
    mkdir dir
    local name names=('żółw' 'a b' ' lead' 'a: b' 'c:d' '#hash' 'not#hash' 'a[1]' 'star*' '!bang' 'what?' "it's"
      'say "x"' '-' '~' 'null' 'true' '1e5' '0x10' '2020-01-01' '%x' '@at' '&amp' 'x,y' '{b}' '😀' 'back\slash'
      'ends:' '123' 'no' '=' '<<' 'e'$'\xcc\x81' $'\xc3\xa9' $'a\x7fb')
    for name in "${names[@]}"; do
      printf '%s\n' "$name" >"$name"
      printf '%s\n' "$name" >"dir/$name"
    done
    # their line in .gitignore differs: dray escapes what git would not read back
    printf '1' | tee 'dir/tail ' >$'dir/tab\there'
    vc 0 add -- "${names[@]}" dir
    commit_all
    both_clean
    rm -rf -- "${names[@]}" dir
    mate 0 checkout
    both_clean
  }
  twins play
}

@test "a name of 255 bytes" {
  play() {
    local name
    name=$(printf 'n%.0s' $(seq 251))
    echo x >"$name"
    vc 0 add "$name"
    echo x >"${name}2345"
    run "$first" add "${name}2345"
    [ "$status" != 0 ] || fail 'there is no room for the pointer'
    gone "${name}2345.dvc"
    grep -c . .gitignore | grep -qx 1 || fail 'the ignore file was left changed'
  }
  twins play
}

@test "a hash of digits only is a string in YAML" {
  play() {
    echo n4103929 >digits
    echo n568815 >exponent
    vc 0 add digits exponent
    grep -q "^- md5: '" digits.dvc || fail "$(cat digits.dvc)"
    grep -q "^- md5: '" exponent.dvc || fail "$(cat exponent.dvc)"
    both_clean
    commit_all
    rm digits exponent
    mate 0 checkout
    both_clean
  }
  twins play
}

@test "what git tracks, what a stage makes, what is inside another output: refused" {
  play() {
    echo x >tracked
    git add tracked
    vc 1 add tracked
    gone tracked.dvc .gitignore
    mkdir -p d/sub
    echo y | tee d/sub/y >made
    cat >dvc.yaml <<'YAML'
stages:
  make:
    cmd: echo y > made
    outs:
    - made
YAML
    vc 1 add made
    gone made.dvc
    vc 0 add d/sub
    vc 1 add d
    gone d.dvc
    vc 1 add nonexistent
    gone nonexistent.dvc
    # one bad target, and nothing of the others stays
    echo z >z
    vc 1 add z nonexistent
    # a pointer whose data is gone stays as it is
    vc 0 add z
    cp z.dvc ../z.dvc
    rm z
    vc 1 add z
    cmp z.dvc ../z.dvc
  }
  twins play
}

@test "what a person wrote in a pointer survives: comments, description, unknown metadata" {
  play() {
    echo one >file
    mkdir d
    echo one >d/a
    vc 0 add file d
    cat >file.dvc <<'YAML'
# what this is
desc: the whole file  # said at the end
outs:
# about the entry
- md5: 5bbf5a52328e7439ae6e719dfe712200
  size: 4
  hash: md5
  path: file    # its name
  desc: "one: thing"
  type: text
  labels: [a, 'b']
  meta:
    owner: {name: Ada, since: 1843}
  remote: far
  push: false
meta:
  keys:
      - 1
      - two   # deep
YAML
    sed -i 's/^- md5/-   md5/; s/^  /    /' d.dvc
    vc 0 remote add far ../far
    echo two >file
    echo two >d/b
    vc 0 add file d
    mate 0 add file d
    both_clean
    echo three >file
    mate 0 add file
    both_clean
  }
  twins play
}

@test "--out, --to-remote, a file from outside" {
  play() {
    mkdir ../outside sub
    echo one >../outside/one
    mkdir ../outside/d
    echo two >../outside/d/two
    vc 0 remote add -d far ../far
    vc 0 add ../outside/one -o one
    vc 0 add ../outside/d -o sub/d
    both_clean
    vc 0 add ../outside/one -o late --to-remote
    vc 0 add ../outside/d -o lated --to-remote
    gone late lated
    # DVC forgets to ignore them
    printf '/late\n/lated\n' >>.gitignore
    sort -u -o .gitignore .gitignore
    vc 1 add ../outside/one
    mate 0 pull
    equal "$(cat late lated/two)" 'one
two'
    both_clean
    mkdir e
    echo e >e/e
    cd e
    vc 0 add e
    vc 0 add ../../outside/one -o other
    mate 0 status --json
    equal "$(canonical)" '{}'
    cd ..
  }
  twins play
}

@test "symbolic links: a target's bytes, a folder's links, folders behind links" {
  play() {
    mkdir -p real d
    echo one >real/one
    ln -s real/one link
    ln -s real dirlink
    ln -s ../real/one d/link
    ln -s ../real d/dirlink
    echo two >d/two
    vc 0 add link d
    both_clean
    commit_all
    vc 1 add dirlink
    vc 1 add dirlink/one
    ln -s nowhere d/broken
    vc 1 add d
    rm d/broken
    both_clean
  }
  twins play
}

@test ".dvcignore: targets refused, files left out, never inside data" {
  play() {
    printf '*.tmp\n' >>.dvcignore
    printf '/d/skip/\n!keep.tmp\n' >>.dvcignore
    mkdir -p d/skip d/sub bad
    echo 1 | tee d/a d/a.tmp d/keep.tmp d/skip/x d/sub/b.tmp x.tmp >d/sub/c
    vc 1 add x.tmp
    vc 0 add d
    both_clean
    commit_all
    echo '*.x' >bad/.dvcignore
    echo 1 >bad/a
    vc - add bad
    gone bad.dvc
    mate - add bad
    # a change to what is ignored is none
    echo 2 >d/sub/b.tmp
    both_clean
  }
  twins play
}

@test "--glob" {
  play() {
    mkdir -p deep/er
    echo 1 | tee x1 x2 y1 deep/x3 >deep/er/x4
    vc 0 add --glob 'x*'
    gone y1.dvc
    vc 0 add --glob 'deep/**/x*'
    both_clean
  }
  twins play
}

@test "--no-commit, then commit; --force; --quiet" {
  play() {
    mkdir d
    echo 1 | tee d/a >f
    vc 0 add --no-commit d f
    gone .dvc/cache/files
    both 0 status --json
    mate 0 commit
    both_clean
    commit_all
    echo 2 >f
    both 1 commit f
    vc 0 commit -f f
    exits 0 "$first" status -q
    echo 3 >f
    exits 1 "$first" status -q
    exits 1 "$second" status -q
    equal "$output$stderr" ''
    mate 0 add -f f
    both_clean
  }
  twins play
}
