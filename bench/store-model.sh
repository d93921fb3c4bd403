#!/bin/sh
# Random operations of several threads compared with plain maps.
# Usage: bench/store-model.sh [OPERATIONS [THREADS [MEGABYTES [SEED]]]]
set -eu
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
CLASSPATH=$CLASSPATH:larder-base/target/test-classes:larder-storage/target/test-classes
exec java -Xmx512m -XX:+UseSerialGC -cp "$CLASSPATH" \
    io.larder.storage.StoreModel "${1:-100000000}" "${2:-2}" "${3:-16}" "${4:-1}"
