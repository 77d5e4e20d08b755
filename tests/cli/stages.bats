#!/usr/bin/env bats
# Outputs of pipeline stages are data: tracked by the stages' lock, in both dialects. What stages read is
# recorded there, too. And freeze.
load ../support/sandbox
load ../support/dvc_objects

# What DVC writes for a stage that made model.bin ("in"), keep/a ("k") and m.json, and for one of a
# template; "new" never ran.
stages() {
  cat >"$1.yaml" <<'Y'
# the pipeline
stages:
  train:
    cmd: run   # as it is
    deps:
    - in.txt
    outs:
    - model.bin
    - keep:
        persist: true
    metrics:
    - m.json:
        cache: false
  each:
    foreach: [a]
    do:
      wdir: sub
      cmd: echo ${item}
      outs:
      - out-${item}.txt
  new:
    cmd: echo n
    outs: [n.txt]
Y
}

lock() {
  cat >dvc.lock <<'Y'
schema: '2.0'
stages:
  train:
    cmd: run
    deps:
    - path: in.txt
      hash: md5
      md5: ba8d2b9408ed255ee92a112fe7ba59be
      size: 3
    outs:
    - path: keep
      hash: md5
      md5: 59a2256ff14ce896b9fcf2d9fa4ac482.dir
      size: 2
      nfiles: 1
    - path: m.json
      hash: md5
      md5: 28e1087a118e94a5cef90f2dde10d7f0
      size: 10
    - path: model.bin
      hash: md5
      md5: ba8d2b9408ed255ee92a112fe7ba59be
      size: 3
  each@a:
    cmd: echo a
    outs:
    - path: out-a.txt
      hash: md5
      md5: 60b725f10c9c85c70d97880dfe8191b3
      size: 2
Y
}

outputs() {
  mkdir -p keep sub
  echo in | tee in.txt >model.bin
  echo k >keep/a
  echo '{"acc":1}' >m.json
  echo a >sub/out-a.txt
}

prepared() {
  dvc_repo
  stages dvc
  lock
  outputs
  dray commit -q -f 2>/dev/null
  cp dvc.lock before.lock
}

@test "commit records what stages made, and changes nothing else of the lock" {
  prepared
  lock
  cmp dvc.lock before.lock
  equal "$(dray ls)" 'keep
m.json
model.bin
n.txt
sub/out-a.txt'
  [ -f .dvc/cache/files/md5/60/b725f10c9c85c70d97880dfe8191b3 ]
  # what `cache: false` says: git keeps it
  [ ! -e .dvc/cache/files/md5/28/e1087a118e94a5cef90f2dde10d7f0 ]
  run ! grep -q m.json .gitignore
  grep -qx /model.bin .gitignore
  grep -qx /out-a.txt sub/.gitignore

  echo more >model.bin
  echo '{"acc":2}' >m.json
  exits 0 dray commit -f train
  equal "$(diff before.lock dvc.lock | grep '^>')" '>       md5: 6b3e217ec9c555043eee8ee66611d3ef
>       md5: 2a725a2a3dfe4b80e07a19bbb3706c5b
>       size: 5'
}

@test "status names what changed of a stage, a file of stages, a template" {
  prepared
  exits 0 dray status train each sub
  equal "$output" 'data is up to date'
  echo more >>model.bin
  echo '{"acc":3}' >m.json
  rm sub/out-a.txt
  exits 0 dray status dvc.yaml:train
  [[ $output == *'modified:     m.json'*'modified:     model.bin'* ]]
  [[ $output != *out-a* ]]
  exits 0 dray status each@a
  [[ $output == *'deleted:      sub/out-a.txt'* ]]
  cd sub
  exits 0 dray status ../dvc.yaml
  [[ $output == *'model.bin'*'out-a.txt'* ]]
}

@test "checkout, push and pull move outputs of stages, never what git keeps" {
  prepared
  dray remote add -q -d store ../store 2>/dev/null || dray remote add -d store ../store
  exits 0 dray push
  [ -f ../store/files/md5/ba/8d2b9408ed255ee92a112fe7ba59be ]
  [ ! -e ../store/files/md5/28/e1087a118e94a5cef90f2dde10d7f0 ]
  rm -rf .dvc/cache model.bin keep sub/out-a.txt
  exits 0 dray pull
  equal "$(cat model.bin keep/a sub/out-a.txt)" 'in
k
a'
  rm model.bin
  exits 0 dray checkout model.bin
  equal "$(cat model.bin)" in
}

@test "gc keeps what stages of the workspace and of history made" {
  prepared
  git add -A
  git commit -qm 1
  echo newer >model.bin
  dray commit -q -f train
  exits 0 dray gc -f --workspace --all-commits
  [ -f .dvc/cache/files/md5/ba/8d2b9408ed255ee92a112fe7ba59be ]
  [ -f .dvc/cache/files/md5/60/b725f10c9c85c70d97880dfe8191b3 ]
}

@test "add, mv and rm leave stages to their file" {
  prepared
  echo more >>model.bin
  run ! dray add model.bin
  [[ $output == *"'model.bin' is made by stage 'train' of 'dvc.yaml'"*"dray commit"* ]]
  run ! dray mv model.bin other.bin
  [[ $output == *"is made by stage 'train'"* ]]
  run ! dray rm model.bin
  [[ $output == *"is made by stage 'train'"* ]]
  cmp dvc.lock before.lock
}

@test "a stage that never ran gets its entry, whole or not at all" {
  prepared
  run ! dray commit new
  [[ $output == *"'n.txt', which stage 'new' makes, is not there"* ]]
  exits 0 dray commit
  [[ $stderr == *"stage 'new' is left as it is: 'n.txt'"* ]]
  cmp dvc.lock before.lock
  echo n >n.txt
  exits 1 dray commit n.txt
  [[ $stderr == *"stage 'new' changed, and nobody said"* ]]
  exits 0 dray commit -f n.txt
equal "$(tail -n 7 dvc.lock)" "  new:
    cmd: echo n
    outs:
    - path: n.txt
      hash: md5
      md5: $(md5sum <n.txt | cut -d' ' -f1)
      size: 2"
}

@test "the native dialect has dray.yaml and dray.lock" {
  git init -q
  dray init -q
  stages dray
  outputs
  sed -i '/m.json:/,$d; s/^    metrics:/    params: [lr, p.json: [a.0]]/' dray.yaml
  echo 'lr: 1.0E-3' >params.yaml
  echo '{"a": ["x"]}' >p.json
  exits 1 dray status --exit-code train
  [[ $output == *'added:        keep'*'modified:     in.txt (read by train)'*'new:          p.json'* ]]
  exits 0 dray commit train
  equal "$(cat dray.lock)" "schema: '2.0'
stages:
  train:
    cmd: run
    deps:
    - path: in.txt
      sha256: $(sha256sum <in.txt | cut -d' ' -f1)
      size: 3
    params:
      params.yaml:
        lr: 0.001
      p.json:
        a.0: x
    outs:
    - path: keep
      sha256: 549ca77a514ddcfb6d4715cfc34e9c88c155a4d0b4ba7d4b0847d5dd8bf11dc1.dir
      size: 2
      nfiles: 1
    - path: model.bin
      sha256: $(sha256sum <model.bin | cut -d' ' -f1)
      size: 3"
  exits 0 dray status --exit-code
  equal "$output" 'data is up to date'
  equal "$(git diff --cached --name-only | grep lock)" dray.lock

  echo more >>in.txt
  sed -i 's/1.0E-3/2/' params.yaml
  sed -i 's/cmd: run .*/cmd: walk/' dray.yaml
  exits 1 dray status --exit-code
  equal "$output" 'stages that read or do something else than when they ran:
  (use "dray commit" to record what they make as it is)
	modified:     in.txt (read by train)
	modified:     params.yaml: lr (read by train)
	changed command: train'
  exits 0 dray status --json
  [[ $output == *'"path":"params.yaml"'*'"value":"lr"'* ]]
  exits 0 dray commit
  equal "$output" 'modified:     dray.lock'
  exits 0 dray commit
  equal "$output" 'everything is up to date'
  exits 0 dray status --exit-code
}

@test "what git tracks is no output that a cache keeps" {
  git init -q
  dray init -q
  printf 'stages:\n  a: {cmd: x, outs: [o], metrics: [m: {cache: false}]}\n' >dray.yaml
  echo o | tee o >m
  git add o m
  run ! dray commit a
  [[ $output == *"'o' is tracked by git"* ]]
  [ ! -e dray.lock ]
  git rm -q --cached o
  exits 0 dray commit a
  equal "$(grep -c path dray.lock)" 2
}

@test "what only a pipeline's runner knows, and what is not read" {
  dvc_repo
  cat >dvc.yaml <<'Y'
stages:
  template: {cmd: 'echo ${lr}', vars: [../elsewhere/p.yaml], deps: [a], outs: [t]}
  python: {cmd: x, params: [p.py: [a]], outs: [o]}
  far: {cmd: x, deps: ['s3://b/k'], outs: [f]}
  link: {cmd: x, params: [l/p.yaml: [a]], outs: [p]}
  part: {cmd: x, deps: [a], outs: [d]}
Y
  mkdir d ../elsewhere
  echo a | tee a t o f p d/x >d/y
  echo 'a: secret' >../elsewhere/p.yaml
  echo 'a = {1, 2}' >p.py
  ln -s ../elsewhere l
  exits 0 dray status --json part
  run --separate-stderr dray commit -f python
  [ "$status" != 0 ]
  [[ $stderr == *"parameter 'a' of 'p.py': a set is not supported"* ]]
  exits 0 dray status --json template far
  [[ $stderr == *"'s3://b/k', which stage 'far' reads, lies outside"*'stages with templates only the outputs'* ]]
  for stage in python far link template; do
    run ! dray commit -f "$stage"
  done
  [ ! -e dvc.lock ]
  exits 0 dray commit -f
  [[ $stderr == *"stage 'template' of 'dvc.yaml': it has templates; only its outputs are recorded"* ]]
  [[ $stderr == *"stage 'python' is left as it is"*"stage 'far' is left as it is"* ]]
  equal "$(grep -c '^  [a-z]*:$' dvc.lock)" 1
  run ! grep secret dvc.lock
  # a part of an output is recorded alone: the rest of the entry stays
  sed -i 's/  part: {cmd: x/  part: {cmd: y/' dvc.yaml
  echo b | tee d/x >d/y
  exits 0 dray commit -f d/x
  grep -q 'cmd: x' dvc.lock
  exits 0 dray status part
  [[ $output == *'d/ (1 modified)'*'changed command: part'* ]]
}

@test "freeze and unfreeze a pointer" {
  dvc_repo
  echo foo >foo
  dray add -q foo 2>/dev/null
  cp foo.dvc before
  exits 0 dray freeze foo.dvc
  [[ $output == *foo.dvc* ]]
  equal "$(diff before foo.dvc)" '5a6
> frozen: true'
  exits 0 dray freeze foo
  equal "$output" ''
  exits 0 dray unfreeze foo.dvc
  cmp before foo.dvc
}

@test "freeze and unfreeze a stage, keeping all else of its file" {
  prepared
  cp dvc.yaml before
  exits 0 dray freeze train
  equal "$(diff before dvc.yaml)" '13a14
>     frozen: true'
  exits 0 dray unfreeze dvc.yaml:train
  cmp before dvc.yaml
  run ! dray freeze each
  [[ $output == *"comes of a template"* ]]
  run ! dray freeze nothing
  [[ $output == *"'nothing' is neither a pointer nor a stage"* ]]
  run ! dray freeze
}
