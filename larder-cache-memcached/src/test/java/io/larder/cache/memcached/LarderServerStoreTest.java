package io.larder.cache.memcached;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeClock;
import io.larder.cache.StoreContract;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of a store, kept by the client and our own server together. */
class LarderServerStoreTest extends StoreContract<byte[]> {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final CacheServer server = CacheServer.open(
            ServerConfig.DEFAULT.withPort(0).withThreads(1),
            ticker,
            clock,
            new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8));

    @Override
    @SuppressWarnings("unchecked") // a store of bytes
    protected Store<byte[]> open() {
        String url = "memcached://127.0.0.1:" + server.port() + "/shop:" + FakeNode.PATIENT;
        return (Store<byte[]>) new MemcachedStoreProvider().open(url, new StoreContext(ticker, clock, Runnable::run));
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

    @AfterEach
    void closeServer() {
        server.close();
    }
}
