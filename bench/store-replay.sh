#!/bin/sh
# Misses per trace against the store in one process.
# Usage: bench/store-replay.sh FRACTIONS TRACE...    as in: bench/store-replay.sh 0.05,0.25 traces/*.csv.gz
set -eu
traces=$(shift; for t in "$@"; do readlink -f "$t"; done)
fractions=$1
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
# shellcheck disable=SC2086 # one word per trace
exec java -Xmx1g -XX:MaxDirectMemorySize=4g -XX:+UseSerialGC -cp "$CLASSPATH" io.larder.bench.StoreReplay "$fractions" $traces
