package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that go down and come back, and what the policies make of it. */
@Timeout(60)
class FailurePolicyTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    @Test
    void rehash_nodeDown_itsKeysGoToTheOthers_andBackWhenItReturns() throws IOException {
        MapScript firstValues = new MapScript();
        try (ScriptedServer first = ScriptedServer.start(firstValues);
                ScriptedServer second = ScriptedServer.start(new MapScript());
                Memcached memcached = open(FailurePolicy.REHASH, first, second)) {
            View<String> view = memcached.view(Codecs.text());
            String key = keyOn(first, memcached);
            view.set(key, "old", TTL);
            first.stop();
            Await.until("another node takes over", () -> isStored(view, key, "new"));

            assertThat(view.get(key)).isEqualTo("new");
            assertThat(second.requests()).contains("get " + key);
            assertThat(memcached.nodeOf(key)).isEqualTo(first.node());
            assertThat(stats(memcached, first).rerouted()).isPositive();

            try (ScriptedServer again = first.startAgain(firstValues)) {
                Await.until("the node is used again", () -> {
                    view.lookup(key);
                    return stats(memcached, first).connected();
                });
                assertThat(view.get(key)).as("what it had is outdated").isNull();
                assertThat(again.requests()).startsWith("delete " + key);
            }
        }
    }

    @Test
    void rehash_allDown_failsNamingTheNodeOfTheKey() throws IOException {
        try (ScriptedServer first = ScriptedServer.start(new MapScript());
                ScriptedServer second = ScriptedServer.start(new MapScript());
                Memcached memcached = open(FailurePolicy.REHASH, first, second)) {
            View<String> view = memcached.view(Codecs.text());
            first.stop();
            second.stop();
            Await.until("both are known to be down", () -> {
                keys().forEach(view::lookup);
                return memcached.stats().values().stream().allMatch(stats -> stats.dialFailures() > 0);
            });
            String key = keyOn(first, memcached);

            assertThatThrownBy(() -> view.get(key)).hasMessageStartingWith("node " + first.name());
        }
    }

    @Test
    void gutter_nodeDown_standsInWithAShorterTtl() throws IOException {
        try (ScriptedServer node = ScriptedServer.start(new MapScript());
                ScriptedServer gutter = ScriptedServer.start(new MapScript());
                Memcached memcached =
                        Memcached.open(node.url("?timeout=20s&failure=gutter&gutter-ttl=7s&gutter=" + gutter.name()))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "old", TTL);
            node.stop();
            Await.until("the gutter takes over", () -> isStored(view, "k", "new"));
            view.set("for-ever", "v", Duration.ZERO);
            view.set("short", "v", Duration.ofSeconds(3));

            assertThat(view.get("k")).isEqualTo("new");
            assertThat(gutter.requests())
                    .contains("set k 0 7 3\r\nnew", "set for-ever 0 7 1\r\nv", "set short 0 3 1\r\nv");
        }
    }

    @Test
    void ignore_nodeDown_readsMissAndStoresAreUnavailable_deletesStillFail() throws IOException {
        try (Memcached memcached = Memcached.open(
                "memcached://127.0.0.1:%d?timeout=20s&failure=ignore".formatted(MisbehavingNodeTest.unusedPort()))) {
            View<String> view = memcached.view(Codecs.text());

            assertThat(view.get("k")).isNull();
            assertThat(view.set("k", "v", TTL)).isEqualTo(StoreResult.UNAVAILABLE);
            assertThatThrownBy(() -> view.delete("k")).isInstanceOf(NodeUnavailableException.class);
        }
    }

    @Test
    void deletesThatFailed_areReplayedBeforeTheNodeIsRead() throws Exception {
        MapScript values = new MapScript();
        try (ScriptedServer node = ScriptedServer.start(values);
                Memcached memcached = open(FailurePolicy.FAIL_FAST, node)) {
            View<String> view = memcached.view(Codecs.text());
            for (int i = 0; i < 200; i++) {
                view.set("key-" + i, "old", TTL);
            }
            node.stop();
            for (int i = 0; i < 100; i++) {
                int index = i;
                assertThatThrownBy(() -> view.delete("key-" + index)).isInstanceOf(MemcachedException.class);
            }
            assertThat(view.deleteAll(IntStream.range(100, 150)
                                    .mapToObj(i -> "key-" + i)
                                    .toList())
                            .failed())
                    .hasSize(50);
            assertThatThrownBy(() -> view.async().delete("key-150").get()).hasCauseInstanceOf(MemcachedException.class);
            assertThat(stats(memcached, node).deletesWaiting()).isEqualTo(151);

            try (ScriptedServer again = node.startAgain(values)) {
                Await.until("the node is used again", () -> view.lookup("key-199") instanceof Lookup.Hit<String>);

                assertThat(view.getAll(keys()).missed()).hasSize(151);
                assertThat(again.requests().subList(0, 151)).allMatch(request -> request.startsWith("delete key-"));
                assertThat(stats(memcached, node).deletesReplayed()).isEqualTo(151);
                assertThat(stats(memcached, node).deletesWaiting()).isZero();
            }
        }
    }

    @Test
    void deletesThatAnOpenConnectionLeavesUnanswered_areTriedAgainOverIt() throws IOException {
        MapScript normal = new MapScript();
        AtomicInteger deletes = new AtomicInteger();
        try (ScriptedServer node = ScriptedServer.start((request, peer) -> {
                    if (!request.startsWith("delete ")) {
                        normal.answer(request, peer);
                        return;
                    }
                    int count = deletes.incrementAndGet(); // the call, its replay, and that once more, or oftener
                    peer.send("DELETED\r\n".repeat(count < 3 ? 0 : count == 3 ? 3 : 1));
                });
                Memcached memcached = Memcached.open(node.url("?timeout=20s&bulk-timeout=300ms&stall=60s"))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);

            assertThatThrownBy(() -> view.within(Duration.ofMillis(200)).delete("k"))
                    .isInstanceOf(CallTimeoutException.class);

            Await.until("it is deleted", () -> stats(memcached, node).deletesReplayed() > 0);
            assertThat(stats(memcached, node).deletesWaiting()).isZero();
            assertThat(stats(memcached, node).dials()).isEqualTo(1);
        }
    }

    @Test
    void deletesThatFailed_aboveTheBound_areDroppedAndCounted() throws IOException {
        try (Memcached memcached =
                Memcached.open(MemcachedConfig.of(Node.parse("127.0.0.1:" + MisbehavingNodeTest.unusedPort()))
                        .withLimits(Limits.DEFAULT.withMissedDeletesMax(2)))) {
            View<String> view = memcached.view(Codecs.text());

            for (String key : List.of("a", "b", "b", "c", "a", "d")) {
                assertThatThrownBy(() -> view.delete(key)).isInstanceOf(MemcachedException.class);
            }

            NodeStats stats = memcached.stats().values().iterator().next();
            assertThat(stats.deletesWaiting()).isEqualTo(2);
            assertThat(stats.deletesDropped()).isEqualTo(2);
        }
    }

    @Test
    void nodeThatNeverAnswers_isLeftAloneUntilItDoes() throws Exception {
        CountDownLatch wakes = new CountDownLatch(1);
        ScriptedServer.Script normal = new MapScript();
        try (ScriptedServer node = ScriptedServer.start(normal);
                Memcached memcached = Memcached.open(node.url("?timeout=20s&stall=60s"))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            node.behave((request, peer) -> {
                wakes.await();
                normal.answer(request, peer);
            });
            View<String> hurried = view.within(Duration.ofMillis(20));
            for (int i = 0; i < Connection.SILENT_MISSES; i++) {
                assertThatThrownBy(() -> hurried.get("k")).isInstanceOf(CallTimeoutException.class);
            }

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("left 5 calls in a row without any answer");

            wakes.countDown();
            Await.until("it is used again", () -> view.lookup("k") instanceof Lookup.Hit<String>);
            assertThat(node.connections()).isEqualTo(1);
        }
    }

    @Test
    void nodeThatAcceptsNothing_afterThreeDialsInVain_keepsNoCallerWaiting() throws IOException {
        try (BlackHole hole = BlackHole.open();
                Memcached memcached =
                        Memcached.open("memcached://%s?timeout=20s&connect=20ms".formatted(hole.node()))) {
            View<String> view = memcached.view(Codecs.text());
            Await.until("three dials", () -> {
                view.lookup("k");
                return memcached.stats().values().iterator().next().dialFailures() >= 3;
            });

            Await.until(
                    "a call during a dial fails at once",
                    () -> view.lookup("k") instanceof Lookup.Unavailable<String> failed
                            && String.valueOf(failed.cause().getMessage()).contains("it is being dialled again"));
        }
    }

    @Test
    void urls_ofPoliciesThatAreNone_areRefused() {
        assertThatThrownBy(() -> Memcached.open("memcached://a?failure=rehas"))
                .hasMessageContaining("failure \"rehas\" is unknown")
                .hasMessageContaining("rehash");
        assertThatThrownBy(() -> Memcached.open("memcached://a?failure=gutter"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Memcached.open("memcached://a?gutter=b")).hasMessageContaining("failure=gutter");
        assertThatThrownBy(() -> Memcached.open("memcached://a?failure=gutter&gutter=b&gutter-ttl=1ms"))
                .hasMessageContaining("gutter-ttl must be from 1 second");
    }

    private static Memcached open(FailurePolicy policy, ScriptedServer... servers) {
        Node[] nodes = List.of(servers).stream().map(ScriptedServer::node).toArray(Node[]::new);
        return Memcached.open(MemcachedConfig.of(nodes)
                .withProtocol(Protocol.TEXT)
                .withTimeouts(Timeouts.ofOperation(Duration.ofSeconds(20)))
                .withFailure(policy));
    }

    private static String keyOn(ScriptedServer server, Memcached memcached) {
        return keys().stream()
                .filter(key -> memcached.nodeOf(key).equals(server.node()))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> keys() {
        return IntStream.range(0, 200).mapToObj(i -> "key-" + i).toList();
    }

    private static boolean isStored(View<String> view, String key, String value) {
        return view.lenient().set(key, value, TTL) == StoreResult.STORED;
    }

    private static NodeStats stats(Memcached memcached, ScriptedServer server) {
        return memcached.stats().getOrDefault(server.name(), new NodeCounters().stats(false, false, 0, 0));
    }
}
