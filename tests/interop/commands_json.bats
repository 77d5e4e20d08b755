#!/usr/bin/env bats
# Commands that scripts read: data status, diff, list, du, check-ignore. Conformance cases 67 to 70.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# Three commits: v1 has `d` (a, sub/b, sub/same, gone), foo, bar, and code; v2 changed, removed, renamed, added.
two_versions() {
  mkdir -p d/sub code
  echo a >d/a
  echo b | tee d/sub/same >d/sub/b
  echo gone >d/gone
  echo foo >foo
  echo bar >bar
  echo 'int main' >code/main.c
  vc 0 add d foo bar
  commit_all v1
  git tag v1
  echo changed >d/a
  mv d/sub/b d/sub/renamed
  rm d/gone
  echo new >d/new
  mv bar baz
  vc 0 remove bar.dvc
  echo foo2 >foo
  mkdir e
  echo e >e/e
  vc 0 add d foo baz e
  commit_all v2
}

@test "data status: committed, uncommitted, untracked, unchanged, granular" {
  play() {
    both 0 data status --json
    two_versions
    both 0 data status --json --unchanged
    both 0 data status --json --granular --unchanged
    echo x >d/x
    echo more >>d/new
    rm d/sub/same
    echo foo3 >foo
    rm -r e
    echo loose >loose
    mkdir some
    echo loose >some/loose
    echo y >y
    vc 0 add y
    both 0 data status --json
    both 0 data status --json --granular
    both 0 data status --json --untracked-files
    both 0 data status --json --untracked-files all --unchanged
    both 0 data status --json --granular d
    both 0 data status --json --granular d/sub foo
    git add -A
    both 0 data status --json --untracked-files
    vc 0 add d foo
    both 0 data status --json --granular
    both 0 data status --json
    rm -f "$(echo foo3 | md5_object .dvc/cache)" foo
    both 0 data status --json --granular
    chmod -R u+w .dvc/cache
    # DVC remembers manifests there
    rm -rf .dvc/cache "$DVC_SITE_CACHE_DIR"
    mkdir -p d/sub/deep
    echo x | tee d/sub/deep/x >d/sub-x
    both 0 data status --json
    both 0 data status --json --granular
    rm -r d/sub/deep
    both 0 data status --json --granular d/sub
    cd d
    both 0 data status --json
    cd ..
    git rm -q --cached baz.dvc
    rm baz.dvc
    both 0 data status --json
  }
  twins play
}

@test "data status: what is not in the remote" {
  play() {
    two_versions
    vc 0 remote add -d far ../far
    both 0 data status --json --not-in-remote
    both 0 data status --json --not-in-remote --granular
    vc 0 push d
    both 0 data status --json --not-in-remote --granular
    vc 0 remote add other ../other
    both 0 data status --json --not-in-remote -r other
  }
  twins play
}

@test "diff: revisions, the workspace, renames, hashes, targets" {
  play() {
    two_versions
    both 0 diff --json
    both 0 diff v1 --json
    both 0 diff v1 HEAD --json
    both 0 diff v1 HEAD --json --show-hash
    both 0 diff HEAD v1 --json
    both 0 diff v1 --json --targets d foo
    both 0 diff v1 --json --targets d/sub
    both 0 diff --json --targets d foo -- v1
    echo more >foo
    echo x >d/x
    rm d/sub/renamed
    rm -r e
    both 0 diff --json
    both 0 diff v1 --json --show-hash
    rm -f "$(echo baz | md5_object .dvc/cache)" "$(echo bar | md5_object .dvc/cache)" baz
    both 0 diff --json
    both 0 diff --json --hide-missing
    both 0 diff v1 HEAD --json
    both 1 diff nowhere
    vc 0 diff v1 --md
    printf '%s\n' "$output" | sort >>"$outcome"
    vc 0 diff v1 HEAD --md --show-hash
    printf '%s\n' "$output" | sort >>"$outcome"
  }
  twins play
}

@test "list: of this repository, of others, of revisions" {
  play() {
    two_versions
    chmod 755 code/main.c
    cat >dvc.yaml <<'YAML'
stages:
  measure:
    cmd: measure
    outs:
    - made
    metrics:
    - m.json: {cache: false}
    - sub/n.json: {cache: false}
YAML
    mkdir -p made sub
    echo '{}' | tee m.json sub/n.json >made/a
    dvc commit -q -f dvc.yaml:measure
    commit_all v3
    both 0 list . --json
    both 0 list . -R --json
    both 0 list . -R --dvc-only --json
    both 0 list . d --json
    both 0 list . d/sub --json
    both 0 list . d -R --json
    both 0 list . foo --json
    both 0 list . --rev v1 -R --json
    both 0 list . -R --level 2 --json
    both 0 ls . code --json
    both 1 list . nowhere
    cd ..
    both 0 list "$PWD/r" -R --json
    both 0 list "$PWD/r" d --json --rev v1
    both - list "$PWD/nowhere"
    mkdir -p plain/sub
    echo x >plain/sub/f
    (cd r && both 0 list ../plain -R --json && both 0 list ../plain sub --json && both 1 list ../plain none)
    cd r
    rm -rf d foo .dvc/cache
    both 0 list . --json
    both 0 list . -R --dvc-only --json --size --show-hash
  }
  twins play
}

@test "du: sizes" {
  # The units of a small size and the order of lines are not the matter: sizes <command …>
  sizes() {
    vc 0 "$@"
    printf '%s\n' "$output" | sed -E 's/^ *([0-9]+)( B)?( +|$)/\1 /; s/ total$//; s/ +$//' | sort >>"$outcome"
  }
  play() {
    two_versions
    sizes du .
    sizes du . -s
    sizes du --rev v1 .
  }
  twins play
}

@test "check-ignore: what matches, where the rule is; statuses" {
  play() {
    mkdir -p sub/deep
    printf '*.tmp\n# comment\n/only\n!keep.tmp\nfolder/\n' >.dvcignore
    printf 'deep/x\n*.log\n' >sub/.dvcignore
    touch a.tmp b keep.tmp only sub/only sub/deep/x sub/a.log
    mkdir folder
    touch folder/x
    local names=(a.tmp b keep.tmp only sub/only sub/deep/x sub/a.log folder folder/x nowhere.tmp)
    local name
    for name in "${names[@]:0:9}"; do
      run --separate-stderr "$first" check-ignore "$name"
      printf 'check-ignore %s: %s %s\n' "$name" "$status" "$output" >>"$outcome"
    done
    vc 0 check-ignore "${names[@]}"
    printf '%s\n' "$output" >>"$outcome"
    vc 0 check-ignore -d "${names[@]}"
    printf '%s\n' "$output" >>"$outcome"
    vc 0 check-ignore -d -n "${names[@]}"
    printf '%s\n' "$output" >>"$outcome"
    both 255 check-ignore
    both 1 check-ignore b
    printf 'a.tmp\nb\nsub/a.log\n' >names
    run --separate-stderr "$first" check-ignore --stdin <names
    printf 'stdin: %s %s\n' "$status" "$output" >>"$outcome"
  }
  twins play
}
