package io.larder.test;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs many seeds, several at a time: each of them mostly waits until the thread whose turn it is gets a processor. */
final class Seeds {
    private static final int DRIVERS = 16;
    private static final int BROKEN_MAX = 20;

    private Seeds() {}

    /**
     * What came out of many.
     *
     * @param broken the outcomes that broke an invariant; the run stops after some
     * @param seen how often what happened, in all of them together
     */
    record Result(List<Simulation.Outcome> broken, SortedMap<String, Long> seen) {}

    /** Runs the seeds from {@code first} on. */
    static Result run(long first, long count, Bug bug) {
        AtomicLong next = new AtomicLong(first);
        List<Simulation.Outcome> broken = new ArrayList<>();
        SortedMap<String, Long> seen = new TreeMap<>();
        ExecutorService drivers = Executors.newFixedThreadPool(DRIVERS);
        try {
            List<Callable<Void>> each = new ArrayList<>();
            for (int i = 0; i < DRIVERS; i++) {
                each.add(() -> {
                    for (long seed = next.getAndIncrement(); seed < first + count; seed = next.getAndIncrement()) {
                        Simulation.Outcome outcome = Simulation.run(seed, false, bug);
                        synchronized (broken) {
                            outcome.seen().forEach((what, times) -> seen.merge(what, (long) times, Long::sum));
                            if (outcome.broken() != null) {
                                broken.add(outcome);
                            }
                            if (broken.size() >= BROKEN_MAX) {
                                return null;
                            }
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> driver : drivers.invokeAll(each)) {
                driver.get();
            }
            return new Result(broken, seen);
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            drivers.shutdown();
        }
    }
}
