package io.larder.test;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of all virtual clusters of the JVM, used again by one task after the other, since starting one takes longer than
 * most tasks run. Daemons, which end when they have had nothing to do for five seconds.
 */
final class Crew implements Runnable {
    private static final ConcurrentLinkedDeque<Crew> IDLE = new ConcurrentLinkedDeque<>();
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final Thread thread = new Thread(this, "larder-virtual-" + NUMBER.incrementAndGet());
    private volatile Turns.@Nullable Task task; // written by who took this one off the idle ones

    /** Runs the task in one of the threads, whose turn it is from now on. */
    static void run(Turns.Task task) {
        Crew free = IDLE.pollFirst();
        Crew one = free == null ? new Crew() : free;
        task.thread = one.thread;
        one.task = task;
        if (free == null) {
            one.thread.setDaemon(true);
            one.thread.start();
        } else {
            LockSupport.unpark(one.thread);
        }
    }

    @Override
    public void run() {
        for (Turns.Task next = take(); next != null; next = take()) {
            Turns turns = next.turns;
            turns.live(next);
            task = null;
            IDLE.addFirst(this); // before the turn goes on: the next task may be given to this very thread
            turns.leave();
        }
    }

    private Turns.@Nullable Task take() {
        long since = System.nanoTime();
        while (task == null) {
            LockSupport.parkNanos(this, IDLE_NANOS_MAX);
            if (task == null && System.nanoTime() - since >= IDLE_NANOS_MAX) {
                if (IDLE.remove(this)) {
                    return null;
                }
                since = System.nanoTime(); // somebody has just taken it
            }
        }
        return task;
    }
}
