package io.larder.test;

import io.larder.test.Facts.By;
import io.larder.test.Facts.Change;
import io.larder.test.Facts.Get;
import io.larder.test.Facts.Load;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one run, and whether it was allowed: the invariants. Values and failures name the load they come from, so each
 * one that is served tells which load it was, in which process, and what the database held then.
 */
final class Ledger {
    private static final Pattern LOAD = Pattern.compile("<([0-9]{1,9})>");
    private static final Duration SLACK = World.TIMEOUT.multipliedBy(4); // of a call's own requests

    private static final Duration AWAITED = Duration.ofSeconds(6); // the lease, and a second for the clock of the store

    /** A value written to the shared store. */
    private record Written(int node, long seq) {}

    private record Broken(String invariant, String how) {}

    private final World world;
    private final Turns turns;
    private final Map<Integer, Integer> database = new HashMap<>();
    private final List<Load> loads = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Get> open = new ArrayList<>();
    private final Map<Integer, List<Written>> written = new HashMap<>(); // by load
    private final Map<Object, Map<Integer, Long>> overtaken = new HashMap<>(); // when last, by process and key
    private final Map<Object, Map<Integer, Integer>> overtaking = new HashMap<>(); // under way
    private final Set<Object> off = new HashSet<>(); // processes
    private final Map<String, Integer> seen = new TreeMap<>();
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

    /** How often what happened. */
    Map<String, Integer> seen() {
        return seen;
    }

    /** Counts something that has to happen in some worlds, or they prove nothing about it. */
    void see(String what) {
        see(what, 1);
    }

    void see(String what, long times) {
        if (times > 0) {
            seen.merge(what, (int) times, Integer::sum);
        }
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

    private void check(@Nullable Broken found) {
        if (found != null) {
            fail(found.invariant(), found.how());
        }
    }

    void skew(Duration least, Duration most) {
        skewSpread = most.minus(least);
    }

    /** The kill switch of a process. */
    void switched(Object process, boolean isOff) {
        note("switched", isOff ? "off" : "on");
        if (isOff) {
            off.add(process);
        } else {
            off.remove(process);
        }
    }

    boolean isOff(Object process) {
        return off.contains(process);
    }

    // loads

    Load loadBegins(Object process, VirtualNode in, int key) {
        int node = in.number();
        Turns.Task task = turns.current();
        Load load = new Load(loads.size(), process, key, task, seq + 1, turns.nowNanos());
        load.flightNanos = Math.min(turns.nowNanos(), in.oldestInBackground());
        open.removeIf(this::isOver);
        for (Get get : open) {
            if (get.process == process && get.key == key) {
                load.flightNanos = Math.min(load.flightNanos, get.begunNanos);
                load.alone |= get.alone && get.task == task;
                load.aside |= get.aside;
                load.insists |= get.insists && get.task == task;
            }
        }
        load.aside |= off.contains(process);
        for (Load other : loads) {
            if (other.running && other.key == key && !other.aside && !load.aside && isOneTooMany(other, load)) {
                fail(
                        "I2",
                        "loads %s and %s of key %d run at once, the second in node %d"
                                .formatted(other.value(), load.value(), key, node));
            }
        }
        loads.add(load);
        note("load begins", node, key, load.value());
        return load;
    }

    /** Whether neither an invalidation nor the end of a lease excuses a load while the other is running. */
    private boolean isOneTooMany(Load other, Load load) {
        if (other.process == load.process) {
            return other.flightNanos > overtaken(load.process, load.key) && !isBeingOvertaken(load.process, load.key);
        }
        if (!world.loadsInOneProcess()) {
            return false;
        }
        see("loads while another process loads");
        long flightNanos = Math.min(other.flightNanos, load.flightNanos);
        for (Object process : overtaken.keySet()) {
            if (flightNanos <= overtaken(process, load.key) || isBeingOvertaken(process, load.key)) {
                return false;
            }
        }
        Duration lease = World.LEASE.minus(World.LEASE_ROUNDED);
        return turns.nowNanos() - other.flightNanos < lease.toNanos()
                && turns.nowNanos() - load.flightNanos < lease.toNanos();
    }

    /** The loader names a tag from here. */
    void namingBegins(Load load) {
        note("load names its tag", load.value());
        load.namingSeq = seq;
    }

    void namingEnds(Load load) {
        note("load has named its tag", load.value());
        load.namedSeq = seq;
    }

    void loadReads(Load load) {
        load.version = database.getOrDefault(load.key, 0);
        note("load reads", load.value(), load.version);
    }

    void loadEnds(Load load, boolean well) {
        load.running = false;
        load.failed = !well;
        load.endedNanos = turns.nowNanos();
        note(well ? "load ends" : "load fails", load.value());
        load.endedSeq = seq;
    }

    /** A value that is put: known to be that of the version that its change makes. */
    Load put(Change change, int key) {
        Load load = new Load(loads.size(), change.process, key, turns.current(), seq, turns.nowNanos());
        load.told = change;
        load.version = change.versions.getOrDefault(key, 0);
        load.running = false;
        load.endedNanos = turns.nowNanos();
        load.endedSeq = seq;
        loads.add(load);
        return load;
    }

    // changes

    /** The database changes, and nobody is told. */
    void silentChange(int key) {
        note("change nobody is told of", key);
        int unused = database.merge(key, 1, Integer::sum);
    }

    /** The database changes, and the process begins to tell the cache. */
    Change changeBegins(Object process, int node, Facts.Target target, Collection<Integer> keys) {
        Map<Integer, Integer> versions = new HashMap<>();
        for (int key : keys) {
            versions.put(key, database.merge(key, 1, Integer::sum));
        }
        overtakeBegins(process, keys);
        note("change begins", node, target.stored());
        Change change = new Change(process, node, target, versions, seq);
        changes.add(change);
        return change;
    }

    void changeEnds(Change change) {
        overtakeEnds(change.process, change.versions.keySet());
        note("change ends", change.node, change.target.stored());
        change.returnedSeq = seq;
    }

    void overtakeBegins(Object process, Collection<Integer> keys) {
        count(process, keys, 1);
    }

    void overtakeEnds(Object process, Collection<Integer> keys) {
        count(process, keys, -1);
    }

    private void count(Object process, Collection<Integer> keys, int more) {
        for (int key : keys) {
            Map<Integer, Long> ended = overtaken.computeIfAbsent(process, same -> new HashMap<>());
            ended.put(key, turns.nowNanos());
            Map<Integer, Integer> running = overtaking.computeIfAbsent(process, same -> new HashMap<>());
            running.merge(key, more, Integer::sum);
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
        boolean isMarker = key.startsWith("~");
        Load load = isMarker || op == VirtualStore.Op.REMOVE || bytes == null
                ? null
                : loadOf(
                        Integer.parseInt(key.substring(key.indexOf(':') + 1)),
                        new String(bytes, StandardCharsets.ISO_8859_1));
        if (load != null) {
            written.computeIfAbsent(load.id, same -> new ArrayList<>()).add(new Written(node, seq));
            if (load.alone) {
                fail("OFF", "value %s was stored, though its caller does not write".formatted(load.value()));
            }
        }
        for (Change change : changes) {
            boolean tells = change.node == node
                    && change.target.stored().equals(key)
                    && change.carriedOutSeq == Facts.NEVER
                    && (op == VirtualStore.Op.REMOVE
                            || isMarker
                            || (load != null && load.version >= change.versions.getOrDefault(load.key, 0)));
            if (tells) {
                change.carriedOutSeq = seq;
                change.carriedOutNanos = turns.nowNanos();
            }
        }
    }

    /** The load of this key that a value or a failure names. */
    private @Nullable Load loadOf(int key, String text) {
        Matcher named = LOAD.matcher(text);
        while (named.find()) {
            int id = Integer.parseInt(named.group(1));
            if (id < loads.size() && loads.get(id).key == key) {
                return loads.get(id);
            }
        }
        return null;
    }

    // gets

    Get getBegins(VirtualNode node, int key) {
        note("get begins", node.number(), key);
        Get get = new Get(node.life(), key, turns.current(), seq, turns.nowNanos(), node.oldestInBackground());
        open.removeIf(this::isOver);
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

    /** Its caller has left, and others may go on with its flight. */
    void getLeft(Get get) {
        get.left = turns.alive(get.process);
        if (get.isFuture) { // its flight may look again and again, without a thread, for what another process loads
            get.leftUntilNanos = turns.nowNanos() + AWAITED.plus(SLACK).toNanos();
        }
    }

    private boolean isOver(Get get) {
        return get.left != null && turns.nowNanos() > get.leftUntilNanos && !turns.isAnyAlive(get.left);
    }

    /** It was answered by a load that another caller ran, who may not be through with its flight. */
    void getEndsBeforeItsLoader(Get get) {
        if (get.answeredBy == null) {
            getEnds(get);
        } else {
            get.left = List.of(get.answeredBy);
        }
    }

    /** A get has returned a value: I1 and I3. */
    void served(Get get, int node, @Nullable String value) {
        note("get ends", node, get.key, String.valueOf(value));
        Load load = value == null ? null : loadOf(get.key, value);
        if (load == null || load.failed) {
            fail("I5", "key %d was answered with %s".formatted(get.key, value));
            return;
        }
        if ((get.around || load.alone) && get.task != load.task) {
            fail(
                    "OFF",
                    "value %s of key %d was served by node %d to another caller than the one that leaves the store alone"
                            .formatted(value, get.key, node));
        }
        get.answeredBy = load.task;
        check(aboutAge(get, node, load, world.ttl().plus(world.stale())));
        check(aboutChanges(get, node, load));
        see(load.process == get.process ? "gets served of this process" : "gets served of another process");
    }

    /** How long a get may have had its value before it returned, because it was loading for others, or other keys. */
    private long heldNanos(Get get) {
        return get.many || world.has(World.Feature.COALESCE) ? turns.nowNanos() - get.begunNanos : 0;
    }

    /** A get has raised the loader's failure, for one of its keys: it is no older than such failures are remembered, and I1. */
    void failed(List<Get> gets, int node, String message) {
        note("get fails", node, message);
        Broken first = new Broken("I5", "node %d raised a failure that no load had: %s".formatted(node, message));
        for (Get get : gets) {
            Load load = loadOf(get.key, message);
            if (load != null && load.failed) {
                get.answeredBy = load.task;
                Broken found = aboutFailure(get, node, load);
                if (found == null) {
                    return;
                }
                first = found;
            }
        }
        fail(first.invariant(), first.how());
    }

    private @Nullable Broken aboutFailure(Get get, int node, Load load) {
        if (load.endedNanos < get.begunNanos) { // it was over by then
            if (!world.has(World.Feature.NEGATIVE)) {
                return new Broken("I5", "node %d raised a failure of the past, %s".formatted(node, load.value()));
            }
            Broken tooOld = aboutAge(get, node, load, World.NEGATIVE_TTL);
            if (tooOld != null) {
                return tooOld;
            }
        }
        return aboutChanges(get, node, load);
    }

    /** A get has given up. */
    void timedOut(Get get, int node) {
        note("get gives up", node, get.key);
        Duration waited = Duration.ofNanos(turns.nowNanos() - get.begunNanos);
        if (!world.has(World.Feature.HARD_TIMEOUT)
                || waited.compareTo(World.HARD_TIMEOUT) < 0
                || waited.compareTo(World.HARD_TIMEOUT.plus(SLACK.multipliedBy(2)))
                        > 0) { // removals to be made up for come first
            fail("I5", "a get of node %d gave up after %s".formatted(node, waited));
        }
        see("gets that gave up");
    }

    private @Nullable Broken aboutAge(Get get, int node, Load load, Duration bound) {
        Duration age = Duration.ofNanos(turns.nowNanos() - Math.min(turns.nowNanos(), load.endedNanos));
        Duration ageMax = bound.plusNanos(heldNanos(get)).plus(skewSpread).plus(SLACK);
        return age.compareTo(ageMax) <= 0
                ? null
                : new Broken(
                        "I3",
                        "%s of key %d was served by node %d at the age of %s, allowed are %s"
                                .formatted(load.value(), get.key, node, age, ageMax));
    }

    private @Nullable Broken aboutChanges(Get get, int node, Load load) {
        for (Change change : changes) {
            Integer version = change.versions.get(get.key);
            if (version != null && load.version < version && mustBeSeen(change, get, load)) {
                return new Broken(
                        "I1",
                        "%s of key %d, loaded before the change of %s begun at %d, was served by node %d to the get begun at %d"
                                .formatted(
                                        load.value(),
                                        get.key,
                                        change.target.stored(),
                                        change.begunSeq,
                                        node,
                                        get.begunSeq));
            }
            if (version != null && load.version == version && change.returnedSeq < get.begunSeq && load.told == null) {
                see("gets that saw a change told by " + change.target.by());
            }
        }
        return null;
    }

    /** Whether the get must not answer with the load, which is older than the change. */
    private boolean mustBeSeen(Change change, Get get, Load load) {
        if (load.told != null && load.told.carriedOutSeq != Facts.NEVER && load.told.carriedOutSeq > change.begunSeq) {
            return false; // its caller has left, and the request was still on its way
        }
        if (load.told != null && (load.told.returnedSeq > change.begunSeq || change.target.by() == By.LOADER_TAG)) {
            return false; // told at the same moment: which comes last is open. What is put has no tags of a loader
        }
        if (change.target.by() == By.LOADER_TAG && (wasNamedLate(change, get, load) || wasOffered(change, get))) {
            return false;
        }
        if (change.target.by() == By.KEY && hasInsisted(change, load)) {
            return false;
        }
        if (change.process == get.process) {
            return change.returnedSeq < get.begunSeq && !(world.isShared() && wasWrittenByOthers(change, load));
        }
        if (!world.isShared() || change.carriedOutSeq > get.begunSeq || wasWrittenByOthers(change, load)) {
            return false;
        }
        boolean mayHaveJoined = get.eldestSeq < change.carriedOutSeq || get.backgroundNanos <= change.carriedOutNanos;
        boolean mayBeACopy = world.place() == World.Place.TIERED
                && get.eldestNanos - Math.max(change.carriedOutNanos, load.endedNanos)
                        <= World.COPIES.plus(SLACK).toNanos();
        return !mayHaveJoined && !mayBeACopy;
    }

    /** The tag was not known yet when it was invalidated: here, so it is not stored, but was joined; elsewhere, so it is. */
    private boolean wasNamedLate(Change change, Get get, Load load) {
        return load.process == change.process
                ? load.process == get.process && load.namingSeq > change.begunSeq && load.endedSeq > get.begunSeq
                : load.namedSeq > change.carriedOutSeq;
    }

    /** The get may have joined a flight that was there before the change: the tags of the old value it found are not the flight's. */
    private boolean wasOffered(Change change, Get get) {
        return get.eldestSeq < change.carriedOutSeq || get.eldestSeq < change.returnedSeq;
    }

    /** What a refresh insists on replaces what another process has stored, if that seems older by the clocks of both. */
    private boolean hasInsisted(Change change, Load load) {
        return load.insists && !skewSpread.isZero() && wasWrittenAfter(change, load);
    }

    /** Without leases another process that was loading, or expiring, may write what it had after the removal. Not with tags. */
    private boolean wasWrittenByOthers(Change change, Load load) {
        return change.target.by() == By.KEY && world.has(World.Feature.NO_LEASES) && wasWrittenAfter(change, load);
    }

    private boolean wasWrittenAfter(Change change, Load load) {
        for (Written one : written.getOrDefault(load.id, List.of())) {
            if (one.node() != change.node && one.seq() > change.carriedOutSeq) {
                return true;
            }
        }
        return false;
    }
}
