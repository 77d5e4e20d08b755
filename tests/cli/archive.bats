#!/usr/bin/env bats
# dray archive: code and data of a revision as one file, the same bytes wherever it is made.
# label: s3
load ../support/sandbox
load ../support/s3

# A repository with code, data of every kind, and names that are hard to write.
prepare() {
  export GIT_COMMITTER_DATE='1700000000 +0000' GIT_AUTHOR_DATE='1700000000 +0000'
  repo
  make_data data
  printf 'code\n' >main.c
  mkdir tools
  printf '#!/bin/sh\n' >tools/run
  chmod 755 tools/run
  ln -s ../main.c tools/link
  printf 'odd\n' >"$(printf 'new\nline')"
  printf 'bytes\n' >"$(printf 'no \377 utf8')"
  dray add -q data
  git add -A
  git commit -qm data
}

# What an archive unpacks to: unpacked <file> <folder>
unpacked() {
  mkdir -p "$2"
  bsdtar -xf "$1" -C "$2"
}

# The revision in hand as a person would have it: a clone with its data.
checked_out() {
  git clone -q . "$1"
  (cd "$1" && dray config --local cache.dir "$(cache_of "$OLDPWD")" && dray checkout -q)
  rm -rf "$1/.git"
}

cache_of() {
  (cd "$1" && cache)
}

@test "an archive is what a checkout has, code and data" {
  checked_out ../expected
  dray archive HEAD -o ../x.tar
  unpacked ../x.tar ../out
  rm ../out/.dray-archive
  same_tree ../expected ../out
}

@test "the same bytes in every clone, wherever the data is and whoever makes it" {
  dray remote add -d store "$BATS_TEST_TMPDIR/store"
  git commit -qam remote
  dray push -q
  for kind in tar tar.gz tar.zst; do dray archive HEAD -o "../one.$kind"; done
  git clone -q . ../clone
  cd ../clone
  umask 077
  export TZ=Asia/Kathmandu LC_ALL=C
  for kind in tar tar.gz tar.zst; do
    dray archive HEAD -o "../two.$kind"
    cmp "../one.$kind" "../two.$kind"
  done
  # of the data only the list of its files came into the cache
  equal "$(find .git/dray/cache/files -type f)" "$(pointer_object data.dray .git/dray/cache)"
}

@test "a tar has the bytes that it always had" {
  git checkout -q --orphan fixed
  git rm -rqf --cached .
  git add .dray main.c tools data.dray
  git commit -qm fixed
  dray archive HEAD main.c tools data --prefix p -o ../x.tar
  run -0 tar --full-time --numeric-owner -tvf ../x.tar
  has_line '-rw-r--r-- 0/0               5 2023-11-14 22:13:20 p/main.c'
  has_line '-rwxr-xr-x 0/0              10 2023-11-14 22:13:20 p/data/sub/deep/run'
  has_line 'drwxr-xr-x 0/0               0 2023-11-14 22:13:20 p/data/hollow/'
  has_line 'lrwxrwxrwx 0/0               0 2023-11-14 22:13:20 p/data/link -> sub/b.txt'
  equal "$(tar -tf ../x.tar | tail -n 1)" p/.dray-archive
}

@test "sha256sum checks what was unpacked by the listing" {
  dray archive HEAD --prefix p/ -o ../x.tar.gz
  unpacked ../x.tar.gz ../out
  cd ../out/p
  exits 0 sha256sum -c --quiet --strict .dray-archive
  printf 'x' >>data/a.txt
  exits 1 sha256sum -c --quiet .dray-archive
  has_line 'data/a.txt: FAILED'
}

@test "zip, where names allow it" {
  complains 9 "a zip cannot hold 'no \\xff utf8': its names are UTF-8 without backslashes" dray archive HEAD -o ../x.zip
  gone ../x.zip
  dray archive HEAD data tools -o ../x.zip
  exits 0 dray archive --verify ../x.zip
  unpacked ../x.zip ../out
  same_tree data ../out/data
  TZ=Asia/Kathmandu dray archive HEAD data tools -o ../y.zip
  cmp ../x.zip ../y.zip
}

@test "only some paths, only data, from a folder below" {
  cd tools
  dray archive HEAD ../data/sub -o ../../x.tar
  equal "$(tar -tf ../../x.tar)" "$(printf 'data/sub/b.txt\ndata/sub/deep/run\ndata/sub/same as b\n.dray-archive')"
  dray archive HEAD . -o ../../x.tar
  equal "$(tar -tf ../../x.tar)" "$(printf 'tools/link\ntools/run\n.dray-archive')"
  dray archive --data-only HEAD -o ../../x.tar
  equal "$(tar -tf ../../x.tar | grep -cv '^data/')" 1
  complains 3 "'$(git rev-parse HEAD)' has no data at 'main.c'" dray archive --data-only HEAD ../main.c -o ../../y.tar
  exits 3 dray archive HEAD ../nope -o ../../y.tar
  hints "has no 'nope'"
  gone ../../y.tar
}

@test "a reader that has enough" {
  head -c 300000 /dev/zero >big
  git add big
  git commit -qm big
  run --separate-stderr bash -c 'set -o pipefail; dray archive HEAD | head -c 100 >../x'
  equal "$status" 141
  equal "$stderr" ''
  run --separate-stderr bash -c 'dray archive HEAD >/dev/full'
  equal "$status" 6
  one_line
}

@test "what .gitattributes marks as export-ignore is left out, as it was then" {
  printf '/tools export-ignore\n*.md text export-ignore\ndata/sub/deep export-ignore\n' >.gitattributes
  printf 'a\n' >a.md
  mkdir doc
  printf 'b\n' >doc/b.md
  printf '*.md -export-ignore\n' >doc/.gitattributes
  git add -A
  git commit -qm attributes
  git rm -q .gitattributes
  dray archive HEAD -o ../x.tar
  equal "$(tar -tf ../x.tar | grep -E '^(tools|data/sub|.*md$)' | LC_ALL=C sort)" \
    "$(printf 'data/sub/b.txt\ndata/sub/same as b\ndoc/b.md')"
  equal "$(tar -tf ../x.tar | grep -vE '^(data/|\.dray-archive)' | LC_ALL=C sort)" \
    "$(git archive HEAD | tar -tf - | grep -v '/$' | LC_ALL=C sort)"
  exits 3 dray archive HEAD tools -o ../y.tar
}

@test "an older revision, with the data it had" {
  printf 'three\n' >data/a.txt
  dray commit -q
  git commit -qam changed
  dray archive HEAD~1 data -o ../x.tar
  equal "$(tar -xOf ../x.tar data/a.txt)" one
  dray archive HEAD data -o ../x.tar
  equal "$(tar -xOf ../x.tar data/a.txt)" three
}

@test "to standard output, and what is told" {
  dray archive HEAD --format tgz >../x.tgz
  dray archive HEAD -o ../y.tgz
  cmp ../x.tgz ../y.tgz
  dray archive HEAD -o - | cmp - <(gzip -dc ../x.tgz)
  exits 0 dray archive HEAD --json -o ../y.tgz
  equal "$(json "(items[0]['state'], items[0]['path'], items[0]['value'])")" \
    "('archived', '../y.tgz', '$(git rev-parse HEAD)')"
  exits 2 dray archive HEAD --json
  complains 2 "'x.rar' does not say what kind of archive it is to be" dray archive HEAD -o x.rar
  complains 2 "'rar' is no kind of archive" dray archive HEAD --format rar -o x.tar
  exits 2 dray archive HEAD --prefix ../x -o x.tar
  exits 2 dray archive
}

@test "from a bucket, with nothing in the cache, straight into the same archive" {
  faulty
  new_bucket
  head -c 9000000 /dev/urandom >data/big
  for i in $(seq 40); do printf 'file %s\n' "$i" >"data/sub/$i"; done
  dray commit -q
  dray remote add -q -d store "s3://$bucket/folder"
  git commit -qam more
  dray push -q
  dray archive HEAD -o ../one.tar
  dray bundle create -q ../one.bundle HEAD
  rm -rf "$(cache)/files"
  dray archive HEAD -o ../two.tar
  cmp ../one.tar ../two.tar
  equal "$(find "$(cache)/files" -type f | wc -l)" 1
  dray bundle create -q ../two.bundle HEAD
  cmp ../one.bundle ../two.bundle
  rules 'flip on=get'
  refused dray archive HEAD -o ../three.tar
  equal "$status" 4
  gone ../three.tar
}

@test "data that is nowhere, or not what it should be: no archive" {
  keep "$(cache)" ../cache
  rm -f "$(object "$(cache)" <data/a.txt)"
  printf 'was here\n' >../x.tar
  refused dray archive HEAD -o ../x.tar
  equal "$status" 3
  hints 'data/a.txt'
  damage "$(object "$(cache)" <data/sub/b.txt)"
  refused dray archive HEAD data/sub -o ../x.tar
  equal "$status" 4
  hints 'data/sub/'
  equal "$(cat ../x.tar)" 'was here'
  equal "$(find .. -maxdepth 1 -name '.dray-*')" ''
}

@test "--verify names what is missing, extra and changed" {
  dray archive HEAD data tools -o ../x.tar
  exits 0 dray archive --verify ../x.tar
  has_line '9 files are what the listing says'
  unpacked ../x.tar ../out
  cd ../out
  tar -cf ../again.tar -- * .dray-archive
  exits 0 dray archive --verify ../again.tar
  printf 'x' >>data/a.txt
  rm data/empty
  chmod +x data/sub/b.txt
  ln -sf elsewhere data/link
  : >data/more
  tar -cf ../changed.tar .
  exits 4 dray archive --verify --json ../changed.tar
  equal "$(json "sorted((item['state'], item['path']) for item in items)")" \
    "[('changed', 'data/a.txt'), ('changed', 'data/link'), ('changed', 'data/sub/b.txt'), ('extra', 'data/more'), ('missing', 'data/empty')]"
  equal "$(json "totals['wrong']")" 5
  one_line
  rm .dray-archive
  tar -cf ../bare.tar .
  complains 9 "'../bare.tar' has no listing '.dray-archive'" dray archive --verify ../bare.tar
}

@test "--verify needs no repository, and refuses what is cut or hostile" {
  dray archive HEAD -o ../x.tar
  dray archive HEAD -o ../x.tar.zst
  cd ..
  exits 0 dray archive --verify x.tar.zst
  dray archive -q --verify - < <(cat x.tar)
  head -c 3000 x.tar >cut.tar
  head -c 700 x.tar.zst >cut.tar.zst
  exits 9 dray archive --verify cut.tar
  one_line
  exits 9 dray archive --verify cut.tar.zst
  one_line
  printf 'x' >f
  tar -P -cf up.tar ../w/f 2>/dev/null || tar -P --transform 's,^,../,' -cf up.tar f
  exits 9 dray archive --verify up.tar
  one_line
  exits 3 dray archive --verify none.tar
  exits 9 dray archive --verify --max-size 1K x.tar
  hints '--max-size'
  exits 2 dray archive --verify x.tar --max-ratio 0
}

@test "a pointer that leads through a symlink of git's: refused" {
  ln -s /tmp way
  git add way
  cat >evil.dray <<END
outs:
- sha256: $(oid data.dray)
  path: way/in
END
  git add evil.dray
  git commit -qm evil
  refused dray archive HEAD -o ../x.tar
  gone ../x.tar
}

@test "a listing is not to be replaced by one" {
  printf 'mine\n' >.dray-archive
  git add .dray-archive
  git commit -qm own
  complains 8 "the revision has a file '.dray-archive', which is what an archive's listing is called" \
    dray archive HEAD -o ../x.tar
  dray archive HEAD data -o ../x.tar
}

@test "data that was imported comes from where it came from" {
  mkdir ../i
  (
    cd ../i || exit 1
    repo
    dray import -q ../w data/sub -o here
    git commit -qam import
    dray archive HEAD -o ../one.tar
    chmod -R u+w "$(cache)"
    rm -rf "$(cache)" here
    dray archive HEAD -o ../two.tar
    rm -rf "$(cache)"
    dray bundle create -q ../one.bundle HEAD
  )
  cmp ../one.tar ../two.tar
  equal "$(dray bundle list ../one.bundle | grep -c '^object:')" 3
  equal "$(tar -xOf ../two.tar here/b.txt)" two
}

@test "in a repository of DVC's, whose manifests know no sizes" {
  mkdir ../d
  cd ../d
  git init -q
  dray init --dvc -q
  make_data data
  rm -r data/link data/hollow
  printf 'single\n' >one.bin
  dray add -q data one.bin
  git add -A
  git commit -qm data
  dray remote add -d store "$BATS_TEST_TMPDIR/dstore"
  git commit -qam remote
  dray push -q
  dray archive HEAD -o ../one.tar.zst
  rm -rf .dvc/cache
  dray archive HEAD -o ../two.tar.zst
  cmp ../one.tar.zst ../two.tar.zst
  exits 0 dray archive --verify ../two.tar.zst
  unpacked ../two.tar.zst ../out
  chmod 644 data/sub/deep/run
  same_tree data ../out/data
  (cd ../out && sha256sum -c --quiet --strict .dray-archive)
}
