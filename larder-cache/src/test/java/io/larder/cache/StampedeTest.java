package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers of one key who come in different ways, and those who will not wait for ever. */
@Timeout(120)
class StampedeTest extends ScenarioRig {
    private static FutureTask<String> start(Callable<String> call) {
        FutureTask<String> task = new FutureTask<>(call);
        Thread thread = new Thread(null, task, "caller", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void get_thousandCallersHalfOfThemAsync_loadOnce(boolean asyncLeads) throws Exception {
        try (Larder real = Larder.open("mem:")) {
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch gate = new CountDownLatch(1);
            Cached<Long, String> cached = real.cached("k:{key}", Long.class, String.class, key -> {
                        loads++;
                        loading.countDown();
                        gate.await();
                        return "v";
                    })
                    .ttl("10m")
                    .build();
            List<CompletableFuture<String>> later = new ArrayList<>();
            List<FutureTask<String>> waiting = new ArrayList<>();
            if (asyncLeads) {
                later.add(cached.getAsync(1L));
            } else {
                waiting.add(start(() -> cached.get(1L)));
            }
            loading.await();
            while (later.size() < 500) {
                later.add(cached.getAsync(1L));
            }
            while (waiting.size() < 500) {
                waiting.add(start(() -> cached.get(1L)));
            }
            Await.until("all but one have joined", () -> cached.stats().joined() == 999);

            gate.countDown();

            for (FutureTask<String> caller : waiting) {
                assertThat(caller.get()).isEqualTo("v");
            }
            for (CompletableFuture<String> caller : later) {
                assertThat(caller.get()).isEqualTo("v");
            }
            assertThat(loads).isEqualTo(1);
            assertThat(cached.stats().misses()).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void get_waiterTimesOut_failsAloneAndTheLoadGoesOn(Where where) {
        Cached<Long, String> cached = open(where).ttl("10m").hardTimeout("5ms").build();
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(LoadTimeoutException.class);
        assertThat(background).hasSize(1);

        assertThatThrownBy(() -> cached.get(1L))
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessageContaining("loading k:1 took longer than 5ms");

        assertThat(background).as("it has joined").hasSize(1);
        assertThat(cached.stats().joined()).isEqualTo(1);
        assertThat(cached.stats().timeouts()).isEqualTo(2);
        runBackground();
        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    @ParameterizedTest
    @EnumSource
    void expire_duringLoad_beatsIt(Where where) {
        Cached<Long, String> cached = open(where).ttl("10m").stale("1h").build();
        cached.put(1L, "before");
        pass("PT11M");
        loader = key -> {
            cached.expire(1L);
            return "older than the expire";
        };

        assertThat(cached.get(1L)).isEqualTo("older than the expire");

        assertThat(cached.peek(1L))
                .isInstanceOfSatisfying(
                        Lookup.Stale.class, stale -> assertThat(stale.value()).isEqualTo("before"));
    }

    @ParameterizedTest
    @EnumSource
    void hits_usedUpWhileARefreshRuns_waitsForIt(Where where) throws Exception {
        Cached<Long, String> cached =
                open(where).ttl("1d").hits(Hits.of(3).refreshAfter(2)).build();
        for (int i = 0; i < 4; i++) {
            assertThat(cached.get(1L)).isEqualTo("load 1"); // the load, and three uses
        }
        long joined = cached.stats().joined();
        FutureTask<String> fourth = start(() -> cached.get(1L));
        Await.until("it has joined the refresh", () -> cached.stats().joined() > joined);

        runBackground();

        assertThat(fourth.get()).isEqualTo("load 2");
    }

    @Test
    void early_hundredThreadsWhenDue_startOneRefresh() throws Exception {
        Cached<Long, String> cached = open(Where.MEMORY).ttl("10s").early("7s").build();
        cached.get(1L);
        pass("PT8S");
        CountDownLatch together = new CountDownLatch(100);
        List<FutureTask<String>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(start(() -> {
                together.countDown();
                together.await();
                return cached.get(1L);
            }));
        }

        for (FutureTask<String> caller : callers) {
            assertThat(caller.get()).isEqualTo("load 1");
        }

        assertThat(background).hasSize(1);
        runBackground();
        assertThat(cached.get(1L)).isEqualTo("load 2");
    }

    @ParameterizedTest
    @EnumSource
    void early_missWhileTheRefreshRuns_waitsForItInsteadOfLoading(Where where) throws Exception {
        Cached<Long, String> cached = open(where).ttl("10s").early("7s").build();
        cached.get(1L);
        pass("PT8S");
        assertThat(cached.get(1L)).isEqualTo("load 1");
        pass("PT3S"); // its TTL has ended, and the refresh has still no thread
        FutureTask<String> late = start(() -> cached.get(1L));
        Await.until("it has joined", () -> cached.stats().joined() == 1);

        runBackground();

        assertThat(late.get()).isEqualTo("load 2");
        assertThat(loads).isEqualTo(2);
    }

    @Test
    void early_callerInterruptedOrCancelled_refreshGoesOn() throws Exception {
        try (Larder real =
                Larder.builder().ticker(ticker).clock(clock).random(() -> 0).open()) {
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch gate = new CountDownLatch(1);
            Cached<Long, String> cached = real.cached("k:{key}", Long.class, String.class, key -> {
                        loading.countDown();
                        gate.await(); // an interruption would end it
                        return "new";
                    })
                    .ttl("10s")
                    .early("7s")
                    .build();
            cached.put(1L, "old");
            pass("PT8S");

            Thread.currentThread().interrupt();
            String served = cached.get(1L);
            CompletableFuture<String> cancelled = cached.getAsync(1L);
            boolean unused = cancelled.cancel(true);
            boolean interrupted = Thread.interrupted();
            loading.await();
            gate.countDown();

            assertThat(served).isEqualTo("old");
            assertThat(interrupted).isTrue();
            Await.until("the refresh has ended", () -> cached.get(1L).equals("new"));
            assertThat(cached.stats().refreshFailures()).isZero();
            assertThat(cached.stats().refreshes()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void early_tagInvalidatedDuringTheRefresh_itsValueIsNotServedLater(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("10s").early("50%").tags("all").build();
        cached.get(1L);
        pass("PT6S");
        cached.get(1L);
        loader = key -> {
            larder.invalidateTag("all");
            return "older";
        };

        runBackground();

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
        failWith(new IOException("down"));
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(LoadFailedException.class);
    }
}
