package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.larder.base.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Heap bytes that the event loop allocates for a request once it is warm. More requests: {@code
 * -Dlarder.allocation.requests=1000000}.
 */
class AllocationTest {
    private static final int REQUESTS = Integer.getInteger("larder.allocation.requests", 160_000);
    private static final int IN_FLIGHT = 16;

    /** What the JVM does now and then on that thread, when it gives up compiled code for one, stays far below. */
    private static final double BYTES_MAX = 0.5;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get key:00000000000000000000000001\r\n",
                "gets key:00000000000000000000000001 none\r\n",
                "mg key:00000000000000000000000001 k v t f c\r\n",
                "mg none v\r\n",
                "set key:00000000000000000000000002 5 0 10\r\n0123456789\r\n",
                "ms key:00000000000000000000000002 10 T0\r\n0123456789\r\n"
            })
    void hotRequest_inSteadyState_allocatesNothing(String request) throws IOException {
        try (CacheServer server = open()) {
            try (Socket socket = new Socket()) {
                socket.setTcpNoDelay(true);
                socket.connect(server.addresses().get(0));
                exchange(socket, "set key:00000000000000000000000001 0 0 5\r\nhello\r\n", 1);
                long loop = newestLoop();
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                run(socket, request, REQUESTS);

                long before = threads.getThreadAllocatedBytes(loop);
                run(socket, request, REQUESTS);
                double bytes = (double) (threads.getThreadAllocatedBytes(loop) - before) / REQUESTS;

                System.out.printf(
                        "%.3f bytes allocated per %s", bytes, request.substring(0, request.indexOf('\n') + 1));
                assertThat(bytes).isLessThan(BYTES_MAX);
            }
        }
    }

    private static CacheServer open() {
        ServerConfig config = ServerConfig.DEFAULT.withPort(0).withThreads(1);
        return CacheServer.open(config, Ticker.SYSTEM, InstantSource.system(), new PrintStream(System.err, true));
    }

    private static long newestLoop() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("larder-loop"))
                .mapToLong(Thread::getId)
                .max()
                .orElseThrow();
    }

    private static void run(Socket socket, String request, int requests) throws IOException {
        for (int sent = 0; sent < requests; sent += IN_FLIGHT) {
            exchange(socket, request, IN_FLIGHT);
        }
    }

    /** Sends it so many times and reads until the answer to a mark behind it. */
    private static void exchange(Socket socket, String request, int times) throws IOException {
        socket.getOutputStream().write((request.repeat(times) + "mn\r\n").getBytes(US_ASCII));
        InputStream in = socket.getInputStream();
        int matched = 0;
        byte[] mark = "MN\r\n".getBytes(US_ASCII);
        byte[] chunk = new byte[1 << 14];
        while (matched < mark.length) {
            int read = in.read(chunk);
            if (read < 0) {
                throw new IOException("closed by the server");
            }
            for (int i = 0; i < read; i++) {
                matched = chunk[i] == mark[matched] ? matched + 1 : chunk[i] == mark[0] ? 1 : 0;
                if (matched == mark.length) {
                    break;
                }
            }
        }
    }
}
