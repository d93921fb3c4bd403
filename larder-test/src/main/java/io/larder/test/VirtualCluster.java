package io.larder.test;

import io.larder.cache.Larder;
import io.larder.cache.LarderBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Several processes with a {@link Larder} each, a store they share and the network between, in virtual time: nothing sleeps, and a
 * seed is one history, the same one each time.
 *
 * <pre>{@code
 * try (VirtualCluster cluster = VirtualCluster.seed(42).nodes(3).open()) {
 *     VirtualNode node = cluster.node(0);
 *     Cached<Long, String> names = node.larder().cached("name:{key}", Long.class, String.class, id -> {
 *         cluster.sleep(Duration.ofMillis(100)); // the slow query
 *         return "Ada";
 *     }).ttl("10m").build();
 *     node.cut(true);
 *     List<VirtualCall<String>> calls = node.start(100, () -> names.get(7L));
 *     cluster.run();
 *     assertThat(names.stats().loads()).isEqualTo(1);
 * }
 * }</pre>
 *
 * <p>Each call has a thread of its own, but only one of them runs at any moment. It hands its turn on where it would wait: at the
 * store, for another caller's load, in {@link #sleep}; now and then where it reads the time of day. The code between is the real one.
 * What waits for anything else, like a lock of the test's own that is held over a store's call, stops the cluster: it fails after a
 * minute. Belongs to the thread that opened it; a loader may use {@link #sleep}, and whatever a test would.
 */
public final class VirtualCluster implements AutoCloseable {
    /** How long {@link #run} goes on before it says that something waits for ever. */
    static final Duration RUN_MAX = Duration.ofHours(1);

    private static final int NODES_MAX = 100;

    private final Turns turns;
    private final Network.Weather weather = new Network.Weather();
    private final VirtualStore store;
    private final List<VirtualNode> nodes = new ArrayList<>();

    private VirtualCluster(Settings settings) {
        SplittableRandom chance = new SplittableRandom(settings.seed());
        turns = new Turns(chance.split());
        store = new VirtualStore(turns);
        network(settings.delayMax(), settings.loss());
        weather.timeoutNanos = settings.timeout().toNanos();
        for (int i = 0; i < settings.nodes(); i++) {
            Network network = new Network(turns, chance.split(), weather, store, i);
            nodes.add(new VirtualNode(i, turns, chance.split(), settings, network));
        }
    }

    /**
     * The settings of a cluster: three nodes, their entries in the shared store, delays of up to 2 ms each way, nothing lost, a
     * timeout of 250 ms, and clocks that agree.
     */
    public static Settings seed(long seed) {
        return new Settings(
                seed,
                3,
                "virtual:",
                Duration.ofMillis(2),
                0,
                Duration.ofMillis(250),
                Duration.ZERO,
                builder -> builder);
    }

    /** A node, from 0. */
    public VirtualNode node(int number) {
        return nodes.get(number);
    }

    /** All of them. */
    public List<VirtualNode> nodes() {
        return List.copyOf(nodes);
    }

    /** The store they share. */
    public VirtualStore store() {
        return store;
    }

    /** Changes the network between nodes and store. */
    public void network(Duration delayMax, double loss) {
        weather.delayNanosMax = delayMax.toNanos();
        weather.loss = loss;
    }

    /** Virtual time since the beginning. */
    public Duration now() {
        return Duration.ofNanos(turns.nowNanos());
    }

    /** Lets time pass for the caller, a loader for example, while others run. In the test's own thread: runs the cluster so long. */
    public void sleep(Duration time) {
        turns.sleep(time.toNanos());
    }

    /** Does something later: a crash, a repair. It must not wait. */
    public void after(Duration delay, Runnable action) {
        turns.after(delay.toNanos(), action);
    }

    /**
     * Runs until all calls have ended, those in the background too.
     *
     * @throws AssertionError if some wait for ever, or have not ended after an hour
     */
    public void run() {
        if (!turns.await(() -> turns.alive() == 0, RUN_MAX.toNanos())) {
            throw new AssertionError(
                    "%d calls have not ended after %s of virtual time".formatted(turns.alive(), RUN_MAX));
        }
    }

    Turns turns() {
        return turns;
    }

    /** How many events there were: of two runs with the same seed, the same. */
    public int steps() {
        return turns.steps();
    }

    /** Ends all nodes and their calls. */
    @Override
    public void close() {
        nodes.forEach(VirtualNode::crash);
        run();
        nodes.forEach(node -> node.larder().close());
    }

    /**
     * What a cluster is like. Immutable: each method answers a changed copy.
     *
     * @param seed draws everything that is left to chance
     * @param nodes from 1 to 100
     * @param url the store of each node; {@code virtual:} is the one they share, as in {@code tiered:mem:,virtual:}
     * @param delayMax longest time a request or a reply is on its way; each draws its own
     * @param loss how often a request or a reply is lost, from 0 to 1
     * @param timeout how long a node waits for a reply
     * @param skewMax how far the time of day of a node may be off, either way
     * @param change what else the Larder of each node is to have
     */
    public record Settings(
            long seed,
            int nodes,
            String url,
            Duration delayMax,
            double loss,
            Duration timeout,
            Duration skewMax,
            UnaryOperator<LarderBuilder> change) {
        public Settings {
            if (nodes < 1 || nodes > NODES_MAX) {
                throw new IllegalArgumentException("nodes must be from 1 to %d, was %d".formatted(NODES_MAX, nodes));
            }
            if (!(loss >= 0 && loss <= 1)) {
                throw new IllegalArgumentException("loss must be from 0 to 1, was " + loss);
            }
        }

        /** With so many nodes. */
        public Settings nodes(int count) {
            return new Settings(seed, count, url, delayMax, loss, timeout, skewMax, change);
        }

        /** With this store for each node. */
        public Settings url(String text) {
            return new Settings(seed, nodes, text, delayMax, loss, timeout, skewMax, change);
        }

        /** With this network. */
        public Settings network(Duration delays, double losses) {
            return new Settings(seed, nodes, url, delays, losses, timeout, skewMax, change);
        }

        /** With this timeout of requests. */
        public Settings timeout(Duration longest) {
            return new Settings(seed, nodes, url, delayMax, loss, longest, skewMax, change);
        }

        /** With clocks off by up to so much. */
        public Settings skew(Duration most) {
            return new Settings(seed, nodes, url, delayMax, loss, timeout, most, change);
        }

        /** With whatever else the builder takes; its clocks, threads and waits belong to the cluster. */
        public Settings larder(UnaryOperator<LarderBuilder> more) {
            return new Settings(seed, nodes, url, delayMax, loss, timeout, skewMax, more);
        }

        /** Opens it. */
        public VirtualCluster open() {
            return new VirtualCluster(this);
        }
    }
}
