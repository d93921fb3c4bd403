package io.larder.test;

import io.larder.cache.Cached;
import io.larder.cache.CachedSpec;
import io.larder.cache.Hits;
import io.larder.cache.LoadContext;
import io.larder.test.Facts.By;
import io.larder.test.Facts.Load;
import io.larder.test.Facts.Target;
import io.larder.test.World.Feature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The cached functions of a simulation, one in each process, and their loaders. */
final class Functions {
    private static final String ALL = "all";
    private static final String SPACE = "space";
    private static final int OWNERS = 2;

    private final SplittableRandom chance;
    private final World world;
    private final VirtualCluster cluster;
    private final Ledger ledger;
    private final Bug bug;
    private final Map<Object, Cached<Integer, String>> functions = new HashMap<>(); // by process
    private final Set<Turns.Task> stopped = new HashSet<>(); // whose loader has taken an interruption

    Functions(SplittableRandom chance, World world, VirtualCluster cluster, Ledger ledger, Bug bug) {
        this.chance = chance;
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.bug = bug;
    }

    @Nullable
    Cached<Integer, String> of(VirtualNode node) {
        return functions.get(node.life());
    }

    void define(VirtualNode node) {
        Object process = node.life();
        CachedSpec<Integer, String> spec = spec(process, node).ttl(world.ttl());
        spec = world.stale().isZero() ? spec : spec.stale(world.stale());
        spec = switch (world.refresh()) {
            case NEVER -> spec;
            case EARLY -> spec.early("50%");
            case MEASURED -> spec.early("measured");
            case USED -> spec.early("50%").whileUsedWithin(world.ttl());
            case BY_HITS -> spec.hits(Hits.of(5).refreshAfter(2));
        };
        spec = world.has(Feature.SOFT_TIMEOUT) ? spec.softTimeout("20ms") : spec;
        spec = world.has(Feature.HARD_TIMEOUT) ? spec.hardTimeout(World.HARD_TIMEOUT.toMillis() + "ms") : spec;
        spec = world.has(Feature.FAILOVER) ? spec.failover(NoAnswer.class) : spec;
        spec = world.has(Feature.NEGATIVE) || bug == Bug.WRONG_MEMORY
                ? spec.negative(NoAnswer.class, World.NEGATIVE_TTL.toMillis() + "ms")
                : spec;
        spec = world.has(Feature.TAGS) ? spec.tags(ALL, "row:{key}") : spec;
        spec = world.has(Feature.NAMESPACE) ? spec.namespace(SPACE) : spec;
        spec = world.has(Feature.NO_LEASES) || bug == Bug.NO_LEASES || bug == Bug.NO_TOKENS ? spec.lease("0") : spec;
        functions.put(process, spec.build());
    }

    private CachedSpec<Integer, String> spec(Object process, VirtualNode node) {
        if (world.has(Feature.BULK)) {
            CachedSpec<Integer, String> many = node.larder()
                    .cachedAll("k:{key}", Integer.class, String.class, keys -> load(process, node, keys))
                    .chunk(World.CHUNK);
            return world.has(Feature.COALESCE) ? many.coalesce("10ms", 2 * World.CHUNK) : many;
        }
        return node.larder()
                .cached(
                        "k:{key}",
                        Integer.class,
                        String.class,
                        key -> load(process, node, List.of(key)).getOrDefault(key, ""));
    }

    private Map<Integer, String> load(Object process, VirtualNode node, Collection<Integer> keys)
            throws InterruptedException {
        List<Load> loads = new ArrayList<>();
        keys.forEach(key -> loads.add(ledger.loadBegins(process, node, key)));
        if (keys.size() > 1) {
            ledger.see("loads of several keys");
        }
        StringBuilder values = new StringBuilder();
        loads.forEach(load -> values.append(load.value()));
        boolean well = false;
        try {
            if (!world.has(Feature.LATE_TAGS)) {
                loads.forEach(this::name);
            }
            sleep();
            loads.forEach(ledger::loadReads);
            sleep();
            if (world.has(Feature.LATE_TAGS)) {
                loads.forEach(this::name);
            }
            well = chance.nextInt(8) >= (world.has(Feature.TROUBLE) ? 4 : 1);
        } finally {
            for (Load load : loads) {
                ledger.loadEnds(load, well);
            }
        }
        if (!well) {
            throw new NoAnswer("no answer " + values);
        }
        Map<Integer, String> loaded = new HashMap<>();
        loads.forEach(load -> loaded.put(load.key, load.value()));
        return loaded;
    }

    private void name(Load load) {
        if (world.has(Feature.LOADER_TAGS)) {
            LoadContext<?> context = world.has(Feature.BULK) ? LoadContext.currentOf(load.key) : LoadContext.current();
            ledger.namingBegins(load);
            context.tags((bug == Bug.OTHER_TAGS ? "other:" : "owner:") + load.key % OWNERS);
            ledger.namingEnds(load);
        }
    }

    private void sleep() throws InterruptedException {
        cluster.sleep(loadTime());
        if (Thread.interrupted()) {
            ledger.see("loaders that were interrupted");
            stopped.add(cluster.turns().current());
            throw new InterruptedException("the loader was told to stop");
        }
    }

    private Duration loadTime() {
        if (world.has(Feature.TROUBLE) && chance.nextBoolean()) {
            return Duration.ofNanos(chance.nextLong(6_000_000_000L));
        }
        return Duration.ofNanos(chance.nextLong(chance.nextInt(10) == 0 ? 1_500_000_000 : 30_000_000));
    }

    /** Whether a loader in this thread has taken an interruption since the last question. */
    boolean wasStopped() {
        return stopped.remove(cluster.turns().current());
    }

    /** What a change of the key, and perhaps of others, may be told by: the key, or one of the names that entries have. */
    Target target(int key) {
        List<Target> all = new ArrayList<>();
        if (world.has(Feature.TAGS)) {
            all.add(new Target(By.TAG, ALL));
            all.add(new Target(By.TAG, "row:" + key));
        }
        if (world.has(Feature.LOADER_TAGS)) {
            all.add(new Target(By.LOADER_TAG, "owner:" + key % OWNERS));
        }
        if (world.has(Feature.NAMESPACE)) {
            all.add(new Target(By.NAMESPACE, SPACE));
        }
        return all.isEmpty() || chance.nextInt(3) == 0
                ? new Target(By.KEY, "k:" + key)
                : all.get(chance.nextInt(all.size()));
    }

    /** The keys whose entries it makes invalid. */
    Set<Integer> keysOf(Target target, int key) {
        Set<Integer> keys = new HashSet<>();
        for (int each = 0; each < world.keys(); each++) {
            boolean hit = switch (target.by()) {
                case KEY -> each == key;
                case TAG -> target.name().equals(ALL) || each == key;
                case LOADER_TAG -> each % OWNERS == key % OWNERS;
                case NAMESPACE -> true;
            };
            if (hit) {
                keys.add(each);
            }
        }
        return keys;
    }

    /** Tells the cache. */
    void tell(VirtualNode node, Cached<Integer, String> function, Target target, int key) {
        switch (target.by()) {
            case KEY -> function.invalidate(key);
            case TAG, LOADER_TAG -> node.larder().invalidateTag(target.name());
            case NAMESPACE -> node.larder().invalidateNamespace(target.name());
        }
    }
}
