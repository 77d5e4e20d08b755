#!/usr/bin/env bats
# git's diff of a pointer shows files and sizes.
load ../support/sandbox

prepare() {
  data_repo
  dray install -q
}

# The changed lines of the text of a diff: changes <git diff's words …>
changes() {
  git "$@" | grep '^[+-]' | grep -v '^+++\|^---'
}

@test "git diff and git log show files and sizes, not hashes of lists" {
  echo three >data/sub/b.txt
  rm data/empty
  echo new >data/new
  dray add -q data
  equal "$(changes diff HEAD)" "-       0 B  data/empty  e3b0c442
-       4 B  data/sub/b.txt  $(echo two | sha256sum | cut -c 1-8)
+       4 B  data/new  $(echo new | sha256sum | cut -c 1-8)
+       6 B  data/sub/b.txt  $(echo three | sha256sum | cut -c 1-8)"
  git commit -q -am change
  equal "$(changes log -p -1 --format=)" "$(changes diff HEAD~1 HEAD)"
}

@test "bytes change and the size does not" {
  echo eno >data/a.txt
  dray add -q data
  equal "$(changes diff HEAD)" "-       4 B  data/a.txt  $(echo one | sha256sum | cut -c 1-8)
+       4 B  data/a.txt  $(echo eno | sha256sum | cut -c 1-8)"
}

@test "kinds, and a single file" {
  chmod +x data/a.txt
  rm data/link && ln -s a.txt data/link
  rm -d data/hollow
  echo more >>model.bin
  dray add -q data model.bin
  run changes diff HEAD
  has_line '-         -  data/hollow, empty folder'
  has_line "+       4 B  data/a.txt, executable  $(echo one | sha256sum | cut -c 1-8)"
  has_line "+       5 B  data/link, link  $(printf a.txt | sha256sum | cut -c 1-8)"
  has_line "+      35 B  model.bin  $(sha256sum <model.bin | cut -c 1-8)"
}

@test "what else a pointer says is shown as it is" {
  sed -i '1i # note' data.dray
  printf '  remote: other\nmeta:\n  size: 3\n' >>data.dray
  equal "$(changes diff)" '+# note
+  remote: other
+meta:
+  size: 3'
}

@test "a list that is not in the cache is said to be so" {
  rm -f "$(pointer_object data.dray "$(cache)")"
  run dray git-hook textconv data.dray
  case $output in *' data/ ('*' files), its list of files is not in the cache  '*) ;; *) fail "$output" ;; esac
}

@test "what is no pointer is shown as text, and so is all where dray is not" {
  cp data.dray ../before
  printf '<<<<<<< x\n' >>data.dray
  run changes diff
  has_line '+<<<<<<< x'
  exits 0 dray git-hook textconv data.dray
  equal "$output" "$(cat data.dray)"
  cp ../before data.dray
  echo more >data/a.txt
  dray add -q data
  PATH=${PATH#*:} run changes diff HEAD
  has_line "+$(grep sha256 data.dray)"
  cd .. && exits 0 dray git-hook textconv w/data.dray
  equal "$output" "$(cat w/data.dray)"
}

@test "very many files are told by folder, and no change is lost" {
  mkdir many
  (cd many && mkdir x y && seq -f 'x/%g' 6000 | xargs touch && seq -f 'y/%g' 6000 | xargs touch && touch top)
  dray add -q many
  git commit -q -m many
  exits 0 dray git-hook textconv many.dray
  equal "$(printf '%s\n' "$output" | sed 's/  [0-9a-f]*$//')" '       0 B  many/top
       0 B  many/x/ (6000 files)
       0 B  many/y/ (6000 files)'
  echo >many/x/77
  dray add -q many
  equal "$(changes diff HEAD | sed 's/  [0-9a-f]*$//')" '-       0 B  many/x/ (6000 files)
+       1 B  many/x/ (6000 files)'
}

@test "and what are too many lines even so, is one more" {
  mkdir many
  (cd many && seq -f '%05g' 10050 | xargs touch)
  dray add -q many
  git commit -q -m many
  exits 0 dray git-hook textconv many.dray
  equal "${#lines[@]}" 10001
  case ${lines[10000]} in *'many/ (50 files), the rest  '*) ;; *) fail "${lines[10000]}" ;; esac
  echo >many/10044
  dray add -q many
  equal "$(changes diff HEAD | wc -l)" 2
}

@test "odd names are one line" {
  printf x >"data/$(printf 'new\nline')"
  dray add -q data
  equal "$(changes diff HEAD | sed 's/  [0-9a-f]*$//')" '+       1 B  "data/new\nline"'
}
