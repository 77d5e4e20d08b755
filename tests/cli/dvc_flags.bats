#!/usr/bin/env bats
# DVC's options of add, commit, checkout, push, fetch and pull.
load ../support/sandbox
load ../support/dvc_objects

md5() { printf '%s' "$1" | md5sum | cut -c 1-32; }

@test "add --no-commit hashes only, and commit stores without asking" {
  dvc_repo
  mkdir d
  printf one >d/a
  printf two >f
  exits 0 dray add --no-commit d f
  equal "$(sed -n 's/^- md5: //p' f.dvc)" "$(md5 two)"
  equal "$(find .dvc/cache -type f -name '??????????????????????????????*')" ''
  exits 0 dray commit
  there "$(at "$(md5 one)")" "$(at "$(md5 two)")" "$(at "$(sed -n 's/^- md5: //p' d.dvc)")"
  exits 0 dray status --exit-code
}

@test "add --no-relink leaves the files as they are" {
  dvc_repo
  dray config -q cache.type hardlink,symlink
  printf one >f
  exits 0 dray add --no-relink f
  equal "$(stat -c '%h %a' f)" '1 644'
  there "$(at "$(md5 one)")"
  printf two >f
  exits 0 dray commit -f --no-relink
  equal "$(stat -c '%h %a' f)" '1 644'
  exits 0 dray checkout --relink
  equal "$(stat -c '%h %a' f)" '2 444'
}

@test "commit asks before it records a change" {
  dvc_repo
  printf one >f
  dray add -q f
  exits 0 dray commit
  printf two >f
  exits 1 dray commit
  hints "'f' changed, and nobody said that it is to be recorded"
  equal "$(sed -n 's/^- md5: //p' f.dvc)" "$(md5 one)"
  exits 0 dray commit --force
  equal "$(sed -n 's/^- md5: //p' f.dvc)" "$(md5 two)"
}

@test "a native repository does not ask" {
  data_repo
  printf 'changed\n' >model.bin
  exits 0 dray commit
}

@test "add --to-remote: the data is there and not here" {
  dvc_repo
  mkdir -p ../store ../camera
  printf one >../camera/1
  printf two >../camera/2
  run dray add --to-remote ../camera
  [ "$status" != 0 ]
  dray remote add -q -d store "$PWD/../store"
  exits 0 dray add --to-remote ../camera -o raw
  gone raw "$(md5 one | sed 's,^..,.dvc/cache/files/md5/&/,')"
  there raw.dvc "../store/files/md5/$(md5 one | sed 's,^..,&/,')"
  grep -qx /raw .gitignore
  rm -rf .dvc/cache
  exits 0 dray pull
  equal "$(cat raw/1 raw/2)" onetwo
  exits 0 dray add --to-remote ../camera/1 -r store
  there 1.dvc
  gone 1
  printf here >here
  exits 0 dray add --to-remote here
  there here here.dvc "../store/files/md5/$(md5 here | sed 's,^..,&/,')"
  printf mine >'2'
  run dray add --to-remote ../camera/2
  [ "$status" != 0 ]
  gone 2.dvc
  exits 0 dray add --to-remote ../camera/2 -o raw -f
  there raw/1
  run dray add --to-remote --no-commit ../camera/2
  [ "$status" != 0 ]
  run dray add -r store ../camera/2
  [ "$status" != 0 ]
}

@test "data with a remote of its own goes there only" {
  dvc_repo
  dray remote add -q -d one "$PWD/../one"
  dray remote add -q two "$PWD/../two"
  printf one >f
  printf two >g
  printf three >h
  dray add -q f g h
  echo '  remote: two' >>g.dvc
  echo '  push: false' >>h.dvc
  exits 0 dray push -r one
  there "../one/files/md5/$(md5 one | sed 's,^..,&/,')"
  gone "../one/files/md5/$(md5 two | sed 's,^..,&/,')" ../two
  exits 0 dray push
  there "../two/files/md5/$(md5 two | sed 's,^..,&/,')"
  gone "../one/files/md5/$(md5 two | sed 's,^..,&/,')" "../one/files/md5/$(md5 three | sed 's,^..,&/,')"
}

@test "what exists nowhere: told by push, fetch and pull, and the rest goes on" {
  dvc_repo
  dray remote add -q -d one "$PWD/../one"
  printf one >f
  printf two >g
  dray add -q f g
  rm -f "$(at "$(md5 two)")"
  exits 0 dray push
  hints "'g' is neither in the cache nor on remote"
  there "../one/files/md5/$(md5 one | sed 's,^..,&/,')"
  rm -rf .dvc/cache f g
  exits 0 dray fetch
  hints "note: 'g' is neither in the cache nor on remote"
  there "$(at "$(md5 one)")"
  gone f
  exits 1 dray pull
  hints "dray: 'g' is neither in the cache nor on remote"
  equal "$(cat f)" one
  gone g
}

@test "--glob, --max-size, --type" {
  dvc_repo
  dray remote add -q -d one "$PWD/../one"
  printf one >f1
  printf twotwo >f2
  printf three >g
  dray add -q f1 f2 g
  echo '  metric: true' >>g.dvc
  exits 0 dray push --glob 'f*'
  gone "../one/files/md5/$(md5 three | sed 's,^..,&/,')"
  there "../one/files/md5/$(md5 twotwo | sed 's,^..,&/,')"
  run dray push --glob 'nothing*'
  [ "$status" != 0 ]
  dray push -q
  rm -rf .dvc/cache f1 f2 g
  exits 0 dray fetch --max-size 4
  there "$(at "$(md5 one)")"
  gone "$(at "$(md5 twotwo)")" "$(at "$(md5 three)")"
  exits 0 dray fetch --type metrics
  there "$(at "$(md5 three)")"
  gone "$(at "$(md5 twotwo)")"
  exits 0 dray pull --glob 'f*'
  there f1 f2
  gone g
  run dray fetch --type models
  [ "$status" != 0 ]
  run dray fetch --max-size big
  [ "$status" != 0 ]
}

@test "runs of stages are shared if asked for, and only what proves to be one" {
  dvc_repo
  dray remote add -q -d one "$PWD/../one" || true
  local key=247c345380d07448914e092e4479fca9b4137db369422128119cf0c6ee6cb948
  local value=10720d8a6a7415664618a1fdcd7cc4a3ae8aa208ed12f75abb1327ea5305af58
  local run=runs/24/$key/$value other=runs/24/$key/${value%8}9
  mkdir -p ".dvc/cache/${run%/*}"
  cat >".dvc/cache/$run" <<'Y'
cmd: cp in.txt o2
deps:
- path: in.txt
  hash: md5
  md5: 764efa883dda1e11db47671c4a3bbd9e
  size: 3
outs:
- path: o2
  hash: md5
  md5: 764efa883dda1e11db47671c4a3bbd9e
  size: 3
Y
  cp ".dvc/cache/$run" ".dvc/cache/$other"
  echo loose >.dvc/cache/runs/note
  exits 0 dray push --no-run-cache
  [ ! -e ../one/runs ]
  exits 0 dray push --run-cache
  [[ $stderr == *"'24/$key/${value%8}9' is not the run that its name says: left out"*'1 runs of stages pushed'* ]]
  equal "$(cd ../one && find runs -type f)" "$run"
  cmp "../one/$run" ".dvc/cache/$run"
  mv .dvc/cache/runs ../kept
  chmod u+w "../one/${run%/*}"
  cp "../one/$run" "../one/$other"
  mkdir -p ../one/runs/zz ../one/runs/24/short
  ln -s /etc ../one/runs/etc
  exits 0 dray fetch --run-cache
  [[ $stderr == *'left out'*'1 runs of stages fetched'* ]]
  equal "$(cd .dvc/cache && find runs -type f)" "$run"
  exits 0 dray pull --run-cache
  cmp ".dvc/cache/$run" "../one/$run"
}

@test "move: into a folder, back, and a directory; comments stay" {
  dvc_repo
  mkdir sub d
  printf one >f
  printf two >d/a
  dray add -q f d
  sed -i '1i # mine' f.dvc
  exits 0 dray move f sub
  equal "$(cat sub/f)" one
  there sub/f.dvc
  gone f f.dvc
  grep -qx '# mine' sub/f.dvc
  equal "$(cat sub/.gitignore)" /f
  equal "$(cat .gitignore)" /d
  exits 0 dray move d sub/e
  equal "$(cat sub/e/a)" two
  gone .gitignore
  exits 0 dray status --exit-code
}

@test "names that .gitignore has to escape" {
  dvc_repo
  local name
  for name in '#x' 'a[1]' '!y' 'star*' 'what?' 'back\slash'; do
    printf '%s' "$name" >"$name"
    exits 0 dray add "$name"
    exits 0 git check-ignore -q -- "$name"
  done
  equal "$(cat .gitignore)" '/\#x
/a\[1\]
/\!y
/star\*
/what\?
/back\\slash'
}

@test "virtual directories: a new file, a deleted and a changed one" {
  dvc_repo
  mkdir d
  printf 1 >d/a
  printf 2 >d/b
  dray add -q d
  rm -r d
  mkdir d
  printf 333 >d/c
  exits 0 dray add d/c
  equal "$(sed -n 's/^  \(size\|nfiles\): //p' d.dvc | tr '\n' ' ')" '5 3 '
  rm d/c
  exits 0 dray add d/c
  equal "$(sed -n 's/^  nfiles: //p' d.dvc)" 2
  if grep -q size: d.dvc; then fail "a size that nobody can know"; fi
  exits 0 dray checkout d/a
  printf changed >d/a
  exits 0 dray commit -f d/a
  equal "$(sed -n 's/^  nfiles: //p' d.dvc)" 2
  cp d.dvc before
  exits 0 dray add d/a
  cmp d.dvc before
}

@test "--with-deps: what targets are made from, by their stages" {
  dvc_repo
  dray remote add -q -d one "$PWD/../one"
  mkdir raw out
  printf 1 >raw/a
  printf mid >out/mid
  printf last >last
  printf other >other
  dray add -q raw other
  printf 'stages:\n  mid:\n    cmd: x\n    deps:\n    - raw/a\n    outs:\n    - out/mid\n  last:\n    cmd: y\n    deps:\n    - out\n    outs:\n    - last\n' >dvc.yaml
  printf "schema: '2.0'\nstages:\n  mid:\n    cmd: x\n    deps:\n    - path: raw/a\n      hash: md5\n      md5: %s\n    outs:\n    - path: out/mid\n      hash: md5\n      md5: %s\n      size: 3\n  last:\n    cmd: y\n    deps:\n    - path: out\n      hash: md5\n      md5: %s.dir\n    outs:\n    - path: last\n      hash: md5\n      md5: %s\n      size: 4\n" \
    "$(md5 1)" "$(md5 mid)" "$(md5 x)" "$(md5 last)" >dvc.lock
  exits 0 dray commit -f
  exits 0 dray push last
  gone "../one/files/md5/$(md5 mid | sed 's,^..,&/,')"
  exits 0 dray push --with-deps last
  there "../one/files/md5/$(md5 mid | sed 's,^..,&/,')" "../one/files/md5/$(md5 1 | sed 's,^..,&/,')"
  gone "../one/files/md5/$(md5 other | sed 's,^..,&/,')"
}
