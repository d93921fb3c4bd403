package io.larder.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
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

    @Test
    void close_twice_doesNothing() {
        store.close();
        store.close();
    }
}
