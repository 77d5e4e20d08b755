#!/usr/bin/env bats
# cat and ls of revisions: bytes from the cache, else from the remote, and no more of them than
# were asked for.
# label: threaded
load ../support/sandbox
load ../support/s3
load ../support/dvc_objects

# Two versions of a folder and a file, tags v1 and v2: two_versions [dvc]
two_versions() {
  if [ "${1:-}" = dvc ]; then
    git init -q
    dray init -q --dvc
  else
    repo
  fi
  mkdir -p data/sub
  printf 'one\n' >data/a.txt
  printf 'two\n' >data/sub/b.txt
  : >data/empty
  printf 'weights 1\n' >model.bin
  printf 'print(1)\n' >code.py
  dray add -q data model.bin
  git add .
  git commit -q -m v1
  git tag v1
  printf 'ONE, longer\n' >data/a.txt
  printf 'weights 2\n' >model.bin
  printf 'print(2)\n' >code.py
  dray commit -q -f
  git add .
  git commit -q -m v2
  git tag v2
}

# Its data on a remote, and a clone without any of it: far_away [dvc]
far_away() {
  two_versions "${1:-}"
  dray remote add -q -d store "$PWD/../remote"
  git add .
  git commit -q -m remote
  dray push -q --all-commits
  git clone -q . ../clone
  cd ../clone || return 1
}

# What a clone has in its cache but lists of files: objects_here <cache>
objects_here() { find "$1" -type f ! -name '*.dir' ! -name lock 2>/dev/null; }

both_versions() {
  exits 0 dray cat v1:data/a.txt
  equal "$output" one
  exits 0 dray cat v2:data/a.txt HEAD~1:model.bin v1:data/sub/b.txt v1:code.py
  equal "$output" 'ONE, longer
weights 2
two
print(1)'
  exits 0 dray cat model.bin data/sub/b.txt code.py v1:data/empty
  equal "$output" 'weights 2
two
print(2)'
  exits 0 dray cat --range 4-7 v2:data/a.txt
  equal "$output" ' lon'
  exits 0 dray cat --range -3 v1:model.bin
  equal "$output" ' 1'
  exits 0 dray cat --range 5- v2:data/a.txt
  equal "$output" longer
}

@test "from the cache, native" {
  two_versions
  exits 0 dray cat HEAD:model.bin HEAD~1:model.bin
  equal "$output" 'weights 2
weights 1'
  exits 0 dray cat v1:data.dray
  equal "$output" "$(git show v1:data.dray)"
}

@test "straight from the remote, native: the cache stays empty" {
  far_away
  both_versions
  equal "$(objects_here "$(cache)")" ''
  exits 0 dray fetch --all-commits
  rm -rf ../remote
  both_versions
}

@test "straight from the remote, DVC's" {
  far_away dvc
  both_versions
  equal "$(objects_here .dvc/cache)" ''
}

@test "in a subfolder: from the top, or with ./ from here" {
  two_versions
  cd data/sub
  exits 0 dray cat v1:data/a.txt v1:./b.txt v1:../a.txt b.txt
  equal "$output" 'one
two
one
two'
  exits 0 dray ls v1:.
  equal "$output" b.txt
  complains 2 "'v1:../../../x' leads out of the repository" dray cat v1:../../../x
}

@test "a repository of dray's below git's top" {
  git init -q
  mkdir sub
  cd sub
  dray init -q --subdir
  printf 'x\n' >f
  dray add -q f
  git commit -q -m f
  exits 0 dray cat HEAD:sub/f HEAD:./f f
  equal "$output" 'x
x
x'
  exits 0 dray ls HEAD:
  equal "$output" 'sub'
}

@test "ls of a revision" {
  far_away
  exits 0 dray ls v1:
  equal "$output" '.drayignore
.gitignore
code.py
data
data.dray
model.bin
model.bin.dray'
  exits 0 dray ls v2:data -R --size
  equal "$output" '     12 B  a.txt
      0 B  empty
      4 B  sub/b.txt'
  exits 0 dray ls --json HEAD:data/sub
  equal "$(json "[(i['path'], i['kind'], i['size']) for i in items]")" "[('b.txt', 'file', 4)]"
  exits 0 dray ls --dvc-only v1:
  equal "$output" 'data
model.bin'
  equal "$(objects_here "$(cache)")" ''
  complains 3 "'v1' has no 'nothing'" dray ls v1:nothing
  complains 2 "'v1:' names a revision here: no other repository's options go with it" dray ls v1: --rev v2
  # another repository is as it was
  exits 0 dray ls . data --rev v1
  equal "$output" 'a.txt
empty
sub'
}

@test "revisions as git writes them" {
  two_versions
  exits 0 dray cat 'v2^:model.bin' "$(git rev-parse --short v1):model.bin" '@~1:model.bin' 'HEAD^{/v1}:model.bin'
  equal "$output" 'weights 1
weights 1
weights 1
weights 1'
  git checkout -q --detach v1
  exits 0 dray cat HEAD:model.bin main:model.bin
  equal "$output" 'weights 1
weights 2'
}

@test "what is no file, no revision, no range" {
  two_versions
  complains 2 "'data' is a directory" dray cat v1:data
  complains 2 "'data/sub' is a directory" dray cat data/sub
  complains 2 "'' is a directory" dray cat v1:
  complains 3 "'v1' has no 'data/none'" dray cat v1:data/none
  complains 3 "cannot open 'nope:data': No such file or directory" dray cat nope:data
  hints "nor is there a git revision 'nope'"
  complains 3 "cannot open 'none': No such file or directory" dray cat none
  local range
  for range in x - 1 5-4 -0 1-2,4-5 18446744073709551616- 0-18446744073709551615; do
    complains 2 "'$range' is no range of bytes" dray cat --range "$range" model.bin
  done
  complains 9 "'data/a.txt' has no byte 4: it ends before" dray cat --range 4- v1:data/a.txt
  complains 9 "'code.py' has no byte 9: it ends before" dray cat --range 9- code.py
  exits 0 dray cat --range 0-99 v1:data/a.txt
  equal "$output" one
}

@test "a path with a colon is a path, if it does not look like both" {
  two_versions
  git branch x
  printf 'colon\n' >x:model.bin
  complains 2 "'x:model.bin' is a path, and one in a revision" dray cat x:model.bin
  exits 0 dray cat ./x:model.bin
  equal "$output" colon
  printf 'colon\n' >y:z
  exits 0 dray cat y:z
  equal "$output" colon
}

@test "nowhere: told before any byte" {
  far_away
  rm -rf ../remote/files
  complains 3 "remote '$(realpath ../remote)' has no '$(printf 'weights 1\n' | object . | cut -c 3-)'" dray cat v1:model.bin
  dray remote remove -q store
  exits 3 dray cat v1:model.bin
  one_line
  hints 'there is no remote yet'
}

@test "damaged: all comes, and then the verdict; of a range nothing is proven" {
  far_away
  damage "$(printf 'weights 1\n' | object ../remote)"
  exits 4 dray cat v1:model.bin
  equal "$output" 'Xeights 1'
  one_line
  hints "'model.bin': what '"
  exits 0 dray cat --range 8-8 v1:model.bin
  equal "$output" 1
}

@test "a large file; a reader that has enough is no error" {
  repo
  seq 4000000 >big
  dray add -q big
  git commit -q -m big
  dray cat HEAD:big | cmp - big
  run --separate-stderr bash -c 'set -o pipefail; dray cat HEAD:big | head -n 1'
  equal "$output" 1
  equal "$stderr" ''
  equal "$status" 141
  exits 0 dray cat --range 20000000-20000009 HEAD:big
  equal "$output" "$(dd if=big bs=10 skip=2000000 count=1 status=none)"
}

@test "a full disk is told" {
  two_versions
  run --separate-stderr bash -c 'dray cat v1:model.bin >/dev/full'
  equal "$status" 6
  one_line
}

@test "S3: a range is all that is asked for; what is cut is asked for again" {
  on_faulty_with $((21 << 20))
  dray push -q
  git clone -q . ../clone
  local big=$PWD/big
  cd ../clone
  cp ../w/.dray/config .dray/config
  forget_requests
  exits 0 dray cat --range 10485760-10485779 HEAD:big
  equal "$(requests ' get GET .* out=20( |$)')" 1
  equal "$(requests ' (get|head) ')" 1
  equal "$(requests ' GET ')" 1
  forget_requests
  dray cat HEAD:big | cmp - "$big"
  equal "$(requests ' get GET ')" 6
  rules 'cut on=get first=2'
  dray cat HEAD:big | cmp - "$big"
  rules 'flip on=get first=1'
  exits 4 bash -c 'dray cat HEAD:big >../out'
  one_line
  rules 'whole on=get'
  exits 14 dray cat --range 5-6 HEAD:big
  one_line
}

@test "symlinks, executables and odd names of a revision" {
  data_repo
  exits 0 dray cat HEAD:data/link 'HEAD:data/sub/same as b'
  equal "$output" 'sub/b.txttwo'
  exits 0 dray cat HEAD:data/sub/deep/run
  equal "$output" '#!/bin/sh'
}

@test "without git there are no revisions" {
  dray init -q --no-git
  printf 'x\n' >f
  dray add -q f
  exits 0 dray cat f
  equal "$output" x
  exits 3 dray cat HEAD:f
}
