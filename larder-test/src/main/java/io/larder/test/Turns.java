package io.larder.test;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, and real threads of which exactly one runs at any moment: the one whose turn it is.
 *
 * <pre>
 *   running ── await, sleep, pause ──► next(): wake whose condition holds, take the earliest event, set the time to it
 *      ▲                                   │ an action: run it here, go on
 *      └────────── it was my own ◄─────────┤
 *                                          └ another task's: let its thread go, park this one
 * </pre>
 *
 * <p>Events of the same moment come in an order drawn from the seed, so a seed is one history and another seed another one. All
 * fields belong to the thread whose turn it is; the volatile {@link Task#go} hands them over.
 */
final class Turns {
    private static final long REAL_SECONDS_MAX = 60;
    private static final int STEPS_MAX = 20_000_000;

    /** Unwinds the calls of a node that has crashed; nothing may catch and keep it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("the virtual node of this call has crashed", null, false, false);
        }
    }

    /** Something that takes turns: the test's own thread, or a call begun by it. */
    static final class Task {
        final @Nullable Object owner;
        final boolean background; // begun by the framework
        final Turns turns;
        final Runnable body;
        final long begunNanos;
        volatile boolean go;

        @Nullable
        Thread thread; // none before its first turn

        @Nullable
        BooleanSupplier condition; // what it waits for

        long waits; // counted: events of earlier ones are void
        boolean killed;
        boolean interrupted; // and its thread does not know yet: it has no turn

        Task(Turns turns, @Nullable Object owner, boolean background, Runnable body) {
            this.turns = turns;
            this.owner = owner;
            this.background = background;
            this.body = body;
            this.begunNanos = turns.nowNanos;
        }

        private void awaitGo(long realNanosMax) {
            long end = System.nanoTime() + realNanosMax;
            boolean interrupted = false;
            while (!go) {
                LockSupport.parkNanos(this, realNanosMax);
                interrupted |= Thread.interrupted(); // or park would not park
                if (!go && System.nanoTime() - end > 0) {
                    throw turns.tooLong();
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record Event(
            long atNanos,
            int lot,
            long number,
            @Nullable Task task,
            long waits,
            @Nullable Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            int byLot = byTime != 0 ? byTime : Integer.compare(lot, other.lot);
            return byLot != 0 ? byLot : Long.compare(number, other.number);
        }
    }

    private final SplittableRandom chance;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Task> waiting = new ArrayList<>(); // for a condition
    private final List<Task> alive = new ArrayList<>(); // without the test's own
    private final Task test;
    private Task running;
    private long nowNanos;
    private long number;
    private int steps;
    private boolean acting; // an action runs, which is nobody's turn
    private @Nullable String stuck;
    private @Nullable Throwable failure; // of an action, which is a bug

    Turns(SplittableRandom chance) {
        this.chance = chance;
        this.test = new Task(this, null, false, () -> {});
        test.thread = Thread.currentThread();
        test.go = true;
        this.running = test;
    }

    /** Nanoseconds since the beginning. */
    long nowNanos() {
        return nowNanos;
    }

    /** How many events there were. */
    int steps() {
        return steps;
    }

    /** Calls under way, those in the background included. */
    int alive() {
        return alive.size();
    }

    /** When the oldest task in the background was begun that the owner has; {@link Long#MAX_VALUE} if it has none. */
    long oldestInBackground(@Nullable Object owner) {
        long oldest = Long.MAX_VALUE;
        for (Task task : alive) {
            if (task.owner == owner && task.background) {
                oldest = Math.min(oldest, task.begunNanos);
            }
        }
        return oldest;
    }

    /** Runs an action of no thread after a while; it is brief and does not wait. */
    void after(long nanos, Runnable action) {
        add(nanos, null, 0, action);
    }

    /** Begins a task, at its first turn. */
    Task begin(@Nullable Object owner, boolean background, long afterNanos, Runnable body) {
        Task task = new Task(this, owner, background, body);
        alive.add(task);
        add(afterNanos, task, task.waits, null);
        return task;
    }

    /** Waits until the condition holds, which is looked at between turns; answers whether that came in time. */
    boolean await(BooleanSupplier condition, long nanosMax) {
        Task me = me();
        if (condition.getAsBoolean()) {
            return true;
        }
        me.condition = condition;
        me.waits++;
        waiting.add(me);
        if (nanosMax < Long.MAX_VALUE - nowNanos) {
            add(nanosMax, me, me.waits, null);
        }
        pass(me);
        return condition.getAsBoolean();
    }

    /** As {@link #await}, and ends when the task is interrupted, with the flag of its thread cleared. */
    boolean awaitInterruptibly(BooleanSupplier condition, long nanosMax) throws InterruptedException {
        Task me = me();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        boolean came = await(() -> me.interrupted || condition.getAsBoolean(), nanosMax);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return came;
    }

    /** Interrupts a task, which learns of it at its next turn. */
    void interrupt(Task task) {
        if (alive.contains(task)) {
            task.interrupted = true;
        }
    }

    /** The task whose turn it is. */
    Task current() {
        return running;
    }

    /** The calls of this owner that are under way now. */
    List<Task> alive(Object owner) {
        return alive.stream().filter(task -> task.owner == owner).toList();
    }

    /** Whether any of these is under way. */
    boolean isAnyAlive(List<Task> tasks) {
        return tasks.stream().anyMatch(alive::contains);
    }

    /** Lets time pass. */
    void sleep(long nanos) {
        Task me = me();
        me.waits++;
        add(nanos, me, me.waits, null);
        pass(me);
    }

    /** Lets others of the same moment go first, perhaps; only from a thread that has a turn. */
    void pause() {
        if (!acting && Thread.currentThread() == running.thread && chance.nextInt(4) == 0) {
            sleep(0);
        }
    }

    /** Ends all calls of this owner, where they stand. */
    void kill(Object owner) {
        for (Task task : alive) {
            if (task.owner == owner && !task.killed) {
                task.killed = true;
                waiting.remove(task);
                if (acting || task != running) { // it waits, and has to learn of it
                    task.waits++;
                    add(0, task, task.waits, null);
                }
            }
        }
    }

    /** Stops the caller if its node has crashed: what it does while it is unwound must not be seen. */
    void goOn() {
        Task me = running;
        if (me.killed && Thread.currentThread() == me.thread) {
            throw new Killed();
        }
    }

    private Task me() {
        Task me = running;
        if (Thread.currentThread() != me.thread) {
            throw new IllegalStateException(
                    "thread %s is none of the virtual cluster's; begin the call by node.start(...)"
                            .formatted(Thread.currentThread().getName()));
        }
        if (acting) {
            throw new IllegalStateException(
                    "a task of the timer waits; it has to be brief, and to leave that to others");
        }
        if (me.killed) {
            throw new Killed();
        }
        return me;
    }

    private void add(long afterNanos, @Nullable Task task, long waits, @Nullable Runnable action) {
        long at = afterNanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + Math.max(0, afterNanos);
        events.add(new Event(at, chance.nextInt(), number++, task, waits, action));
    }

    /** Gives the turn away, and returns when it comes back. */
    private void pass(Task me) {
        Task next = next();
        if (next != me) {
            me.go = false;
            give(next);
            me.awaitGo(me == test ? TimeUnit.SECONDS.toNanos(REAL_SECONDS_MAX) : Long.MAX_VALUE / 4);
        }
        me.condition = null;
        if (me.killed) {
            throw new Killed();
        }
        hand(me);
        if (me == test) {
            raise();
        }
    }

    /** Hands an interruption to the thread of the task, which is the caller. */
    private static void hand(Task me) {
        if (me.interrupted) {
            me.interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    private void raise() {
        Throwable bug = failure;
        String why = stuck;
        failure = null;
        stuck = null;
        if (bug != null) {
            throw new AssertionError("a task of the timer failed: " + bug, bug);
        }
        if (why != null) {
            throw new AssertionError(why);
        }
    }

    /** The task whose turn is next; runs the actions that come before. */
    private Task next() {
        while (failure == null) {
            wakeThoseWhoMay();
            Event event = events.poll();
            if (event == null || ++steps > STEPS_MAX) {
                stuck = stuck(event == null);
                break;
            }
            Task task = event.task();
            if (task != null && task.waits != event.waits()) {
                continue; // of a wait that has ended
            }
            nowNanos = event.atNanos();
            if (task != null) {
                waiting.remove(task);
                return task;
            }
            try {
                acting = true;
                if (event.action() != null) {
                    event.action().run();
                }
            } catch (Throwable t) {
                failure = t;
            } finally {
                acting = false;
            }
        }
        waiting.remove(test);
        test.waits++;
        return test;
    }

    private void wakeThoseWhoMay() {
        for (int i = waiting.size() - 1; i >= 0; i--) {
            Task task = waiting.get(i);
            if (task.condition != null && task.condition.getAsBoolean()) {
                waiting.remove(i);
                task.waits++;
                add(0, task, task.waits, null);
            }
        }
    }

    private void give(Task next) {
        running = next;
        next.go = true;
        if (next.thread != null) {
            LockSupport.unpark(next.thread);
        } else {
            Crew.run(next);
        }
    }

    /** In a thread of the crew: the whole life of a task. */
    void live(Task task) {
        try {
            if (!task.killed) {
                hand(task);
                task.body.run();
            }
        } catch (Killed e) {
            // its node has crashed
        } catch (Throwable t) {
            failure = t;
        }
        alive.remove(task);
        boolean unused = Thread.interrupted();
    }

    /** In a thread of the crew that is free for others: the turn of a task that has ended goes on. */
    void leave() {
        give(next());
    }

    private String stuck(boolean nothingLeft) {
        StringBuilder text = new StringBuilder(
                nothingLeft
                        ? "nothing can happen any more, and %d calls wait for ever:".formatted(alive.size())
                        : "more than %d steps; a loop without an end?".formatted(STEPS_MAX));
        for (Task task : alive) {
            text.append('\n').append(task.thread == null ? "not begun" : trace(task.thread));
        }
        return text.toString();
    }

    private AssertionError tooLong() {
        Thread thread = running.thread;
        return new AssertionError(
                "a call has kept its turn for %d s of real time, it blocks on something that is not virtual:\n%s"
                        .formatted(REAL_SECONDS_MAX, thread == null ? "" : trace(thread)));
    }

    private static String trace(Thread thread) {
        StringBuilder text = new StringBuilder(thread.getName());
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("\n    at ").append(frame);
        }
        return text.toString();
    }
}
