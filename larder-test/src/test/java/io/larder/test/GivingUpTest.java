package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Cached;
import io.larder.cache.LoadTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Callers who wait for the load of another process, each as long as the hard timeout lets him. */
class GivingUpTest {
    @Test
    void get_joinedOneThatGivesUp_waitsForItself() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, String> there = function(cluster, cluster.node(1), Duration.ofMillis(250));
            Cached<Integer, String> here = function(cluster, cluster.node(0), Duration.ZERO);
            VirtualCall<String> loading = cluster.node(1).start(() -> there.get(7));
            cluster.sleep(Duration.ofMillis(10));
            VirtualCall<String> first = cluster.node(0).start(() -> here.get(7));
            cluster.sleep(Duration.ofMillis(150));
            VirtualCall<String> second = cluster.node(0).start(() -> here.get(7));
            cluster.run();

            assertThat(loading.failure()).isInstanceOf(LoadTimeoutException.class); // and loads on
            assertThat(first.failure()).isInstanceOf(LoadTimeoutException.class);
            assertThat(second.result()).isEqualTo("value 7");
            assertThat(here.stats().loads()).isZero();
        }
    }

    private static Cached<Integer, String> function(VirtualCluster cluster, VirtualNode node, Duration load) {
        return node.larder()
                .cached("v:{key}", Integer.class, String.class, key -> {
                    cluster.sleep(load);
                    return "value " + key;
                })
                .ttl("10s")
                .hardTimeout("200ms")
                .build();
    }
}
