# Builds what bench/framework needs and sets $framework_classpath; source this file after scripts/peers.sh.
# shellcheck shell=sh disable=SC2154 # home and peers_java are set by who sources this
framework_out=$home/bench/framework/target
(cd "$home" && ./mvnw -q -B -DskipTests -Dspotless.check.skip=true -pl larder-cache-memcached -am package)
(cd "$home" && ./mvnw -q -B -f bench/framework/pom.xml \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$framework_out/lib")
framework_classpath=$framework_out/classes
for framework_module in larder-base larder-protocol larder-client larder-cache larder-cache-memcached; do
    framework_classpath=$framework_classpath:$home/$framework_module/target/classes
done
framework_classpath="$framework_classpath:$framework_out/lib/*"
rm -rf "$framework_out/classes"
mkdir -p "$framework_out/classes/META-INF/services"
echo io.larder.bench.framework.FaultyStoreProvider >"$framework_out/classes/META-INF/services/io.larder.cache.spi.StoreProvider"
"${peers_java}c" -nowarn -parameters -d "$framework_out/classes" -cp "$framework_classpath" "$home"/bench/framework/*.java 2>"$framework_out/log" || {
    cat "$framework_out/log" >&2
    exit 1
}
