package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExptimeTest {
    private static final long NOW = 1_700_000_000;

    private final Exptime exptime = new Exptime(InstantSource.fixed(Instant.ofEpochSecond(NOW)));

    @ParameterizedTest
    @CsvSource({
        "PT0S,0",
        "PT0.000000001S,1",
        "PT0.5S,1",
        "PT1S,1",
        "PT1.001S,2",
        "PT2592000S,2592000",
        "PT2592000.1S,1702592001",
        "PT2592001S,1702592001",
        "P365D,1731536000",
        "P5182D,2147483647",
        "PT9223372036854775807.9S,2147483647"
    })
    void of_duration_isThisOnTheWire(Duration ttl, long expected) {
        assertThat(exptime.of(ttl)).isEqualTo(expected);
    }

    @Test
    void of_negative_isRefused() {
        assertThatThrownBy(() -> exptime.of(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("TTL must be zero (never expires) or more, was PT-0.000000001S");
    }

    @Property
    void of_anyTtl_neverMeansForEverNorThePast(@ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 2) long nanos) {
        long wire = exptime.of(Duration.ofNanos(nanos));

        assertThat(wire)
                .isPositive()
                .satisfiesAnyOf(
                        w -> assertThat(w).isLessThanOrEqualTo(2_592_000),
                        w -> assertThat(w).isGreaterThan(NOW));
    }
}
