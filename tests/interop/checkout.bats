#!/usr/bin/env bats
# Files out of the cache: conformance cases 26 to 35.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# `d` and `foo`, in the cache and committed.
tracked() {
  mkdir -p d/sub
  echo a >d/a
  echo b >d/sub/b
  : >d/empty
  echo foo >foo
  vc 0 add d foo
  commit_all
}

objects() {
  find .dvc/cache/files -type f | sort
}

@test "all files again; the second time there is nothing to do" {
  play() {
    tracked
    rm -r d foo
    both 0 status --json
    mate 0 checkout
    both_clean
    vc 0 checkout
    rm d/a
    vc 0 checkout d/a
    rm -r d
    mate 0 checkout d/sub foo
    gone d/a
    vc 0 checkout -R d
    vc 0 checkout d.dvc
    both_clean
    both 255 checkout nowhere
    cd d
    rm ../foo a
    vc 0 checkout ../foo
    mate 0 checkout
    cd ..
    both_clean
  }
  twins play
}

@test "a changed file that is nowhere else is kept, but by --force" {
  play() {
    tracked
    echo changed >foo
    echo changed >d/a
    echo new >d/new
    vc 255 checkout foo
    mate 255 checkout foo
    equal "$(cat foo)" changed
    both 255 checkout
    equal "$(cat foo d/a d/new)" 'changed
changed
new'
    both 0 status --json
    vc 0 checkout -f foo
    equal "$(cat foo)" foo
    mate 0 checkout --force
    gone d/new
    both_clean
    # a change that is in the cache is replaced without a question
    echo second >foo
    vc 0 add foo
    git stash -q
    mate 0 checkout
    equal "$(cat foo)" foo
    git stash pop -q
    vc 0 checkout
    equal "$(cat foo)" second
  }
  twins play
}

@test "another revision: what it does not have goes, where it was not changed" {
  play() {
    tracked
    echo more >d/more
    echo bar >bar
    echo baz >baz
    vc 0 add d bar baz
    commit_all second
    git checkout -q HEAD~1
    vc 0 checkout
    gone d/more bar baz
    equal "$(cat foo d/a)" 'foo
a'
    git checkout -q main
    vc 0 checkout
    equal "$(cat d/more bar)" 'more
bar'
    both_clean
    echo changed >baz
    git checkout -q HEAD~1
    vc 0 checkout d
    there bar baz
    gone d/more
  }
  twins play
}

@test "links of each type, and another type afterwards" {
  play() {
    local type
    vc 0 config cache.type hardlink
    tracked
    equal "$(stat -c '%h %a' foo d/a d/empty)" '2 444
2 444
1 644'
    # to an empty file DVC makes symbolic links, dray none
    rm d/empty
    vc 0 add d
    for type in symlink copy hardlink symlink,hardlink; do
      vc 0 config cache.type "$type"
      vc 0 checkout --relink
      both_clean
      snapshot . >>"$outcome"
      rm -r d foo
      mate 0 checkout
      both_clean
      snapshot . >>"$outcome"
    done
  }
  twins play
}

@test "unprotect: bytes of its own, the cache is as it was" {
  play() {
    vc 0 config cache.type hardlink
    tracked
    vc 0 unprotect foo
    equal "$(stat -c '%h %a' foo)" '1 644'
    vc 0 config cache.type symlink
    vc 0 checkout --relink
    there foo
    vc 0 unprotect foo d
    equal "$(stat -c '%F %h %a' foo d/a d/sub/b)" 'regular file 1 644
regular file 1 644
regular file 1 644'
    both_clean
    echo more >>foo
    equal "$(cat "$(echo foo | md5_object .dvc/cache)")" foo
    both 255 unprotect nowhere
  }
  twins play
}

@test "an object that was changed behind the tools' backs" {
  play() {
    tracked
    local object
    object=$(echo foo | md5_object .dvc/cache)
    chmod 644 "$object"
    echo bar >"$object"
    both 0 status --json
    rm foo
    both 255 checkout foo
    gone foo
  }
  twins play
}

@test "one cache, a repository of each" {
  play() {
    mkdir ../cache
    vc 0 config --local cache.dir ../cache
    tracked
    git clone -q . ../other
    cd ../other
    mate 0 config --local cache.dir ../cache
    mate 0 checkout
    both_clean
    echo other >d/other
    mate 0 add d
    commit_all
    cd ../r
    git pull -q ../other main
    vc 0 checkout
    equal "$(cat d/other)" other
    both_clean
    gone .dvc/cache
  }
  twins play
}
