package io.larder.cache;

import io.larder.base.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A timer that runs what is due when a test lets time pass through it. For one thread. */
public final class Later implements Timer {
    private record Task(long dueNanos, Runnable run) {}

    private final FakeTicker ticker;
    private final List<Task> tasks = new ArrayList<>();

    public Later(FakeTicker ticker) {
        this.ticker = ticker;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        tasks.add(new Task(ticker.nanos() + delay.toNanos(), task));
    }

    /** Lets time pass, then runs what is due. */
    public void pass(Duration time) {
        ticker.advance(time);
        List<Task> due = tasks.stream()
                .filter(task -> ticker.nanos() - task.dueNanos() >= 0)
                .toList();
        tasks.removeAll(due);
        due.forEach(task -> task.run().run());
    }

    /** How many tasks wait. */
    public int waiting() {
        return tasks.size();
    }
}
