package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.annotation.Invalidates;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each verb and each kind of loader does inside a transaction, in a store of the process, outside, and in both. */
@SuppressWarnings("try") // scopes are not used in their bodies: that is what they are for
@Timeout(120)
class TransactionReadsTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final FakeByteStore remote = new FakeByteStore(ticker);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final FakeDatabase database = new FakeDatabase();
    private final List<Object> loads = new ArrayList<>();
    private Larder larder = open("mem:");

    static Stream<String> places() {
        return Stream.of("mem:", "fake:", "tiered:mem:,fake:");
    }

    private Larder open(String url) {
        return Larder.builder()
                .ticker(ticker)
                .clock(clock)
                .random(() -> 0)
                .timer(new Later(ticker))
                .loadExecutor(background::add)
                .provider(new FakeProvider(remote))
                .url(url)
                .open();
    }

    private record FakeProvider(FakeByteStore store) implements io.larder.cache.spi.StoreProvider {
        @Override
        public String scheme() {
            return "fake";
        }

        @Override
        public Store<?> open(String url, StoreContext context) {
            return store;
        }
    }

    private void use(String url) {
        larder.close();
        larder = open(url);
    }

    @AfterEach
    void close() {
        larder.close();
    }

    private String load(long row) {
        loads.add(row);
        return database.read(row);
    }

    private CachedSpec<Long, String> spec() {
        return larder.cached("row:{key}", Long.class, String.class, this::load)
                .ttl("10m")
                .jitter(0);
    }

    private Cached<Long, String> tagged() {
        return larder.cachedWithContext("row:{key}", Long.class, String.class, (row, context) -> {
                    context.tags("named:" + row);
                    return load(row);
                })
                .ttl("10m")
                .jitter(0)
                .tags("row:{key}")
                .namespace("rows")
                .build();
    }

    @ParameterizedTest
    @MethodSource("places")
    void get_untouched_isServedFromTheStore(String place) {
        use(place);
        Cached<Long, String> rows = spec().build();
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            assertThat(rows.get(1L)).isEqualTo("none");
        }

        assertThat(loads).containsExactly(1L);
        assertThat(rows.stats().hits()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("places")
    void get_missing_isLoadedOnceAndStoredNowhere(String place) {
        use(place);
        Cached<Long, String> rows = spec().build();
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "uncommitted");
            assertThat(rows.get(1L)).isEqualTo("uncommitted");
            assertThat(rows.get(1L)).isEqualTo("uncommitted");
            assertThat(loads).containsExactly(1L);
            assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
            assertThat(TransactionTest.elsewhere(() -> rows.get(1L))).isEqualTo("none");
        }

        assertThat(rows.get(1L)).isEqualTo("none");
    }

    @ParameterizedTest
    @MethodSource("places")
    void tag_invalidated_hidesItsEntriesInsideAndForgetsThemAtTheCommit(String place) {
        for (String tag : List.of("row:1", "named:1")) {
            use(place);
            Cached<Long, String> rows = tagged();
            rows.invalidate(1L);
            database.write(1, "old");
            rows.get(1L);
            rows.get(2L);
            try (FakeDatabase.Connection connection = database.begin();
                    Transaction tx = larder.transaction()) {
                connection.write(1, "new");
                larder.invalidateTag(tag);
                assertThat(List.of(rows.get(1L), rows.get(2L))).as(tag).containsExactly("new", "none");
                assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
                assertThat(rows.peek(2L)).isInstanceOf(Lookup.Fresh.class);
                assertThat(TransactionTest.elsewhere(() -> rows.get(1L))).isEqualTo("old");
                connection.commit();
                tx.commit();
            }

            assertThat(rows.get(1L)).as(tag).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void namespace_invalidated_hidesAllEntriesInside(String place) {
        use(place);
        Cached<Long, String> rows = tagged();
        rows.get(1L);
        rows.get(2L);
        loads.clear();
        try (Transaction tx = larder.transaction()) {
            larder.invalidateNamespace("rows");
            rows.get(1L);
            assertThat(loads).containsExactly(1L);
        }
        rows.get(2L);
        assertThat(loads).as("rolled back").containsExactly(1L);

        try (Transaction tx = larder.transaction()) {
            larder.invalidateNamespace("rows");
            tx.commit();
        }
        rows.get(2L);
        assertThat(loads).containsExactly(1L, 2L);
    }

    @Test
    void tag_invalidatedAfterAPutOrALoad_takesThemAwayToo() {
        Cached<Long, String> rows = tagged();
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "put");
            rows.get(2L);
            larder.invalidateTag("row:1");
            larder.invalidateTag("named:2");
            loads.clear();
            assertThat(List.of(rows.get(1L), rows.get(2L))).containsExactly("none", "none");
            assertThat(loads).containsExactly(1L, 2L);
            tx.commit();
        }

        assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void put_afterItsTagWasInvalidated_isReadInsideAndInvalidatedAtTheCommit() {
        Cached<Long, String> rows = tagged();
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            larder.invalidateTag("row:1");
            rows.put(1L, "put");
            assertThat(rows.get(1L)).isEqualTo("put");
            assertThat(rows.peek(1L)).isInstanceOf(Lookup.Fresh.class);
            tx.commit();
        }

        assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void refresh_inside_loadsForItselfAndInvalidatesAtTheCommit() {
        Cached<Long, String> rows = spec().build();
        rows.get(1L);
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "new");
            assertThat(rows.refresh(1L)).isEqualTo("new");
            assertThat(rows.get(1L)).isEqualTo("new");
            assertThat(loads).containsExactly(1L, 1L);
            assertThat(TransactionTest.elsewhere(() -> rows.get(1L))).isEqualTo("none");
            connection.commit();
            tx.commit();
        }

        assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void refresh_fails_changesNothing() {
        List<RuntimeException> failures = new ArrayList<>();
        Cached<Long, String> rows = larder.cached("row:{key}", Long.class, String.class, row -> {
                    failures.forEach(failure -> {
                        throw failure;
                    });
                    return "good";
                })
                .ttl("10m")
                .build();
        rows.get(1L);
        failures.add(new IllegalStateException("down"));
        try (Transaction tx = larder.transaction()) {
            assertThatThrownBy(() -> rows.refresh(1L)).hasMessage("down");
            tx.commit();
        }

        assertThat(rows.get(1L)).isEqualTo("good");
    }

    @Test
    void load_fails_serveWhatIsStaleUnlessItWasChangedHere() {
        List<RuntimeException> failures = new ArrayList<>();
        Cached<Long, String> rows = larder.cached("row:{key}", Long.class, String.class, row -> {
                    failures.forEach(failure -> {
                        throw failure;
                    });
                    return "good";
                })
                .ttl("10m")
                .jitter(0)
                .stale("1h")
                .negative(IllegalStateException.class, "1m")
                .build();
        Cached<Long, String> stale = larder.cached("stale:{key}", Long.class, String.class, rows::bypass)
                .ttl("10m")
                .jitter(0)
                .stale("1h")
                .build();
        stale.get(1L);
        ticker.advance(Duration.ofMinutes(11));
        failures.add(new IllegalStateException("down"));
        try (Transaction tx = larder.transaction()) {
            assertThat(stale.get(1L)).isEqualTo("good");
            assertThat(stale.getAll(List.of(1L))).containsEntry(1L, "good");
            stale.invalidate(1L);
            assertThatThrownBy(() -> stale.get(1L)).hasMessage("down");
            assertThatThrownBy(() -> rows.get(2L)).hasMessage("down");
        }

        failures.clear();
        assertThat(rows.get(2L)).as("the failure was not remembered").isEqualTo("good");
        assertThat(stale.get(1L)).as("no pause for others").isEqualTo("good");
        assertThat(stale.stats().loadFailures()).isEqualTo(3);
    }

    @Test
    void load_failsWithAFallback_fallsBack() {
        Cached<Long, String> rows = larder.<Long, String>cached("row:{key}", Long.class, String.class, row -> {
                    throw new IllegalStateException("down");
                })
                .ttl("10m")
                .fallback(row -> "instead of " + row)
                .build();
        try (Transaction tx = larder.transaction()) {
            assertThat(rows.get(1L)).isEqualTo("instead of 1");
            assertThat(rows.getAll(List.of(1L, 2L))).containsValues("instead of 1", "instead of 2");
            assertThatThrownBy(() -> rows.refresh(1L)).hasMessage("down");
        }

        assertThat(rows.stats().fallbacks()).isEqualTo(3);
    }

    @Test
    void loader_namesTagsByTheContextOfItsThread_inside() {
        Cached<Long, String> rows = larder.cached("row:{key}", Long.class, String.class, row -> {
                    LoadContext.current().tags("current:" + row);
                    return load(row);
                })
                .ttl("10m")
                .build();
        Cached<Long, String> all = larder.cachedAll("all:{key}", Long.class, String.class, keys -> {
                    keys.forEach(row -> LoadContext.currentOf(row).tags("current:" + row));
                    return keys.stream().collect(Collectors.toMap(Function.identity(), this::load));
                })
                .ttl("10m")
                .build();
        try (Transaction tx = larder.transaction()) {
            rows.get(1L);
            all.getAll(List.of(1L, 2L));
            loads.clear();
            larder.invalidateTag("current:1");
            rows.get(1L);
            all.getAll(List.of(1L, 2L));
        }

        assertThat(loads).containsExactly(1L, 1L);
    }

    @Test
    void disabledByPrefix_inside_holdsForItsKeys() {
        Cached<Long, String> rows = spec().build();
        Cached<Long, String> others = larder.cached("other:{key}", Long.class, String.class, this::load)
                .ttl("10m")
                .build();
        rows.put(1L, "stored");
        others.put(1L, "stored");
        try (Scope off = larder.disabling("row:", Op.READ);
                Transaction tx = larder.transaction()) {
            assertThat(rows.getAll(List.of(1L))).containsEntry(1L, "none");
            assertThat(others.getAll(List.of(1L))).containsEntry(1L, "stored");
        }
    }

    @Test
    void hit_dueForAnEarlyRefresh_beginsNone() {
        Cached<Long, String> rows = spec().early("5m").build();
        rows.get(1L);
        ticker.advance(Duration.ofMinutes(6));
        try (Transaction tx = larder.transaction()) {
            assertThat(rows.get(1L)).isEqualTo("none");
        }
        assertThat(background).isEmpty();

        rows.get(1L);
        assertThat(background).hasSize(1);
    }

    @Test
    void loader_asksForItself_isRefused() {
        List<Cached<Long, String>> self = new ArrayList<>();
        Cached<Long, String> rows = larder.cached(
                        "row:{key}",
                        Long.class,
                        String.class,
                        row -> self.get(0).get(row))
                .ttl("10m")
                .build();
        self.add(rows);
        try (Transaction tx = larder.transaction()) {
            assertThatThrownBy(() -> rows.get(1L)).isInstanceOf(RecursiveLoadException.class);
            assertThatThrownBy(() -> rows.get(1L)).isInstanceOf(RecursiveLoadException.class);
        }
    }

    @Test
    void loader_getsOthers_inTheSameTransaction() {
        Cached<Long, String> rows = spec().build();
        Cached<Long, String> above = larder.cached("above:{key}", Long.class, String.class, row -> rows.get(row) + "!")
                .ttl("10m")
                .build();
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "mine");
            assertThat(above.get(1L)).isEqualTo("mine!");
        }

        assertThat(above.get(1L)).isEqualTo("none!");
    }

    @Test
    void loads_moreThanAreRemembered_areLoadedAgain() {
        Cached<Long, String> rows = spec().build();
        try (Transaction tx = larder.transaction()) {
            LongStream.rangeClosed(1, Uncommitted.LOADS_MAX + 1).forEach(rows::get);
            loads.clear();
            rows.get(1L);
            rows.get(Uncommitted.LOADS_MAX + 1L);
        }

        assertThat(loads).containsExactly(Uncommitted.LOADS_MAX + 1L);
    }

    // Many at once.

    private Cached<Long, String> many() {
        return larder.cachedAll("row:{key}", Long.class, String.class, rows -> {
                    loads.add(List.copyOf(rows));
                    return rows.stream().collect(Collectors.toMap(Function.identity(), database::read));
                })
                .ttl("10m")
                .jitter(0)
                .chunk(2)
                .coalesce("1m", 100)
                .build();
    }

    @ParameterizedTest
    @MethodSource("places")
    void getAll_inside_mixesOwnStoredAndLoaded(String place) {
        use(place);
        Cached<Long, String> rows = many();
        rows.put(1L, "stored");
        rows.put(2L, "stored");
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(2, "new");
            rows.invalidate(2L);
            rows.put(3L, "put");
            int finds = remote.finds();

            assertThat(rows.getAll(List.of(5L, 1L, 2L, 3L, 4L, 1L)))
                    .containsExactly(
                            Map.entry(5L, "none"),
                            Map.entry(1L, "stored"),
                            Map.entry(2L, "new"),
                            Map.entry(3L, "put"),
                            Map.entry(4L, "none"));

            assertThat(loads).containsExactly(List.of(5L, 2L), List.of(4L));
            assertThat(remote.finds() - finds).as("of 1, 4 and 5").isLessThanOrEqualTo(3);
            assertThat(rows.getAll(List.of(2L, 4L))).containsValues("new", "none");
            assertThat(loads).as("remembered").hasSize(2);
            tx.commit();
        }

        assertThat(rows.peek(4L)).as("not stored").isInstanceOf(Lookup.Absent.class);
        assertThat(rows.peek(2L)).isInstanceOf(Lookup.Absent.class);
        assertThat(rows.peek(3L)).isInstanceOf(Lookup.Fresh.class);
    }

    @Test
    void getAll_withoutABulkLoader_loadsEach() {
        Cached<Long, String> rows = spec().build();
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "put");
            assertThat(rows.getAll(List.of(1L, 2L, 3L))).containsValues("put", "none");
        }

        assertThat(loads).containsExactly(2L, 3L);
    }

    @Test
    void getAll_tagInvalidated_loadsItsKeys() {
        Cached<Long, String> rows = tagged();
        rows.getAll(List.of(1L, 2L));
        loads.clear();
        try (Transaction tx = larder.transaction()) {
            larder.invalidateTag("named:2");
            rows.getAll(List.of(1L, 2L));
        }

        assertThat(loads).containsExactly(2L);
    }

    @Test
    void getAll_bulkLoaderFails_raises() {
        Cached<Long, String> rows = larder.<Long, String>cachedAll("row:{key}", Long.class, String.class, all -> {
                    throw new IOException("down");
                })
                .ttl("10m")
                .build();
        try (Transaction tx = larder.transaction()) {
            assertThatThrownBy(() -> rows.getAll(List.of(1L, 2L))).cause().hasMessage("down");
        }
    }

    @Test
    void get_coalescing_waitsForNobody() {
        Cached<Long, String> rows = many(); // whose window is a minute
        try (Transaction tx = larder.transaction()) {
            assertThat(rows.get(1L)).isEqualTo("none");
        }

        assertThat(loads).containsExactly(List.of(1L));
    }

    // Futures.

    @Test
    void getAsync_inside_runsInTheCallersThread() throws Exception {
        Cached<Long, String> rows = spec().build();
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "mine");
            assertThat(rows.getAsync(1L).get()).isEqualTo("mine");
            assertThat(background).isEmpty();
        }

        CompletableFuture<String> outside = rows.getAsync(1L);
        while (!background.isEmpty()) {
            background.remove().run();
        }
        assertThat(outside.get()).isEqualTo("none");
    }

    @Test
    void getAsync_asynchronousLoader_isNotWaitedForAndRemembered() throws Exception {
        List<CompletableFuture<String>> stages = new ArrayList<>();
        Cached<Long, String> rows = larder.cachedAsync("row:{key}", Long.class, String.class, row -> {
                    CompletableFuture<String> stage = new CompletableFuture<>();
                    stages.add(stage);
                    return stage;
                })
                .ttl("10m")
                .build();
        try (Transaction tx = larder.transaction()) {
            CompletableFuture<String> answer = rows.getAsync(1L);
            assertThat(answer).isNotDone();
            stages.get(0).complete("mine");
            assertThat(answer.get()).isEqualTo("mine");
            assertThat(rows.getAsync(1L).get()).isEqualTo("mine");

            CompletableFuture<String> failing = rows.getAsync(2L);
            stages.get(1).completeExceptionally(new IOException("down"));
            assertThatThrownBy(failing::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .hasMessage("down");
        }

        assertThat(stages).hasSize(2);
        assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void getAsync_changedWhileItLoads_isNotRemembered() throws Exception {
        List<CompletableFuture<String>> stages = new ArrayList<>();
        Cached<Long, String> rows = larder.cachedAsync("row:{key}", Long.class, String.class, row -> {
                    CompletableFuture<String> stage = new CompletableFuture<>();
                    stages.add(stage);
                    return stage;
                })
                .ttl("10m")
                .build();
        try (Transaction tx = larder.transaction()) {
            CompletableFuture<String> answer = rows.getAsync(1L);
            rows.invalidate(1L);
            stages.get(0).complete("old");
            assertThat(answer.get()).isEqualTo("old");
            CompletableFuture<String> next = rows.getAsync(1L);
            stages.get(1).complete("new");
            assertThat(next.get()).isEqualTo("new");
        }
    }

    // Methods.

    interface Writer {
        @Invalidates(value = "Reader#row", map = "id=row")
        void write(long row);

        @Invalidates(value = "Reader#row", map = "id=row", when = Invalidates.When.BEFORE)
        void writeAfter(long row);

        @Invalidates(tags = "all")
        CompletionStage<Long> writeLater();
    }

    interface Reader {
        @io.larder.cache.annotation.Cached(key = "m:{id}", ttl = "10m", tags = "all")
        String row(long id);
    }

    @Test
    void invalidatingMethods_inside_waitForTheCommit() {
        CompletableFuture<Long> later = new CompletableFuture<>();
        Reader reader = larder.proxy(Reader.class, this::load);
        Writer writer = larder.proxy(Writer.class, new Writer() {
            @Override
            public void write(long row) {}

            @Override
            public void writeAfter(long row) {}

            @Override
            public CompletionStage<Long> writeLater() {
                return later;
            }
        });
        LongStream.rangeClosed(1, 3).forEach(reader::row);
        LongStream.rangeClosed(1, 3).forEach(row -> database.write(row, "new"));
        try (Transaction tx = larder.transaction()) {
            writer.write(1);
            writer.writeAfter(2);
            assertThat(TransactionTest.elsewhere(() -> List.of(reader.row(1), reader.row(2))))
                    .containsExactly("none", "none");
            CompletionStage<Long> unused = writer.writeLater();
            assertThat(TransactionTest.elsewhere(() -> later.complete(1L))).isTrue();
            assertThat(TransactionTest.elsewhere(() -> reader.row(3))).isEqualTo("none");
            assertThat(reader.row(3)).isEqualTo("new");
            tx.commit();
        }

        assertThat(List.of(reader.row(1), reader.row(2), reader.row(3))).containsOnly("new");
    }

    // Streams.

    @Test
    void stream_inside_isReadFromTheStoreOrTheLoaderAndNotKept() {
        CachedStream<Long, String> rows = larder.cachedStream(
                        "s:{key}", Long.class, new TypeRef<List<String>>() {}, row -> Stream.of(load(row)))
                .ttl("10m")
                .build();
        assertThat(rows.open(1L)).containsExactly("none");
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            assertThat(rows.open(1L)).containsExactly("none");
            assertThat(loads).containsExactly(1L);
            connection.write(1, "new");
            rows.whole().invalidate(1L);
            assertThat(rows.open(1L)).containsExactly("new");
            rows.whole().put(2L, List.of("put"));
            assertThat(rows.open(2L)).containsExactly("put");
            assertThat(rows.open(3L)).containsExactly("none");
        }

        assertThat(rows.open(1L)).containsExactly("none");
        assertThat(rows.whole().peek(3L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void stream_begunBeforeAndEndedInside_isNotKept() {
        CachedStream<Long, String> rows = larder.cachedStream(
                        "s:{key}", Long.class, new TypeRef<List<String>>() {}, row -> Stream.of(load(row)))
                .ttl("10m")
                .build();
        Stream<String> stream = rows.open(1L);
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            assertThat(stream).containsExactly("none");
        }

        assertThat(rows.whole().peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    // Beside each other.

    @Test
    void get_whileAnotherLoads_doesNotWaitForIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread inside = Thread.currentThread();
        Cached<Long, String> rows = larder.cached("slow:{key}", Long.class, String.class, row -> {
                    if (Thread.currentThread() != inside) {
                        begun.countDown();
                        assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
                    }
                    return database.read(row);
                })
                .ttl("10m")
                .build();
        FutureTask<String> other = new FutureTask<>(() -> rows.get(1L));
        new Thread(other).start();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "mine");
            assertThat(rows.get(1L)).isEqualTo("mine");
        }
        goOn.countDown();

        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo("none");
        assertThat(rows.get(1L)).as("stored by the other").isEqualTo("none");
    }
}
