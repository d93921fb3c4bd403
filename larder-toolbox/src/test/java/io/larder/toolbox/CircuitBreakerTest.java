package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {
    private static final BreakerPolicy TEN = BreakerPolicy.lastCalls(10).openFor("30s");

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = open();

    private Larder open() {
        return Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .store(store)
                .loadExecutor(Runnable::run)
                .open();
    }

    private CircuitBreaker<String> breaker(BreakerPolicy policy) {
        return Toolbox.over(larder).circuitBreaker("bank:{key}", String.class, policy);
    }

    private static void call(CircuitBreaker<String> breaker, boolean fails) {
        breaker.enter("a").ended(fails ? new IOException("down") : null);
    }

    private static void calls(CircuitBreaker<String> breaker, int count, boolean fail) {
        for (int i = 0; i < count; i++) {
            call(breaker, fail);
        }
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void enter_halfHaveFailed_opensAndRefusesWithTheTime(boolean shared) {
        CircuitBreaker<String> breaker = breaker(shared ? TEN.shared() : TEN);
        calls(breaker, 5, false);
        calls(breaker, 4, true);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);

        call(breaker, true);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
        ticker.advance(Duration.ofSeconds(10));
        CircuitOpenException refused = catchThrowableOfType(CircuitOpenException.class, () -> call(breaker, false));
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(refused).hasMessageContaining("try again in 20000 ms");
        assertThat(breaker.state("b")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void enter_fewerThanCallsMin_staysClosed() {
        CircuitBreaker<String> breaker = breaker(BreakerPolicy.lastCalls(100).callsMin(20));

        calls(breaker, 19, true);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
        call(breaker, true);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void lastCalls_oldFailures_areForgotten() {
        CircuitBreaker<String> breaker = breaker(TEN);
        calls(breaker, 4, true);
        calls(breaker, 10, false);

        calls(breaker, 4, true);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void within_oldFailures_areForgottenByTime() {
        CircuitBreaker<String> breaker = breaker(BreakerPolicy.within("10s").callsMin(10));
        calls(breaker, 9, true);
        ticker.advance(Duration.ofSeconds(10));

        calls(breaker, 9, true);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
        ticker.advance(Duration.ofSeconds(5));
        call(breaker, true);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void slowCalls_fromTheirRate_openIt() {
        CircuitBreaker<String> breaker = breaker(TEN.slow("2s", 0.3));
        calls(breaker, 8, false);

        for (int i = 0; i < 3; i++) {
            assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
            var passage = breaker.enter("a");
            ticker.advance(Duration.ofSeconds(2));
            passage.ended(null);
        }

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void ignored_countNeitherWay() {
        CircuitBreaker<String> breaker = breaker(TEN.ignoring(List.of(FileNotFoundException.class)));
        for (int i = 0; i < 50; i++) {
            breaker.enter("a").ended(new FileNotFoundException("no such account"));
        }

        calls(breaker, 9, true);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
        call(breaker, true);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
    }

    private CircuitBreaker<String> opened(BreakerPolicy policy) {
        CircuitBreaker<String> breaker = breaker(policy);
        calls(breaker, 10, true);
        ticker.advance(Duration.ofSeconds(30));
        return breaker;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void probes_allWell_closeIt(boolean shared) {
        CircuitBreaker<String> breaker = opened(shared ? TEN.probes(3).shared() : TEN.probes(3));

        var first = breaker.enter("a");
        var second = breaker.enter("a");
        var third = breaker.enter("a");
        assertThatThrownBy(() -> breaker.enter("a")).isInstanceOf(CircuitOpenException.class);
        first.ended(null);
        first.ended(null); // told twice, counted once
        second.ended(null);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.PROBING);
        assertThatThrownBy(() -> breaker.enter("a")).isInstanceOf(CircuitOpenException.class);
        third.ended(null);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
        calls(breaker, 9, true); // the window begins anew
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void probe_failing_opensItForTheWholeTime() {
        CircuitBreaker<String> breaker = opened(TEN);

        call(breaker, true);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
        ticker.advance(Duration.ofSeconds(29));
        assertThatThrownBy(() -> breaker.enter("a")).isInstanceOf(CircuitOpenException.class);
        ticker.advance(Duration.ofSeconds(1));
        call(breaker, false);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void probe_ignored_givesItsPlaceToAnother() {
        CircuitBreaker<String> breaker = opened(TEN.ignoring(List.of(FileNotFoundException.class)));

        breaker.enter("a").ended(new FileNotFoundException("no such account"));
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.PROBING);
        call(breaker, false);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void probe_thatNeverEnds_isReplacedAfterTheTime() {
        CircuitBreaker<String> breaker = opened(TEN);
        var lost = breaker.enter("a");
        assertThatThrownBy(() -> breaker.enter("a")).isInstanceOf(CircuitOpenException.class);
        ticker.advance(Duration.ofSeconds(30));

        var next = breaker.enter("a");
        lost.ended(new IOException("far too late")); // of an earlier round: tells nothing
        next.ended(null);

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void call_begunBeforeItOpened_countsNoMore() {
        CircuitBreaker<String> breaker = breaker(TEN);
        var late = breaker.enter("a");
        calls(breaker, 10, true);
        ticker.advance(Duration.ofSeconds(30));
        var probe = breaker.enter("a");

        late.ended(new IOException("down"));

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.PROBING);
        probe.ended(null);
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void call_withWork_passesResultsAndFailuresOn() throws Exception {
        CircuitBreaker<String> breaker = breaker(BreakerPolicy.lastCalls(1));

        assertThat(breaker.call("a", () -> "x")).isEqualTo("x");
        assertThatThrownBy(() -> breaker.call("a", () -> {
                    throw new IOException("down");
                }))
                .isExactlyInstanceOf(IOException.class);

        assertThatThrownBy(() -> breaker.call("a", () -> "x")).isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void local_overAStoreWithoutCells_works() {
        try (Larder none = Larder.open("null:")) {
            CircuitBreaker<String> breaker = Toolbox.over(none).circuitBreaker("bank:{key}", String.class, TEN);
            calls(breaker, 10, true);
            assertThatThrownBy(() -> breaker.enter("a")).isInstanceOf(CircuitOpenException.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Toolbox.over(none).circuitBreaker("bank:{key}", String.class, TEN.shared()));
        }
    }

    private static int passed(List<Callable<Integer>> tasks) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
        try {
            int sum = 0;
            for (Future<Integer> one : pool.invokeAll(tasks)) {
                sum += one.get();
            }
            return sum;
        } finally {
            pool.shutdownNow();
        }
    }

    private static boolean isRefused(CircuitBreaker<String> breaker) {
        try {
            Passage unused = breaker.enter("a"); // that does not end
            return false;
        } catch (CircuitOpenException e) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void probes_manyThreads_noMoreThanSaid(boolean shared) throws Exception {
        BreakerPolicy policy = TEN.probes(7);
        CircuitBreaker<String> breaker = opened(shared ? policy.shared() : policy);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            tasks.add(() -> {
                int entered = 0;
                for (int i = 0; i < 200; i++) {
                    entered += isRefused(breaker) ? 0 : 1;
                }
                return entered;
            });
        }

        assertThat(passed(tasks)).isEqualTo(7);
    }

    @Test
    void counting_manyThreads_losesNoCall() throws Exception {
        CircuitBreaker<String> breaker =
                breaker(BreakerPolicy.within("1h").callsMin(16_001).failureRate(1));
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            tasks.add(() -> {
                calls(breaker, 2000, true);
                return 0;
            });
        }
        assertThat(passed(tasks)).isZero();

        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.CLOSED);
        call(breaker, true); // the 16,001st
        assertThat(breaker.state("a")).isEqualTo(CircuitBreaker.State.OPEN);
    }
}
