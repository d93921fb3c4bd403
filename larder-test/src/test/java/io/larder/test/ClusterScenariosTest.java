package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Cached;
import io.larder.cache.CachedSpec;
import io.larder.cache.Lookup;
import io.larder.cache.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What several processes go through together. */
class ClusterScenariosTest {
    private static final Duration LOAD = Duration.ofMillis(100);

    private int database = 1;
    private boolean fails;
    private int loads;

    private CachedSpec<Integer, Integer> spec(VirtualCluster cluster, VirtualNode node) {
        return node.larder()
                .cached("v:{key}", Integer.class, Integer.class, key -> {
                    loads++;
                    int value = database;
                    cluster.sleep(LOAD);
                    if (fails) {
                        throw new NoAnswer("no answer");
                    }
                    return value;
                })
                .ttl("10s")
                .jitter(0);
    }

    @Test
    void get_acrossNodes_eachProcessLoadsOnceAtMost() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            List<VirtualCall<Integer>> calls = new ArrayList<>();
            for (VirtualNode node : cluster.nodes()) {
                Cached<Integer, Integer> function = spec(cluster, node).build();
                calls.addAll(node.start(100, () -> function.get(7)));
            }
            cluster.run();

            assertThat(calls).extracting(VirtualCall::result).containsOnly(1);
            assertThat(loads).isBetween(1, 3); // there is no lease in the cluster
        }
    }

    @Test
    void store_downAtStartDuringAndAfter_costsLoadsNeverAnswers() {
        try (VirtualCluster cluster =
                VirtualCluster.seed(2).url("tiered:mem:,virtual:").open()) {
            Cached<Integer, Integer> function = spec(cluster, cluster.node(0)).build();
            cluster.store().down(true);
            assertThat(function.get(7)).isEqualTo(1);

            cluster.store().down(false);
            cluster.sleep(Duration.ofSeconds(15));
            assertThat(function.get(7)).isEqualTo(1);
            assertThat(cluster.store().keys()).containsExactly("v:7");

            cluster.store().down(true);
            cluster.sleep(Duration.ofSeconds(15));
            assertThat(function.get(7)).isEqualTo(1);
            assertThat(loads).isEqualTo(3);
        }
    }

    @Test
    void invalidate_missedByTheStore_isMadeUpForAfterALongOutage() {
        try (VirtualCluster cluster = VirtualCluster.seed(3).open()) {
            VirtualNode node = cluster.node(0);
            Cached<Integer, Integer> function = spec(cluster, node).ttl("1h").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).ttl("1h").build();
            assertThat(function.get(7)).isEqualTo(1);
            node.cut(true);
            database = 2;
            function.invalidate(7);

            assertThat(function.get(7)).isEqualTo(2);
            assertThat(other.get(7)).isEqualTo(1); // it could not be told
            cluster.sleep(Duration.ofMinutes(2));
            node.cut(false);
            cluster.sleep(Duration.ofSeconds(35));

            assertThat(other.get(7)).isEqualTo(2);
            assertThat(node.larder().health())
                    .extracting(StoreHealth::missedRemovals)
                    .containsExactly(0);
        }
    }

    @Test
    void invalidate_missedAndAnotherHasWrittenSince_costsALoadOnly() {
        try (VirtualCluster cluster = VirtualCluster.seed(4).open()) {
            VirtualNode node = cluster.node(0);
            Cached<Integer, Integer> function = spec(cluster, node).ttl("1h").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).ttl("1h").build();
            assertThat(function.get(7)).isEqualTo(1);
            node.cut(true);
            database = 2;
            function.invalidate(7);
            other.put(7, 2);
            node.cut(false);
            cluster.sleep(Duration.ofSeconds(5));

            assertThat(other.get(7)).isEqualTo(2);
            assertThat(function.get(7)).isEqualTo(2);
            assertThat(loads).isEqualTo(2);
        }
    }

    @Test
    void invalidateTag_anotherProcessIsLoading_itsValueIsNotServedLater() {
        try (VirtualCluster cluster = VirtualCluster.seed(5).open()) {
            Cached<Integer, Integer> function =
                    spec(cluster, cluster.node(0)).tags("all").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).tags("all").build();
            VirtualCall<Integer> loading = cluster.node(1).start(() -> other.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            database = 2;
            cluster.node(0).larder().invalidateTag("all");
            cluster.run();

            assertThat(loading.result()).isEqualTo(1);
            assertThat(function.get(7)).isEqualTo(2);
            assertThat(other.get(7)).isEqualTo(2);
        }
    }

    @Test
    void expire_invalidatedMeanwhile_bringsNothingBack() {
        for (int seed = 0; seed < 50; seed++) {
            database = 1;
            try (VirtualCluster cluster = VirtualCluster.seed(seed).open()) {
                VirtualNode node = cluster.node(0);
                Cached<Integer, Integer> function =
                        spec(cluster, node).stale("1h").build();
                assertThat(function.get(7)).isEqualTo(1);
                VirtualCall<String> expiring = node.start(() -> {
                    function.expire(7);
                    return "expired";
                });
                cluster.sleep(Duration.ofMillis(1));
                function.invalidate(7);
                cluster.run();

                assertThat(expiring.result()).isEqualTo("expired");
                assertThat(function.peek(7)).isInstanceOf(Lookup.Absent.class);
            }
        }
    }

    @Test
    void get_loadFailsAfterTheOldValueHasEnded_failsAsTheLoaderDid() {
        try (VirtualCluster cluster = VirtualCluster.seed(6).open()) {
            VirtualNode node = cluster.node(0);
            Cached<Integer, Integer> function = spec(cluster, node).stale("1s").build();
            assertThat(function.get(7)).isEqualTo(1);
            fails = true;
            cluster.sleep(Duration.ofMillis(10_950)); // 50 ms are left, and the load takes 100

            VirtualCall<Integer> call = node.start(() -> function.get(7));
            cluster.run();

            assertThat(call.failure()).isInstanceOf(NoAnswer.class);
        }
    }
}
