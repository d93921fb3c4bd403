package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.toolbox.CircuitBreaker.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that come from outside take bounded room, and what breakers do can be seen. */
class BreakerKeysTest {
    private static final BreakerPolicy FEW = BreakerPolicy.lastCalls(2).keysMax(100);

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .store(store)
            .loadExecutor(Runnable::run)
            .open();
    private final Toolbox toolbox = Toolbox.over(larder);

    @AfterEach
    void close() {
        larder.close();
    }

    private CircuitBreaker<String> breaker(BreakerPolicy policy) {
        return toolbox.circuitBreaker("tenant:{key}", String.class, policy);
    }

    private static void call(CircuitBreaker<String> breaker, String key, boolean fails) {
        breaker.enter(key).ended(fails ? new IOException("down") : null);
    }

    private static void cutOff(CircuitBreaker<String> breaker, String key) {
        call(breaker, key, true);
        call(breaker, key, true);
        assertThat(breaker.state(key)).isEqualTo(State.OPEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keys_moreThanTheBound_areForgottenOldestFirst(boolean shared) {
        CircuitBreaker<String> breaker = breaker(shared ? FEW.shared() : FEW);

        for (int i = 0; i < 100_000; i++) {
            call(breaker, "t" + i, false);
        }

        assertThat(breaker.stats().keys()).isEqualTo(100);
        assertThat(breaker.stats().forgotten()).isEqualTo(99_900);
        assertThat(breaker.stats().succeeded()).isEqualTo(100_000);
        assertThat(breaker.statuses(1000)).extracting(BreakerStatus::key).allMatch(key -> key.contains("t999"));
    }

    @Test
    void keys_inUseAndOpen_outliveAFlood() {
        CircuitBreaker<String> breaker = breaker(FEW);
        cutOff(breaker, "down");

        for (int i = 0; i < 10_000; i++) {
            call(breaker, "flood" + i, false);
            call(breaker, "busy", false);
        }

        assertThat(breaker.state("down")).isEqualTo(State.OPEN);
        assertThat(breaker.statuses(1000)).extracting(BreakerStatus::key).contains("~breaker:tenant:busy");
        assertThat(breaker.stats().keys()).isEqualTo(100);
    }

    @Test
    void keys_allOpen_stayWithinTheBound() {
        CircuitBreaker<String> breaker = breaker(FEW);

        for (int i = 0; i < 1000; i++) {
            cutOff(breaker, "t" + i);
        }

        assertThat(breaker.stats().keys()).isEqualTo(100);
        assertThat(breaker.stats().open()).isEqualTo(100);
    }

    @Test
    void keys_forgottenHere_areKnownToTheStore() {
        CircuitBreaker<String> breaker = breaker(FEW.shared());
        cutOff(breaker, "down");
        for (int i = 0; i < 1000; i++) {
            cutOff(breaker, "t" + i);
        }
        assertThat(breaker.statuses(1000)).extracting(BreakerStatus::key).doesNotContain("~breaker:tenant:down");

        assertThat(breaker.state("down")).isEqualTo(State.OPEN);
        CompletableFuture<String> refused =
                breaker.callAsync("down", () -> CompletableFuture.completedFuture("answer"));

        assertThat(refused).isCompletedExceptionally();
    }

    @Test
    void keys_floodOfSuccesses_takesNoCells() {
        CircuitBreaker<String> breaker = breaker(FEW.shared());
        int before = store.cellCalls();

        for (int i = 0; i < 1000; i++) {
            call(breaker, "t" + i, false);
        }

        assertThat(store.cellCalls() - before).isEqualTo(1000); // each was looked for once
    }

    @Test
    void cells_usedUp_breakerGoesOnAlone() {
        try (Larder small = Larder.builder()
                .ticker(ticker)
                .url("mem:?cells=1")
                .loadExecutor(Runnable::run)
                .open()) {
            CircuitBreaker<String> breaker =
                    Toolbox.over(small).circuitBreaker("tenant:{key}", String.class, FEW.shared());

            cutOff(breaker, "a");
            cutOff(breaker, "b");

            assertThat(breaker.stats().isAlone()).isTrue();
            assertThat(breaker.stats().open()).isEqualTo(2);
        }
    }

    @Test
    void keys_manyThreads_stayWithinTheBound() throws Exception {
        CircuitBreaker<String> breaker = breaker(FEW);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> tasks = IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(thread -> () -> {
                        for (int i = 0; i < 2000; i++) {
                            call(breaker, "t" + (i * 31 + thread * 7) % 3000, false);
                        }
                        return null;
                    })
                    .toList();
            for (Future<Void> task : pool.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(breaker.stats().keys()).isLessThanOrEqualTo(100);
        assertThat(breaker.stats().succeeded()).isEqualTo(16_000);
    }

    @Test
    void statuses_open_comeFirstWithTheirTime() {
        CircuitBreaker<String> breaker = breaker(BreakerPolicy.lastCalls(2).openFor("30s"));
        call(breaker, "a", true);
        cutOff(breaker, "b");
        ticker.advance(Duration.ofSeconds(10));

        assertThat(breaker.statuses(10))
                .containsExactly(
                        new BreakerStatus("~breaker:tenant:b", State.OPEN, 0, 0, 0, Duration.ofSeconds(20)),
                        new BreakerStatus("~breaker:tenant:a", State.CLOSED, 1, 1, 0, Duration.ZERO));
        assertThat(breaker.statuses(1)).hasSize(1);
    }

    @Test
    void breakers_listWhatAllHaveCounted() {
        CircuitBreaker<String> breaker = breaker(FEW.slow("1s", 1).ignoring(List.of(IllegalStateException.class)));
        call(breaker, "a", false);
        Passage slow = breaker.enter("a");
        ticker.advance(Duration.ofSeconds(2));
        slow.ended(null);
        breaker.enter("a").ended(new IllegalStateException("no account"));
        cutOff(breaker, "b");
        CompletableFuture<String> refused = breaker.callAsync("b", () -> CompletableFuture.completedFuture(""));
        assertThat(refused).isCompletedExceptionally();
        breaker(BreakerPolicy.lastCalls(5).shared());

        assertThat(toolbox.breakers())
                .containsExactly(
                        new BreakerStats("tenant:{key}", false, 2, 1, 0, 2, 2, 1, 1, 1, 1, 0, 0, false),
                        new BreakerStats("tenant:{key}", true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false));
    }

    @Test
    void sameKeysAndPolicy_areTheSameBreaker() {
        cutOff(breaker(FEW), "a");

        assertThat(breaker(FEW).state("a")).isEqualTo(State.OPEN);
        assertThat(Toolbox.over(larder)
                        .circuitBreaker(
                                "tenant:{key}",
                                String.class,
                                BreakerPolicy.lastCalls(2).keysMax(100))
                        .state("a"))
                .isEqualTo(State.OPEN);
        assertThat(breaker(FEW.probes(2)).state("a")).isEqualTo(State.CLOSED);
        assertThat(toolbox.breakers()).hasSize(2);
    }

    @Test
    void breakers_withoutEnd_areRefused() {
        for (int i = 0; i < Breakers.BREAKERS_MAX; i++) {
            toolbox.circuitBreaker("tenant" + i, String.class, FEW);
        }

        assertThatIllegalArgumentException()
                .isThrownBy(() -> toolbox.circuitBreaker("one-more", String.class, FEW))
                .withMessage(
                        "there are 1000 breakers already; make them once, and put what differs into the key: \"bank:{key}\"");
    }

    @Test
    void callAsync_endsWithItsStage() {
        CircuitBreaker<String> breaker = breaker(BreakerPolicy.lastCalls(1));
        CompletableFuture<String> stage = new CompletableFuture<>();

        CompletableFuture<String> answer = breaker.callAsync("a", () -> stage);
        assertThat(answer).isNotDone();
        assertThat(breaker.stats().failed()).isZero();
        IOException down = new IOException("down");
        stage.completeExceptionally(down);

        assertThat(answer.handle((value, failure) -> failure).join()).isSameAs(down);
        assertThat(breaker.state("a")).isEqualTo(State.OPEN);
    }

    @Test
    void callAsync_raisingAtOnce_isAFailedFuture() {
        CircuitBreaker<String> breaker = breaker(BreakerPolicy.lastCalls(1));
        IOException down = new IOException("down");

        CompletableFuture<String> answer = breaker.callAsync("a", () -> {
            throw down;
        });

        assertThat(answer.handle((value, failure) -> failure).join()).isSameAs(down);
        assertThat(breaker.state("a")).isEqualTo(State.OPEN);
    }
}
