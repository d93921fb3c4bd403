package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.spi.Store;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gets of many arguments that do not wait; the test runs the background's work by hand, so no thread but its own is there. */
class AsyncBulkTest {
    enum Where {
        MEMORY,
        BYTES
    }

    /** A call of the loader that the test answers. */
    private record Call(List<Long> ids, CompletableFuture<Map<Long, String>> answer) {
        void complete() {
            Map<Long, String> values = new HashMap<>();
            ids.stream().filter(id -> id < 100).forEach(id -> values.put(id, "v" + id));
            answer.complete(values);
        }
    }

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final List<Larder> opened = new ArrayList<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    private Larder larder(Where where) {
        LarderBuilder builder =
                Larder.builder().ticker(ticker).clock(new FakeClock(ticker)).loadExecutor(background::add);
        Larder larder = where == Where.MEMORY
                ? builder.open()
                : builder.store((Store<?>) bytes).open();
        opened.add(larder);
        return larder;
    }

    @AfterEach
    void close() {
        assertThat(opened).allSatisfy(larder -> assertThat(larder.underWay()).isZero());
        opened.forEach(Larder::close);
    }

    private CompletableFuture<Map<Long, String>> begin(Collection<Long> ids) {
        Call call = new Call(List.copyOf(ids), new CompletableFuture<>());
        calls.add(call);
        return call.answer();
    }

    private CachedSpec<Long, String> later(Larder larder) {
        return larder.cachedAllAsync("v:{key}", Long.class, String.class, this::begin)
                .ttl("10m");
    }

    private void runBackground() {
        while (!background.isEmpty()) {
            background.remove().run();
        }
    }

    private static @Nullable Throwable failureOf(CompletableFuture<?> future) {
        return future.handle((value, failure) -> failure).getNow(null);
    }

    @Test
    void getAllAsync_inMemory_needsNoThread() {
        Cached<Long, String> cached = later(larder(Where.MEMORY)).build();

        CompletableFuture<Map<Long, String>> all = cached.getAllAsync(List.of(3L, 100L, 1L, 3L));

        assertThat(background).isEmpty();
        assertThat(all).isNotDone();
        assertThat(calls).extracting(Call::ids).containsExactly(List.of(3L, 100L, 1L));
        calls.get(0).complete();
        Map<Long, @Nullable String> expected = new HashMap<>();
        expected.put(3L, "v3");
        expected.put(100L, null);
        expected.put(1L, "v1");
        assertThat(all).isCompletedWithValueMatching(expected::equals);
        assertThat(all.join().keySet()).containsExactly(3L, 100L, 1L);
        assertThat(cached.getAllAsync(List.of(1L, 3L, 100L))).isCompleted();
        assertThat(cached.getAll(List.of(1L, 3L, 100L))).isEqualTo(expected);
        assertThat(cached.stats().loads()).isEqualTo(1);
        assertThat(cached.stats().misses()).isEqualTo(3);
        assertThat(cached.stats().hits()).isEqualTo(6);
    }

    @Test
    void getAllAsync_storeOutside_isAskedInTheBackgroundOnce() {
        Cached<Long, String> cached = later(larder(Where.BYTES)).build();
        CompletableFuture<Map<Long, String>> first = cached.getAllAsync(List.of(1L, 2L));
        assertThat(calls).isEmpty();
        runBackground();
        calls.get(0).complete();
        assertThat(first).isNotDone(); // the write may block, so it is the background's
        runBackground();
        assertThat(first).isCompletedWithValue(Map.of(1L, "v1", 2L, "v2"));

        CompletableFuture<Map<Long, String>> second = cached.getAllAsync(List.of(2L, 3L));
        runBackground();

        assertThat(calls.get(1).ids()).containsExactly(3L);
        calls.get(1).complete();
        runBackground();
        assertThat(second).isCompletedWithValue(Map.of(2L, "v2", 3L, "v3"));
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_moreThanAChunk_beginsOneAfterTheOther(Where where) {
        Cached<Long, String> cached = larder(where)
                .cachedAllAsync("v:{@tenant}:{key}", Long.class, String.class, this::begin)
                .ttl("10m")
                .chunk(2)
                .build();
        CompletableFuture<Map<Long, String>> all;
        try (Scope tenant = KeyContext.with("tenant", "acme")) {
            assertThat(tenant).isNotNull();
            all = cached.getAllAsync(List.of(1L, 2L, 3L, 4L, 5L));
        }
        for (int i = 0; i < 3; i++) {
            runBackground();
            assertThat(calls).hasSize(i + 1);
            assertThat(all).isNotDone();
            calls.get(i).complete();
        }
        runBackground();

        assertThat(calls).extracting(Call::ids).containsExactly(List.of(1L, 2L), List.of(3L, 4L), List.of(5L));
        assertThat(all).isCompletedWithValueMatching(values -> values.size() == 5);
    }

    @Test
    void getAllAsync_aThousandChunksThatAreThereAtOnce_needNoDeeperStack() {
        Cached<Long, Long> cached = larder(Where.MEMORY)
                .cachedAllAsync("v:{key}", Long.class, Long.class, (Collection<Long> ids) -> {
                    Long id = ids.iterator().next();
                    return CompletableFuture.completedFuture(Map.of(id, id));
                })
                .ttl("10m")
                .chunk(1)
                .build();

        assertThat(cached.getAllAsync(LongStream.range(0, 5000).boxed().toList()))
                .isCompletedWithValueMatching(values -> values.size() == 5000);
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_whatOthersLoad_isJoined(Where where) {
        Cached<Long, String> cached = later(larder(where)).build();
        CompletableFuture<String> one = cached.getAsync(1L);
        CompletableFuture<Map<Long, String>> some = cached.getAllAsync(List.of(1L, 2L));
        CompletableFuture<Map<Long, String>> others = cached.getAllAsync(List.of(2L, 3L));
        runBackground();
        assertThat(calls).extracting(Call::ids).containsExactly(List.of(1L), List.of(2L), List.of(3L));

        some.cancel(true); // his future, not the load
        List.copyOf(calls).forEach(Call::complete);
        runBackground();

        assertThat(one).isCompletedWithValue("v1");
        assertThat(others).isCompletedWithValue(Map.of(2L, "v2", 3L, "v3"));
        assertThat(cached.getAll(List.of(1L, 2L, 3L))).hasSize(3);
        assertThat(calls).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_aChunkFails_failsWithThatAndStoresTheOthers(Where where) {
        Cached<Long, String> cached = later(larder(where)).chunk(1).build();
        CompletableFuture<Map<Long, String>> all = cached.getAllAsync(List.of(1L, 2L, 3L));
        runBackground();
        IOException down = new IOException("down");
        calls.get(0).answer().completeExceptionally(down);
        runBackground();
        calls.get(1).complete();
        runBackground();
        calls.get(2).answer().completeExceptionally(new IOException("down still"));
        runBackground();

        assertThat(failureOf(all))
                .isSameAs(down)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(cached.peek(2L)).isInstanceOf(Lookup.Fresh.class);
        assertThat(cached.peek(3L)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_loaderThatThrowsOrReturnsNull_fails(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> throwing = larder.cachedAllAsync(
                        "t:{key}", Long.class, String.class, (Collection<Long> ids) -> {
                            throw new IOException("down");
                        })
                .ttl("1m")
                .build();
        Cached<Long, String> nothing = larder.cachedAllAsync(
                        "n:{key}",
                        Long.class,
                        String.class,
                        (Collection<Long> ids) -> Nulls.<CompletionStage<Map<Long, String>>>cast(null))
                .ttl("1m")
                .build();

        CompletableFuture<Map<Long, String>> first = throwing.getAllAsync(List.of(1L, 2L));
        CompletableFuture<Map<Long, String>> second = nothing.getAllAsync(List.of(1L, 2L));
        CompletableFuture<String> third = nothing.getAsync(3L);
        runBackground();

        assertThat(failureOf(first)).isInstanceOf(IOException.class).hasMessage("down");
        assertThat(failureOf(second)).hasMessage("an asynchronous loader returned null in place of its stage");
        assertThat(failureOf(third)).hasMessage("an asynchronous loader returned null in place of its stage");
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_loadersThatBlock_areTheBackgrounds(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> many = larder.cachedAll("m:{key}", Long.class, String.class, (Collection<Long> ids) -> {
                    calls.add(new Call(List.copyOf(ids), new CompletableFuture<>()));
                    Map<Long, String> values = new TreeMap<>();
                    ids.forEach(id -> values.put(id, "m" + id));
                    return values;
                })
                .ttl("1m")
                .chunk(2)
                .build();
        Cached<Long, String> single = larder.cached("s:{key}", Long.class, String.class, id -> "s" + id)
                .ttl("1m")
                .build();

        CompletableFuture<Map<Long, String>> ofMany = many.getAllAsync(List.of(1L, 2L, 3L));
        CompletableFuture<Map<Long, String>> ofSingle = single.getAllAsync(List.of(1L, 2L));
        assertThat(calls).isEmpty();
        runBackground();

        assertThat(ofMany).isCompletedWithValue(Map.of(1L, "m1", 2L, "m2", 3L, "m3"));
        assertThat(calls).extracting(Call::ids).containsExactly(List.of(1L, 2L), List.of(3L));
        assertThat(ofSingle).isCompletedWithValue(Map.of(1L, "s1", 2L, "s2"));
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_whileReadingIsDisabled_loads(Where where) throws InterruptedException {
        Larder larder = larder(where);
        Cached<Long, String> cached = later(larder).build();
        List<Long> ids = new ArrayList<>(List.of(1L));
        CompletableFuture<Map<Long, String>> all;
        larder.switchOff(true);
        all = cached.getAllAsync(ids);
        ids.clear();
        Thread waiting = new Thread(this::runBackground); // it is seldom, so a thread may wait for the load
        waiting.start();
        Await.until("the load", () -> !calls.isEmpty());
        calls.get(0).complete();

        assertThat(all.join()).isEqualTo(Map.of(1L, "v1"));
        waiting.join();
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void getAllAsync_inATransaction_seesWhatWasPutThere(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = larder.cachedAll(
                        "m:{key}", Long.class, String.class, (Collection<Long> ids) -> Map.of(2L, "loaded"))
                .ttl("1m")
                .build();

        try (Transaction tx = larder.transaction()) {
            assertThat(tx).isNotNull();
            cached.put(1L, "put");
            assertThat(cached.getAllAsync(List.of(1L, 2L))).isCompletedWithValue(Map.of(1L, "put", 2L, "loaded"));
        }

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void getAllAsync_keyThatCannotBeMade_failsBeforeAnythingBegins() {
        Cached<Long, String> cached = larder(Where.MEMORY)
                .cachedAllAsync("v:{@tenant}:{key}", Long.class, String.class, this::begin)
                .ttl("10m")
                .build();

        assertThat(catchThrowable(() -> cached.getAllAsync(List.of(1L, 2L))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("{@tenant}");
        assertThat(calls).isEmpty();
    }

    interface Accounts {
        @io.larder.cache.annotation.Cached(key = "account:{id}", ttl = "10m")
        CompletableFuture<String> account(long id);

        @CachedAll(key = "account:{ids}", ttl = "10m", chunk = 2)
        CompletionStage<List<@Nullable String>> accounts(List<Long> ids) throws IOException;

        @CachedAll(key = "account:{ids}", ttl = "10m")
        CompletableFuture<Map<Long, String>> byId(Set<Long> ids);
    }

    private final class Dao implements Accounts {
        @Override
        public CompletableFuture<String> account(long id) {
            return begin(List.of(id)).thenApply(values -> Nulls.cast(values.get(id)));
        }

        @Override
        public CompletionStage<List<@Nullable String>> accounts(List<Long> ids) throws IOException {
            if (ids.contains(13L)) {
                throw new IOException("13");
            }
            if (ids.contains(14L)) {
                return Nulls.cast(null);
            }
            List<LoadContext<?>> contexts =
                    ids.stream().<LoadContext<?>>map(LoadContext::currentOf).toList();
            return begin(ids).thenApply(values -> {
                contexts.forEach(context -> context.tags("some"));
                List<@Nullable String> list = new ArrayList<>();
                ids.forEach(id -> list.add(values.get(id)));
                return ids.contains(66L) ? List.of() : list;
            });
        }

        @Override
        public CompletableFuture<Map<Long, String>> byId(Set<Long> ids) {
            return begin(ids);
        }
    }

    @ParameterizedTest
    @EnumSource
    void listMethodThatAnswersLater_asksForWhatIsMissing(Where where) throws IOException {
        Larder larder = larder(where);
        Accounts accounts = larder.proxy(Accounts.class, new Dao());
        CompletableFuture<String> one = accounts.account(2);
        runBackground();
        calls.get(0).complete();
        runBackground();
        assertThat(one).isCompletedWithValue("v2");

        CompletableFuture<List<@Nullable String>> list =
                accounts.accounts(List.of(3L, 2L, 100L, 3L)).toCompletableFuture();
        runBackground();
        assertThat(calls.get(1).ids()).containsExactly(3L, 100L);
        assertThat(list).isNotDone();
        calls.get(1).complete();
        runBackground();
        assertThat(list.join()).containsExactly("v3", "v2", null, "v3");

        CompletableFuture<Map<Long, String>> map = accounts.byId(Set.of(2L, 3L, 100L));
        runBackground();
        assertThat(map).isCompletedWithValue(Map.of(2L, "v2", 3L, "v3"));
        assertThat(calls).hasSize(2);

        larder.invalidateTag("some"); // named when the answer was there
        CompletableFuture<Map<Long, String>> again = accounts.byId(Set.of(2L, 3L));
        runBackground();
        assertThat(calls.get(2).ids()).containsExactly(3L);
        calls.get(2).complete();
        runBackground();
        assertThat(again).isCompletedWithValue(Map.of(2L, "v2", 3L, "v3"));
    }

    @ParameterizedTest
    @EnumSource
    void listMethodThatAnswersLater_fails_withItsOwnException(Where where) throws IOException {
        Accounts accounts = larder(where).proxy(Accounts.class, new Dao());
        List<CompletableFuture<List<@Nullable String>>> all = new ArrayList<>();
        for (long id : List.of(13L, 14L, 66L)) {
            all.add(accounts.accounts(List.of(id)).toCompletableFuture());
        }
        runBackground();
        calls.get(0).complete();
        runBackground();

        assertThat(failureOf(all.get(0))).isInstanceOf(IOException.class).hasMessage("13");
        assertThat(failureOf(all.get(1)))
                .hasMessage(
                        "Accounts.accounts(List) returned null in place of its future; return one that is complete");
        assertThat(failureOf(all.get(2)))
                .hasMessage(
                        "Accounts.accounts(List) returned 0 elements for 1 arguments; return one for each, null where"
                                + " there is none, or a Map");
    }

    interface OtherFuture {
        @CachedAll(key = "x:{ids}", ttl = "1m")
        Future<List<String>> x(List<Long> ids);
    }

    interface FutureOfText {
        @CachedAll(key = "x:{ids}", ttl = "1m")
        CompletionStage<String> x(List<Long> ids);
    }

    @Test
    void proxy_anotherFuture_isRefused() {
        String advice =
                "; return a List with one element for each argument, a Map, or a CompletionStage of one of them";
        Larder larder = larder(Where.MEMORY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(OtherFuture.class, ids -> new CompletableFuture<>()))
                .withMessage("@CachedAll on OtherFuture.x(List): it returns Future<List<String>>" + advice);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(FutureOfText.class, ids -> new CompletableFuture<>()))
                .withMessage("@CachedAll on FutureOfText.x(List): it returns CompletionStage<String>" + advice);
    }
}
