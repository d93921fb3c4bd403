package io.larder.cache;

import java.time.Duration;

/** Runs things later: injected, so that a test says when later is. Thread-safe. */
@FunctionalInterface
public interface Timer {
    /** Runs the task once, in a thread of the timer's, no earlier than after the delay. The task is brief and does not block. */
    void after(Duration delay, Runnable task);
}
