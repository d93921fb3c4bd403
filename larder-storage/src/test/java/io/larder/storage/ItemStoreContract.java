package io.larder.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every item store promises. */
abstract class ItemStoreContract {
    static final int VALUE_BYTES_MAX = 100_000;

    final FakeTicker ticker = new FakeTicker();
    ItemStore store = open(new StorageConfig(StorageConfig.BYTES_MIN, VALUE_BYTES_MAX));
    ItemStore.Session session = store.session();

    /** Opens an empty store on {@link #ticker}. */
    abstract ItemStore open(StorageConfig config);

    @BeforeEach
    void reopen() {
        store.close();
        store = open(new StorageConfig(8 * StorageConfig.BYTES_MIN, VALUE_BYTES_MAX));
        session = store.session();
    }

    @AfterEach
    void close() {
        session.close();
        store.close();
    }

    @Test
    void get_nothingStored_isNull() {
        assertThat(session.get(bytes("k"))).isNull();
    }

    @Test
    void get_stored_showsValueFlagsAndToken() {
        assertThat(set("k", "value", 7, 0)).isEqualTo(Outcome.STORED);

        ItemStore.Item item = session.get(bytes("k"));

        assertThat(item).isNotNull();
        assertThat(item.flags()).isEqualTo(7);
        assertThat(item.cas()).isNotZero();
        assertThat(item.valueBytes()).isEqualTo(5);
        assertThat(text(item)).isEqualTo("value");
    }

    @Test
    void copyValue_part_copiesThatPartOnly() {
        set("k", "0123456789");
        ItemStore.Item item = session.get(bytes("k"));
        ByteBuffer target = ByteBuffer.allocate(8).position(2);

        assertThat(item).isNotNull();
        item.copyValue(3, 4, target);

        assertThat(target.position()).isEqualTo(6);
        assertThat(new String(target.array(), 2, 4, UTF_8)).isEqualTo("3456");
    }

    @Test
    void arguments_ofAnyCall_keepPositionAndLimit() {
        ByteBuffer key = ByteBuffer.allocateDirect(20)
                .put(bytes("..key.."))
                .flip()
                .position(2)
                .limit(5);
        ByteBuffer value = ByteBuffer.allocateDirect(20)
                .put(bytes("..val.."))
                .flip()
                .position(2)
                .limit(5);

        session.store(StoreMode.SET, key, value, 0, 0);
        ItemStore.Item item = session.get(key);

        assertThat(item).isNotNull();
        assertThat(text(item)).isEqualTo("val");
        assertThat(get("key")).isEqualTo("val");
        assertThat(key.position()).isEqualTo(2);
        assertThat(key.limit()).isEqualTo(5);
        assertThat(value.remaining()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 249, 250})
    void keys_ofEveryLengthAndAnyBytes_areTold_apart(int length) {
        byte[] zeros = new byte[length];
        byte[] last = new byte[length];
        last[length - 1] = -1;

        session.store(StoreMode.SET, ByteBuffer.wrap(zeros), bytes("zeros"), 0, 0);
        session.store(StoreMode.SET, ByteBuffer.wrap(last), bytes("last"), 0, 0);

        assertThat(text(session.get(ByteBuffer.wrap(zeros)))).isEqualTo("zeros");
        assertThat(text(session.get(ByteBuffer.wrap(last)))).isEqualTo("last");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 1000, 65_536, VALUE_BYTES_MAX})
    void values_ofEverySizeUpToTheLimit_comeBackWhole(int length) {
        byte[] value = new byte[length];
        for (int i = 0; i < length; i++) {
            value[i] = (byte) (i * 31);
        }

        assertThat(session.store(StoreMode.SET, bytes("k"), ByteBuffer.wrap(value), 0, 0))
                .isEqualTo(Outcome.STORED);

        ByteBuffer target = ByteBuffer.allocate(length);
        ItemStore.Item item = session.get(bytes("k"));
        assertThat(item).isNotNull();
        item.copyValue(0, length, target);
        assertThat(target.array()).isEqualTo(value);
    }

    @Test
    void set_largerThanTheLimit_isRefusedAndRemovesTheOldValue() {
        set("k", "old");

        Outcome outcome = session.store(StoreMode.SET, bytes("k"), ByteBuffer.allocate(VALUE_BYTES_MAX + 1), 0, 0);

        assertThat(outcome).isEqualTo(Outcome.TOO_LARGE);
        assertThat(get("k")).isNull();
    }

    @Test
    void set_again_replacesValueFlagsTtlAndToken() {
        set("k", "one", 1, 5);
        long first = cas("k");
        set("k", "two", 2, 0);

        ticker.advance(Duration.ofSeconds(10));

        assertThat(get("k")).isEqualTo("two");
        assertThat(cas("k")).isNotEqualTo(first);
    }

    @Test
    void add_onlyWhereNothingIs() {
        assertThat(store(StoreMode.ADD, "k", "one")).isEqualTo(Outcome.STORED);
        assertThat(store(StoreMode.ADD, "k", "two")).isEqualTo(Outcome.NOT_STORED);
        assertThat(get("k")).isEqualTo("one");
    }

    @Test
    void replace_onlyWhereSomethingIs() {
        assertThat(store(StoreMode.REPLACE, "k", "one")).isEqualTo(Outcome.NOT_STORED);
        set("k", "zero");
        assertThat(store(StoreMode.REPLACE, "k", "one")).isEqualTo(Outcome.STORED);
        assertThat(get("k")).isEqualTo("one");
    }

    @Test
    void appendAndPrepend_keepFlagsAndTtl_changeTheToken() {
        set("k", "b", 9, 10);
        long before = cas("k");

        assertThat(session.store(StoreMode.APPEND, bytes("k"), bytes("c"), 1, 0))
                .isEqualTo(Outcome.STORED);
        assertThat(session.store(StoreMode.PREPEND, bytes("k"), bytes("a"), 1, 0))
                .isEqualTo(Outcome.STORED);

        ItemStore.Item item = session.get(bytes("k"));
        assertThat(text(item)).isEqualTo("abc");
        assertThat(item).isNotNull();
        assertThat(item.flags()).isEqualTo(9);
        assertThat(item.cas()).isNotEqualTo(before);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(get("k")).isNull();
    }

    @Test
    void append_toNothingOrBeyondTheLimit_isRefused() {
        assertThat(store(StoreMode.APPEND, "k", "x")).isEqualTo(Outcome.NOT_STORED);
        assertThat(store(StoreMode.PREPEND, "k", "x")).isEqualTo(Outcome.NOT_STORED);
        session.store(StoreMode.SET, bytes("k"), ByteBuffer.allocate(VALUE_BYTES_MAX), 0, 0);

        assertThat(store(StoreMode.APPEND, "k", "x")).isEqualTo(Outcome.TOO_LARGE);
        assertThat(text(session.get(bytes("k")))).hasSize(VALUE_BYTES_MAX);
    }

    @Test
    void compareAndStore_tokenUnchanged_storesOnce() {
        set("k", "one");
        long token = cas("k");

        assertThat(session.compareAndStore(bytes("k"), bytes("two"), 0, 0, token))
                .isEqualTo(Outcome.STORED);
        assertThat(session.compareAndStore(bytes("k"), bytes("three"), 0, 0, token))
                .isEqualTo(Outcome.EXISTS);
        assertThat(session.compareAndStore(bytes("gone"), bytes("x"), 0, 0, token))
                .isEqualTo(Outcome.NOT_FOUND);
        assertThat(get("k")).isEqualTo("two");
    }

    @Test
    void touch_keepsTheToken() {
        set("k", "one");
        long token = cas("k");

        session.touch(bytes("k"), 100);

        assertThat(cas("k")).isEqualTo(token);
    }

    @ParameterizedTest
    @CsvSource({
        "5, 3, 8",
        "'5  ', 3, 8",
        "0, 0, 0",
        "99, 1, 100",
        "18446744073709551615, 1, 0",
        "18446744073709551610, 10, 4"
    })
    void increment_addsAndWraps(String old, String delta, String expected) {
        set("n", old, 3, 0);
        long token = cas("n");

        assertThat(session.increment(bytes("n"), Long.parseUnsignedLong(delta))).isEqualTo(Outcome.STORED);

        assertThat(Long.toUnsignedString(session.counter())).isEqualTo(expected);
        assertThat(get("n")).startsWith(expected);
        assertThat(cas("n")).isNotEqualTo(token);
        ItemStore.Item item = session.get(bytes("n"));
        assertThat(item).isNotNull();
        assertThat(item.flags()).isEqualTo(3);
    }

    @Test
    void decrement_stopsAtZeroAndKeepsTheLength() {
        set("n", "10");

        assertThat(session.decrement(bytes("n"), 1)).isEqualTo(Outcome.STORED);
        assertThat(session.counter()).isEqualTo(9);
        assertThat(get("n")).isEqualTo("9 ");
        session.decrement(bytes("n"), 100);
        assertThat(get("n")).isEqualTo("0 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "-1", "1x", "18446744073709551616", "100000000000000000000"})
    void increment_notANumber_isRefused(String old) {
        set("n", old);

        assertThat(session.increment(bytes("n"), 1)).isEqualTo(Outcome.NOT_NUMERIC);
        assertThat(get("n")).isEqualTo(old);
    }

    /** As memcached: blanks around a number do not count, however many they are. */
    @ParameterizedTest
    @ValueSource(ints = {1_024, 1_025, 30_000, VALUE_BYTES_MAX - 1})
    void increment_longText_keepsItsLengthFlagsAndTtl(int blanks) {
        set("n", "9" + " ".repeat(blanks), 5, 100);

        assertThat(session.increment(bytes("n"), 4)).isEqualTo(Outcome.STORED);
        assertThat(session.counter()).isEqualTo(13);
        assertThat(session.decrement(bytes("n"), 5)).isEqualTo(Outcome.STORED);

        ItemStore.Item item = session.get(bytes("n"));
        assertThat(item).isNotNull();
        assertThat(item.flags()).isEqualTo(5);
        assertThat(item.ttlSeconds()).isEqualTo(100);
        assertThat(text(item)).isEqualTo("8" + " ".repeat(blanks));
        set("n", "9" + " ".repeat(blanks - 1) + "x");
        assertThat(session.increment(bytes("n"), 4)).isEqualTo(Outcome.STORED);
        set("n", " ".repeat(blanks) + "9");
        assertThat(session.increment(bytes("n"), 4)).isEqualTo(Outcome.STORED);
        set("n", "9" + "x".repeat(blanks));
        assertThat(session.increment(bytes("n"), 4)).isEqualTo(Outcome.NOT_NUMERIC);
    }

    /** Its list of parts would not fit in a segment. */
    @ParameterizedTest
    @CsvSource({"4194304", "8388607", "16777215"})
    void value_halfAsLargeAsTheStore_isKept(int bytes) {
        session.close();
        store.close();
        store = open(new StorageConfig(bytes, bytes / 2));
        session = store.session();

        assertThat(session.store(StoreMode.SET, bytes("k".repeat(250)), ByteBuffer.allocate(bytes / 2), 0, 0))
                .isEqualTo(Outcome.STORED);

        assertThat(text(session.get(bytes("k".repeat(250))))).hasSize(bytes / 2);
    }

    @Test
    void increment_nothingThere_isNotFound() {
        assertThat(session.increment(bytes("n"), 1)).isEqualTo(Outcome.NOT_FOUND);
        assertThat(session.decrement(bytes("n"), 1)).isEqualTo(Outcome.NOT_FOUND);
    }

    @Test
    void delete_removesOnce() {
        set("k", "x");

        assertThat(session.delete(bytes("k"))).isTrue();
        assertThat(session.delete(bytes("k"))).isFalse();
        assertThat(get("k")).isNull();
    }

    @Test
    void ttl_passed_itemIsGoneForEveryOperation() {
        set("k", "1", 0, 10);
        ticker.advance(Duration.ofMillis(8999));
        assertThat(get("k")).isEqualTo("1");

        ticker.advance(Duration.ofMillis(1001));

        assertThat(get("k")).isNull();
        set("k", "1", 0, 10);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(session.touch(bytes("k"), 10)).isFalse();
        set("k", "1", 0, 10);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(session.increment(bytes("k"), 1)).isEqualTo(Outcome.NOT_FOUND);
        set("k", "1", 0, 10);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(store(StoreMode.ADD, "k", "2")).isEqualTo(Outcome.STORED);
    }

    @Test
    void ttl_negative_isOverAtOnce() {
        set("k", "old");

        assertThat(set("k", "new", 0, -1)).isEqualTo(Outcome.STORED);

        assertThat(get("k")).isNull();
    }

    @Test
    void ttl_largest_neverExpiresInALifetime() {
        set("k", "x", 0, Long.MAX_VALUE);

        ticker.advance(Duration.ofDays(36_000));

        assertThat(get("k")).isEqualTo("x");
    }

    @Test
    void touch_setsTheTtlAnew() {
        set("k", "x", 0, 10);
        ticker.advance(Duration.ofSeconds(5));

        assertThat(session.touch(bytes("k"), 10)).isTrue();
        ticker.advance(Duration.ofSeconds(8));

        ItemStore.Item item = session.getAndTouch(bytes("k"), 0);
        assertThat(text(item)).isEqualTo("x");
        ticker.advance(Duration.ofDays(400));
        assertThat(get("k")).isEqualTo("x");
        assertThat(session.touch(bytes("none"), 10)).isFalse();
        assertThat(session.getAndTouch(bytes("none"), 10)).isNull();
    }

    @Test
    void flush_now_hidesWhatWasStoredButNothingLater() {
        set("before", "x");

        session.flush(0);
        set("after", "y");

        assertThat(get("before")).isNull();
        assertThat(get("after")).isEqualTo("y");
        assertThat(store(StoreMode.ADD, "before", "z")).isEqualTo(Outcome.STORED);
    }

    @Test
    void flush_later_hidesAllThatWasStoredUntilThen() {
        set("a", "1");
        session.flush(10);
        ticker.advance(Duration.ofSeconds(5));
        set("b", "2");
        assertThat(get("a")).isEqualTo("1");

        ticker.advance(Duration.ofSeconds(5));
        set("c", "3");

        assertThat(get("a")).isNull();
        assertThat(get("b")).isNull();
        assertThat(get("c")).isEqualTo("3");
    }

    @Test
    void flush_laterThanAnArrivedOne_bringsNothingBack() {
        set("a", "1");
        session.flush(1);
        ticker.advance(Duration.ofSeconds(2));

        session.flush(100);

        assertThat(get("a")).isNull();
    }

    @Test
    void item_shown_staysAsItWasWhileOthersChangeTheKey() {
        set("k", "first");
        ItemStore.Item item = session.get(bytes("k"));
        try (ItemStore.Session other = store.session()) {
            other.store(StoreMode.SET, bytes("k"), bytes("other"), 5, 0);
            other.delete(bytes("k"));
        }

        assertThat(text(item)).isEqualTo("first");
        session.quiesce();
    }

    @Test
    void full_makesRoomAndStaysInBounds() {
        byte[] value = new byte[1000];
        int stored = 40_000;
        for (int i = 0; i < stored; i++) {
            assertThat(session.store(StoreMode.SET, bytes("key:" + i), ByteBuffer.wrap(value), 0, 0))
                    .isEqualTo(Outcome.STORED);
            session.quiesce();
        }

        StoreStats stats = store.stats();
        int present = 0;
        for (int i = 0; i < stored; i++) {
            present += session.get(bytes("key:" + i)) == null ? 0 : 1;
        }

        assertThat(stats.bytes()).isLessThanOrEqualTo(stats.bytesMax());
        assertThat(stats.bytesMax()).isEqualTo(8 * StorageConfig.BYTES_MIN);
        assertThat(stats.itemsTotal()).isEqualTo(stored);
        assertThat(stats.evictions()).isEqualTo(stored - stats.items());
        assertThat((long) present).isEqualTo(stats.items());
        assertThat(present).isBetween(5_000, 8_400);
        assertThat(session.get(bytes("key:" + (stored - 1)))).isNotNull();
    }

    @Test
    void full_whatIsReadOften_stays() {
        byte[] value = new byte[1000];
        set("hot", "kept");
        for (int i = 0; i < 40_000; i++) {
            session.store(StoreMode.SET, bytes("key:" + i), ByteBuffer.wrap(value), 0, 0);
            assertThat(get("hot")).isEqualTo("kept");
            session.quiesce();
        }
    }

    @Test
    void batch_untilItEnds_happensAtOneSecond() {
        set("k", "value", 0, 5);

        session.beginBatch();
        ticker.advance(Duration.ofSeconds(5));

        assertThat(get("k")).isEqualTo("value");
        session.quiesce();
        assertThat(get("k")).isNull();
    }

    @Test
    void batch_thatEvictsWhatItWrote_showsWholeValues() {
        session.beginBatch();
        for (int i = 0; i < 20_000; i++) {
            set("k" + i, ("value" + i).repeat(100));

            assertThat(get("k" + i)).isEqualTo(("value" + i).repeat(100));
        }
        session.quiesce();

        assertThat(store.stats().evictions()).isPositive();
    }

    @Test
    void stats_countItemsAndExpired() {
        set("a", "1");
        set("b", "2", 0, 5);
        ticker.advance(Duration.ofSeconds(5));

        assertThat(get("b")).isNull();

        assertThat(store.stats().items()).isEqualTo(1);
        assertThat(store.stats().itemsTotal()).isEqualTo(2);
        assertThat(store.stats().evictions()).isZero();
    }

    Outcome set(String key, String value) {
        return set(key, value, 0, 0);
    }

    Outcome set(String key, String value, int flags, long ttlSeconds) {
        return session.store(StoreMode.SET, bytes(key), bytes(value), flags, ttlSeconds);
    }

    Outcome store(StoreMode mode, String key, String value) {
        return session.store(mode, bytes(key), bytes(value), 0, 0);
    }

    @Nullable
    String get(String key) {
        return text(session.get(bytes(key)));
    }

    long cas(String key) {
        ItemStore.Item item = session.get(bytes(key));
        assertThat(item).isNotNull();
        return item.cas();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    static @Nullable String text(ItemStore.@Nullable Item item) {
        if (item == null) {
            return null;
        }
        ByteBuffer target = ByteBuffer.allocate(item.valueBytes());
        item.copyValue(0, item.valueBytes(), target);
        return new String(target.array(), UTF_8);
    }
}
