#!/usr/bin/env bats
# --json in a DVC repository has DVC's shapes: what is expected here was printed by DVC 3.67.
load ../support/sandbox

# A DVC repository with a directory, a file in the root and one in a folder, all committed.
dvc_repo() {
  git init -q
  dray init -q --dvc
  mkdir -p d/s sub
  echo a >d/a
  echo b >d/b
  echo c >d/s/c
  echo foo >foo
  echo x >sub/x
  echo gone >gone
  dray add -q d foo sub/x gone
  git add -A
  git commit -q -m 1
}

change_data() {
  rm -f d/b foo gone d/s/c
  echo bb >d/b
  mv d/a d/a2
  echo n >d/new
  echo foo >foo2
  rm sub/x
  echo y >sub/x
}

object_of() {
  printf '.dvc/cache/files/md5/%s/%s' "${1:0:2}" "${1:2}"
}

@test "status: clean" {
  dvc_repo
  exits 0 dray status --json
  equal "$output" '{}'
  exits 0 dray status -q
}

@test "status: changed outs per pointer" {
  dvc_repo
  change_data
  exits 0 dray status --json
  equal_json "$output" '{"d.dvc": [{"changed outs": {"d": "modified"}}], "gone.dvc": [{"changed outs": {"gone": "deleted"}}], "foo.dvc": [{"changed outs": {"foo": "deleted"}}], "sub/x.dvc": [{"changed outs": {"sub/x": "modified"}}]}'
  cd sub
  exits 0 dray status --json
  equal_json "$output" '{"../d.dvc": [{"changed outs": {"../d": "modified"}}], "../gone.dvc": [{"changed outs": {"../gone": "deleted"}}], "../foo.dvc": [{"changed outs": {"../foo": "deleted"}}], "x.dvc": [{"changed outs": {"x": "modified"}}]}'
  exits 0 dray status --json ../foo.dvc x
  equal_json "$output" '{"../foo.dvc": [{"changed outs": {"../foo": "deleted"}}], "x.dvc": [{"changed outs": {"x": "modified"}}]}'
}

@test "status -q answers by its exit code" {
  dvc_repo
  change_data
  exits 1 dray status -q
  equal "$output$stderr" ''
  exits 0 dray status -q --json
  exits 1 dray status -q --no-updates --with-deps -R sub
}

@test "status: several outs of one pointer" {
  dvc_repo
  cat >both.dvc <<'END'
outs:
- md5: d3b07384d113edec49eaa6238ad5ff00
  size: 4
  hash: md5
  path: one
- md5: 401b30e3b8b5d629635a5c613cdb7919
  size: 2
  hash: md5
  path: two
END
  echo other >one
  exits 0 dray status --json both.dvc
  equal_json "$output" '{"both.dvc": [{"changed outs": {"one": "modified", "two": "deleted"}}]}'
}

@test "status: a file of a directory that is not in the cache" {
  dvc_repo
  rm -f "$(object_of 60b725f10c9c85c70d97880dfe8191b3)"
  exits 0 dray status --json
  equal_json "$output" '{"d.dvc": [{"changed outs": {"d": "not in cache"}}]}'
  exits 1 dray status -q
  rm -rf .dvc/cache
  rm foo
  echo changed >sub/x
  exits 0 dray status --json foo sub/x
  equal_json "$output" '{"foo.dvc": [{"changed outs": {"foo": "not in cache"}}], "sub/x.dvc": [{"changed outs": {"sub/x": "not in cache"}}]}'
}

@test "status -c: new, deleted, missing" {
  dvc_repo
  dray remote add -q -d r "$PWD/../r"
  cd sub
  exits 0 dray status -c --json
  equal_json "$output" '{"../d/b": "new", "x": "new", "../d/a": "new", "../foo": "new", "../d/s/c": "new", "../gone": "new", "../d": "new"}'
  exits 1 dray status -c -q
  dray push -q
  exits 0 dray status -c --json
  equal "$output" '{}'
  cd "$OLDPWD"
  rm -f "$(object_of 60b725f10c9c85c70d97880dfe8191b3)"
  exits 0 dray status -c --json
  equal_json "$output" '{"d/a": "deleted"}'
  rm -rf .dvc/cache
  exits 0 dray status -c --json d
  equal_json "$output" '{"d/a": "deleted", "d/b": "deleted", "d/s/c": "deleted"}'
  rm -rf .dvc/cache ../r/files
  exits 0 dray status -c --json foo sub/x
  equal_json "$output" '{"foo": "missing", "sub/x": "missing"}'
}

@test "status -c of branches and tags" {
  dvc_repo
  dray remote add -q -d r "$PWD/../r"
  dray push -q
  git branch old
  rm foo
  echo foo3 >foo
  dray commit -q -f foo
  git commit -q -a -m 2
  dray push -q
  rm -rf ../r/files/md5/d3
  exits 0 dray status -c --json
  equal "$output" '{}'
  exits 0 dray status -c -a --json
  equal_json "$output" '{"foo": "new"}'
  exits 0 dray status -c -A --json
  equal_json "$output" '{"foo": "new"}'
  exits 0 dray status -c -T --json
  equal "$output" '{}'
}

@test "status of history needs a remote" {
  dvc_repo
  run --separate-stderr dray status -a
  [ "$status" != 0 ]
  one_line
}

@test "what failed prints no half of an answer" {
  dvc_repo
  run --separate-stderr dray status --json nowhere
  [ "$status" != 0 ]
  equal "$output" ''
  one_line
}

@test "a native repository answers as ever" {
  data_repo
  rm model.bin
  exits 0 dray status --json
  equal "$(json "items[0]['state']")" deleted
  exits 0 dray status -q
}

# What a stage made is named by the stage; what it keeps out of the cache is git's.
@test "outs of stages" {
  dvc_repo
  mkdir -p pipe/out
  echo model >model.bin
  echo '{"a": 1}' >m.json
  echo s >pipe/out/x
  cat >dvc.yaml <<'END'
stages:
  train:
    cmd: make
    outs:
    - model.bin
    metrics:
    - m.json:
        cache: false
END
  cat >dvc.lock <<'END'
schema: '2.0'
stages:
  train:
    cmd: make
    outs:
    - path: m.json
      hash: md5
      md5: 3a1b7b1ab4a5ab4d4a3cb7c4dbeb6e65
      size: 9
    - path: model.bin
      hash: md5
      md5: aa000000000000000000000000000000
      size: 6
END
  cat >pipe/dvc.yaml <<'END'
stages:
  prep:
    cmd: make
    outs:
    - out
END
  cat >pipe/dvc.lock <<'END'
schema: '2.0'
stages:
  prep:
    cmd: make
    outs:
    - path: out
      hash: md5
      md5: bb111111111111111111111111111111.dir
      size: 2
      nfiles: 1
END
  exits 0 dray status --json
  equal_json "$output" '{"pipe/dvc.yaml:prep": [{"changed outs": {"pipe/out": "not in cache"}}], "train": [{"changed outs": {"m.json": "modified", "model.bin": "not in cache"}}]}'
  exits 0 dray diff --json --hide-missing
  equal_json "$output" '{"added": [{"path": "model.bin"}, {"path": "pipe/out/"}, {"path": "pipe/out/x"}], "deleted": [], "modified": [], "renamed": []}'
  exits 0 dray data status --json
  equal_json "$output" '{"not_in_cache": ["model.bin", "pipe/out/"], "committed": {"added": ["model.bin", "pipe/out/"]}, "uncommitted": {"modified": ["model.bin", "pipe/out/"]}}'
  exits 0 dray diff --json --hide-missing --targets dvc.yaml
  equal_json "$output" '{"added": [{"path": "model.bin"}], "deleted": [], "modified": [], "renamed": []}'
  cd pipe
  exits 0 dray status --json
  equal_json "$output" '{"prep": [{"changed outs": {"out": "not in cache"}}], "../dvc.yaml:train": [{"changed outs": {"../m.json": "modified", "../model.bin": "not in cache"}}]}'
}

# ---------------------------------------------------------------- data status

@test "data status: from the workspace to the commit" {
  dvc_repo
  exits 0 dray data status --json
  equal "$output" '{}'
  change_data
  exits 0 dray data status --json
  equal_json "$output" '{"uncommitted": {"deleted": ["foo", "gone"], "modified": ["d/", "sub/x"]}}'
  exits 0 dray data status --json --granular
  equal_json "$output" '{"uncommitted": {"added": ["d/new"], "deleted": ["d/s/c", "foo", "gone"], "modified": ["d/", "d/b", "sub/x"], "renamed": [{"old": "d/a", "new": "d/a2"}]}}'
  cd sub
  exits 0 dray data status --json
  equal_json "$output" '{"uncommitted": {"deleted": ["foo", "gone"], "modified": ["d/", "sub/x"]}}'
}

@test "data status: a renamed directory, untracked and unchanged" {
  dvc_repo
  mv d newdir
  rm d.dvc foo
  echo foo2 >foo
  dray add -q newdir foo
  exits 0 dray data status --json --granular --unchanged --untracked-files
  equal_json "$output" '{"committed": {"modified": ["foo"], "renamed": [{"old": "d/", "new": "newdir/"}, {"old": "d/a", "new": "newdir/a"}, {"old": "d/b", "new": "newdir/b"}, {"old": "d/s/c", "new": "newdir/s/c"}]}, "untracked": ["newdir.dvc"], "unchanged": ["gone", "sub/x"]}'
  exits 0 dray data status --json --unchanged
  equal_json "$output" '{"committed": {"modified": ["foo"], "renamed": [{"old": "d/", "new": "newdir/"}]}, "unchanged": ["gone", "sub/x"]}'
  cd sub
  exits 0 dray data status --json --untracked-files=all
  equal_json "$output" '{"committed": {"modified": ["foo"], "renamed": [{"old": "d/", "new": "newdir/"}]}, "untracked": ["../newdir.dvc"]}'
}

@test "data status: files and directories that become each other" {
  dvc_repo
  rm -r foo d
  mkdir foo
  echo z >foo/z
  echo isfile >d
  exits 0 dray data status --json foo --granular
  equal_json "$output" '{"uncommitted": {"added": ["foo/z"], "modified": ["foo/"]}}'
  exits 0 dray data status --json foo
  equal_json "$output" '{"uncommitted": {"modified": ["foo/"]}}'
  exits 0 dray data status --json d --granular
  equal_json "$output" '{"uncommitted": {"deleted": ["d/a", "d/b", "d/s/c"], "modified": ["d"]}}'
}

@test "data status: unknown, not in cache" {
  dvc_repo
  rm -rf .dvc/cache
  echo c >d/c
  rm gone
  exits 0 dray data status --json
  equal_json "$output" '{"not_in_cache": ["d/", "foo", "gone", "sub/x"], "uncommitted": {"deleted": ["gone"], "modified": ["d/"]}}'
  exits 0 dray data status --json --granular --unchanged
  equal_json "$output" '{"not_in_cache": ["d/", "foo", "gone", "sub/x"], "uncommitted": {"deleted": ["gone"], "modified": ["d/"], "unknown": ["d/a", "d/b", "d/c", "d/s/", "d/s/c"]}, "unchanged": ["foo", "sub/x"]}'
}

@test "data status: not in remote" {
  dvc_repo
  exits 0 dray data status --json --not-in-remote
  equal_json "$output" '{"not_in_remote": ["d/", "foo", "gone", "sub/x"]}'
  dray remote add -q -d r "$PWD/../r"
  dray remote add -q other "$PWD/../other"
  dray push -q
  exits 0 dray data status --json --not-in-remote --granular
  equal "$output" '{}'
  rm -f ../r/files/md5/60/b725f10c9c85c70d97880dfe8191b3
  exits 0 dray data status --json --not-in-remote --granular
  equal_json "$output" '{"not_in_remote": ["d/a"]}'
  exits 0 dray data status --json --not-in-remote -r other --no-remote-refresh
  equal_json "$output" '{"not_in_remote": ["d/", "foo", "gone", "sub/x"]}'
}

@test "data status: before the first commit, and without git" {
  git init -q
  dray init -q --dvc
  echo 1 >f
  dray add -q f
  exits 0 dray data status --json --untracked-files
  equal_json "$output" '{"committed": {"added": ["f"]}, "untracked": [".gitignore", "f.dvc"]}'
  mkdir ../plain
  cd ../plain
  dray init -q --dvc --no-git
  echo 1 >f
  dray add -q f
  exits 0 dray data status --json --untracked-files --unchanged
  equal_json "$output" '{"unchanged": ["f"]}'
  echo 2 >f
  exits 0 dray data status --json --unchanged
  equal_json "$output" '{"uncommitted": {"modified": ["f"]}}'
}

@test "data status: targets, and names that mean nothing" {
  dvc_repo
  change_data
  exits 0 dray data status --json --granular d/b sub
  equal_json "$output" '{"uncommitted": {"modified": ["d/b", "sub/x"]}}'
  exits 0 dray data status --json nope
  equal "$output" '{}'
  exits 254 dray data status --untracked-files nope
  one_line
}

@test "data status in a native repository" {
  data_repo
  printf 'changed\n' >data/a.txt
  exits 0 dray data status --json --granular
  equal_json "$output" '{"uncommitted": {"modified": ["data/", "data/a.txt"]}}'
  exits 1 dray data status --exit-code
  printf '%s\n' "$output" | grep -q 'modified: *data/'
  exits 3 dray data status nope
}

# ---------------------------------------------------------------- diff

@test "diff: HEAD against the workspace" {
  dvc_repo
  exits 0 dray diff --json
  equal "$output" '{}'
  change_data
  exits 0 dray diff --json
  equal_json "$output" '{"added": [{"path": "d/new"}], "deleted": [{"path": "d/s/c"}, {"path": "foo"}, {"path": "gone"}], "modified": [{"path": "d/"}, {"path": "d/b"}, {"path": "sub/x"}], "renamed": [{"path": {"old": "d/a", "new": "d/a2"}}], "not in cache": []}'
  exits 0 dray diff --json --show-hash --targets d/a d/b
  equal_json "$output" '{"added": [], "deleted": [{"path": "d/a", "hash": "60b725f10c9c85c70d97880dfe8191b3"}], "modified": [{"path": "d/b", "hash": {"old": "3b5d5c3712955042212316173ccf37be", "new": "bfcc9da4f2e1d313c63cd0a4ee7604e9"}}], "renamed": [], "not in cache": []}'
  exits 0 dray diff --show-hash --json --targets d
  equal_json "$output" '{"added": [{"path": "d/new", "hash": "fe13119fb084fe8bbf5fe3ab7cc89b3b"}], "deleted": [{"path": "d/s/c", "hash": "2cd6ee2c70b0bde53fbe6cac3c8b8bb1"}], "modified": [{"path": "d/", "hash": {"old": "a3c42d043fafb8da77e3e3dc808c03f5.dir", "new": "91296960fa7b856512d1e632ca06b645.dir"}}, {"path": "d/b", "hash": {"old": "3b5d5c3712955042212316173ccf37be", "new": "bfcc9da4f2e1d313c63cd0a4ee7604e9"}}], "renamed": [{"path": {"old": "d/a", "new": "d/a2"}, "hash": "60b725f10c9c85c70d97880dfe8191b3"}], "not in cache": []}'
  cd sub
  exits 0 dray diff --json ../d/s
  equal_json "$output" '{"added": [], "deleted": [{"path": "d/s/c"}], "modified": [], "renamed": [], "not in cache": []}'
}

@test "diff: two revisions, renames of whole folders" {
  dvc_repo
  mv d newdir
  rm d.dvc foo
  echo foo2 >foo
  dray add -q newdir foo
  git add -A
  git commit -q -m 2
  exits 0 dray diff HEAD~1 HEAD --json
  equal_json "$output" '{"added": [], "deleted": [], "modified": [{"path": "foo"}], "renamed": [{"path": {"old": "d/", "new": "newdir/"}}, {"path": {"old": "d/a", "new": "newdir/a"}}, {"path": {"old": "d/b", "new": "newdir/b"}}, {"path": {"old": "d/s/c", "new": "newdir/s/c"}}]}'
  exits 0 dray diff HEAD HEAD~1 --json --targets foo
  equal_json "$output" '{"added": [], "deleted": [], "modified": [{"path": "foo"}], "renamed": []}'
  exits 0 dray diff HEAD~1 --json --targets newdir/s
  equal_json "$output" '{"added": [{"path": "newdir/s/c"}], "deleted": [], "modified": [], "renamed": [], "not in cache": []}'
  exits 0 dray diff HEAD HEAD --json
  equal "$output" '{}'
  exits 1 dray diff nope --json
  equal "$output" ''
  one_line
}

@test "diff --md" {
  dvc_repo
  exits 0 dray diff --md
  equal "$output" '| Status   | Path   |
|----------|--------|'
  change_data
  rm -f "$(object_of 401b30e3b8b5d629635a5c613cdb7919)"
  exits 0 dray diff --md --show-hash
  equal "$output" '| Status       | Hash               | Path        |
|--------------|--------------------|-------------|
| added        | fe13119f           | d/new       |
| deleted      | 2cd6ee2c           | d/s/c       |
| deleted      | d3b07384           | foo         |
| deleted      | b1304b81           | gone        |
| renamed      | 60b725f1           | d/a -> d/a2 |
| modified     | a3c42d04..91296960 | d/          |
| modified     | 3b5d5c37..bfcc9da4 | d/b         |
| modified     | 401b30e3..00952005 | sub/x       |
| not in cache | 401b30e3           | sub/x       |'
  exits 0 dray diff --md --hide-missing --targets sub/x
  equal "$output" '| Status   | Path   |
|----------|--------|
| modified | sub/x  |'
}

@test "diff: what is in no cache, and folders that become files" {
  dvc_repo
  rm -rf .dvc/cache
  exits 0 dray diff --json --show-hash
  equal_json "$output" '{"added": [], "deleted": [], "modified": [], "renamed": [], "not in cache": [{"path": "d/", "hash": "a3c42d043fafb8da77e3e3dc808c03f5.dir"}, {"path": "foo", "hash": "d3b07384d113edec49eaa6238ad5ff00"}, {"path": "gone", "hash": "b1304b81a2e029bff466f2c245f1dbfd"}, {"path": "sub/x", "hash": "401b30e3b8b5d629635a5c613cdb7919"}]}'
  rm foo
  mkdir foo
  echo z >foo/z
  exits 0 dray diff --json --hide-missing --targets foo
  equal_json "$output" '{"added": [{"path": "foo/z"}], "deleted": [], "modified": [{"path": "foo"}], "renamed": []}'
}

@test "diff: before the first commit, and without git" {
  git init -q
  dray init -q --dvc
  echo 1 >f
  dray add -q f
  exits 0 dray diff --json
  equal "$output" '{}'
  mkdir ../plain
  cd ../plain
  dray init -q --dvc --no-git
  exits 1 dray diff --json
  equal "$output" ''
}
