#!/usr/bin/env bats
# git's merge driver for pointers, as `dray install` sets it.
load ../support/sandbox

# A repository in its first commit, on main, with a branch `side` from it.
prepare() {
  repo
  mkdir -p data/sub
  for name in a b c sub/d; do echo "$name" >"data/$name"; done
  echo model >model.bin
  dray add -q data model.bin
  git commit -q -m data
  dray install -q
  git branch side
}

# Record the folder on a branch: record <branch> <shell text that changes it>
record() {
  git checkout -q "$1"
  (cd data && eval "$2")
  dray add -q data
  git commit -q -am "$2"
}

# Names and bytes of the data: content [folder]
content() {
  (cd "${1:-data}" && find . -type f -printf '%P\n' | LC_ALL=C sort | while read -r name; do
    printf '%s=%s ' "$name" "$(cat "$name")"
  done)
}

@test "what one side added, removed and changed merges, and the data is there" {
  record main 'echo new >x; rm b; echo 2 >a'
  record side 'echo too >y; echo 2 >sub/d; mkdir -p deep/er; echo z >deep/er/z'
  git checkout -q main
  exits 0 git merge -q side
  equal "$(content)" 'a=2 c=c deep/er/z=z sub/d=2 x=new y=too '
  exits 0 dray status --exit-code
  equal "$(sed -n 's/  nfiles: //p; s/  size: //p' data.dray)" '16
6'
}

@test "the same change on both sides is no conflict" {
  record main 'echo same >a; echo same >x; rm b'
  record side 'echo same >a; echo same >x; rm b; echo y >y'
  git checkout -q main
  exits 0 git merge -q side
  equal "$(content)" 'a=same c=c sub/d=sub/d x=same y=y '
}

@test "a conflict is told by file, and leaves what git alone would have left" {
  record main 'echo 1 >a; echo 1 >x; rm b; echo 1 >c'
  record side 'echo 2 >a; echo 2 >x; echo 2 >b; echo 9 >y'
  git checkout -q main
  run git merge side
  equal "$status" 1
  for name in a b x; do
    case $output in *"conflict:     data/$name"$'\n'*) ;; *) fail "$output" ;; esac
  done
  case $output in *data/c* | *data/y*) fail "$output" ;; esac
  case $output in *"dray: 'data.dray': both sides changed 3 files"*) ;; *) fail "$output" ;; esac
  equal "$(grep -c '^<<<<<<< \|^=======\|^>>>>>>> ' data.dray)" 3
  equal "$(git diff --name-only --diff-filter=U)" data.dray
  git checkout -q --theirs data.dray
  dray checkout -q
  equal "$(cat data/a data/b)" '2
2'
}

@test "a file on one side and a folder on the other" {
  record main 'echo 1 >n'
  record side 'mkdir n; echo 2 >n/f'
  git checkout -q main
  run git merge side
  equal "$status" 1
  case $output in *'conflict:     data/n'*) ;; *) fail "$output" ;; esac
}

@test "execute bits, links and empty folders" {
  record main 'chmod +x a; mkdir hollow; ln -s c l; mkdir both'
  record side 'echo 2 >a; mkdir other; echo f >both.txt; mkdir both; echo g >both/g'
  git checkout -q main
  exits 0 git merge -q side
  [ -x data/a ]
  equal "$(cat data/a data/both/g)" '2
g'
  [ -d data/hollow ] && [ -d data/other ]
  equal "$(readlink data/l)" c
}

@test "comments and settings of a pointer merge by lines" {
  record main 'echo 1 >x'
  sed -i '1i # ours' data.dray
  git commit -q -am comment
  record side 'echo 2 >y'
  echo 'meta: {theirs: true}' >>data.dray
  git commit -q -am meta
  git checkout -q main
  exits 0 git merge -q side
  equal "$(head -1 data.dray)" '# ours'
  equal "$(tail -1 data.dray)" 'meta: {theirs: true}'
  equal "$(content)" 'a=a b=b c=c sub/d=sub/d x=1 y=2 '
}

@test "both sides change the same setting" {
  record main 'echo 1 >x'
  echo 'meta: 1' >>data.dray
  git commit -q -am meta
  record side 'echo 2 >y'
  echo 'meta: 2' >>data.dray
  git commit -q -am meta
  git checkout -q main
  run git merge side
  equal "$status" 1
  case $output in *"both sides changed the same lines of 'data.dray'"*) ;; *) fail "$output" ;; esac
  grep -q '^>>>>>>>' data.dray
}

@test "a file that both sides changed is a conflict, one side's change is taken" {
  git checkout -q main
  echo ours >>model.bin && dray add -q model.bin && git commit -q -am ours
  git checkout -q side
  echo '# note' >>model.bin.dray && git commit -q -am note
  git checkout -q main
  exits 0 git merge -q side
  equal "$(tail -1 model.bin.dray)" '# note'
  exits 0 dray status --exit-code
  git checkout -q -b third HEAD~2
  echo theirs >>model.bin && dray add -q model.bin && git commit -q -am theirs
  git checkout -q main
  run git merge third
  equal "$status" 1
  case $output in *'conflict:     model.bin'*) ;; *) fail "$output" ;; esac
}

@test "a folder that both sides began to track" {
  git checkout -q main
  mkdir new && echo 1 >new/ours && dray add -q new && git commit -q -am ours
  git checkout -q side
  mkdir -p new && echo 2 >new/theirs && dray add -q new && git commit -q -am theirs
  git checkout -q main
  exits 0 git merge -q side
  equal "$(content new)" 'ours=1 theirs=2 '
}

@test "rebase, cherry-pick, revert and a merge of two histories" {
  record main 'echo 1 >x'
  record main 'echo 2 >x'
  record side 'echo 3 >y'
  git checkout -q side
  exits 0 git rebase -q main
  equal "$(content)" 'a=a b=b c=c sub/d=sub/d x=2 y=3 '
  exits 0 git revert --no-edit HEAD~1
  equal "$(content)" 'a=a b=b c=c sub/d=sub/d x=1 y=3 '
  git checkout -q main
  exits 0 git cherry-pick side~1
  equal "$(content)" 'a=a b=b c=c sub/d=sub/d x=2 y=3 '
}

@test "criss-cross: the ancestors are merged first" {
  record main 'echo 1 >m'
  record side 'echo 1 >s'
  git branch side1 side
  git checkout -q main
  git branch main1
  git merge -q side
  git checkout -q side1
  git merge -q main1
  record side1 'echo 2 >s2'
  record main 'echo 2 >m2'
  exits 0 git merge -q side1
  equal "$(content)" 'a=a b=b c=c m=1 m2=2 s=1 s2=2 sub/d=sub/d '
}

@test "lists that are not in the cache come from the remote, or are missed by name" {
  record main 'echo 1 >x'
  record side 'echo 2 >y'
  git checkout -q main
  cache=$(cache)
  list=$(git show side:data.dray | sed -n 's/^- sha256: \(..\)\(.*\)/\1\/\2/p')
  cp "$cache/files/sha256/$list" ../list
  rm -f "$cache/files/sha256/$list"
  run git merge side
  equal "$status" 1
  case $output in *"dray: the manifest of 'data' is not in the cache"*) ;; *) fail "$output" ;; esac
  grep -q '^<<<<<<<' data.dray
  git merge --abort
  dray remote add -q -d store "$PWD/../store"
  git commit -q -am remote
  mkdir -p "../store/files/sha256/${list%/*}"
  cp ../list "../store/files/sha256/$list"
  exits 0 git merge side
  [ -e "$cache/files/sha256/$list" ]
  equal "$(sed -n 's/  nfiles: //p' data.dray)" 6
}

@test "without dray git merges text" {
  record main 'echo 1 >x'
  record side 'echo 2 >y'
  git checkout -q main
  PATH=${PATH#*:} run git merge side
  equal "$status" 1
  grep -q '^<<<<<<< ours' data.dray
}

@test "what the driver is given may be no pointer" {
  echo bad >../a
  echo worse >../b
  : >../o
  exits 9 dray git-hook merge-driver --ancestor ../o --our ../a --their ../b --path x.dray
  grep -q '^<<<<<<<' ../a
  exits 2 dray git-hook merge-driver --our ../a
  cd .. && printf '1\n' >a && cp a o && printf '2\n' >b
  exits 10 dray git-hook merge-driver --ancestor o --our a --their b
  equal "$(cat a)" 2
}

@test "a merge that stops for something else: its data comes before the commit that ends it" {
  record main 'echo 1 >x'
  echo ours >code && git add code && git commit -q -m code
  record side 'echo 2 >y'
  echo theirs >code && git add code && git commit -q -m code
  git checkout -q main
  run git merge side
  equal "$status" 1
  git config dray.blockCommit true
  echo both >code && git add code
  run git commit -q --no-edit
  equal "$status" 0
  case $output in *'no pointer records'*) fail "$output" ;; esac
  equal "$(content)" 'a=a b=b c=c sub/d=sub/d x=1 y=2 '
  exits 0 dray status --exit-code
}

@test "a rebase that stops for something else is not told of data that is not there yet" {
  record main 'echo 1 >x'
  echo ours >code && git add code && git commit -q -m code
  record side 'echo 2 >y'
  echo theirs >code && git add code && git commit -q -m code
  git config dray.blockCommit true
  run git rebase main
  [ "$status" != 0 ]
  echo both >code && git add code
  GIT_EDITOR=true exits 0 git rebase --continue
  equal "$(content)" 'a=a b=b c=c sub/d=sub/d x=1 y=2 '
}
