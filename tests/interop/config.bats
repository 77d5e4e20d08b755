#!/usr/bin/env bats
# Settings and exit codes: conformance cases 65 and 66.
# shellcheck disable=SC2317,SC2103
load ../support/sandbox
load ../support/dvc

# A tool's standard output becomes part of the outcome: says <status> <command …>
says() {
  vc "$@"
  printf '%s:\n%s\n' "$*" "$output" >>"$outcome"
}

@test "remotes: written alike at every level, paths relative to their file" {
  play() {
    mkdir sub
    vc 0 remote add -d Store s3://bucket/path
    vc 0 remote modify store endpointurl http://127.0.0.1:9000
    vc 0 remote modify --local store profile work
    vc 0 remote modify --local store region 'eu#1'
    vc 0 remote add near ../near
    vc 0 remote rename near nearby
    cd sub
    vc 0 remote add nearer ../nearer
    vc 0 remote add --global all ../all
    vc 0 remote add --system every /every
    cd ..
    vc 0 remote add base ssh://user@host:22/path
    vc 0 remote modify base port 2222
    vc 0 remote add below remote://base/below
    vc 0 remote remove nearer
    vc 251 remote modify nowhere url x
    vc 251 remote modify store nonsense x
    vc 251 remote modify store url -u
    vc 251 remote remove nowhere
    vc 251 remote rename nowhere other
    vc 251 remote add store s3://other
    vc 0 remote add -f below remote://base/lower
    vc 0 remote default below
    says 0 remote default
    says 0 remote list
    vc 0 remote default -u
    vc 0 remote default --local nearby
    says 0 remote default
    cat "$DVC_GLOBAL_CONFIG_DIR/config" "$DVC_SYSTEM_CONFIG_DIR/config" >>"$outcome"
    says 0 config -l
    mate 0 config -l
    commit_all
  }
  twins play
}

@test "options: set, read, refused, removed" {
  play() {
    vc 0 config core.autostage true
    vc 0 config CACHE.Type hardlink,symlink
    vc 0 config --local core.checksum_jobs 3
    says 0 config core.autostage
    says 0 config cache.type
    says 0 config core.checksum_jobs
    says 0 config core.remote
    says 0 config core.nope
    says 0 config nosec.x
    vc 251 config core.nope 1
    vc 251 config core.checksum_jobs many
    vc 251 config core.autostage yes
    vc 251 config cache.type magic
    vc 254 config nodot
    vc 254 config nodot value
    vc 0 config -u core.autostage
    vc 251 config -u core.autostage
    says 0 config -l --show-origin
    vc 0 config exp.auto_push true
    vc 0 config hydra.enabled false
    vc 0 config studio.url https://studio.example
    vc 0 config cache.dir ../some/cache
    mate 0 config cache.dir
    says 0 cache dir
    vc 0 cache dir --unset
    vc 0 config core.site_cache_dir ' two words, "quoted" '
    mate 0 config core.site_cache_dir
    says 0 config core.site_cache_dir
    vc 0 config -u core.site_cache_dir
    says 0 config -l
  }
  twins play
}

@test "what a person wrote: reads alike, however it is spelled" {
  play() {
    cat >.dvc/config <<'INI'
# a comment
[core]
remote=main
  autostage = True

['remote "main"']
    url = ../../far   # behind
[remote "other"]
    url = "/with, comma"
    jobs = 4
[cache]
    type = hardlink
['db "pg"']
    url = postgres://x
[feature]
    machine = true
INI
    commit_all
    says 0 config -l
    mate 0 config -l
    says 0 remote list
    vc 0 config core.interactive false
    mate 0 remote modify other jobs 8
    says 0 config -l
    echo foo >foo
    vc 0 add foo
    mate 0 push
    there ../far
  }
  twins play
}

@test "statuses: outside of a repository, unknown words, nothing there" {
  play() {
    mkdir ../elsewhere
    cd ../elsewhere
    # there is no dialect here: DVC's status is 253, dray's 10
    both - status
    both - add x
    both - root
    cd ../r
    both 254 nonsense
    both 254 status --nonsense
    both 254 add
    both 254 remote
    both 255 checkout nowhere
    both 1 add nowhere
    both 1 remove nowhere
    printf 'outs: 3\n' >bad.dvc
    both 1 status
    both 255 checkout bad.dvc
    rm bad.dvc
    both 0 --version
    both 0 version
    both 0 --help
    both 0 add --help
    both 0 -h
    mkdir sub
    both 0 --cd sub root
    says 0 --cd sub root
    says 0 root
    cd sub
    says 0 root
  }
  twins play
}

@test "settings that are wrong stop every command but those that change them" {
  play() {
    local text
    for text in \
      '[core]\n    checksum_jobs = many\n' \
      '[core]\n    checksum_jobs = 0\n' \
      '[core]\n    bogus = 1\n' \
      '[bogus]\n    a = 1\n' \
      '[core]\n    autostage = maybe\n' \
      '[exp]\n    bogus = 1\n' \
      '[remote "x"]\n    url = s3://b/k\n    bogus = 1\n' \
      '[remote "x"]\n    url = s3://b/k\n    jobs = 0\n' \
      '[remote "x"]\n    url = s3://b/k\n    read_timeout = x\n' \
      '[remote "x"]\n    url = s3://b/k\n    use_ssl = perhaps\n' \
      '[remote "x"]\n    url = /far\n    region = eu\n' \
      '[remote "x"]\n    url = http://h/p\n    auth = nope\n' \
      '[remote "x"]\n    url = zzz://b/k\n' \
      '[remote "x"]\n    profile = s\n'; do
      # shellcheck disable=SC2059
      printf "$text" | sed "s/^\\[remote .*/['&']/; s/'\\[/'/; s/\\]'/'/" >.dvc/config
      vc 251 status
      vc 251 gc -w -f
      vc 0 root
      vc 0 config -l
    done
    printf '[cache]\n    type = foo\n' >.dvc/config
    vc 251 status
    printf '[cache]\n    shared = foo\n' >.dvc/config
    vc 251 status
    # what a later level puts right is right; what is not known yet may be of another version
    printf '[core]\n    checksum_jobs = many\n' >.dvc/config
    printf '[core]\n    checksum_jobs = 2\n[feature]\n    bogus = 1\n' >.dvc/config.local
    vc 0 status
    rm .dvc/config.local
    vc 0 config core.checksum_jobs 3
    vc 0 status
  }
  twins play
}

@test "autostage" {
  play() {
    vc 0 config core.autostage true
    git commit -q -am config
    mkdir d
    echo x | tee x >d/x
    vc 0 add x d
    equal "$(git status --porcelain)" 'A  .gitignore
A  d.dvc
A  x.dvc'
    mate 0 move x y
    mate 0 remove d.dvc
    # removals are staged by dray, and not by DVC
    git add -A
  }
  twins play
}
