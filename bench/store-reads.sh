#!/bin/sh
# JMH: rate of one and of two threads in this process, 95 % get and 5 % set, Zipf, and heap bytes per call.
# Usage: bench/store-reads.sh [SECONDS [ROUNDS]]    seconds of an iteration, five of them a run; two runs a round; 5 and 5 unless told
set -eu
cd "$(dirname "$0")/.."
./mvnw -q -B test-compile dependency:build-classpath -pl larder-bench -am \
    -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
exec java -Xmx64m -cp "larder-bench/target/test-classes:larder-bench/target/classes:$(cat larder-bench/target/classpath)" \
    io.larder.bench.StoreReadsMain "$@"
