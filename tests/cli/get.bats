#!/usr/bin/env bats
# get, and ls and du of other repositories: by path, by address, at revisions.
load ../support/sandbox

# ../src: tracked folder and file, files of git and folders with both; its data is on ../store.
source_repo() {
  mkdir ../src
  cd ../src || return 1
  data_repo
  dray remote add -q -d store "$PWD/../store"
  mkdir code mixed
  echo code >code/x.py
  printf '#!/bin/sh\n' >run.sh
  chmod 755 run.sh
  echo git >mixed/git.txt
  echo data >mixed/data.bin
  ln -s git.txt mixed/link
  dray add -q mixed/data.bin
  git add .
  git commit -q -m more
  dray push -q
  keep . ../kept
  cd ../w || return 1
}

url() { printf 'file://%s' "$(realpath ../src)"; }

@test "tracked data, by path and by address, outside any repository" {
  source_repo
  exits 0 dray get ../src data
  equal "$output" 'got:          data/ (6 files)'
  same_tree data ../kept/data
  exits 0 dray get "$(url)" data -o there
  same_tree there ../kept/data
  exits 0 dray get "$(url)" model.bin
  same_tree model.bin ../kept/model.bin
  equal "$(stat -c %a model.bin)" 644
  equal "$(find . -name '.dray*')" ''
}

@test "a file inside tracked data; a folder inside" {
  source_repo
  exits 0 dray get "$(url)" data/sub/b.txt
  equal "$(cat b.txt)" two
  exits 0 dray get "$(url)" data/sub -o part
  same_tree part ../kept/data/sub
  complains 3 "'$(url)' has no 'data/nothing'" dray get "$(url)" data/nothing
}

@test "only what is needed leaves the remote" {
  source_repo
  find ../store -type f ! -name '*.dir' -exec chmod u+w {} + -exec truncate -s 0 {} +
  exits 4 dray get "$(url)" data/a.txt
  equal "$(find . -mindepth 1)" ''
  source=$(printf 'one\n' | object ../store)
  printf 'one\n' >"$source"
  exits 0 dray get "$(url)" data/a.txt
  equal "$(cat a.txt)" one
  exits 4 dray get "$(url)" data
  gone data
}

@test "git's files, and folders that hold both" {
  source_repo
  exits 0 dray get "$(url)" code/x.py
  equal "$(cat x.py)" code
  exits 0 dray get "$(url)" run.sh
  equal "$(stat -c %a run.sh)" 755
  exits 0 dray get "$(url)" mixed
  equal "$(find mixed -mindepth 1 -printf '%P\n' | sort | tr '\n' ' ')" '.gitignore data.bin git.txt link '
  equal "$(cat mixed/data.bin)" data
  equal "$(readlink mixed/link)" git.txt
  exits 0 dray get "$(url)" . -o all
  equal "$(cd all && echo *)" 'code data mixed model.bin run.sh'
  gone all/.dray all/.git all/data.dray all/.drayignore
}

@test "revisions: branch, tag, commit" {
  source_repo
  git -C ../src tag v1
  echo 'weights 4' >../src/model.bin
  dray -C ../src add -q model.bin
  git -C ../src commit -q -am two
  dray -C ../src push -q
  git -C ../src checkout -q -b side v1
  exits 0 dray get "$(url)" model.bin --rev main -o new
  equal "$(cat new)" 'weights 4'
  exits 0 dray get "$(url)" model.bin --rev v1 -o old
  same_tree old ../kept/model.bin
  exits 0 dray get "$(url)" model.bin -o head
  same_tree head ../kept/model.bin
  exits 0 dray get "$(url)" model.bin --rev "$(git -C ../src rev-parse main)" -o sha
  equal "$(cat sha)" 'weights 4'
  exits 0 dray get ../src model.bin --rev main~1 -o path
  same_tree path ../kept/model.bin
  complains 3 "'$(url)': no git revision 'nothing'" dray get "$(url)" model.bin --rev nothing
}

@test "a path without a revision is taken as it is on disk" {
  source_repo
  echo new >../src/model.bin
  dray -C ../src add -q model.bin
  exits 0 dray get ../src model.bin
  equal "$(cat model.bin)" new
  exits 0 dray get ../src model.bin --rev HEAD -o committed
  same_tree committed ../kept/model.bin
}

@test "what is in the way stays, unless forced" {
  source_repo
  echo mine >model.bin
  complains 8 "'model.bin' exists already" dray get "$(url)" model.bin
  equal "$(cat model.bin)" mine
  exits 0 dray get "$(url)" model.bin -f
  same_tree model.bin ../kept/model.bin
  mkdir box
  exits 0 dray get "$(url)" model.bin -o box
  same_tree box/model.bin ../kept/model.bin
  mkdir data
  echo mine >data/mine
  exits 8 dray get "$(url)" data
  exits 0 dray get "$(url)" data -f
  same_tree data ../kept/data
  exits 0 dray get "$(url)" model.bin -o new/folders/m
  there new/folders/m
}

@test "the source's cache does, without a remote; else the remote is told of" {
  source_repo
  rm -rf ../store
  exits 0 dray get ../src data
  same_tree data ../kept/data
  exits 3 dray get "$(url)" data -o there
  gone there
  dray -C ../src remote remove store
  git -C ../src commit -q -am 'no remote'
  complains 3 'the other repository: there is no remote yet' dray get "$(url)" model.bin
}

@test "another remote, and its settings" {
  source_repo
  mv ../store ../moved
  exits 3 dray get "$(url)" model.bin
  exits 0 dray get "$(url)" model.bin --remote-config url="$(realpath ../moved)"
  same_tree model.bin ../kept/model.bin
  printf '[core]\n    remote = other\n[remote "other"]\n    url = %s\n' "$(realpath ../moved)" >settings
  exits 0 dray get "$(url)" model.bin --config settings -o by-file
  exits 3 dray get "$(url)" model.bin --config settings --remote store -o by-name
  complains 2 "'nonsense' is not of the form key=value" \
    dray get "$(url)" model.bin --remote-config nonsense -o x
  exits 0 dray get "$(url)" model.bin --remote-config region=x url="$(realpath ../moved)" -o two
}

@test "a fetched repository's settings say where data is, and no more" {
  source_repo
  printf '[remote "store"]\n    credential_process = touch %s/ran\n    configpath = evil\n' "$PWD" \
    >>../src/.dray/config
  sed -i 's|url = .*|url = s3://bucket/x|' ../src/.dray/config
  printf '[default]\ncredential_process = touch %s/ran\n' "$PWD" >../src/evil
  git -C ../src add .
  git -C ../src commit -q -m evil
  run dray get "$(url)" model.bin --remote-config endpointurl=http://127.0.0.1:1
  gone ran model.bin
}

@test "--show-url" {
  source_repo
  exits 0 dray get "$(url)" model.bin --show-url
  equal "$output" "$(object "$(realpath ../store)" <../kept/model.bin)"
  there "$output"
  exits 0 dray get "$(url)" data/a.txt --show-url
  there "$output"
  exits 3 dray get "$(url)" code/x.py --show-url
  equal "$(find . -mindepth 1)" ''
}

@test "pointers, and paths that lead out, are refused" {
  source_repo
  exits 2 dray get "$(url)" model.bin.dray
  exits 2 dray get "$(url)" ../x
  exits 2 dray get "$(url)" .
  complains 3 "there is no repository 'nowhere'" dray get nowhere x
  complains 14 "git repositories are not read over 'http'" dray get http://u:pw@localhost/x y
  complains 10 "'..' is no repository" dray get .. x
}

@test "a plain git repository; a bare one" {
  git init -q ../plain
  echo a >../plain/a
  git -C ../plain add a
  git -C ../plain commit -q -m a
  git clone -q --bare ../plain ../bare.git
  exits 0 dray get ../plain a
  exits 0 dray get ../bare.git a -o b
  equal "$(cat a b)" 'a
a'
}

@test "a repository in a subfolder" {
  git init -q ../src
  mkdir ../src/sub
  cd ../src/sub
  dray init -q --subdir
  dray remote add -q -d store "$PWD/../../store"
  echo d >data
  dray add -q data
  git -C .. add .
  git commit -q -m sub
  dray push -q
  cd ../../w
  exits 0 dray get "$(url)" sub/data
  equal "$(cat data)" d
  exits 0 dray get ../src sub/data --rev main -o again
  equal "$(cat again)" d
}

@test "a symlink is not written through" {
  source_repo
  cd ../src
  mkdir -p trap
  ln -s "$BATS_TEST_TMPDIR/w" trap/link
  git add .
  git commit -q -m trap
  # a tree that no git would make: a file below a link
  blob=$(echo evil | git hash-object -w --stdin)
  inner=$(printf '100644 blob %s\tfile\n' "$blob" | git mktree)
  target=$(printf '%s' "$BATS_TEST_TMPDIR/w" | git hash-object -w --stdin)
  outer=$(printf '120000 blob %s\tlink\n040000 tree %s\tlink\n' "$target" "$inner" | git mktree --missing)
  tree=$(printf '040000 tree %s\ttrap\n' "$outer" | git mktree)
  git update-ref refs/heads/evil "$(git commit-tree -m evil "$tree")"
  cd ../w
  run dray get "$(url)" trap --rev evil
  [ "$status" != 0 ]
  gone file trap
}

@test "an interrupted or failed get leaves nothing" {
  source_repo
  chmod u+w ../store/files/sha256/*/*
  damage "$(printf 'two\n' | object ../store)"
  exits 4 dray get "$(url)" data
  equal "$(find . -mindepth 1)" ''
}

# ../src as DVC has it, with dray's own hands.
dvc_source() {
  git init -q ../src
  cd ../src || return 1
  dray init -q --dvc
  dray remote add -q -d store "$PWD/../store"
  mkdir -p data/sub mixed
  echo one >data/a
  echo two >data/sub/b
  echo foo >foo
  echo git >mixed/git.txt
  echo data >mixed/data.bin
  dray add -q data foo mixed/data.bin
  git add .
  git commit -q -m one
  dray push -q
  keep . ../kept
  cd ../w || return 1
}

@test "a repository of DVC's: get, ls, du" {
  dvc_source
  exits 0 dray get "$(url)" data
  same_tree data ../kept/data
  exits 0 dray get ../src data/sub/b --rev HEAD
  equal "$(cat b)" two
  exits 0 dray get ../src mixed
  equal "$(find mixed -type f | sort | tr '\n' ' ')" 'mixed/.gitignore mixed/data.bin mixed/git.txt '
  exits 0 dray get "$(url)" foo --show-url
  equal "$output" "$(realpath ../store)/files/md5/d3/b07384d113edec49eaa6238ad5ff00"
  exits 2 dray get "$(url)" foo.dvc
  exits 0 dray ls "$(url)" -R --dvc-only
  equal "$output" 'data/a
data/sub/b
foo
mixed/data.bin'
  exits 0 dray ls "$(url)" --json
  equal "$(python3 -c '
import json, sys
for item in json.loads(sys.argv[1]):
    print(*(json.dumps(item[key]) for key in ("path", "isout", "isdir", "isexec", "size", "md5")))
' "$output")" "\".dvcignore\" false false false $(stat -c %s ../src/.dvcignore) null
\".gitignore\" false false false $(stat -c %s ../src/.gitignore) null
\"data\" true true false 8 \"$(sed -n 's/^- md5: //p' ../src/data.dvc)\"
\"data.dvc\" false false false $(stat -c %s ../src/data.dvc) null
\"foo\" true false false 4 \"d3b07384d113edec49eaa6238ad5ff00\"
\"foo.dvc\" false false false $(stat -c %s ../src/foo.dvc) null
\"mixed\" false true false null null"
  exits 0 dray ls "$(url)" --json mixed/data.bin
  equal "$output" '[{"isout":true,"isdir":false,"isexec":false,"size":5,"md5":"6137cde4893c59f76f005a8123d8e8e6","path":"data.bin"}]'
  exits 0 dray du "$(url)" -s data
  equal "$output" '      8 B  total'
  exits 0 dray du ../src data
  equal "$output" '      4 B  data/a
      4 B  data/sub
      8 B  total'
}

@test "what the other repository imported itself comes from where it came" {
  source_repo
  git init -q ../middle
  cd ../middle
  dray init -q
  dray import -q "$(url)" data
  dray import -q "$(url)" data/sub -o part
  git commit -q -m imports
  cd ../w
  exits 0 dray get "file://$(realpath ../middle)" data
  same_tree data ../kept/data
  exits 0 dray get "file://$(realpath ../middle)" data/sub/b.txt
  equal "$(cat b.txt)" two
  exits 0 dray get ../middle part --rev HEAD
  same_tree part ../kept/data/sub
  exits 0 dray ls -R --dvc-only "file://$(realpath ../middle)" data
  has_line sub/b.txt
}

# ---------------------------------------------------------------- ls and du

@test "ls of another repository: git's files and data alike" {
  source_repo
  exits 0 dray ls "$(url)"
  equal "$output" '.drayignore
.gitignore
code
data
data.dray
mixed
model.bin
model.bin.dray
run.sh'
  exits 0 dray list "$(url)" mixed
  equal "$output" '.gitignore
data.bin
data.bin.dray
git.txt
link'
  exits 0 dray ls "$(url)" data
  equal "$output" 'a.txt
empty
hollow
link
sub'
  exits 0 dray ls "$(url)" model.bin
  equal "$output" model.bin
  complains 3 "'$(url)' has no 'nothing'" dray ls "$(url)" nothing
}

@test "ls: deep, levels, data only, as a tree" {
  source_repo
  exits 0 dray ls -R --dvc-only "$(url)"
  equal "$output" 'data/a.txt
data/empty
data/hollow
data/link
data/sub/b.txt
data/sub/deep/run
data/sub/same as b
mixed/data.bin
model.bin'
  exits 0 dray ls -R -L 2 --dvc-only "$(url)"
  has_line data/sub
  exits 0 dray ls -T "$(url)" data
  equal "$output" 'data
├── a.txt
├── empty
├── hollow
├── link
└── sub
    ├── b.txt
    ├── deep
    │   └── run
    └── same as b'
  exits 0 dray ls -T -L 1 --dvc-only "$(url)"
  equal "$output" '.
├── data
├── mixed
└── model.bin'
}

@test "ls: sizes, hashes, JSON" {
  source_repo
  exits 0 dray ls --json "$(url)"
  equal "$(json "[i['path'] for i in items if 'from' in i]")" "['data', 'model.bin']"
  equal "$(json "[i['hash'] for i in items if i['path'] == 'data']")" "['$(oid ../src/data.dray)']"
  equal "$(json "[i['value'] for i in items if i['path'] == 'run.sh']")" "['exec']"
  equal "$(json "[i['size'] for i in items if i['path'] == 'run.sh']")" '[10]'
  exits 0 dray ls --size --show-hash "$(url)" mixed
  has_line "$(printf '%-36s  %9s  git.txt' - '4 B')"
}

@test "ls and du of this one: as it is on disk, and at a revision" {
  source_repo
  cd ../src
  echo more >code/new.py
  exits 0 dray ls . code
  equal "$output" 'new.py
x.py'
  exits 0 dray ls . code --rev HEAD
  equal "$output" x.py
  exits 0 dray du . code --rev HEAD
  equal "$output" '      5 B  code/x.py
      5 B  total'
  exits 2 dray ls --rev HEAD
  exits 0 dray ls
  equal "$output" 'data
mixed/data.bin
model.bin'
}

@test "du of another repository" {
  source_repo
  exits 0 dray du "$(url)" data
  equal "$output" '      4 B  data/a.txt
      0 B  data/empty
      0 B  data/hollow
      9 B  data/link
     18 B  data/sub
     31 B  total'
  exits 0 dray du -s "$(url)"
  exits 0 dray du "$(url)" model.bin
  equal "$output" '     30 B  total'
}

@test "copies of other repositories are bounded, and may be deleted" {
  git init -q ../plain
  git -C ../plain commit -q --allow-empty -m a
  local others=$XDG_CACHE_HOME/dray/other i
  for i in $(seq 40); do
    mkdir -p "$others/$i"
    touch -d "2020-01-01 00:00:$i" "$others/$i/used"
  done
  exits 0 dray ls "file://$(realpath ../plain)"
  equal "$(find "$others" -mindepth 1 -maxdepth 1 | wc -l)" 32
  there "$others/40"
  gone "$others/1"
  rm -rf "$XDG_CACHE_HOME"
  exits 0 dray ls "file://$(realpath ../plain)"
}
