package io.larder.client;

import java.time.Duration;
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
     * Makes every node forget all its items.
     *
     * @param delay until then; whole seconds, rounded up; zero is now
     * @throws MemcachedException the first failure, after all nodes were told
     */
    void flushAll(Duration delay);
}
