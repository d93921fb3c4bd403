package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import io.larder.server.UnixSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract over a unix socket, against Larder's own server. */
class UnixSocketContractTest extends MemcachedContract {
    @TempDir
    @SuppressWarnings("NullAway") // set by JUnit
    static Path folder;

    private static CacheServer server;

    @BeforeAll
    static void openServer() {
        UnixSocket socket = new UnixSocket(folder.resolve("larder.sock"), UnixSocket.MODE_DEFAULT);
        server = CacheServer.open(ServerConfig.DEFAULT.withUnixSocket(socket).withThreads(2));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Override
    protected String address() {
        return "unix:" + folder.resolve("larder.sock");
    }

    @Test
    void dialect_isMeta() {
        assertThat(speaksMeta()).isTrue();
    }
}
