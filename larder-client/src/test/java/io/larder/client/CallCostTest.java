package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a blocking get costs its thread where nobody listens. More calls: {@code -Dlarder.cost.calls=1000000}. */
@Timeout(60)
class CallCostTest {
    private static final int CALLS = Integer.getInteger("larder.cost.calls", 5_000);

    /** Of garbage for a get of 100 bytes in the classic protocol, the value included: about 410, and more until it is compiled. */
    private static final double BYTES_MAX = 600;

    /** Until it is compiled, for which a busy machine takes its time. */
    private static final int ROUNDS_MAX = 10;

    @Test
    void get_withoutListener_allocatesLittle() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.of(server.node())
                        .withProtocol(Protocol.TEXT)
                        .withTimeouts(Timeouts.ofOperation(Duration.ofSeconds(20))))) {
            View<byte[]> view = memcached.view(Codecs.bytes());
            view.set("k", new byte[100], Duration.ofMinutes(1));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            run(view);

            double bytes = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS_MAX && bytes >= BYTES_MAX; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                run(view);
                bytes = (double) (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
            }

            System.out.printf("%.1f bytes allocated per get%n", bytes);
            assertThat(bytes).isLessThan(BYTES_MAX);
        }
    }

    private static void run(View<byte[]> view) {
        for (int i = 0; i < CALLS; i++) {
            if (view.get("k") == null) {
                throw new AssertionError("a miss");
            }
        }
    }
}
