package io.larder.test;

import io.larder.cache.CacheStats;
import io.larder.cache.Inside;
import io.larder.cache.Larder;
import io.larder.cache.StoreHealth;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One run of a small world: calls and faults drawn from a seed, and at its end the first invariant that was broken, if any. */
final class Simulation {
    private static final Duration CALM =
            Duration.ofSeconds(45); // breakers open for 30, removals are made up for within 2

    /** What came out. */
    record Outcome(
            long seed,
            World world,
            @Nullable String broken,
            long digest,
            int steps,
            Map<String, Integer> seen,
            List<String> history) {}

    private final SplittableRandom chance;
    private final World world;
    private final VirtualCluster cluster;
    private final Ledger ledger;
    private final Functions functions;
    private final Calls calls;
    private final Bug bug;
    private final Map<Integer, Integer> cuts = new HashMap<>();

    private Simulation(SplittableRandom chance, World world, VirtualCluster cluster, Ledger ledger, Bug bug) {
        this.chance = chance;
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.functions = new Functions(chance, world, cluster, ledger, bug);
        this.calls = new Calls(chance, world, cluster, ledger, functions, bug);
        this.bug = bug;
    }

    /** Runs a seed. */
    static Outcome run(long seed, boolean keepsHistory, Bug bug) {
        SplittableRandom chance = new SplittableRandom(seed);
        World world = World.draw(chance);
        try (VirtualCluster cluster = VirtualCluster.seed(seed)
                .nodes(world.nodes())
                .url(world.place().url)
                .network(world.delayMax(), 0)
                .timeout(World.TIMEOUT)
                .skew(world.skewMax())
                .larder(bug::plant)
                .open()) {
            Ledger ledger = new Ledger(world, cluster.turns(), keepsHistory);
            Simulation simulation = new Simulation(chance, world, cluster, ledger, bug);
            try {
                simulation.play();
            } catch (AssertionError e) {
                ledger.fail("I4", "a call or a task does not end: " + e.getMessage());
            }
            return new Outcome(
                    seed, world, ledger.broken(), ledger.digest(), cluster.steps(), ledger.seen(), ledger.history());
        }
    }

    private void play() {
        cluster.store().watch(ledger::carriedOut);
        cluster.nodes().forEach(functions::define);
        List<Duration> skews =
                cluster.nodes().stream().map(VirtualNode::skew).sorted().toList();
        ledger.skew(skews.get(0), skews.get(skews.size() - 1));
        for (int i = 0; i < world.calls(); i++) {
            cluster.after(sometime(), calls::call);
        }
        for (int i = 0; i < world.faults(); i++) {
            cluster.after(sometime(), this::fault);
        }
        if (world.has(World.Feature.KILL_SWITCH)) {
            cluster.after(sometime(), this::switchOff);
        }
        cluster.sleep(world.length());
        cluster.run();
        settle();
    }

    private Duration sometime() {
        return Duration.ofNanos(chance.nextLong(world.length().toNanos()));
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
                        functions.define(node);
                    });
                }
            }
            default -> {
                cluster.network(world.delayMax().multipliedBy(kind), 0.1 * chance.nextInt(5));
                cluster.after(length, () -> cluster.network(world.delayMax(), 0));
            }
        }
    }

    private void switchOff() {
        VirtualNode node = cluster.node(chance.nextInt(world.nodes()));
        Object process = node.life();
        Larder larder = node.larder();
        larder.switchOff(bug != Bug.NO_SWITCH);
        ledger.switched(process, true);
        cluster.after(Duration.ofNanos(chance.nextLong(world.length().toNanos())), () -> {
            larder.switchOff(false);
            ledger.switched(process, false);
        });
    }

    /** After the faults: what was missed is made up for, and nothing is left over (I4). */
    private void settle() {
        cluster.sleep(Duration.ofSeconds(9)); // the longest fault
        cluster.network(world.delayMax(), 0);
        cluster.sleep(CALM);
        cluster.run();
        for (World.Feature feature : world.features()) {
            ledger.see("worlds with " + feature);
        }
        for (VirtualNode node : cluster.nodes()) {
            count(node.larder().stats());
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

    private void count(CacheStats stats) {
        ledger.see("hits", stats.hits());
        ledger.see("gets that joined", stats.joined());
        ledger.see("gets served stale", stats.staleHits());
        ledger.see("gets that raised what was remembered", stats.negativeHits());
        ledger.see("loads", stats.loads());
        ledger.see("loads that failed", stats.loadFailures());
        ledger.see("loads excused by an old value", stats.excusedLoads());
        ledger.see("refreshes", stats.refreshes());
        ledger.see("timeouts, soft and hard", stats.timeouts());
        ledger.see("store failures", stats.storeFailures() + stats.unavailable());
    }
}
