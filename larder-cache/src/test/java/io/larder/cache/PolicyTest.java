package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    @ParameterizedTest
    @CsvSource({"10m,PT10M", "90,PT1M30S", "1d2h3m50s,PT26H3M50S", "PT1H,PT1H", "250ms,PT0.25S"})
    void parse_everyForm_isRead(String text, Duration ttl) {
        assertThat(Policy.parse(text).ttl()).isEqualTo(ttl);
        assertThat(Policy.parse(text).jitter()).isEqualTo(0.1);
    }

    @Test
    void parse_forever_neverEnds() {
        assertThat(Policy.parse(" Forever ").ttl()).isEqualTo(Policy.FOREVER);
        assertThat(Policy.parse("forever").draw(Policy.FOREVER, 0.9)).isEqualTo(Policy.FOREVER);
    }

    @Test
    void parse_noDuration_saysWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.parse("10 minutes"))
                .withMessage("ttl \"10 minutes\" is not a duration;"
                        + " write it like 90 (seconds), 250ms, 10m, 1h30m, PT1H or forever");
    }

    @Test
    void parse_zero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.parse("0"))
                .withMessage("ttl must be at least 1ms, was 0s; write the time a value may be served, like 10m");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
    void withJitter_outOfRange_isRefused(double jitter) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.parse("10m").withJitter(jitter))
                .withMessageStartingWith("jitter must be from 0 to less than 1, was ");
    }

    @Test
    void withLease_longerThanAnyLoadShouldTake_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.parse("10m").withLease(Duration.ofHours(2)))
                .withMessage("lease must be at most 1h, was 2h; write the longest time a load may take, like 5s");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.parse("10m").withLease(Duration.ofMillis(-1)))
                .withMessageStartingWith("lease must not be negative");
    }

    @Test
    void of_longerThanNanosCanCount_isForever() {
        assertThat(Policy.of(Duration.ofDays(200_000)).ttl()).isEqualTo(Policy.FOREVER);
    }

    @Property
    void draw_anyChance_isWithinTheJitterBelowTheTtl(
            @ForAll @LongRange(min = 1, max = 1L << 40) long millis,
            @ForAll @DoubleRange(min = 0, max = 0.99) double jitter,
            @ForAll @DoubleRange(min = 0, max = 0.99) double chance) {
        Policy policy = Policy.of(Duration.ofMillis(millis)).withJitter(jitter);

        Duration drawn = policy.draw(policy.ttl(), chance);

        assertThat(drawn).isLessThanOrEqualTo(policy.ttl()).isGreaterThanOrEqualTo(Policy.TTL_MIN);
        assertThat(drawn.toNanos()).isGreaterThanOrEqualTo((long) (millis * 1e6 * (1 - jitter)) - 1000);
    }
}
