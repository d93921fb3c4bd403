package io.larder.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is done to nodes, not to keys. All nodes are asked at once; one that fails does not hide the others. */
public interface Admin {
    /** The version each node reports. */
    PerNode<String> versions();

    /**
     * The statistics of each node, names and values as it sends them.
     *
     * @param args none for the general ones; or {@code items}, {@code slabs}, {@code settings}, ...
     */
    PerNode<Map<String, String>> stats(String... args);

    /**
     * How much each node logs, 0 to 2; nodes that log elsewhere ignore it.
     *
     * @throws MemcachedException the first failure, after all nodes were told
     */
    void verbosity(int level);

    /**
     * Changes the memory each node uses for items.
     *
     * @param megabytes at least 1
     * @throws MemcachedException the first failure, after all nodes were told; nodes that cannot change it refuse
     */
    void memoryLimit(int megabytes);

    /**
     * The keys of each node, in no order, with the prefix of the client; read while others write, so neither complete nor
     * current. Costly: for a look by hand. One node after the other, each over a connection of its own, all within the
     * deadline of bulk calls.
     *
     * @param keysMax of each node; the rest is read and left out
     */
    PerNode<List<String>> keys(int keysMax);

    /**
     * Makes every node forget all its items.
     *
     * @param delay until then; whole seconds, rounded up; zero is now
     * @throws MemcachedException the first failure, after all nodes were told
     */
    void flushAll(Duration delay);
}
