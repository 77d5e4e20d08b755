#!/usr/bin/env bats
# The merge driver, held against DVC's own, byte for byte. Conformance case 71.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# A version of the pointer of `data`, as git hands it to a driver: version <name> <shell text that fills it>
version() {
  rm -rf data
  mkdir data
  (cd data && eval "$2")
  exits 0 dvc add -q data
  cp data.dvc "$1"
}

# Merge the versions o, a and b by both, each in a copy: merged <status of DVC> <status of dray>
merged() {
  cp a by_dvc
  cp a by_dray
  run dvc git-hook merge-driver --ancestor o --our by_dvc --their b
  equal "$([ "$status" = 0 ] && echo 0 || echo -)" "$1"
  # an outcome that is none of the versions is to be made anew
  local made
  made=$(sed -n 's/^- md5: \(..\)/\1\//p' by_dvc)
  if ! grep -qF -e "${made#*/}" o a b; then rm -f ".dvc/cache/files/md5/$made"; fi
  run dray git-hook merge-driver --ancestor o --our by_dray --their b
  [ "$status" = "$2" ] || fail "$status: $output"
  [ "$1" != 0 ] || cmp by_dvc by_dray
  [ "$2" != 0 ] || there ".dvc/cache/files/md5/$(sed -n 's/^- md5: \(..\)/\1\//p' by_dray)"
}

prepare_test() {
  cp -a "$template" r
  cd r || return
}

@test "what one side added, removed, changed" {
  prepare_test
  version o 'echo a >a; echo b >b; mkdir s; echo c >s/c'
  version a 'echo a >a; mkdir s; echo c >s/c; echo x >x'
  version b 'echo 2 >a; echo b >b; mkdir s; echo c >s/c; echo y >s/ü'
  merged 0 0
  version a 'echo a >a; echo b >b; mkdir s; echo 2 >s/c'
  version b 'echo a >a; mkdir s; echo c >s/c'
  merged 0 0
  version b 'echo a >a; echo b >b; mkdir s; echo c >s/c'
  merged 0 0
  exits 0 dvc status
}

@test "no ancestor" {
  prepare_test
  : >o
  version a 'echo a >a'
  version b 'echo b >b; echo a >a'
  merged 0 0
}

@test "the same on both sides, and comments of ours" {
  prepare_test
  version o 'echo a >a'
  version a 'echo a >a; echo x >x; echo 1 >same'
  version b 'echo a >a; echo y >y; echo 1 >same'
  sed -i '1i # ours' a
  printf 'desc: ours\n' >>a
  merged 0 0
}

@test "conflicts" {
  prepare_test
  version o 'echo a >a; echo b >b'
  version a 'echo 1 >a; echo b >b'
  version b 'echo 2 >a; echo b >b'
  merged - 1
  version a 'echo b >b'
  merged - 1
  version a 'echo a >a; echo b >b; echo 1 >new'
  version b 'echo a >a; echo b >b; echo 2 >new'
  merged - 1
}

@test "what DVC does not merge, and dray does: deleted by both, a file that one side changed" {
  prepare_test
  version o 'echo a >a; echo b >b'
  version a 'echo b >b; echo x >x'
  version b 'echo b >b; echo y >y'
  merged - 0
  echo 1 >f && exits 0 dvc add -q f && cp f.dvc o && { echo '# ours'; cat f.dvc; } >a
  echo 2 >f && exits 0 dvc add -q f && cp f.dvc b
  merged - 0
  equal "$(sed 1d by_dray)" "$(cat b)"
}

@test "sizes that nobody here knows are left out by both" {
  prepare_test
  version o 'echo a >a'
  version a 'echo a >a; echo x >x'
  version b 'echo a >a; echo y >y'
  rm -f "$(echo y | md5_object .dvc/cache)"
  merged 0 0
  equal "$(grep -c size by_dray || true)" 0
}

@test "git merges with the driver of either, by the name that DVC has for it" {
  prepare_test
  exits 0 dvc install
  echo '*.dvc merge=dvc' >.gitattributes
  mkdir data && echo a >data/a
  exits 0 dvc add -q data
  commit_all
  git branch side
  echo x >data/x && exits 0 dvc add -q data && commit_all
  git checkout -q side
  echo y >data/y && rm -f data/x && exits 0 dvc add -q data && commit_all
  git branch again
  exits 0 git merge -q main
  git show HEAD:data.dvc >by_dvc
  exits 0 dray install
  git checkout -q again
  exits 0 git merge -q main
  cmp data.dvc by_dvc
  equal "$(ls data)" 'a
x
y'
  exits 0 dray install --uninstall
  equal "$(git config merge.dvc.driver)" 'dvc git-hook merge-driver --ancestor %O --our %A --their %B '
  equal "$(git config merge.dray.driver)" ''
}

@test "one team, two tools: attributes that are shared go by DVC's name" {
  prepare_test
  exits 0 dray install --shared
  equal "$(sed 1d .gitattributes)" '*.dvc merge=dvc diff=dray'
  git config merge.dvc.driver | grep -q 'dray git-hook merge-driver'
  exits 0 dray install --uninstall
  gone .gitattributes
  equal "$(git config merge.dvc.driver)" ''
}
