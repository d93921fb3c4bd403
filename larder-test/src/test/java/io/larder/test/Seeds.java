package io.larder.test;

import io.larder.cache.Larder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Runs many seeds, several at a time: each of them mostly waits until the thread whose turn it is gets a processor. */
final class Seeds {
    private static final int DRIVERS = 16;
    private static final int BROKEN_MAX = 20;

    private Seeds() {}

    /** The outcomes of the seeds from {@code first} on that broke an invariant; stops after some. */
    static List<Simulation.Outcome> broken(long first, long count, UnaryOperator<Larder.Builder> change) {
        AtomicLong next = new AtomicLong(first);
        List<Simulation.Outcome> broken = new ArrayList<>();
        ExecutorService drivers = Executors.newFixedThreadPool(DRIVERS);
        try {
            List<Callable<Void>> each = new ArrayList<>();
            for (int i = 0; i < DRIVERS; i++) {
                each.add(() -> {
                    for (long seed = next.getAndIncrement(); seed < first + count; seed = next.getAndIncrement()) {
                        Simulation.Outcome outcome = Simulation.run(seed, false, change);
                        synchronized (broken) {
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
            return broken;
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            drivers.shutdown();
        }
    }
}
