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
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Heap bytes that the event loop allocates for a request once it is warm. More requests: {@code
 * -Dlarder.allocation.requests=1000000}.
 */
class AllocationTest {
    private static final int REQUESTS = Integer.getInteger("larder.allocation.requests", 160_000);
    private static final int CUT_REQUESTS = REQUESTS / 4;
    private static final int IN_FLIGHT = 16;

    /** What the JVM does now and then on that thread, when it gives up compiled code for one, stays far below. */
    private static final double BYTES_MAX = 0.5;

    /** A buffer of each size is made once, whenever that may be needed first. */
    private static final double CUT_BYTES_MAX = BYTES_MAX + 2.0 * SpareBuffers.BYTES_MAX / CUT_REQUESTS;

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

    /** The end of a read, or of a turn, falls everywhere: what is left over then has a place that is used again. */
    @ParameterizedTest
    @CsvSource({
        "get key:00000000000000000000000001%n, 61",
        "mg key:00000000000000000000000001 v%n, 61",
        "set key:00000000000000000000000002 5 0 10%n0123456789%n, 61",
        "set key:00000000000000000000000002 5 0 10%n0123456789%n, 200003",
        "ms key:00000000000000000000000002 10%n0123456789%n, 200003"
    })
    void hotRequest_cutAtEveryPlace_allocatesNothing(String pattern, int pieceBytes) throws Exception {
        String request = pattern.replace("%n", "\r\n");
        try (CacheServer server = open();
                Peer peer = new Peer(server.addresses().get(0))) {
            peer.send("set key:00000000000000000000000001 0 0 5\r\nhello\r\n");
            assertThat(peer.line()).isEqualTo("STORED");
            long loop = newestLoop();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            stream(peer, request, pieceBytes);

            long before = threads.getThreadAllocatedBytes(loop);
            stream(peer, request, pieceBytes);
            double bytes = (double) (threads.getThreadAllocatedBytes(loop) - before) / CUT_REQUESTS;

            System.out.printf("%.3f bytes allocated per %s in pieces of %d%n", bytes, pattern, pieceBytes);
            assertThat(bytes).isLessThan(CUT_BYTES_MAX);
        }
    }

    /** Sends it again and again without waiting, while another thread takes the answers. */
    private static void stream(Peer peer, String request, int pieceBytes) throws Exception {
        String all = request.repeat(CUT_REQUESTS) + "mn\r\n";
        FutureTask<Boolean> answers = new FutureTask<>(() -> {
            String line = peer.line();
            while (!line.equals("MN")) {
                line = peer.line();
            }
            return true;
        });
        new Thread(answers).start();
        for (int at = 0; at < all.length(); at += pieceBytes) {
            peer.send(all.substring(at, Math.min(all.length(), at + pieceBytes)));
        }
        assertThat(answers.get(60, TimeUnit.SECONDS)).isTrue();
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
