#!/bin/sh
# Histogram of single calls while the store grows, expires, evicts and is resized, with the collector's pauses between; heap as the server's.
# Usage: bench/store-pauses.sh [ITEMS [MEGABYTES]]
set -eu
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
exec java -Xms16m -Xmx128m -Xmn6m -XX:MaxDirectMemorySize=4g -XX:+UseSerialGC -XX:-ClassUnloading -Xlog:gc,gc+cpu -cp "$CLASSPATH" \
    io.larder.bench.StorePauses "${1:-10000000}" "${2:-900}"
