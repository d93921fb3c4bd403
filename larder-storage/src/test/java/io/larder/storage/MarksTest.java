package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the meta protocol needs beyond the classic one, and what an administrator does: resize. */
class MarksTest {
    private final FakeTicker ticker = new FakeTicker();
    private final SegmentStore store = new SegmentStore(new StorageConfig(8 << 20, 100_000), ticker, 1);
    private final ItemStore.Session session = store.session();

    @Test
    void look_countsNoUse_getDoes() {
        set("k", "v", 0);
        ticker.advance(Duration.ofSeconds(100));

        assertThat(look("k").isFetched()).isFalse();
        assertThat(look("k").idleSeconds()).isEqualTo(100);
        assertThat(get("k").isFetched()).isFalse();
        assertThat(look("k").isFetched()).isTrue();
        assertThat(look("k").idleSeconds()).isZero();
        ticker.advance(Duration.ofSeconds(1));
        get("k");
        ticker.advance(Duration.ofSeconds(1));
        assertThat(get("k").idleSeconds()).isEqualTo(1);
    }

    @Test
    void vivify_absentKey_isWonFromTheStart() {
        assertThat(session.vivify(key("k"), 30)).isEqualTo(Outcome.STORED);
        assertThat(session.vivify(key("k"), 30)).isEqualTo(Outcome.NOT_STORED);

        ItemStore.Item made = look("k");
        assertThat(made.isWon()).isTrue();
        assertThat(made.valueBytes()).isZero();
        assertThat(made.ttlSeconds()).isEqualTo(30);
        set("other", "v", 0);
        assertThat(look("other").isWon()).isFalse();
    }

    @Test
    void ttl_left_isShown() {
        set("never", "v", 0);
        set("soon", "v", 50);
        set("late", "v", 1_000_000);
        ticker.advance(Duration.ofSeconds(20));

        assertThat(look("never").ttlSeconds()).isEqualTo(-1);
        assertThat(look("soon").ttlSeconds()).isEqualTo(30);
        assertThat(look("late").ttlSeconds()).isEqualTo(999_980);
        ItemStore.Item touched = session.getAndTouch(key("soon"), 500_000);
        assertThat(touched).isNotNull();
        assertThat(touched.ttlSeconds()).isEqualTo(500_000);
        assertThat(look("soon").ttlSeconds()).isEqualTo(500_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50_000})
    void markStale_item_isReadOnAndWonOnce(int bytes) {
        set("k", "x".repeat(bytes), 100);
        long before = look("k").cas();

        assertThat(session.markStale(key("k"), ItemStore.KEEP_TTL, 0)).isEqualTo(Outcome.STORED);

        ItemStore.Item stale = get("k");
        assertThat(stale.isStale()).isTrue();
        assertThat(stale.isWon()).isFalse();
        assertThat(stale.cas()).isNotEqualTo(before);
        assertThat(stale.ttlSeconds()).isEqualTo(100);
        assertThat(ItemStoreContract.text(stale)).hasSize(bytes);
        assertThat(session.win()).isTrue();
        get("k");
        assertThat(session.win()).isFalse();
        assertThat(look("k").isWon()).isTrue();
        set("k", "new", 0);
        assertThat(look("k").isStale()).isFalse();
        assertThat(look("k").isWon()).isFalse();
    }

    @Test
    void markStale_withATtl_keepsOrEndsTheItem() {
        set("for ever", "v", 100);
        set("over", "v", 100);

        assertThat(session.markStale(key("for ever"), 0, 0)).isEqualTo(Outcome.STORED);
        assertThat(session.markStale(key("over"), -1, 0)).isEqualTo(Outcome.STORED);

        assertThat(look("for ever").ttlSeconds()).isNegative();
        assertThat(session.look(key("over"))).isNull();
    }

    @Test
    void markStale_again_letsAnotherWin() {
        set("k", "v", 0);
        get("k");
        assertThat(session.win()).isTrue();

        assertThat(session.markStale(key("k"), 30, 999)).isEqualTo(Outcome.EXISTS);
        assertThat(session.markStale(key("k"), 30, look("k").cas())).isEqualTo(Outcome.STORED);
        assertThat(session.markStale(key("none"), 30, 0)).isEqualTo(Outcome.NOT_FOUND);

        assertThat(get("k").ttlSeconds()).isEqualTo(30);
        assertThat(session.win()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50_000, 100_000})
    void dropValue_item_staysEmpty(int bytes) {
        set("k", "x".repeat(bytes), 100);
        long before = look("k").cas();

        assertThat(session.dropValue(key("k"), 9, 30, 0, false)).isEqualTo(Outcome.STORED);

        ItemStore.Item left = get("k");
        assertThat(left.valueBytes()).isZero();
        assertThat(left.flags()).isEqualTo(9);
        assertThat(left.ttlSeconds()).isEqualTo(30);
        assertThat(left.cas()).isEqualTo(before).isEqualTo(session.token());
        assertThat(left.isStale()).isFalse();
        assertThat(store.stats().items()).isEqualTo(1);
        assertThat(store.stats().bytes()).isLessThan(200);
    }

    @Test
    void dropValue_stale_hasANewTokenAndIsWonOnce() {
        set("k", "v", 0);
        get("k");
        assertThat(session.win()).isTrue();
        long before = look("k").cas();

        assertThat(session.dropValue(key("k"), 0, 0, 999, true)).isEqualTo(Outcome.EXISTS);
        assertThat(session.dropValue(key("none"), 0, 0, 0, true)).isEqualTo(Outcome.NOT_FOUND);
        assertThat(session.dropValue(key("k"), 0, 0, before, true)).isEqualTo(Outcome.STORED);

        assertThat(get("k").isStale()).isTrue();
        assertThat(look("k").cas()).isNotEqualTo(before);
        get("k");
        assertThat(session.win()).isTrue();
    }

    @Test
    void dropValue_overAtOnce_removes() {
        set("k", "v", 0);

        assertThat(session.dropValue(key("k"), 0, -1, 0, false)).isEqualTo(Outcome.STORED);

        assertThat(session.look(key("k"))).isNull();
    }

    @Test
    void nextToken_given_isTheItemsOnce() {
        session.nextToken(0x1234_5678_9abcL);
        set("k", "v", 0);
        set("other", "v", 0);

        assertThat(look("k").cas()).isEqualTo(0x1234_5678_9abcL);
        assertThat(look("other").cas()).isLessThan(100);
        assertThat(session.compareAndStore(key("k"), key("w"), 0, 0, 0x1234_5678_9abcL))
                .isEqualTo(Outcome.STORED);
    }

    @Test
    void compareAndStoreStale_late_storesStale() {
        set("k", "v1", 70);
        long old = look("k").cas();
        set("k", "v2", 80);

        assertThat(session.compareAndStoreStale(key("k"), key("late"), 0, 10, old))
                .isEqualTo(Outcome.STORED);

        ItemStore.Item item = get("k");
        assertThat(ItemStoreContract.text(item)).isEqualTo("late");
        assertThat(item.isStale()).isTrue();
        assertThat(item.ttlSeconds()).isEqualTo(80);
        assertThat(session.compareAndStoreStale(key("k"), key("x"), 0, 10, item.cas() + 50))
                .isEqualTo(Outcome.EXISTS);
    }

    @Test
    void compareAndDelete_otherToken_deletesNothing() {
        set("k", "v", 0);
        long token = look("k").cas();

        assertThat(session.compareAndDelete(key("k"), token + 1)).isEqualTo(Outcome.EXISTS);
        assertThat(session.compareAndDelete(key("k"), token)).isEqualTo(Outcome.STORED);
        assertThat(session.compareAndDelete(key("k"), token)).isEqualTo(Outcome.NOT_FOUND);
    }

    @Test
    void resize_smallerAndLarger_boundFollows() {
        fill(20_000);
        long before = store.stats().items();

        store.resize(2 << 20);
        store.maintain();

        assertThat(store.ledger.used()).isLessThanOrEqualTo(2 << 20);
        assertThat(store.stats().bytesMax()).isEqualTo(2 << 20);
        long shrunk = store.stats().items();
        assertThat(shrunk).isLessThan(before / 3).isGreaterThan(before / 8);

        store.resize(16 << 20);
        fill(40_000);

        assertThat(store.stats().items()).isGreaterThan(before * 3 / 2);
        assertThat(store.ledger.used()).isLessThanOrEqualTo(16 << 20);
        assertThatThrownBy(() -> store.resize(100_000)).hasMessageContaining("restart with the smaller size");
    }

    @Test
    void index_afterItemsAreGone_givesMemoryBack() {
        for (int i = 0; i < 60_000; i++) {
            set("key" + i, "v", 10);
        }
        long full = store.ledger.used();
        ticker.advance(Duration.ofSeconds(20));

        store.maintain();
        store.maintain();

        assertThat(store.stats().items()).isLessThan(100); // those in open segments
        assertThat(store.index.slots(0)).isLessThan(60_000 / store.index.chunks() / 2);
        assertThat(store.ledger.used()).isLessThanOrEqualTo(full);
    }

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            set("key" + i, "x".repeat(500), 0);
        }
    }

    private void set(String key, String value, long ttl) {
        assertThat(session.store(StoreMode.SET, key(key), key(value), 0, ttl)).isEqualTo(Outcome.STORED);
    }

    private ItemStore.Item get(String key) {
        ItemStore.Item item = session.get(key(key));
        assertThat(item).isNotNull();
        return item;
    }

    private ItemStore.Item look(String key) {
        ItemStore.Item item = session.look(key(key));
        assertThat(item).isNotNull();
        return item;
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
