#!/bin/sh
# Histogram of single calls while the store grows, expires, evicts and is resized.
# Usage: bench/store-pauses.sh [ITEMS [MEGABYTES]]
set -eu
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
exec java -Xmx768m -Xmn16m -XX:MaxDirectMemorySize=4g -XX:+UseSerialGC -cp "$CLASSPATH" \
    io.larder.bench.StorePauses "${1:-10000000}" "${2:-900}"
