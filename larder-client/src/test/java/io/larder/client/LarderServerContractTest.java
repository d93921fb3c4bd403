package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract against Larder's own server, in this process. */
class LarderServerContractTest extends MemcachedContract {
    private static CacheServer server;

    @BeforeAll
    static void openServer() {
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Override
    protected String address() {
        return "127.0.0.1:" + server.port();
    }

    @Test
    void dialect_isMeta() {
        assertThat(speaksMeta()).isTrue();
    }
}
