package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.LarderException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionTest {
    private static final long NOW = 1_000_000;
    private static final Policy TEN_SECONDS = Policy.of(Duration.ofSeconds(10));
    private static final Policy STALE = TEN_SECONDS.withStale(Duration.ofSeconds(60));
    private static final Policy EARLY = TEN_SECONDS.withEarly(new Early.After(Duration.ofSeconds(7)));
    private static final Policy PART = TEN_SECONDS.withEarly(new Early.Part(0.75));
    private static final Policy MEASURED = TEN_SECONDS.withEarly(new Early.Measured(1));
    private static final Policy HITS = TEN_SECONDS.withHits(Hits.of(500).refreshAfter(100));
    private static final Policy FALLBACK = TEN_SECONDS.withFallback(true);
    private static final Policy FAILOVER = TEN_SECONDS.withFailover(List.of(IOException.class));
    private static final Policy NEGATIVE =
            TEN_SECONDS.withNegatives(List.of(new Negative(NoSuchElementException.class, Duration.ofSeconds(5))));

    static Stream<Arguments> table() {
        Lookup<?> young = fresh(NOW - 5_000, 10_000);
        Lookup<?> old = fresh(NOW - 8_000, 10_000);
        Lookup<?> costly = new Lookup.Fresh<>("v", new Meta(1, NOW - 8_000, NOW + 2_000, 4_000_000));
        Lookup<?> stale = stale(20_000);
        return Stream.of(
                row("fresh", young, TEN_SECONDS, 1, 0, false, Decision.SERVE),
                row(
                        "fresh, null",
                        new Lookup.Fresh<>(Nulls.cast(null), meta(NOW, 10_000)),
                        TEN_SECONDS,
                        Decision.SERVE),
                row("fresh, false", new Lookup.Fresh<>(false, meta(NOW, 10_000)), TEN_SECONDS, Decision.SERVE),
                row("for longer, still young", fresh(NOW - 9_999, 60_000), TEN_SECONDS, Decision.SERVE),
                row("for longer, too old for us", fresh(NOW - 10_000, 60_000), TEN_SECONDS, Decision.LOAD),
                row("for ever, too old for us", fresh(NOW - 10_000, Long.MAX_VALUE), TEN_SECONDS, Decision.LOAD),
                row("for longer, too old, may be stale", fresh(NOW - 10_000, 60_000), STALE, Decision.LOAD_OR_SERVE),
                row("stale", stale, TEN_SECONDS, Decision.LOAD),
                row("stale, kept", stale, STALE, Decision.LOAD_OR_SERVE),
                row("stale, kept, loads pause", stale, STALE, 1, 0, true, Decision.SERVE_STALE),
                row("stale, kept too long", stale(70_000), STALE, Decision.LOAD),
                row("stale, not kept, loads pause", stale, TEN_SECONDS, 1, 0, true, Decision.LOAD),
                row("absent", new Lookup.Absent<>(), STALE, Decision.LOAD),
                promised("absent", new Lookup.Absent<>(), STALE, Decision.AWAIT),
                promised("stale, kept", stale, STALE, Decision.SERVE_STALE),
                promised("stale, kept too long", stale(70_000), STALE, Decision.AWAIT),
                promised("stale, failover", stale, FAILOVER.withStale(Duration.ofMinutes(1)), Decision.LOAD_OR_SERVE),
                promised("fresh", young, TEN_SECONDS, Decision.SERVE),
                promised("unavailable", unavailable(), STALE, Decision.LOAD_ONLY),
                row("unavailable", unavailable(), STALE, Decision.LOAD_ONLY),
                row("early, not yet", young, EARLY, Decision.SERVE),
                row("early, due", old, EARLY, Decision.SERVE_AND_REFRESH),
                row("early, due, loads pause", old, EARLY, 1, 0, true, Decision.SERVE),
                row("part, not yet", young, PART, Decision.SERVE),
                row("part, due", old, PART, Decision.SERVE_AND_REFRESH),
                row("measured, cheap", old, MEASURED, 1, 0.9, false, Decision.SERVE),
                row("measured, costly, unlucky", costly, MEASURED, 1, 0.9, false, Decision.SERVE_AND_REFRESH),
                row("measured, costly, lucky", costly, MEASURED, 1, 0.1, false, Decision.SERVE),
                row("use 99", young, HITS, 99, 0, false, Decision.SERVE),
                row("use 100", young, HITS, 100, 0, false, Decision.SERVE_AND_REFRESH),
                row("use 100, loads pause", young, HITS, 100, 0, true, Decision.SERVE),
                row("use 500", young, HITS, 500, 0, true, Decision.SERVE),
                row("use 501", young, HITS, 501, 0, false, Decision.LOAD),
                row(
                        "use 501, stale",
                        young,
                        HITS.withStale(Duration.ofSeconds(1)),
                        501,
                        0,
                        false,
                        Decision.LOAD_OR_SERVE),
                row("failover, fresh", young, FAILOVER, Decision.LOAD_OR_SERVE),
                row("failover, loads pause", young, FAILOVER, 1, 0, true, Decision.LOAD_OR_SERVE),
                row("failover, stale", stale, FAILOVER, Decision.LOAD),
                row("failover, absent", new Lookup.Absent<>(), FAILOVER, Decision.LOAD),
                row("negative", negative("java.util.NoSuchElementException"), NEGATIVE, Decision.RAISE),
                row("negative of another type", negative("java.io.IOException"), NEGATIVE, Decision.LOAD),
                row("absent, fallback", new Lookup.Absent<>(), FALLBACK, Decision.LOAD_OR_FALL_BACK),
                row("absent, fallback, loads pause", new Lookup.Absent<>(), FALLBACK, 1, 0, true, Decision.FALL_BACK),
                row("stale, fallback", stale, FALLBACK, Decision.LOAD_OR_FALL_BACK),
                row(
                        "stale, kept, fallback, loads pause",
                        stale,
                        FALLBACK.withStale(Duration.ofMinutes(1)),
                        1,
                        0,
                        true,
                        Decision.SERVE_STALE),
                row("fresh, fallback, loads pause", young, FALLBACK, 1, 0, true, Decision.SERVE),
                row("unavailable, fallback", unavailable(), FALLBACK, Decision.LOAD_ONLY),
                row("unavailable, fallback, loads pause", unavailable(), FALLBACK, 1, 0, true, Decision.FALL_BACK),
                row(
                        "absent, fallback, failover, loads pause",
                        new Lookup.Absent<>(),
                        FAILOVER.withFallback(true),
                        1,
                        0,
                        true,
                        Decision.LOAD_OR_FALL_BACK),
                row(
                        "negative, fallback, loads pause",
                        negative("java.util.NoSuchElementException"),
                        NEGATIVE.withFallback(true),
                        1,
                        0,
                        true,
                        Decision.RAISE),
                row("negative, none named", negative("java.io.IOException"), TEN_SECONDS, Decision.LOAD));
    }

    private static Arguments promised(String name, Lookup<?> lookup, Policy policy, Decision expected) {
        Decision.Circumstances promised = new Decision.Circumstances(NOW, 1, 0, false, true);
        return Arguments.of(name + ", another process loads", lookup, policy, promised, expected);
    }

    private static Arguments row(String name, Lookup<?> lookup, Policy policy, Decision expected) {
        return row(name, lookup, policy, 1, 0, false, expected);
    }

    private static Arguments row(
            String name, Lookup<?> lookup, Policy policy, long uses, double chance, boolean paused, Decision expected) {
        return Arguments.of(name, lookup, policy, new Decision.Circumstances(NOW, uses, chance, paused), expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void decide_everyRow_isAsTheTableSays(
            String row, Lookup<?> lookup, Policy policy, Decision.Circumstances around, Decision expected) {
        assertThat(Decision.decide(lookup, policy, around)).isEqualTo(expected);
    }

    @Property
    void decide_anyFreshEntry_servesNothingOlderThanThePolicysTtl(
            @ForAll @LongRange(min = 0, max = 100_000) long age,
            @ForAll @LongRange(min = 1, max = 100_000) long life,
            @ForAll @LongRange(min = 1, max = 100_000) long ttl) {
        Policy policy = Policy.of(Duration.ofMillis(ttl));
        boolean freshByItsWriter = age < life;

        Decision decision = Decision.decide(fresh(NOW - age, life), policy, at(NOW));

        if (freshByItsWriter) { // the store shows no other as fresh
            assertThat(decision).isEqualTo(age < ttl ? Decision.SERVE : Decision.LOAD);
        }
    }

    @Property
    void decide_clockNotNeeded_isTheSameAtAnyTime(
            @ForAll @LongRange(min = 1, max = 10_000) long life, @ForAll long now) {
        Lookup.Fresh<String> lookup = fresh(NOW, life);

        assertThat(Decision.dependsOnNow(lookup, TEN_SECONDS)).isFalse();
        assertThat(Decision.decide(lookup, TEN_SECONDS, at(now))).isEqualTo(Decision.SERVE);
    }

    @Property
    void servedLifeMillisMax_anyFreshEntryOfThatLife_isServedInAllCircumstances(
            @ForAll @LongRange(min = 1, max = 100_000) long life,
            @ForAll @LongRange(min = 1, max = 100_000) long ttl,
            @ForAll long now,
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE - 1) long uses,
            @ForAll @DoubleRange(min = 0, max = 0.99) double chance,
            @ForAll boolean paused) {
        Lookup<?> lookup = fresh(NOW, life);
        Decision.Circumstances any = new Decision.Circumstances(now, uses, chance, paused);
        Policy plain = Policy.of(Duration.ofMillis(ttl)).withStale(Duration.ofMinutes(1));

        assertThat(Decision.servedLifeMillisMax(plain)).isEqualTo(ttl);
        if (life <= ttl) {
            assertThat(Decision.decide(lookup, plain, any)).isEqualTo(Decision.SERVE);
        }
    }

    @Test
    void servedLifeMillisMax_policyThatLooksAtMore_isNone() {
        assertThat(Stream.of(EARLY, PART, MEASURED, HITS, FAILOVER).map(Decision::servedLifeMillisMax))
                .containsOnly(Long.MIN_VALUE);
        assertThat(Decision.servedLifeMillisMax(Policy.of(Policy.FOREVER))).isEqualTo(Long.MAX_VALUE);
    }

    @Property
    void decide_anyAge_isNeverServedWithoutALoadBeyondTtlAndStale(
            @ForAll @LongRange(min = 0, max = 200_000) long age,
            @ForAll @LongRange(min = 1, max = 100_000) long ttl,
            @ForAll @LongRange(min = 0, max = 100_000) long kept,
            @ForAll boolean paused,
            @ForAll @DoubleRange(min = 0, max = 0.99) double chance) {
        Policy policy = Policy.of(Duration.ofMillis(ttl)).withStale(Duration.ofMillis(kept));
        Lookup<?> lookup = age < ttl ? fresh(NOW - age, ttl) : new Lookup.Stale<>("v", meta(NOW - age, ttl));

        Decision decision = Decision.decide(lookup, policy, new Decision.Circumstances(NOW, 1, chance, paused));

        assertThat(decision == Decision.LOAD).isEqualTo(age >= ttl + kept);
    }

    private static Decision.Circumstances at(long now) {
        return new Decision.Circumstances(now, 1, 0, false);
    }

    private static Lookup.Fresh<String> fresh(long created, long life) {
        return new Lookup.Fresh<>("v", meta(created, life));
    }

    private static Lookup.Stale<String> stale(long age) {
        return new Lookup.Stale<>("v", meta(NOW - age, 10_000));
    }

    private static Lookup.Negative<String> negative(String type) {
        return new Lookup.Negative<>(type, "none", meta(NOW - 1, 5_000));
    }

    private static Lookup<String> unavailable() {
        return new Lookup.Unavailable<>(new LarderException("x"));
    }

    private static Meta meta(long created, long life) {
        return new Meta(1, created, life == Long.MAX_VALUE ? life : created + life, 0);
    }
}
