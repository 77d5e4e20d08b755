#!/usr/bin/env bats
# The same work wherever git works: subfolders, work trees, submodules, clones that are not whole,
# no branch, no commit yet, a git folder that is elsewhere.
# Every test is a shell of its own: what it exports is meant for it (shellcheck: SC2030, SC2031).
# shellcheck disable=SC2030,SC2031
load ../support/sandbox

# A bare repository `far` with two commits of data, which is in `store`: origin
origin() {
  git init -q --bare far
  git init -q first
  cd first || return
  dray init -q
  dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  mkdir old && echo one >old/a && dray add -q old
  git add -A && git commit -q -m one && dray push -q
  echo two >old/a && dray add -q old
  git add -A && git commit -q -m two
  dray push -q
  git push -q ../far main
  cd .. || return
}

# A working day in the present folder, which has dray and a remote: life
life() {
  local top
  top=$(git rev-parse --show-toplevel)
  exits 0 dray install
  mkdir -p set/sub && echo 1 >set/a && echo 2 >set/sub/b
  exits 0 dray add set
  git add -A "$top" && exits 0 git commit -q -m set
  exits 0 dray status --exit-code
  exits 0 dray data status --json
  equal "$output" '{}'
  exits 0 dray push
  echo changed >set/a
  exits 1 dray status --exit-code
  exits 1 dray diff --exit-code
  exits 0 dray add set
  exits 0 dray diff HEAD --json
  equal "$(json "[i['path'].split('/')[-1] for i in items]")" "['set', 'a']"
  git add -A "$top" && exits 0 git commit -q -m changed
  exits 0 git diff HEAD~1 HEAD -- set.dray
  case $output in *'set/a  '*) ;; *) fail "$output" ;; esac
  exits 0 dray push
  rm -rf set
  exits 0 dray checkout set
  equal "$(cat set/a)" changed
  rm -rf set "$(cache)"
  exits 0 dray pull set.dray
  equal "$(cat set/a set/sub/b)" "$(printf 'changed\n2')"
  exits 0 git checkout -q HEAD~1
  hints 'dray pull'
  exits 0 dray pull set
  equal "$(cat set/a)" 1
  exits 0 git checkout -q -
  equal "$(cat set/a)" changed
  exits 0 dray install --uninstall
}

@test "in a subfolder" {
  origin
  mkdir -p 'first/deep/er folder' && cd 'first/deep/er folder'
  life
}

@test "in a linked work tree, which shares the cache" {
  origin
  cd first
  git worktree add -q ../linked -b linked
  (cd ../linked && dray checkout -q)
  mkdir ../linked/deep && cd ../linked/deep
  life
  there ../../first/.git/dray/cache
  gone ../.git/dray
}

@test "in a submodule" {
  origin
  git init -q top && cd top
  git submodule -q add ../far part
  git commit -q -m part
  cd part
  git checkout -q main
  exits 0 dray pull
  life
  there ../.git/modules/part/dray/cache
  cd .. && complains 10 "'$PWD' is not inside a dray repository" dray status
}

@test "in a shallow clone" {
  origin
  git clone -q --depth 1 "file://$PWD/far" clone
  cd clone
  exits 0 dray pull
  equal "$(cat old/a)" two
  exits 3 dray diff HEAD~1
  hints HEAD~1
  life
  exits 0 git push -q origin main
  git fetch -q --unshallow
  exits 0 dray diff HEAD~3 --json
}

@test "in a partial clone" {
  origin
  git -C far config uploadpack.allowFilter true
  git clone -q --filter=blob:none "file://$PWD/far" clone
  cd clone
  exits 0 dray pull
  equal "$(cat old/a)" two
  mv ../far ../gone
  exits 3 dray diff HEAD~1 --json
  hints 'git fetch'
  mv ../gone ../far
  exits 0 dray diff HEAD~1 --json
  exits 0 dray log old
  equal "$(printf '%s\n' "$output" | wc -l)" 2
  life
  exits 0 dray install
  dray fetch -q
  exits 0 git checkout -q HEAD~3
  hints "of 'old'"
  exits 0 dray pull old
  equal "$(cat old/a)" one
  exits 0 git checkout -q main
  equal "$(cat old/a)" two
}

@test "in a clone without trees" {
  origin
  git -C far config uploadpack.allowFilter true
  git clone -q --filter=tree:0 "file://$PWD/far" clone
  cd clone
  exits 0 dray pull
  exits 0 dray log old
  equal "$(printf '%s\n' "$output" | wc -l)" 2
  life
  exits 0 dray install
  dray fetch -q
  exits 0 git checkout -q HEAD~3
  hints "of 'old'"
  exits 0 dray pull old
  equal "$(cat old/a)" one
  exits 0 git checkout -q main
  equal "$(cat old/a)" two
}

@test "with a detached HEAD" {
  origin
  cd first
  git checkout -q --detach
  life
  git push -q ../far HEAD:refs/heads/detached
}

@test "on a branch without a commit" {
  git init -q
  dray init -q
  exits 0 dray install
  exits 0 dray status --exit-code
  mkdir set && echo 1 >set/a
  exits 0 dray add set
  exits 0 dray status --exit-code
  exits 0 dray data status --json
  exits 0 dray ls
  exits 3 dray diff HEAD
  hints HEAD
  exits 0 dray diff
  dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  exits 0 dray push
  rm -r set
  exits 0 dray checkout
  git init -q --bare far
  git add -A . ':!far' && exits 0 git commit -q -m first
  exits 0 git push -q far main
}

@test "on an orphan branch" {
  origin
  cd first
  dray install -q
  exits 0 git checkout -q --orphan other
  git rm -rfq . && dray init -q -f && git add -A
  dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  life
}

@test "where the git folder is elsewhere" {
  git init -q --separate-git-dir="$PWD/git folder" tree
  cd tree
  dray init -q
  dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  git commit -q -m start
  life
  there "../git folder/dray/cache"
}

@test "with GIT_DIR and GIT_WORK_TREE, inside" {
  origin
  export GIT_DIR=$PWD/first/.git GIT_WORK_TREE=$PWD/first
  mkdir first/deep && cd first/deep
  life
}

@test "with GIT_DIR alone the present folder is the work tree" {
  git init -q --bare store.git
  mkdir tree && cd tree
  export GIT_DIR=../store.git
  git config core.bare false
  dray init -q
  dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  git commit -q -m start
  life
  there ../store.git/dray/cache
}

@test "with GIT_DIR and GIT_WORK_TREE, from outside: paths are seen from the work tree's top" {
  origin
  export GIT_DIR=$PWD/first/.git GIT_WORK_TREE=$PWD/first
  mkdir elsewhere && cd elsewhere
  exits 0 dray status --exit-code
  exits 0 dray ls
  has_line old
  echo three >../first/old/a
  exits 1 dray status --exit-code
  exits 0 dray add old
  git commit -q -am three
  exits 0 dray push
  exits 0 dray diff HEAD~1 --json
  equal "$(json "[i['path'] for i in items]")" "['old', 'old/a']"
  rm -rf ../first/old
  exits 0 dray checkout old.dray
  equal "$(cat ../first/old/a)" three
  exits 0 git dray status
  unset GIT_DIR GIT_WORK_TREE
  exits 10 dray status
}

@test "where the work tree is a setting of git" {
  mkdir tree
  git init -q --bare store.git
  git -C store.git config core.bare false
  git -C store.git config core.worktree "$PWD/tree"
  export GIT_DIR=$PWD/store.git
  cd tree
  dray init -q
  dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store"
  git commit -q -m start
  life
  cd / && exits 0 dray status --exit-code
}

@test "through a symlink into the repository" {
  origin
  mkdir first/deep
  ln -s first/deep link
  cd link
  life
}

@test "with a sparse checkout" {
  origin
  cd first
  mkdir more && echo x >more/x && dray add -q more && git commit -q -am more
  mkdir code && echo 1 >code/file && git add code && git commit -q -m code
  git sparse-checkout set --no-cone '/*' '!/code'
  life
  git ls-files -t | grep -q '^S code/file'
}

@test "a bare repository has no workspace" {
  origin
  cd far
  complains 10 "'status' needs a work tree, and this is a bare repository" dray status
  exits 10 dray init
  export GIT_DIR=$PWD
  exits 10 dray checkout
  exits 0 dray ls "$PWD" old
  has_line a
}

@test "git dray, from a subfolder and with GIT_DIR" {
  origin
  mkdir first/deep
  exits 0 git -C first/deep dray status --exit-code
  exits 0 git -C first/deep dray root
  equal "$output" ..
  echo three >first/old/a
  exits 1 git --git-dir="$PWD/first/.git" --work-tree="$PWD/first" dray status --exit-code
  cd first/deep
  exits 0 git dray add ../old
  GIT_DIR=$PWD/../.git GIT_WORK_TREE=$PWD/.. exits 0 git dray status --exit-code
  git config alias.data '!git dray'
  exits 0 git data status --exit-code
  exits 0 git dray -h
}

@test "git's objects by SHA-256, which libgit2 cannot read: said in one line" {
  git init -q --object-format=sha256
  refused dray init
  hints 'uses SHA-256 object ids'
}

@test "hooks and drivers of repositories in subfolders" {
  git init -q
  mkdir -p a/b part
  (cd a/b && dray init -q --subdir && dray remote add -q -d store "$BATS_TEST_TMPDIR/w/store")
  (cd part && dray init -q --dvc --subdir && dray remote add -q -d store "$BATS_TEST_TMPDIR/w/dvcs" && dray install -q)
  cd a/b
  dray install -q
  mkdir set && echo 1 >set/a && echo 2 >set/b && dray add -q set
  (cd ../../part && mkdir other && echo x >other/x && dray add -q other)
  git add -A ../.. && git commit -q -m one
  git branch side
  echo 9 >set/a && dray add -q set && git commit -q -am nine
  git checkout -q side
  equal "$(cat set/a)" 1
  echo 8 >set/b && dray add -q set
  (cd ../../part && echo y >other/y && dray add -q other && git add -A .)
  exits 0 git diff --cached
  case $output in *'+       2 B  set/b  '*'+       2 B  other/y  '*) ;; *) fail "$output" ;; esac
  git commit -q -am eight
  git checkout -q main
  equal "$(ls ../../part/other)" x
  run git merge side
  equal "$status" 0
  case $output in *'a/b/set/ '*) ;; *) fail "$output" ;; esac
  equal "$(cat set/a set/b ../../part/other/y)" "$(printf '9\n8\ny')"
  git init -q --bare "$BATS_TEST_TMPDIR/w/far"
  exits 0 git push -q "$BATS_TEST_TMPDIR/w/far" main
  there "$BATS_TEST_TMPDIR/w/store/files/sha256" "$BATS_TEST_TMPDIR/w/dvcs/files/md5"
}
