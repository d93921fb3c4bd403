import io.larder.client.Codecs;
import io.larder.client.Memcached;
import io.larder.client.MemcachedException;
import io.larder.client.NodeStats;
import io.larder.client.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads and writes on three nodes while the script kills one of them by kill -9 and starts it again, and tells how late any call was,
 * how often the dead node was dialled, and how soon it was in use again. {@code bench/client-failure} starts the nodes and calls this.
 *
 * <p>Arguments: URL, name of the node that is killed, deadline in milliseconds, command that kills it, command that starts it and
 * returns once it answers.
 */
public final class FailureRun {
    private static final int THREADS = 12;
    private static final int KEYS = 3000;
    private static final long PHASE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private FailureRun() {}

    public static void main(String[] arguments) throws Exception {
        String victim = arguments[1];
        long deadlineNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[2]));
        AtomicLong slowest = new AtomicLong();
        AtomicLong slowestBeyondHiccups = new AtomicLong();
        LongAdder calls = new LongAdder();
        LongAdder failures = new LongAdder();
        try (Hiccups hiccups = Hiccups.watch();
                Memcached memcached = Memcached.open(arguments[0])) {
            View<String> view = memcached.view(Codecs.text());
            Thread[] threads = new Thread[THREADS];
            boolean[] stop = new boolean[1];
            for (int i = 0; i < THREADS; i++) {
                threads[i] = new Thread(() -> {
                    for (int n = 0; !stopped(stop); n++) {
                        String key = "key-" + ThreadLocalRandom.current().nextInt(KEYS);
                        long start = System.nanoTime();
                        try {
                            if (n % 10 == 0) {
                                view.set(key, "x".repeat(100), Duration.ofMinutes(5));
                            } else {
                                view.get(key);
                            }
                        } catch (MemcachedException e) {
                            failures.increment();
                        }
                        long took = System.nanoTime() - start;
                        calls.increment();
                        if (n > 200) { // warm
                            slowest.accumulateAndGet(took, Math::max);
                            if (took > deadlineNanos) {
                                long late = took - deadlineNanos - hiccups.worstSince(start);
                                slowestBeyondHiccups.accumulateAndGet(late, Math::max);
                            }
                        }
                    }
                });
                threads[i].start();
            }
            TimeUnit.NANOSECONDS.sleep(PHASE_NANOS);
            long warmCalls = calls.sum();
            long warmFailures = failures.sum();
            long dialsBefore = stats(memcached, victim).dials();
            run(arguments[3]);
            List<Long> dialsPerSecond = new ArrayList<>();
            for (int second = 0; second < 6; second++) {
                long before = stats(memcached, victim).dials();
                TimeUnit.SECONDS.sleep(1);
                dialsPerSecond.add(stats(memcached, victim).dials() - before);
            }
            long dialsDead = stats(memcached, victim).dials() - dialsBefore;
            long failuresDead = failures.sum() - warmFailures;
            run(arguments[4]);
            long returned = System.nanoTime();
            while (!stats(memcached, victim).connected()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long recovered = System.nanoTime() - returned;
            TimeUnit.NANOSECONDS.sleep(PHASE_NANOS / 2);
            synchronized (stop) {
                stop[0] = true;
            }
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.printf("calls %d (%d before the kill, %d failed then), failed while dead %d%n", calls.sum(), warmCalls,
                    warmFailures, failuresDead);
            System.out.printf("slowest call %.1f ms, deadline %.0f ms; latest beyond deadline and hiccups of the machine %.1f ms"
                    + " (worst hiccup %.1f ms)%n", slowest.get() / 1e6, deadlineNanos / 1e6,
                    slowestBeyondHiccups.get() / 1e6, hiccups.worst() / 1e6);
            System.out.printf("dials of the dead node: %d in 6 s, by second %s%n", dialsDead, dialsPerSecond);
            System.out.printf("in use again %.0f ms after it answered%n", recovered / 1e6);
        }
    }

    private static boolean stopped(boolean[] stop) {
        synchronized (stop) {
            return stop[0];
        }
    }

    private static NodeStats stats(Memcached memcached, String node) {
        Map<String, NodeStats> stats = memcached.stats();
        return stats.get(node);
    }

    private static void run(String command) throws Exception {
        int exit = new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException(command + " ended with " + exit);
        }
    }
}
