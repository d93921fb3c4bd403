package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls on many keys where some nodes fail: the others' keys get their answer, in time. */
@Timeout(60)
class BulkFailureTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration BULK = Duration.ofMinutes(1);
    private static final List<String> KEYS =
            IntStream.range(0, 500).mapToObj(i -> "key-" + i).toList();

    @Test
    void oneNodeDown_itsKeysFail_theOthersAreFound() throws IOException {
        Node dead = Node.parse("127.0.0.1:" + MisbehavingNodeTest.unusedPort());
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = open(Duration.ofSeconds(30), server.node(), dead)) {
            View<String> view = memcached.view(Codecs.text());

            BulkWrite written = view.setAll(values(), TTL);
            BulkRead<String> read = view.getAll(KEYS);
            BulkDelete deleted = view.deleteAll(KEYS);

            List<String> lost = KEYS.stream()
                    .filter(key -> memcached.nodeOf(key).equals(dead))
                    .toList();
            assertThat(lost).hasSizeBetween(50, 450);
            assertThat(written.failed()).containsOnlyKeys(lost);
            assertThat(read.failed())
                    .containsOnlyKeys(lost)
                    .allSatisfy((key, failure) -> assertThat(failure)
                            .isInstanceOf(NodeUnavailableException.class)
                            .hasMessageContaining("node " + dead));
            assertThat(read.found()).hasSize(500 - lost.size());
            assertThat(deleted.deleted()).hasSize(500 - lost.size());
            assertThat(deleted.failed()).containsOnlyKeys(lost);
            assertThatThrownBy(read::orThrow).isInstanceOf(NodeUnavailableException.class);
        }
    }

    @Test
    void oneNodeSilent_itsKeysTimeOut_theOthersAreFoundWithinTheDeadline() throws Exception {
        FakeTicker ticker = new FakeTicker();
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                ScriptedServer silent = ScriptedServer.start(ScriptedServer.silent());
                Memcached memcached = open(ticker, silent.node(), server.node())) {
            View<String> view = memcached.view(Codecs.text());
            Caller<BulkWrite> caller = Caller.start(() -> view.setAll(values(), TTL));
            awaitAllButOne(memcached, server.node(), ticker);
            Await.until("the silent one is asked", () -> !silent.requests().isEmpty());

            ticker.advance(BULK);

            BulkWrite written = caller.result();
            assertThat(written.results())
                    .hasSizeBetween(50, 450)
                    .allSatisfy((key, result) -> assertThat(result).isEqualTo(StoreResult.STORED));
            assertThat(written.failed())
                    .hasSize(500 - written.results().size())
                    .allSatisfy((key, failure) -> assertThat(failure)
                            .isInstanceOf(CallTimeoutException.class)
                            .hasMessageContaining(
                                    "node " + silent.name() + " gave no reply to setAll within 60000 ms"));
        }
    }

    @Test
    void oneNodeDoesNotAccept_theOthersAreFoundWithinTheDeadline() throws Exception {
        FakeTicker ticker = new FakeTicker();
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                BlackHole hole = BlackHole.open();
                Memcached memcached = open(ticker, Node.parse(hole.node()), server.node())) {
            View<String> view = memcached.view(Codecs.text());
            Caller<BulkWrite> caller = Caller.start(() -> view.setAll(values(), TTL));
            awaitAllButOne(memcached, server.node(), ticker);

            ticker.advance(BULK);

            BulkWrite written = caller.result();
            assertThat(written.results()).hasSizeBetween(50, 450);
            assertThat(written.failed())
                    .hasSize(500 - written.results().size())
                    .allSatisfy((key, failure) -> assertThat(failure)
                            .isInstanceOf(CallTimeoutException.class)
                            .hasMessageContaining("node " + hole.node() + " was not connected within 60000 ms"));
        }
    }

    @Test
    void nodeThatDiesInBetween_failsWhatIsLeft() throws IOException {
        ScriptedServer.Script normal = new MapScript();
        AtomicBoolean dead = new AtomicBoolean();
        ScriptedServer.Script dies = (request, peer) -> {
            if (request.startsWith("set key-300 ") || dead.get()) {
                dead.set(true);
                peer.hangUp();
            } else {
                normal.answer(request, peer);
            }
        };
        try (ScriptedServer server = ScriptedServer.start(dies);
                Memcached memcached = open(Duration.ofSeconds(30), server.node())) {
            BulkWrite written = memcached.view(Codecs.text()).setAll(values(), TTL);

            assertThat(written.results().size() + written.failed().size()).isEqualTo(500);
            assertThat(written.results()).containsKey("key-0").doesNotContainKey("key-300");
            assertThat(written.failed()).containsKeys("key-300", "key-499");
        }
    }

    @Test
    void admin_oneNodeDown_theOthersAnswer() throws IOException {
        Node dead = Node.parse("127.0.0.1:" + MisbehavingNodeTest.unusedPort());
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always("VERSION 1\r\n"));
                Memcached memcached = open(Duration.ofSeconds(30), server.node(), dead)) {
            PerNode<String> versions = memcached.admin().versions();

            assertThat(versions.answers()).containsExactly(Map.entry(server.name(), "1"));
            assertThat(versions.failed()).containsOnlyKeys(dead.name());
            assertThatThrownBy(() -> memcached.admin().flushAll(Duration.ZERO)).isInstanceOf(MemcachedException.class);
        }
    }

    private static Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        KEYS.forEach(key -> values.put(key, "value of " + key));
        return values;
    }

    /** Until the keys of a node are answered, of a call that then waits for another node alone. */
    private static void awaitAllButOne(Memcached memcached, Node node, FakeTicker ticker) {
        long asked =
                KEYS.stream().filter(key -> memcached.nodeOf(key).equals(node)).count();
        Await.until("the keys of " + node + " are answered", () -> {
            ticker.advance(Duration.ofMillis(1)); // lets its thread go from the one node to the other
            NodeStats stats = memcached.stats().get(node.name());
            return stats != null && stats.requests() == asked && stats.inFlight() == 0;
        });
    }

    /** Whose deadline passes when the test says so. */
    private static Memcached open(FakeTicker ticker, Node... nodes) {
        Timeouts patient =
                Timeouts.ofOperation(Duration.ofHours(1)).withBulk(BULK).withConnect(Duration.ofMinutes(1));
        return Memcached.open(MemcachedConfig.of(nodes)
                .withProtocol(Protocol.TEXT)
                .withTimeouts(patient)
                .withTicker(ticker));
    }

    private static Memcached open(Duration bulk, Node... nodes) {
        return Memcached.open(MemcachedConfig.of(nodes)
                .withProtocol(Protocol.TEXT)
                .withTimeouts(Timeouts.DEFAULT.withBulk(bulk).withStall(Duration.ofSeconds(20))));
    }
}
