package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.LarderException;
import java.time.Duration;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionTest {
    private static final long NOW = 1_000_000;
    private static final Policy TEN_SECONDS = Policy.of(Duration.ofSeconds(10));

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of("fresh", fresh(NOW - 5_000, 10_000), Decision.SERVE),
                Arguments.of("fresh, null", new Lookup.Fresh<>(Nulls.cast(null), meta(NOW, 10_000)), Decision.SERVE),
                Arguments.of("fresh, false", new Lookup.Fresh<>(false, meta(NOW, 10_000)), Decision.SERVE),
                Arguments.of("written to live longer, still young", fresh(NOW - 9_999, 60_000), Decision.SERVE),
                Arguments.of("written to live longer, too old for us", fresh(NOW - 10_000, 60_000), Decision.LOAD),
                Arguments.of("written for ever, too old for us", fresh(NOW - 10_000, Long.MAX_VALUE), Decision.LOAD),
                Arguments.of("stale", new Lookup.Stale<>("v", meta(NOW - 20_000, 10_000)), Decision.LOAD),
                Arguments.of("absent", new Lookup.Absent<>(), Decision.LOAD),
                Arguments.of("unavailable", new Lookup.Unavailable<>(new LarderException("x")), Decision.LOAD_ONLY));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void decide_everyRow_isAsTheTableSays(String row, Lookup<?> lookup, Decision expected) {
        assertThat(Decision.decide(lookup, TEN_SECONDS, NOW)).isEqualTo(expected);
    }

    @Property
    void decide_anyFreshEntry_servesNothingOlderThanThePolicysTtl(
            @ForAll @LongRange(min = 0, max = 100_000) long age,
            @ForAll @LongRange(min = 1, max = 100_000) long life,
            @ForAll @LongRange(min = 1, max = 100_000) long ttl) {
        Policy policy = Policy.of(Duration.ofMillis(ttl));
        boolean freshByItsWriter = age < life;

        Decision decision = Decision.decide(fresh(NOW - age, life), policy, NOW);

        if (freshByItsWriter) { // the store shows no other as fresh
            assertThat(decision).isEqualTo(age < ttl ? Decision.SERVE : Decision.LOAD);
        }
    }

    @Property
    void decide_clockNotNeeded_isTheSameAtAnyTime(
            @ForAll @LongRange(min = 1, max = 10_000) long life, @ForAll long now) {
        Lookup.Fresh<String> lookup = fresh(NOW, life);

        assertThat(Decision.dependsOnNow(lookup.meta(), TEN_SECONDS)).isFalse();
        assertThat(Decision.decide(lookup, TEN_SECONDS, now)).isEqualTo(Decision.SERVE);
    }

    private static Lookup.Fresh<String> fresh(long created, long life) {
        return new Lookup.Fresh<>("v", meta(created, life));
    }

    private static Meta meta(long created, long life) {
        return new Meta(1, created, life == Long.MAX_VALUE ? life : created + life, 0);
    }
}
