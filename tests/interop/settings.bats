#!/usr/bin/env bats
# Settings: both tools write the same bytes, read the same values, tell and refuse the same.
load ../support/sandbox
load ../support/dvc
home='~' # the tools expand it

# In a play: both tools end so and print the same: tell_alike <status> <command …>
tell_alike() {
  local told
  vc "$@"
  told=$output
  mate "$@"
  equal "$output" "$told"
  printf '%s\n%s\n' "$*" "$output" >>"$outcome"
}

writing() {
  mkdir -p sub ../rem
  cd sub || return 1
  vc 0 remote add -d Foo ../../rem
  mate 0 remote add tilde "$home/abc"
  vc 0 remote add --local loc /abs
  mate 0 config cache.type hardlink,symlink
  vc 0 remote add ref remote://foo/sub
  mate 0 remote add -f ref remote://foo/deep
  vc 0 remote add cloud gs://bucket/path
  mate 0 remote modify cloud projectname "a'b\"c"
  vc 0 remote modify cloud credentialpath ../key.json
  mate 0 remote modify cloud endpointurl ' led by a blank'
  vc 0 config plots.out_dir a,b
  mate 0 config plots.html_template 'a # b'
  vc 0 config core.autostage TRUE
  mate 0 config cache.dir ../../cache
  vc 0 config --global core.checksum_jobs 2
  mate 0 config --global cache.shared Group
  vc 0 config db.foo.url x
  mate 0 remote add after /after
  vc 0 remote default loc
  mate 0 remote default --local foo
  chmod 644 ../.dvc/config.local # dray writes it for its owner only
  cat "$DVC_GLOBAL_CONFIG_DIR/config" >>"$outcome"
}

@test "both write the same" {
  twins writing
  grep -qx "    projectname = '''a'b\"c'''" .dvc/config
}

reading() {
  local name
  mkdir -p sub
  cat >.dvc/config <<'EOF'
# Comments, and all that ConfigObj reads.
[core]
remote = one # the default
[cache]
    type = hardlink, "symlink" # a list
[remote "One"]
    URL = ../../rem#one
['remote "two"'] # as DVC writes it
    'url' = '''/a # b'''
    jobs = %(workers)s
[DEFAULT]
workers = 3
EOF
  cd sub || return 1
  for name in core.remote remote.one.url remote.two.url CORE.Remote core.nope nosec.x; do
    tell_alike 0 config "$name"
  done
  tell_alike 0 remote list
  tell_alike 0 remote default
  tell_alike 0 config --show-origin core.remote
  tell_alike 0 cache dir
}

# DVC moves what it renames to the end, dray leaves it where it is.
renaming() {
  vc 0 config cache.type copy
  vc 0 config --local cache.shared group
  vc 0 remote add -d one /1
  vc 0 config --local core.remote one
  mate 0 remote rename one uno
  tell_alike 0 config -l
  vc 0 remote rename uno eins
  tell_alike 0 config -l
  mate 0 remote remove eins
  equal "$(grep -c eins .dvc/config .dvc/config.local)" '.dvc/config:0
.dvc/config.local:0'
  chmod 644 .dvc/config.local
}

@test "a remote is renamed and removed with what refers to it" {
  twins renaming
}

@test "both read the same" {
  twins reading
}

listing() {
  mkdir -p sub
  cd sub || return 1
  vc 0 config core.checksum_jobs 2
  vc 0 remote add -d one ../../rem
  vc 0 remote add --local two.with.dots /abs
  vc 0 config --global cache.dir "$home/cache"
  chmod 644 ../.dvc/config.local
  tell_alike 0 config -l
  tell_alike 0 config --list --show-origin
  tell_alike 0 config -l --local
  tell_alike 0 remote list
  tell_alike 0 remote list --local
  tell_alike 0 cache dir
  tell_alike 0 cache dir --global
}

@test "both list the same" {
  twins listing
}

refusing() {
  local command
  vc 0 remote add one ../rem
  for command in 'remote add one /other' 'remote add x foo://bar' 'remote modify one keyfile x' \
    'remote modify one nope x' 'remote modify none url /x' 'remote modify one jobs 0' 'remote default none' \
    'remote remove none' 'remote rename none other' 'remote rename one one' 'cache dir -u' 'cache dir --local' \
    'config core.nope 1' 'config core.autostage yes' 'config cache.type reflink,foo' 'config cache.shared all' \
    'config core.checksum_jobs 0' 'config remote.new.region x' 'config -u core.remote' 'config --local core.remote'; do
    # shellcheck disable=SC2086
    tell_alike 251 $command
  done
  for command in 'config' 'config -l core.remote' 'config --show-origin core.remote x'; do
    # shellcheck disable=SC2086
    tell_alike 1 $command
  done
  vc 254 config nodot
  mate 254 config nodot
  printf '[core]\n    autostage = perhaps\n' >>.dvc/config
  echo x >x
  vc 251 add x
  mate 251 add x
  rm x
  printf '[core\n' >.dvc/config
  vc 251 config -l
  mate 251 config -l
}

@test "both refuse the same, with the same codes" {
  twins refusing
}

ignoring() {
  mkdir -p d/e f 'sp ace'
  printf '# c\n*.log\n!keep.log\n*.log\n!keep.log\n/f/\n*.tmp\n' >.dvcignore
  printf 'e\n' >d/.dvcignore
  tell_alike 0 check-ignore -d d/a.log ./d/a.log "$PWD/d/a.log" d/e d/e/b.log f f/x 'sp ace/é.log'
  tell_alike 0 check-ignore -d -a d/keep.log
  tell_alike 1 check-ignore d/keep.log
  tell_alike 0 check-ignore -d -n d/zz foo.tmp
  tell_alike 1 check-ignore -d d/zz
  tell_alike 1 check-ignore ../outside.log
  for command in 'check-ignore' 'check-ignore -n a.log' 'check-ignore -a a.log' 'check-ignore --stdin a.log'; do
    # shellcheck disable=SC2086
    tell_alike 255 $command
  done
  cd d || return 1
  tell_alike 0 check-ignore -d a.log ../foo.tmp
  tell_alike 0 root
}

@test "both find the same ignored" {
  twins ignoring
}

remoting() {
  mkdir ../store
  vc 0 remote add base ../store
  mate 0 remote add -d near remote://base/sub
  vc 0 remote add nearer remote://near/deep
  echo one >one
  vc 0 add one
  mate 0 push
  there "$(md5_object ../store/sub <one)"
  vc 0 push -r nearer
  there "$(md5_object ../store/sub/deep <one)"
  rm -rf .dvc/cache one
  mate 0 pull -r nearer
  equal "$(cat one)" one
  vc 0 config cache.dir remote://base/cache
  echo two >two
  mate 0 add one two
  there "$(md5_object ../store/cache <two)"
  equal "$(dvc status --json)" '{}'
  # dray's places in stores, which DVC leaves alone
  find .dvc/cache ../store \( -name lock -o -name tmp -empty \) -delete
}

@test "remotes that refer to others, also as the cache" {
  twins remoting
}
