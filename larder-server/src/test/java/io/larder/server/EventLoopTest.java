package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a loop leaves behind while it sleeps. */
class EventLoopTest {
    private final FakeTicker ticker = new FakeTicker();
    private volatile boolean batchIsOpen;

    @Test
    void sleepingLoop_afterRequestsLeftOverFromATurn_keepsNothingBackInTheStore() throws Exception {
        ServerConfig config = ServerConfig.DEFAULT.withRequestsPerTurn(1);
        try (ItemStore store = SegmentStore.open(config.storage(), ticker);
                ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Peer peer = new Peer((InetSocketAddress) listener.getLocalAddress())) {
            EventLoop loop = new EventLoop(LoneParts.of(config, watch(ItemStore.class, store), ticker));
            Thread thread = new Thread(loop, "event-loop");
            thread.setDaemon(true);
            thread.start();
            loop.adopt(new Arrival(listener.accept(), new Endpoint(listener, false, "")));

            peer.send("get a\r\nget b\r\nget c\r\n"); // one a turn: the last is served just before the loop looks for
            // more

            assertThat(peer.line()).isEqualTo("END");
            assertThat(peer.line()).isEqualTo("END");
            assertThat(peer.line()).isEqualTo("END");
            Await.until("the loop waits for its sockets", () -> selects(thread));
            assertThat(batchIsOpen).isFalse();
            loop.stop();
            thread.join(60_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private static boolean selects(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("select"));
    }

    /** The same, but what sessions say of their batches is noted down. */
    private <T> T watch(Class<T> type, T watched) {
        return type.cast(Proxy.newProxyInstance(
                EventLoopTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "beginBatch" -> batchIsOpen = true;
                        case "quiesce" -> batchIsOpen = false;
                        default -> {}
                    }
                    try {
                        Object result = method.invoke(watched, arguments);
                        return result instanceof ItemStore.Session session
                                        && method.getName().equals("session")
                                ? watch(ItemStore.Session.class, session)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
