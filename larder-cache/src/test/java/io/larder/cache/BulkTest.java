package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.annotation.Invalidates;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many keys at once. */
@Timeout(120)
class BulkTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .store(store)
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .random(() -> 0)
            .open();
    private final List<List<Long>> calls = new CopyOnWriteArrayList<>();
    private volatile Runnable duringLoad = () -> {};

    private Map<Long, String> loadAll(Collection<Long> ids) throws IOException {
        calls.add(List.copyOf(ids));
        duringLoad.run();
        if (ids.contains(13L)) {
            throw new IOException("13");
        }
        Map<Long, String> values = new HashMap<>();
        ids.stream().filter(id -> id < 100).forEach(id -> values.put(id, "v" + id));
        return values;
    }

    private CachedSpec<Long, String> spec() {
        return larder.cachedAll("v:{key}", Long.class, String.class, this::loadAll)
                .ttl("10m");
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void getAll_orderAndDuplicates_areThoseAskedForEachOnce() {
        Cached<Long, String> values = spec().build();

        assertThat(values.getAll(List.of(3L, 1L, 3L, 2L)).keySet()).containsExactly(3L, 1L, 2L);

        assertThat(calls).containsExactly(List.of(3L, 1L, 2L));
        assertThat(values.getAll(List.of())).isEmpty();
    }

    @Test
    void getAll_someCached_loadsOnlyWhatIsMissing() {
        Cached<Long, String> values = spec().build();
        assertThat(values.get(1L)).isEqualTo("v1");
        values.getAll(List.of(2L, 3L));

        assertThat(values.getAll(List.of(1L, 2L, 3L, 4L))).containsValues("v1", "v2", "v3", "v4");

        assertThat(calls).containsExactly(List.of(1L), List.of(2L, 3L), List.of(4L));
        assertThat(values.stats().hits()).isEqualTo(3);
        assertThat(values.stats().misses()).isEqualTo(4);
        assertThat(values.stats().loads()).isEqualTo(3);
    }

    @Test
    void getAll_entriesOfTheSingleFunction_areShared() {
        larder.cached("v:{id}", Key.class, String.class, key -> "single " + key.id())
                .ttl("10m")
                .build()
                .get(new Key(7));

        assertThat(spec().build().getAll(List.of(7L, 8L)))
                .containsEntry(7L, "single 7")
                .containsEntry(8L, "v8");
    }

    record Key(long id) {}

    @Test
    void getAll_moreThanAChunk_loadsInChunks() {
        Cached<Long, String> values = spec().chunk(2).build();

        values.getAll(List.of(1L, 2L, 3L, 4L, 5L));

        assertThat(calls).containsExactly(List.of(1L, 2L), List.of(3L, 4L), List.of(5L));
    }

    @Test
    void getAll_oneChunkFails_keepsTheOthers() {
        Cached<Long, String> values = spec().chunk(1).build();

        assertThatThrownBy(() -> values.getAll(List.of(12L, 13L, 14L))).isInstanceOf(LoadFailedException.class);

        assertThat(values.peek(12L)).isInstanceOf(Lookup.Fresh.class);
        assertThat(values.peek(13L)).isInstanceOf(Lookup.Absent.class);
        assertThat(values.peek(14L)).isInstanceOf(Lookup.Fresh.class);
        assertThat(values.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void getAll_negativeElements_areRememberedAsNull() {
        Cached<Long, String> values = spec().build();

        assertThat(values.getAll(List.of(1L, 100L))).containsEntry(100L, null);
        assertThat(values.getAll(List.of(1L, 100L))).containsEntry(100L, null);

        assertThat(calls).hasSize(1);
    }

    @Test
    void getAll_failsWithOldValues_servesThem() {
        Cached<Long, String> values = spec().stale("1h").build();
        values.put(13L, "old");
        ticker.advance(Duration.ofMinutes(11));

        assertThat(values.getAll(List.of(13L))).containsEntry(13L, "old");

        assertThat(values.stats().staleHits()).isEqualTo(1);
    }

    @Test
    void getAll_storeDown_answersFromTheLoader() {
        Cached<Long, String> values = spec().build();
        store.down(true);

        assertThat(values.getAll(List.of(1L, 2L))).containsValues("v1", "v2");

        assertThat(values.stats().unavailable()).isEqualTo(2);
        assertThat(store.puts()).isZero();
    }

    @Test
    void getAll_singleLoader_loadsOneByOneWhatIsMissing() {
        List<Long> loads = new ArrayList<>();
        Cached<Long, String> values = larder.cached("v:{key}", Long.class, String.class, id -> {
                    loads.add(id);
                    return "v" + id;
                })
                .ttl("10m")
                .build();
        values.get(2L);

        assertThat(values.getAll(List.of(1L, 2L, 3L))).containsValues("v1", "v2", "v3");

        assertThat(loads).containsExactly(2L, 1L, 3L);
        assertThat(values.stats().hits()).isEqualTo(1);
    }

    @Test
    void getAll_joinedFlights_loadEachKeyOnce() throws Exception {
        Cached<Long, String> values = spec().build();
        CountDownLatch gate = new CountDownLatch(1);
        duringLoad = () -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        FutureTask<Map<Long, String>> first = start(() -> values.getAll(List.of(1L, 2L)));
        Await.until("the first loads", () -> calls.size() == 1);
        FutureTask<Map<Long, String>> second = start(() -> values.getAll(List.of(2L, 1L, 3L)));
        FutureTask<Map<Long, String>> third = start(() -> Map.of(1L, values.get(1L)));
        Await.until(
                "the second loads, the third waits",
                () -> calls.size() == 2 && values.stats().joined() == 1);

        gate.countDown();

        assertThat(first.get()).containsValues("v1", "v2");
        assertThat(second.get()).containsValues("v1", "v2", "v3");
        assertThat(third.get()).containsValues("v1");
        assertThat(calls).containsExactly(List.of(1L, 2L), List.of(3L));
    }

    private static <T> FutureTask<T> start(java.util.concurrent.Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void getAll_invalidatedWhileItLoads_isNotStored() {
        Cached<Long, String> values = spec().tags("all").build();
        duringLoad = () -> {
            values.invalidate(1L);
            duringLoad = () -> {};
        };

        assertThat(values.getAll(List.of(1L, 2L))).containsValues("v1", "v2");

        assertThat(values.peek(1L)).isInstanceOf(Lookup.Absent.class);
        assertThat(values.peek(2L)).isInstanceOf(Lookup.Fresh.class);
    }

    @Test
    void getAll_tagInvalidatedWhileItLoads_isNotServedLater() {
        Cached<Long, String> values = spec().tags("v:{key}").build();
        duringLoad = () -> {
            larder.invalidateTag("v:1");
            duringLoad = () -> {};
        };

        values.getAll(List.of(1L, 2L));

        assertThat(values.peek(1L)).isInstanceOf(Lookup.Absent.class);
        assertThat(values.peek(2L)).isInstanceOf(Lookup.Fresh.class);
    }

    @Test
    void getAll_loaderAsksForItsOwnKeys_isRefusedNotStuck() {
        List<Cached<Long, String>> self = new ArrayList<>();
        self.add(larder.cachedAll(
                        "r:{key}",
                        Long.class,
                        String.class,
                        (Collection<Long> ids) -> self.get(0).getAll(ids))
                .ttl("10m")
                .build());

        assertThatThrownBy(() -> self.get(0).getAll(List.of(1L))).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void build_settingsThatCannotWork_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec().hardTimeout("1s").build())
                .withMessage(
                        "cachedAll(\"v:{key}\") loads in its caller's thread, without a timeout; leave it out, or bound the loader's own calls");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec().chunk(0))
                .withMessage("cached(\"v:{key}\"): chunk must be at least 1, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("w:{key}", Long.class, String.class, String::valueOf)
                        .chunk(2))
                .withMessage("cached(\"w:{key}\"): chunk needs a loader of many; use larder.cachedAll(...)");
    }

    interface Accounts {
        @io.larder.cache.annotation.Cached(key = "account:{shop}:{id}", ttl = "10m")
        @Nullable
        String account(String shop, long id);

        @CachedAll(key = "account:{shop}:{ids}", ttl = "10m", tags = "shop:{shop}")
        List<@Nullable String> accounts(String shop, List<Long> ids) throws IOException;

        @CachedAll(key = "account:{shop}:{ids}", ttl = "10m")
        Map<Long, String> byId(String shop, Set<Long> ids);
    }

    private final Accounts accounts = larder.proxy(Accounts.class, new Accounts() {
        @Override
        public String account(String shop, long id) {
            calls.add(List.of(id));
            return shop + id;
        }

        @Override
        public List<@Nullable String> accounts(String shop, List<Long> ids) throws IOException {
            calls.add(List.copyOf(ids));
            if (ids.contains(13L)) {
                throw new IOException("13");
            }
            List<@Nullable String> values = new ArrayList<>();
            ids.forEach(id -> values.add(id < 100 ? shop + id : null));
            return ids.contains(666L) ? List.of() : values;
        }

        @Override
        public Map<Long, String> byId(String shop, Set<Long> ids) {
            calls.add(List.copyOf(ids));
            return Map.of(1L, shop + "1");
        }
    });

    @Test
    void listMethod_someCached_asksForTheOthersInOrder() throws IOException {
        accounts.accounts("s", List.of(2L));

        assertThat(accounts.accounts("s", List.of(3L, 2L, 100L, 3L))).containsExactly("s3", "s2", null, "s3");
        assertThat(accounts.accounts("t", List.of(2L))).containsExactly("t2");

        assertThat(calls).containsExactly(List.of(2L), List.of(3L, 100L), List.of(2L));
    }

    @Test
    void listMethod_andSingleMethod_shareEntries() throws IOException {
        accounts.accounts("s", List.of(1L, 2L));

        assertThat(accounts.account("s", 1)).isEqualTo("s1");
        assertThat(accounts.byId("s", Set.of(1L))).containsExactly(Map.entry(1L, "s1"));

        assertThat(calls).hasSize(1);
    }

    @Test
    void mapMethod_elementWithoutValue_isLeftOutAndRemembered() {
        for (int i = 0; i < 2; i++) {
            assertThat(accounts.byId("s", Set.of(1L, 2L))).containsExactly(Map.entry(1L, "s1"));
        }

        assertThat(calls).hasSize(1);
    }

    @Test
    void listMethod_fails_raisesItsOwnException() {
        assertThatThrownBy(() -> accounts.accounts("s", List.of(13L))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> accounts.accounts("s", List.of(666L)))
                .hasMessageContaining(
                        "returned 0 elements for 1 arguments; return one for each, null where there is none");
    }

    interface NoList {
        @CachedAll(key = "x:{id}", ttl = "1m")
        List<String> x(long id);
    }

    interface WrongResult {
        @CachedAll(key = "x:{ids}", ttl = "1m")
        String x(List<Long> ids);
    }

    interface OneForAll {
        @CachedAll(key = "x", ttl = "1m")
        List<String> x(List<Long> ids);
    }

    interface CachedTwice {
        @io.larder.cache.annotation.Cached(key = "x:{ids}", ttl = "1m")
        @CachedAll(key = "x:{ids}", ttl = "1m")
        List<String> x(List<Long> ids);
    }

    interface CachedAndInvalidating {
        @Invalidates(tags = "x")
        @Invalidates(tags = "y")
        @CachedAll(key = "x:{ids}", ttl = "1m")
        List<String> x(List<Long> ids);
    }

    @Test
    void proxy_listMethodWithAnotherAnnotation_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(CachedTwice.class, ids -> List.of()))
                .withMessage("@CachedAll on CachedTwice.x(List): it has @Cached too;"
                        + " write that on a method for one element, with the same key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(CachedAndInvalidating.class, ids -> List.of()))
                .withMessage("@CachedAll on CachedAndInvalidating.x(List): it has @Invalidates too,"
                        + " so a hit would not reach it; write the two on different methods");
    }

    interface Plain {
        List<String> x(List<Long> ids);
    }

    public static final class Misplaced implements Plain {
        @Override
        @CachedAll(key = "x:{ids}", ttl = "1m")
        public List<String> x(List<Long> ids) {
            return List.of();
        }
    }

    @Test
    void proxy_annotationOnTheImplementation_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(Plain.class, new Misplaced()))
                .withMessage("@CachedAll on Misplaced.x(List): write it on the interface method Plain.x,"
                        + " the proxy sees no other");
    }

    @Test
    void proxy_listMethodThatCannotWork_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(NoList.class, id -> List.of()))
                .withMessage("@CachedAll on NoList.x(long): it has 0 parameters that are a List, Set or Collection;"
                        + " it needs exactly one, with the arguments");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(OneForAll.class, ids -> List.of()))
                .withMessage(
                        "@CachedAll on OneForAll.x(List): key template \"x\" does not use {ids}, so all elements would"
                                + " share one entry; write it in, like \"x:{ids}\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(WrongResult.class, ids -> ""))
                .withMessage(
                        "@CachedAll on WrongResult.x(List): it returns String; return a List with one element for each"
                                + " argument, a Map, or a CompletionStage of one of them");
    }
}
