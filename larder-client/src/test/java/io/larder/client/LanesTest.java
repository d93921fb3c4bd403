package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is large has a connection of its own: small calls are answered while it is stuck. */
@Timeout(60)
class LanesTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final String PATIENT = "?timeout=40s&bulk-timeout=40s";
    private static final String LARGE = "x".repeat(70_000);

    private final ScriptedServer.Script normal = new MapScript();
    private final CountDownLatch release = new CountDownLatch(1);

    /** A node that is stuck at some requests: nothing else on their connection is answered. */
    private ScriptedServer.Script stuckAt(Predicate<String> which) {
        return (request, peer) -> {
            if (which.test(request)) {
                release.await();
            }
            normal.answer(request, peer);
        };
    }

    @Test
    void smallCalls_whileALargeStoreIsStuck_areAnswered() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(stuckAt(request -> request.startsWith("set huge ")));
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            Caller<StoreResult> large = Caller.start(() -> view.set("huge", LARGE, TTL));
            Await.until("it is stuck", () -> stuck(server, "set huge "));

            assertThat(view.set("small", "v", TTL)).isEqualTo(StoreResult.STORED);
            assertThat(view.get("small")).isEqualTo("v");
            assertThat(view.async().get("small").join()).isEqualTo("v");
            assertThat(view.setAll(Map.of("a", "1", "b", "2"), TTL).complete()).isTrue();

            release.countDown();
            assertThat(large.result()).isEqualTo(StoreResult.STORED);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void smallCalls_whileAGetOfAKnownLargeValueIsStuck_areAnswered() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(normal);
                Memcached writer = Memcached.open(server.url(PATIENT));
                Memcached reader = Memcached.open(server.url(PATIENT))) {
            writer.view(Codecs.text()).set("huge", LARGE, TTL);
            View<String> view = reader.view(Codecs.text());
            assertThat(view.get("huge"))
                    .as("read on the way of small ones, as nobody knew")
                    .isEqualTo(LARGE);
            server.behave(stuckAt(request -> request.equals("get huge")));
            Caller<String> large = Caller.start(() -> String.valueOf(view.get("huge")));
            Await.until(
                    "it is stuck",
                    () -> server.requests().stream().filter("get huge"::equals).count() == 2);

            assertThat(view.get("small")).isNull();
            assertThat(view.getAll(List.of("a", "b")).missed()).hasSize(2);

            release.countDown();
            assertThat(large.result()).isEqualTo(LARGE);
        }
    }

    @Test
    void smallCalls_whileAGetOfManyKeysIsStuck_areAnswered() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(stuckAt(request -> request.startsWith("get key-0 ")));
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            List<String> many =
                    IntStream.range(0, 257).mapToObj(i -> "key-" + i).toList();
            Caller<BulkRead<String>> large = Caller.start(() -> view.getAll(many));
            Await.until("it is stuck", () -> stuck(server, "get key-0 "));

            assertThat(view.get("small")).isNull();
            assertThat(view.getAll(many.subList(1, 257)).missed()).hasSize(256);

            release.countDown();
            assertThat(large.result().missed()).hasSize(257);
        }
    }

    @Test
    void bulk_ofLargeAndSmallValues_hasAnOutcomeForEach() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(stuckAt(request -> request.startsWith("set large-")));
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            Map<String, String> values = new LinkedHashMap<>();
            IntStream.range(0, 10).forEach(i -> {
                values.put("large-" + i, LARGE + i);
                values.put("small-" + i, "v" + i);
            });
            Caller<BulkWrite> write = Caller.start(() -> view.setAll(values, TTL));
            Await.until(
                    "the last small one is stored, and a large one stuck",
                    () -> "v9".equals(view.get("small-9")) && stuck(server, "set large-0 "));

            release.countDown();

            assertThat(write.result().complete()).isTrue();
            assertThat(view.getAll(values.keySet()).orThrow().found()).isEqualTo(values);
            assertThat(view.deleteAll(values.keySet()).deleted()).isEqualTo(values.keySet());
        }
    }

    @Test
    void delete_afterALargeStoreThatTimedOut_staysBehindIt() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(stuckAt(request -> request.startsWith("set huge ")));
                Memcached memcached = Memcached.open(server.url(PATIENT + "&stall=60s"))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("other", LARGE, TTL); // so that there is a connection
            assertThatThrownBy(() -> view.within(Duration.ofMillis(50)).set("huge", LARGE, TTL))
                    .isInstanceOf(CallTimeoutException.class);
            Caller<Boolean> delete = Caller.start(() -> view.delete("huge"));
            Await.until(
                    "it is in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 2);

            release.countDown();

            assertThat(delete.result()).as("what was stored late is deleted").isTrue();
            assertThat(view.get("huge")).isNull();
        }
    }

    @Test
    void largeCalls_toANodeThatRefusesASecondConnection_shareTheFirst() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        ScriptedServer.Script oneConnection = (request, peer) -> {
            if (request.equals("version")) {
                if (asked.incrementAndGet() > 1) {
                    peer.hangUp();
                    return;
                }
                peer.send("VERSION 1.4.5\r\n");
            } else if (request.equals("mn") || request.startsWith("mg ")) {
                peer.send("ERROR\r\n");
            } else {
                normal.answer(request, peer);
            }
        };
        try (ScriptedServer server = ScriptedServer.start(oneConnection);
                Memcached memcached = Memcached.open("memcached://" + server.name() + PATIENT + "&connect=20s")) {
            View<String> view = memcached.view(Codecs.text());
            view.set("small", "v", TTL);
            assertThatThrownBy(() -> view.set("huge", LARGE, TTL)).isInstanceOf(NodeUnavailableException.class);

            assertThat(view.set("huge", LARGE, TTL)).isEqualTo(StoreResult.STORED);
            assertThat(view.get("huge")).isEqualTo(LARGE);
            assertThat(memcached.stats().values().iterator().next().connected()).isTrue();
        }
    }

    @Test
    void large_inTheUrl_saysWhatIsLarge() {
        assertThat(MemcachedConfig.parse("memcached://h?large=1mb").limits().largeBytes())
                .isEqualTo(1 << 20);
        assertThatThrownBy(() -> Limits.DEFAULT.withLarge(-1, 0)).hasMessageContaining("large must be 0 or more");
    }

    @Test
    void largeKeys_forgetWhatIsSmallAgain() {
        LargeKeys keys = new LargeKeys(100);
        byte[] key = {'k'};
        keys.note(key, 100);
        assertThat(keys.contains(key)).isFalse();
        keys.note(key, 101);
        assertThat(keys.contains(key)).isTrue();
        assertThat(keys.contains(new byte[] {'j'})).isFalse();
        keys.note(key, 1);
        assertThat(keys.contains(key)).isFalse();
    }

    private static boolean stuck(ScriptedServer server, String beginning) {
        return server.requests().stream().anyMatch(request -> request.startsWith(beginning));
    }
}
