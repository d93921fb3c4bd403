package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of calls that find their connection full. */
@Timeout(60)
class BackPressureTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final MapScript normal = new MapScript();

    /** A node that answers nothing but {@code get first} until it is released. */
    private final ScriptedServer.Script held = (request, peer) -> {
        if (!request.equals("get first")) {
            release.await();
        }
        normal.answer(request, peer);
    };

    private static Memcached open(ScriptedServer server, BackPressure backPressure) {
        return Memcached.open(MemcachedConfig.parse(server.url("?timeout=40s&bulk-timeout=40s&stall=60s"))
                .withLimits(Limits.DEFAULT.withInFlight(2, 1 << 20).withBackPressure(backPressure)));
    }

    private static void fill(Memcached memcached, List<Caller<String>> callers) {
        View<String> view = memcached.view(Codecs.text());
        view.get("first");
        for (int i = 0; i < 2; i++) {
            callers.add(Caller.start(() -> String.valueOf(view.get("held"))));
        }
        Await.until(
                "it is full", () -> memcached.stats().values().iterator().next().inFlight() == 2);
    }

    @Test
    void reject_allViews_failAtOnce() throws Exception {
        List<Caller<String>> callers = new ArrayList<>();
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = open(server, BackPressure.REJECT)) {
            View<String> view = memcached.view(Codecs.text());
            fill(memcached, callers);
            String message = "node %s has 2 requests in flight, so %s failed at once; slow down,";

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageStartingWith(message.formatted(server.name(), "get"));
            assertThatThrownBy(() -> view.async().get("k").join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(OverloadedException.class);
            assertThat(view.getAll(List.of("a", "b")).failed())
                    .hasSize(2)
                    .allSatisfy((key, failure) -> assertThat(failure)
                            .isInstanceOf(OverloadedException.class)
                            .hasMessageStartingWith(message.formatted(server.name(), "getAll")));

            release.countDown();
            for (Caller<String> caller : callers) {
                assertThat(caller.result()).isEqualTo("null");
            }
            assertThat(view.get("k")).isNull();
        }
    }

    @Test
    void reject_callOnManyKeys_goesOnWithItsOwnRoom() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(normal);
                Memcached memcached = open(server, BackPressure.REJECT)) {
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                keys.add("key-" + i);
            }

            assertThat(memcached.view(Codecs.text()).deleteAll(keys).missed()).hasSize(50);
        }
    }

    @Test
    void block_futures_waitForRoom() throws Exception {
        List<Caller<String>> callers = new ArrayList<>();
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = open(server, BackPressure.BLOCK)) {
            View<String> view = memcached.view(Codecs.text());
            fill(memcached, callers);
            Caller<CompletableFuture<String>> third =
                    Caller.start(() -> view.async().get("k"));
            Await.until("it waits", () -> third.thread().getState() == Thread.State.TIMED_WAITING);

            release.countDown();

            assertThat(third.result().join()).isNull();
        }
    }

    @Test
    void block_futures_failAtTheirDeadline() throws Exception {
        List<Caller<String>> callers = new ArrayList<>();
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = open(server, BackPressure.BLOCK)) {
            View<String> view = memcached.view(Codecs.text());
            fill(memcached, callers);

            assertThatThrownBy(() ->
                            view.within(Duration.ofMillis(50)).async().get("k").join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(MemcachedException.class);

            release.countDown();
        }
    }

    @Test
    void auto_futures_failAtOnce_andBlockingCallsWait() throws Exception {
        List<Caller<String>> callers = new ArrayList<>();
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = open(server, BackPressure.AUTO)) {
            View<String> view = memcached.view(Codecs.text());
            fill(memcached, callers);
            Caller<String> third = Caller.start(() -> String.valueOf(view.get("k")));
            Await.until("it waits", () -> third.thread().getState() == Thread.State.TIMED_WAITING);

            assertThatThrownBy(() -> view.async().get("k").join()).hasCauseInstanceOf(OverloadedException.class);

            release.countDown();
            assertThat(third.result()).isEqualTo("null");
        }
    }
}
