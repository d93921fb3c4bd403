package io.larder.cache.memcached;

import io.larder.base.Ticker;
import io.larder.cache.StoreContract;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract of stores over a server somebody started. What needs time to pass is left to servers whose clock a test holds. */
@EnabledIfSystemProperty(named = "larder.memcached", matches = ".+:\\d+")
class RealServerStoreTest extends StoreContract<byte[]> {
    @Override
    @SuppressWarnings("unchecked") // a store of bytes
    protected Store<byte[]> open() {
        String prefix = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + ":"; // a store of its own
        String url = "memcached://" + System.getProperty("larder.memcached", "") + "/" + prefix + FakeNode.PATIENT;
        return (Store<byte[]>) new MemcachedStoreProvider()
                .open(url, new StoreContext(Ticker.SYSTEM, Clock.systemUTC(), Runnable::run));
    }

    @Override
    protected byte[] value(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void pass(Duration time) {
        Assumptions.abort("the server's time is real");
    }

    @Override
    protected Duration lateness() {
        return Duration.ofSeconds(1);
    }
}
