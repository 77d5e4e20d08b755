#!/usr/bin/env bats
# get-url, import-url, ls-url and update: paths, the web, buckets.
load ../support/sandbox
load ../support/s3

here() {
  git init -q
  dray init -q "$@"
  git commit -q -m start
}

# A web server of ../web/files at $web.
web() {
  mkdir -p ../web/files
  serve web.py ../web
  web=http://127.0.0.1:$(cat ../web/port)
}

# A bucket `zoo` on a server in memory, with two files.
zoo() {
  faulty
  s3 mb zoo
  echo aaa | s3 put zoo/dir/a
  echo bbb | s3 put zoo/dir/sub/b
  echo fff | s3 put zoo/f.txt
}

@test "a path: get, list" {
  make_data ../there
  exits 0 dray get-url ../there
  same_tree there ../there
  exits 0 dray get-url "file://$(realpath ../there)/a.txt" b
  equal "$(cat b)" one
  complains 8 "'there' exists already" dray get-url ../there
  exits 0 dray get-url ../there --force
  exits 0 dray ls-url ../there
  equal "$output" 'a.txt
empty
hollow
link
sub'
  exits 0 dray ls-url -R ../there
  has_line sub/deep/run
  exits 0 dray ls-url -T -L 1 --size ../there
  has_line "      4 B  ├── a.txt"
  exits 3 dray get-url ../nowhere
  exits 14 dray get-url gs://bucket/x
  exits 10 dray get-url remote://name/x
}

@test "a path: import, update" {
  make_data ../there
  here
  exits 0 dray import-url ../there data
  same_tree data ../there
  equal "$(sed 's/^md5: .*/md5: X/' data.dray)" "md5: X
frozen: true
deps:
- sha256: $(oid data.dray | head -n 1)
  size: $(sed -n 's/^  size: //p' data.dray | head -n 1)
  nfiles: 6
  path: ../there
outs:
- sha256: $(oid data.dray | head -n 1)
  size: $(sed -n 's/^  size: //p' data.dray | head -n 1)
  nfiles: 6
  path: data"
  git commit -q -m data
  exits 0 dray update data.dray
  equal "$output" 'everything is up to date'
  equal "$(git status --porcelain)" ''
  echo new >../there/new
  exits 0 dray update data.dray
  same_tree data ../there
  exits 0 dray status --exit-code
  exits 2 dray update --rev x data.dray
}

@test "a path, as DVC writes it" {
  echo U >../u.txt
  here --dvc
  exits 0 dray import-url ../u.txt u2
  equal "$(cat u2.dvc)" "md5: de359a8d299fbecb4bb0cbc14c99c123
frozen: true
deps:
- md5: c03b74ce71730958d41ea3cf66bdd775
  size: 2
  hash: md5
  path: ../u.txt
outs:
- md5: c03b74ce71730958d41ea3cf66bdd775
  size: 2
  hash: md5
  path: u2"
  exits 0 dray import-url ../u.txt later --no-download
  gone later
  equal "$(sed -n '/^deps/,$p' later.dvc)" "deps:
- md5: c03b74ce71730958d41ea3cf66bdd775
  size: 2
  hash: md5
  path: ../u.txt
outs:
- hash: md5
  path: later"
  exits 0 dray import-url ../u.txt never --no-exec
  equal "$(cat never.dvc)" "frozen: true
deps:
- hash: md5
  path: ../u.txt
outs:
- hash: md5
  path: never"
  exits 0 dray update later.dvc never.dvc
  equal "$(cat later never)" 'U
U'
}

@test "the web: get, list, redirects, a server that is busy" {
  web
  echo hello >../web/files/a.txt
  exits 0 dray get-url "$web/a.txt"
  equal "$(cat a.txt)" hello
  exits 0 dray get-url "$web/redirect/a.txt" b
  exits 0 dray get-url "$web/away/a.txt" c
  exits 0 dray get-url "$web/busy/a.txt?x=1" d
  exits 0 dray get-url "$web/getonly/a.txt" e
  equal "$(cat b c d e)" 'hello
hello
hello
hello'
  exits 0 dray ls-url --size "$web/a.txt"
  equal "$output" "      6 B  $web/a.txt"
  exits 3 dray get-url "$web/nothing"
  exits 1 dray get-url "$web/loop/x"
  gone nothing x
}

@test "the web: import and update by ETag" {
  web
  here --dvc
  echo hello >../web/files/a.txt
  exits 0 dray import-url "$web/a.txt" h
  equal "$(sed -n '/^deps/,$p' h.dvc)" "deps:
- checksum: '\"f572d396fae9\"'
  size: 6
  hash: md5
  path: $web/a.txt
outs:
- md5: b1946ac92492d2347c6235b4d2611184
  size: 6
  hash: md5
  path: h"
  : >../web/log
  exits 0 dray update h.dvc
  equal "$output" 'everything is up to date'
  equal "$(cat ../web/log)" 'HEAD /a.txt'
  echo hello2 >../web/files/a.txt
  exits 0 dray update h.dvc
  equal "$(cat h)" hello2
  exits 0 dray import-url "$web/plain/a.txt" p
  equal "$(cat p)" hello2
  exits 0 dray update p.dvc
}

@test "the web: who we are is kept in the pointer, and told" {
  mkdir -p ../store/files
  echo hello >../store/files/a
  serve web_store.py "$(realpath ../store)"
  echo 'basic me secret' >../store/rules
  local place
  place=http://127.0.0.1:$(cat ../store/port)/a
  here --dvc
  exits 1 dray import-url "$place"
  exits 0 dray import-url "$place" --fs-config auth=basic user=me password=secret
  hints "'password' is in the pointer now, which git tracks"
  equal "$(sed -n '/^  fs_config/,/^outs/p' a.dvc)" '  fs_config:
    auth: basic
    user: me
    password: secret
outs:'
  exits 0 dray update a.dvc
  exits 0 dray get-url "$place" b --fs-config auth=basic user=me password=secret
  equal "$(cat a b)" 'hello
hello'
}

@test "a bucket: get, list" {
  zoo
  exits 0 dray get-url s3://zoo/f.txt
  equal "$(cat f.txt)" fff
  exits 0 dray get-url s3://zoo/dir
  equal "$(cat dir/a dir/sub/b)" 'aaa
bbb'
  exits 0 dray ls-url s3://zoo
  equal "$output" 'dir
f.txt'
  exits 0 dray ls-url -R --size s3://zoo/dir
  equal "$output" '      4 B  a
      4 B  sub/b'
  exits 3 dray get-url s3://zoo/nothing
  exits 3 dray ls-url s3://zoo/di
}

@test "a bucket: import and update by ETag, as DVC writes it" {
  zoo
  here --dvc
  exits 0 dray import-url s3://zoo/f.txt
  equal "$(sed -n '/^deps/,/^outs/p' f.txt.dvc)" 'deps:
- etag: 8b8a8b353298f798e3eb8628661617b6
  size: 4
  hash: md5
  path: s3://zoo/f.txt
outs:'
  exits 0 dray import-url s3://zoo/dir
  equal "$(sed -n '/^deps/,$p' dir.dvc)" 'deps:
- md5: 9af76d0277ca969c0e80bd644bad36bd.dir
  size: 8
  nfiles: 2
  hash: md5
  path: s3://zoo/dir
outs:
- md5: 74177b0bff2520c3e187d0039179912a.dir
  size: 8
  nfiles: 2
  hash: md5
  path: dir'
  exits 0 dray update f.txt.dvc dir.dvc
  equal "$output" 'everything is up to date'
  echo bbb2 | s3 put zoo/dir/sub/b
  exits 0 dray update f.txt.dvc dir.dvc
  equal "$(cat dir/sub/b)" bbb2
  equal "$(sed -n 's/^- md5: //p' dir.dvc | head -n 1)" 924650cbaad8c833d313d94947e9fa60.dir
}

@test "a bucket: settings of its own are kept in the pointer" {
  zoo
  here --dvc
  local endpoint=$AWS_ENDPOINT_URL
  unset AWS_ENDPOINT_URL
  exits 0 dray import-url s3://zoo/f.txt --fs-config "endpointurl=$endpoint" jobs=3
  equal "$(sed -n '/^  path/,/^outs/p' f.txt.dvc | head -n 5)" "  path: s3://zoo/f.txt
  fs_config:
    endpointurl: $endpoint
    jobs: '3'
outs:"
  echo new | AWS_ENDPOINT_URL=$endpoint s3 put zoo/f.txt
  exits 0 dray update f.txt.dvc
  equal "$(cat f.txt)" new
  printf '[default]\ncredential_process = touch %s/ran\n' "$PWD" >evil
  sed -i "s|^    jobs.*|    configpath: $PWD/evil|" f.txt.dvc
  exits 1 dray update f.txt.dvc
  hints "profile 'default' has a credential_process"
  gone ran
}

@test "remote://, with its settings" {
  zoo
  here
  dray remote add -q store s3://zoo/dir
  dray remote modify -q store endpointurl "$AWS_ENDPOINT_URL"
  dray remote modify -q --local store access_key_id "$AWS_ACCESS_KEY_ID"
  printf '%s\n' "$AWS_SECRET_ACCESS_KEY" | dray remote modify -q --local store secret_access_key
  unset AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  exits 0 dray import-url remote://store/sub
  equal "$(cat sub/b)" bbb
  equal "$(sed -n 's/^  path: //p' sub.dray | head -n 1)" remote://store/sub
  exits 0 dray update sub.dray
  equal "$output" 'everything is up to date'
  exits 3 dray get-url remote://nothing/x
  exits 0 dray ls-url remote://store
}

@test "--to-remote: in the remote, not in the workspace" {
  make_data ../there
  here
  dray remote add -q -d store "$PWD/../store"
  complains 3 "there is no remote 'nothing'" dray import-url --to-remote -r nothing ../there data
  exits 0 dray import-url --to-remote ../there data
  gone data
  there data.dray "$(printf 'one\n' | object ../store)"
  exits 2 dray import-url -r store ../there other
  # a manifest and a link's text
  equal "$(find "$(cache)/files" -type f | wc -l)" 2
  rm -rf "$(cache)"
  exits 0 dray pull
  same_tree data ../there
}

@test "--to-remote from a bucket, to a bucket: what is there is not sent again" {
  zoo
  s3 mb far
  here
  dray remote add -q -d far s3://far/x
  forget_requests
  exits 0 dray import-url --to-remote s3://zoo/dir
  gone dir
  equal "$(find "$(cache)/files" -type f | wc -l)" 1
  equal "$(find "$(cache)/tmp" -type f 2>/dev/null | wc -l)" 0
  equal "$(s3 ls far | wc -l)" 3
  echo ccc | s3 put zoo/dir/c
  forget_requests
  exits 0 dray update --to-remote dir.dray
  equal "$(requests ' put PUT .*/far/x/files/')" 2
  exits 0 dray pull
  equal "$(cat dir/a dir/sub/b dir/c)" 'aaa
bbb
ccc'
  rules 'answer=403 on=put key=x/files'
  exits 7 dray import-url --to-remote s3://zoo/f.txt
  gone f.txt.dray
}

@test "what was imported by address is pushed like any data" {
  echo U >../u.txt
  here
  dray remote add -q -d store "$PWD/../store"
  dray import-url -q ../u.txt
  exits 0 dray push
  there "$(printf 'U\n' | object ../store)"
}

@test "what makes no sense is refused" {
  here
  exits 2 dray import-url s3://zoo/x --fs-config a
  exits 2 dray import-url ../x --no-exec --no-download
  exits 2 dray import-url https://me:secret@localhost/x
  case $stderr in *secret*) fail "$stderr" ;; esac
}
