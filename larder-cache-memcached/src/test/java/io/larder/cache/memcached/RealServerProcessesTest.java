package io.larder.cache.memcached;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Over a server somebody started: {@code ./mvnw verify -pl larder-cache-memcached -am -Dlarder.memcached=host:port}. */
@EnabledIfSystemProperty(named = "larder.memcached", matches = ".+:\\d+")
class RealServerProcessesTest extends ProcessesContract {
    @Override
    String address() {
        return System.getProperty("larder.memcached", "");
    }
}
