package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends StoreContract<Object> {
    private final FakeTicker ticker = new FakeTicker();
    private final StoreContext context = new StoreContext(ticker, new FakeClock(ticker), Runnable::run);

    @Override
    protected Store<Object> open() {
        return new MemoryStore(100, Store.FOREVER, context);
    }

    @Override
    protected Object value(String text) {
        return text;
    }

    @Override
    protected void pass(Duration time) {
        ticker.advance(time);
    }

    @Test
    void find_afterPut_returnsTheVeryObject() {
        Object value = new Object();

        store.put("k", value, Duration.ofSeconds(1));

        assertThat(store.find("k")).isSameAs(value);
    }

    @Test
    void put_tenTimesTheSize_keepsNoMoreThanTheSize() {
        for (int i = 0; i < 1000; i++) {
            store.put("k" + i, i, Duration.ofHours(1));
        }

        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += store.find("k" + i) == null ? 0 : 1;
        }
        assertThat(kept).isBetween(1, 100);
    }

    @Test
    void find_oneNanoBeforeAndAtTheEndOfTtl_isExact() {
        store.put("k", "v", Duration.ofSeconds(10));

        ticker.advance(Duration.ofSeconds(10).minusNanos(1));
        assertThat(store.find("k")).isEqualTo("v");
        ticker.advance(Duration.ofNanos(1));
        assertThat(store.find("k")).isNull();
    }
}
