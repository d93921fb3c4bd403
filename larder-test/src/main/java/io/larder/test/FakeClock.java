package io.larder.test;

import io.larder.base.Ticker;
import io.larder.cache.Larder;
import io.larder.cache.LarderBuilder;
import io.larder.cache.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that moves only when the test says so: ticker, time of day and timer of a {@link Larder} in one.
 *
 * <p>It begins at 2026-01-01T00:00:00Z. What the timer is given runs in {@link #advance}, in the thread that calls it, each task
 * at its own time. Thread-safe.
 */
public final class FakeClock implements Ticker, InstantSource, Timer {
    /** The time of day it begins with. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Later(long atNanos, long number, Runnable task) {}

    private final PriorityQueue<Later> later =
            new PriorityQueue<>(Comparator.comparingLong(Later::atNanos).thenComparingLong(Later::number));
    private long nanos; // all under the monitor
    private long number;

    /** Gives a Larder this clock, and lets what else would run in threads of its own run in its callers': refreshes, housekeeping. */
    public LarderBuilder set(LarderBuilder builder) {
        return builder.ticker(this)
                .clock(this)
                .timer(this)
                .executor(Runnable::run)
                .loadExecutor(Runnable::run);
    }

    /** Lets time pass, and runs what is due meanwhile. */
    public void advance(Duration by) {
        long end;
        synchronized (this) {
            end = nanos + by.toNanos();
        }
        for (Later due = due(end); due != null; due = due(end)) {
            due.task().run();
        }
        synchronized (this) {
            nanos = Math.max(nanos, end);
        }
    }

    private synchronized @Nullable Later due(long end) {
        Later first = later.peek();
        if (first == null || first.atNanos() > end) {
            return null;
        }
        nanos = Math.max(nanos, first.atNanos());
        return later.poll();
    }

    @Override
    public synchronized void after(Duration delay, Runnable task) {
        later.add(new Later(nanos + delay.toNanos(), number++, task));
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Instant instant() {
        return START.plusNanos(nanos);
    }
}
