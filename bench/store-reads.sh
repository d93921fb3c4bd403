#!/bin/sh
# Rate of one and of two threads in this process, 95 % get and 5 % set, Zipf.
# Usage: bench/store-reads.sh [SECONDS [MEGABYTES]]
set -eu
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
exec java -Xmx512m -XX:MaxDirectMemorySize=2g -XX:+UseSerialGC -cp "$CLASSPATH" io.larder.bench.StoreReads "$@"
