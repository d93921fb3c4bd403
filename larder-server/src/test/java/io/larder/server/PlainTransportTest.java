package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** The socket itself, between two channels of the same process. */
class PlainTransportTest {
    private static final int LARGE = 64 << 20;

    @Test
    void read_intoALargeBufferOnTheHeap_takesLittleMemoryOutsideIt() throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(anyPort);
                SocketChannel peer = SocketChannel.open(listener.getLocalAddress());
                SocketChannel accepted = listener.accept()) {
            PlainTransport transport = new PlainTransport(accepted);
            ByteBuffer into = ByteBuffer.allocate(LARGE);
            into.position(5);
            peer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            long before = directBytes();

            int read = transport.read(into);

            assertThat(directBytes() - before).isLessThan(LARGE / 4);
            assertThat(read).isBetween(1, 3);
            assertThat(into.position()).isEqualTo(5 + read);
            assertThat(into.limit()).isEqualTo(LARGE);
            assertThat(into.get(5)).isEqualTo((byte) 1);
        }
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
