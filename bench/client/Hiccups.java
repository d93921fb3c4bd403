import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How late the machine runs threads at all: one that sleeps a millisecond at a time, and notes by how much more it slept. What a call
 * is late beyond that is the client's doing.
 */
final class Hiccups implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NOTED_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** By when they ended; hiccups below 2 ms are not kept. */
    private final ConcurrentSkipListMap<Long, Long> lateNanos = new ConcurrentSkipListMap<>();

    private final long epoch = System.nanoTime();
    private volatile boolean stopped;

    private Hiccups() {}

    static Hiccups watch() {
        Hiccups hiccups = new Hiccups();
        Thread thread = new Thread(hiccups::run, "hiccups");
        thread.setDaemon(true);
        thread.start();
        return hiccups;
    }

    private void run() {
        while (!stopped) {
            long before = System.nanoTime();
            LockSupport.parkNanos(STEP_NANOS);
            long now = System.nanoTime();
            long late = now - before - STEP_NANOS;
            if (late > NOTED_NANOS) {
                lateNanos.put(now - epoch, late);
            }
        }
    }

    /** The longest that ended since an instant of {@link System#nanoTime}. */
    long worstSince(long startNanos) {
        return lateNanos.tailMap(startNanos - epoch).values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    long worst() {
        return worstSince(epoch);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
