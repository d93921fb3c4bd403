package io.larder.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.CRC32;

/** Two clusters that look like one. */
final class MigratingClient implements Migration {
    /** For items whose node does not tell what is left of their TTL. */
    static final Duration TTL_UNLESS_TOLD = Duration.ofHours(1);

    private static final int PERCENT = 100;

    /** Copies in the background at one time; further ones are left to the next read of the key. */
    private static final int COPIES_MAX = 256;

    private static final int COPIED_LATELY = 1 << 16;

    private final Cluster old;
    private final Cluster now;
    private final MigrationCounters counters;
    /** Keys copied lately, each at the place of its hash: they need not be copied at every read. */
    private final AtomicLongArray copiedLately = new AtomicLongArray(COPIED_LATELY);

    private final Semaphore copies = new Semaphore(COPIES_MAX);

    private volatile MigrationStage stage;
    private volatile int copyPercent = PERCENT;

    MigratingClient(Memcached old, Memcached now, MigrationStage stage) {
        if (!(old instanceof Cluster oldCluster) || !(now instanceof Cluster newCluster) || old == now) {
            throw new IllegalArgumentException("a migration needs two clients that Memcached.open has made");
        }
        this.old = oldCluster;
        this.now = newCluster;
        this.stage = stage;
        this.counters = new MigrationCounters(newCluster.config().ticker());
    }

    MigrationCounters counters() {
        return counters;
    }

    Cluster oldCluster() {
        return old;
    }

    Cluster newCluster() {
        return now;
    }

    @Override
    public MigrationStage stage() {
        return stage;
    }

    @Override
    public void moveTo(MigrationStage next) {
        MigrationStage before = stage;
        List<MigrationStage> stages = List.of(MigrationStage.values());
        if (Math.abs(stages.indexOf(next) - stages.indexOf(before)) != 1) {
            throw new IllegalArgumentException(
                    "from %s one goes to a neighbour, not to %s; the stages are %s".formatted(before, next, stages));
        }
        stage = next;
    }

    @Override
    public void copyShare(int percent) {
        if (percent < 0 || percent > PERCENT) {
            throw new IllegalArgumentException("the share must be from 0 to 100 percent, was " + percent);
        }
        copyPercent = percent;
    }

    /** Whether a key is among those that are copied when they are read from the old cluster. */
    boolean isCopied(String key) {
        int percent = copyPercent;
        if (percent == PERCENT) {
            return true;
        }
        CRC32 hash = new CRC32();
        hash.update(key.getBytes(StandardCharsets.UTF_8));
        return hash.getValue() % PERCENT < percent;
    }

    /** Whether a key that was read in {@link MigrationStage#MIRROR} is to be copied: it is its turn, and it was not copied lately. */
    boolean takesCopy(String key) {
        long hash = hash(key);
        return isCopied(key) && copiedLately.getAndSet(place(hash), hash) != hash;
    }

    /** Takes note that a copy is gone, or was none. */
    void lostCopy(String key) {
        long hash = hash(key);
        boolean unused = copiedLately.compareAndSet(place(hash), hash, 0);
    }

    private static long hash(String key) {
        CRC32 crc = new CRC32();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        return crc.getValue() << 32 | ((key.hashCode() | 1) & 0xffff_ffffL); // never 0, which is none
    }

    private static int place(long hash) {
        return (int) (hash >>> 32) & (COPIED_LATELY - 1);
    }

    /** Runs a copy in the background; false if there are too many. */
    boolean copySoon(Runnable copy) {
        if (!copies.tryAcquire()) {
            return false;
        }
        try {
            now.background().block(() -> {
                try {
                    copy.run();
                } catch (MemcachedException | IllegalStateException e) { // closed meanwhile, or worth no retry
                    System.getLogger(MigratingClient.class.getName())
                            .log(System.Logger.Level.DEBUG, "a copy to the new cluster failed", e);
                } finally {
                    copies.release();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            copies.release(); // the next read of the key tries again
            return false;
        }
    }

    @Override
    public MigrationStats progress() {
        return counters.stats(stage);
    }

    @Override
    public <V> View<V> view(Codec<V> codec) {
        boolean ignores = now.config().failure().kind() == FailurePolicy.Kind.IGNORE;
        Timeouts timeouts = now.config().timeouts();
        return new MigratingView<>(
                this,
                now.calls(codec),
                old.calls(codec),
                new ViewSettings(timeouts.operation(), timeouts.bulk(), ignores));
    }

    private Cluster decides() {
        return stage.newFirst() ? now : old;
    }

    @Override
    public Admin admin() {
        return decides().admin();
    }

    @Override
    public List<Node> nodes() {
        return decides().nodes();
    }

    @Override
    public Node nodeOf(String key) {
        return decides().nodeOf(key);
    }

    @Override
    public void replaceNodes(List<Node> nodes) {
        throw new IllegalStateException("a migration has two clusters; replace the nodes of the client meant");
    }

    @Override
    public void follow(NodeSource source) {
        throw new IllegalStateException("a migration has two clusters; have the client meant follow the source");
    }

    @Override
    public Distribution distribution(Collection<String> keys) {
        return decides().distribution(keys);
    }

    @Override
    public double movedBy(List<Node> nodes, Collection<String> keys) {
        return decides().movedBy(nodes, keys);
    }

    /** Of a node that both clusters have, the counters of the new one are shown. */
    @Override
    public Map<String, NodeStats> stats() {
        Map<String, NodeStats> both = new LinkedHashMap<>(old.stats());
        both.putAll(now.stats());
        return both;
    }

    @Override
    public void close() {
        now.close();
        old.close();
    }
}
