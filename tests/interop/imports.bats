#!/usr/bin/env bats
# Data of other repositories and addresses: conformance cases 72, 73; get, import, import-url, update.
# shellcheck disable=SC2317,SC2103,SC2164
load ../support/sandbox
load ../support/dvc

# Commits of another time are other commits: dated <date> <message>
dated() {
  git add -A
  GIT_COMMITTER_DATE="$1T12:00:00Z" git commit -q -m "$2" --date "$1T12:00:00Z"
  git tag "$2"
}

# Another repository with `d` and `foo`, of DVC, and `code`, of git: two commits, v1 and v2.
prepare_file() {
  origin=$BATS_FILE_TMPDIR/origin
  export origin
  cp -a "$template" "$origin"
  cd "$origin" || return 1
  mkdir -p d/sub code
  echo a >d/a
  echo b >d/sub/b
  echo foo >foo
  echo 'int main' >code/main.c
  printf '#!/bin/sh\n' >code/run
  chmod 755 code/run
  dvc add -q d foo
  dated 2024-01-01 v1
  echo changed >d/a
  echo new >d/new
  echo foo2 >foo
  dvc add -q d foo
  dated 2024-01-02 v2
}

# A copy of it beside us, ../source, whose absolute path is $from.
source_repo() {
  cp -a "$origin" ../source
  from=$(cd ../source && pwd)
}

# It goes on.
third_version() {
  cd ../source
  echo foo3 >foo
  echo more >d/more
  echo 'int main(void)' >code/main.c
  dvc add -q foo d
  dated 2024-01-03 v3
  cd ../r
}

@test "get: files, folders, a revision, what git tracks" {
  play() {
    source_repo
    vc 0 get "$from" foo
    vc 0 get "$from" d -o folder --rev v1
    vc 0 get "$from" d/sub -o sub
    vc 0 get "$from" code
    vc 0 get "$from" code/run
    vc 0 get ../source d/sub/b
    vc 0 get . .dvcignore -o ignore
    both 255 get "$from" nowhere
    both 1 get "$from" foo --rev nowhere -o x
    both 1 get "$from" foo
    both 1 get ../nowhere foo -o x
    equal "$(cat foo)" foo2
    vc 0 get "$from" foo --rev v1 -f
    equal "$(cat foo)" foo
    vc 0 get "$from" foo --show-url
    printf '%s\n' "$output" >>"$outcome"
    mate 0 get "$from" foo --show-url --rev v1
    printf '%s\n' "$output" >>"$outcome"
  }
  twins play
}

@test "get out of the source's remote" {
  play() {
    source_repo
    cd ../source
    dvc remote add -q -d far "$(realpath ..)/far"
    dvc push -q
    git commit -q -a -m remote
    chmod -R u+w .dvc/cache
    rm -rf .dvc/cache d foo
    cd ../r
    vc 0 get "$from" foo
    vc 0 get "$from" d -o folder
    vc 0 get "$from" d/sub/b
    equal "$(cat foo folder/new b)" 'foo2
new
b'
    vc 0 get "$from" foo --show-url
    printf '%s\n' "$output" >>"$outcome"
  }
  twins play
}

@test "get-url: a folder, a file" {
  play() {
    mkdir -p ../place/sub
    echo a >../place/a
    echo b >../place/sub/b
    vc 0 get-url ../place
    vc 0 get-url "$(realpath ../place)/sub/b" b
    both 1 get-url ../nowhere
  }
  twins play
}

@test "import: what is written; a clone has it again" {
  play() {
    source_repo
    vc 0 import ../source foo
    vc 0 import "$from" d -o folder --rev v1
    vc 0 import "$from" code/main.c -o main.c
    vc 0 import "$from" d/sub -o sub
    vc 0 import "$from" code
    equal "$(cat foo folder/a main.c sub/b)" 'foo2
a
int main
b'
    commit_all
    both_clean
    chmod -R u+w .dvc/cache
    rm -rf foo folder sub .dvc/cache
    both 0 status --json
    mate 0 pull
    equal "$(cat foo folder/a sub/b)" 'foo2
a
b'
    both_clean
    # what is imported is not pushed
    vc 0 remote add -d far ../far
    vc 0 push
    mate 0 push
    gone ../far
    both 255 import "$from" nowhere
    gone nowhere.dvc
  }
  twins play
}

@test "import: settings of the source's remote" {
  play() {
    source_repo
    cd ../source
    dvc remote add -q far "$(realpath ..)/far"
    dvc push -q -r far
    dated 2024-01-03 far
    chmod -R u+w .dvc/cache
    rm -rf .dvc/cache d foo
    cd ../r
    printf '[core]\n    remote = far\n' >../settings
    vc 0 import ../source foo --config ../settings
    vc 0 import ../source foo -o named --remote far
    vc 0 import ../source foo -o both --remote far --remote-config jobs=2 "url=$(realpath ../far)"
    vc 0 import ../source foo -o last --config ../settings --remote-config jobs=2
    commit_all
    both_clean
    chmod -R u+w .dvc/cache
    rm -rf foo named both last .dvc/cache
    mate 0 pull
    equal "$(cat foo named both last)" 'foo2
foo2
foo2
foo2'
    (cd ../source && echo foo3 >foo && dvc add -q foo && dvc push -q -r far && rm foo && dated 2024-01-04 v3)
    mate 0 update foo.dvc both.dvc
    vc 0 update named.dvc last.dvc
    commit_all
  }
  twins play
}

@test "import --no-download, --no-exec; update, to a revision" {
  play() {
    source_repo
    vc 0 import ../source foo
    vc 0 import ../source d --rev v1
    vc 0 import ../source foo -o late --no-download
    vc 0 import ../source foo -o never --no-exec
    gone late never
    commit_all
    both 0 status --json
    third_version
    both 0 status --json
    vc 0 update foo.dvc
    equal "$(cat foo)" foo3
    mate 0 update d.dvc
    equal "$(git status --porcelain d.dvc)" ''
    vc 0 update late.dvc
    vc 0 update --rev v2 d.dvc
    equal "$(cat d/a d/new)" 'changed
new'
    gone d/more
    both 0 status --json
    mate 0 update --rev v3 d.dvc
    there d/more
    both 1 update nowhere.dvc
    commit_all
  }
  twins play
}

@test "import-url: a file, a folder; update sees a change" {
  play() {
    mkdir -p ../place/sub
    echo a >../place/a
    echo b >../place/sub/b
    echo one >../one
    vc 0 import-url ../one
    vc 0 import-url ../place
    vc 0 import-url "$(realpath ../one)" absolute
    vc 0 import-url ../one late --no-download
    vc 0 import-url ../one never --no-exec
    gone late never
    commit_all
    both 0 status --json
    echo two >../one
    echo more >../place/more
    mate 0 update one.dvc
    vc 0 update place.dvc absolute.dvc
    equal "$(cat one place/more absolute)" 'two
more
two'
    both 1 import-url ../nowhere
    both 1 import-url ../one to --to-remote
    vc 0 remote add -d far ../far
    vc 0 import-url ../one to --to-remote
    vc 0 import-url ../place tod --to-remote
    gone to tod
    mate 0 pull to tod
    rm -r to tod
    echo again >../place/again
    vc 0 update tod.dvc --to-remote
    mate 0 update to.dvc --to-remote
    gone to tod
    mate 0 pull to tod
    equal "$(cat to tod/again)" 'two
again'
    sed -i 's/^md5: .*/md5: X/' tod.dvc # DVC leaves it as it was
    commit_all
  }
  twins play
}

@test "gc takes imports of repositories, which can come again" {
  play() {
    source_repo
    vc 0 import ../source foo
    echo one >../one
    vc 0 import-url ../one
    commit_all
    vc 0 gc -w -f
    equal "$(find .dvc/cache/files -type f | wc -l)" 1
    rm foo one
    mate 0 pull
    both_clean
  }
  twins play
}

@test "artifacts get: versions, stages, folders" {
  play() {
    local moment=1700000000 version
    said() {
      moment=$((moment + 60))
      GIT_COMMITTER_DATE="$moment +0000" git tag -a -m said "$1" "${2:-HEAD}"
    }
    mkdir -p data sub
    printf 'artifacts:\n  model: {path: m.bin, type: model}\n  dir:\n    path: data\n' >dvc.yaml
    printf 'artifacts:\n  inner: {path: i.txt}\n' >sub/dvc.yaml
    for version in 1 2 3; do
      echo "v$version" >m.bin
      echo "$version" >data/a
      echo "i$version" >sub/i.txt
      vc 0 add m.bin data
      commit_all "v$version"
      said "model@v1.$((version + 8)).0"
      said "sub=inner@v0.$version.0"
    done
    said 'model#prod#1' HEAD~2
    said 'model#prod#2' HEAD~1
    said dir@v1.0.0-rc.1
    git tag light@v1.0.0
    mkdir ../got
    git init -q ../got
    dvc --cd ../got init -q
    cd ../got
    vc 0 artifacts get ../r model
    mate 1 artifacts get ../r model
    mate 0 artifacts get ../r model --rev v1.9.0 -o one
    mate 0 artifacts get ../r model --stage prod -o prod
    mate 0 artifacts get ../r model --rev v1.10.0 -o one -f
    mate 0 artifacts get ../r sub:inner
    mate 0 artifacts get ../r sub/dvc.yaml:inner --rev v0.1.0 -o first
    mate 0 artifacts get ../r dir
    mate 1 artifacts get ../r model --rev v9.0.0
    mate 1 artifacts get ../r model --stage nothing
    mate 1 artifacts get ../r nothing
    mate 1 artifacts get ../r light
    mate 1 artifacts get ../nowhere model
    equal "$(cat m.bin one prod first data/a)" 'v3
v2
v2
i1
3'
  }
  twins play
}

@test "pull brings imports that were only looked at" {
  play() {
    local -x GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
    git init -q ../source
    dvc --cd ../source init -q
    mkdir -p ../source/d/sub
    echo 1 | tee ../source/d/a >../source/d/sub/b
    (cd ../source && dvc add -q d && git add -A && git commit -qm one)
    echo u >../outside
    vc 0 import --no-download ../source d
    vc 0 import-url --no-download "$PWD/../outside" in
    commit_all
    (cd ../source && echo 2 >d/a && dvc add -q d && git add -A && git commit -qm two)
    mate 0 pull
    equal "$(cat d/a d/sub/b in)" '1
1
u'
    equal "$(git status --porcelain)" ''
    rm in
    mate 0 pull in
    there in
    rm -rf .dvc/cache # DVC keeps copies there
  }
  twins play
}
