package io.larder.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class ItemsFillTest {
    private static final byte[] FOREIGN = new byte[100];

    @Test
    void count_roomForAll_findsEveryItem() throws IOException {
        try (CacheServer server = CacheServer.open(ServerConfig.DEFAULT.withPort(0));
                ItemsFill fill = new ItemsFill(at(server), 100, 1234)) {
            fill.fill(done -> {});

            assertThat(fill.count(done -> {})).isEqualTo(1234);
        }
    }

    @Test
    void count_aForeignValue_isRefused() throws IOException {
        try (CacheServer server = CacheServer.open(ServerConfig.DEFAULT.withPort(0));
                ItemsFill fill = new ItemsFill(at(server), 100, 10);
                ReplayWire other = new ReplayWire(at(server).address())) {
            fill.fill(done -> {});
            other.set(7, 0, FOREIGN, FOREIGN.length);
            other.flush();
            other.accepted();

            assertThatThrownBy(() -> fill.count(done -> {})).hasMessage("key 7 has a value that was not stored");
        }
    }

    private static ReplayServer at(CacheServer server) {
        return new ReplayServer("test", new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    }
}
