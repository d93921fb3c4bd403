package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on one connection. */
@Timeout(60)
class SharedConnectionTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final String PATIENT = "?timeout=40s";

    @Test
    void manyThreads_onOneConnection_eachGetTheirOwnValue() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            List<Caller<Integer>> callers = IntStream.range(0, 16)
                    .mapToObj(i -> Caller.start(() -> countWrongValues(view, i)))
                    .toList();

            for (Caller<Integer> caller : callers) {
                assertThat(caller.result(Duration.ofSeconds(55))).isZero();
            }
            assertThat(server.connections()).as("one of them for large values").isEqualTo(2);
        }
    }

    private static int countWrongValues(View<String> view, int thread) {
        int wrong = 0;
        for (int n = 0; n < 300; n++) {
            String key = "key-" + thread + "-" + n % 10;
            String value = "value-" + thread + "-" + n + "x".repeat(n % 100 == 0 ? 100_000 : n);
            view.set(key, value, TTL);
            wrong += value.equals(view.get(key)) ? 0 : 1;
        }
        return wrong;
    }

    @Test
    void killInMidCall_everyCallerFailsAtOnce_andLaterCallsConnectAgain() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> asked.countDown());
                Memcached memcached = Memcached.open(server.url("?timeout=30s"))) {
            View<String> view = memcached.view(Codecs.text());
            List<Caller<String>> callers = IntStream.range(0, 12)
                    .mapToObj(i -> Caller.start(() -> String.valueOf(view.get("key-" + i))))
                    .toList();
            asked.await();
            Await.until(
                    "all calls are in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 12);
            server.behave(new MapScript());

            server.dropConnections();

            for (Caller<String> caller : callers) {
                assertThatThrownBy(caller::result)
                        .isInstanceOf(NodeUnavailableException.class)
                        .hasMessageContaining("node " + server.name())
                        .hasMessageContaining("during get after")
                        .hasMessageContaining("later calls connect again by themselves");
            }
            Await.until("calls work again", () -> view.lookup("k") instanceof Lookup.Absent<String>);
        }
    }

    @Test
    void interrupt_ofTheReader_failsOnlyItsOwnCall() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ScriptedServer.Script held = (request, peer) -> {
            release.await();
            peer.send("END\r\n");
        };
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = Memcached.open(server.url("?timeout=20s"))) {
            View<String> view = memcached.view(Codecs.text());
            Caller<Boolean> first = Caller.start(() -> {
                assertThatThrownBy(() -> view.get("a"))
                        .isInstanceOf(InterruptedCallException.class)
                        .hasMessageContaining("interrupted in get on node " + server.name());
                return Thread.currentThread().isInterrupted();
            });
            Await.until("the first call is in flight", () -> !server.requests().isEmpty());
            Caller<Lookup<String>> second = Caller.start(() -> view.lookup("b"));
            Await.until(
                    "the second is in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 2);

            first.thread().interrupt();

            assertThat(first.result()).as("the interrupt flag").isTrue();
            release.countDown();
            assertThat(second.result()).isEqualTo(new Lookup.Absent<>());
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void interruptedBefore_nothingIsSent() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            view.get("before");
            Caller<Boolean> caller = Caller.start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> view.get("a")).isInstanceOf(InterruptedCallException.class);
                assertThatThrownBy(() -> view.lookup("a")).isInstanceOf(InterruptedCallException.class);
                assertThatThrownBy(() -> view.getAll(List.of("a"))).isInstanceOf(InterruptedCallException.class);
                return Thread.interrupted();
            });

            assertThat(caller.result()).isTrue();
            assertThat(server.requests()).containsExactly("get before");
        }
    }

    @Test
    void fullSocketBuffersBothWays_doNotDeadlock() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<byte[]> view = memcached.view(Codecs.bytes()).within(Duration.ofSeconds(50));
            Map<String, byte[]> values = new LinkedHashMap<>();
            IntStream.range(0, 200).forEach(i -> values.put("key-" + i, new byte[50_000]));

            List<Caller<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(Caller.start(() -> {
                    assertThat(view.setAll(values, TTL).complete()).isTrue();
                    return view.getAll(values.keySet()).orThrow().found().size();
                }));
            }

            for (Caller<Integer> caller : callers) {
                assertThat(caller.result(Duration.ofSeconds(55))).isEqualTo(200);
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void timeouts_amongManyCallers_leaveNoLeaderBehind() throws Exception {
        AtomicInteger count = new AtomicInteger();
        Semaphore gaveUp = new Semaphore(0);
        ScriptedServer.Script normal = new MapScript();
        ScriptedServer.Script stutters = (request, peer) -> {
            if (count.incrementAndGet() % 50 == 0) {
                gaveUp.drainPermits();
                boolean unused = gaveUp.tryAcquire(2, TimeUnit.SECONDS);
            }
            normal.answer(request, peer);
        };
        try (ScriptedServer server = ScriptedServer.start(stutters);
                Memcached memcached = Memcached.open(server.url("?timeout=15ms&stall=60s"))) {
            View<String> view = memcached.view(Codecs.text());
            view.within(Duration.ofSeconds(10)).set("k", "v", TTL);
            List<Caller<Integer>> callers = IntStream.range(0, 8)
                    .mapToObj(i -> Caller.start(() -> countWrongLookups(view, gaveUp)))
                    .toList();

            for (Caller<Integer> caller : callers) {
                assertThat(caller.result()).isZero();
            }
            NodeStats stats = memcached.stats().values().iterator().next();
            assertThat(stats.timeouts()).isPositive();
            assertThat(stats.connectionsLost()).isZero();
            Await.until(
                    "the replies nobody waits for are read",
                    () -> memcached.stats().values().iterator().next().inFlight() == 0);
        }
    }

    private static int countWrongLookups(View<String> view, Semaphore gaveUp) {
        int wrong = 0;
        for (int n = 0; n < 150; n++) {
            Lookup<String> found = view.lookup("k");
            boolean right =
                    found instanceof Lookup.Hit<String> hit && hit.value().equals("v");
            if (found instanceof Lookup.Unavailable<String>) {
                gaveUp.release();
                LockSupport.parkNanos(1_000_000); // or all would fail at once while the node is silent
            } else {
                wrong += right ? 0 : 1;
            }
        }
        return wrong;
    }
}
