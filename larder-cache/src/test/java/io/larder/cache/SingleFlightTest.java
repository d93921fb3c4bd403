package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.LarderException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers of one key. Loaders stop at a gate until the test has everyone where it wants them. */
@Timeout(120)
class SingleFlightTest {
    private static final String KEY = "a";

    private final Larder larder = Larder.open("mem:");
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger loads = new AtomicInteger();
    private volatile Loader<String, String> loader = key -> "load " + loads.incrementAndGet();
    private final Cached<String, String> cached = larder.cached(
                    "k:{key}", String.class, String.class, key -> loader.load(key))
            .ttl("10m")
            .build();

    @AfterEach
    void close() {
        gate.countDown();
        larder.close();
    }

    private static <T> FutureTask<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(null, task, "caller", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** A loader that counts, waits for the gate, then goes on. */
    private Loader<String, String> gated(Callable<String> then) {
        return key -> {
            loads.incrementAndGet();
            gate.await();
            return then.call();
        };
    }

    private FutureTask<String> startLeader() {
        int before = loads.get();
        FutureTask<String> leader = start(() -> cached.get(KEY));
        Await.until("the loader runs", () -> loads.get() > before);
        return leader;
    }

    private FutureTask<String> startWaiter() {
        long before = cached.stats().joined();
        FutureTask<String> waiter = start(() -> cached.get(KEY));
        Await.until("the caller has joined", () -> cached.stats().joined() > before);
        return waiter;
    }

    @Test
    void get_thousandCallers_loadOnce() throws Exception {
        loader = gated(() -> "v");
        List<FutureTask<String>> callers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            callers.add(start(() -> cached.get(KEY)));
        }
        Await.until("all but one wait", () -> cached.stats().joined() == 999);

        gate.countDown();

        for (FutureTask<String> caller : callers) {
            assertThat(caller.get()).isEqualTo("v");
        }
        assertThat(loads.get()).isEqualTo(1);
        assertThat(cached.stats().loads()).isEqualTo(1);
        assertThat(cached.stats().misses()).isEqualTo(1000);
    }

    @Test
    void get_thousandCallsUngated_neverLoadTwice() throws Exception {
        for (int round = 0; round < 200; round++) {
            String key = "round " + round;
            int before = loads.get();
            CountDownLatch together = new CountDownLatch(4);
            List<FutureTask<String>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(start(() -> {
                    together.countDown();
                    together.await();
                    return cached.get(key);
                }));
            }
            for (FutureTask<String> caller : callers) {
                assertThat(caller.get()).isEqualTo("load " + (before + 1));
            }
        }
    }

    @Test
    void get_otherKeyMeanwhile_doesNotWait() throws Exception {
        loader = key -> {
            if (key.equals(KEY)) {
                loads.incrementAndGet();
                gate.await();
            }
            return key;
        };
        FutureTask<String> leader = startLeader();

        assertThat(cached.get("b")).isEqualTo("b");

        gate.countDown();
        assertThat(leader.get()).isEqualTo("a");
    }

    @Test
    void get_leaderFails_failsItsWaitersWithTheSameCause() {
        IllegalStateException failure = new IllegalStateException("down");
        loader = gated(() -> {
            throw failure;
        });
        FutureTask<String> leader = startLeader();
        FutureTask<String> waiter = startWaiter();

        gate.countDown();

        assertThatThrownBy(leader::get).cause().isSameAs(failure);
        assertThatThrownBy(waiter::get).cause().isSameAs(failure);
        assertThat(loads.get()).isEqualTo(1);
    }

    @Test
    void get_afterAFailedFlight_loadsAgain() {
        loader = key -> {
            throw new IllegalStateException("down");
        };
        assertThatThrownBy(() -> cached.get(KEY)).isInstanceOf(IllegalStateException.class);

        loader = key -> "up";

        assertThat(cached.get(KEY)).isEqualTo("up");
    }

    @Test
    void get_leaderRaisesAnError_failsItsWaitersToo() {
        AssertionError failure = new AssertionError("broken");
        loader = gated(() -> {
            throw failure;
        });
        FutureTask<String> leader = startLeader();
        FutureTask<String> waiter = startWaiter();

        gate.countDown();

        assertThatThrownBy(leader::get).cause().isSameAs(failure);
        assertThatThrownBy(waiter::get).cause().isSameAs(failure);
    }

    @Test
    void get_loaderAsksForItsOwnKey_isToldSo() {
        loader = key -> cached.get(key);

        assertThatThrownBy(() -> cached.get(KEY))
                .isInstanceOf(RecursiveLoadException.class)
                .hasMessage("the loader of k:a asks for k:a itself and would wait for ever;"
                        + " load the parts from their source or use bypass");
    }

    @Test
    void refresh_loaderAsksForItsOwnKey_isToldSo() {
        loader = key -> cached.refresh(key);

        assertThatThrownBy(() -> cached.get(KEY)).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void get_loaderAsksForItsKeyByAnother_isToldSo() {
        loader = key -> cached.get(key.equals("a") ? "b" : "a");

        assertThatThrownBy(() -> cached.get("a")).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void get_loaderAsksForOtherKeys_works() {
        loader = key -> key.length() >= 5 ? key : cached.get(key + "x") + "!";

        assertThat(cached.get("a")).isEqualTo("axxxx!!!!");
        assertThat(cached.get("axx")).isEqualTo("axxxx!!");
    }

    @Test
    void get_twoThreadsInARing_areToldSoInsteadOfWaitingForEver() {
        CountDownLatch bothLoading = new CountDownLatch(2);
        loader = key -> {
            bothLoading.countDown();
            bothLoading.await();
            return cached.get(key.equals("a") ? "b" : "a");
        };

        FutureTask<String> first = start(() -> cached.get("a"));
        FutureTask<String> second = start(() -> cached.get("b"));

        assertThatThrownBy(first::get).hasCauseInstanceOf(RecursiveLoadException.class);
        assertThatThrownBy(second::get).hasCauseInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void get_waiterInterrupted_leavesAlone() throws Exception {
        loader = gated(() -> "v");
        FutureTask<String> leader = startLeader();
        FutureTask<String> other = startWaiter();
        boolean[] flag = {false};
        Thread[] thread = {new Thread()};
        FutureTask<String> interrupted = start(() -> {
            thread[0] = Thread.currentThread();
            try {
                return cached.get(KEY);
            } finally {
                flag[0] = Thread.currentThread().isInterrupted();
            }
        });
        Await.until("the second waiter has joined", () -> cached.stats().joined() == 2);

        thread[0].interrupt();

        assertThatThrownBy(interrupted::get)
                .cause()
                .isInstanceOf(LarderException.class)
                .hasMessage("interrupted while another thread loads k:a; the load goes on");
        assertThat(flag[0]).isTrue();
        gate.countDown();
        assertThat(leader.get()).isEqualTo("v");
        assertThat(other.get()).isEqualTo("v");
    }

    @Test
    void get_leaderInterrupted_leavesTheLoadToAWaiter() throws Exception {
        Thread[] leaderThread = {new Thread()};
        loader = key -> {
            if (loads.incrementAndGet() == 1) {
                leaderThread[0] = Thread.currentThread();
                gate.await();
            }
            return "load " + loads.get();
        };
        FutureTask<String> leader = startLeader();
        FutureTask<String> waiter = startWaiter();
        Await.until("the leader is known", () -> leaderThread[0].isAlive());

        leaderThread[0].interrupt();

        assertThat(waiter.get()).isEqualTo("load 2");
        assertThatThrownBy(leader::get).hasCauseInstanceOf(LoadFailedException.class);
    }

    @Test
    void invalidate_duringLoad_beatsIt() throws Exception {
        loader = gated(() -> "old");
        FutureTask<String> leader = startLeader();
        FutureTask<String> waiter = startWaiter();

        cached.invalidate(KEY);

        loader = key -> "new";
        assertThat(cached.get(KEY))
                .as("comes after the invalidation, must not join")
                .isEqualTo("new");
        gate.countDown();
        assertThat(leader.get()).isEqualTo("old");
        assertThat(waiter.get()).isEqualTo("old");
        assertThat(cached.get(KEY)).isEqualTo("new");
    }

    @Test
    void invalidate_duringLoadOfLastCaller_leavesNothingStored() throws Exception {
        loader = gated(() -> "old");
        FutureTask<String> leader = startLeader();

        cached.invalidate(KEY);
        gate.countDown();

        assertThat(leader.get()).isEqualTo("old");
        assertThat(cached.peek(KEY)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void put_duringLoad_beatsIt() throws Exception {
        loader = gated(() -> "old");
        FutureTask<String> leader = startLeader();

        cached.put(KEY, "put");
        gate.countDown();

        assertThat(leader.get()).isEqualTo("old");
        assertThat(cached.get(KEY)).isEqualTo("put");
    }

    @Test
    void refresh_duringLoad_beatsIt() throws Exception {
        loader = gated(() -> "old");
        FutureTask<String> leader = startLeader();
        loader = key -> "refreshed";

        assertThat(cached.refresh(KEY)).isEqualTo("refreshed");
        gate.countDown();

        assertThat(leader.get()).isEqualTo("old");
        assertThat(cached.get(KEY)).isEqualTo("refreshed");
    }

    @Test
    void invalidate_ofAnotherFunctionOverTheTemplate_beatsTheLoadToo() throws Exception {
        Cached<String, String> writer = larder.cached("k:{key}", String.class, String.class, key -> "w")
                .ttl("1m")
                .build();
        loader = gated(() -> "old");
        FutureTask<String> leader = startLeader();

        writer.invalidate(KEY);
        gate.countDown();

        assertThat(leader.get()).isEqualTo("old");
        assertThat(cached.peek(KEY)).isInstanceOf(Lookup.Absent.class);
    }
}
