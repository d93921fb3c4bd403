#!/bin/sh
# Items held at -m 256 beside memcached 1.6.18, counted by reading back.
# Usage: bench/store-items.sh [MEGABYTES [VALUE_BYTES...]]
set -eu
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
megabytes=${1:-256}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- 10 100 230 1000
exec java -Xmx1g -XX:MaxDirectMemorySize=4g -XX:+UseSerialGC -cp "$CLASSPATH" io.larder.bench.StoreItems "$megabytes" "$@"
