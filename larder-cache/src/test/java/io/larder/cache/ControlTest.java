package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a scope disables, what a detector sees, and the kill switch. */
@SuppressWarnings("try") // scopes are not used in their bodies: that is what they are for
@Timeout(120)
class ControlTest {
    private final FakeTicker ticker = new FakeTicker();
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .random(() -> 0)
            .open();
    private final AtomicInteger loads = new AtomicInteger();
    private final Cached<Long, String> values = larder.cached(
                    "v:{key}", Long.class, String.class, id -> "load " + loads.incrementAndGet())
            .ttl("10m")
            .stale("1h")
            .tags("all")
            .build();

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void disablingRead_get_loadsAndStores() {
        values.get(1L);

        try (Scope off = larder.disabling(Op.READ)) {
            assertThat(values.get(1L)).isEqualTo("load 2");
            assertThat(values.peek(1L)).isInstanceOf(Lookup.Absent.class);
        }

        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void disablingReadAndWrite_get_leavesTheStoreAlone() {
        values.get(1L);

        try (Scope off = larder.disabling(Op.READ, Op.WRITE)) {
            assertThat(values.get(1L)).isEqualTo("load 2");
            assertThat(values.refresh(1L)).isEqualTo("load 3");
            assertThat(values.getAll(List.of(1L, 1L))).containsEntry(1L, "load 4");
        }

        assertThat(values.get(1L)).isEqualTo("load 1");
    }

    @Test
    void disablingWrite_get_readsButKeepsNothing() {
        values.get(1L);

        try (Scope off = larder.disabling(Op.WRITE)) {
            assertThat(values.get(1L)).isEqualTo("load 1");
            assertThat(values.get(2L)).isEqualTo("load 2");
        }

        assertThat(values.get(2L)).isEqualTo("load 3");
    }

    @Test
    void disabling_invalidation_stillWorksUnlessNamed() {
        values.get(1L);
        try (Scope off = larder.disabling(Op.READ, Op.WRITE)) {
            values.invalidate(1L);
        }
        assertThat(values.get(1L)).isEqualTo("load 2");

        try (Scope off = larder.disabling(Op.INVALIDATE)) {
            values.invalidate(1L);
            values.expire(1L);
            larder.invalidateTag("all");
        }
        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void disabling_nested_bringsBackExactlyWhatHeldBefore() {
        values.get(1L);
        try (Scope outer = larder.disabling(Op.READ)) {
            try (Scope inner = larder.disabling(Op.WRITE)) {
                assertThat(values.get(1L)).isEqualTo("load 2");
            }
            try (Scope same = larder.disabling(Op.READ)) {
                assertThat(values.get(1L)).isEqualTo("load 3");
            }
            assertThat(values.get(1L)).as("still disabled").isEqualTo("load 4");
        }
        assertThat(values.get(1L)).isEqualTo("load 4");
    }

    @Test
    void disabling_closedTwiceOrElsewhere_changesNothingElse() throws Exception {
        Scope outer = larder.disabling(Op.READ);
        Scope inner = larder.disabling(Op.WRITE);
        inner.close();
        inner.close();
        FutureTask<Void> other = new FutureTask<>(outer::close, null);
        Thread thread = new Thread(other, "other");
        thread.start();
        thread.join();

        assertThatThrownBy(other::get)
                .cause()
                .hasMessageContaining("was closed by other; close it where it was opened");
        assertThat(values.peek(1L)).isInstanceOf(Lookup.Absent.class);
        outer.close();
    }

    @Test
    void disabling_otherThreads_areNotTouchedUnlessCarried() throws Exception {
        values.get(1L);
        try (Scope off = larder.disabling(Op.READ, Op.WRITE)) {
            assertThat(CompletableFuture.supplyAsync(() -> values.get(1L)).get())
                    .isEqualTo("load 1");
            assertThat(CompletableFuture.supplyAsync(
                                    () -> values.get(1L), larder.carrying(run -> new Thread(run).start()))
                            .get())
                    .isEqualTo("load 2");
            FutureTask<String> task = new FutureTask<>(larder.carrying(() -> values.get(1L)));
            Thread thread = new Thread(task);
            thread.start();
            assertThat(task.get()).isEqualTo("load 3");
        }
        assertThat(values.get(1L)).isEqualTo("load 1");
    }

    @Test
    void carrying_runAfterTheScope_restoresTheThreadItRanIn() {
        values.get(1L);
        Runnable carried;
        List<String> seen = new ArrayList<>();
        try (Scope off = larder.disabling(Op.READ, Op.WRITE)) {
            carried = larder.carrying(() -> {
                seen.add(values.get(1L));
            });
        }

        carried.run();

        assertThat(seen).containsExactly("load 2");
        assertThat(values.get(1L)).isEqualTo("load 1");
    }

    @Test
    void switchOff_everywhere_loadsUntilItIsOnAgain() throws Exception {
        values.get(1L);

        larder.switchOff(true);
        larder.switchOff(true);
        assertThat(larder.isOff()).isTrue();
        assertThat(values.get(1L)).isEqualTo("load 2");
        assertThat(CompletableFuture.supplyAsync(() -> values.get(1L)).get()).isEqualTo("load 3");
        values.invalidate(1L);
        larder.switchOff(false);

        assertThat(values.get(1L)).as("invalidated meanwhile").isEqualTo("load 4");
        assertThat(values.get(1L)).isEqualTo("load 4");
    }

    @Test
    void detect_gets_tellsKeysOutcomesLevelsAndAges() {
        values.get(1L);
        ticker.advance(Duration.ofSeconds(60));
        try (Detector detector = larder.detect()) {
            values.get(1L);
            values.get(2L);
            try (Scope off = larder.disabling(Op.READ)) {
                values.get(3L);
            }

            assertThat(detector.events())
                    .containsExactly(
                            new Detector.Event(
                                    "v:1",
                                    Detector.Outcome.HIT,
                                    Detector.Level.PROCESS,
                                    Optional.of(Duration.ofSeconds(60)),
                                    Optional.of(Duration.ofMinutes(9))),
                            new Detector.Event(
                                    "v:2",
                                    Detector.Outcome.MISS,
                                    Detector.Level.LOADER,
                                    Optional.empty(),
                                    Optional.empty()),
                            new Detector.Event(
                                    "v:3",
                                    Detector.Outcome.BYPASS,
                                    Detector.Level.LOADER,
                                    Optional.empty(),
                                    Optional.empty()));
            assertThat(detector.keys()).containsExactly("v:1");
            assertThat(detector.anyHit()).isTrue();
            assertThat(detector.minRemaining()).contains(Duration.ofMinutes(9));
        }
    }

    @Test
    void detect_nested_outerSeesAllInnerItsPart() throws Exception {
        try (Detector outer = larder.detect()) {
            values.get(1L);
            try (Detector inner = larder.detect()) {
                values.get(1L);
                CompletableFuture.runAsync(larder.carrying(() -> {
                            values.get(1L);
                        }))
                        .get();
                assertThat(inner.events()).hasSize(2);
            }
            values.get(1L);
            assertThat(outer.events()).hasSize(4);
            CompletableFuture.runAsync(() -> values.get(1L)).get();
            assertThat(outer.events()).hasSize(4);
        }
    }

    @Test
    void detect_bulkAndStoreOutside_tellTheirLevel() {
        FakeByteStore store = new FakeByteStore(ticker);
        try (Larder remote = Larder.builder()
                .store(store)
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .open()) {
            Cached<Long, String> far = remote.cachedAll("f:{key}", Long.class, String.class, ids -> {
                        java.util.Map<Long, String> loaded = new java.util.HashMap<>();
                        ids.forEach(id -> loaded.put(id, "x"));
                        return loaded;
                    })
                    .ttl("1m")
                    .build();
            far.get(1L);
            try (Detector detector = remote.detect()) {
                far.get(1L);
                far.getAll(List.of(1L, 2L));

                assertThat(detector.events())
                        .extracting(event -> event.key() + " " + event.outcome() + " " + event.level())
                        .containsExactly("f:1 HIT STORE", "f:1 HIT STORE", "f:2 MISS LOADER");
            }
        }
    }

    @Test
    void detect_veryMany_isBounded() {
        try (Detector detector = larder.detect()) {
            LongStream.range(0, 1500).forEach(values::get);

            assertThat(detector.events()).hasSize(Detector.EVENTS_MAX);
        }
    }

    @Test
    void put_whileSwitchedOff_theValueBeforeIsNotServedAfterwards() {
        try (Larder own = Larder.open("mem:")) {
            Cached<Long, String> values = own.cached("put:{key}", Long.class, String.class, id -> "loaded")
                    .ttl("1d")
                    .build();
            values.put(1L, "old");
            own.switchOff(true);
            values.put(1L, "new");
            own.switchOff(false);

            assertThat(values.get(1L)).isEqualTo("loaded");
        }
    }

    private final Cached<Long, String> others = larder.cached(
                    "other:{key}", Long.class, String.class, id -> "other " + loads.incrementAndGet())
            .ttl("10m")
            .tags("all")
            .build();

    @Test
    void disablingByPrefix_keysThatBeginSo_areAllThatIsDisabled() {
        values.get(1L);
        others.get(1L);
        try (Scope off = larder.disabling("v:", Op.READ, Op.WRITE)) {
            assertThat(values.get(1L)).isEqualTo("load 3");
            assertThat(values.getAll(List.of(1L, 1L))).containsEntry(1L, "load 4");
            assertThat(values.peek(1L)).isInstanceOf(Lookup.Absent.class);
            assertThat(values.explain(1L).disabled()).containsExactly(Op.READ, Op.WRITE);
            assertThat(others.get(1L)).isEqualTo("other 2");
            assertThat(others.getAll(List.of(1L))).containsEntry(1L, "other 2");
            assertThat(others.explain(1L).disabled()).isEmpty();
        }

        assertThat(values.get(1L)).as("left alone").isEqualTo("load 1");
    }

    @Test
    void disablingByPrefix_ofOneArgument_leavesTheOthersOfTheFunction() {
        values.getAll(List.of(1L, 2L));
        try (Scope off = larder.disabling("v:2", Op.READ)) {
            assertThat(values.getAll(List.of(1L, 2L)))
                    .containsEntry(1L, "load 1")
                    .containsEntry(2L, "load 3");
        }
        assertThat(values.get(2L)).as("and stored").isEqualTo("load 3");
    }

    @Test
    void disablingByPrefix_nested_addsUpAndComesBackExactly() {
        values.get(1L);
        others.get(1L);
        try (Scope outer = larder.disabling("v:", Op.READ)) {
            try (Scope inner = larder.disabling("other:", Op.READ, Op.WRITE)) {
                assertThat(values.get(1L)).isEqualTo("load 3");
                assertThat(others.get(1L)).isEqualTo("other 4");
                try (Scope all = larder.disabling(Op.WRITE)) {
                    assertThat(values.get(1L)).isEqualTo("load 5");
                }
            }
            assertThat(others.get(1L)).isEqualTo("other 2");
            assertThat(values.get(1L)).isEqualTo("load 6");
        }
        assertThat(values.get(1L)).isEqualTo("load 6");
        assertThatThrownBy(() -> larder.disabling("", Op.READ))
                .hasMessage("disabling needs the beginning of the keys that it is for, like \"account:\";"
                        + " leave it out for all keys");
    }

    @Test
    void disablingByPrefix_acrossACompletableFuture_goesWhereItIsCarried() throws Exception {
        values.get(1L);
        try (Scope off = larder.disabling("v:", Op.READ, Op.WRITE)) {
            CompletableFuture<String> carried = CompletableFuture.supplyAsync(
                            () -> values.get(1L), larder.carrying(run -> new Thread(run).start()))
                    .thenApplyAsync(
                            first -> first + ", " + values.get(1L), larder.carrying(run -> new Thread(run).start()));

            assertThat(carried.get()).isEqualTo("load 2, load 3");
            assertThat(CompletableFuture.supplyAsync(() -> values.get(1L)).get())
                    .isEqualTo("load 1");
            assertThat(values.getAsync(1L).get()).isEqualTo("load 4");
        }
        assertThat(values.getAsync(1L).get()).isEqualTo("load 1");
    }

    @Test
    void disablingByPrefix_invalidation_stillWorksUnlessNamed() {
        values.get(1L);
        try (Scope off = larder.disabling("v:", Op.READ, Op.WRITE)) {
            values.invalidate(1L);
        }
        assertThat(values.get(1L)).isEqualTo("load 2");
        try (Scope off = larder.disabling("v:", Op.INVALIDATE)) {
            values.invalidate(1L);
            assertThat(values.get(1L)).isEqualTo("load 2");
            larder.invalidateTag("all");
        }
        assertThat(values.get(1L)).as("a tag is of no one key").isEqualTo("load 3");
    }
}
