#!/usr/bin/env bats
# Outputs of stages are data, too: status, checkout, push, pull, commit, gc; commit and status also know
# what stages read. Running them is DVC's part.
# Conformance cases 9, 63.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# A pipeline that DVC ran: a stage with a parameter, a folder, a metric that git tracks, an output that
# persists; a stage of the first one's output; in a subfolder one with a wdir. Made once.
prepare_file() {
  pipeline=$BATS_FILE_TMPDIR/pipeline
  export pipeline
  cp -a "$template" "$pipeline"
  cd "$pipeline" || return 1
  mkdir -p sub/work
  echo data >in.txt
  cat >params.yaml <<'YAML'
lr: 0.1
names: [a, b]
YAML
  cat >dvc.yaml <<'YAML'
stages:
  train:
    cmd:
    - mkdir -p keep model
    - tr a-z A-Z < in.txt > model/weights
    - echo 2 > model/bias
    - echo k > keep/k
    - 'echo "{}" > m.json'
    deps:
    - in.txt
    params:
    - lr
    outs:
    - model
    - keep:
        persist: true
    metrics:
    - m.json:
        cache: false
  report:  # for people
    cmd: cat model/weights model/bias > report.txt
    deps:
    - model
    outs:
    - report.txt
  each:
    foreach: [x, y]
    do:
      cmd: echo ${item} > each-${item}.txt
      outs:
      - each-${item}.txt
YAML
  cat >sub/dvc.yaml <<'YAML'
stages:
  inner:
    cmd: echo inner > out.txt
    wdir: work
    outs:
    - out.txt
YAML
  dvc add -q in.txt
  dvc repro -q -P
  git add -A
  git commit -q -m pipeline
}

# The pipeline in the place of the empty repository.
piped() {
  cd ..
  rm -rf r
  cp -a "$pipeline" r
  cd r || return 1
}

# Both tell the same: told_alike [target …]
told_alike() {
  both 0 status --json "$@"
}

@test "nothing changed" {
  play() {
    piped
    both_clean
    both 0 status --json train
    both 0 status --json sub/dvc.yaml:inner
  }
  twins play
}

@test "what changed: outputs, also those that are absent or of a changed stage" {
  play() {
    piped
    echo more >model/more
    rm report.txt each-x.txt
    echo changed >in.txt
    sed -i 's/0\.1/0.2/' params.yaml
    sed -i 's/cmd: cat model.weights/cmd: cat -u model\/weights/' dvc.yaml
    rm sub/work/out.txt .dvc/cache/files/md5/"$(echo inner | md5sum | cut -c 1-2)"/*
    told_alike
    told_alike report
    told_alike model
    git checkout -q params.yaml
    echo bad >m.json
    told_alike
  }
  twins play
}

@test "checked out, of a clone, by name of stage and of output" {
  play() {
    piped
    rm -r model keep report.txt each-x.txt sub/work/out.txt
    vc 0 checkout report
    there report.txt
    gone model
    mate 0 checkout model/bias
    equal "$(ls model)" bias
    vc 0 checkout sub/dvc.yaml:inner each@x
    there sub/work/out.txt each-x.txt
    mate 0 checkout
    both_clean
  }
  twins play
}

@test "pushed, fetched, pulled" {
  play() {
    piped
    vc 0 remote add -d far ../far
    commit_all
    both 0 status -c --json
    vc 0 push report
    equal "$(find ../far -type f | wc -l)" 1
    mate 0 push
    both 0 status -c --json
    # DVC's run cache stays here
    equal "$(find ../far -type f | grep -vc files/md5 || true)" 0
    git clone -q . ../clone
    cd ../clone
    mate 0 pull train
    gone report.txt
    vc 0 fetch report
    mate 0 pull
    both_clean
    equal "$(git status --porcelain)" ''
  }
  twins play
}

@test "runs go along where that is asked for" {
  play() {
    printf 'stages:\n  s: {cmd: cp i o, deps: [i], params: [n], outs: [o]}\n' >dvc.yaml
    printf 'n: {a: [1.0e-5, "\\u00e9", null, true], b: {}}\n' >params.yaml
    echo 1 >i
    dvc repro -q
    echo 2 >i
    dvc repro -q
    vc 0 remote add -d far ../far
    commit_all
    mate 0 push --run-cache
    equal "$(cd ../far && find runs -type f | wc -l)" 2
    vc 0 push --run-cache
    git clone -q . ../clone
    cd ../clone
    mate 0 pull --run-cache
    diff -r .dvc/cache/runs ../r/.dvc/cache/runs
    vc 0 fetch --run-cache
    # what was run before need not be run
    rm dvc.lock o
    echo 2 >i
    exits 0 dvc repro
    [[ $output$stderr == *'is cached - skipping run'* ]] || fail "run again: $output$stderr"
    find ../far/runs -type f -exec chmod 644 {} +
  }
  twins play
}

@test "commit: the lock follows" {
  play() {
    piped
    echo more >model/more
    echo inner2 >sub/work/out.txt
    both 1 commit
    vc 0 commit -f train
    mate 0 status --json train
    equal "$(canonical)" '{}'
    mate 0 commit -f sub/dvc.yaml:inner
    told_alike
    commit_all
    rm -r model
    mate 0 checkout
    there model/more
  }
  twins play
}

@test "commit: what a stage reads and does, and nothing else" {
  play() {
    piped
    echo changed >in.txt
    chmod +x in.txt
    sed -i 's/0\.1/1e-7/' params.yaml
    sed -i 's/- echo k/- echo  k/' dvc.yaml
    told_alike
    both 1 commit
    both 1 commit train
    vc 0 commit -f train
    told_alike
    both_known
    mate 0 commit in.txt.dvc -f
    mate 0 commit -f
    both_clean
    vc 0 commit
  }
  both_known() {
    exits 0 dvc status --json train
    equal "$output" '{}'
  }
  twins play
}

# What DVC's writer makes of values: numbers, words, texts that fold, collections that are met twice.
@test "commit: parameters of all kinds" {
  play() {
    cat >params.yaml <<'YAML'
lr: 1.0E-7
i: 0x1F
big: 123456789012345678901234567890
oct: 0o17
und: 1_000
f: [1, 2.50, {a: 1, b: [x, 'y']}]
nested:
  z: 1
  a: "two words: yes"
  d: [[1, [2]], {k: v, l: ~}, [], {}, '', true,  ]
n:
inf: .inf
ml: |
  line1
  line2
long: aaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccc dddddddddddddddddddd eeeeeeeeeee
quoted: "aaaaaaaaaaaaaaaaaaaaaaaaa: bbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccc dddddddddddddddddddd eeeeeeeeeee"
deep: {a: {b: [[["aaaaaaaaaaaaaaaaaaaaaaaaa: bbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccc dddddddddddddddddddd"]]]}}
yes: yes
on: "on"
s1: "1"
uni: "ü€"
e1: 1e5
e2: 1.5e300
e3: 12345678901234567.0
neg: -0.0
an: &an {x: 1, y: [2]}
al: *an
emp: &e []
emp2: *e
ik: {3: one, 4: two}
mg:
  <<: *an
  y: 3
key with space: 1
YAML
    echo '{"a": {"b": 1e5, "c": [1, 2, null, true, "x"]}, "u": "\u00fc", "f": 1.0}' >p.json
    echo 'k: {m: "x", n: 3}' >q.yaml
    cat >t.toml <<'TOML'
a.b = 1e5 # one
hex = 0xDEAD_beef
list = [1, 2.50, 'C:\n', [],
  {x = true, y.z = -inf}]
text = """
two \
   lines\tof \u00fc
"""
[tab.'le']
x = +1_000
[[many]]
k = "yes"
[[many]]
TOML
    cat >p.py <<'PY'
"""lr = 1"""
import os

lr = 1e-3; hex = 0xDEAD_beef  # two
pair = 1, 'two',
deep: dict = {'a': [1, 2.50, None], "b": {'c': -1, 'd': True},
  'e': 'one' "two" r'\n'}
text = '''first
\tsecond\u00fc'''
home = os.environ
lr2 = lr * 2


class Train(object):
    """rate = 1"""
    rate = 1; wide, odd = 1, 2
    size = (
        3
    )

    class Inner: x = .5; y = 10_0.

    def __init__(self, k={'v': 1}):
        self.own = "q"
        local = 2
        if local:
            self.no = 3

    def train(self):
        self.no = 4


class Empty: pass
if lr:
    no = 5
PY
    cat >dvc.yaml <<'YAML'
stages:
  toml:
    cmd: x
    params: [t.toml: ]
    outs: [toml.out]
  py:
    cmd: x
    params: [p.py: ]
    outs: [py.out]
  py-some:
    cmd: x
    params: [{p.py: [pair, Train.rate, Train.size, Train.Inner.x, Train.own, deep.b.d]}]
    outs: [some.out]
  some:
    cmd:
    - echo a > out.txt
    - 'echo "b:  c"'
    deps: [./in, sub/../dir/x]
    params:
    - p.json:
      - a.b
      - a.c
      - a.c.0
      - u
    - nested
    - nested.d
    - al.x
    - lr
    - q.yaml:
    outs:
    - out.txt
  all:
    cmd: |
      echo one
      echo two > two.txt
    params: [lr, params.yaml: , {p.json: [f, a]}]
    deps: [dir]
    metrics:
    - two.txt:
        cache: false
  bare:
    cmd: echo long aaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccc
      dddddddddddddddddddd > bare.txt
YAML
    mkdir -p dir sub
    echo in >in
    echo x >dir/x
    echo y >dir/y
    dvc add -q dir/y
    echo a | tee toml.out py.out some.out >out.txt
    echo two >two.txt
    told_alike
    both 1 commit
    vc 0 commit -f some
    told_alike
    mate 0 commit -f
    told_alike
    # the names of collections that went are given anew
    sed -i 's/^al: .*/al: {x: 1}/; s/^lr: .*/lr: 2/; s/^ik: .*//' params.yaml
    sed -i "s/x = .5/x = .6/; s/\"q\"/'q'/" p.py
    echo new >dir/new
    told_alike
    mate 0 commit -f all
    told_alike
    vc 0 commit -f
  }
  twins play
}

@test "templates: each stage that comes of one is a stage" {
  play() {
    cat >params.yaml <<'YAML'
lr: 1e-7
flag: true
none:
txt: "a b"
big: 0x1F
list: [1, 2.50, x y, true]
model: {depth: 3, name: "it's", on: true, off: false, sub: {k: v, l: [a, b]}}
items: {x: {v: 1}, y: {v: 2}}
names: [n1, n2]
n1lr: 3
YAML
    mkdir w
    echo '{"other": {"z": 5}, "keep": 1}' >o.json
    echo 'inw: 7' >w/p.yaml
    cat >dvc.yaml <<'YAML'
vars:
- o.json:other
- local: {v: 9}
- model: {more: 1}
stages:
  plain:
    cmd: echo ${lr} ${flag} ${none} ${txt} ${big} ${list[0]} ${list[1]} ${ model.depth } ${model[name]} \${HOME} ${other.z}
    deps: ["${names[0]}.in", in.txt]
    params: ["${names[0]}lr", model.depth]
    outs:
    - ${txt}.out
  opts:
    cmd: python x.py ${model} --end
    outs: [opts.txt]
  each:
    foreach: ${items}
    do:
      cmd: echo ${key} ${item.v} > e_${key}
      deps: [in.txt]
      outs: ["e_${key}"]
  inner:
    foreach:
      u: {o: "${names[1]}"}
      v: {o: lit}
    do:
      cmd: echo ${item.o}
      wdir: w
      vars: [p.yaml, {extra: "e"}]
      deps: [in.txt]
      outs: ["i_${item.o}_${inw}_${extra}"]
  grid:
    matrix:
      a: ${names}
      b: [1, {c: 3}]
    cmd: echo ${item.a} ${key}
    outs: ["grid_${key}"]
YAML
    for file in in.txt w/in.txt n1.in 'a b.out' opts.txt e_x e_y w/i_n2_7_e w/i_lit_7_e grid_n{1,2}-{1,b1}; do
      echo "$file" >"$file"
    done
    both 0 status --json
    both 0 status --json grid@n1-b1
    both 1 status each@z
    vc 0 commit -f grid@n1-1
    mate 0 commit -f each
    vc 0 commit -f
    told_alike
    sed -i 's/1e-7/2e-7/; s/n1lr: 3/n1lr: 4/; s/x: {v: 1}, //' params.yaml
    echo more >>in.txt
    rm w/i_lit_7_e
    told_alike
    mate 0 checkout inner@v
    vc 0 commit -f
    told_alike
    sed -i 's/o: lit/o: "${nope}"/' dvc.yaml
    both 1 status
  }
  twins play
}

@test "what a stage reads is not there" {
  play() {
    piped
    told() { both 0 status --json; }
    rm in.txt
    told
    both - commit -f train
    dvc checkout -q
    mv params.yaml away.yaml
    told
    both - commit -f train
    mv away.yaml params.yaml
    sed -i 's/^lr/lrr/' params.yaml
    told
    both - commit -f train
  }
  twins play
}

@test "stages that always run, that read nothing, that never ran" {
  play() {
    cat >dvc.yaml <<'YAML'
stages:
  always: {cmd: echo a > a, always_changed: true, outs: [a]}
  nothing: {cmd: echo}
  later: {cmd: echo, deps: [b], outs: [c], wdir: w}
YAML
    mkdir w
    echo a >a
    both 0 status --json
    both 1 status -q
    vc 0 commit -f always
    mate 0 commit -f nothing
    both 0 status --json nothing
    echo b >w/b
    both 0 status --json later
    echo c >w/c
    both 0 status --json
    (cd w && both 0 status --json)
    mate 0 commit -f ./dvc.yaml:later
    both 0 status --json
  }
  twins play
}

@test "outputs are kept by gc, and what they were is not" {
  play() {
    piped
    echo more >model/more
    vc 0 commit -f train
    echo most >model/more
    vc 0 commit -f train
    vc 0 gc -w -f
    rm -r model keep report.txt each-x.txt
    mate 0 checkout
    told_alike
    equal "$(cat model/more)" most
    # dray keeps the manifest that the other stage has read
    dvc gc -q -w -f
    find .dvc/cache -type d -empty -delete
  }
  twins play
}

@test "frozen: what it reads is not looked at" {
  play() {
    piped
    vc 0 freeze train
    echo changed >in.txt
    told_alike
    mate 0 unfreeze train
    told_alike
    vc 0 freeze in.txt.dvc
    mate 0 unfreeze in.txt.dvc
  }
  twins play
}
