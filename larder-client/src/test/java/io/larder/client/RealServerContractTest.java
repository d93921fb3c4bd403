package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract against a server somebody started: {@code ./mvnw verify -pl larder-client -am -Dlarder.memcached=host:port}. */
@EnabledIfSystemProperty(named = "larder.memcached", matches = ".+:\\d+")
class RealServerContractTest extends MemcachedContract {
    /** Not every server has these. */
    @Test
    void admin_whatOnlyMemcachedHas_isDone() {
        try (Memcached memcached = Memcached.open("memcached://" + address() + "?timeout=20s&connect=20s")) {
            Assumptions.assumeFalse(
                    memcached.admin().versions().orThrow().toString().contains("larder"), "memcached only");
            View<String> view = memcached.view(Codecs.text());
            view.set("a%20b:键", "v", Duration.ofMinutes(1));

            memcached.admin().verbosity(0);
            memcached.admin().memoryLimit(64);

            assertThat(memcached.admin().keys(100_000).orThrow().get(address())).contains("a%20b:键");
            assertThat(memcached.admin().keys(0).orThrow().get(address())).isEmpty();
        }
    }

    @Override
    protected String address() {
        return System.getProperty("larder.memcached", "");
    }
}
