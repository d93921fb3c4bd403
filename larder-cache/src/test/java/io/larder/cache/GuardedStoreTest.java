package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.spi.NotKeptException;
import io.larder.cache.spi.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract, and what happens while the store behind it is down and afterwards. */
class GuardedStoreTest extends StoreContract<byte[]> {
    private static final Duration TTL = Duration.ofDays(1);

    private final FakeTicker ticker = new FakeTicker();
    private final Later later = new Later(ticker);
    private final FakeByteStore remote = new FakeByteStore(ticker);
    private final GuardedStore guarded = new GuardedStore(
            remote,
            "fake:",
            new Surroundings(ticker, new FakeClock(ticker), () -> 0, new Background(Runnable::run, 64), later));

    @Override
    protected Store<byte[]> open() {
        remote.giveLeases();
        return guarded;
    }

    @Override
    protected byte[] value(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void pass(Duration time) {
        later.pass(time);
    }

    @Override
    protected Duration lateness() {
        return Duration.ofSeconds(1);
    }

    private void failsTimes(int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> guarded.find("k")).isInstanceOf(LarderException.class);
        }
    }

    @Test
    void find_failedFiveTimes_isNotAskedUntilTheProbeSucceeds() {
        remote.down(true);
        failsTimes(5);
        assertThat(guarded.health("").open()).isTrue();
        int finds = remote.finds();

        failsTimes(100);
        assertThat(remote.finds()).isEqualTo(finds);
        pass(Duration.ofSeconds(1));
        failsTimes(2);
        assertThat(remote.finds()).as("one probe").isEqualTo(finds + 1);
        pass(Duration.ofSeconds(1));
        failsTimes(1);
        assertThat(remote.finds()).as("it waits longer now").isEqualTo(finds + 1);

        remote.down(false);
        pass(Duration.ofSeconds(1));
        assertThat(guarded.find("k")).isNull();
        assertThat(guarded.health("")).isEqualTo(new StoreHealth("", "fake:", false, 0, 0));
    }

    @Test
    void find_openFor_pausesGrowToThirtySecondsAtMost() {
        remote.down(true);
        failsTimes(5);
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(30));
            int finds = remote.finds();
            failsTimes(3);
            assertThat(remote.finds()).isEqualTo(finds + 1);
        }
    }

    @Test
    void find_halfOfTwentyFail_opens() {
        for (int i = 0; i < 10; i++) {
            remote.down(true);
            failsTimes(1);
            remote.down(false);
            assertThat(guarded.health("").open()).isFalse();
            Object unused = guarded.find("k");
        }
        remote.down(true);
        failsTimes(1);

        assertThat(guarded.health("").open()).isTrue();
    }

    @Test
    void find_fewFailuresInLongTime_staysClosed() {
        for (int i = 0; i < 50; i++) {
            remote.down(true);
            failsTimes(1);
            remote.down(false);
            for (int j = 0; j < 3; j++) {
                Object unused = guarded.find("k");
            }
            pass(Duration.ofSeconds(5));
        }

        assertThat(guarded.health("").open()).isFalse();
    }

    @Test
    void find_slowAnswers_countAsFailures() {
        remote.beforeFind(() -> ticker.advance(Duration.ofSeconds(2)));
        for (int i = 0; i < 5; i++) {
            Object unused = guarded.find("k");
        }

        assertThat(guarded.health("").open()).isTrue();
    }

    @Test
    void remove_storeDown_isMadeUpForWhenItIsBack() {
        guarded.put("k", value("old"), TTL);
        guarded.put("other", value("kept"), TTL);
        remote.down(true);
        assertThatThrownBy(() -> guarded.remove("k")).isInstanceOf(LarderException.class);
        assertThat(guarded.health("").missedRemovals()).isEqualTo(1);
        pass(Duration.ofSeconds(2));
        assertThat(guarded.health("").missedRemovals()).isEqualTo(1);

        remote.down(false);
        pass(Duration.ofSeconds(2));

        assertThat(remote.find("k")).isNull();
        assertThat(remote.find("other")).isNotNull();
        assertThat(guarded.health("").missedRemovals()).isZero();
        assertThat(later.waiting()).isZero();
    }

    @Test
    void find_removalMissed_isNeverServedHere() {
        guarded.put("k", value("old"), TTL);
        remote.writesDown(true);
        assertThatThrownBy(() -> guarded.remove("k")).isInstanceOf(LarderException.class);

        assertThatThrownBy(() -> guarded.find("k")).isInstanceOf(LarderException.class);
        assertThat(guarded.findAll(List.of("k")).failures()).containsKey("k");
        remote.writesDown(false);

        assertThat(guarded.find("k")).isNull();
        assertThat(remote.find("k")).isNull();
    }

    @Test
    void put_storeDown_theValueBeforeIsNotServedAfterwards() {
        guarded.put("k", value("old"), TTL);
        remote.writesDown(true);
        assertThatThrownBy(() -> guarded.put("k", value("new"), TTL)).isInstanceOf(LarderException.class);
        remote.writesDown(false);

        assertThat(guarded.find("k")).isNull();
    }

    @Test
    void retry_keyTheStoreRefuses_isDroppedAndOthersAreToldBeforeAndAfterIt() {
        List<String> keys = List.of("a", "refused", "z");
        keys.forEach(key -> guarded.put(key, value("old"), TTL));
        remote.writesDown(true);
        keys.forEach(key -> assertThatThrownBy(() -> guarded.remove(key)).isInstanceOf(LarderException.class));
        remote.writesDown(false);
        remote.beforeWrite(key -> {
            if (key.equals("refused")) {
                throw new IllegalArgumentException("no such key");
            }
        });

        pass(Duration.ofSeconds(2));

        assertThat(remote.find("a")).isNull();
        assertThat(remote.find("z")).isNull();
        assertThat(guarded.health("").missedRemovals()).isZero();
        assertThat(later.waiting()).isZero();
    }

    @Test
    void retry_severalMissed_theStoreIsToldInTheirOrder() {
        remote.writesDown(true);
        List.of("c", "a", "b", "c")
                .forEach(key -> assertThatThrownBy(() -> guarded.remove(key)).isInstanceOf(LarderException.class));
        remote.writesDown(false);
        List<String> told = new ArrayList<>();
        remote.beforeWrite(told::add);

        pass(Duration.ofSeconds(2));

        assertThat(told).as("each once, by its last removal").containsExactly("a", "b", "c");
    }

    @Test
    void retry_storeStillDown_stopsAtTheFailureThatOpensTheBreaker() {
        remote.writesDown(true);
        for (int i = 0; i < 100; i++) {
            String key = "k" + i;
            assertThatThrownBy(() -> guarded.remove(key)).isInstanceOf(LarderException.class);
        }
        List<String> asked = new ArrayList<>();
        remote.beforeWrite(asked::add);

        pass(Duration.ofSeconds(2));

        assertThat(asked).as("one probe, by the oldest").containsExactly("k0");
        assertThat(guarded.health("").missedRemovals()).isEqualTo(100);
    }

    @Test
    void missed_storeDownForAWeek_removalDoesNotExpire() {
        guarded.put("k", value("old"), Duration.ofDays(30));
        remote.writesDown(true);
        assertThatThrownBy(() -> guarded.remove("k")).isInstanceOf(LarderException.class);
        for (int hour = 0; hour < 7 * 24; hour++) {
            pass(Duration.ofHours(1));
        }
        remote.writesDown(false);
        pass(Duration.ofHours(1));

        assertThat(remote.find("k")).isNull();
        assertThat(later.waiting()).isZero();
    }

    @Test
    void retry_oneNodeOfSeveralDown_tellsTheOthersAndTriesAgain() {
        List<String> keys = List.of("down", "z");
        remote.writesDown(true);
        keys.forEach(key -> assertThatThrownBy(() -> guarded.remove(key)).isInstanceOf(LarderException.class));
        remote.writesDown(false);
        remote.beforeWrite(key -> {
            if (key.equals("down")) {
                throw new LarderException("this node is down");
            }
        });

        pass(Duration.ofSeconds(2));
        assertThat(guarded.health("").missedRemovals()).isEqualTo(1);
        assertThat(later.waiting()).isEqualTo(1);
        remote.beforeWrite(key -> {});
        pass(Duration.ofSeconds(2));

        assertThat(guarded.health("").missedRemovals()).isZero();
    }

    @Test
    void put_valueNotKept_isNoFailureOfTheStoreAndSettlesTheKey() {
        remote.writesDown(true);
        assertThatThrownBy(() -> guarded.remove("k")).isInstanceOf(LarderException.class);
        remote.writesDown(false);
        remote.beforeWrite(key -> {
            throw new NotKeptException("too large");
        });

        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> guarded.put("k", value("large"), TTL)).isInstanceOf(NotKeptException.class);
        }

        assertThat(guarded.health("")).isEqualTo(new StoreHealth("", "fake:", false, 0, 0));
    }

    @Test
    void put_afterAMissedRemoval_settlesIt() {
        remote.down(true);
        assertThatThrownBy(() -> guarded.remove("k")).isInstanceOf(LarderException.class);
        remote.down(false);

        guarded.put("k", value("new"), TTL);
        pass(Duration.ofSeconds(2));

        assertThat(guarded.find("k")).isEqualTo(value("new"));
    }

    @Test
    void missed_removalDuringAPut_isNotSettledByIt() {
        Missed missed = new Missed();
        long upTo = missed.last();

        assertThat(missed.add("k", 0)).isTrue();
        missed.settled("k", upTo);

        assertThat(missed.contains("k")).isTrue();
    }

    @Test
    void missed_sameKeyTwice_lastWins() {
        Missed missed = new Missed();
        missed.add("k", 0);
        long upTo = missed.last();
        missed.add("k", 0);

        missed.settled("k", upTo);

        assertThat(missed.contains("k")).isTrue();
        assertThat(missed.size()).isEqualTo(1);
    }

    @Test
    void missed_overflow_isBoundedAndDistrustsWhatIsOlder() {
        Missed missed = new Missed();
        for (int i = 0; i <= Missed.KEYS_MAX; i++) {
            missed.add("k" + i, 42);
        }

        assertThat(missed.size()).isEqualTo(Missed.KEYS_MAX);
        assertThat(missed.contains("k0")).isFalse();
        assertThat(missed.dropped()).isEqualTo(1);
        assertThat(missed.distrustedMillis()).isEqualTo(42);
        assertThat(missed.oldest(2)).containsExactly("k1", "k2");
    }

    @Test
    void get_removalsOverflowed_entriesOfBeforeAreNotServed() {
        try (Larder larder = Larder.builder()
                .store(remote)
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .timer(later)
                .open()) {
            Cached<Long, String> values = larder.cached("v:{key}", Long.class, String.class, id -> "new")
                    .ttl("1d")
                    .build();
            values.put(0L, "old");
            remote.writesDown(true);
            for (long i = 0; i <= Missed.KEYS_MAX; i++) {
                values.invalidate(i);
            }
            remote.writesDown(false);
            pass(Duration.ofSeconds(31));

            assertThat(values.get(0L)).isEqualTo("new");
            assertThat(larder.health().get(0).droppedRemovals()).isEqualTo(1);
        }
    }
}
