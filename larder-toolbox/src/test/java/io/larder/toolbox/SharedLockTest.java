package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedLockTest {
    private static final LockPolicy POLICY = LockPolicy.lease("10s").waitUpTo("1m");

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .store(store)
            .open();
    private final SharedLock<String> lock = lock(POLICY);

    /** Waiting lets the ticker go on, and nobody waits. */
    private final class FakePauses extends Pauses {
        @Override
        void pause(long nanos) {
            ticker.advance(Duration.ofNanos(nanos));
        }
    }

    private SharedLock<String> lock(LockPolicy policy) {
        return new SharedLock<>(
                larder.host(),
                larder.host().cells("lock", "job:{key}", String.class),
                "job:{key}",
                policy,
                new FakePauses());
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void tryAcquire_held_isEmptyUntilGivenUp() {
        Held held = lock.tryAcquire("a").orElseThrow();

        assertThat(lock.tryAcquire("a")).isEmpty();
        assertThat(lock.tryAcquire("b")).isPresent();
        held.close();
        assertThat(lock.tryAcquire("a")).isPresent();
    }

    @Test
    void fence_eachHolder_isAboveTheLast() {
        long last = 0;
        for (int i = 0; i < 100; i++) {
            try (Held held = lock.acquire("a")) {
                assertThat(held.fence()).isGreaterThan(last);
                last = held.fence();
            }
            ticker.advance(Duration.ofMinutes(i)); // over the end of the counter's own TTL
        }
    }

    @Test
    void fence_storeLost_goesOnRising() {
        Held first = lock.acquire("a");
        ticker.advance(Duration.ofMillis(1));

        store.loseCells();

        Held second = lock.acquire("a");
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThatThrownBy(first::close).isInstanceOf(LeaseLostException.class);
        second.close();
    }

    @Test
    void lease_over_letsAnotherInAndTheHolderIsTold() {
        Held slow = lock.acquire("a");
        ticker.advance(Duration.ofSeconds(10));

        Held next = lock.tryAcquire("a").orElseThrow();

        assertThat(slow.remaining()).isZero();
        assertThatThrownBy(slow::renew).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(slow::close)
                .isInstanceOf(LeaseLostException.class)
                .hasMessageStartingWith("the lease of ~lock:job:a ended before it was given up;");
        assertThat(lock.tryAcquire("a")).isEmpty(); // the late one has not taken the other's away
        next.close();
    }

    @Test
    void renew_inTime_beginsTheLeaseAnew() {
        Held held = lock.acquire("a");
        ticker.advance(Duration.ofSeconds(9));
        assertThat(held.remaining()).isEqualTo(Duration.ofSeconds(1));

        held.renew();

        assertThat(held.remaining()).isEqualTo(Duration.ofSeconds(10));
        ticker.advance(Duration.ofSeconds(9));
        assertThat(lock.tryAcquire("a")).isEmpty();
        held.close();
    }

    @Test
    void close_twice_doesNotTakeTheNextHoldersLock() {
        Held first = lock.acquire("a");
        first.close();
        Held second = lock.acquire("a");

        first.close();

        assertThat(lock.tryAcquire("a")).isEmpty();
        assertThatThrownBy(first::renew).isInstanceOf(LeaseLostException.class);
        second.close();
    }

    @Test
    void acquire_heldByADeadProcess_takesItWhenTheLeaseEnds() {
        Held dead = lock.acquire("a");

        try (Held held = lock.acquire("a")) {
            assertThat(held.fence()).isGreaterThan(dead.fence());
        }
    }

    @Test
    void acquire_heldTooLong_saysSo() {
        Held held = lock.acquire("a");

        assertThatThrownBy(() -> lock(LockPolicy.lease("10s").waitUpTo("5s")).acquire("a"))
                .isInstanceOf(LockNotAcquiredException.class)
                .hasMessage("~lock:job:a was held by another for 5000 ms; wait longer, or do without");
        held.close();
    }

    @Test
    void close_whileAnotherWaits_wakesItBeforeItsPauseEnds() {
        List<Held> holders = new ArrayList<>();
        int[] woken = {0};
        SharedLock<String> watched = new SharedLock<>(
                larder.host(),
                larder.host().cells("lock", "job:{key}", String.class),
                "job:{key}",
                POLICY,
                new Pauses() {
                    @Override
                    void pause(long nanos) {
                        holders.get(0).close(); // as another thread may, at that moment
                        assertThat(woken[0]).isEqualTo(1);
                    }

                    @Override
                    void wake() {
                        woken[0]++;
                    }
                });
        holders.add(watched.acquire("a"));
        long before = ticker.nanos();

        Held next = watched.acquire("a");

        assertThat(ticker.nanos()).isEqualTo(before);
        assertThat(next.fence()).isGreaterThan(holders.get(0).fence());
        next.close();
    }

    @Test
    void pause_woken_endsAtOnce() throws Exception {
        Pauses pauses = new Pauses();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> {
            pauses.pause(TimeUnit.HOURS.toNanos(1));
            return true;
        });
        Thread thread = new Thread(waiter, "waiter");
        thread.setDaemon(true);
        thread.start();

        Await.until("the waiter goes on", () -> {
            pauses.wake(); // it may have come too early
            return waiter.isDone();
        });

        assertThat(waiter.get()).isTrue();
    }

    @Test
    void acquire_interrupted_leavesAndKeepsTheFlag() {
        Held held = lock.acquire("a");
        SharedLock<String> waiting = Toolbox.over(larder).lock("job:{key}", String.class, POLICY);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> waiting.acquire("a"))
                .isInstanceOf(LockNotAcquiredException.class)
                .hasMessage("interrupted while waiting for ~lock:job:a");

        assertThat(Thread.interrupted()).isTrue();
        held.close();
    }

    @Test
    void storeDown_whileHeld_closesQuietlyUntilTheLeaseIsOver() {
        Held inTime = lock.acquire("a");
        Held late = lock.acquire("b");
        store.down(true);

        inTime.close();
        assertThatThrownBy(late::renew).isInstanceOf(LarderException.class).isNotInstanceOf(LeaseLostException.class);
        ticker.advance(Duration.ofSeconds(10));
        assertThatThrownBy(late::close).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> lock.tryAcquire("a")).isInstanceOf(LarderException.class);
    }

    @Test
    void acquire_manyThreads_workOneAtATimeWithRisingNumbers() throws Exception {
        try (Larder real = Larder.open("mem:")) {
            SharedLock<String> jobs = Toolbox.over(real)
                    .lock("job:{key}", String.class, LockPolicy.lease("5m").waitUpTo("5m"));
            List<Long> fences = new ArrayList<>(); // guarded by the lock itself
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                tasks.add(() -> {
                    for (int i = 0; i < 20; i++) {
                        try (Held held = jobs.acquire("a")) {
                            fences.add(held.fence());
                        }
                    }
                    return 20;
                });
            }
            ExecutorService threads = Executors.newFixedThreadPool(4);
            int sum = 0;
            for (Future<Integer> task : threads.invokeAll(tasks)) {
                sum += task.get();
            }
            threads.shutdown();

            assertThat(sum).isEqualTo(80);
            assertThat(fences).hasSize(80).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void lockPolicy_misuse_isRefusedInOneLine() {
        assertThatThrownBy(() -> LockPolicy.lease("0"))
                .hasMessage("lease must be from 10 ms to a day, was PT0S; write \"30s\"");
        assertThatThrownBy(() -> LockPolicy.lease("1s").waitUpTo("2d")).hasMessageContaining("waitUpTo must be");
    }
}
