package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import io.larder.cache.spi.Waiting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever is given a lease and does not use it gives it back, and nobody waits for another process longer than he may. */
@Timeout(120)
class LeasesGivenBackTest {
    private static final Duration LEASE = Duration.ofHours(1); // who waits for one that is not given back shows

    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final Later timer = new Later(ticker);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final FakeByteStore remote = new FakeByteStore(ticker);
    private final Leases other = remote.leases(); // another process

    private LarderBuilder builder() {
        remote.giveLeases();
        return Larder.builder().store(remote).ticker(ticker).clock(clock).random(() -> 0);
    }

    /** Waits in this thread let the ticker go on. */
    private final class Passing implements Waiting {
        private Runnable meanwhile = () -> {};

        @Override
        public boolean await(CountDownLatch latch, long nanosMax) {
            if (latch.getCount() > 0) {
                ticker.advance(Duration.ofNanos(nanosMax));
                meanwhile.run();
            }
            return latch.getCount() == 0;
        }

        @Override
        public void lock(ReentrantLock lock) {
            lock.lock();
        }

        @Override
        public long nanos() {
            return ticker.nanos();
        }
    }

    private static Map<Long, String> load(Collection<Long> keys) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> "value " + key));
    }

    @Test
    void refresh_keyRemovedWhileAnotherHasTheTurn_keepsNoLease() {
        try (Larder larder =
                builder().timer(timer).loadExecutor(background::add).open()) {
            Cached<String, String> cached = larder.cached("k:{key}", String.class, String.class, key -> "v")
                    .ttl("10m")
                    .early("5m")
                    .lease("1h")
                    .build();
            assertThat(cached.get("a")).isEqualTo("v");
            ticker.advance(Duration.ofMinutes(6));
            assertThat(cached.get("a")).isEqualTo("v");
            assertThat(background).as("a refresh").hasSize(1);
            assertThat(other.find("~turn:k:a", LEASE)).isInstanceOf(Leased.Granted.class);
            remote.remove("k:a");

            background.remove().run();

            assertThat(other.find("k:a", LEASE)).isInstanceOf(Leased.Granted.class);
        }
    }

    @Test
    void first_interruptedWhileItGathers_othersNeedNotWaitForTheirOwnLeases() throws Exception {
        try (Larder larder = builder().open()) {
            Cached<Long, String> values = larder.cachedAll(
                            "v:{key}", Long.class, String.class, LeasesGivenBackTest::load)
                    .ttl("10m")
                    .coalesce("1m", 3)
                    .lease("1h")
                    .build();
            Caller first = new Caller(() -> values.get(1L));
            first.awaitWaiting();
            Caller second = new Caller(() -> values.get(2L));
            second.awaitWaiting();

            first.thread.interrupt();

            assertThat(first.task.get()).as("its loader does not mind").isEqualTo("value 1");
            List<Caller> more = List.of(new Caller(() -> values.get(3L)), new Caller(() -> values.get(4L)));
            assertThat(second.task.get()).isEqualTo("value 2");
            for (Caller caller : more) {
                assertThat(caller.task.get()).startsWith("value ");
            }
        }
    }

    @Test
    void invalidateTag_ofALoadUnderWay_theNextGetLoadsAtOnce() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        try (Larder larder = builder().open()) {
            Cached<Long, Integer> values = larder.cached("k:{key}", Long.class, Integer.class, key -> {
                        int load = loads.incrementAndGet();
                        if (load == 1) {
                            goOn.await();
                        }
                        return load;
                    })
                    .ttl("10m")
                    .tags("all")
                    .lease("1h")
                    .build();
            FutureTask<Integer> outdated = new FutureTask<>(() -> values.get(7L));
            Thread thread = new Thread(outdated);
            thread.start();
            Await.until("it loads", () -> loads.get() == 1);

            larder.invalidateTag("all");

            assertThat(values.get(7L)).isEqualTo(2);
            goOn.countDown();
            assertThat(outdated.get()).isEqualTo(1);
            assertThat(values.get(7L)).isEqualTo(2);
        }
    }

    @Test
    void getAsync_closedWhileAnotherProcessLoads_isTold() {
        CompletableFuture<String> waiting;
        Leased lease;
        try (Larder larder = builder().loadExecutor(Runnable::run).open()) {
            Cached<String, String> cached = larder.cached("k:{key}", String.class, String.class, key -> "v")
                    .ttl("10m")
                    .lease("1h")
                    .build();
            lease = other.find("k:a", LEASE);
            waiting = cached.getAsync("a");
            assertThat(waiting).isNotDone();
        }

        assertThat(lease).isInstanceOf(Leased.Granted.class);
        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withMessageContaining("the Larder was closed while another process loaded k:a");
    }

    @Test
    void early_dueWhileAnotherProcessHasTheTurn_isNotAskedForByEachGet() {
        try (Larder larder = builder().timer(timer).loadExecutor(Runnable::run).open()) {
            Cached<String, String> cached = larder.cached("k:{key}", String.class, String.class, key -> "v")
                    .ttl("10m")
                    .early("5m")
                    .lease("1h")
                    .build();
            assertThat(cached.get("a")).isEqualTo("v");
            ticker.advance(Duration.ofMinutes(6));
            assertThat(other.find("~turn:k:a", LEASE)).isInstanceOf(Leased.Granted.class);
            int before = remote.finds();

            for (int i = 0; i < 100; i++) {
                assertThat(cached.get("a")).isEqualTo("v");
            }

            assertThat(remote.finds() - before).isLessThan(105);
            assertThat(cached.stats().refreshes()).isZero();
        }
    }

    /** A get in a thread of its own. */
    private static final class Caller {
        final FutureTask<String> task;
        final Thread thread;

        Caller(Callable<String> get) {
            task = new FutureTask<>(get);
            thread = new Thread(task);
            thread.start();
        }

        void awaitWaiting() {
            Await.until(
                    "the caller waits",
                    () -> thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING);
        }
    }

    @Test
    void getAsync_hardTimeoutWhileAnotherProcessLoads_looksNoMore() {
        try (Larder larder = builder()
                .timer(timer)
                .loadExecutor(background::add)
                .waiting(new Passing())
                .open()) {
            Cached<String, String> cached = larder.cached("k:{key}", String.class, String.class, key -> "v")
                    .ttl("10m")
                    .hardTimeout("1s")
                    .lease("5s")
                    .build();
            assertThat(other.find("k:a", LEASE)).isInstanceOf(Leased.Granted.class);

            CompletableFuture<String> answer = cached.getAsync("a");
            for (int i = 0; i < 20; i++) {
                while (!background.isEmpty()) {
                    background.remove().run();
                }
                timer.pass(Duration.ofMillis(100));
            }

            assertThat(answer).isCompletedExceptionally();
            assertThat(timer.waiting()).isZero();
            assertThat(background).isEmpty();
        }
    }

    @Test
    void get_invalidatedWhileAnotherProcessLoads_waitsNoLongerThanHardTimeout() {
        Passing passing = new Passing();
        try (Larder larder = builder().waiting(passing).open()) {
            Cached<String, String> cached = larder.cached("k:{key}", String.class, String.class, key -> "v")
                    .ttl("10m")
                    .hardTimeout("1s")
                    .lease("5s")
                    .build();
            assertThat(other.find("k:a", LEASE)).isInstanceOf(Leased.Granted.class);
            long start = ticker.nanos();
            AtomicInteger pauses = new AtomicInteger();
            passing.meanwhile = () -> {
                if (pauses.incrementAndGet() % 8 == 0 && pauses.get() < 80) { // after about 0.5 s
                    cached.invalidate("a");
                    assertThat(other.find("k:a", LEASE)).isInstanceOf(Leased.Granted.class);
                }
            };

            assertThatThrownBy(() -> cached.get("a")).isInstanceOf(LoadTimeoutException.class);

            assertThat(Duration.ofNanos(ticker.nanos() - start))
                    .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1100));
        }
    }

    @Test
    void get_versionOfItsTagUnreadable_givesTheLeaseBack() {
        try (Larder larder = builder().open()) {
            Cached<String, String> cached = larder.cached("k:{key}", String.class, String.class, key -> "v")
                    .ttl("10m")
                    .tags("t")
                    .lease("1h")
                    .build();
            AtomicInteger finds = new AtomicInteger();
            remote.beforeFind(() -> {
                if (finds.incrementAndGet() == 2) { // first the key, then its tag
                    throw new LarderException("no reply");
                }
            });

            assertThat(cached.get("a")).isEqualTo("v");

            assertThat(other.find("k:a", LEASE)).isInstanceOf(Leased.Granted.class);
        }
    }

    @Test
    void release_inAnInterruptedThread_reachesTheStore() {
        AtomicInteger told = new AtomicInteger();
        Claim claim = Claim.lease(new Told(told), "k", 1);
        try {
            Thread.currentThread().interrupt();

            claim.release();

            assertThat(told).hasValue(1);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            boolean unused = Thread.interrupted();
        }
    }

    /** Like the client of a real store, refuses calls of interrupted threads. */
    private record Told(AtomicInteger told) implements Leases {
        @Override
        public Answer findAll(Collection<String> keys, Collection<String> others, Duration lease) {
            throw new UnsupportedOperationException(List.copyOf(keys).toString());
        }

        @Override
        public boolean put(String key, byte[] value, long token, Duration ttl) {
            throw new UnsupportedOperationException(key);
        }

        @Override
        public void giveBack(String key, long token) {
            if (Thread.currentThread().isInterrupted()) {
                throw new LarderException("interrupted");
            }
            told.incrementAndGet();
        }
    }
}
