package io.larder.cache.memcached;

import io.larder.base.Ticker;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

/** Over our own server. */
class LarderServerProcessesTest extends ProcessesContract {
    private final CacheServer server = CacheServer.open(
            ServerConfig.DEFAULT.withPort(0).withThreads(1),
            Ticker.SYSTEM,
            Clock.systemUTC(),
            new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8));

    @Override
    String address() {
        return "127.0.0.1:" + server.port();
    }

    @AfterEach
    void closeServer() {
        server.close();
    }
}
