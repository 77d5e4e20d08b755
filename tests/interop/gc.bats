#!/usr/bin/env bats
# What gc keeps and removes: conformance cases 47 to 53.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# Five commits a day apart: `foo` of another content each, `d` from the second on, a tag, a branch.
history() {
  local day
  # absolute: of another revision, DVC takes a relative one for relative to the root of the file system
  vc 0 remote add -d far "$(realpath ..)/far"
  for day in 1 2 3 4 5; do
    echo "$day" >foo
    vc 0 add foo
    if [ "$day" = 2 ]; then
      mkdir d
      echo a >d/a
      vc 0 add d
    fi
    git add -A
    GIT_COMMITTER_DATE="2024-01-0${day}T01:00:00Z" git commit -q -m "$day" --date "2024-01-0${day}T01:00:00Z"
    if [ "$day" = 1 ]; then git tag v1; fi
    if [ "$day" = 3 ]; then git branch three; fi
  done
}

# Which of the contents are there: kept <store>
kept() {
  local day
  for day in 1 2 3 4 5 6; do
    if [ -e "$(echo "$day" | md5_object "$1")" ]; then printf '%s' "$day"; fi
  done
}

@test "a scope has to be said; the question is answered no without a terminal" {
  play() {
    history
    both 255 gc
    both 255 gc -f
    both 255 gc -c
    both 1 gc -w
    equal "$(kept .dvc/cache)" 12345
    vc 0 gc -w --dry -f
    mate 0 gc -w --dry -f
    equal "$(kept .dvc/cache)" 12345
    vc 0 gc -w -f
    equal "$(kept .dvc/cache)" 5
    mate 0 gc -w -f
    both_clean
  }
  twins play
}

@test "the remote too" {
  play() {
    history
    vc 0 push -A
    equal "$(kept ../far)" 12345
    vc 0 gc -w -c --dry -f
    equal "$(kept ../far)" 12345
    mate 0 gc -T -c -f
    equal "$(kept ../far)" 15
    vc 0 gc -w -c -r far -f
    equal "$(kept ../far)" 5
    there "$(echo a | md5_object ../far)"
    rm -rf .dvc/cache foo d
    mate 0 pull
    both_clean
  }
  twins play
}

@test "another project of the same cache" {
  play() {
    vc 0 cache dir ../cache
    commit_all
    git clone -q . ../other
    cp -a . ../third
    echo 1 >foo
    vc 0 add foo
    cd ../other
    echo 2 >foo
    mate 0 add foo
    cd ../third
    echo 3 >foo
    mate 0 add foo
    cd ../r
    vc 0 gc -w -f -p ../other
    equal "$(kept ../cache)" 12
    mate 0 gc -w -f -p ../other ../third
    equal "$(kept ../cache)" 12
    cd ../other
    mate 0 gc -w -f
    equal "$(kept ../cache)" 2
  }
  twins play
}

@test "files that are no objects" {
  play() {
    history
    mkdir -p .dvc/cache/{packs/ab,ab,files/xx,files/md5/packs,files/md5/zz,files/sha256/aa,runs/aa}
    local name
    for name in packs/x packs/ab/x files/xx/y x files/md5/x files/md5/packs/x files/sha256/aa/v runs/aa/x; do
      echo 1 >".dvc/cache/$name"
    done
    vc 0 gc -w -f
    for name in packs/x packs/ab/x files/xx/y x files/md5/x files/md5/packs/x files/sha256/aa/v runs/aa/x; do
      there ".dvc/cache/$name"
    done
  }
  twins play
}

@test "tags, branches, dates, revisions" {
  play() {
    history
    chmod -R u+w .dvc/cache
    cp -a .dvc/cache ../cache
    again() {
      rm -rf .dvc/cache
      cp -a ../cache .dvc/cache
      vc 0 gc -f "$@"
      printf '%s: %s\n' "$*" "$(kept .dvc/cache)" >>"$outcome"
      printf '%s ' "$(kept .dvc/cache)"
    }
    equal "$(again -T; again -a; again -aT; again --rev HEAD~1; again --rev HEAD -n 2; again --date 2024-01-04; again -A)" \
      '15 35 135 45 45 45 12345 '
    both_clean
  }
  twins play
}

@test "of a remote: also of those that outputs name" {
  play() {
    local word
    vc 0 remote add -d far "$PWD/../far"
    vc 0 remote add own "$PWD/../own"
    for word in one two three; do
      echo "$word" >f
      echo "own $word" >g
      vc 0 add f g
      grep -q remote: g.dvc || sed -i 's/  path: g/  path: g\n  remote: own/' g.dvc
      commit_all "$word"
      vc 0 push
    done
    equal "$(find ../own -type f | wc -l) $(find ../far -type f | wc -l)" '3 3'
    mate 0 gc -w -c -f
    equal "$(find ../own -type f | wc -l) $(find ../far -type f | wc -l)" '1 1'
    rm -r .dvc/cache f g
    vc 0 pull
  }
  twins play
}
