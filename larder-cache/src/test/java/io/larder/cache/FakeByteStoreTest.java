package io.larder.cache;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

class FakeByteStoreTest extends StoreContract<byte[]> {
    private final FakeTicker ticker = new FakeTicker();

    @Override
    protected Store<byte[]> open() {
        FakeByteStore fake = new FakeByteStore(ticker);
        fake.giveLeases();
        return fake;
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
    protected Duration lateness() {
        return Duration.ofSeconds(1);
    }
}
