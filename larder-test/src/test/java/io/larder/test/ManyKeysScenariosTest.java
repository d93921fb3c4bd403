package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Cached;
import io.larder.cache.CachedSpec;
import io.larder.cache.LoadFailedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What callers go through who load many keys in one thread, chunk after chunk. */
class ManyKeysScenariosTest {
    private static final Duration LOAD = Duration.ofMillis(100);

    private final Set<Integer> failing = new HashSet<>();

    /** A function whose loader takes one key at a time, 100 ms each, and stops when it is interrupted. */
    private CachedSpec<Integer, String> oneByOne(VirtualCluster cluster) {
        return cluster.node(0)
                .larder()
                .cachedAll("v:{key}", Integer.class, String.class, keys -> {
                    Map<Integer, String> loaded = new HashMap<>();
                    for (int key : keys) {
                        cluster.sleep(LOAD);
                        if (Thread.interrupted()) {
                            throw new InterruptedException("told to stop");
                        }
                        if (failing.contains(key)) {
                            throw new NoAnswer("no answer for " + key);
                        }
                        loaded.put(key, "value " + key);
                    }
                    return loaded;
                })
                .ttl("10s")
                .chunk(1);
    }

    @Test
    void getAll_aChunkFails_whoComesDuringTheNextLoadsAnew() {
        try (VirtualCluster cluster = VirtualCluster.seed(1).open()) {
            Cached<Integer, String> function = oneByOne(cluster).build();
            failing.add(1);
            VirtualCall<Map<Integer, String>> both = cluster.node(0).start(() -> function.getAll(List.of(1, 2)));
            cluster.sleep(LOAD.plusMillis(50));
            failing.clear();
            VirtualCall<String> later = cluster.node(0).start(() -> function.get(1));
            cluster.run();

            assertThat(both.failure()).isInstanceOf(NoAnswer.class);
            assertThat(later.result()).isEqualTo("value 1");
        }
    }

    @Test
    void getAll_interruptedAfterAFailure_isToldOfTheInterruption() {
        try (VirtualCluster cluster = VirtualCluster.seed(2).open()) {
            Cached<Integer, String> function = oneByOne(cluster).build();
            failing.add(1);
            boolean[] flag = {false};
            VirtualCall<Map<Integer, String>> all = cluster.node(0).start(() -> {
                try {
                    return function.getAll(List.of(1, 2, 3));
                } finally {
                    flag[0] = Thread.currentThread().isInterrupted();
                }
            });
            cluster.after(LOAD.plusMillis(50), all::interrupt);
            cluster.after(LOAD.plusMillis(60), () -> {
                VirtualCall<String> unused = cluster.node(0).start(() -> function.get(3));
            });
            cluster.run();

            assertThat(all.failure())
                    .isInstanceOf(LoadFailedException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(flag[0]).isTrue();
            assertThat(function.stats().loads()).isEqualTo(3); // of 1, of 2, and of 3 by the one who joined
            assertThat(cluster.store().keys()).containsExactly("v:3");
        }
    }

    @Test
    void coalesce_firstIsInterruptedInAnothersLoad_keepsItsValueAndItsFlag() {
        try (VirtualCluster cluster = VirtualCluster.seed(3).open()) {
            Cached<Integer, String> function =
                    oneByOne(cluster).coalesce("50ms", 3).build();
            boolean[] flag = {false};
            VirtualCall<String> first = cluster.node(0).start(() -> {
                String value = function.get(1);
                flag[0] = Thread.currentThread().isInterrupted();
                return value;
            });
            cluster.sleep(Duration.ofMillis(10));
            VirtualCall<String> second = cluster.node(0).start(() -> function.get(2));
            VirtualCall<String> third = cluster.node(0).start(() -> function.get(3));
            cluster.after(LOAD.plusMillis(50), first::interrupt);
            cluster.run();

            assertThat(first.result()).isEqualTo("value 1");
            assertThat(flag[0]).isTrue();
            assertThat(second.result()).isEqualTo("value 2");
            assertThat(third.result()).isEqualTo("value 3");
        }
    }
}
