package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LarderTest {
    @ParameterizedTest
    @ValueSource(strings = {"mem:", "mem://", "MEM:?size=5", "mem:?size=10000", "mem:?max=2MB&compress=off"})
    void open_mem_works(String url) {
        try (Larder larder = Larder.open(url)) {
            Cached<Long, Long> doubled = larder.cached("d:{key}", Long.class, Long.class, key -> 2 * key)
                    .ttl("1m")
                    .build();

            assertThat(doubled.get(4L)).isEqualTo(8);
            assertThat(doubled.get(4L)).isEqualTo(8);
            assertThat(larder.stats().hitRatio()).isEqualTo(0.5);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        mem:?sise=5       | mem: has no option "sise"; did you mean "size"?
        mem:?size=0       | mem: option "size": 0 is not between 1 and 1073741824
        mem://host        | mem: is in this process and takes no host or path; write mem:?size=10000 or mem:?max=64MB
        mem:?max=64MB&size=5 | mem: is bounded by entries (size), which are kept as objects, or by bytes (max); leave one out
        mem:?max=64X      | mem: option "max": "64X" is not a size; write it like 4096, 64KB, 64MB or 1GB
        mem:?max=2MB&ttlMax=0 | mem: option "ttlMax": 0 keeps nothing; write null: for that
        mem:?compress=off | mem: keeps objects as they are, in this process; leave out secret, compress, codec, or write mem:?max=64MB or a store outside
        memcached://a     | no store for memcached: on the class path; add the dependency io.larder:larder-cache-memcached
        memcache://a      | no store for memcache: on the class path; did you mean "memcached"?
        zzz:              | no store for zzz: on the class path; known: chaos, mem, memcached, null, tiered
        chaos:            | chaos: names no store to spoil; write chaos:mem:?fail=0.1, or chaos:memcached://host:11211?fail=0.1
        account           | "account" is not a URL; write scheme:, like mem: or memcached://host:11211
        """)
    void open_whatIsNotThere_saysWhatToWrite(String url, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Larder.open(url)).withMessage(message);
    }

    @Test
    void close_store_isClosedAndFunctionsStillAnswer() {
        Larder larder = Larder.open("mem:");
        int[] loads = {0};
        Cached<Long, Integer> counted = larder.cached("c:{key}", Long.class, Integer.class, key -> ++loads[0])
                .ttl("1m")
                .build();
        counted.get(1L);

        larder.close();
        larder.close();

        assertThat(counted.get(1L)).isEqualTo(2);
    }

    @Test
    void open_ownExecutor_runsTheHousekeeping() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        try (Larder larder =
                Larder.builder().url("mem:?size=1").executor(tasks::add).open()) {
            Cached<Long, Long> same = larder.cached("s:{key}", Long.class, Long.class, key -> key)
                    .ttl("1m")
                    .build();
            for (long key = 0; key < 5; key++) {
                assertThat(same.get(key)).isEqualTo(key);
            }

            assertThat(tasks).isNotEmpty();
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
    }

    @Test
    void open_ownStoreProvider_isFoundByTheContextClassLoader() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new ServiceClassLoader(before));
        try (Larder larder = Larder.open("fake:")) {
            assertThat(larder.cached("f:{key}", Long.class, Long.class, key -> key)
                            .ttl("1m")
                            .build()
                            .get(3L))
                    .isEqualTo(3);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void open_providerGiven_opensItsScheme() {
        try (Larder larder = Larder.builder()
                .provider(new FakeProvider())
                .url("tiered:mem:,fake:")
                .open()) {
            assertThat(larder.health()).extracting(StoreHealth::store).containsExactly("tiered:mem:,fake:");
        }
    }

    /** The provider that the class loader below announces. */
    public static final class FakeProvider implements StoreProvider {
        @Override
        public String scheme() {
            return "fake";
        }

        @Override
        public Store<?> open(String url, StoreContext context) {
            return new FakeByteStore(new FakeTicker());
        }
    }
}
