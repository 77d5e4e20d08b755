#!/usr/bin/env bats
# Outputs of stages are data, too: status, checkout, push, pull, commit, gc. Running them is DVC's part.
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

# Both tell the same about outputs; what stages read is told by DVC alone: outputs [target …]
outputs() {
  local told
  exits 0 "$first" status --json "$@"
  told=$(of_outputs)
  exits 0 "$second" status --json "$@"
  equal "$(of_outputs)" "$told"
  printf 'outputs %s: %s\n' "$*" "$told" >>"$outcome"
}

of_outputs() {
  printf '%s' "$output" | python3 -c '
import json, sys
told = {stage: [item for item in items if isinstance(item, dict) and "changed outs" in item]
        for stage, items in json.load(sys.stdin).items()}
print(json.dumps({stage: items for stage, items in told.items() if items}, sort_keys=True))'
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
    outputs
    outputs report
    outputs model
    git checkout -q params.yaml
    echo bad >m.json
    outputs
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
    outputs
    commit_all
    rm -r model
    mate 0 checkout
    there model/more
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
    outputs
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
    outputs
    mate 0 unfreeze train
    outputs
    vc 0 freeze in.txt.dvc
    mate 0 unfreeze in.txt.dvc
  }
  twins play
}
