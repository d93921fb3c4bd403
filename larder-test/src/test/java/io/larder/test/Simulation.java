package io.larder.test;

import io.larder.cache.Cached;
import io.larder.cache.CachedSpec;
import io.larder.cache.Hits;
import io.larder.cache.Inside;
import io.larder.cache.Larder;
import io.larder.cache.Op;
import io.larder.cache.Scope;
import io.larder.cache.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One run of a small world: calls and faults drawn from a seed, and at its end the first invariant that was broken, if any. */
final class Simulation {
    private static final String TAG = "all";
    private static final Duration CALM =
            Duration.ofSeconds(45); // breakers open for 30, removals are made up for within 2

    /** What came out. */
    record Outcome(long seed, World world, @Nullable String broken, long digest, int steps, List<String> history) {}

    private final SplittableRandom chance;
    private final World world;
    private final VirtualCluster cluster;
    private final Ledger ledger;
    private final Map<Object, Cached<Integer, String>> functions = new HashMap<>(); // by process
    private final Map<Integer, Integer> cuts = new HashMap<>();

    private Simulation(SplittableRandom chance, World world, VirtualCluster cluster, Ledger ledger) {
        this.chance = chance;
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
    }

    /** Runs a seed. */
    static Outcome run(long seed, boolean keepsHistory, UnaryOperator<Larder.Builder> change) {
        SplittableRandom chance = new SplittableRandom(seed);
        World world = World.draw(chance);
        try (VirtualCluster cluster = VirtualCluster.seed(seed)
                .nodes(world.nodes())
                .url(world.place().url)
                .network(world.delayMax(), 0)
                .timeout(World.TIMEOUT)
                .skew(world.skewMax())
                .larder(change)
                .open()) {
            Ledger ledger = new Ledger(world, cluster.turns(), keepsHistory);
            Simulation simulation = new Simulation(chance, world, cluster, ledger);
            try {
                simulation.play();
            } catch (AssertionError e) {
                ledger.fail("I4", "a call or a task does not end: " + e.getMessage());
            }
            return new Outcome(seed, world, ledger.broken(), ledger.digest(), cluster.steps(), ledger.history());
        }
    }

    private void play() {
        cluster.store().watch(ledger::carriedOut);
        cluster.nodes().forEach(node -> define(node));
        List<Duration> skews =
                cluster.nodes().stream().map(VirtualNode::skew).sorted().toList();
        ledger.skew(skews.get(0), skews.get(skews.size() - 1));
        for (int i = 0; i < world.calls(); i++) {
            cluster.after(sometime(), this::call);
        }
        for (int i = 0; i < world.faults(); i++) {
            cluster.after(sometime(), this::fault);
        }
        cluster.sleep(world.length());
        cluster.run();
        settle();
    }

    private Duration sometime() {
        return Duration.ofNanos(chance.nextLong(world.length().toNanos()));
    }

    private void define(VirtualNode node) {
        Object process = node.life();
        CachedSpec<Integer, String> spec = node.larder()
                .cached("k:{key}", Integer.class, String.class, key -> load(process, node, key))
                .ttl(world.ttl());
        spec = world.stale().isZero() ? spec : spec.stale(world.stale());
        spec = switch (world.refresh()) {
            case NEVER -> spec;
            case EARLY -> spec.early("50%");
            case MEASURED -> spec.early("measured");
            case USED -> spec.early("50%").whileUsedWithin(world.ttl());
            case BY_HITS -> spec.hits(Hits.of(5).refreshAfter(2));
        };
        if (world.softTimeout()) {
            spec = spec.softTimeout("20ms");
        }
        if (world.failover()) {
            spec = spec.failover(NoAnswer.class);
        }
        if (world.remembersFailures()) {
            spec = spec.negative(NoAnswer.class, "1s");
        }
        if (world.tagged()) {
            spec = spec.tags(TAG);
        }
        functions.put(process, spec.build());
    }

    private String load(Object process, VirtualNode node, int key) {
        Ledger.Load load = ledger.loadBegins(process, node, key);
        boolean well = false;
        try {
            cluster.sleep(loadTime());
            ledger.loadReads(load);
            cluster.sleep(loadTime());
            well = chance.nextInt(8) >= (world.slowAndFailing() ? 4 : 1);
        } finally {
            ledger.loadEnds(load, well);
        }
        if (!well) {
            throw new NoAnswer("load " + load.id);
        }
        return load.value();
    }

    private Duration loadTime() {
        if (world.slowAndFailing() && chance.nextBoolean()) {
            return Duration.ofNanos(chance.nextLong(6_000_000_000L));
        }
        return Duration.ofNanos(chance.nextLong(chance.nextInt(10) == 0 ? 1_500_000_000 : 30_000_000));
    }

    // calls

    private void call() {
        VirtualNode node = cluster.node(chance.nextInt(world.nodes()));
        Cached<Integer, String> function = functions.get(node.life());
        if (node.hasCrashed() || function == null) {
            return;
        }
        int key = chance.nextInt(world.keys());
        int kind = chance.nextInt(100);
        int callers = chance.nextInt(5) == 0 ? chance.nextInt(2, 5) : 1;
        for (int i = 0; i < callers; i++) {
            VirtualCall<Void> unused = node.start(() -> {
                make(kind, node, function, key);
                return null;
            });
        }
    }

    private void make(int kind, VirtualNode node, Cached<Integer, String> function, int key) {
        if (kind < 50) {
            get(node, key, () -> function.get(key));
        } else if (kind < 54) {
            get(node, key, () -> function.getAll(List.of(key)).get(key));
        } else if (kind < 58) {
            overtaking(node, key, () -> get(node, key, () -> without(node, Op.WRITE, function, key)));
        } else if (kind < 60) {
            overtaking(node, key, () -> get(node, key, () -> without(node, Op.READ, function, key)));
        } else if (kind < 64) {
            overtaking(node, key, () -> get(node, key, () -> function.refresh(key)));
        } else if (kind < 68) {
            overtaking(node, key, () -> function.expire(key));
        } else if (kind < 74) {
            Ledger.Change change = ledger.changeBegins(node.life(), node.number(), key);
            Ledger.Load known = ledger.put(change);
            tell(change, () -> function.put(key, known.value()));
        } else if (world.tagged() && kind < 86) {
            tell(
                    ledger.changeBegins(node.life(), node.number(), -1),
                    () -> node.larder().invalidateTag(TAG));
        } else {
            tell(ledger.changeBegins(node.life(), node.number(), key), () -> function.invalidate(key));
        }
    }

    private static String without(VirtualNode node, Op op, Cached<Integer, String> function, int key) {
        Scope off = node.larder().disabling(op);
        try {
            return function.get(key);
        } finally {
            off.close();
        }
    }

    private void overtaking(VirtualNode node, int key, Runnable body) {
        Object process = node.life();
        ledger.overtakeBegins(process, key);
        body.run();
        ledger.overtakeEnds(process, key);
    }

    private void tell(Ledger.Change change, Runnable body) {
        try {
            body.run();
        } catch (RuntimeException e) {
            ledger.fail("I5", "telling the cache of a change raised " + e);
        }
        ledger.changeEnds(change);
    }

    private void get(VirtualNode node, int key, java.util.function.Supplier<String> body) {
        Ledger.Get get = ledger.getBegins(node, key);
        try {
            ledger.served(get, node.number(), body.get());
        } catch (NoAnswer e) {
            ledger.note("get fails", node.number(), key);
        } catch (RuntimeException e) {
            ledger.fail("I5", "a get of node %d raised %s".formatted(node.number(), e));
        } finally {
            ledger.getEnds(get);
        }
    }

    // faults

    private void fault() {
        VirtualNode node = cluster.node(chance.nextInt(world.nodes()));
        int kind = chance.nextInt(7);
        Duration length = Duration.ofMillis(chance.nextLong(10, chance.nextBoolean() ? 500 : 8_000));
        ledger.note("fault", kind, node.number(), length.toMillis());
        switch (kind) {
            case 0 -> {
                node.cut(true);
                cuts.merge(node.number(), 1, Integer::sum);
                cluster.after(length, () -> node.cut(cuts.merge(node.number(), -1, Integer::sum) > 0));
            }
            case 1 -> {
                cluster.store().down(true);
                cluster.after(length, () -> cluster.store().down(false));
            }
            case 2 -> cluster.store().restart();
            case 3 ->
                cluster.store().keys().stream()
                        .skip(chance.nextInt(3))
                        .findFirst()
                        .ifPresent(cluster.store()::evict);
            case 4 -> {
                if (!node.hasCrashed()) {
                    node.crash();
                    cluster.after(length, () -> {
                        node.restart();
                        define(node);
                    });
                }
            }
            default -> {
                cluster.network(world.delayMax().multipliedBy(kind), 0.1 * chance.nextInt(5));
                cluster.after(length, () -> cluster.network(world.delayMax(), 0));
            }
        }
    }

    /** After the faults: what was missed is made up for, and nothing is left over (I4). */
    private void settle() {
        cluster.sleep(Duration.ofSeconds(9)); // the longest fault
        cluster.network(world.delayMax(), 0);
        cluster.sleep(CALM);
        cluster.run();
        List<VirtualNode> living = new ArrayList<>(cluster.nodes());
        for (VirtualNode node : living) {
            for (StoreHealth health : node.larder().health()) {
                if (health.missedRemovals() > 0) {
                    ledger.fail("I4", "node %d still has %s".formatted(node.number(), health));
                }
            }
            int underWay = Inside.underWay(node.larder());
            if (underWay > 0) {
                ledger.fail("I4", "node %d has %d flights or waits left over".formatted(node.number(), underWay));
            }
        }
    }
}
