#!/usr/bin/env bats
# dray add --from-archive: members of an archive, straight into the cache.
load ../support/sandbox

prepare() {
  repo
  make_data ../t/data
  (cd ../t && tar --sort=name -cf ../x.tar data)
}

# A tar with what honest programs do not write: evil <file> <type|name|target …>
evil() {
  python3 - "$@" <<'PY'
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    for text in sys.argv[2:]:
        kind, name, target = (text.split("|") + [""])[:3]
        info = tarfile.TarInfo(name)
        info.type = {"f": b"0", "h": b"1", "l": b"2", "c": b"3", "d": b"5", "p": b"6"}[kind]
        info.linkname = target
        info.size = 4 if kind == "f" else 0
        tar.addfile(info, io.BytesIO(b"evil"))
PY
}

# Refused whole: no pointer, no folder, no object, no draft, git as it was: refuses <words of the complaint> <argument …>
refuses() {
  local words=$1 before
  shift
  before=$(find . -not -path './.git/*' | sort; find "$(cache)/files" "$(cache)/tmp" -type f 2>/dev/null | sort; git status --short)
  exits 9 dray add --from-archive "$@"
  one_line
  hints "$words"
  equal "$(find . -not -path './.git/*' | sort; find "$(cache)/files" "$(cache)/tmp" -type f 2>/dev/null | sort; git status --short)" "$before"
  equal "$(find . -name '.dray-*' -not -path './.git/dray/cache/tmp')" ''
}

@test "an archive becomes a tracked directory of its name, as if unpacked and added" {
  exits 0 dray add --from-archive ../x.tar
  same_tree ../t x
  equal "$(git status --short)" "$(printf 'A  .gitignore\nA  x.dray')"
  exits 0 dray status
  has_line 'data is up to date'
  exits 0 dray fsck
  keep ../t y
  dray add -q y
  equal "$(oid x.dray)" "$(oid y.dray)"
}

@test "every kind of archive, the same directory" {
  (cd ../t && bsdtar --format zip -cf ../x.zip data)
  gzip -k ../x.tar
  zstd -q ../x.tar -o ../x.tzst
  xz -k ../x.tar
  bzip2 -k ../x.tar
  dray add -q --from-archive ../x.tar -o x
  for kind in zip tar.gz tzst tar.xz tar.bz2; do
    dray add -q --from-archive "../x.$kind" -o "from-$kind"
    equal "$(oid "from-$kind.dray")" "$(oid x.dray)"
  done
}

@test "what dray archive wrote comes back" {
  keep ../t/data data
  dray add -q data
  git commit -qam data
  dray archive HEAD data -o ../y.tar.zst
  dray add -q --from-archive ../y.tar.zst data
  same_tree data y/data
}

@test "some members, another place, another pointer" {
  exits 0 dray add --from-archive ../x.tar ./data/sub/ data/a.txt -o in/here --json
  equal "$(json "(items[0]['path'], items[0]['state'], totals['files'])")" "('in/here', 'added', 4)"
  equal "$(cd in/here && find . -type f | LC_ALL=C sort)" "$(printf './data/a.txt\n./data/sub/b.txt\n./data/sub/deep/run\n./data/sub/same as b')"
  mkdir deep
  (cd deep && exits 0 dray add --from-archive ../../x.tar data/empty --file one.dray)
  there deep/x/data/empty deep/one.dray
  complains 3 "archive '../x.tar': the archive has no member 'nope'" dray add --from-archive ../x.tar data/a.txt nope -o no
  gone no no.dray
  exits 2 dray add --from-archive ../x.tar ../a -o no
  exits 2 dray add --from-archive ../x.tar --glob -o no
  exits 2 dray add --from-archive ../x.tar --to-remote -o no
  exits 2 dray add --max-size 1G x
  exits 3 dray add --from-archive ../none.tar
  cp ../x.tar ../plain
  exits 2 dray add --from-archive ../plain
  hints '--out'
}

@test "from standard input, where it is no zip" {
  zstd -qc ../x.tar | dray add -q --from-archive - -o in data/sub
  same_tree ../t/data/sub in/data/sub
  dray add -q --from-archive - -o in2 <../x.tar
  same_tree ../t in2
  run --separate-stderr bash -c 'cat ../x.tar | dray add --from-archive -'
  equal "$status" 2
  hints '--out'
  (cd ../t && bsdtar --format zip -cf ../x.zip data)
  run --separate-stderr bash -c 'cat ../x.zip | dray add --from-archive - -o in3'
  equal "$status" 9
  gone in3 in3.dray
}

@test "what is there is replaced only by force" {
  mkdir x
  printf 'mine\n' >x/mine
  complains 8 "'x' exists already" dray add --from-archive ../x.tar
  equal "$(cat x/mine)" mine
  dray add -q --force --from-archive ../x.tar
  same_tree ../t x
  (cd ../t && printf 'more\n' >data/more && tar --sort=name -cf ../x.tar data)
  complains 8 "'x' exists already" dray add --from-archive ../x.tar
  exits 0 dray add --force --from-archive ../x.tar
  has_line 'modified:     x/ (7 files, 36 B)'
  same_tree ../t x
  exits 0 dray add --force --from-archive ../x.tar
  has_line 'everything is up to date'
  printf 'git\n' >code
  git add code
  exits 8 dray add --force --from-archive ../x.tar -o code
}

@test "nothing is unpacked anywhere else: the cache holds each file once" {
  (cd ../t && rm -rf data && mkdir data && head -c 3000000 /dev/urandom >data/big && cp data/big data/again && tar -cf ../x.tar data)
  dray config --local cache.type hardlink
  dray add -q --from-archive ../x.tar
  equal "$(find "$(cache)/files" -type f -size +1000k | wc -l)" 1
  equal "$(stat -c %h x/data/big)" 3
  cmp ../t/data/big x/data/again
}

@test "members that .drayignore names are none" {
  printf '*.log\n/x/data/sub\n' >>.drayignore
  : >../t/data/a.log
  (cd ../t && tar -cf ../x.tar data)
  exits 0 dray add --from-archive ../x.tar
  gone x/data/a.log x/data/sub
  hints "'.drayignore'"
  exits 0 dray status
  has_line 'data is up to date'
}

@test "hostile archives are refused whole" {
  printf 'kept\n' >../outside
  evil ../x.tar 'f|good' 'f|../outside'
  refuses 'refused' ../x.tar
  evil ../x.tar 'f|good' "f|$BATS_TEST_TMPDIR/outside"
  refuses 'refused' ../x.tar
  evil ../x.tar 'f|good' 'l|way|/tmp' 'f|way/in'
  refuses 'leads outside' ../x.tar
  evil ../x.tar 'f|good' 'l|way|good' 'f|way/in'
  refuses 'below a file or link' ../x.tar
  evil ../x.tar 'f|good' 'l|deep/way|../../x'
  refuses 'leads outside' ../x.tar
  evil ../x.tar 'f|good' 'h|other|good'
  refuses 'hard link' ../x.tar
  evil ../x.tar 'f|good' 'f|./good'
  refuses 'twice' ../x.tar
  evil ../x.tar 'f|good' 'f|.git/hooks/post-checkout'
  refuses 'refused' ../x.tar
  evil ../x.tar 'f|good' 'f|.dray-0123456789abcdef0123.tmp'
  refuses 'archive' ../x.tar
  evil ../x.tar 'f|good' "f|$(printf 'n%.0s' $(seq 300))"
  refuses 'refused' ../x.tar
  equal "$(cat ../outside)" kept
  evil ../x.tar 'f|good' 'c|device'
  exits 14 dray add --from-archive ../x.tar
  evil ../x.tar 'f|good' 'p|fifo'
  exits 14 dray add --from-archive ../x.tar
  gone x x.dray
}

@test "cut short, too large, a bomb: refused whole" {
  head -c 1500 ../x.tar >../cut.tar
  refuses 'cut' ../cut.tar
  gzip -c ../x.tar | head -c 300 >../cut.tgz
  refuses 'cut' ../cut.tgz
  refuses '--max-size' ../x.tar --max-size 1K
  truncate -s 80M ../t/data/zeros
  (cd ../t && tar -cf - data | zstd -q >../bomb.tar.zst)
  refuses '--max-ratio' ../bomb.tar.zst
  exits 0 dray add --from-archive ../bomb.tar.zst --max-ratio 1000000
  cmp ../t/data/zeros bomb/data/zeros
}

@test "in a repository of DVC's: files by MD5, no symlinks" {
  mkdir ../d
  cd ../d
  git init -q
  dray init --dvc -q
  complains 1 "archive '../x.tar': member 'data/link' is a symlink, which DVC does not know" dray add --from-archive ../x.tar
  gone x x.dvc
  exits 0 dray add --from-archive ../x.tar data/sub data/empty
  cp -r x y
  dray add -q y
  equal "$(grep md5: x.dvc)" "$(grep md5: y.dvc)"
  exits 0 dray status
  has_line 'data is up to date'
}
