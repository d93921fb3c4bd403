package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One connection, turned by hand. */
class ConnectionTest {
    private static final long STALLED = TimeUnit.SECONDS.toNanos(2);

    private final FakeTicker ticker = new FakeTicker();

    /** Holds what it is given, as TLS does, and lets go of as much of it as the test says. */
    private static final class HoldingTransport extends Transport {
        private int taken;
        private boolean asked;

        @Override
        int read(ByteBuffer into) {
            if (asked) {
                return 0;
            }
            asked = true;
            byte[] request = "get none\r\n".getBytes(US_ASCII);
            into.put(request);
            return request.length;
        }

        @Override
        int write(ByteBuffer bytes) {
            int size = bytes.remaining();
            bytes.position(bytes.limit());
            return size;
        }

        @Override
        boolean holdsInput() {
            return false;
        }

        @Override
        boolean holdsOutput() {
            return asked;
        }

        @Override
        boolean holdsMemory() {
            return false;
        }

        @Override
        int flush() {
            return taken;
        }

        @Override
        boolean resume() {
            return false;
        }

        @Override
        int interestOps() {
            return SelectionKey.OP_READ;
        }

        @Override
        boolean isOpen() {
            return true;
        }

        @Override
        void close() {
            asked = false;
        }
    }

    @Test
    void peerThatTakesLittleOfWhatTheTransportHolds_movesAndIsNotStalled() throws IOException {
        try (Selector selector = Selector.open();
                SocketChannel socket = SocketChannel.open();
                ItemStore store = SegmentStore.open(ServerConfig.DEFAULT.storage(), ticker)) {
            socket.configureBlocking(false);
            HoldingTransport transport = new HoldingTransport();
            Connection connection = new Connection(
                    1,
                    transport,
                    new Peername("127.0.0.1", 1, "127.0.0.1:2"),
                    socket.register(selector, SelectionKey.OP_READ),
                    new EventLoop(LoneParts.of(ServerConfig.DEFAULT, store, ticker)),
                    new BufferBudget(1 << 20));
            connection.socketReady();
            assertThat(stalled(connection)).isFalse();

            ticker.advance(Duration.ofSeconds(3));
            connection.socketReady();
            assertThat(stalled(connection)).isTrue(); // it took nothing

            transport.taken = 1;
            connection.socketReady();
            assertThat(stalled(connection)).isFalse();
            ticker.advance(Duration.ofSeconds(1));
            assertThat(stalled(connection)).isFalse();
            ticker.advance(Duration.ofSeconds(1));
            assertThat(stalled(connection)).isTrue();
        }
    }

    private boolean stalled(Connection connection) {
        return connection.holdsWithoutMoving(ticker.nanos(), STALLED);
    }
}
