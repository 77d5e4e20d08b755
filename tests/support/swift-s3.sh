#!/bin/sh
# One OpenStack Swift with its S3 API: proxy, object, container and account servers and memcached.
# Strict about regions, without conditional writes (501), slow. server.sh tells how this is called.
#
# Settings (environment): S3_ACCESS_KEY S3_SECRET_KEY, S3_DNS_NAME as for ceph-rgw.sh; an access key
# here is ACCOUNT:USER. DIR must be on a file system with user extended attributes.
set -eu
: "${S3_ACCESS_KEY:=test:tester}"
: "${S3_ACCESS_KEY2:=other:tester2}"
# shellcheck source=tests/support/server.sh
. "$(dirname "$0")/server.sh"
processes='proxy object container account memcached'
port_count=5
python=/usr/bin/python3 # Debian's, which has Swift's modules

need_programs() {
  need swift-proxy-server swift-object-server swift-container-server swift-account-server memcached eatmydata
}

print_env() {
  print_common_env
  echo "S3_LOG=$dir/log/proxy.out"
}

write_storage_conf() { # account|container|object <port> <workers>
  cat >"$dir/etc/$1-server.conf" <<E
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $2
workers = $3
user = $(id -un)
swift_dir = $dir/etc
devices = $dir/srv
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_level = WARNING
conn_timeout = 10
node_timeout = 60
container_update_timeout = 60
db_preallocation = off
[pipeline:main]
pipeline = $1-server
[app:$1-server]
use = egg:swift#$1
recon_cache_path = $dir/cache
container_update_timeout = 60
conn_timeout = 10
node_timeout = 60
E
}

write_conf() {
  mkdir -p "$dir/etc" "$dir/srv/d1" "$dir/cache"
  cat >"$dir/etc/swift.conf" <<E
[swift-hash]
swift_hash_path_prefix = test
swift_hash_path_suffix = test
[swift-constraints]
max_header_size = 16384
[storage-policy:0]
name = one
default = yes
E
  write_storage_conf object "$port2" 2
  write_storage_conf container "$port3" 1
  write_storage_conf account "$port4" 1
  cat >"$dir/etc/proxy-server.conf" <<E
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
workers = 2
user = $(id -un)
swift_dir = $dir/etc
log_level = INFO
client_timeout = 60
[pipeline:main]
pipeline = catch_errors gatekeeper proxy-logging cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
conn_timeout = 10
node_timeout = 60
recoverable_node_timeout = 60
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$port5
memcache_max_connections = 64
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = $region
storage_domain = $S3_DNS_NAME
s3_acl = true
check_bucket_owner = true
max_bucket_listing = 1000
max_upload_part_num = 10000
multi_delete_concurrency = 8
[filter:tempauth]
use = egg:swift#tempauth
user_$(echo "$S3_ACCESS_KEY" | tr : _) = $S3_SECRET_KEY .admin
user_$(echo "$S3_ACCESS_KEY2" | tr : _) = $S3_SECRET_KEY2 .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
max_manifest_size = 8388608
concurrency = 2
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
E
  # Swift's own programs read /etc/swift/swift.conf.
  cat >"$dir/etc/run.py" <<'E'
import os, sys
etc = os.path.dirname(os.path.abspath(__file__))
what = sys.argv[1]
if what == 'attributes':
    os.setxattr(etc, 'user.swift.test', b'x' * 3000)
elif what == 'rings':
    from swift.common.ring import RingBuilder
    for name, port in zip(('object', 'container', 'account'), sys.argv[2:]):
        builder = RingBuilder(2, 1, 1)
        builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1.0, 'ip': '127.0.0.1', 'port': int(port),
                         'replication_ip': '127.0.0.1', 'replication_port': int(port), 'device': 'd1', 'meta': ''})
        builder.rebalance()
        builder.get_ring().save(os.path.join(etc, name + '.ring.gz'))
else:
    from swift.common import utils
    utils.set_swift_dir(etc)
    from swift.common.wsgi import run_wsgi
    more = {}
    if what == 'object':
        from swift.obj import server
        more['global_conf_callback'] = server.global_conf_callback
    sys.exit(run_wsgi(os.path.join(etc, what + '-server.conf'), what + '-server', verbose=True, **more))
E
}

launch() {
  write_conf
  $python "$dir/etc/run.py" attributes 2>/dev/null || cannot "the file system of $dir has no user extended attributes"
  spawn memcached memcached -l 127.0.0.1 -p "$port5" -U 0 -u "$(id -un)" -m 64 -c 512
  $python "$dir/etc/run.py" rings "$port2" "$port3" "$port4" >"$dir/log/rings.out" 2>&1 || failed 'no rings'
  for name in account container object proxy; do
    spawn "$name" eatmydata $python -W ignore "$dir/etc/run.py" "$name"
  done
}

server_main "$@"
