package io.larder.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against a server that has room for everything, the count must be that of one request after the other on a map. */
final class ReplayRunTest {
    private static final int KEYS = 60;
    private static final int REQUESTS = 6000;
    private static final int[] TTLS = {0, 0, 1, 3, 40, 100_000};

    @Test
    void run_oneCopyWithRepeatsDeletesAndExpiry_countsAsASequentialReplay() throws IOException {
        assertSameAsSequential(1);
    }

    @Test
    void run_copies_eachCountsAsASequentialReplay() throws IOException {
        assertSameAsSequential(7);
    }

    @Test
    void run_valuesLargerThanSocketBuffers_doesNotStall() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int round = 0; round < 3; round++) {
            for (int key = 0; key < 20; key++) {
                lines.append("0,")
                        .append(key)
                        .append(",900000,")
                        .append(key % 3 == 0 ? "set" : "get")
                        .append(",0\n");
            }
        }

        ReplayRun.Count count = replay(trace(lines.toString()), 1);

        assertThat(count.refused() + count.misses()).isLessThanOrEqualTo(count.gets());
        assertThat(count.gets()).isEqualTo(39);
    }

    private static void assertSameAsSequential(int copies) throws IOException {
        Trace trace = trace(randomLines());

        ReplayRun.Count count = replay(trace, copies);

        long misses = sequentialMisses(trace);
        assertThat(count.misses()).isEqualTo(misses * copies);
        assertThat(misses).isBetween(count.gets() / copies / 20, count.gets() / copies / 2);
        assertThat(count.refused()).isZero();
    }

    private static ReplayRun.Count replay(Trace trace, int copies) throws IOException {
        try (CacheServer server = CacheServer.open(ServerConfig.DEFAULT.withPort(0));
                ReplayRun run = new ReplayRun(
                        trace, copies, new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
            return run.run(done -> {});
        }
    }

    private static String randomLines() {
        SplittableRandom random = new SplittableRandom(3);
        StringBuilder lines = new StringBuilder();
        for (int key = 0; key < KEYS; key++) {
            lines.append("0,").append(key).append(',').append(key * 7).append(",get,0\n");
        }
        int time = 0;
        for (int i = 0; i < REQUESTS; i++) {
            time += random.nextInt(10) == 0 ? random.nextInt(4) : 0;
            int key = random.nextInt(1 + random.nextInt(KEYS)); // low numbers more often, several times in a window
            String op = random.nextInt(10) == 0 ? "delete" : random.nextInt(10) == 0 ? "set" : "get";
            int ttl = TTLS[random.nextInt(TTLS.length)];
            lines.append("%d,%d,%d,%s,%d%n".formatted(time, key, key * 7, op, ttl));
        }
        return lines.toString();
    }

    private static Trace trace(String lines) throws IOException {
        return Trace.read(new BufferedReader(new StringReader(lines)), "test");
    }

    private static long sequentialMisses(Trace trace) {
        Map<Integer, Long> deadlines = new HashMap<>();
        long misses = 0;
        for (int i = 0; i < trace.requests(); i++) {
            int key = trace.keyId(i);
            long now = trace.timeSeconds(i);
            boolean present = deadlines.getOrDefault(key, now) > now;
            misses += trace.op(i) == Trace.Op.GET && !present ? 1 : 0;
            switch (trace.op(i)) {
                case DELETE -> deadlines.remove(key);
                case SET -> deadlines.put(key, deadline(trace, i));
                case GET -> {
                    if (!present) {
                        deadlines.put(key, deadline(trace, i));
                    }
                }
            }
        }
        return misses;
    }

    private static long deadline(Trace trace, int request) {
        long ttl = trace.ttlSeconds(request);
        return ttl == 0 ? Long.MAX_VALUE : trace.timeSeconds(request) + ttl;
    }
}
