#!/usr/bin/env bats
# install: which hooks it writes, and what becomes of those that are there.
load ../support/sandbox

hooks='pre-commit pre-push post-checkout post-commit post-merge post-rewrite'

# A hook that notes its name, arguments and input: noting <path>
noting() {
  mkdir -p "$(dirname "$1")"
  cat >"$1" <<'SH'
#!/bin/sh
{ echo "$(basename "$0") in $(basename "$(dirname "$0")"):" "$@"; [ -t 0 ] || cat; } >>"$HOME/notes"
exit "$(cat "$HOME/status" 2>/dev/null || echo 0)"
SH
  chmod 755 "$1"
}

# A folder like PATH without dray.
without_dray() {
  PATH=${PATH#*:} "$@"
}

@test "hooks are written once" {
  data_repo
  exits 0 dray install --json
  equal "$(json "[i['state'] for i in items].count('created')")" 7
  exits 0 dray install --json
  equal "$(json "set(i['state'] for i in items)")" "{'unchanged'}"
  for hook in $hooks; do
    [ -x ".git/hooks/$hook" ]
  done
}

@test "uninstall leaves nothing" {
  data_repo
  keep .git ../before
  dray install -q
  exits 0 dray install --uninstall
  gone .git/hooks/pre-push .git/hooks/post-rewrite
  diff -r .git ../before
  exits 0 dray install --uninstall
}

@test "a hook that was there runs first, with the same arguments, input, name and place" {
  data_repo
  dray remote add -q -d store "$PWD/../store"
  git commit -q -am remote
  for hook in $hooks; do noting ".git/hooks/$hook"; done
  exits 0 dray install --json
  equal "$(json "[i['state'] for i in items].count('chained')")" 6
  git init -q --bare ../far
  git push -q ../far main
  equal "$(cat "$HOME/notes")" "pre-push in hooks: ../far ../far
refs/heads/main $(git rev-parse HEAD) refs/heads/main 0000000000000000000000000000000000000000"
  [ -d ../store/files ]
  git checkout -q -b side
  equal "$(sed 1,2d "$HOME/notes" | head -1)" "post-checkout in hooks: $(git rev-parse HEAD HEAD | xargs) 1"
}

@test "a hook that was there and says no stops a push and a commit" {
  data_repo
  dray remote add -q -d store "$PWD/../store"
  for hook in $hooks; do noting ".git/hooks/$hook"; done
  dray install -q
  git init -q --bare ../far
  echo 3 >"$HOME/status"
  run git commit -q -am remote
  [ "$status" != 0 ]
  git commit -q -n -am remote
  run git push -q ../far main
  [ "$status" != 0 ]
  equal "$(git -C ../far branch)" ''
  gone ../store/files
}

@test "a hook that was there and fails after a checkout does not keep the data from coming" {
  data_repo
  git checkout -q -b side
  echo other >data/a.txt
  dray add -q data
  git commit -q -am other
  noting .git/hooks/post-checkout
  dray install -q
  echo 3 >"$HOME/status"
  run git checkout -q main
  equal "$status" 1
  equal "$(cat data/a.txt)" one
}

@test "a hook that is no shell script is called" {
  data_repo
  cat >.git/hooks/pre-push <<'PY'
#!/usr/bin/env python3
import os, sys
open(os.environ["HOME"] + "/notes", "w").write(" ".join(sys.argv[1:]) + "\n" + sys.stdin.read())
PY
  chmod 755 .git/hooks/pre-push
  dray install -q
  git init -q --bare ../far
  dray remote add -q -d store "$PWD/../store"
  git push -q ../far main
  equal "$(cut -d ' ' -f 1 "$HOME/notes" | xargs)" '../far refs/heads/main'
}

@test "hooks that were there come back, byte for byte, whatever they are" {
  data_repo
  noting .git/hooks/pre-commit
  printf '\0binary\377' >.git/hooks/pre-push
  noting ../shared
  ln -s ../../../shared .git/hooks/post-merge
  keep .git/hooks ../before
  exits 0 dray install
  [ ! -L .git/hooks/post-merge ]
  echo 0 >"$HOME/status"
  git commit -q --allow-empty -m empty
  equal "$(head -1 "$HOME/notes")" 'pre-commit in hooks:'
  exits 0 dray install --uninstall --json
  equal "$(json "sorted(set(i['state'] for i in items))")" "['removed', 'restored']"
  same_tree .git/hooks ../before
  equal "$(stat -c %a .git/hooks/pre-push)" 644
}

@test "on a machine without dray the hooks do nothing, but for what was there" {
  data_repo
  noting .git/hooks/pre-commit
  dray install -q
  without_dray git commit -q --allow-empty -m empty
  without_dray git checkout -q -b side
  equal "$(cat "$HOME/notes")" 'pre-commit in hooks:'
}

@test "hooks of an earlier dray are replaced, and a hook that calls dray itself stays" {
  data_repo
  printf '#!/bin/sh\ncommand -v dray >/dev/null 2>&1 || exit 0\nexec dray push\n' >.git/hooks/pre-push
  printf '#!/bin/sh\necho mine\ndray git-hook pre-commit "$@"\n' >.git/hooks/pre-commit
  cp .git/hooks/pre-commit ../mine
  exits 0 dray install --json
  equal "$(json "[i['state'] for i in items][:3]")" "['unchanged', 'updated', 'created']"
  gone .git/hooks/pre-push.before-dray .git/hooks/pre-commit.before-dray
  grep -q 'dray git-hook pre-push' .git/hooks/pre-push
  dray install -q --uninstall
  cmp .git/hooks/pre-commit ../mine
}

@test "what lies in the way of a second name is told before anything is written" {
  data_repo
  noting .git/hooks/pre-push
  echo old >.git/hooks/pre-push.before-dray
  exits 8 dray install
  hints pre-push.before-dray
  gone .git/hooks/pre-commit
  grep -q notes .git/hooks/pre-push
}

@test "core.hooksPath of this repository, and work trees" {
  data_repo
  git config core.hooksPath ../hooks
  git worktree add -q ../tree
  (cd ../tree && dray install -q)
  [ -x ../hooks/pre-commit ]
  dray install -q --uninstall
  equal "$(ls ../hooks)" ''
}

@test "core.hooksPath for all repositories of a user is left alone" {
  data_repo
  noting ../all/pre-push
  noting ../all/commit-msg
  git config --global core.hooksPath "$PWD/../all"
  keep ../all ../before
  exits 8 dray install
  hints --local
  exits 0 dray install --local
  same_tree ../all ../before
  dray remote add -q -d store "$PWD/../store"
  git commit -q -am remote
  git init -q --bare ../far
  git push -q ../far main
  grep -q 'commit-msg in dray-hooks' "$HOME/notes"
  grep -q 'pre-push in dray-hooks: ../far' "$HOME/notes"
  [ -d ../store/files ]
  dray install -q --uninstall
  equal "$(git config core.hooksPath)" "$PWD/../all"
  gone .git/dray-hooks
}

@test "for one work tree only" {
  data_repo
  noting .git/hooks/post-checkout
  git worktree add -q ../tree -b side
  rm "$HOME/notes"
  (cd ../tree && exits 0 dray install --worktree && exits 0 dray install --worktree)
  [ -x .git/worktrees/tree/dray-hooks/pre-push ]
  gone .git/hooks/pre-push
  (cd ../tree && git checkout -q -b other)
  equal "$(cut -d : -f 1 "$HOME/notes")" 'post-checkout in dray-hooks'
  git checkout -q -b third
  equal "$(sed 1d "$HOME/notes" | cut -d : -f 1)" 'post-checkout in hooks'
  (cd ../tree && dray install -q --worktree --uninstall && equal "$(git config core.hooksPath)" '')
  gone .git/worktrees/tree/dray-hooks
  exits 2 dray install --worktree --local
}

@test "hooks of a submodule are its own" {
  mkdir sub && (cd sub && data_repo)
  git init -q top && cd top
  git submodule -q add ../sub part
  cd part
  exits 0 dray install
  [ -x ../.git/modules/part/hooks/pre-push ]
  exits 0 git commit -q --allow-empty -m empty
}

@test "in a DVC repository DVC's own hooks do the job where dray is not there" {
  git init -q
  dray init -q --dvc
  printf '#!/usr/bin/sh\nexec dvc git-hook pre-commit $@\n' >.git/hooks/pre-commit
  printf '#!/bin/sh\necho "$@" >"$HOME/notes"\n' >"$HOME/../bin/dvc"
  chmod 755 .git/hooks/pre-commit "$HOME/../bin/dvc"
  cp .git/hooks/pre-commit ../dvcs
  exits 0 dray install
  git commit -q -m start
  gone "$HOME/notes"
  mkdir ../only && ln -s "$HOME/../bin/dvc" ../only/dvc
  PATH=../only:${PATH#*:} git commit -q --allow-empty -m empty
  equal "$(cat "$HOME/notes")" 'git-hook pre-commit'
  dray install -q --uninstall
  cmp .git/hooks/pre-commit ../dvcs
}

@test "without git there are no hooks" {
  dray init -q --no-git
  exits 10 dray install
}

@test "drivers and attributes, private and shared, and none of it after uninstalling" {
  data_repo
  printf '*.x -text' >.git/info/attributes
  printf '\357\273\277*.bin binary\n' >.gitattributes
  cp .git/info/attributes ../private
  cp .gitattributes ../shared
  git config user.name me
  cp .git/config ../config
  dray install -q
  equal "$(git check-attr merge diff text -- a.dray b.x)" 'a.dray: merge: dray
a.dray: diff: dray
a.dray: text: unspecified
b.x: merge: unspecified
b.x: diff: unspecified
b.x: text: unset'
  dray install -q --shared
  dray install -q --shared
  equal "$(grep -c merge=dray .gitattributes)" 1
  exits 0 dray install --uninstall
  cmp .git/info/attributes ../private
  cmp .gitattributes ../shared
  equal "$(git config --list --local | sort)" "$(git config --list -f ../config | sort)"
}

@test "attributes of one's own are right" {
  data_repo
  rm -rf .git/info .git/hooks
  dray install -q
  dray install -q --uninstall
  gone .git/info/attributes
  echo 'keep.dray merge=binary' >.git/info/attributes
  dray install -q
  equal "$(git check-attr merge -- keep.dray other.dray)" 'keep.dray: merge: binary
other.dray: merge: dray'
}

@test "drivers of one work tree" {
  data_repo
  git worktree add -q ../tree -b side
  (cd ../tree && dray install -q --worktree && git config merge.dray.driver)
  equal "$(git config merge.dray.driver)" ''
}

@test "entries for pre-commit, to the byte" {
  data_repo
  exits 0 dray install --use-pre-commit-tool --json
  gone .git/hooks/pre-push
  equal "$(grep -c 'id: dray-' .pre-commit-config.yaml)" 6
  exits 0 dray install --uninstall
  gone .pre-commit-config.yaml
  printf '# mine\ndefault_stages: [pre-commit]\nrepos: # all\n\n  # first\n  - repo: meta\n    hooks:\n      - id: identity\nfail_fast: true' >.pre-commit-config.yaml
  cp .pre-commit-config.yaml ../before
  dray install -q --use-pre-commit-tool
  dray install -q --use-pre-commit-tool
  equal "$(grep -c '^  - repo: local' .pre-commit-config.yaml)" 1
  dray install -q --uninstall
  cmp .pre-commit-config.yaml ../before
  echo 'repos: []' >.pre-commit-config.yaml
  exits 14 dray install --use-pre-commit-tool
  equal "$(cat .pre-commit-config.yaml)" 'repos: []'
}
