#!/bin/sh
# Stops and kills a process with a store on a file, again and again.
# Usage: bench/store-kills.sh [ROUNDS]
set -eu
cd "$(dirname "$0")/.."
. bench/store-classpath.sh
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
java -Xmx128m -cp "$CLASSPATH" io.larder.bench.StoreKills "${1:-200}" "$directory/store"
