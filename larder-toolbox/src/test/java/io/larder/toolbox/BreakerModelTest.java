package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Breakers of one process beside plain lists, over many calls. */
class BreakerModelTest {
    private final FakeTicker ticker = new FakeTicker();
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .url("mem:")
            .open();

    @AfterEach
    void close() {
        larder.close();
    }

    private CircuitBreaker<String> breaker(BreakerPolicy policy) {
        return Toolbox.over(larder).circuitBreaker("bank:{key}", String.class, policy);
    }

    private static void call(CircuitBreaker<String> breaker, boolean fails) {
        breaker.enter("a").ended(fails ? new IOException("down") : null);
    }

    /** Beside a plain list of the last calls, over 20,000 calls of chance. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void lastCalls_manyCalls_opensExactlyWhenAListWould(long seed) {
        Random random = new Random(seed);
        BreakerPolicy policy =
                BreakerPolicy.lastCalls(50).callsMin(20).failureRate(0.4).openFor("1s");
        CircuitBreaker<String> breaker = breaker(policy);
        List<Boolean> last = new ArrayList<>();
        int opened = 0;
        for (int i = 0; i < 20_000; i++) {
            boolean fails = random.nextInt(100) < 28;
            call(breaker, fails);
            last.add(fails);
            if (last.size() > 50) {
                last.remove(0);
            }
            long failed = last.stream().filter(failure -> failure).count();
            boolean opens = last.size() >= 20 && failed >= 0.4 * last.size();
            assertThat(breaker.state("a")).isEqualTo(opens ? CircuitBreaker.State.OPEN : CircuitBreaker.State.CLOSED);
            if (opens) {
                opened++;
                last.clear();
                ticker.advance(Duration.ofSeconds(1));
                call(breaker, false);
            }
        }
        assertThat(opened).isGreaterThan(10);
    }

    /** Beside a list of the calls with their times. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void within_manyCalls_opensExactlyWhenAListWould(long seed) {
        Random random = new Random(seed);
        BreakerPolicy policy =
                BreakerPolicy.within("1s").callsMin(20).failureRate(0.4).openFor("1s");
        CircuitBreaker<String> breaker = breaker(policy);
        List<long[]> seen = new ArrayList<>(); // step of 100 ms, failed
        long millis = ticker.nanos() / 1_000_000; // below zero
        int opened = 0;
        for (int i = 0; i < 20_000; i++) {
            int pause = random.nextInt(40);
            millis += pause;
            ticker.advance(Duration.ofMillis(pause));
            boolean fails = random.nextInt(100) < 28;
            call(breaker, fails);
            long step = Math.floorDiv(millis, 100L);
            seen.add(new long[] {step, fails ? 1 : 0});
            seen.removeIf(call -> call[0] <= step - 10);
            long failed = seen.stream().mapToLong(call -> call[1]).sum();
            boolean opens = seen.size() >= 20 && failed >= 0.4 * seen.size();
            assertThat(breaker.state("a")).isEqualTo(opens ? CircuitBreaker.State.OPEN : CircuitBreaker.State.CLOSED);
            if (opens) {
                opened++;
                seen.clear();
                millis += 1000;
                ticker.advance(Duration.ofSeconds(1));
                call(breaker, false);
            }
        }
        assertThat(opened).isGreaterThan(10);
    }
}
