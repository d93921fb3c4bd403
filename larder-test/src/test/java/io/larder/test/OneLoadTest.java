package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Cached;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of docs/testing.md. */
class OneLoadTest {
    @Test
    void get_storeSilent_hundredCallersLoadOnce() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).nodes(3).open()) {
            VirtualNode node = cluster.node(0);
            Cached<Long, String> names = node.larder()
                    .cached("name:{key}", Long.class, String.class, id -> {
                        cluster.sleep(Duration.ofMillis(100)); // the slow query
                        return "Ada";
                    })
                    .ttl("10m")
                    .build();
            node.cut(true); // the store does not answer this node

            List<VirtualCall<String>> calls = node.start(100, () -> names.get(7L));
            cluster.run();

            assertThat(calls).extracting(VirtualCall::result).containsOnly("Ada");
            assertThat(names.stats().loads()).isEqualTo(1);
        }
    }
}
