package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract against a server without meta commands, which the client finds out by itself. */
class OldServerContractTest extends MemcachedContract {
    private static @Nullable CacheServer server;
    private static @Nullable OldServer old;

    @BeforeAll
    static void openServer() throws IOException {
        CacheServer opened = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
        server = opened;
        old = OldServer.inFrontOf(opened.port());
    }

    @AfterAll
    static void closeServer() throws IOException {
        if (old != null) {
            old.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected String address() {
        return "127.0.0.1:" + (old == null ? 0 : old.port());
    }

    @Test
    void dialect_isTheClassicOne() {
        assertThat(speaksMeta()).isFalse();
    }
}
