package io.larder.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one run, and whether it was allowed: the invariants. Values name the load they come from, so each value
 * that is served tells which load it was, in which process, and what the database held then.
 */
final class Ledger {
    private static final Pattern VALUE = Pattern.compile("<([0-9]{1,9})>");
    private static final long NEVER = Long.MAX_VALUE;
    private static final Duration SLACK = World.TIMEOUT.multipliedBy(4); // of a call's own requests

    /** A load, or a value that was put. */
    static final class Load {
        final int id;
        final Object process;
        final int key;
        int version;
        long flightNanos; // no later than its flight began

        @Nullable
        Change told; // of a value that was put

        long endedNanos = NEVER;
        boolean running = true;

        Load(int id, Object process, int key) {
            this.id = id;
            this.process = process;
            this.key = key;
        }

        String value() {
            return "<" + id + ">";
        }
    }

    /** A value written to the shared store. */
    private record Written(int node, long seq) {}

    /** A change of the database together with the call that tells the cache. */
    static final class Change {
        final Object process;
        final int node;
        final int key; // of all keys: -1, by tag
        final Map<Integer, Integer> versions;
        final long begunSeq;
        long returnedSeq = NEVER;
        long carriedOutSeq = NEVER; // in the shared store
        long carriedOutNanos = NEVER;

        Change(Object process, int node, int key, Map<Integer, Integer> versions, long begunSeq) {
            this.process = process;
            this.node = node;
            this.key = key;
            this.versions = versions;
            this.begunSeq = begunSeq;
        }

        boolean isByTag() {
            return key < 0;
        }
    }

    /** A get, or what else may lead a flight. */
    static final class Get {
        final Object process;
        final int key;
        final long begunSeq;
        final long begunNanos;
        final long backgroundNanos; // begin of the oldest task in the background then
        long eldestNanos; // as the next, in time, of the background too
        long eldestSeq; // begin of the oldest call for the key in the process that was under way then

        Get(Object process, int key, long begunSeq, long begunNanos, long backgroundNanos) {
            this.process = process;
            this.key = key;
            this.begunSeq = begunSeq;
            this.begunNanos = begunNanos;
            this.backgroundNanos = backgroundNanos;
            this.eldestSeq = begunSeq;
            this.eldestNanos = Math.min(begunNanos, backgroundNanos);
        }
    }

    private final World world;
    private final Turns turns;
    private final Map<Integer, Integer> database = new HashMap<>();
    private final List<Load> loads = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Get> open = new ArrayList<>();
    private final Map<Integer, List<Written>> written = new HashMap<>(); // by load
    private final Map<Object, Map<Integer, Long>> overtaken = new HashMap<>(); // when last, by process and key
    private final Map<Object, Map<Integer, Integer>> overtaking = new HashMap<>(); // under way
    private final List<String> history = new ArrayList<>();
    private final boolean keepsHistory;
    private Duration skewSpread = Duration.ZERO;
    private long seq;
    private long digest = 1;
    private @Nullable String broken;

    Ledger(World world, Turns turns, boolean keepsHistory) {
        this.world = world;
        this.turns = turns;
        this.keepsHistory = keepsHistory;
    }

    /** The first invariant that was broken; {@code null} for none. */
    @Nullable
    String broken() {
        return broken;
    }

    /** A number that two histories have in common only if they are the same. */
    long digest() {
        return digest;
    }

    List<String> history() {
        return history;
    }

    void note(String what, Object... about) {
        seq++;
        digest = 31 * digest + turns.nowNanos();
        digest = 31 * digest + what.hashCode();
        for (Object one : about) {
            digest = 31 * digest + (one instanceof String || one instanceof Number ? one.hashCode() : 0);
        }
        if (keepsHistory) {
            history.add("%4d %10.3f ms %s %s".formatted(seq, turns.nowNanos() / 1e6, what, List.of(about)));
        }
    }

    void fail(String invariant, String how) {
        note("BROKEN " + invariant, how);
        if (broken == null) {
            broken = invariant + ": " + how;
        }
    }

    void skew(Duration least, Duration most) {
        skewSpread = most.minus(least);
    }

    // loads

    Load loadBegins(Object process, VirtualNode in, int key) {
        int node = in.number();
        Load load = new Load(loads.size(), process, key);
        load.flightNanos = Math.min(turns.nowNanos(), in.oldestInBackground());
        for (Get get : open) {
            if (get.process == process && get.key == key) {
                load.flightNanos = Math.min(load.flightNanos, get.begunNanos);
            }
        }
        for (Load other : loads) {
            if (other.running
                    && other.process == process
                    && other.key == key
                    && other.flightNanos > overtaken(process, key)
                    && !isBeingOvertaken(process, key)) {
                fail(
                        "I2",
                        "loads %s and %s of key %d run at once in node %d"
                                .formatted(other.value(), load.value(), key, node));
            }
        }
        loads.add(load);
        note("load begins", node, key, load.value());
        return load;
    }

    void loadReads(Load load) {
        load.version = database.getOrDefault(load.key, 0);
        note("load reads", load.value(), load.version);
    }

    void loadEnds(Load load, boolean well) {
        load.running = false;
        load.endedNanos = turns.nowNanos();
        note(well ? "load ends" : "load fails", load.value());
    }

    /** A value that is put: known to be that of the version that its change makes. */
    Load put(Change change) {
        Load load = new Load(loads.size(), change.process, change.key);
        load.told = change;
        load.version = change.versions.getOrDefault(change.key, 0);
        load.running = false;
        load.endedNanos = turns.nowNanos();
        loads.add(load);
        return load;
    }

    // changes

    /** The database changes, and the process begins to tell the cache; a key of -1 is all of them, by tag. */
    Change changeBegins(Object process, int node, int key) {
        Map<Integer, Integer> versions = new HashMap<>();
        for (int each = 0; each < world.keys(); each++) {
            if (key < 0 || key == each) {
                versions.put(each, database.merge(each, 1, Integer::sum));
            }
        }
        overtakeBegins(process, key);
        note("change begins", node, key);
        Change change = new Change(process, node, key, versions, seq);
        changes.add(change);
        return change;
    }

    void changeEnds(Change change) {
        overtakeEnds(change.process, change.key);
        note("change ends", change.node, change.key);
        change.returnedSeq = seq;
    }

    void overtakeBegins(Object process, int key) {
        count(process, key, 1);
    }

    void overtakeEnds(Object process, int key) {
        count(process, key, -1);
    }

    private void count(Object process, int key, int more) {
        for (int each = 0; each < world.keys(); each++) {
            if (key < 0 || key == each) {
                Map<Integer, Long> ended = overtaken.computeIfAbsent(process, same -> new HashMap<>());
                ended.put(each, turns.nowNanos());
                Map<Integer, Integer> running = overtaking.computeIfAbsent(process, same -> new HashMap<>());
                running.merge(each, more, Integer::sum);
            }
        }
    }

    private long overtaken(Object process, int key) {
        return overtaken.getOrDefault(process, Map.of()).getOrDefault(key, -1L);
    }

    private boolean isBeingOvertaken(Object process, int key) {
        return overtaking.getOrDefault(process, Map.of()).getOrDefault(key, 0) > 0;
    }

    /** The shared store has carried out a request. */
    void carriedOut(int node, VirtualStore.Op op, String key, byte @Nullable [] bytes) {
        note("store " + op, node, key);
        if (op == VirtualStore.Op.FIND) {
            return;
        }
        int number = key.startsWith("~") ? -1 : Integer.parseInt(key.substring(key.indexOf(':') + 1));
        int load = number < 0 || op == VirtualStore.Op.REMOVE || bytes == null ? -1 : loadOf(bytes);
        if (load >= 0) {
            written.computeIfAbsent(load, same -> new ArrayList<>()).add(new Written(node, seq));
        }
        for (Change change : changes) {
            boolean tells = change.node == node
                    && change.key == number
                    && change.carriedOutSeq == NEVER
                    && (op == VirtualStore.Op.REMOVE
                            || number < 0
                            || (load >= 0 && loads.get(load).version >= change.versions.getOrDefault(number, 0)));
            if (tells) {
                change.carriedOutSeq = seq;
                change.carriedOutNanos = turns.nowNanos();
            }
        }
    }

    private static int loadOf(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher value = VALUE.matcher(text);
        return value.find() ? Integer.parseInt(value.group(1)) : -1; // a failure has none
    }

    // gets

    Get getBegins(VirtualNode node, int key) {
        note("get begins", node.number(), key);
        Get get = new Get(node.life(), key, seq, turns.nowNanos(), node.oldestInBackground());
        for (Get other : open) {
            if (other.process == get.process && other.key == key) {
                get.eldestSeq = Math.min(get.eldestSeq, other.begunSeq);
                get.eldestNanos = Math.min(get.eldestNanos, other.begunNanos);
            }
        }
        open.add(get);
        return get;
    }

    void getEnds(Get get) {
        open.remove(get);
    }

    /** A get has returned a value: I1 and I3. */
    void served(Get get, int node, @Nullable String value) {
        note("get ends", node, get.key, String.valueOf(value));
        Load load = value == null ? null : loads.get(Integer.parseInt(value.substring(1, value.length() - 1)));
        if (load == null || load.key != get.key) {
            fail("I5", "key %d was answered with %s".formatted(get.key, value));
            return;
        }
        Duration age = Duration.ofNanos(turns.nowNanos() - Math.min(turns.nowNanos(), load.endedNanos));
        Duration ageMax = world.ttl().plus(world.stale()).plus(skewSpread).plus(SLACK);
        if (age.compareTo(ageMax) > 0) {
            fail(
                    "I3",
                    "value %s of key %d was served by node %d at the age of %s, allowed are %s"
                            .formatted(value, get.key, node, age, ageMax));
        }
        for (Change change : changes) {
            if (load.version < change.versions.getOrDefault(get.key, 0) && mustBeSeen(change, get, load)) {
                fail(
                        "I1",
                        "value %s of key %d, loaded before the change begun at %d, was served by node %d to the get begun at %d"
                                .formatted(value, get.key, change.begunSeq, node, get.begunSeq));
            }
        }
    }

    /** Whether the get must not answer with the load, which is older than the change. */
    private boolean mustBeSeen(Change change, Get get, Load load) {
        if (load.told != null && load.told.returnedSeq > change.begunSeq) {
            return false; // told at the same moment: which comes last is open
        }
        if (change.process == get.process) {
            return change.returnedSeq < get.begunSeq && !(world.isShared() && wasWrittenByOthers(change, load));
        }
        if (!world.isShared() || change.carriedOutSeq > get.begunSeq || wasWrittenByOthers(change, load)) {
            return false;
        }
        boolean mayHaveJoined = get.eldestSeq < change.carriedOutSeq || get.backgroundNanos <= change.carriedOutNanos;
        boolean mayBeACopy = world.place() == World.Place.TIERED
                && get.eldestNanos - change.carriedOutNanos
                        <= World.COPIES.plus(SLACK).toNanos();
        return !mayHaveJoined && !mayBeACopy;
    }

    /** The one gap: another process that was loading, or expiring, may write what it had after the removal. Not with tags. */
    private boolean wasWrittenByOthers(Change change, Load load) {
        if (change.isByTag()) {
            return false;
        }
        for (Written one : written.getOrDefault(load.id, List.of())) {
            if (one.node() != change.node && one.seq() > change.carriedOutSeq) {
                return true;
            }
        }
        return false;
    }
}
