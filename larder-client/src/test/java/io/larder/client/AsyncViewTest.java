package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Futures: their values, their failures, and that nothing waits for long. */
@Timeout(60)
class AsyncViewTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyOperations_startedAtOnce_eachGetTheirOwnValue(boolean meta) throws IOException {
        try (ChaosServer server = ChaosServer.start(0, 1, meta);
                Memcached memcached =
                        Memcached.open("memcached://127.0.0.1:%d?timeout=40s&connect=20s".formatted(server.port()))) {
            AsyncView<String> view = memcached.view(Codecs.text()).async();
            List<CompletableFuture<StoreResult>> writes = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                writes.add(view.set("key-" + i, "value-" + i, TTL));
            }
            assertThat(writes).allSatisfy(write -> assertThat(write.join()).isEqualTo(StoreResult.STORED));

            List<CompletableFuture<String>> reads = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                reads.add(view.get("key-" + i));
            }
            for (int i = 0; i < 800; i++) {
                assertThat(reads.get(i).join()).isEqualTo("value-" + i);
            }
            assertThat(view.get("other").join()).isNull();
            assertThat(view.delete("key-1").join()).isTrue();
            assertThat(view.lookup("key-1").join()).isEqualTo(new Lookup.Absent<>());
            assertThat(view.setAll(Map.of("a", "1"), TTL).join().complete()).isTrue();
            assertThat(view.getAll(List.of("a", "b")).join().found()).containsExactly(Map.entry("a", "1"));
        }
    }

    @Test
    void call_neverAnswered_failsAtItsDeadline() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url("?timeout=150ms&stall=60s"))) {
            View<String> view = memcached.view(Codecs.text());
            assertThat(view.within(Duration.ofSeconds(20)).get("connects")).isNull();
            server.behave(ScriptedServer.silent());
            long start = System.nanoTime();

            CompletableFuture<String> read = view.async().get("k");

            assertThatThrownBy(read::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(CallTimeoutException.class)
                    .hasMessageContaining("gave no reply to get within 150 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(140), Duration.ofSeconds(20));
            assertThat(view.lenient().async().get("k").join()).isNull();
            assertThat(view.lenient().async().set("k", "v", TTL).join()).isEqualTo(StoreResult.UNAVAILABLE);
            assertThat(view.async().lookup("k").join()).isInstanceOf(Lookup.Unavailable.class);
        }
    }

    @Test
    void nodeThatIsDown_failsTheFuture() throws IOException {
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> peer.hangUp());
                Memcached memcached = Memcached.open(server.url("?timeout=20s"))) {
            AsyncView<String> view = memcached.view(Codecs.text()).async();

            assertThatThrownBy(() -> view.get("k").join()).hasCauseInstanceOf(NodeUnavailableException.class);
            assertThatThrownBy(() -> view.incr("k", 1).join()).hasCauseInstanceOf(NodeUnavailableException.class);
            assertThatThrownBy(() -> view.get("a b")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void fullConnection_isRefusedAtOnce() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.silent());
                Memcached memcached = Memcached.open(MemcachedConfig.parse(server.url("?timeout=40s&stall=60s"))
                        .withLimits(Limits.DEFAULT.withValueBytesMax(1000).withInFlight(2, 1000)))) {
            View<String> view = memcached.view(Codecs.text());
            CompletableFuture<String> first = view.async().get("a");
            CompletableFuture<String> second = view.async().get("b");
            Await.until(
                    "both are in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 2);

            CompletableFuture<String> refused = view.async().get("c");

            assertThatThrownBy(refused::join).hasCauseInstanceOf(OverloadedException.class);
            assertThat(List.of(first, second)).noneMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void close_failsWhatIsInFlight() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.silent())) {
            Memcached memcached = Memcached.open(server.url("?timeout=20s&stall=30s"));
            AsyncView<String> view = memcached.view(Codecs.text()).async();
            CompletableFuture<String> inFlight = view.get("k");
            Await.until("it is sent", () -> !server.requests().isEmpty());

            memcached.close();

            assertThatThrownBy(inFlight::join).hasCauseInstanceOf(NodeUnavailableException.class);
            assertThatThrownBy(() -> view.get("k")).isInstanceOf(IllegalStateException.class);
        }
    }
}
