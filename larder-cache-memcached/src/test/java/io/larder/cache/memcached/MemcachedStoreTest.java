package io.larder.cache.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.FakeClock;
import io.larder.cache.StoreContract;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.NotKeptException;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract, and what is memcached's own, over sockets. */
class MemcachedStoreTest extends StoreContract<byte[]> {
    private final FakeTicker ticker = new FakeTicker();
    private final StoreContext context = new StoreContext(ticker, new FakeClock(ticker), Runnable::run);
    private final FakeNode node = new FakeNode(ticker);

    @Override
    @SuppressWarnings("unchecked") // a store of bytes
    protected Store<byte[]> open() {
        return (Store<byte[]>) new MemcachedStoreProvider().open(node.url(FakeNode.PATIENT), context);
    }

    @Override
    protected byte[] value(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void pass(Duration time) {
        ticker.advance(time);
    }

    @Override
    protected boolean givesLeases() {
        return false; // the node knows the classic protocol only
    }

    @Override
    protected Duration lateness() {
        return Duration.ofSeconds(1);
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    @Test
    void put_ttls_areRoundedUpToSecondsAndDatesBeyondThirtyDays() {
        store.put("ms", value("x"), Duration.ofMillis(1));
        store.put("s", value("x"), Duration.ofMillis(59_001));
        store.put("year", value("x"), Duration.ofDays(365));
        store.put("ever", value("x"), Store.FOREVER);

        assertThat(node.exptimeOf("ms")).isEqualTo(1);
        assertThat(node.exptimeOf("s")).isEqualTo(60);
        assertThat(node.exptimeOf("year"))
                .isEqualTo(FakeClock.START.plus(Duration.ofDays(365)).getEpochSecond());
        assertThat(node.exptimeOf("ever")).isEqualTo(0);
    }

    @Test
    void put_refusedByTheNode_removesTheOlderValueAndSaysSo() {
        store.put("k", value("old"), Duration.ofSeconds(10));
        node.valueBytesMax(10);

        assertThatThrownBy(() -> store.put("k", value("far too long for this node"), Duration.ofSeconds(10)))
                .isInstanceOf(NotKeptException.class)
                .hasMessageStartingWith("k not stored, TOO_LARGE: 26 bytes;");

        assertThat(store.find("k")).isNull();
    }

    @Test
    void capabilities_withStandIns_areNeitherCurrentNorAtomic() {
        try (Store<?> rehash = new MemcachedStoreProvider().open(node.url("?failure=rehash"), context)) {
            assertThat(rehash.capabilities()).doesNotContain(Capability.ATOMIC, Capability.CURRENT);
        }
        assertThat(store.capabilities()).contains(Capability.ATOMIC, Capability.CURRENT);
    }

    @Test
    void cells_nodeGone_raise() {
        Cells cells = store.cells();
        node.close();

        assertThatThrownBy(() -> cells.find("k")).isInstanceOf(LarderException.class);
        assertThatThrownBy(() -> cells.add("k", value("x"), Duration.ofSeconds(1)))
                .isInstanceOf(LarderException.class);
        assertThatThrownBy(() -> cells.count("k", 1, 0, Duration.ofSeconds(1))).isInstanceOf(LarderException.class);
    }

    @Test
    void cells_failureIgnored_raiseAllTheSame() {
        try (Store<?> lenient = new MemcachedStoreProvider().open(node.url("?failure=ignore"), context)) {
            Cells cells = lenient.cells();
            node.close();

            assertThatThrownBy(() -> cells.find("k")).isInstanceOf(LarderException.class);
            assertThatThrownBy(() -> cells.add("k", value("x"), Duration.ofSeconds(1)))
                    .isInstanceOf(LarderException.class);
            assertThatThrownBy(() -> cells.count("k", 0, 0, Duration.ofSeconds(1)))
                    .isInstanceOf(LarderException.class);
        }
    }

    @Test
    void find_anyBytes_comeBackAsTheyWere() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }

        store.put("k", bytes, Duration.ofSeconds(10));

        assertThat(store.find("k")).isEqualTo(bytes);
    }

    @Test
    void find_nodeGone_raises() {
        node.close();

        assertThatThrownBy(() -> store.find("k")).isInstanceOf(LarderException.class);
        assertThatThrownBy(() -> store.put("k", value("x"), Duration.ofSeconds(1)))
                .isInstanceOf(LarderException.class);
        assertThatThrownBy(() -> store.remove("k")).isInstanceOf(LarderException.class);
    }
}
