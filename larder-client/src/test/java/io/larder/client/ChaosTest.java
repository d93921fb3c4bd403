package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node that delays, drops, duplicates, reorders, swaps, cuts and corrupts replies, under many threads: each call has an
 * outcome in time, and a value is always one that was stored under its key.
 *
 * <p>By hand: {@code -Dlarder.chaos.operations=1000000 -Dlarder.chaos.slack=20}, the slack in milliseconds.
 */
class ChaosTest {
    private static final long SEED = 20_261_121;
    private static final int OPERATIONS = Integer.getInteger("larder.chaos.operations", 8_000);

    /** Generous by default, as the machine of a test may be busy. */
    private static final Duration SLACK = Duration.ofMillis(Integer.getInteger("larder.chaos.slack", 10_000));

    private static final Duration TIMEOUT = Duration.ofMillis(60);
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final int THREADS = 12;
    private static final int KEYS = 100;

    /** First calls of a thread that wait for classes to be loaded. */
    private static final int WARM_UP = 50;

    private static final int ONE_IN = 150;

    private final AtomicIntegerArray versions = new AtomicIntegerArray(KEYS);
    private final AtomicInteger hits = new AtomicInteger();
    private final AtomicInteger misses = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();
    private final AtomicLong slowestNanos = new AtomicLong();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyThreads_neverSeeAWrongValue_norWaitPastTheirDeadline(boolean meta) throws Exception {
        try (ChaosServer server = ChaosServer.start(ONE_IN, SEED, meta);
                Memcached memcached = Memcached.open(
                        MemcachedConfig.parse("memcached://127.0.0.1:%d?timeout=60ms&stall=300ms&protocol=%s"
                                        .formatted(server.port(), meta ? "meta" : "text"))
                                .withLimits(Limits.DEFAULT.withDialsPerSecondMax(1000)))) {
            View<String> view = memcached.view(Codecs.text()).within(TIMEOUT);
            List<Caller<Integer>> callers = IntStream.range(0, THREADS)
                    .mapToObj(thread -> Caller.start(() -> operations(view, new Random(SEED + thread))))
                    .toList();

            int done = 0;
            for (Caller<Integer> caller : callers) {
                done += caller.result(Duration.ofHours(1));
            }

            System.Logger log = System.getLogger(ChaosTest.class.getName());
            log.log(
                    System.Logger.Level.INFO,
                    "chaos meta={0}: {1} calls, {2} hits, {3} misses, {4} writes, {5} failures, {6} misdeeds, {7} wrong,"
                            + " slowest {8} us, deadline 60000 us",
                    meta,
                    String.valueOf(done),
                    hits,
                    misses,
                    writes,
                    failures,
                    server.misdeeds(),
                    wrong,
                    String.valueOf(slowestNanos.get() / 1000));
            assertThat(wrong).as("wrong values, seed %d", SEED).hasValue(0);
            assertThat(hits.get() + misses.get() + writes.get() + failures.get())
                    .isEqualTo(done);
            assertThat(hits).hasPositiveValue();
            assertThat(failures).hasPositiveValue();
            assertThat(server.misdeeds()).isPositive();
            assertThat(Duration.ofNanos(slowestNanos.get())).isLessThan(TIMEOUT.plus(SLACK));
            server.behave();
            View<String> patient = view.lenient().within(Duration.ofSeconds(10));
            AtomicInteger tries = new AtomicInteger();
            // another key each time: without numbers, nothing else shows that a reply belongs to an earlier call
            Await.until("the client recovers", () -> {
                String key = "other-" + tries.incrementAndGet();
                return patient.set(key, key, TTL) == StoreResult.STORED && key.equals(patient.get(key));
            });
        }
    }

    private int operations(View<String> view, Random random) {
        int count = OPERATIONS / THREADS;
        for (int n = 0; n < count; n++) {
            long start = System.nanoTime();
            try {
                operation(view, random);
            } catch (MemcachedException e) {
                failures.incrementAndGet();
            }
            if (n >= WARM_UP) {
                slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            }
        }
        return count;
    }

    private void operation(View<String> view, Random random) {
        int index = random.nextInt(KEYS);
        String key = "key-" + index;
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                view.set(key, key + "|" + versions.incrementAndGet(index) + "|" + "x".repeat(random.nextInt(300)), TTL);
                writes.incrementAndGet();
            }
            case 2 -> {
                if (random.nextInt(10) == 0) {
                    view.delete(key);
                } else {
                    view.set(key, key + "|" + versions.incrementAndGet(index) + "|", TTL);
                }
                writes.incrementAndGet();
            }
            case 3 -> {
                List<String> keys = List.of(key, "key-" + (index + 1) % KEYS, "key-" + (index + 7) % KEYS);
                BulkRead<String> read = view.getAll(keys);
                read.found().forEach((found, value) -> wrong.addAndGet(isRight(found, value) ? 0 : 1));
                (read.failed().isEmpty() ? hits : failures).incrementAndGet();
            }
            case 4 -> count(key, view.getAndTouch(key, TTL));
            default -> count(key, view.get(key));
        }
    }

    private void count(String key, @Nullable String value) {
        if (value == null) {
            misses.incrementAndGet();
        } else {
            hits.incrementAndGet();
            wrong.addAndGet(isRight(key, value) ? 0 : 1);
        }
    }

    /** Whether the value was stored under the key at some time. */
    private boolean isRight(String key, String value) {
        String[] parts = value.split("\\|", -1);
        int newest = versions.get(Integer.parseInt(key.substring("key-".length())));
        return parts.length == 3 && parts[0].equals(key) && Integer.parseInt(parts[1]) <= newest;
    }
}
