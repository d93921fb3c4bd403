package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A function over {@code mem:}, called by one thread. */
class CachedFunctionTest {
    record Account(long id, String name) {}

    private final FakeTicker ticker = new FakeTicker();
    private final Larder larder = Larder.builder()
            .url("mem:")
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .random(() -> 0)
            .open();
    private final List<Long> loads = new ArrayList<>();
    private final Cached<Long, Account> accounts = larder.cached("account:{key}", Long.class, Account.class, this::load)
            .ttl("10m")
            .build();

    private Account load(long id) {
        loads.add(id);
        ticker.advance(Duration.ofMillis(3));
        return new Account(id, "load " + loads.size());
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void get_twice_loadsOnce() {
        Account first = accounts.get(7L);
        Account second = accounts.apply(7L);

        assertThat(second).isSameAs(first);
        assertThat(loads).containsExactly(7L);
        assertThat(accounts.stats())
                .isEqualTo(new CacheStats(
                        1,
                        1,
                        0,
                        0,
                        1,
                        0,
                        Duration.ofMillis(3),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        1,
                        0,
                        0,
                        Duration.ofMillis(3),
                        0,
                        0));
        assertThat(accounts.stats().hitRatio()).isEqualTo(0.5);
    }

    static Stream<Object> falsyValues() {
        return Stream.of(0, 0L, "", false, List.of(), Double.NaN);
    }

    @ParameterizedTest
    @MethodSource("falsyValues")
    void get_falsyValue_isAHit(Object value) {
        assertHit(value);
    }

    @Test
    void get_nullValue_isAHit() {
        int[] calls = {0};
        Cached<Long, String> names = larder.cached("name:{key}", Long.class, String.class, id -> {
                    calls[0]++;
                    return Nulls.cast(null);
                })
                .ttl("10m")
                .build();

        assertThat(names.get(1L)).isNull();
        assertThat(names.get(1L)).isNull();

        assertThat(calls[0]).isEqualTo(1);
        assertThat(names.peek(1L)).isInstanceOf(Lookup.Fresh.class);
    }

    private void assertHit(Object value) {
        int[] calls = {0};
        Cached<Long, Object> values = larder.cached("falsy:{key}", Long.class, Object.class, id -> {
                    calls[0]++;
                    return value;
                })
                .ttl("10m")
                .build();

        assertThat(values.get(1L)).isEqualTo(value);
        assertThat(values.get(1L)).isEqualTo(value);
        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void get_atTheEndOfTtl_loadsAgain() {
        accounts.get(7L);
        ticker.advance(Duration.ofMinutes(10).minusNanos(1));
        accounts.get(7L);
        assertThat(loads).hasSize(1);

        ticker.advance(Duration.ofNanos(1));
        accounts.get(7L);

        assertThat(loads).hasSize(2);
    }

    @Test
    void get_everySecondForThreeTtls_reloadsEachTtl() {
        for (int second = 0; second < 3 * 600; second++) {
            accounts.get(7L);
            ticker.advance(Duration.ofSeconds(1));
        }

        assertThat(loads).hasSize(3); // a TTL that slides with each hit would load once
    }

    @Test
    void get_jitterDrawn_shortensTheTtl() {
        Larder halfway = Larder.builder().ticker(ticker).random(() -> 1L << 63).open(); // nextDouble gives 0.5
        Cached<Long, Account> jittery = halfway.cached("account:{key}", Long.class, Account.class, this::load)
                .ttl("100s")
                .jitter(0.2)
                .build();

        jittery.get(7L);
        ticker.advance(Duration.ofSeconds(89));
        jittery.get(7L);
        assertThat(loads).hasSize(1);
        ticker.advance(Duration.ofSeconds(1));
        jittery.get(7L);

        assertThat(loads).hasSize(2);
        halfway.close();
    }

    @Test
    void get_shorterTtlThanTheEntryWasWrittenWith_appliesItsOwn() {
        Cached<Long, Account> brief = larder.cached("account:{key}", Long.class, Account.class, this::load)
                .ttl("1m")
                .build();
        accounts.get(7L);

        ticker.advance(Duration.ofSeconds(59));
        brief.get(7L);
        assertThat(loads).hasSize(1);
        ticker.advance(Duration.ofSeconds(1));
        brief.get(7L);

        assertThat(loads).hasSize(2);
    }

    @Test
    void peek_beforeAndAfterLoad_tellsWhatIsThereWithoutLoading() {
        assertThat(accounts.peek(7L)).isEqualTo(new Lookup.Absent<>());
        Account loaded = accounts.get(7L);

        Lookup<Account> found = accounts.peek(7L);

        assertThat(found).isInstanceOfSatisfying(Lookup.Fresh.class, fresh -> {
            assertThat(fresh.value()).isSameAs(loaded);
            assertThat(fresh.meta().loadTime()).isEqualTo(Duration.ofMillis(3));
            assertThat(fresh.meta().created()).isEqualTo(FakeClock.START.plusMillis(3));
            assertThat(fresh.meta().freshUntil())
                    .isEqualTo(FakeClock.START.plusMillis(3).plusSeconds(600));
        });
        assertThat(accounts.stats().hits() + accounts.stats().misses()).isEqualTo(1);
    }

    @Test
    void put_value_isServedWithoutLoading() {
        accounts.put(7L, new Account(7, "put"));

        assertThat(accounts.get(7L).name()).isEqualTo("put");
        assertThat(loads).isEmpty();
    }

    @Test
    void invalidate_cached_loadsAgain() {
        accounts.get(7L);
        accounts.get(8L);

        accounts.invalidate(7L);
        accounts.get(7L);
        accounts.get(8L);

        assertThat(loads).containsExactly(7L, 8L, 7L);
    }

    @Test
    void bypass_cached_loadsAndLeavesTheStoreAlone() {
        Account cached = accounts.get(7L);

        assertThat(accounts.bypass(7L).name()).isEqualTo("load 2");

        assertThat(accounts.get(7L)).isSameAs(cached);
    }

    @Test
    void refresh_cached_loadsAndStores() {
        accounts.get(7L);

        Account refreshed = accounts.refresh(7L);

        assertThat(refreshed.name()).isEqualTo("load 2");
        assertThat(accounts.get(7L)).isSameAs(refreshed);
    }

    @Test
    void refresh_loaderFails_keepsWhatWasStored() {
        boolean[] failing = {false};
        Cached<Long, Account> flaky = larder.cached("flaky:{key}", Long.class, Account.class, id -> {
                    if (failing[0]) {
                        throw new IOException("down");
                    }
                    return load(id);
                })
                .ttl("10m")
                .build();
        Account stored = flaky.get(7L);
        failing[0] = true;

        assertThatThrownBy(() -> flaky.refresh(7L)).isInstanceOf(LoadFailedException.class);

        assertThat(flaky.get(7L)).isSameAs(stored);
    }

    @Test
    void get_loaderThrowsUnchecked_comesOutAsItselfAndIsNotCached() {
        IllegalStateException failure = new IllegalStateException("no such account");
        Cached<Long, Account> failing = failingWith(failure);

        assertThatThrownBy(() -> failing.get(7L)).isSameAs(failure);
        assertThatThrownBy(() -> failing.get(7L)).isSameAs(failure);

        assertThat(failing.stats().loads()).isEqualTo(2);
        assertThat(failing.stats().loadFailures()).isEqualTo(2);
    }

    @Test
    void get_loaderThrowsChecked_isTheCause() {
        IOException failure = new IOException("connection reset");
        Cached<Long, Account> failing = failingWith(failure);

        assertThatThrownBy(() -> failing.get(7L))
                .isInstanceOf(LoadFailedException.class)
                .hasMessage("loading failing:7 failed: java.io.IOException: connection reset")
                .hasCause(failure);
        assertThatThrownBy(() -> failing.bypass(7L)).hasCause(failure);
    }

    @Test
    void get_loaderIsInterrupted_setsTheFlagAgain() {
        Cached<Long, Account> failing = failingWith(new InterruptedException());

        assertThatThrownBy(() -> failing.get(7L)).isInstanceOf(LoadFailedException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    private Cached<Long, Account> failingWith(Exception failure) {
        return larder.cached("failing:{key}", Long.class, Account.class, id -> {
                    throw failure;
                })
                .ttl("10m")
                .build();
    }

    @Test
    void cached_genericValue_isWritten() {
        Cached<String, List<Account>> byName = larder.cached(
                        "accounts:{key}",
                        TypeRef.of(String.class),
                        new TypeRef<List<Account>>() {},
                        name -> Arrays.asList(new Account(1, name), null))
                .forever()
                .build();

        assertThat(byName.get("x")).containsExactly(new Account(1, "x"), null);
        assertThat(byName.policy().ttl()).isEqualTo(Policy.FOREVER);
    }

    @Test
    void apply_asFunction_composes() {
        Function<Long, String> nameOf = accounts.andThen(Account::name);

        assertThat(nameOf.apply(7L)).isEqualTo("load 1");
    }

    @Test
    void build_withoutTtl_saysWhatToWrite() {
        CachedSpec<Long, Account> spec = larder.cached("x:{key}", Long.class, Account.class, this::load);

        assertThatIllegalArgumentException()
                .isThrownBy(spec::build)
                .withMessage("cached(\"x:{key}\") has no ttl; write .ttl(\"10m\") before .build(), or .forever()");
    }

    @Test
    void build_templateOfAnotherType_isRefused() {
        CachedSpec<Long, String> spec = larder.cached("account:{key}", Long.class, String.class, id -> "")
                .ttl("1m");

        assertThatIllegalArgumentException()
                .isThrownBy(spec::build)
                .withMessage("key template \"account:{key}\" is already used for values of type Account, not String;"
                        + " give one of them another template");
    }

    @Test
    void build_oneUseValue_isRefused() {
        CachedSpec<Long, Stream<?>> spec = larder.cached(
                        "x:{key}", TypeRef.of(Long.class), new TypeRef<Stream<?>>() {}, id -> Stream.of(id))
                .ttl("1m");

        assertThatIllegalArgumentException()
                .isThrownBy(spec::build)
                .withMessage("values of \"x:{key}\" are Stream<?>, which only one caller can use;"
                        + " let the loader return what is in it, like a List");
    }

    @Test
    void get_keyOfOverlappingTemplateWithOtherType_isAMiss() {
        Cached<String, String> texts = larder.cached("{key}:7", String.class, String.class, key -> "text")
                .ttl("1m")
                .build();
        texts.put("account", "not an account");

        assertThat(accounts.key(7L)).isEqualTo(texts.key("account"));
        assertThat(accounts.get(7L).name()).isEqualTo("load 1");
    }

    @Test
    void stats_ofTheLarder_sumsAllFunctions() {
        accounts.get(7L);
        accounts.get(7L);
        Cached<Long, String> names = larder.cached("name:{key}", Long.class, String.class, id -> "n")
                .ttl("1m")
                .build();
        names.get(1L);

        assertThat(larder.stats().hits()).isEqualTo(1);
        assertThat(larder.stats().misses()).isEqualTo(2);
        assertThat(larder.stats().loads()).isEqualTo(2);
    }
}
