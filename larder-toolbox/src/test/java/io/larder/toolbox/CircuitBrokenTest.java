package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import io.larder.toolbox.CircuitBreaker.State;
import io.larder.toolbox.annotation.CircuitBroken;
import io.larder.toolbox.annotation.CircuitBroken.Guarded;
import io.larder.toolbox.annotation.RateLimited;
import io.larder.toolbox.annotation.SharedLock;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Breakers around the methods of an interface, and where they stand. */
class CircuitBrokenTest {
    private static final BreakerPolicy TWO = BreakerPolicy.lastCalls(2);

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .store(store)
            .loadExecutor(Runnable::run)
            .open();
    private final Toolbox toolbox = Toolbox.over(larder);
    private final Work work = new Work();
    private final Bank bank = larder.proxy(Bank.class, work);

    interface Bank {
        @CircuitBroken(key = "bank:{name}", lastCalls = 2, ignoring = FileNotFoundException.class)
        String rate(String name) throws IOException;

        @CircuitBroken(key = "later:{name}", lastCalls = 2)
        CompletionStage<String> later(String name);

        @CircuitBroken(key = "future:{name}", lastCalls = 2, slowAfter = "2s", slowRate = 0.5)
        CompletableFuture<String> future(String name);

        @CircuitBroken(key = "everywhere:{name}", lastCalls = 2, shared = true)
        String everywhere(String name) throws IOException;

        @Cached(key = "loads:{name}", ttl = "1m", stale = "1h")
        @CircuitBroken(key = "loads", lastCalls = 2)
        String loads(String name) throws IOException;

        @Cached(key = "calls:{name}", ttl = "1m")
        @CircuitBroken(key = "calls", lastCalls = 4, guards = Guarded.CALLS)
        String calls(String name) throws IOException;

        @SharedLock(key = "all:{name}", lease = "1m")
        @CircuitBroken(key = "all", lastCalls = 2)
        @RateLimited(key = "all", permits = 5, per = "1m")
        String all(String name) throws IOException;

        @Invalidates("#loads")
        @CircuitBroken(key = "change", lastCalls = 2)
        void change(String name) throws IOException;
    }

    private static final class Work implements Bank {
        private final List<String> calls = new ArrayList<>();
        private final CompletableFuture<String> promise = new CompletableFuture<>();
        private boolean isDown;

        private String answer(String name) throws IOException {
            calls.add(name);
            if (isDown) {
                throw new IOException("down");
            }
            return name + calls.size();
        }

        @Override
        public String rate(String name) throws IOException {
            if (name.equals("unknown")) {
                throw new FileNotFoundException(name);
            }
            return answer(name);
        }

        @Override
        public CompletionStage<String> later(String name) {
            return promise;
        }

        @Override
        public CompletableFuture<String> future(String name) {
            return promise;
        }

        @Override
        public String everywhere(String name) throws IOException {
            return answer(name);
        }

        @Override
        public String loads(String name) throws IOException {
            return answer(name);
        }

        @Override
        public String calls(String name) throws IOException {
            return answer(name);
        }

        @Override
        public String all(String name) throws IOException {
            return answer(name);
        }

        @Override
        public void change(String name) throws IOException {
            answer(name);
        }
    }

    @AfterEach
    void close() {
        larder.close();
    }

    private void fails(Class<? extends Throwable> with, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(with);
    }

    private State state(String template) {
        return toolbox.circuitBreaker(template, String.class, TWO).state("a");
    }

    @Test
    void broken_afterFailures_refusesWithoutACall_untilAProbeIsWell() throws IOException {
        work.isDown = true;
        fails(IOException.class, () -> bank.rate("a"));
        fails(IOException.class, () -> bank.rate("a"));

        CircuitOpenException refused = catchThrowableOfType(CircuitOpenException.class, () -> bank.rate("a"));

        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(work.calls).hasSize(2);
        work.isDown = false;
        assertThat(bank.rate("b")).isEqualTo("b3");
        ticker.advance(refused.retryAfter());
        assertThat(bank.rate("a")).isEqualTo("a4");
        assertThat(bank.rate("a")).isEqualTo("a5");
    }

    @Test
    void broken_ignoredExceptions_neverOpenIt() {
        for (int i = 0; i < 10; i++) {
            fails(FileNotFoundException.class, () -> bank.rate("unknown"));
        }

        assertThat(toolbox.breakers().stream().mapToLong(BreakerStats::ignored).sum())
                .isEqualTo(10);
    }

    @Test
    void broken_sameKeyAndFiguresAsAnObject_isTheSameBreaker() throws IOException {
        CircuitBreaker<String> breaker = toolbox.circuitBreaker("everywhere:{key}", String.class, TWO.shared());
        for (int i = 0; i < 2; i++) {
            breaker.enter("a").ended(new IOException("down"));
        }

        fails(CircuitOpenException.class, () -> bank.everywhere("a"));

        assertThat(work.calls).isEmpty();
        assertThat(bank.everywhere("b")).isEqualTo("b1");
    }

    @Test
    void broken_methodOfAStage_countsWhenItEnds() {
        CompletionStage<String> first = bank.later("a");
        CompletionStage<String> second = bank.later("a");
        assertThat(state("later:{key}")).isEqualTo(State.CLOSED);

        IOException down = new IOException("down");
        work.promise.completeExceptionally(new CompletionException(down));

        assertThat(state("later:{key}")).isEqualTo(State.OPEN);
        assertThat(first.handle((value, failure) -> failure)
                        .toCompletableFuture()
                        .join())
                .isSameAs(down);
        assertThat(second.toCompletableFuture()).isCompletedExceptionally();
        CompletionStage<String> refused = bank.later("a"); // raises nothing
        assertThat(refused.handle((value, failure) -> failure)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void broken_slowStages_openIt() {
        CompletableFuture<String> first = bank.future("a");
        CompletableFuture<String> second = bank.future("a");
        ticker.advance(Duration.ofSeconds(2));

        work.promise.complete("at last");

        assertThat(first.join()).isEqualTo("at last");
        assertThat(second.join()).isEqualTo("at last");
        fails(CompletionException.class, () -> bank.future("a").join());
    }

    @Test
    void loads_hitsPassAndStaleValuesAreServed_whileItIsOpen() throws IOException {
        assertThat(bank.loads("kept")).isEqualTo("kept1");
        work.isDown = true;
        for (int i = 0; i < 50; i++) {
            assertThat(bank.loads("kept")).isEqualTo("kept1"); // hits do not count
        }
        fails(IOException.class, () -> bank.loads("a")); // one of two
        assertThat(toolbox.circuitBreaker("loads", String.class, TWO).state("")).isEqualTo(State.OPEN);

        assertThat(bank.loads("kept")).isEqualTo("kept1");
        ticker.advance(Duration.ofSeconds(29));
        fails(CircuitOpenException.class, () -> bank.loads("a"));
        int before = work.calls.size();
        ticker.advance(Duration.ofMinutes(1));
        assertThat(bank.loads("kept")).isEqualTo("kept1"); // the probe failed, and it is open again
        assertThat(work.calls).hasSize(before + 1);
        assertThat(bank.loads("kept")).isEqualTo("kept1"); // refused, stale
        assertThat(work.calls).hasSize(before + 1);
    }

    @Test
    void calls_hitsCountAndAreRefused() throws IOException {
        assertThat(bank.calls("kept")).isEqualTo("kept1");
        work.isDown = true;
        assertThat(bank.calls("kept")).isEqualTo("kept1");
        fails(IOException.class, () -> bank.calls("a"));
        fails(IOException.class, () -> bank.calls("a")); // two of four

        fails(CircuitOpenException.class, () -> bank.calls("kept"));

        assertThat(work.calls).hasSize(3);
    }

    @Test
    void order_limitThenBreakerThenLock() throws IOException {
        work.isDown = true;
        fails(IOException.class, () -> bank.all("a"));
        fails(IOException.class, () -> bank.all("a"));
        try (Held held =
                toolbox.lock("all:{key}", String.class, LockPolicy.lease("1m")).acquire("a")) {
            assertThat(held.remaining()).isPositive();
            fails(CircuitOpenException.class, () -> bank.all("a")); // before the lock, which is held
            ticker.advance(Duration.ofSeconds(30));
            fails(LockNotAcquiredException.class, () -> bank.all("a")); // the probe: tells nothing
        }
        work.isDown = false;

        assertThat(bank.all("a")).isEqualTo("a3"); // the next probe
        fails(RateLimitedException.class, () -> bank.all("a")); // refused calls count for the limit, which is outside
    }

    @Test
    void order_invalidation_isNotDoneByARefusedCall() throws IOException {
        assertThat(bank.loads("kept")).isEqualTo("kept1");
        work.isDown = true;
        fails(IOException.class, () -> bank.change("kept"));
        fails(IOException.class, () -> bank.change("kept"));

        fails(CircuitOpenException.class, () -> bank.change("kept"));

        assertThat(bank.loads("kept")).isEqualTo("kept1");
    }

    @Test
    void storeDown_sharedBreaker_goesOnAlone() throws IOException {
        assertThat(bank.everywhere("a")).isEqualTo("a1");
        store.down(true);
        work.isDown = true;

        fails(IOException.class, () -> bank.everywhere("a"));

        fails(CircuitOpenException.class, () -> bank.everywhere("a"));
        assertThat(toolbox.breakers()).anyMatch(BreakerStats::isAlone);
    }

    interface Both {
        @CircuitBroken(key = "a", lastCalls = 10, within = "1m")
        void call();
    }

    interface RateOfNothing {
        @CircuitBroken(key = "a", slowRate = 0.5)
        void call();
    }

    interface Percent {
        @CircuitBroken(key = "a", failureRate = 50)
        void call();
    }

    interface BadTime {
        @CircuitBroken(key = "a", openFor = "soon")
        void call();
    }

    interface NoSuchName {
        @CircuitBroken(key = "a:{id}")
        void call(long number);
    }

    interface TooMany {
        @CircuitBroken(key = "a", lastCalls = 5, callsMin = 6)
        void call();
    }

    interface PlainFuture {
        @CircuitBroken(key = "a")
        Future<String> call();
    }

    interface Shared {
        @CircuitBroken(key = "a", shared = true)
        void call();
    }

    private void assertRefused(Class<?> api, Object target, String... texts) {
        assertRefused(larder, api, target, texts);
    }

    private static void assertRefused(Larder larder, Class<?> api, Object target, String... texts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy(larder, api, target))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts).doesNotContain("\n"));
    }

    private static <T> void proxy(Larder larder, Class<T> api, Object target) {
        T unused = larder.proxy(api, api.cast(target));
    }

    @Test
    void definition_thatCannotWork_isRefusedWithWhatToWrite() {
        assertRefused(
                Both.class,
                (Both) () -> {},
                "@CircuitBroken on Both.call(): lastCalls and within are both given; keep one of them");
        assertRefused(
                RateOfNothing.class,
                (RateOfNothing) () -> {},
                "@CircuitBroken on RateOfNothing.call(): slowRate is the share of calls slower than slowAfter; write slowAfter = \"2s\"");
        assertRefused(Percent.class, (Percent) () -> {}, "was 50.0; write 0.5");
        assertRefused(BadTime.class, (BadTime) () -> {}, "@CircuitBroken on BadTime.call(): ", "soon");
        assertRefused(NoSuchName.class, (NoSuchName) number -> {}, "uses {id}", "parameters are [number]");
        assertRefused(TooMany.class, (TooMany) () -> {}, "callsMin must be from 1 to 5, was 6");
        assertRefused(
                PlainFuture.class,
                (PlainFuture) () -> CompletableFuture.completedFuture("a"),
                "@CircuitBroken on PlainFuture.call(): it returns a Future, whose end cannot be seen; return a CompletionStage or CompletableFuture");
    }

    @Test
    void definition_sharedOverAStoreWithoutCells_isRefused_localIsNot() throws IOException {
        interface Local {
            @CircuitBroken(key = "a", lastCalls = 1)
            String call() throws IOException;
        }
        try (Larder none = Larder.open("null:")) {
            assertRefused(none, Shared.class, (Shared) () -> {}, "@CircuitBroken on Shared.call(): ");

            Local local = none.proxy(Local.class, () -> {
                throw new IOException("down");
            });
            fails(IOException.class, local::call);
            fails(CircuitOpenException.class, local::call);
        }
    }
}
