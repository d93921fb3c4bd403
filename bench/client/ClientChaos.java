import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads and writes through clients against a server whose replies go wrong, and counts values that were never stored under
 * the key that was read. {@code bench/client-chaos} starts the server and calls this.
 *
 * <p>Arguments: port, seconds for each client, deadline in milliseconds, then clients.
 */
public final class ClientChaos {
    private static final int THREADS = 12;
    private static final int KEYS = 100;

    private ClientChaos() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        long nanos = (long) (Double.parseDouble(arguments[1]) * 1e9);
        int timeoutMillis = Integer.parseInt(arguments[2]);
        System.out.printf("%-14s %10s %10s %10s %10s %12s %14s %16s%n", "client", "calls", "values", "misses", "failures",
                "WRONG", "slowest us", "late beyond us");
        for (String name : List.of(arguments).subList(3, arguments.length)) {
            run(name, Peer.open(name, port, timeoutMillis), nanos, timeoutMillis * 1_000_000L);
        }
        System.exit(0); // some peers leave threads behind
    }

    private static void run(String name, Peer peer, long nanos, long deadlineNanos) throws Exception {
        Hiccups hiccups = Hiccups.watch();
        AtomicLong lateBeyond = new AtomicLong(); // the deadline, and what a thread that only sleeps was late
        LongAdder calls = new LongAdder();
        LongAdder values = new LongAdder();
        LongAdder misses = new LongAdder();
        LongAdder failures = new LongAdder();
        LongAdder wrong = new LongAdder();
        AtomicLong slowest = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                for (long now = System.nanoTime(); now - start < nanos; ) {
                    boolean failed = false;
                    String key = "key-" + random.nextInt(KEYS);
                    calls.increment();
                    try {
                        if (random.nextInt(5) == 0) {
                            String value = key + "|" + "x".repeat(random.nextInt(300));
                            peer.set(key, value.getBytes(StandardCharsets.US_ASCII));
                        } else {
                            byte[] value = peer.get(key);
                            (value == null ? misses : values).increment();
                            boolean right = value == null
                                    || new String(value, StandardCharsets.US_ASCII).matches(key + "\\|x*");
                            wrong.add(right ? 0 : 1);
                        }
                    } catch (Exception e) {
                        failures.increment();
                        failed = true;
                    }
                    long after = System.nanoTime();
                    if (after - start > nanos / 10) { // warm
                        slowest.accumulateAndGet(after - now, Math::max);
                        if (after - now > deadlineNanos) {
                            long late = after - now - deadlineNanos - hiccups.worstSince(now);
                            lateBeyond.accumulateAndGet(late, Math::max);
                        }
                    }
                    if (failed) { // or callers that fail at once would keep the machine busy with nothing else
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                        after = System.nanoTime();
                    }
                    now = after;
                }
            });
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(nanos / 1_000_000 + 10_000);
        }
        long stuck = threads.stream().filter(Thread::isAlive).count();
        System.out.printf("%-14s %10d %10d %10d %10d %12d %14d %16d%s%n", name, calls.sum(), values.sum(), misses.sum(),
                failures.sum(), wrong.sum(), slowest.get() / 1000, lateBeyond.get() / 1000, stuck == 0 ? "" : ", " + stuck + " threads never came back");
        System.out.flush();
        peer.close();
        hiccups.close();
    }
}
