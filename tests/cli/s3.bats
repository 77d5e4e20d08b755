#!/usr/bin/env bats
# s3:// remotes over a real server: push, fetch, pull, gc, settings, credentials, trust, refusals.
# server: rgw
# label: s3
load ../support/sandbox
load ../support/s3

# A clone of the present repository, without its cache.
elsewhere() {
  git clone -q . ../clone
  cd ../clone || return 1
}

# No cache, no files: what a pull brings came from the remote.
afresh() {
  chmod -R u+w "$(cache)"
  rm -rf "$(cache)" data model.bin big
}

# A server's key, out of a configuration that has none: forget_keys; then say who we are otherwise.
forget_keys() {
  access_key=$AWS_ACCESS_KEY_ID secret_key=$AWS_SECRET_ACCESS_KEY
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  export AWS_EC2_METADATA_DISABLED=true
}

# ---------------------------------------------------------------- moving data

@test "push, clone, pull: byte for byte; status tells what is where" {
  need_server rgw
  s3_repo
  exits 0 dray push --dry-run --json
  equal "$(json "totals['objects']")" 7
  equal "$(s3 ls "$bucket")" ''
  exits 1 dray status -c --exit-code
  exits 0 dray push --json
  equal "$(json "[totals[k] for k in ('objects', 'missing')]")" '[7, 0]'
  exits 0 dray status -c --exit-code
  equal "$output" 'cache and remote are in step'
  keep data ../kept
  elsewhere
  exits 0 dray fetch --dry-run --json
  gone "$(cache)/files"
  exits 0 dray fetch --json
  equal "$(json "totals['objects']")" 7
  gone data
  exits 0 dray pull
  same_tree data ../kept
  equal "$(cat model.bin)" 'weights 1
weights 2
weights 3'
  exits 0 dray status --exit-code
  exits 0 dray fsck
  equal "$(git status --porcelain)" ''
}

@test "the bucket holds objects by their hash, and nothing else" {
  need_server rgw
  s3_repo
  dray push -q
  local size key
  equal "$(s3 ls "$bucket" | wc -l)" 7
  while read -r size key; do
    equal "$(s3 get "$bucket/$key" | sha256sum | cut -c 1-64)" \
      "$(printf '%s' "${key#some/folder/files/sha256/}" | tr -d / | sed 's/\.dir$//')"
    equal "$(s3 get "$bucket/$key" | wc -c)" "$size"
  done < <(s3 ls "$bucket")
}

@test "requests are few: a push of what is there sends nothing, a fetch asks for each object once" {
  faulty
  s3_repo
  forget_requests
  exits 0 dray push
  equal "$(requests ' put PUT ')" 7
  equal "$(requests ' (put PUT|part PUT|create POST) .*expect')" 0
  forget_requests
  exits 0 dray push --json
  equal "$(json "totals['objects']")" 0
  # the manifest vouches for its files
  equal "$(requests ' head HEAD ')" 2
  equal "$(requests .)" 2
  printf 'more\n' >data/more
  dray add -q data
  forget_requests
  exits 0 dray push
  equal "$(requests ' put PUT ')" 2
  afresh
  git checkout -q HEAD -- data.dray
  forget_requests
  exits 0 dray pull
  equal "$(requests ' get GET ')" 7
  equal "$(requests .)" 8
}

@test "a large file goes in parts and comes in ranges" {
  need_server rgw
  s3_repo
  dray remote modify store part_size 5M
  head -c 70M /dev/urandom >big
  dray add -q big
  git commit -q -m big big.dray .gitignore
  exits 0 dray push big
  local key
  key=$bucket/$(pointer_object big.dray some/folder)
  # an ETag of so many parts
  s3 head "$key" | grep -q '^etag: "[0-9a-f]*-14"$'
  equal "$(s3 uploads "$bucket")" ''
  keep big ../kept
  afresh
  exits 0 dray pull big
  cmp big ../kept
}

# How many parts the server took so far.
parts_sent() {
  grep -c "PUT /$1?partNumber=.* 200 " "$S3_LOG" || true
}

# A repository with one file of 14 parts.
with_large_file() {
  need_server rgw
  new_bucket
  repo
  dray remote add -q -d store "s3://$bucket"
  dray remote modify store part_size 5M
  head -c 70M /dev/urandom >big
  dray add -q big
  key=$bucket/$(pointer_object big.dray '' | cut -c 2-)
}

@test "a push that was killed goes on where it was" {
  with_large_file
  dray push --jobs 1 >../out 2>&1 3>&- &
  local pusher=$! sent
  until [ "$(parts_sent "$key")" -ge 3 ] || ! kill -0 "$pusher" 2>/dev/null; do :; done
  kill -KILL "$pusher" || fail 'it was faster than we are'
  wait "$pusher" || true
  sleep 0.2
  sent=$(parts_sent "$key")
  [ "$sent" -lt 14 ] || fail 'it was faster than we are'
  exits 0 dray push
  equal "$(parts_sent "$key")" 14
  s3 get "$key" | cmp - big
  equal "$(s3 uploads "$bucket")" ''
}

@test "two pushes of one large file at once both succeed" {
  with_large_file
  local first
  dray push --jobs 2 >../out 2>&1 3>&- &
  first=$!
  until [ "$(parts_sent "$key")" -ge 1 ] || ! kill -0 "$first" 2>/dev/null; do :; done
  exits 0 dray push
  wait "$first" || fail "$(cat ../out)"
  s3 get "$key" | cmp - big
  equal "$(s3 uploads "$bucket")" ''
}

@test "all commits, tags, branches, a revision; by target" {
  need_server rgw
  s3_repo
  git tag v1
  printf 'second\n' >model.bin
  dray add -q model.bin
  git commit -q -m second
  exits 0 dray push model.bin
  equal "$(s3 ls "$bucket" | wc -l)" 1
  exits 0 dray push --all-tags
  equal "$(s3 ls "$bucket" | wc -l)" 8
  exits 0 dray push --all-commits --json
  equal "$(json "totals['objects']")" 0
  elsewhere
  exits 0 dray fetch model.bin --json
  equal "$(json "totals['objects']")" 1
  exits 0 dray fetch --rev v1
  there "$(printf 'weights %s\n' 1 2 3 | object "$(cache)")"
  exits 0 dray fetch --all-commits --json
  equal "$(json "totals['objects']")" 0
}

@test "names of keys and objects that need care" {
  need_server rgw
  new_bucket
  data_repo
  dray remote add -q -d store "s3://$bucket/a b/ü+&=%41"
  exits 0 dray push
  equal "$(s3 ls "$bucket" | grep -cF ' a b/ü+&=%41/files/sha256/')" 7
  keep data ../kept
  afresh
  exits 0 dray pull
  same_tree data ../kept
  exits 0 dray gc -w --cloud --dry-run
  has_line 'remote: nothing to remove; 7 objects kept'
}

@test "without a prefix, and by virtual host" {
  need_server rgw
  s3_repo
  dray remote modify store url "s3://$bucket"
  dray push -q
  there_on_server() { s3 head "$bucket/$(printf 'one\n' | object '' | cut -c 2-)" >/dev/null; }
  there_on_server
  dray remote modify store endpointurl "$S3_VHOST_ENDPOINT"
  dray remote modify store addressing_style virtual
  afresh
  exits 0 dray pull
  equal "$(cat data/a.txt)" one
  exits 0 dray status -c --exit-code
  grep "HEAD /$bucket" "$S3_LOG" >/dev/null
}

@test "a web page that says yes to everything is no remote to be in step with" {
  faulty
  s3_repo
  elsewhere
  rules portal
  local command
  for command in push pull 'status -c' 'fetch --dry-run'; do
    # shellcheck disable=SC2086
    complains 4 "'s3://$bucket/some/folder' is no honest store: it claims to have an object that nobody made" dray $command
  done
  gone data
}

# ---------------------------------------------------------------- gc

@test "gc: --remote and --cloud remove only what is unused, and only there" {
  need_server rgw
  s3_repo
  new_bucket
  dray remote add -q other "s3://$bucket/x"
  printf 'second\n' >model.bin
  dray add -q model.bin
  git commit -q -m second
  dray push -q
  dray push -q --all-commits --remote other
  dray push -q --all-commits
  s3 put "$bucket/x/mine.txt" </dev/null
  exits 2 dray gc --cloud
  hints '--workspace'
  exits 0 dray gc -w --cloud --dry-run
  has_line 'remote: 1 object to remove, 30 B; 7 objects kept'
  equal "$(s3 ls "$bucket" | wc -l)" 9
  exits 0 dray gc -w --remote other
  has_line 'remote: 1 object removed, 30 B; 7 objects kept'
  equal "$(s3 ls "$bucket" | wc -l)" 8
  exits 0 dray gc --all-commits --cloud
  has_line 'remote: nothing to remove; 8 objects kept'
  exits 0 dray gc -w --cloud --json
  equal "$(json "[totals[k] for k in ('remote_removed', 'remote_kept')]")" '[1, 7]'
  exits 0 dray pull
  exits 0 dray status -c --exit-code
}

@test "gc in the dvc dialect: both layouts of a bucket, and nothing else there" {
  need_server rgw
  git init -q
  dray init -q --dvc
  new_bucket
  dray remote add -q -d store "s3://$bucket/x"
  local used unused
  printf 'first\n' >f
  dray add -q f
  dray push -q
  printf 'second\n' >f
  dray add -q f
  dray push -q
  used=$(printf 'used\n' | md5sum | cut -c 1-32)
  unused=$(printf 'unused\n' | md5sum | cut -c 1-32)
  printf 'used\n' | s3 put "$bucket/x/${used:0:2}/${used:2}"
  printf 'unused\n' | s3 put "$bucket/x/${unused:0:2}/${unused:2}"
  s3 put "$bucket/x/${unused:0:2}/notes" </dev/null
  s3 put "$bucket/x/README" </dev/null
  printf 'outs:\n- md5: %s\n  size: 5\n  path: old\n' "$used" >old.dvc
  exits 0 dray gc -w -c --force --json
  equal "$(json "[totals[k] for k in ('remote_kept', 'remote_removed', 'remote_bytes')]")" '[2, 2, 13]'
  equal "$(s3 ls "$bucket" | wc -l)" 4
  exits 0 dray pull
  equal "$(cat old)" used
}

# ---------------------------------------------------------------- settings

@test "every setting of DVC's has its effect on what is sent" {
  faulty
  s3_repo
  local writes='x-amz-acl=bucket-owner-full-control' all='x-amz-request-payer=requester'
  dray remote modify store acl bucket-owner-full-control
  dray remote modify store sse AES256
  dray remote modify store storage_class STANDARD_IA
  dray remote modify store request_payer requester
  dray remote modify store expected_bucket_owner 123456789012
  dray remote modify store listobjects true
  dray remote modify store cache_regions true
  dray remote modify store verify true
  writes="$writes x-amz-expected-bucket-owner=123456789012 $all"
  writes="$writes x-amz-server-side-encryption=AES256 x-amz-storage-class=STANDARD_IA\$"
  all="in=[0-9]* out=[0-9]* x-amz-expected-bucket-owner=123456789012 $all\$"
  forget_requests
  exits 0 dray push
  equal "$(requests " put PUT .* $writes")" 7
  equal "$(requests ' put PUT ')" 7
  equal "$(requests " HEAD .* $all")" "$(requests ' HEAD ')"
  dray remote modify store acl --unset
  dray remote modify store sse --unset
  dray remote modify store storage_class --unset
  dray remote modify store grant_read 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
  dray remote modify store grant_full_control id=abc
  dray remote modify store sse_kms_key_id 1234-abcd
  printf 'new\n' >model.bin
  dray add -q model.bin
  forget_requests
  exits 0 dray push
  equal "$(requests ' put PUT .* x-amz-grant-full-control=id=abc x-amz-grant-read=uri="http://acs.amazonaws.com/groups/global/AllUsers" x-amz-request-payer=requester x-amz-server-side-encryption=aws:kms x-amz-server-side-encryption-aws-kms-key-id=1234-abcd$')" 1
}

@test "a key of one's own encrypts all requests about an object" {
  faulty
  s3_repo
  local headers='x-amz-server-side-encryption-customer-algorithm=AES256 x-amz-server-side-encryption-customer-key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= x-amz-server-side-encryption-customer-key-md5=KYvwGXoFFJ42a2u2GDWhwQ=='
  printf '01234567890123456789012345678901' | base64 | dray remote modify store sse_customer_key
  dray remote modify store part_size 5M
  head -c 12M /dev/urandom >big
  dray add -q big
  forget_requests
  exits 0 dray push
  equal "$(requests "^200 (put|part|create|head) .*$headers\$")" "$(requests '^200 (put|part|create|head) ')"
  equal "$(requests '^200 part ')" 3
  equal "$(requests '^200 create ')" 1
  afresh
  forget_requests
  exits 0 dray pull
  equal "$(requests "^200 (get|head) .*$headers\$")" "$(requests '^200 ')"
}

@test "settings that cannot be are refused: when they are set, or when they are used" {
  need_server rgw
  s3_repo
  local before
  before=$(cat .dray/config)
  complains 2 "'remote.store.jobs' is a number from 1 on, not '0'" dray remote modify store jobs 0
  complains 2 "'remote.store.read_timeout' is a number of seconds, not 'soon'" dray remote modify store read_timeout soon
  complains 2 "'remote.store.use_ssl' is true or false, not 'maybe'" dray remote modify store use_ssl maybe
  complains 2 "'remote.store.part_size' is a size such as 64M, not 'large'" dray remote modify store part_size large
  complains 2 "there is no setting 'remote.store.endpoint_url'" dray remote modify store endpoint_url http://x
  hints "did you mean 'remote.*.endpointurl'?"
  equal "$(cat .dray/config)" "$before"
  dray remote modify store part_size 4M
  complains 9 "remote 'store': '$PWD/.dray/config' line 5: 'remote.store.part_size' is not a size from 5M to 5120M" dray push
  dray remote modify store part_size --unset
  printf 'short\n' | dray remote modify store sse_customer_key
  complains 9 "remote 'store': '$PWD/.git/dray/config' line 2: 'remote.store.sse_customer_key' is not a key of 32 bytes in base64" dray push
  dray remote modify store sse_customer_key --unset
  dray remote modify store acl private
  dray remote modify store grant_read id=x
  complains 9 "remote 'store': acl and the grant_ settings exclude each other" dray push
  dray remote modify store grant_read --unset
  exits 0 dray push
}

@test "jobs and timeouts are heard" {
  faulty
  s3_repo
  dray remote modify store jobs 1
  dray remote modify store connect_timeout 5
  dray remote modify store read_timeout 1
  forget_requests
  exits 0 dray push
  equal "$(grep -o 'conn=[0-9]*' "$faulty_dir/log" | sort -u | wc -l)" 1
  rules 'delay=20 on=head'
  AWS_MAX_ATTEMPTS=1 complains 5 "the connection to '127.0.0.1:$port' failed: nothing moved for too long" dray push
}

@test "through a proxy, unless no_proxy says otherwise" {
  faulty
  s3_repo
  export http_proxy=$AWS_ENDPOINT_URL
  dray remote modify store endpointurl http://store.invalid
  forget_requests
  exits 0 dray push
  equal "$(requests ' put PUT http://store.invalid/.*/files/sha256/')" 7
  printf 'new\n' >model.bin
  dray add -q model.bin
  no_proxy=store.invalid complains 3 "there is no host 'store.invalid', or no name server answers" dray push
  http_proxy=http://127.0.0.1:1 exits 5 dray push
  one_line
  hints "cannot connect to 'store.invalid': Failed to connect to 127.0.0.1 port 1 "
}

# ---------------------------------------------------------------- credentials

@test "keys by standard input, in the clone's private settings" {
  need_server rgw
  s3_repo
  forget_keys
  printf '%s\n' "$access_key" | dray remote modify store access_key_id
  printf '%s\n' "$secret_key" | dray remote modify store secret_access_key
  equal "$(grep -c "$secret_key" .git/dray/config)" 1
  equal "$(stat -c %a .git/dray/config)" 600
  if grep -q "$access_key" .dray/config; then fail 'in the shared settings'; fi
  equal "$(git status --porcelain)" ''
  exits 0 dray push
  complains 2 "no value for 'secret_access_key' came on standard input" dray remote modify store secret_access_key </dev/null
  complains 2 "'remote.store.session_token' is a secret, and the project's settings are shared by git" \
    dray remote modify --project store session_token x
  complains 2 "'remote.store.secret_access_key' is a secret, and the project's settings are shared by git" \
    dray config --project remote.store.secret_access_key x
  # by config, too; and away again
  exits 0 dray config --unset remote.store.secret_access_key
  complains 9 "the remote's configuration has an access key id but no secret access key" dray status -c
  exits 0 dray config remote.store.secret_access_key "$secret_key"
  exits 0 dray status -c
  exits 0 dray remote modify store secret_access_key --unset
  if grep -q "$secret_key" .git/dray/config; then fail 'it is still there'; fi
  # one that another tool put there
  printf '    secret_access_key = other\n' >>.dray/config
  sed -i 's/^.core.$/[remote "store"]/; /remote = store/d' .dray/config
  exits 0 dray remote modify --project store secret_access_key --unset
  if grep -q other .dray/config; then fail 'it is still there'; fi
}

@test "the token of temporary keys is sent" {
  faulty
  s3_repo
  rules 'answer=403:AccessDenied header=x-amz-security-token'
  exits 0 dray push
  printf 'AToken\n' | dray remote modify store session_token
  # it belongs to keys of the remote's settings, and goes nowhere without them
  exits 0 dray push
  printf '%s\n' "$AWS_ACCESS_KEY_ID" | dray remote modify store access_key_id
  printf '%s\n' "$AWS_SECRET_ACCESS_KEY" | dray remote modify store secret_access_key
  exits 7 dray push
  dray remote modify store session_token --unset
  exits 0 dray push
  AWS_SESSION_TOKEN=AToken exits 0 dray push
}

@test "a secret is shown nowhere" {
  need_server rgw
  s3_repo
  forget_keys
  printf '%s\n' "$access_key" | dray remote modify store access_key_id
  printf '%s\n' "not-this-${secret_key#?????????}" | dray remote modify store secret_access_key
  printf 'AToken/xyz\n' | dray remote modify store session_token
  local command
  for command in 'config --list' 'config --list --show-origin' doctor 'doctor --json' 'push -v' 'status -c -v' \
    'remote list' 'fetch -v' 'gc -w -c -v'; do
    # shellcheck disable=SC2086
    run dray $command
    case $output in *not-this* | *AToken* | *"${secret_key#?????????}"*) fail "$command: $output" ;; esac
  done
  exits 0 dray config --list
  has_line 'remote.store.secret_access_key=(not shown)'
  has_line 'remote.store.session_token=(not shown)'
  exits 7 dray push
  one_line
}

@test "no secret is among the arguments of a running command" {
  faulty 'delay=3 on=head'
  data_repo
  dray remote add -q -d store s3://some-bucket/x 2>/dev/null
  printf '%s\n' "$AWS_SECRET_ACCESS_KEY" | dray remote modify store secret_access_key
  printf '%s\n' "$AWS_ACCESS_KEY_ID" | dray remote modify store access_key_id
  dray push >../out 2>&1 3>&- &
  sleep 0.5
  tr '\0' ' ' <"/proc/$!/cmdline" >../arguments
  kill "$!"
  equal "$(cat ../arguments)" 'dray push '
}

@test "keys and more out of AWS's files" {
  need_server rgw
  s3_repo
  forget_keys
  mkdir "$HOME/.aws"
  printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n[wrong]\naws_access_key_id = x\naws_secret_access_key = y\n' \
    "$access_key" "$secret_key" >"$HOME/.aws/credentials"
  exits 0 dray push
  # which profile
  AWS_PROFILE=wrong complains 7 "cannot look for 's3://$bucket/$(pointer_object data.dray some/folder)': the access key is not known there (HTTP 403 InvalidAccessKeyId)" dray push
  AWS_PROFILE=wrnog complains 3 "there is no profile 'wrnog' in AWS's config or credentials file; did you mean 'wrong'?" dray push
  dray remote modify store profile wrong
  AWS_PROFILE=default exits 7 dray push
  # a profile of the remote's wins over keys of the environment, AWS_PROFILE does not
  AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key exits 7 dray push
  dray remote modify store profile --unset
  AWS_PROFILE=wrong AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key exits 0 dray push
  # other files, by setting
  mv "$HOME/.aws/credentials" ../credentials
  # shellcheck disable=SC2016
  printf '[profile p]\nregion = us-east-1\nendpoint_url = %s\ncredential_process = sh -c "cat %s"\n' \
    "$AWS_ENDPOINT_URL" "$BATS_TEST_TMPDIR/answer" >../config
  printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}' "$access_key" "$secret_key" >"$BATS_TEST_TMPDIR/answer"
  exits 0 dray remote modify store credentialpath ../credentials
  exits 0 dray push
  dray remote modify store credentialpath --unset
  dray remote modify --local store configpath ../config
  dray remote modify store profile p
  unset AWS_ENDPOINT_URL AWS_REGION
  exits 0 dray push
  exits 0 dray status -c --exit-code
}

@test "no credentials at all" {
  need_server rgw
  s3_repo
  forget_keys
  complains 7 "no credentials for S3 were found: asked the environment, profile 'default'" dray push
  hints 'access_key_id'
  AWS_ACCESS_KEY_ID=x complains 9 'the environment has an access key id but no secret access key' dray push
}

@test "a clone's own settings do not make it run a program" {
  need_server rgw
  s3_repo
  forget_keys
  printf '[default]\ncredential_process = touch %s/ran\n' "$BATS_TEST_TMPDIR" >aws-config
  dray remote modify --project store configpath aws-config
  git add -A
  git commit -q -m config
  elsewhere
  local command
  for command in push pull 'status -c' 'gc -w -c'; do
    # shellcheck disable=SC2086
    complains 7 "remote 'store': profile 'default' has a credential_process, and its file is named by settings that came with the repository" dray $command
    hints "dray remote modify --local store configpath PATH"
  done
  run dray doctor
  gone "$BATS_TEST_TMPDIR/ran"
}

@test "without any keys, where that is allowed" {
  need_server rgw
  s3_repo
  dray remote modify store acl public-read
  dray push -q
  keep data ../kept
  forget_keys
  afresh
  exits 7 dray pull
  dray remote modify store allow_anonymous_login true
  exits 0 dray pull
  same_tree data ../kept
  printf 'new\n' >model.bin
  dray add -q model.bin
  exits 7 dray push
  one_line
}

# ---------------------------------------------------------------- TLS

@test "TLS with an authority of one's own" {
  need_server rgw
  s3_repo
  dray remote modify store endpointurl "$S3_TLS_ENDPOINT"
  local host=${S3_TLS_ENDPOINT#https://}
  complains 7 "the certificate of '$host' is not trusted: SSL certificate problem: unable to get local issuer certificate" dray push
  hints 'AWS_CA_BUNDLE'
  AWS_CA_BUNDLE=$S3_WRONG_CA_BUNDLE exits 7 dray push
  one_line
  AWS_CA_BUNDLE=$S3_CA_BUNDLE exits 0 dray push
  dray remote modify store ssl_verify "$S3_WRONG_CA_BUNDLE"
  AWS_CA_BUNDLE=$S3_CA_BUNDLE exits 7 dray push
  dray remote modify store ssl_verify "$S3_CA_BUNDLE"
  exits 0 dray status -c --exit-code
  cp "$S3_CA_BUNDLE" ../authorities
  exits 0 dray remote modify store ssl_verify ../authorities
  exits 0 dray status -c --exit-code
  dray remote modify store ssl_verify ../nowhere
  complains 3 "there are no certificates at '$(realpath ..)/nowhere'" dray status -c
  dray remote modify store ssl_verify false
  exits 0 dray status -c --exit-code
  # which scheme, where the address names none
  dray remote modify store ssl_verify "$S3_CA_BUNDLE"
  dray remote modify store endpointurl "$host"
  exits 0 dray status -c --exit-code
  dray remote modify store endpointurl "${AWS_ENDPOINT_URL#http://}"
  dray remote modify store use_ssl false
  exits 0 dray status -c --exit-code
}

# ---------------------------------------------------------------- refusals

@test "who is refused is told why, in one line" {
  need_server rgw
  s3_repo
  local place
  place="s3://$bucket/$(pointer_object data.dray some/folder)"
  AWS_SECRET_ACCESS_KEY=wrong complains 7 "cannot look for '$place': the secret key does not fit the access key (HTTP 403 SignatureDoesNotMatch)" dray push
  hints 'check secret_access_key, AWS_SECRET_ACCESS_KEY or the profile'
  AWS_ACCESS_KEY_ID=NOBODY complains 7 "cannot look for '$place': the access key is not known there (HTTP 403 InvalidAccessKeyId)" dray push
  hints 'check access_key_id, AWS_ACCESS_KEY_ID or the profile'
  AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY2 AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY2 \
    complains 7 "cannot look for '$place': access is denied (HTTP 403 AccessDenied)" dray push
  hints 'check which user these credentials belong to and what it may do'
  afresh
  AWS_ACCESS_KEY_ID=$S3_ACCESS_KEY2 AWS_SECRET_ACCESS_KEY=$S3_SECRET_KEY2 \
    complains 7 "cannot look for '$place': access is denied (HTTP 403 AccessDenied)" dray pull
}

@test "what cannot be reached is told, in one line with the way out" {
  need_server rgw
  s3_repo
  afresh
  local command
  for command in pull 'status -c'; do
    dray remote modify store url s3://no-such-bucket-here/x
    # shellcheck disable=SC2086
    complains 3 "cannot find 's3://no-such-bucket-here': there is no such bucket (HTTP 404); create it, or correct the remote's url" dray $command
    dray remote modify store url "s3://$bucket/some/folder"
    dray remote modify store endpointurl http://nowhere.invalid
    # shellcheck disable=SC2086
    complains 3 "there is no host 'nowhere.invalid', or no name server answers; check the address and the network" dray $command
    dray remote modify store endpointurl http://127.0.0.1:1
    # shellcheck disable=SC2086
    complains 5 "cannot connect to '127.0.0.1:1': Connection refused; check that the server runs and the address is right" dray $command
    dray remote modify store endpointurl --unset
  done
}

@test "addresses that are none" {
  need_server rgw
  s3_repo
  local url
  for url in http:// ftp://host 'http://a b' http://user:secret@host http://host:port http://host:99999 'http://[::1' \
    'http://host/?query'; do
    dray remote modify store endpointurl "$url"
    complains 9 "remote 'store': its endpoint is no address of a server; an endpointurl is https://HOST[:PORT][/PATH]" dray push
  done
  dray remote modify store endpointurl --unset
  for url in s3:// s3://a s3://a%b/x 's3://bucket name/x' s3:///x; do
    exits 9 dray remote add other "$url"
    one_line
    hints 'the url is s3://BUCKET/PREFIX'
  done
  complains 9 "'s3:/bucket/x' is neither an address nor plainly a path" dray remote add other s3:/bucket/x
  equal "$(dray remote list | wc -l)" 1
}

@test "remote add looks whether it is a store" {
  faulty
  data_repo
  new_bucket
  exits 0 dray remote add one "s3://$bucket/one"
  equal "$stderr" ''
  equal "$(s3 ls "$bucket")" ''
  # who answers everything is none
  rules portal
  complains 4 "'s3://$bucket/two' is no honest store: it claims to have an object that nobody made" dray remote add two "s3://$bucket/two"
  hints 'check the address; a proxy or a web page may be in its place'
  # who forgets, or changes bytes, is none either
  rules 'flip on=get'
  complains 4 "'s3://$bucket/two' is no honest store: it gave back other bytes than were written" dray remote add two "s3://$bucket/two"
  rules 'answer=404:NoSuchKey on=get'
  complains 4 "'s3://$bucket/two' is no honest store: it does not have what was just written" dray remote add two "s3://$bucket/two"
  equal "$(dray remote list)" "one	s3://$bucket/one"
  # out of reach today
  rules ''
  AWS_ENDPOINT_URL=http://127.0.0.1:1 exits 0 dray remote add two "s3://$bucket/two"
  equal "$stderr" "dray: note: added, but not reached yet: cannot connect to '127.0.0.1:1': Connection refused"
  exits 0 dray remote add three s3://not-there-yet/x
  equal "$stderr" "dray: note: added, but not reached yet: cannot find 's3://not-there-yet': there is no such bucket (HTTP 404)"
  # the first push looks again
  rules portal
  complains 4 "'s3://$bucket/two' is no honest store: it claims to have an object that nobody made" dray push -r two
  rules ''
  exits 0 dray push -r two
  equal "$(s3 ls "$bucket" | wc -l)" 7
  s3 mb not-there-yet
  exits 0 dray push -r three
  equal "$(s3 ls not-there-yet | wc -l)" 7
}
