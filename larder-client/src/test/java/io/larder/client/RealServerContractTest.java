package io.larder.client;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract against a server somebody started: {@code ./mvnw verify -pl larder-client -am -Dlarder.memcached=host:port}. */
@EnabledIfSystemProperty(named = "larder.memcached", matches = ".+:\\d+")
class RealServerContractTest extends MemcachedContract {
    @Override
    protected String address() {
        return System.getProperty("larder.memcached", "");
    }
}
