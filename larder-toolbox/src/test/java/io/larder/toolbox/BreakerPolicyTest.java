package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.LarderException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BreakerPolicyTest {
    private static final BreakerPolicy TEN = BreakerPolicy.lastCalls(10);

    private static Arguments refused(String message, ThrowingCallable making) {
        return Arguments.of(message, making);
    }

    static Stream<Arguments> whatCannotWork() {
        return Stream.of(
                refused("lastCalls must be from 1 to 1000, was 1001", () -> BreakerPolicy.lastCalls(1001)),
                refused("lastCalls must be from 1 to 1000, was 0", () -> BreakerPolicy.lastCalls(0)),
                refused("lastCalls must be from 1 to 1000, was -1", () -> BreakerPolicy.lastCalls(-1)),
                refused("within must be from 10 ms to an hour, was 2h; write \"1m\"", () -> BreakerPolicy.within("2h")),
                refused("within must be from 10 ms to an hour, was 0s; write \"1m\"", () -> BreakerPolicy.within("0s")),
                refused(
                        "lastCalls and within are both given; keep one of them",
                        () -> new BreakerPolicy.Window(10, Duration.ofSeconds(1))),
                refused("callsMin must be from 1 to 10, was 11", () -> TEN.callsMin(11)),
                refused(
                        "callsMin must be from 1 to 1000000, was 0",
                        () -> BreakerPolicy.within("1m").callsMin(0)),
                refused("failureRate must be above 0 and at most 1, was 50.0; write 0.5", () -> TEN.failureRate(50)),
                refused(
                        "failureRate must be above 0 and at most 1, was NaN; write 0.5",
                        () -> TEN.failureRate(Double.NaN)),
                refused("slowRate must be above 0 and at most 1, was 0.0; write 0.5", () -> TEN.slow("1s", 0)),
                refused("slowAfter must be from 1 ms to a day, was 0s; write \"2s\"", () -> TEN.slow("0s", 0.5)),
                refused("openFor must be from 1 ms to a day, was 2d; write \"30s\"", () -> TEN.openFor("2d")),
                refused("probes must be from 1 to 100, was 0", () -> TEN.probes(0)),
                refused("keysMax must be from 1 to 1000000, was 0", () -> TEN.keysMax(0)),
                refused(
                        "IOException is among those that fail and among those ignored; remove one",
                        () -> TEN.failingOn(List.of(IOException.class)).ignoring(List.of(IOException.class))));
    }

    @ParameterizedTest
    @MethodSource("whatCannotWork")
    void policy_thatCannotWork_isRefusedWithWhatToWrite(String message, ThrowingCallable making) {
        assertThatIllegalArgumentException().isThrownBy(() -> run(making)).withMessage(message);
    }

    private static void run(ThrowingCallable making) {
        try {
            making.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void policy_ofTheSameFigures_isTheSame() {
        assertThat(BreakerPolicy.within("1m").slow("2s", 0.5).ignoring(List.of(IOException.class)))
                .isEqualTo(BreakerPolicy.within("60s").slow("2000ms", 0.5).ignoring(List.of(IOException.class)));
        assertThat(TEN.probes(2).suffix()).isNotEqualTo(TEN.suffix());
    }

    /** All processes must name a cell alike, whatever their JDK and language. */
    @Test
    void suffix_isWhatItWas() {
        assertThat(TEN.suffix()).isEqualTo(":1" + Integer.toHexString("10 0 10 0.5 0 1.0 30000 1".hashCode()));
        Locale before = Locale.getDefault();
        String suffix = TEN.suffix();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(TEN.suffix()).isEqualTo(suffix);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void failures_byListsAndTest_areWhatTheySay() {
        BreakerPolicy.Failures failures = TEN.failingOn(List.of(IOException.class))
                .ignoring(List.of(FileNotFoundException.class))
                .failingIf(failure -> !"busy".equals(failure.getMessage()))
                .failures();

        assertThat(failures.ignores(new FileNotFoundException("a"))).isTrue();
        assertThat(failures.ignores(new IOException("a"))).isFalse();
        assertThat(failures.isFailure(new IOException("a"))).isTrue();
        assertThat(failures.isFailure(new IOException("busy"))).isFalse();
        assertThat(failures.isFailure(new IllegalStateException("a"))).isFalse();
    }

    @Test
    void failures_ofRefusals_areIgnored() {
        RefusedException refused = new RateLimitedException("a", Duration.ofSeconds(1));

        assertThat(BreakerPolicy.Failures.ALL.ignores(refused)).isTrue();
        assertThat(BreakerPolicy.Failures.ALL.isFailure(new LarderException("down")))
                .isTrue();
    }

    @Test
    void failures_testThatRaises_countsAsFailure() {
        BreakerPolicy.Failures failures = TEN.failingIf(failure -> {
                    throw new IllegalStateException("of the test itself");
                })
                .failures();

        assertThat(failures.isFailure(new IOException("down"))).isTrue();
    }
}
