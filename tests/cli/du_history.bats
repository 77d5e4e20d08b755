#!/usr/bin/env bats
# du --history: what all versions take; diff --summary and ranges.
load ../support/sandbox

# Versions of a folder and a file on two branches: versions [dvc]
versions() {
  git init -q
  dray init -q ${1:+--dvc}
  mkdir -p data/sub
  printf 'one\n' >data/a
  printf 'two\n' >data/sub/b
  printf 'model 1\n' >model
  dray add -q data model
  version first
  git tag v1
  printf 'ONE, longer\n' >data/a
  version longer
  git checkout -q -b side
  mv data/sub/b data/c
  printf 'new\n' >data/sub/new
  printf 'model 2\n' >model
  version side
  git checkout -q main
  dray checkout -q
  printf 'z\n' >data/z
  version z
}

version() {
  dray commit -q -f
  git add -A .
  git commit -q -m "$1"
}

history() {
  versions "${1:-}"
  exits 0 dray du --history
  equal "$output" '     26 B  data (4 versions, 8 B only in history)
     16 B  model (2 versions, 8 B only in history)
     42 B  total, 16 B only in history'
  exits 0 dray du --history --json
  equal "$(json "[(i['path'], i['size'], i['versions'], i['history_bytes'], i['value']) for i in items]")" \
    "[('data', 26, 4, 8, 'cached'), ('model', 16, 2, 8, 'cached')]"
  equal "$(json "(totals['bytes'], totals['history_bytes'])")" '(42, 16)'
  exits 0 dray du --history --summarize model
  equal "$output" '     16 B  total, 8 B only in history'
  cd data || return 1
  exits 0 dray du --history sub
  equal "$output" '      8 B  sub (4 versions, 4 B only in history)
      8 B  total, 4 B only in history'
}

@test "every file of every version counts once" { history; }

@test "the same in DVC's dialect" { history dvc; }

@test "what two paths have in common counts once in the sum; what is gone counts" {
  versions
  cp model same
  dray add -q same
  version same
  dray rm -q --outs model
  version gone
  exits 0 dray du --history
  equal "$output" '     26 B  data (4 versions, 8 B only in history)
     16 B  model (2 versions, 8 B only in history)
      8 B  same (1 version)
     42 B  total, 16 B only in history'
}

@test "what the workspace needs and no commit has is no history" {
  versions
  printf 'model 3\n' >model
  dray commit -q
  exits 0 dray du --history model
  equal "$output" '     24 B  model (3 versions, 16 B only in history)
     24 B  total, 16 B only in history'
}

@test "without the lists of files versions count as a whole, and a note says so" {
  versions
  git clone -q . ../clone
  cd ../clone
  exits 0 dray du --history data
  equal "$output" '     62 B  data (4 versions, 44 B only in history) (not in cache)
     62 B  total, 44 B only in history'
  one_line
  hints "4 lists of files are not in the cache"
  complains 2 '--history is for this repository only' dray du --history . data
}

@test "a shallow clone: what was cut is not counted, and a note says so" {
  versions
  git clone -q --depth 1 "file://$PWD" ../clone
  cd ../clone
  exits 0 dray du --history model
  equal "$output" '      8 B  model (1 version) (not in cache)
      8 B  total, 0 B only in history'
  one_line
  hints 'this is a shallow clone'
}

@test "diff --summary: by folder, cut to a level, in both dialects the same" {
  versions
  exits 0 dray diff --summary v1 side
  equal "$output" '~1                    +8 B       -8 B        ./
~1 >1                 +16 B      -8 B        data/
+1                    +4 B       -0 B        data/sub/
files: 1 added, 2 modified, 1 renamed; +28 B -16 B'
  exits 0 dray diff --summary --level 1 v1 side data
  equal "$output" '+1 ~1 >1              +20 B      -8 B        data/
files: 1 added, 1 modified, 1 renamed; +20 B -8 B'
  printf 'there\n' >data/new
  exits 0 dray diff --summary
  equal "$output" '+1                    +6 B       -0 B        data/
files: 1 added; +6 B -0 B'
  exits 0 dray diff --summary --json
  equal "$(json "[(i['path'], i['files_added'], i['bytes_added']) for i in items]")" "[('data', 1, 6)]"
  complains 2 '--md and --summary exclude each other' dray diff --md --summary
  complains 2 '--level goes with --summary' dray diff --level 2
  complains 2 '--cache and --summary exclude each other' dray diff --cache --summary
}

@test "diff --summary --json of DVC's dialect is ours: DVC has none" {
  versions dvc
  exits 0 dray diff --summary --json v1 side
  equal "$(json "[(i['path'], i['files_modified'], i['files_renamed'], i['files_added']) for i in items]")" \
    "[('', 1, 0, 0), ('data', 1, 1, 0), ('data/sub', 0, 0, 1)]"
}

@test "diff of ranges: two dots are two revisions, three dots what a branch did" {
  versions
  exits 0 dray diff v1..side
  local two=$output
  exits 0 dray diff v1 side
  equal "$output" "$two"
  exits 0 dray diff main...side data
  equal "$output" 'modified:     data/ (16 B -> 20 B)
renamed:      data/sub/b -> data/c (4 B)
added:        data/sub/new (4 B)
files: 1 added, 1 renamed; +8 B -4 B'
  exits 0 dray diff main..side -- data
  has_line 'deleted:      data/z (2 B)'
  complains 2 'more than two revisions to compare' dray diff v1..side main
  complains 3 "no git revision 'nope'" dray diff nope..side --
  git checkout -q --orphan alone
  git commit -q --allow-empty -m alone
  complains 3 "'main...alone': no commit is an ancestor of both" dray diff main...alone --
}
