package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.cache.Cached;
import io.larder.cache.Larder;
import io.larder.cache.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class VirtualClusterTest {
    private static final Duration LOAD = Duration.ofMillis(100);

    private static Cached<Long, String> names(VirtualCluster cluster, VirtualNode node) {
        return node.larder()
                .cached("name:{key}", Long.class, String.class, id -> {
                    cluster.sleep(LOAD);
                    return "Ada " + id;
                })
                .ttl("10m")
                .jitter(0)
                .build();
    }

    @Test
    void get_hundredCallers_loadOnceInVirtualTime() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            Cached<Long, String> names = names(cluster, cluster.node(0));

            List<VirtualCall<String>> calls = cluster.node(0).start(100, () -> names.get(7L));
            cluster.run();

            assertThat(calls).allMatch(call -> call.result().equals("Ada 7"));
            assertThat(names.stats().loads()).isEqualTo(1);
            assertThat(cluster.now()).isBetween(LOAD, LOAD.plusMillis(20));
        }
    }

    @Test
    void get_loadedByAnotherNode_isAHit() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            Cached<Long, String> there = names(cluster, cluster.node(0));
            Cached<Long, String> here = names(cluster, cluster.node(1));
            String unused = there.get(7L); // in the test's own thread

            assertThat(cluster.node(1).call(() -> here.get(7L))).isEqualTo("Ada 7");

            assertThat(here.stats().hits()).isEqualTo(1);
        }
    }

    @Test
    void cut_node_loadsAndComesBack() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            Cached<Long, String> names = names(cluster, cluster.node(0));
            Object before = names.get(7L);
            cluster.node(0).cut(true);

            assertThat(names.get(7L)).isEqualTo(before);
            names.invalidate(7L);
            cluster.node(0).cut(false);
            cluster.sleep(Duration.ofSeconds(3));

            assertThat(names.stats().unavailable()).isEqualTo(1);
            assertThat(cluster.store().keys()).isEmpty();
            assertThat(cluster.node(0).larder().health())
                    .extracting(StoreHealth::missedRemovals)
                    .containsExactly(0);
        }
    }

    @Test
    void crash_callUnderWay_neverEndsAndOthersGoOn() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            VirtualNode node = cluster.node(0);
            Cached<Long, String> names = names(cluster, node);
            VirtualCall<String> call = node.start(() -> names.get(7L));
            VirtualCall<String> other =
                    cluster.node(1).start(() -> names(cluster, cluster.node(1)).get(8L));
            cluster.after(LOAD.dividedBy(2), node::crash);
            cluster.run();

            assertThat(call.hasEnded()).isFalse();
            assertThat(other.result()).isEqualTo("Ada 8");
            assertThatIllegalStateException().isThrownBy(call::result).withMessageContaining("crashed");

            node.restart();
            assertThat(names(cluster, node).get(7L)).isEqualTo("Ada 7");
        }
    }

    @Test
    void store_restarted_hasLostEverything() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            Cached<Long, String> names = names(cluster, cluster.node(0));
            Object unused = names.get(7L);
            assertThat(cluster.store().keys()).containsExactly("name:7");

            cluster.store().restart();

            assertThat(cluster.store().keys()).isEmpty();
            assertThat(names.get(7L)).isEqualTo("Ada 7");
        }
    }

    @Test
    void skew_drawn_isWithinItsBoundAndDiffers() {
        try (VirtualCluster cluster =
                VirtualCluster.seed(42).nodes(5).skew(Duration.ofSeconds(5)).open()) {
            assertThat(cluster.nodes())
                    .extracting(VirtualNode::skew)
                    .doesNotHaveDuplicates()
                    .allMatch(skew -> skew.abs().compareTo(Duration.ofSeconds(5)) <= 0);
        }
    }

    @Test
    void run_callThatWaitsForEver_saysWhere() {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            Larder larder = cluster.node(0).larder();
            List<Cached<Long, Long>> both = new ArrayList<>();
            both.add(larder.cached("a:{key}", Long.class, Long.class, key -> {
                        cluster.sleep(Duration.ofDays(1));
                        return key;
                    })
                    .ttl("1m")
                    .build());
            VirtualCall<Long> call = cluster.node(0).start(() -> both.get(0).get(1L));

            assertThatThrownBy(cluster::run)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1 calls have not ended after PT1H");
            assertThat(call.hasEnded()).isFalse();
        }
    }

    @Test
    void get_threadOfTheTestsOwn_isRefused() throws InterruptedException {
        try (VirtualCluster cluster = VirtualCluster.seed(42).open()) {
            Cached<Long, String> names = names(cluster, cluster.node(0));
            List<Throwable> raised = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(1);
            Thread stranger = new Thread(() -> {
                try {
                    Object unused = names.get(7L);
                } catch (Throwable t) {
                    raised.add(t);
                }
                done.countDown();
            });
            stranger.start();
            done.await();

            assertThat(raised).singleElement().asString().contains("node.start");
        }
    }
}
