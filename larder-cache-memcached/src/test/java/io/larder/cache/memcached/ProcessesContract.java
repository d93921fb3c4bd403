package io.larder.cache.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.cache.Cached;
import io.larder.cache.Larder;
import io.larder.cache.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several Larders over one server, as in several processes. Each test has keys of its own. */
@Timeout(120)
abstract class ProcessesContract {
    private final String prefix =
            "/" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + ":";
    private final List<Larder> larders = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger database = new AtomicInteger(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Host and port. */
    abstract String address();

    private Larder process() {
        Larder larder = Larder.open("memcached://" + address() + prefix + FakeNode.PATIENT);
        larders.add(larder);
        return larder;
    }

    /** A function whose loader goes on when it is let. */
    private Cached<Long, Integer> slow(Larder larder, String... tags) {
        return larder.cached("v:{key}", Long.class, Integer.class, key -> {
                    loads.incrementAndGet();
                    int value = database.get();
                    begun.countDown();
                    assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
                    return value;
                })
                .ttl("10m")
                .lease("1m")
                .tags(tags)
                .build();
    }

    @AfterEach
    void close() {
        goOn.countDown();
        larders.forEach(Larder::close);
        threads.shutdownNow();
    }

    @Test
    void get_anotherProcessLoads_waitsForItsValue() throws Exception {
        Cached<Long, Integer> first = slow(process(), "all");
        Cached<Long, Integer> second = slow(process(), "all");
        Future<Integer> leading = threads.submit(() -> first.get(7L));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

        Future<Integer> waiting = threads.submit(() -> second.get(7L));
        Await.until("it waits", () -> second.stats().joined() == 1);
        goOn.countDown();

        assertThat(leading.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(loads).hasValue(1);
        assertThat(second.stats().hits()).isEqualTo(1);
    }

    @Test
    void invalidate_anotherProcessLoads_itsValueIsNotStored() throws Exception {
        Cached<Long, Integer> first = slow(process());
        Cached<Long, Integer> second = slow(process());
        Future<Integer> loading = threads.submit(() -> first.get(7L));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

        database.set(2);
        second.invalidate(7L);
        goOn.countDown();

        assertThat(loading.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(second.peek(7L)).isInstanceOf(Lookup.Absent.class);
        assertThat(second.get(7L)).isEqualTo(2);
        assertThat(first.get(7L)).isEqualTo(2);
    }

    @Test
    void getAll_whatOneProcessHasStored_isFoundByTheOther_alsoWhereALeaseStands() {
        goOn.countDown();
        Larder larder = process();
        Cached<Long, Integer> first = larder.cachedAll("v:{key}", Long.class, Integer.class, keys -> {
                    loads.incrementAndGet();
                    return Map.of(1L, 1, 2L, 1, 3L, 1);
                })
                .ttl("10m")
                .tags("all")
                .build();
        Cached<Long, Integer> second = slow(process(), "all");

        assertThat(first.getAll(List.of(1L, 2L, 3L))).isEqualTo(Map.of(1L, 1, 2L, 1, 3L, 1));
        assertThat(second.getAll(List.of(3L, 2L, 1L))).isEqualTo(Map.of(1L, 1, 2L, 1, 3L, 1));
        assertThat(loads).hasValue(1);

        larder.invalidateTag("all");
        database.set(2);
        assertThat(second.get(1L)).isEqualTo(2);
        assertThat(first.getAll(List.of(1L, 2L))).isEqualTo(Map.of(1L, 2, 2L, 1)); // its loader knows nothing else
    }
}
