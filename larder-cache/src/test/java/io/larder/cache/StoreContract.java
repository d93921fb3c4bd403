package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.spi.Store;
import java.time.Duration;
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

    @Test
    void close_twice_doesNothing() {
        store.close();
        store.close();
    }
}
