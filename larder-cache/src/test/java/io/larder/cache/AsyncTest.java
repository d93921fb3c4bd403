package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gets that do not wait; the test runs the background's work by hand, so no thread but its own is there. */
class AsyncTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final Later timer = new Later(ticker);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final Larder larder = builder().open();
    private final List<CompletableFuture<String>> loads = new ArrayList<>();

    private LarderBuilder builder() {
        return Larder.builder().ticker(ticker).clock(clock).timer(timer).loadExecutor(background::add);
    }

    @AfterEach
    void close() {
        larder.close();
    }

    /** A loader that leaves its futures to the test. */
    private CompletableFuture<String> begin(String key) {
        CompletableFuture<String> load = new CompletableFuture<>();
        loads.add(load);
        return load;
    }

    private CachedSpec<String, String> later() {
        return larder.cachedAsync("k:{key}", String.class, String.class, this::begin)
                .ttl("10m")
                .jitter(0);
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
    void getAsync_manyCallers_shareOneLoadAndNoThread() {
        Cached<String, String> cached = later().build();

        List<CompletableFuture<String>> all =
                IntStream.range(0, 1000).mapToObj(i -> cached.getAsync("a")).toList();

        assertThat(loads).hasSize(1);
        assertThat(background).isEmpty();
        assertThat(all).noneMatch(CompletableFuture::isDone);
        loads.get(0).complete("v");
        assertThat(all).allSatisfy(one -> assertThat(one).isCompletedWithValue("v"));
        assertThat(cached.getAsync("a")).isCompletedWithValue("v");
        assertThat(cached.get("a")).isEqualTo("v");
        assertThat(loads).hasSize(1);
        CacheStats stats = cached.stats();
        assertThat(stats.misses()).isEqualTo(1000);
        assertThat(stats.joined()).isEqualTo(999);
        assertThat(stats.hits()).isEqualTo(2);
        assertThat(stats.loads()).isEqualTo(1);
    }

    @Test
    void getAsync_aCallerCancels_theOthersGetTheValueAndItIsStored() {
        Cached<String, String> cached = later().build();
        CompletableFuture<String> leader = cached.getAsync("a");
        CompletableFuture<String> other = cached.getAsync("a");

        leader.cancel(true);
        loads.get(0).complete("v");

        assertThat(leader).isCancelled();
        assertThat(other).isCompletedWithValue("v");
        assertThat(cached.peek("a")).isInstanceOf(Lookup.Fresh.class);
        assertThat(cached.stats().misses()).isEqualTo(2);
    }

    @Test
    void getAsync_loadFailsOrIsCancelled_isNotStored() {
        Cached<String, String> cached = later().build();
        IOException failure = new IOException("no connection");

        CompletableFuture<String> failed = cached.getAsync("a");
        loads.get(0).completeExceptionally(new CompletionException(failure));
        CompletableFuture<String> cancelled = cached.getAsync("a");
        loads.get(1).cancel(false);
        CompletableFuture<String> third = cached.getAsync("a");
        loads.get(2).complete("v");

        assertThat(failureOf(failed)).isSameAs(failure);
        assertThat(failureOf(cancelled)).isInstanceOf(CancellationException.class);
        assertThat(third).isCompletedWithValue("v");
        assertThat(cached.stats().loadFailures()).isEqualTo(2);
    }

    @Test
    void getAsync_loaderRaisesOrReturnsNoStage_fails() {
        Cached<String, String> raising = larder.cachedAsync("r:{key}", String.class, String.class, key -> {
                    throw new IOException(key);
                })
                .ttl("1m")
                .build();
        Cached<String, @Nullable String> nulls = larder.cachedAsync(
                        "n:{key}", TypeRef.of(String.class), TypeRef.of(String.class), key -> Nulls.cast(null))
                .ttl("1m")
                .build();

        assertThat(failureOf(raising.getAsync("a"))).isInstanceOf(IOException.class);
        assertThat(failureOf(nulls.getAsync("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an asynchronous loader returned null in place of its stage");
        assertThatThrownBy(() -> raising.get("a")).isInstanceOf(LoadFailedException.class);
        assertThat(failureOf(raising.getAsync("a"))).isInstanceOf(IOException.class); // the flights have ended
    }

    @Test
    void getAsync_failureThatThePolicyNames_isRemembered() {
        Cached<String, String> cached =
                later().negative(IllegalArgumentException.class, "30s").build();
        CompletableFuture<String> first = cached.getAsync("a");
        loads.get(0).completeExceptionally(new IllegalArgumentException("no such account"));

        CompletableFuture<String> second = cached.getAsync("a");

        assertThat(failureOf(first)).hasMessage("no such account");
        assertThat(failureOf(second))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such account");
        assertThat(loads).hasSize(1);
        assertThat(cached.stats().negativeHits()).isEqualTo(1);
    }

    @Test
    void getAsync_ofABlockingLoader_runsInTheBackground() {
        Cached<String, String> cached = larder.cached("b:{key}", String.class, String.class, key -> key + "!")
                .ttl("10m")
                .build();

        CompletableFuture<String> one = cached.getAsync("a");
        CompletableFuture<String> other = cached.getAsync("a");

        assertThat(one).isNotDone();
        assertThat(background).hasSize(1);
        runBackground();
        assertThat(one).isCompletedWithValue("a!");
        assertThat(other).isCompletedWithValue("a!");
        assertThat(cached.stats().loads()).isEqualTo(1);
    }

    @Test
    void getAsync_noPlaceInTheBackground_loadsInTheCallersThread() {
        try (Larder full = builder()
                .loadExecutor(task -> {
                    throw new java.util.concurrent.RejectedExecutionException("full");
                })
                .open()) {
            Cached<String, String> cached = full.cached("b:{key}", String.class, String.class, key -> key + "!")
                    .ttl("10m")
                    .build();

            assertThat(cached.getAsync("a")).isCompletedWithValue("a!");
        }
    }

    @Test
    void getAsync_storeOutside_isAskedAndWrittenInTheBackground() {
        try (Larder remote = builder().store(new FakeByteStore(ticker)).open()) {
            Cached<String, String> cached = remote.cachedAsync("k:{key}", String.class, String.class, this::begin)
                    .ttl("10m")
                    .build();
            CompletableFuture<String> first = cached.getAsync("a");
            assertThat(loads).isEmpty();
            runBackground();
            loads.get(0).complete("v");
            assertThat(first).isNotDone();
            runBackground();
            assertThat(first).isCompletedWithValue("v");

            CompletableFuture<String> second = cached.getAsync("a");
            runBackground();
            assertThat(second).isCompletedWithValue("v");
            assertThat(loads).hasSize(1);
        }
    }

    @Test
    void invalidation_whileALoadRuns_keepsItsValueFromBeingStored() {
        Cached<String, String> cached = later().build();
        CompletableFuture<String> before = cached.getAsync("a");

        cached.invalidate("a");
        CompletableFuture<String> after = cached.getAsync("a");
        loads.get(0).complete("old");
        loads.get(1).complete("new");

        assertThat(before).isCompletedWithValue("old");
        assertThat(after).isCompletedWithValue("new");
        assertThat(cached.get("a")).isEqualTo("new");
    }

    @Test
    void hardTimeout_passes_callersFailAndTheLoadGoesOn() {
        Cached<String, String> cached = later().hardTimeout("2s").build();
        CompletableFuture<String> leader = cached.getAsync("a");
        CompletableFuture<String> other = cached.getAsync("a");

        timer.pass(Duration.ofSeconds(2));
        loads.get(0).complete("v");

        assertThat(failureOf(leader)).isInstanceOf(LoadTimeoutException.class);
        assertThat(failureOf(other)).isInstanceOf(LoadTimeoutException.class);
        assertThat(cached.getAsync("a")).isCompletedWithValue("v");
        assertThat(cached.stats().timeouts()).isEqualTo(2);
        assertThat(cached.stats().misses()).isEqualTo(2);
    }

    @Test
    void softTimeout_passes_theOldValueIsServed() {
        Cached<String, String> cached = later().stale("1h").softTimeout("1s").build();
        cached.put("a", "old");
        ticker.advance(Duration.ofMinutes(11));

        CompletableFuture<String> leader = cached.getAsync("a");
        CompletableFuture<String> other = cached.getAsync("a");
        assertThat(other).isCompletedWithValue("old"); // another caller loads
        assertThat(leader).isNotDone();
        timer.pass(Duration.ofSeconds(1));
        assertThat(leader).isCompletedWithValue("old");
        loads.get(0).complete("new");

        assertThat(cached.getAsync("a")).isCompletedWithValue("new");
        assertThat(cached.stats().staleHits()).isEqualTo(2);
    }

    @Test
    void loadFails_withAnOldValueAtHand_servesThat() {
        Cached<String, String> cached = later().stale("1h").build();
        cached.put("a", "old");
        ticker.advance(Duration.ofMinutes(11));

        CompletableFuture<String> leader = cached.getAsync("a");
        loads.get(0).completeExceptionally(new IOException("down"));

        assertThat(leader).isCompletedWithValue("old");
    }

    @Test
    void earlyRefresh_doesNotWaitForTheFuture() {
        Cached<String, String> cached = later().early("5m").build();
        cached.put("a", "old");
        ticker.advance(Duration.ofMinutes(6));

        assertThat(cached.getAsync("a")).isCompletedWithValue("old");
        runBackground(); // begins the load, and the thread is free again
        assertThat(loads).hasSize(1);
        assertThat(cached.getAsync("a")).isCompletedWithValue("old");
        runBackground();
        assertThat(loads).hasSize(1);
        loads.get(0).complete("new");

        assertThat(cached.getAsync("a")).isCompletedWithValue("new");
        assertThat(cached.stats().refreshes()).isEqualTo(1);
    }

    @Test
    void loader_thatAsksForItsOwnKey_isRefused() {
        List<Cached<String, String>> self = new ArrayList<>();
        self.add(larder.cachedAsync(
                        "self:{key}",
                        String.class,
                        String.class,
                        key -> self.get(0).getAsync(key))
                .ttl("1m")
                .build());

        assertThat(failureOf(self.get(0).getAsync("a"))).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void whileReadingIsOff_theLoaderAnswersAndTheStoreIsLeftAlone() {
        Cached<String, String> cached = larder.cached("b:{key}", String.class, String.class, key -> key + "!")
                .ttl("10m")
                .build();
        Scope off = larder.disabling(Op.READ, Op.WRITE);
        CompletableFuture<String> answer = cached.getAsync("a");
        off.close();
        runBackground();

        assertThat(answer).isCompletedWithValue("a!");
        assertThat(cached.peek("a")).isInstanceOf(Lookup.Absent.class);
    }

    interface Rates {
        @io.larder.cache.annotation.Cached(key = "rate:{currency}", ttl = "10m")
        CompletionStage<Double> rate(String currency);

        @io.larder.cache.annotation.Cached(key = "rate:{currency}", ttl = "10m")
        double rateNow(String currency);

        @io.larder.cache.annotation.Invalidates("#rate")
        CompletableFuture<String> change(String currency);
    }

    private final List<CompletableFuture<Double>> rates = new ArrayList<>();
    private final List<CompletableFuture<String>> changes = new ArrayList<>();

    private final class Bank implements Rates {
        @Override
        public CompletionStage<Double> rate(String currency) {
            rates.add(new CompletableFuture<>());
            return rates.get(rates.size() - 1);
        }

        @Override
        public double rateNow(String currency) {
            return 7.0;
        }

        @Override
        public CompletableFuture<String> change(String currency) {
            changes.add(new CompletableFuture<>());
            return changes.get(changes.size() - 1);
        }
    }

    @Test
    void annotatedMethod_returningAStage_cachesItsValue() {
        Rates bank = larder.proxy(Rates.class, new Bank());

        CompletionStage<Double> first = bank.rate("EUR");
        CompletionStage<Double> second = bank.rate("EUR");
        assertThat(rates).hasSize(1);
        assertThat(first).isNotSameAs(second);
        rates.get(0).complete(1.5);

        assertThat(first.toCompletableFuture()).isCompletedWithValue(1.5);
        assertThat(second.toCompletableFuture()).isCompletedWithValue(1.5);
        assertThat(bank.rateNow("EUR")).isEqualTo(1.5); // the same entry
        assertThat(Larder.cachedOf(bank, "rate").get("EUR")).isEqualTo(1.5);
    }

    @Test
    void invalidates_ofAFuture_happensOnceItHasCompletedAndNotIfItFailed() {
        Rates bank = larder.proxy(Rates.class, new Bank());
        CompletionStage<Double> before = bank.rate("EUR");
        rates.get(0).complete(1.5);

        CompletableFuture<String> failing = bank.change("EUR");
        changes.get(0).completeExceptionally(new IOException("no"));
        assertThat(failing).isCompletedExceptionally();
        CompletableFuture<String> changing = bank.change("EUR");
        assertThat(bank.rate("EUR").toCompletableFuture()).isCompletedWithValue(1.5);
        changes.get(1).complete("done");

        assertThat(changing).isCompletedWithValue("done");
        assertThat(before.toCompletableFuture()).isDone();
        assertThat(bank.rate("EUR").toCompletableFuture()).isNotDone(); // loads again
        assertThat(rates).hasSize(2);
    }

    interface Blocking {
        @io.larder.cache.annotation.Cached(ttl = "10m")
        Future<String> find(String name);
    }

    @Test
    void annotatedMethod_returningAPlainFuture_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(Blocking.class, name -> CompletableFuture.completedFuture(name)))
                .withMessageStartingWith("@Cached on Blocking.find(String): values of")
                .withMessageContaining("are Future<String>");
    }
}
