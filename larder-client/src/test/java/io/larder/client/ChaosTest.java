package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A node that delays, cuts, corrupts, swaps and drops replies, under many threads: each call has an outcome in time, and a
 * value is always one that was stored under its key.
 */
@Timeout(90)
class ChaosTest {
    private static final long SEED = 20_261_121;
    private static final Duration TIMEOUT = Duration.ofMillis(60);
    private static final int THREADS = 6;
    private static final int CALLS = 250;

    private final AtomicInteger hits = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong slowestNanos = new AtomicLong();

    @Test
    void manyThreads_neverSeeAWrongValue_norWaitPastTheirDeadline() throws Exception {
        Random random = new Random(SEED);
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> misbehave(request, peer, random));
                Memcached memcached = Memcached.open(server.url("?timeout=60ms&stall=300ms"))) {
            View<String> view = memcached.view(Codecs.text());
            List<Caller<Integer>> callers = IntStream.range(0, THREADS)
                    .mapToObj(thread -> Caller.start(() -> wrongValues(view, thread)))
                    .toList();

            for (Caller<Integer> caller : callers) {
                assertThat(caller.result()).as("wrong values, seed %d", SEED).isZero();
            }
            assertThat(hits.get() + failures.get()).isEqualTo(THREADS * CALLS);
            assertThat(hits).hasPositiveValue();
            assertThat(failures).hasPositiveValue();
            // generous, as the machine of a test may be busy; hand measurements are far closer
            assertThat(Duration.ofNanos(slowestNanos.get())).isLessThan(TIMEOUT.plusSeconds(1));
            server.behave(new MapScript());
            Await.until("the client recovers", () -> view.lookup("k") instanceof Lookup.Absent<String>);
        }
    }

    private int wrongValues(View<String> view, int thread) {
        int wrong = 0;
        for (int n = 0; n < CALLS; n++) {
            String key = "key-" + thread + "-" + n;
            long start = System.nanoTime();
            Lookup<String> found = view.lookup(key);
            slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            if (found instanceof Lookup.Unavailable<String>) {
                failures.incrementAndGet();
            } else {
                hits.incrementAndGet();
                wrong += found instanceof Lookup.Hit<String> hit && hit.value().equals("value of " + key) ? 0 : 1;
            }
        }
        return wrong;
    }

    /** One connection, one thread: but there are several connections, one after the other. */
    private static synchronized int draw(Random random) {
        return random.nextInt(300);
    }

    private static void misbehave(String request, ScriptedServer.Peer peer, Random random)
            throws IOException, InterruptedException {
        String key = request.substring("gets ".length());
        String reply = "VALUE %s 0 %d 1\r\nvalue of %s\r\nEND\r\n".formatted(key, 9 + key.length(), key);
        switch (draw(random)) {
            case 0 -> new CountDownLatch(1).await(80, TimeUnit.MILLISECONDS);
            case 1 -> {
                peer.send(reply.substring(0, reply.length() / 2));
                peer.hangUp();
            }
            case 2 -> reply = reply.replace(key + " ", "someone-elses "); // swapped with another's
            case 3 -> reply = reply.replace("VALUE", "VALVE");
            case 4 -> reply = reply.substring(1);
            case 5 -> reply += reply; // twice
            case 6 -> reply = "SERVER_ERROR busy\r\n";
            case 7 -> reply = ""; // dropped: the next reply comes in its place
            case 8 -> peer.hangUp();
            default -> {}
        }
        for (int at = 0; at < reply.length(); at += 7) {
            peer.send(reply.substring(at, Math.min(reply.length(), at + 7)));
        }
    }
}
