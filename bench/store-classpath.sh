# Sourced by the store's benches, from the top of the tree: compiles and sets CLASSPATH.
./mvnw -q -B test-compile -pl larder-bench,larder-storage -am
CLASSPATH=larder-base/target/classes:larder-storage/target/classes:larder-bench/target/classes
export CLASSPATH
