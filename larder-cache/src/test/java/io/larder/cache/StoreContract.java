package io.larder.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import io.larder.cache.spi.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store does. Extend it, say how to make the store, how to make a value and how to let time pass.
 *
 * @param <T> the form of the store's values
 */
public abstract class StoreContract<T> {
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final String KEY = "account:7";

    /** The store, new for each test and empty; set before each. */
    protected Store<T> store;

    protected abstract Store<T> open();

    /** A value that equals other values made of the same text, and no others. */
    protected abstract T value(String text);

    /** Lets time pass for the store. Stores on real time wait; those that cannot may skip the test by an assumption. */
    protected abstract void pass(Duration time);

    /** Longest time an entry may outlive its TTL in this store. */
    protected Duration lateness() {
        return Duration.ZERO;
    }

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void find_nothingPut_isNull() {
        assertThat(store.find(KEY)).isNull();
    }

    @Test
    void find_afterPut_returnsTheValue() {
        store.put(KEY, value("one"), TTL);

        assertThat(store.find(KEY)).isEqualTo(value("one"));
    }

    @Test
    void find_otherKey_isNull() {
        store.put(KEY, value("one"), TTL);

        assertThat(store.find("account:8")).isNull();
    }

    @Test
    void put_again_replacesValueAndTtl() {
        store.put(KEY, value("one"), TTL.multipliedBy(10));
        store.put(KEY, value("two"), TTL);

        assertThat(store.find(KEY)).isEqualTo(value("two"));
        pass(TTL.plus(lateness()));
        assertThat(store.find(KEY)).isNull();
    }

    @Test
    void find_beforeTtlEnds_returnsTheValue() {
        store.put(KEY, value("one"), TTL);
        pass(TTL.minusSeconds(2));

        assertThat(store.find(KEY)).isEqualTo(value("one"));
    }

    @Test
    void find_readOftenUntilTtlEnds_isNullAllTheSame() {
        store.put(KEY, value("one"), TTL);

        for (int second = 0; second < TTL.toSeconds(); second++) {
            Object unused = store.find(KEY);
            pass(Duration.ofSeconds(1));
        }
        pass(lateness());

        assertThat(store.find(KEY)).isNull();
    }

    @Test
    void find_shortestTtl_endsSoon() {
        store.put(KEY, value("one"), Duration.ofMillis(1));

        pass(Duration.ofMillis(1).plus(lateness()));

        assertThat(store.find(KEY)).isNull();
    }

    @Test
    void find_foreverPut_outlivesOthers() {
        store.put(KEY, value("one"), Store.FOREVER);

        pass(Duration.ofSeconds(15));

        assertThat(store.find(KEY)).isEqualTo(value("one"));
    }

    @Test
    void find_yearLongTtl_isThere() {
        store.put(KEY, value("one"), Duration.ofDays(365));

        assertThat(store.find(KEY)).isEqualTo(value("one"));
    }

    @Test
    void remove_present_forgetsIt() {
        store.put(KEY, value("one"), TTL);

        store.remove(KEY);

        assertThat(store.find(KEY)).isNull();
    }

    @Test
    void remove_absent_doesNothing() {
        store.remove(KEY);

        assertThat(store.find(KEY)).isNull();
    }

    @Test
    void find_longestKeyOfAllSigns_isTaken() {
        StringBuilder key = new StringBuilder();
        for (char c = '!'; key.length() < 200; c = c == '~' ? '!' : (char) (c + 1)) {
            key.append(c);
        }

        store.put(key.toString(), value("one"), TTL);

        assertThat(store.find(key.toString())).isEqualTo(value("one"));
    }

    private Cells cells() {
        assumeTrue(store.capabilities().contains(Capability.ATOMIC), "it has cells");
        return store.cells();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void cells_notDeclared_areRefused() {
        assumeFalse(store.capabilities().contains(Capability.ATOMIC), "it has none");

        assertThatThrownBy(() -> store.cells()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void cellsAdd_onlyTheFirst_isTaken() {
        Cells cells = cells();

        assertThat(cells.find("~cell")).isNull();
        assertThat(cells.add("~cell", bytes("one"), TTL)).isTrue();
        assertThat(cells.add("~cell", bytes("two"), TTL)).isFalse();

        assertThat(requireNonNull(cells.find("~cell")).bytes()).isEqualTo(bytes("one"));
        assertThat(cells.find("~other")).isNull();
    }

    @Test
    void cellsReplace_seenState_isTakenOnce() {
        Cells cells = cells();
        cells.add("~cell", bytes("one"), TTL);
        long seen = requireNonNull(cells.find("~cell")).version();

        assertThat(cells.replace("~cell", bytes("two"), seen, TTL)).isTrue();
        assertThat(cells.replace("~cell", bytes("three"), seen, TTL)).isFalse();

        assertThat(requireNonNull(cells.find("~cell")).bytes()).isEqualTo(bytes("two"));
    }

    @Test
    void cellsReplace_goneOrAnother_isRefused() {
        Cells cells = cells();
        cells.add("~cell", bytes("one"), TTL);
        long seen = requireNonNull(cells.find("~cell")).version();
        pass(TTL.plus(lateness()).plusSeconds(1));

        assertThat(cells.replace("~cell", bytes("two"), seen, TTL)).isFalse();
        assertThat(cells.add("~cell", bytes("one"), TTL)).isTrue();
        assertThat(cells.replace("~cell", bytes("two"), seen, TTL)).isFalse();
    }

    @Test
    void cells_ttl_endsThemAndNeverEarly() {
        Cells cells = cells();
        cells.add("~cell", bytes("one"), TTL);
        cells.count("~count", 1, 0, TTL);

        pass(TTL.minusMillis(1));
        assertThat(cells.find("~cell")).isNotNull();
        assertThat(cells.count("~count", 0, 0, TTL)).isEqualTo(1);
        pass(lateness().plusSeconds(2));
        assertThat(cells.find("~cell")).isNull();
        assertThat(cells.count("~count", 0, 0, TTL)).isZero();
    }

    @Test
    void cellsReplace_newTtl_counts() {
        Cells cells = cells();
        cells.add("~cell", bytes("one"), TTL);
        cells.replace("~cell", bytes("two"), requireNonNull(cells.find("~cell")).version(), TTL.multipliedBy(10));

        pass(TTL.multipliedBy(2));

        assertThat(cells.find("~cell")).isNotNull();
    }

    @Test
    void cellsCount_addsAndTakesAway_answersTheNewNumber() {
        Cells cells = cells();

        assertThat(cells.count("~count", 3, 10, TTL)).isEqualTo(13);
        assertThat(cells.count("~count", 1, 10, TTL)).isEqualTo(14);
        assertThat(cells.count("~count", -5, 10, TTL)).isEqualTo(9);
        assertThat(cells.count("~count", 0, 10, TTL)).isEqualTo(9);
        assertThat(cells.count("~count", -50, 10, TTL)).isZero();
    }

    @Test
    void cellsCount_nothingAdded_beginsNothing() {
        Cells cells = cells();

        assertThat(cells.count("~count", 0, 7, TTL)).isEqualTo(7);
        assertThat(cells.count("~count", -3, 7, TTL)).isEqualTo(4);
        assertThat(cells.count("~count", 1, 0, TTL)).isEqualTo(1);
    }

    @Test
    void cellsCount_laterCalls_doNotLengthenItsLife() {
        Cells cells = cells();
        cells.count("~count", 1, 0, TTL);

        pass(TTL.minusSeconds(1));
        assertThat(cells.count("~count", 1, 0, TTL.multipliedBy(5))).isEqualTo(2);
        pass(lateness().plusSeconds(3));

        assertThat(cells.count("~count", 1, 0, TTL)).isEqualTo(1);
    }

    @Test
    void cells_manyThreads_loseNoChange() throws Exception {
        Cells cells = cells();
        cells.add("~cell", bytes("0"), TTL);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            tasks.add(() -> {
                for (int i = 0; i < 25; i++) {
                    cells.count("~count", 1, 1000, TTL);
                    Cell seen;
                    int number;
                    do {
                        seen = requireNonNull(cells.find("~cell"));
                        number = Integer.parseInt(new String(seen.bytes(), StandardCharsets.ISO_8859_1));
                    } while (!cells.replace("~cell", bytes(Integer.toString(number + 1)), seen.version(), TTL));
                }
                return 0;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);

        for (Future<Integer> future : threads.invokeAll(tasks)) {
            assertThat(future.get()).isZero();
        }
        threads.shutdown();

        assertThat(cells.count("~count", 0, 0, TTL)).isEqualTo(1100);
        assertThat(requireNonNull(cells.find("~cell")).bytes()).isEqualTo(bytes("100"));
    }

    /** Whether what is behind this one gives leases. */
    protected boolean givesLeases() {
        return store.capabilities().contains(Capability.LEASES);
    }

    /** Its leases; skips the test where there are none. */
    private Leases leases() {
        assumeTrue(givesLeases(), "it gives leases");
        return ((ByteStore) store).leases();
    }

    private static long granted(Leased leased) {
        return leased instanceof Leased.Granted granted ? granted.token() : fail("no lease but " + leased);
    }

    private static long promised(Leased leased) {
        return leased instanceof Leased.Promised promised ? promised.token() : fail("no promise but " + leased);
    }

    @Test
    void leases_absentKey_areGivenOnce_andToOthersThereIsNothing() {
        Leases leases = leases();

        long token = granted(leases.find(KEY, TTL));

        assertThat(promised(leases.find(KEY, TTL))).isEqualTo(token);
        assertThat(store.find(KEY)).isNull();
        assertThat(store.findAll(List.of(KEY)).values()).isEmpty();
        assertThat(leases.put(KEY, bytes("one"), token, TTL)).isTrue();
        assertThat(store.find(KEY)).isEqualTo(bytes("one"));
        assertThat(leases.put(KEY, bytes("two"), token, TTL)).as("spent").isFalse();
        assertThat(store.find(KEY)).isEqualTo(bytes("one"));
    }

    @Test
    void leases_notAskedFor_areNotGiven() {
        assertThat(leases().find(KEY, Duration.ZERO)).isEqualTo(Leased.NOTHING);
        granted(leases().find(KEY, TTL));
    }

    @Test
    void leases_removedMeanwhile_keepTheValueOut() {
        Leases leases = leases();
        long token = granted(leases.find(KEY, TTL));

        store.remove(KEY);

        assertThat(leases.put(KEY, bytes("late"), token, TTL)).isFalse();
        assertThat(store.find(KEY)).isNull();
        granted(leases.find(KEY, TTL));
    }

    @Test
    @SuppressWarnings("unchecked") // stores that give leases keep bytes
    void leases_putMeanwhile_keepTheValueOut() {
        Leases leases = leases();
        long token = granted(leases.find(KEY, TTL));

        ((Store<byte[]>) store).put(KEY, bytes("newer"), TTL);

        assertThat(leases.put(KEY, bytes("late"), token, TTL)).isFalse();
        assertThat(store.find(KEY)).isEqualTo(bytes("newer"));
    }

    @Test
    void leases_givenBack_areTheNextCallers_andOnlyByTheirToken() {
        Leases leases = leases();
        long token = granted(leases.find(KEY, TTL));

        leases.giveBack(KEY, token + 1);
        promised(leases.find(KEY, TTL));
        leases.giveBack(KEY, token);

        assertThat(granted(leases.find(KEY, TTL))).isNotEqualTo(token);
    }

    @Test
    void leases_valueSeen_isReplacedByItsTokenOnce() {
        Leases leases = leases();
        leases.put(KEY, bytes("one"), granted(leases.find(KEY, TTL)), TTL);

        Leased.Value seen = (Leased.Value) leases.find(KEY, TTL);

        assertThat(seen.bytes()).isEqualTo(bytes("one"));
        assertThat(leases.put(KEY, bytes("two"), seen.token(), TTL)).isTrue();
        assertThat(leases.put(KEY, bytes("three"), seen.token(), TTL)).isFalse();
        assertThat(store.find(KEY)).isEqualTo(bytes("two"));
    }

    @Test
    void leases_anotherStoresByAPromise_makesTheFirstTooLate() {
        Leases leases = leases();
        long first = granted(leases.find(KEY, TTL));
        long other = promised(leases.find(KEY, TTL));

        assertThat(leases.put(KEY, bytes("other"), other, TTL)).isTrue();
        assertThat(leases.put(KEY, bytes("first"), first, TTL)).isFalse();
    }

    @Test
    void leases_ofMany_areTakenWithOneLook() {
        Leases leases = leases();
        leases.put(KEY, bytes("one"), granted(leases.find(KEY, TTL)), TTL);
        leases.put("~tag:7", bytes("v"), granted(leases.find("~tag:7", TTL)), TTL);

        Leases.Answer answer = leases.findAll(List.of(KEY, "account:8"), List.of("~tag:7", "~tag:8"), TTL);

        assertThat(answer.keys().get(KEY)).isInstanceOf(Leased.Value.class);
        assertThat(answer.keys().get("account:8")).isInstanceOf(Leased.Granted.class);
        assertThat(answer.others().values()).containsOnlyKeys("~tag:7");
        assertThat(answer.others().failures()).isEmpty();
        granted(leases.find("~tag:8", TTL)); // of others none was taken
    }

    @Test
    void leases_over_areGivenAnew() {
        Leases leases = leases();
        long token = granted(leases.find(KEY, Duration.ofSeconds(1)));

        pass(Duration.ofSeconds(3));

        granted(leases.find(KEY, TTL));
        assertThat(leases.put(KEY, bytes("late"), token, TTL)).isFalse();
    }

    @Test
    void leases_manyThreads_oneIsGivenIt() throws Exception {
        Leases leases = leases();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                String key = "account:" + round;
                List<Callable<Leased>> looks = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    looks.add(() -> leases.find(key, TTL));
                }
                int given = 0;
                for (Future<Leased> look : threads.invokeAll(looks)) {
                    given += look.get() instanceof Leased.Granted ? 1 : 0;
                }
                assertThat(given).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void close_twice_doesNothing() {
        store.close();
        store.close();
    }
}
