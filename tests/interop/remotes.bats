#!/usr/bin/env bats
# Push, fetch and pull over a folder: conformance cases 37 to 46.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc
load ../support/s3

# `d` and `foo`, committed with a default remote, `far`: shared [<place>]
shared() {
  mkdir -p d/sub
  echo a >d/a
  echo b >d/sub/b
  : >d/empty
  echo foo >foo
  vc 0 add d foo
  vc 0 remote add -d far "${1:-../far}"
  commit_all
}

lose_cache() {
  chmod -R u+w .dvc/cache
  rm -rf .dvc/cache d foo
}

@test "push, again, pull elsewhere; the same files, objects and modes" {
  play() {
    shared
    both 0 status -c --json
    vc 0 push
    equal "$(find ../far -type f -printf '%m\n' | sort -u)" 444
    equal "$(find ../far -type f | wc -l)" 5
    mate 0 push
    vc 0 push
    equal "$(find ../far -type f | wc -l)" 5
    both 0 status -c --json
    git clone -q . ../clone
    cd ../clone
    mate 0 fetch
    gone d foo
    both 0 status --json
    mate 0 pull
    both_clean
    vc 0 pull
    cd ../r
    lose_cache
    mate 0 pull
    both_clean
  }
  twins play
}

@test "status -c: new, deleted, missing" {
  play() {
    shared
    both 0 status -c --json
    vc 0 push d
    both 0 status -c --json
    both 0 status -c --json foo
    rm -f "$(echo a | md5_object .dvc/cache)"
    both 0 status -c --json
    rm -f "$(echo foo | md5_object .dvc/cache)"
    both 0 status -c --json
    vc 0 remote add other ../other
    both 0 status -c -r other --json
  }
  twins play
}

@test "objects that begin with zeros are found by listing" {
  play() {
    vc 0 remote add -d far ../far
    printf 363 >one
    printf jk8ssl >two
    vc 0 add one two
    commit_all
    vc 0 push
    there ../far/files/md5/00/411460f7c92d2124a67ea0f4cb5f85 ../far/files/md5/00/00000018e6137ac2caab16074784a6
    both 0 status -c --json
    rm -rf one two .dvc/cache
    mate 0 pull
    both_clean
  }
  twins play
}

@test "an object is nowhere: the rest is pushed, the manifest is not" {
  play() {
    shared
    rm -f "$(echo a | md5_object .dvc/cache)"
    # DVC warns of it, dray fails
    vc any push
    mate any push
    equal "$(find ../far -name '*.dir')" ''
    equal "$(find ../far -type f | wc -l)" 3
    both 0 status -c --json
    git clone -q . ../clone
    cd ../clone
    both any fetch
    both 1 pull foo d
    there foo
    gone d
  }
  twins play
}

@test "an output's own remote, push: false, -r" {
  play() {
    shared
    vc 0 remote add other ../other
    echo private >private
    echo elsewhere >elsewhere
    vc 0 add private elsewhere
    printf '  push: false\n' >>private.dvc
    printf '  remote: other\n' >>elsewhere.dvc
    commit_all
    both_clean
    vc 0 push -r far
    gone ../other
    equal "$(find ../far -type f | wc -l)" 5
    mate 0 push
    equal "$(find ../far -type f | wc -l)" 5
    equal "$(find ../other -type f | wc -l)" 1
    vc 0 push -r other
    equal "$(find ../other -type f | wc -l)" 6
    both 0 status -c --json
    git clone -q . ../clone
    cd ../clone
    mate 0 pull elsewhere foo
    equal "$(cat elsewhere foo)" 'elsewhere
foo'
    both 1 pull private
  }
  twins play
}

@test "verify: true: an object with other bytes does not come in" {
  play() {
    shared
    vc 0 push
    vc 0 remote modify far verify true
    local object
    object=$(echo foo | md5_object ../far)
    chmod 644 "$object"
    echo bar >"$object"
    lose_cache
    vc 1 pull foo
    gone foo
    gone "$(echo foo | md5_object .dvc/cache)"
    mate 0 pull d
    equal "$(cat d/a)" a
    # DVC removes it from a folder, dray leaves remotes as they are
    rm -f "$object"
  }
  twins play
}

@test "parts: a file, a folder, --allow-missing" {
  play() {
    shared
    vc 0 push
    git clone -q . ../clone
    cd ../clone
    vc 0 pull d/sub/b
    equal "$(find d -type f)" d/sub/b
    gone foo
    equal "$(find .dvc/cache/files -type f | wc -l)" 2
    mate 0 fetch foo
    gone foo
    mate 0 pull foo
    vc 0 pull d/sub
    rm -f "$(echo a | md5_object ../far)" "$(echo foo | md5_object ../far)" foo
    rm -f "$(echo foo | md5_object .dvc/cache)"
    cd d
    both any fetch sub
    vc 1 pull
    rm -f empty # dray checks out what there is of a directory, DVC none of it then
    mate any fetch -r far ../foo
    cd ..
    gone d/a
  }
  twins play
}

@test "no remote, an unknown one, one that is not there" {
  play() {
    echo foo >foo
    vc 0 add foo
    both 1 push
    vc 0 remote add far ../far
    both 0 push -r far
    both 1 push -r nowhere
    vc 0 remote default far
    both 0 push
    mv ../far ../gone
    rm -rf .dvc/cache foo
    both 1 pull
    gone foo
  }
  twins play
}

@test "remote:// and paths: relative, absolute" {
  play() {
    mkdir sub ../remotes
    vc 0 remote add base ../remotes
    vc 0 remote add -d far remote://base/deeper
    echo foo >foo
    vc 0 add foo
    mate 0 push
    there "$(echo foo | md5_object ../remotes/deeper)"
    cd sub
    vc 0 remote add here ../../here
    vc 0 remote add absolute "$PWD/../../absolute"
    mate 0 push -r here
    mate 0 push -r absolute
    there "$(echo foo | md5_object ../../here)" "$(echo foo | md5_object ../../absolute)"
    cd ..
    commit_all
  }
  twins play
}

@test "all branches, tags, commits" {
  play() {
    # DVC takes a relative one for relative to the root of the file system, in another revision
    shared "$(realpath ..)/far"
    git tag v1
    echo second >foo
    vc 0 add foo
    commit_all second
    git checkout -q -b side
    echo third >foo
    vc 0 add foo
    commit_all third
    git checkout -q main
    vc 0 checkout
    vc 0 push -T
    there "$(echo foo | md5_object ../far)"
    gone "$(echo third | md5_object ../far)"
    mate 0 push -a
    equal "$(find ../far -type f | wc -l)" 7
    vc 0 push -A
    lose_cache
    mate 0 fetch -T
    there "$(echo foo | md5_object .dvc/cache)"
    gone "$(echo third | md5_object .dvc/cache)"
    vc 0 fetch -A
    equal "$(find .dvc/cache/files -type f | wc -l)" 7
    vc 0 pull
    both_clean
  }
  twins play
}

@test "over http: push and pull, each what the other sent; Basic and custom authentication" {
  mkdir "$BATS_TEST_TMPDIR/web"
  serve web_store.py "$BATS_TEST_TMPDIR/web"
  play() {
    local web=$BATS_TEST_TMPDIR/web place
    place=http://127.0.0.1:$(cat "$web/port")/some/place
    rm -rf "$web/files"
    : >"$web/rules"
    : >"$web/log"
    shared "$place"
    both 0 status -c --json
    vc 0 push
    both 0 status -c --json
    mate 0 push
    echo new >d/a
    mate 0 add d
    mate 0 push
    cp -a "$web/files" ../far
    git clone -q . ../clone
    cd ../clone
    mate 0 fetch foo
    vc 0 pull
    both_clean
    cd ../r
    git commit -q -am new
    lose_cache
    echo 'basic me s3cret' >"$web/rules"
    both any fetch
    gone "$(echo foo | md5_object .dvc/cache)"
    vc 0 remote modify far auth basic
    mate 0 remote modify far user me
    vc 0 remote modify --local far password s3cret
    mate 0 pull d
    vc 0 remote modify far auth custom
    mate 0 remote modify far custom_auth_header X-Key
    echo 'header X-Key s3cret' >"$web/rules"
    vc 0 pull
    both_clean
    vc 0 remote modify far method put
    echo third >foo
    vc 0 add foo
    mate 0 push
    equal "$(grep -c "^PUT .* 201" "$web/log")" 1
    commit_all
    both_clean
  }
  twins play
}
