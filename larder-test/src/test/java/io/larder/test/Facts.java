package io.larder.test;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link Ledger} writes down. */
final class Facts {
    /** Of what has not happened yet. */
    static final long NEVER = Long.MAX_VALUE;

    private Facts() {}

    /** A load of one key, or a value that was put. */
    static final class Load {
        final int id;
        final Object process;
        final int key;
        final Turns.Task task;
        final long begunSeq;
        final long begunNanos;
        int version;
        long flightNanos; // no later than its flight began

        @Nullable
        Change told; // of a value that was put

        boolean alone; // for a caller who writes nothing, in his thread: nobody else may get its value
        boolean aside; // as alone, or perhaps so: it is no flight
        boolean insists; // of a refresh
        long namingSeq = -1; // a tag was named from here
        long namedSeq = -1; // to here
        long endedSeq = NEVER;
        long endedNanos = NEVER;
        boolean running = true;
        boolean failed;

        Load(int id, Object process, int key, Turns.Task task, long begunSeq, long begunNanos) {
            this.id = id;
            this.process = process;
            this.key = key;
            this.task = task;
            this.begunSeq = begunSeq;
            this.begunNanos = begunNanos;
        }

        String value() {
            return "<" + id + ">";
        }
    }

    /** How the cache is told of a change. */
    enum By {
        KEY(""),
        TAG("~tag:"),
        LOADER_TAG("~tag:"),
        NAMESPACE("~ns:");

        private final String sign;

        By(String sign) {
            this.sign = sign;
        }
    }

    /** What a change is told by. */
    record Target(By by, String name) {
        /** The key in the store. */
        String stored() {
            return by.sign + name;
        }
    }

    /** A change of the database together with the call that tells the cache. */
    static final class Change {
        final Object process;
        final int node;
        final Target target;
        final Map<Integer, Integer> versions; // by key
        final long begunSeq;
        long returnedSeq = NEVER;
        long carriedOutSeq = NEVER; // in the shared store
        long carriedOutNanos = NEVER;

        Change(Object process, int node, Target target, Map<Integer, Integer> versions, long begunSeq) {
            this.process = process;
            this.node = node;
            this.target = target;
            this.versions = versions;
            this.begunSeq = begunSeq;
        }
    }

    /** A get of one key, or what else may lead a flight. */
    static final class Get {
        final Object process;
        final int key;
        final Turns.Task task;
        final long begunSeq;
        final long begunNanos;
        final long backgroundNanos; // begin of the oldest task in the background then
        long eldestNanos; // as the next, in time, of the background too
        long eldestSeq; // begin of the oldest call for the key in the process that was under way then
        boolean around; // reading and writing are off: only its own load may answer it
        boolean alone; // writing is off: what it loads is for itself
        boolean aside; // as alone, or perhaps so
        boolean insists; // it is a refresh
        boolean many; // one of several keys: served when it began, returned when all are there

        boolean isFuture;
        boolean cancelled;

        Turns.@Nullable Task answeredBy; // whose load was the answer

        @Nullable
        List<Turns.Task> left; // once its caller has left: those that may still run its flight

        long leftUntilNanos = -1; // no earlier is its flight over

        Get(Object process, int key, Turns.Task task, long begunSeq, long begunNanos, long backgroundNanos) {
            this.process = process;
            this.key = key;
            this.task = task;
            this.begunSeq = begunSeq;
            this.begunNanos = begunNanos;
            this.backgroundNanos = backgroundNanos;
            this.eldestSeq = begunSeq;
            this.eldestNanos = Math.min(begunNanos, backgroundNanos);
        }
    }
}
