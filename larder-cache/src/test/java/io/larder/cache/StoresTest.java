package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Stores in front of each other, beside each other, and those that keep nothing or fail. */
class StoresTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final StoreContext context = new StoreContext(ticker, clock, Runnable::run);
    private final Later later = new Later(ticker);
    private final FakeByteStore far = new FakeByteStore(ticker);
    private final List<Object> loads = new ArrayList<>();

    private Surroundings around() {
        return new Surroundings(ticker, clock, () -> 0, new Background(Runnable::run, 64), later);
    }

    /** A process: copies of its own before the far store. */
    private final class Node {
        final ObjectStore near = (ObjectStore) new Stores(List.of()).open("mem:?ttlMax=5s", context);
        final Surroundings around = around();
        final Routes routes = new Routes(Map.of("", Backend.tiered("tiered", near, far, Values.DEFAULT, around)));
        final Definitions definitions = new Definitions(
                routes,
                Pipes.BUILT_IN,
                around,
                new LarderHost(routes, Pipes.BUILT_IN, context, new Random(1), around.background()));
        final Cached<Long, String> values = new CachedSpec<Long, String>(
                        definitions, "v:{key}", TypeRef.of(Long.class), TypeRef.of(String.class), (id, unused) -> {
                            loads.add(id);
                            duringLoad.run();
                            return "load " + loads.size();
                        })
                .ttl("10m")
                .stale("1h")
                .tags("all")
                .build();
    }

    private Runnable duringLoad = () -> {};

    @Test
    void tiered_secondGet_isAnsweredInTheProcess() {
        Node node = new Node();
        node.values.get(1L);
        int finds = far.finds();

        assertThat(node.values.get(1L)).isEqualTo("load 1");

        assertThat(far.finds()).isEqualTo(finds);
    }

    @Test
    void tiered_expired_keepsTheTagsItWasWrittenWith() {
        Node node = new Node();
        node.values.get(1L);
        node.values.expire(1L);
        assertThat(node.values.peek(1L)).isInstanceOf(Lookup.Stale.class);

        node.definitions.invalidate(Markers.keyOf(Markers.TAG, "all"));

        assertThat(node.values.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void tiered_otherProcess_findsItInTheFarStoreAndKeepsACopy() {
        new Node().values.get(1L);
        Node other = new Node();

        assertThat(other.values.get(1L)).isEqualTo("load 1");
        Object unused = other.values.get(1L); // the copy's tag is looked up once, and kept too
        int finds = far.finds();
        assertThat(other.values.get(1L)).isEqualTo("load 1");

        assertThat(far.finds()).isEqualTo(finds);
        assertThat(loads).hasSize(1);
    }

    @Test
    void tiered_copy_livesNoLongerThanTheEntry() {
        Node node = new Node();
        node.values.get(1L);
        ticker.advance(Duration.ofMinutes(10).minusSeconds(2));
        Node other = new Node();
        other.values.get(1L);

        ticker.advance(Duration.ofSeconds(2));

        assertThat(other.values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void tiered_invalidatedByAnotherProcess_isSeenWhenTheCopyEnds() {
        Node node = new Node();
        node.values.get(1L);
        new Node().values.invalidate(1L);
        assertThat(node.values.get(1L)).isEqualTo("load 1");

        ticker.advance(Duration.ofSeconds(5));

        assertThat(node.values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void tiered_tagInvalidated_isSeenAtOnceHereAndWithinTheCopysLifeThere() {
        Node here = new Node();
        Node there = new Node();
        here.values.get(1L);
        there.values.get(1L);

        here.definitions.invalidate("~tag:all");

        assertThat(here.values.get(1L)).isEqualTo("load 2");
        ticker.advance(Duration.ofSeconds(5));
        assertThat(there.values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void tiered_invalidatedWhileTheFarStoreIsRead_isNotCopied() {
        new Node().values.get(1L);
        Node node = new Node();
        far.beforeFind(() -> {
            far.beforeFind(() -> {});
            node.values.invalidate(1L);
        });
        Object unused = node.values.get(1L);

        assertThat(node.near.find("v:1")).isNull();
    }

    @Test
    void tiered_putWhileTheValueBeforeIsRead_theOldOneIsNotCopied() {
        new Node().values.get(1L);
        Node node = new Node();
        far.afterFind(() -> {
            far.afterFind(() -> {});
            node.values.put(1L, "new");
        });
        Object unused = node.values.get(1L);

        assertThat(node.values.get(1L)).isEqualTo("new");
    }

    @Test
    void tiered_markerRenewed_theMarkHasMovedBetweenFarAndNear() {
        Fences fences = new Fences();
        List<Long> marks = new ArrayList<>();
        List<Boolean> held = new ArrayList<>();
        far.beforeWrite(key -> marks.add(fences.mark(key))); // a reader that is about to see the old version
        ObjectStore near = new ForwardingObjectStore((ObjectStore) new Stores(List.of()).open("mem:", context)) {
            @Override
            public void remove(String key) {
                super.remove(key);
                held.add(fences.holds(key, marks.get(0)));
            }
        };

        new TieredMarkers(near, new ByteMarkers(far, () -> 7), fences).renew("~tag:all");

        assertThat(held).containsExactly(false);
    }

    private static class ForwardingObjectStore implements ObjectStore {
        private final ObjectStore store;

        ForwardingObjectStore(ObjectStore store) {
            this.store = store;
        }

        @Override
        public @Nullable Object find(String key) {
            return store.find(key);
        }

        @Override
        public void put(String key, Object value, Duration ttl) {
            store.put(key, value, ttl);
        }

        @Override
        public void remove(String key) {
            store.remove(key);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void tiered_invalidatedAfterTheFarStoreWasRead_copyIsTakenAway() {
        Fences fences = new Fences();
        long mark = fences.mark("k");
        assertThat(fences.holds("k", mark)).isTrue();

        fences.move("k");

        assertThat(fences.holds("k", mark)).isFalse();
    }

    @Test
    void tiered_farStoreDownDuring_answersAndCountsAndRecovers() {
        Node node = new Node();
        node.values.get(1L);
        far.down(true);
        assertThat(node.values.get(1L)).as("from the copy").isEqualTo("load 1");
        ticker.advance(Duration.ofSeconds(5));

        assertThat(node.values.get(1L)).isEqualTo("load 2");

        far.down(false);
        ticker.advance(Duration.ofSeconds(31));
        assertThat(node.values.get(1L)).isEqualTo("load 1");
    }

    @Test
    void tiered_getAll_asksTheFarStoreForTheRestOnly() {
        new Node().values.getAll(List.of(1L, 2L));
        Node node = new Node();
        node.values.get(1L);

        assertThat(node.values.getAll(List.of(1L, 2L, 3L))).containsValues("load 1", "load 2", "load 3");
    }

    @Test
    void tiered_urlsThatCannotWork_areRefused() {
        refused(
                "tiered:mem:",
                "tiered: is a store in this process and one outside; write tiered:mem:?size=10000,memcached://host:11211");
        refused("tiered:memcached://a,mem:", "tiered: is a store in this process");
        refused("tiered:mem:,mem:", "tiered: has mem: behind mem:, which is in this process too; write mem: alone");
        refused("tiered:mem:,mem:?max=2MB", "tiered: has mem: behind mem:, which is in this process too");
        refused("tiered:mem:,chaos:mem:?max=2MB", "tiered: has chaos: behind mem:");
        refused(
                "tiered:mem:?max=2MB,memcached://a",
                "tiered: keeps its copies as objects, bounded by their number; write tiered:mem:?size=10000 instead of max");
        refused("tiered:mem:?sise=1,null:", "tiered: has null: behind mem:");
        refused("mem:?ttlMax=0", "mem: option \"ttlMax\": 0 keeps nothing; write null: for that");
        refused("null:?size=1", "null: has no option \"size\"");
        refused("null://host", "null: keeps nothing and takes no host or path; write null:");
        refused(
                "chaos:mem:?fail=2",
                "chaos: option \"fail\": \"2\" is not a part from 0 to 1; write fail=0.1 for every tenth call");
        refused("chaos:mem:?sise=2", "mem: has no option \"sise\"");
        refused("tierd:mem:", "no store for tierd: on the class path; did you mean \"tiered\"?");
    }

    private static void refused(String url, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Larder.open(url)).withMessageStartingWith(message);
    }

    private Cached<Long, String> values(Larder larder, String template) {
        return larder.cached(template, Long.class, String.class, id -> {
                    loads.add(id);
                    return "load " + loads.size();
                })
                .ttl("10m")
                .build();
    }

    @Test
    void null_everyGet_loads() {
        try (Larder larder = Larder.open("null:")) {
            Cached<Long, String> values = values(larder, "v:{key}");

            values.get(1L);

            assertThat(values.get(1L)).isEqualTo("load 2");
            assertThat(values.peek(1L)).isInstanceOf(Lookup.Absent.class);
        }
    }

    @Test
    void chaos_sameSeed_failsTheSameWayAndNoCallerSeesIt() {
        List<CacheStats> outcomes = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (Larder larder = Larder.open("chaos:mem:?size=100&fail=0.5&seed=seven")) {
                Cached<Long, String> values = values(larder, "v:{key}");
                for (long i = 0; i < 200; i++) {
                    assertThat(values.get(i % 20)).startsWith("load ");
                }
                CacheStats stats = values.stats();
                outcomes.add(new CacheStats(
                        stats.hits(),
                        stats.misses(),
                        stats.unavailable(),
                        0,
                        stats.loads(),
                        0,
                        Duration.ZERO,
                        stats.storeFailures(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        stats.nearHits(),
                        0,
                        0,
                        Duration.ZERO,
                        0,
                        0));
            }
        }

        assertThat(outcomes.get(0)).isEqualTo(outcomes.get(1));
        assertThat(outcomes.get(0).unavailable()).isPositive();
        assertThat(outcomes.get(0).hits()).isPositive();
    }

    @Test
    void chaos_latency_delaysEachCall() {
        List<Duration> delays = new ArrayList<>();
        Store<?> slow = Chaos.around(far, new Chaos.Settings(0, Duration.ofMillis(50), 7), delays::add);

        Object unused = slow.find("k");
        slow.remove("k");

        assertThat(delays).hasSize(2).allMatch(delay -> delay.toMillis() < 50).anyMatch(delay -> !delay.isZero());
        assertThat(slow.capabilities()).isEqualTo(far.capabilities());
    }

    @Test
    void routes_longestPrefix_picksTheStore() {
        try (Larder larder = Larder.builder()
                .store(far)
                .route("s", "mem:")
                .route("session-guest:", "null:")
                .open()) {
            values(larder, "session:{key}").get(1L);
            values(larder, "session-guest:{key}").get(1L);
            values(larder, "user:{key}").get(1L);

            assertThat(far.find("user:1")).isNotNull();
            assertThat(far.find("session:1")).isNull();
            assertThat(values(larder, "session:{key}").peek(1L)).isInstanceOf(Lookup.Fresh.class);
            assertThat(values(larder, "session-guest:{key}").peek(1L)).isInstanceOf(Lookup.Absent.class);
        }
    }

    @Test
    void routes_keyWouldDecide_isRefused() {
        try (Larder larder = Larder.builder().route("session:guest:", "null:").open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> values(larder, "session:{key}"))
                    .withMessage(
                            "key template \"session:{key}\" would be routed by its argument: \"session:guest:\" goes"
                                    + " elsewhere; begin it with other text");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.builder().route("a", "mem:").route("a", "null:"))
                .withMessageStartingWith("route \"a\" is empty or given twice;");
    }

    @Test
    void routes_tagInvalidated_reachesAllStores() {
        try (Larder larder = Larder.builder().store(far).route("m:", "mem:").open()) {
            Cached<Long, String> one = larder.cached("m:{key}", Long.class, String.class, id -> "m" + loads.size())
                    .ttl("1m")
                    .tags("all")
                    .build();
            Cached<Long, String> two = larder.cached("f:{key}", Long.class, String.class, id -> "f" + loads.size())
                    .ttl("1m")
                    .tags("all")
                    .build();
            one.get(1L);
            two.get(1L);

            larder.invalidateTag("all");

            assertThat(one.peek(1L)).isInstanceOf(Lookup.Absent.class);
            assertThat(two.peek(1L)).isInstanceOf(Lookup.Absent.class);
        }
    }

    /** A store that cannot do everything. */
    private static final class Weak implements ObjectStore {
        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public @Nullable Object find(String key) {
            return null;
        }

        @Override
        public void put(String key, Object value, Duration ttl) {}

        @Override
        public void remove(String key) {}

        @Override
        public void close() {}
    }

    /** A store of bytes whose answers may be old. */
    private final class Eventual implements ByteStore {
        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.TTL);
        }

        @Override
        public byte @Nullable [] find(String key) {
            return far.find(key);
        }

        @Override
        public void put(String key, byte[] value, Duration ttl) {
            far.put(key, value, ttl);
        }

        @Override
        public void remove(String key) {
            far.remove(key);
        }

        @Override
        public void close() {}
    }

    @Test
    void capabilities_missing_areRefusedWhereTheyAreNeeded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.builder().store(new Weak()).open())
                .withMessage("store Weak keeps objects and does not end their TTL; it needs the capability TTL");
        try (Larder larder = Larder.builder().store(new Eventual()).open()) {
            values(larder, "v:{key}").get(1L);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> larder.cached("w:{key}", Long.class, String.class, String::valueOf)
                            .ttl("1m")
                            .tags("all")
                            .build())
                    .withMessage(
                            "\"w:{key}\" has tags or a namespace, but store Eventual may answer with what was written"
                                    + " before the last write; leave them out, or route it elsewhere");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> larder.cached("x:{key}", Long.class, String.class, String::valueOf)
                            .ttl("1m")
                            .lease("20s")
                            .build())
                    .withMessage(
                            "\"x:{key}\" has a lease of 20s, but store Eventual gives none, so each process loads for"
                                    + " itself; leave it out");
        }
    }

    @Test
    void chaos_failure_isOneLine() {
        Store<?> broken = Chaos.around(far, new Chaos.Settings(1, Duration.ZERO, 7), delay -> {});

        assertThatThrownBy(() -> broken.find("k"))
                .isInstanceOf(LarderException.class)
                .hasMessage("chaos: this call fails, for k");
    }
}
