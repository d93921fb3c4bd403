package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Cached;
import io.larder.cache.CachedSpec;
import io.larder.cache.LoadTimeoutException;
import io.larder.cache.Lookup;
import io.larder.cache.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
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

    private List<VirtualCall<Integer>> stampede(
            VirtualCluster cluster, UnaryOperator<CachedSpec<Integer, Integer>> as) {
        List<VirtualCall<Integer>> calls = new ArrayList<>();
        for (VirtualNode node : cluster.nodes()) {
            Cached<Integer, Integer> function = as.apply(spec(cluster, node)).build();
            calls.addAll(node.start(100, () -> function.get(7)));
        }
        cluster.run();
        return calls;
    }

    @Test
    void get_acrossNodes_oneProcessLoadsForAll() {
        for (int seed = 0; seed < 20; seed++) {
            loads = 0;
            try (VirtualCluster cluster = VirtualCluster.seed(seed).open()) {
                List<VirtualCall<Integer>> calls = stampede(cluster, spec -> spec);

                assertThat(calls).extracting(VirtualCall::result).containsOnly(1);
                assertThat(loads).isEqualTo(1);
            }
        }
    }

    @Test
    void get_acrossNodesWithTags_oneProcessLoadsForAll_beforeAndAfterAnInvalidation() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            stampede(cluster, spec -> spec.tags("all"));
            assertThat(loads).isEqualTo(1);
            database = 2;
            cluster.node(1).larder().invalidateTag("all");

            List<VirtualCall<Integer>> calls = stampede(cluster, spec -> spec.tags("all"));

            assertThat(calls).extracting(VirtualCall::result).containsOnly(2);
            assertThat(loads).isEqualTo(2);
        }
    }

    @Test
    void getAsync_acrossNodes_oneProcessLoadsForAll() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (VirtualNode node : cluster.nodes()) {
                Cached<Integer, Integer> function = spec(cluster, node).build();
                VirtualCall<Boolean> unused = node.start(() -> answers.add(function.getAsync(7)));
            }
            cluster.run();
            cluster.sleep(Duration.ofSeconds(2));

            assertThat(answers)
                    .hasSize(3)
                    .allSatisfy(answer -> assertThat(answer).isCompletedWithValue(1));
            assertThat(loads).isEqualTo(1);
        }
    }

    @Test
    void get_acrossNodesWithoutALease_eachProcessLoadsOnceAtMost() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            List<VirtualCall<Integer>> calls = stampede(cluster, spec -> spec.lease("0"));

            assertThat(calls).extracting(VirtualCall::result).containsOnly(1);
            assertThat(loads).isBetween(2, 3);
        }
    }

    @Test
    void get_storeDown_eachProcessLoadsAtOnceForItself() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            cluster.store().down(true);
            List<VirtualCall<Integer>> calls = stampede(cluster, spec -> spec);

            assertThat(calls).extracting(VirtualCall::result).containsOnly(1);
            assertThat(loads).isEqualTo(3);
            assertThat(cluster.now()).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void get_processThatLoadsDies_anotherLoadsWhenTheLeaseIsOver() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> dying = spec(cluster, cluster.node(0)).build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Integer> lost = cluster.node(0).start(() -> dying.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            VirtualCall<Integer> waiting = cluster.node(1).start(() -> other.get(7));
            cluster.node(0).crash();
            cluster.run();

            assertThat(lost.hasEnded()).isFalse();
            assertThat(waiting.result()).isEqualTo(1);
            assertThat(loads).isEqualTo(2);
            assertThat(cluster.now()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(7));
        }
    }

    @Test
    void get_loadInAnotherProcessFails_oneOfTheOthersLoadsAtOnce() {
        fails = true;
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> failing = spec(cluster, cluster.node(0)).build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Integer> failed = cluster.node(0).start(() -> failing.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            VirtualCall<Integer> waiting = cluster.node(1).start(() -> other.get(7));
            cluster.after(LOAD.dividedBy(2).plusMillis(5), () -> fails = false);
            cluster.run();

            assertThat(failed.failure()).isInstanceOf(NoAnswer.class);
            assertThat(waiting.result()).isEqualTo(1);
            assertThat(cluster.now()).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void get_anotherProcessLoadsLongerThanTheHardTimeout_isNotLeftWaiting() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> loading = spec(cluster, cluster.node(0)).build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).hardTimeout("30ms").build();
            VirtualCall<Integer> first = cluster.node(0).start(() -> loading.get(7));
            cluster.sleep(Duration.ofMillis(20));
            VirtualCall<Integer> hasty = cluster.node(1).start(() -> other.get(7));
            cluster.run();

            assertThat(first.result()).isEqualTo(1);
            assertThat(hasty.failure()).isInstanceOf(LoadTimeoutException.class);
            assertThat(loads).isEqualTo(1);
        }
    }

    @Test
    void early_acrossNodes_oneProcessRefreshesForAll() {
        for (int seed = 0; seed < 20; seed++) {
            loads = 0;
            try (VirtualCluster cluster = VirtualCluster.seed(seed).open()) {
                stampede(cluster, spec -> spec.early("5s"));
                cluster.sleep(Duration.ofSeconds(6));

                List<VirtualCall<Integer>> calls = stampede(cluster, spec -> spec.early("5s"));

                assertThat(calls).extracting(VirtualCall::result).containsOnly(1);
                assertThat(loads).isEqualTo(2);
            }
        }
    }

    @Test
    void stale_acrossNodes_oneProcessLoads_theOthersServeWhatTheyHaveAtOnce() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            stampede(cluster, spec -> spec.stale("1h"));
            cluster.sleep(Duration.ofSeconds(11));
            database = 2;
            Cached<Integer, Integer> function =
                    spec(cluster, cluster.node(0)).stale("1h").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).stale("1h").build();
            VirtualCall<Integer> loading = cluster.node(0).start(() -> function.get(7));
            cluster.sleep(LOAD.dividedBy(2));

            assertThat(other.get(7)).isEqualTo(1);
            CompletableFuture<Integer> later = other.getAsync(7);
            cluster.sleep(Duration.ofMillis(20));
            assertThat(later).isCompletedWithValue(1);
            cluster.run();
            assertThat(loading.result()).isEqualTo(2);
            assertThat(other.get(7)).isEqualTo(2);
            assertThat(loads).isEqualTo(2);
        }
    }

    @Test
    void stale_processWhoseTurnItIsDies_anotherLoadsWhenTheLeaseIsOver() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            stampede(cluster, spec -> spec.stale("1h"));
            cluster.sleep(Duration.ofSeconds(11));
            Cached<Integer, Integer> dying =
                    spec(cluster, cluster.node(0)).stale("1h").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).stale("1h").build();
            VirtualCall<Integer> lost = cluster.node(0).start(() -> dying.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            cluster.node(0).crash();
            database = 2;

            assertThat(other.get(7)).isEqualTo(1);
            cluster.sleep(Duration.ofSeconds(7));
            assertThat(other.get(7)).isEqualTo(2);
            assertThat(lost.hasEnded()).isFalse();
        }
    }

    @Test
    void invalidate_whileThisProcessWaitsForAnother_itStartsAgain() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> function = spec(cluster, cluster.node(0)).build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Integer> loading = cluster.node(0).start(() -> function.get(7));
            cluster.sleep(LOAD.dividedBy(4));
            VirtualCall<Integer> waiting = cluster.node(1).start(() -> other.get(7));
            List<VirtualCall<Integer>> joined = cluster.node(1).start(3, () -> other.get(7));
            CompletableFuture<Integer> later = cluster.node(1).call(() -> other.getAsync(7));
            cluster.sleep(LOAD.dividedBy(4));
            database = 2;
            other.invalidate(7);
            cluster.run();
            cluster.sleep(Duration.ofSeconds(1));

            assertThat(loading.result()).isEqualTo(1);
            assertThat(waiting.result()).isEqualTo(2);
            assertThat(joined).extracting(VirtualCall::result).containsOnly(2);
            assertThat(later).isCompletedWithValue(2);
            assertThat(function.get(7)).isEqualTo(2);
            assertThat(loads).isEqualTo(2);
        }
    }

    @Test
    void invalidate_anotherProcessIsLoading_itsValueIsNotServedLater() {
        for (int seed = 0; seed < 50; seed++) {
            database = 1;
            try (VirtualCluster cluster = VirtualCluster.seed(seed).open()) {
                Cached<Integer, Integer> function =
                        spec(cluster, cluster.node(0)).build();
                Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
                VirtualCall<Integer> loading = cluster.node(1).start(() -> other.get(7));
                cluster.sleep(LOAD.dividedBy(2));
                database = 2;
                function.invalidate(7);
                cluster.run();

                assertThat(loading.result()).isEqualTo(1);
                assertThat(function.get(7)).isEqualTo(2);
                assertThat(other.get(7)).isEqualTo(2);
            }
        }
    }

    @Test
    void invalidate_anotherProcessRefreshesAnOldValue_itsValueIsNotServedLater() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> function =
                    spec(cluster, cluster.node(0)).stale("1h").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).stale("1h").build();
            assertThat(function.get(7)).isEqualTo(1);
            cluster.sleep(Duration.ofSeconds(11)); // past its TTL
            VirtualCall<Integer> loading = cluster.node(1).start(() -> other.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            database = 2;
            function.invalidate(7);
            cluster.run();

            assertThat(loading.result()).isEqualTo(1);
            assertThat(function.get(7)).isEqualTo(2);
        }
    }

    @Test
    void refresh_anOlderLoadOfAnotherProcessEndsMeanwhile_winsAllTheSame() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> function = spec(cluster, cluster.node(0)).build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Integer> older = cluster.node(1).start(() -> other.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            database = 2;
            VirtualCall<Integer> newer = cluster.node(0).start(() -> function.refresh(7));
            cluster.run();

            assertThat(older.result()).isEqualTo(1);
            assertThat(newer.result()).isEqualTo(2);
            assertThat(other.get(7)).isEqualTo(2);
        }
    }

    @Test
    void refresh_failsWithARememberedFailure_andAnotherProcessHasPutMeanwhile_leavesThat() {
        fails = true;
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> function = spec(cluster, cluster.node(0))
                    .negative(NoAnswer.class, "5s")
                    .build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Integer> refreshing = cluster.node(0).start(() -> function.refresh(7));
            cluster.sleep(LOAD.dividedBy(2));
            other.put(7, 2);
            cluster.run();

            assertThat(refreshing.failure()).isInstanceOf(NoAnswer.class);
            assertThat(function.get(7)).isEqualTo(2);
        }
    }

    @Test
    void invalidateTag_namedByALoadThatStoresNothing_isNotJoinedAfterwards() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            cluster.store().down(true);
            VirtualNode node = cluster.node(0);
            Cached<Integer, Integer> function = node.larder()
                    .cachedWithContext("v:{key}", Integer.class, Integer.class, (key, context) -> {
                        context.tags("owner");
                        int value = database;
                        cluster.sleep(LOAD);
                        return value;
                    })
                    .ttl("10s")
                    .build();
            VirtualCall<Integer> first = node.start(() -> function.get(7));
            cluster.sleep(LOAD.dividedBy(2));
            database = 2;
            node.larder().invalidateTag("owner");
            VirtualCall<Integer> second = node.start(() -> function.get(7));
            cluster.run();

            assertThat(first.result()).isEqualTo(1);
            assertThat(second.result()).isEqualTo(2);
        }
    }

    @Test
    void invalidateTag_ofAnOldValueThatALoadOffers_isNotOfferedAfterwards() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            VirtualNode node = cluster.node(0);
            Cached<Integer, Integer> function = node.larder()
                    .cachedWithContext("v:{key}", Integer.class, Integer.class, (key, context) -> {
                        int value = database;
                        cluster.sleep(LOAD);
                        context.tags("owner"); // known by the value only
                        return value;
                    })
                    .ttl("10s")
                    .early("5s")
                    .build();
            assertThat(function.get(7)).isEqualTo(1);
            cluster.sleep(Duration.ofSeconds(6));
            assertThat(function.get(7)).isEqualTo(1); // and refreshes
            cluster.sleep(LOAD.dividedBy(2));
            assertThat(function.get(7)).isEqualTo(1); // offered by the refresh
            database = 2;
            node.larder().invalidateTag("owner");

            assertThat(function.get(7)).isEqualTo(2);
        }
    }

    @Test
    void refresh_invalidatedByAnotherProcessMeanwhile_storesNothing() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> function = spec(cluster, cluster.node(0)).build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Integer> refreshing = cluster.node(0).start(() -> function.refresh(7));
            cluster.sleep(LOAD.dividedBy(2));
            database = 2;
            other.invalidate(7);
            cluster.run();

            assertThat(refreshing.result()).isEqualTo(1);
            assertThat(function.get(7)).isEqualTo(2);
        }
    }

    @Test
    void getAll_anotherProcessInvalidatesOne_thatOneIsNotStored() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, Integer> function = cluster.node(0)
                    .larder()
                    .cachedAll("v:{key}", Integer.class, Integer.class, keys -> {
                        loads++;
                        int value = database;
                        cluster.sleep(LOAD);
                        return keys.stream().collect(Collectors.toMap(key -> key, key -> value));
                    })
                    .ttl("10s")
                    .build();
            Cached<Integer, Integer> other = spec(cluster, cluster.node(1)).build();
            VirtualCall<Map<Integer, Integer>> loading = cluster.node(0).start(() -> function.getAll(List.of(7, 8)));
            cluster.sleep(LOAD.dividedBy(2));
            database = 2;
            other.invalidate(7);
            cluster.run();

            assertThat(loading.result()).isEqualTo(Map.of(7, 1, 8, 1));
            assertThat(other.getAll(List.of(7, 8))).isEqualTo(Map.of(7, 2, 8, 1));
        }
    }

    @Test
    void get_valueNotToBeStored_givesItsLeaseBack() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            List<VirtualCall<Integer>> calls = stampede(cluster, spec -> spec.storeIf(value -> false));

            assertThat(calls).extracting(VirtualCall::result).containsOnly(1);
            assertThat(loads).isEqualTo(3);
            assertThat(cluster.now()).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void get_whereAnotherLoadsAndACopyIsPastItsTtl_servesTheCopy() {
        try (VirtualCluster cluster =
                VirtualCluster.seed(1).url("tiered:mem:,virtual:").open()) {
            Cached<Integer, Integer> function =
                    spec(cluster, cluster.node(0)).stale("1h").build();
            Cached<Integer, Integer> other =
                    spec(cluster, cluster.node(1)).stale("1h").build();
            assertThat(function.get(7)).isEqualTo(1);
            cluster.store().restart();
            cluster.sleep(Duration.ofMillis(4_950)); // copies end after five seconds
            VirtualCall<Integer> loading = cluster.node(1).start(() -> other.get(7));
            cluster.sleep(LOAD.dividedBy(2).plusMillis(10));

            assertThat(function.get(7)).isEqualTo(1);
            cluster.run();
            assertThat(loading.result()).isEqualTo(1);
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
