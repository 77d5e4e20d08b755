#!/bin/sh
# One Ceph RADOS Gateway, a real S3 server, with a monitor and an OSD of its own. server.sh tells how
# this is called.
#
# Settings (environment):
#   S3_ACCESS_KEY S3_SECRET_KEY    the main user's keys; with a 2 at the end, those of another user,
#                                  who may not touch what is the first's
#   S3_STORE       memstore (default: in memory, empty after every start, takes twice what it holds)
#                  or bluestore (a sparse file in DIR that survives stop and start)
#   S3_STORE_MB    its size (4096 or 12288); a PUT into a full store hangs
#   S3_SYNC        1: real fsync; 0 (default): fsync does nothing
#   S3_TLS         1: also https, with DIR/tls/ca.pem as the authority
#   S3_DNS_NAME    suffix of virtual hosts (s3.localhost); plain localhost is taken for a bucket
set -eu
: "${S3_ACCESS_KEY:=TESTACCESSKEY0000001}"
: "${S3_ACCESS_KEY2:=TESTACCESSKEY0000002}"
: "${S3_STORE:=memstore}"
: "${S3_SYNC:=0}"
: "${S3_TLS:=0}"
# shellcheck source=tests/support/server.sh
. "$(dirname "$0")/server.sh"
processes='rgw osd mon'
port_count=3

need_programs() {
  need ceph-mon ceph-osd radosgw radosgw-admin ceph monmaptool
  wrapper=
  if [ "$S3_SYNC" = 0 ]; then
    need eatmydata
    wrapper=eatmydata
  fi
  [ "$S3_TLS" = 0 ] || need openssl
}

print_env() {
  print_common_env
  # A line a request: method, path, status, user agent.
  echo "S3_LOG=$dir/log/client.rgw.a.log"
  [ -e "$dir/tls/cert.pem" ] || return 0
  cat <<E
S3_TLS_ENDPOINT=https://127.0.0.1:$port3
S3_CA_BUNDLE=$dir/tls/ca.pem
S3_WRONG_CA_BUNDLE=$dir/tls/wrong.pem
E
}

write_conf() {
  if [ -z "${S3_STORE_MB:-}" ]; then
    case $S3_STORE in
    memstore) S3_STORE_MB=4096 ;;
    *) S3_STORE_MB=12288 ;;
    esac
  fi
  tls=
  rm -rf "${dir:?}/tls"
  if [ "$S3_TLS" = 1 ]; then
    "$support/certificate" "$dir/tls" "$S3_DNS_NAME" >"$dir/log/tls.out" 2>&1 || failed 'no certificate'
    tls=" ssl_endpoint=127.0.0.1:$port3 ssl_certificate=$dir/tls/cert.pem ssl_private_key=$dir/tls/key.pem"
  fi
  cat >"$dir/ceph.conf" <<E
[global]
fsid = $fsid
mon_host = [v2:127.0.0.1:$port2/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# radosgw asks for an encrypted connection to the monitor unless told otherwise, and there is none
# without cephx
ms_mon_client_mode = crc
run_dir = $dir/run
log_file = $dir/log/\$name.log
admin_socket = $dir/run/\$name.asok
crash_dir = $dir/crash
pid_file =
log_max_recent = 100
debug_default = 0
debug_ms = 0/0
debug_mon = 0/0
debug_monc = 0/0
debug_paxos = 0/0
debug_auth = 0/0
debug_osd = 0/0
debug_objclass = 0/0
debug_objecter = 0/0
debug_bdev = 0/0
debug_bluefs = 0/0
debug_bluestore = 0/0
debug_rocksdb = 0/0
debug_tp = 0/0
debug_throttle = 0/0
debug_finisher = 0/0
debug_optracker = 0/0
debug_rgw = 1/1
mon_cluster_log_file = $dir/log/cluster.log
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
rgw_rados_pool_pg_num_min = 4
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_allow_pool_delete = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000

[mon]
mon_data = $dir/mon
# one monitor: no reason to wait before an election or a proposal
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
mon_data_avail_warn = 1
mon_data_avail_crit = 0

[osd]
osd_data = $dir/osd
osd_objectstore = $S3_STORE
memstore_device_bytes = $((S3_STORE_MB * 1048576))
bluestore_block_create = true
bluestore_block_size = $((S3_STORE_MB * 1048576))
bluestore_block_path =
bluestore_cache_autotune = false
osd_memory_target = 1073741824
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 2
osd_max_scrubs = 0

[client]
keyring = $dir/keyring

[client.rgw.a]
rgw_data = $dir/rgw
# without tcp_nodelay many answers wait 40 ms for the client's delayed ACK
rgw_frontends = beast endpoint=127.0.0.1:$port$tls tcp_nodelay=1
rgw_dns_name = $S3_DNS_NAME
rgw_thread_pool_size = 64
rgw_max_concurrent_requests = 1024
rgw_enable_usage_log = false
rgw_enable_ops_log = false
rgw_run_sync_thread = false
rgw_dynamic_resharding = false
rgw_override_bucket_index_max_shards = 1
# what is deleted is gone in seconds, not after two hours
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 5
rgw_gc_processor_max_time = 5
rgw_user_quota_bucket_sync_interval = 1
E
}

admin() {
  timeout -k 2 "$(left)" "$@" >>"$dir/log/admin.out" 2>&1
}

user() {
  admin radosgw-admin -c "$dir/ceph.conf" user create --uid="$1" --display-name="$1" \
    --access-key="$2" --secret-key="$3" || failed "user '$1'"
}

launch() {
  mkdir -p "$dir/crash"
  is_new=yes
  [ "$S3_STORE:$(cat "$dir/made" 2>/dev/null)" != bluestore:bluestore ] || is_new=
  if [ "$is_new" ]; then
    rm -rf "$dir/made" "$dir/mon" "$dir/osd" "$dir/rgw"
    mkdir -p "$dir/mon" "$dir/osd" "$dir/rgw"
    fsid=$(cat /proc/sys/kernel/random/uuid)
    osd=$(cat /proc/sys/kernel/random/uuid)
    echo "$fsid" >"$dir/fsid"
    write_conf
    monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$port2/0]" "$dir/monmap" \
      >"$dir/log/monmap.out" 2>&1 || failed monmaptool
    $wrapper ceph-mon --mkfs -i a -c "$dir/ceph.conf" --monmap "$dir/monmap" \
      >"$dir/log/mon-mkfs.out" 2>&1 || failed 'ceph-mon --mkfs'
    # The store can be made while the monitor starts.
    $wrapper ceph-osd -i 0 --mkfs --osd-uuid "$osd" -c "$dir/ceph.conf" --no-mon-config \
      >"$dir/log/osd-mkfs.out" 2>&1 &
    mkfs=$!
  else
    fsid=$(cat "$dir/fsid")
    write_conf
  fi
  spawn mon $wrapper ceph-mon -f -i a -c "$dir/ceph.conf"
  if [ "$is_new" ]; then
    admin ceph -c "$dir/ceph.conf" --connect-timeout "$(left)" osd new "$osd" 0 || failed 'ceph osd new'
    wait "$mkfs" || failed 'ceph-osd --mkfs'
  fi
  spawn osd $wrapper ceph-osd -f -i 0 -c "$dir/ceph.conf"
  if [ "$is_new" ]; then
    user test "$S3_ACCESS_KEY" "$S3_SECRET_KEY"
    user other "$S3_ACCESS_KEY2" "$S3_SECRET_KEY2"
  fi
  echo "$S3_STORE" >"$dir/made"
  spawn rgw radosgw -f -n client.rgw.a -c "$dir/ceph.conf"
}

server_main "$@"
