package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listener hears, and what the message of a timeout says. */
@Timeout(60)
class CallListenerTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    private final List<CallEvent> calls = new CopyOnWriteArrayList<>();
    private final List<String> nodes = new CopyOnWriteArrayList<>();
    private final List<String> dropped = new CopyOnWriteArrayList<>();

    private final CallListener listener = new CallListener() {
        @Override
        public void onCall(CallEvent event) {
            calls.add(event);
        }

        @Override
        public void onNode(String node, boolean usable, String reason) {
            nodes.add(node + " " + usable);
        }

        @Override
        public void onDeleteDropped(String node) {
            dropped.add(node);
        }
    };

    @Test
    void calls_blockingAsyncAndBulk_areTold() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            view.async().get("k").get();
            view.getAll(List.of("a", "b"));

            Await.until("the future's call is told", () -> calls.size() == 3);
            assertThat(calls).extracting(CallEvent::operation).containsExactlyInAnyOrder("set", "get", "getAll");
            assertThat(calls).allSatisfy(call -> {
                assertThat(call.node()).isEqualTo(server.name());
                assertThat(call.outcome()).isEqualTo(CallEvent.Outcome.ANSWERED);
                assertThat(call.queueNanos()).isNotNegative();
                assertThat(call.wireNanos()).isNotNegative();
                assertThat(call.decodeNanos()).isNotNegative();
            });
            Await.until("the dial is told", () -> nodes.equals(List.of(server.name() + " true")));
        }
    }

    @Test
    void timeout_isToldAsLate_andItsMessageSaysWhereTheTimeWent() throws Exception {
        FakeTicker ticker = new FakeTicker();
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached =
                        Memcached.open(config(server).withListener(listener).withTicker(ticker))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            server.behave(ScriptedServer.silent());
            Caller<String> caller = Caller.start(
                    () -> String.valueOf(view.within(Duration.ofMillis(50)).get("k")));
            Await.until("it is asked", () -> server.requests().contains("get k"));

            ticker.advance(Duration.ofMillis(50));

            assertThatThrownBy(caller::result)
                    .isInstanceOf(CallTimeoutException.class)
                    .hasMessageMatching("node \\S+ gave no reply to get within 50 ms \\(\\S+ ms in the queue, \\S+ ms"
                            + " since it was sent; the node last said something \\S+ ms ago\\), 1 requests wait .*");

            CallEvent last = calls.get(calls.size() - 1);
            assertThat(last.outcome()).isEqualTo(CallEvent.Outcome.LATE);
            assertThat(last.queueNanos() + last.wireNanos())
                    .isEqualTo(Duration.ofMillis(50).toNanos());
        }
    }

    @Test
    void nodeDown_andDroppedDeletes_areTold() throws IOException {
        Node dead = Node.parse("127.0.0.1:" + MisbehavingNodeTest.unusedPort());
        try (Memcached memcached = Memcached.open(MemcachedConfig.of(dead)
                .withTimeouts(Timeouts.ofOperation(Duration.ofSeconds(20)))
                .withLimits(Limits.DEFAULT.withMissedDeletesMax(0))
                .withListener(listener))) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).delete("k")).isInstanceOf(MemcachedException.class);

            assertThat(calls).extracting(CallEvent::outcome).containsExactly(CallEvent.Outcome.FAILED);
            Await.until("the dial in vain is told", () -> nodes.contains(dead.name() + " false"));
            assertThat(dropped).containsExactly(dead.name());
        }
    }

    @Test
    void timeout_withoutListener_saysThatItWasSentAtOnce() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = open(server, null)) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            server.behave(ScriptedServer.silent());

            assertThatThrownBy(() -> view.within(Duration.ofMillis(50)).get("k"))
                    .isInstanceOf(CallTimeoutException.class)
                    .hasMessageMatching(
                            "node \\S+ gave no reply to get within 50 ms \\(sent at once; the node last said"
                                    + " something \\S+ ms ago\\), 1 requests wait .*");
        }
    }

    @Test
    void replyAfterTheDeadline_ofAFuture_isNotToldAgain() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        MapScript map = new MapScript();
        try (ScriptedServer server = ScriptedServer.start(map);
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            server.behave((request, peer) -> {
                late.await(20, TimeUnit.SECONDS);
                map.answer(request, peer);
            });

            CompletableFuture<String> first =
                    view.within(Duration.ofMillis(50)).async().get("k");
            assertThatThrownBy(first::get).hasCauseInstanceOf(CallTimeoutException.class);
            late.countDown();
            assertThat(view.async().get("k").get(20, TimeUnit.SECONDS)).isEqualTo("v");

            Await.until("all are told", () -> calls.size() >= 3);
            assertThat(calls)
                    .extracting(CallEvent::outcome)
                    .containsExactly(CallEvent.Outcome.ANSWERED, CallEvent.Outcome.LATE, CallEvent.Outcome.ANSWERED);
        }
    }

    @Test
    void errorLine_inAnswerToManyKeys_isToldAsFailed() throws IOException {
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> peer.send("SERVER_ERROR busy\r\n"));
                Memcached memcached = open(server)) {
            assertThat(memcached.view(Codecs.text()).deleteAll(List.of("a")).failed())
                    .containsKey("a");

            assertThat(calls).extracting(CallEvent::outcome).containsExactly(CallEvent.Outcome.FAILED);
        }
    }

    @Test
    void nodeThatChangesWhileItIsTold_isToldAgainByTheSameThread() {
        AtomicBoolean usable = new AtomicBoolean(true);
        Node node = Node.parse("cache-1");
        Supplier<Watching.NodeState> state = () -> new Watching.NodeState(usable.get(), usable.get() ? "" : "broke");
        Watching[] watching = new Watching[1];
        watching[0] = new Watching(
                new CallListener() {
                    @Override
                    public void onNode(String name, boolean isUsable, String reason) {
                        listener.onNode(name, isUsable, reason);
                        if (isUsable) {
                            usable.set(false);
                            watching[0].nodeChanged(node, state);
                            assertThat(nodes).hasSize(1); // left to the loop below us
                        }
                    }
                },
                Ticker.SYSTEM);

        watching[0].nodeChanged(node, state);
        watching[0].nodeChanged(node, state);

        assertThat(nodes).containsExactly(node.name() + " true", node.name() + " false");
    }

    @Test
    void listenerThatThrows_disturbsNoCall_andIsLoggedOnce() throws Exception {
        CallListener broken = new CallListener() {
            @Override
            public void onCall(CallEvent event) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void onNode(String node, boolean usable, String reason) {
                throw new AssertionError("broken");
            }
        };
        List<String> logged = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(CallListener.class.getName());
        logger.setUseParentHandlers(false);
        logger.setFilter(line -> {
            logged.add(line.getMessage());
            return false;
        });
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = open(server, broken)) {
            View<String> view = memcached.view(Codecs.text());
            assertThat(view.set("k", "v", TTL)).isEqualTo(StoreResult.STORED);
            assertThat(view.async().get("k").get(20, TimeUnit.SECONDS)).isEqualTo("v");
            assertThat(view.getAll(List.of("k")).found()).containsEntry("k", "v");
            assertThat(server.connections()).isEqualTo(1);
            Await.until("the first is logged, maybe by the thread that dialled", () -> !logged.isEmpty());
            assertThat(logged).hasSize(1);
        } finally {
            logger.setFilter(null);
            logger.setUseParentHandlers(true);
        }
    }

    private Memcached open(ScriptedServer server) {
        return open(server, listener);
    }

    private static Memcached open(ScriptedServer server, @Nullable CallListener listener) {
        return Memcached.open(config(server).withListener(listener));
    }

    private static MemcachedConfig config(ScriptedServer server) {
        return MemcachedConfig.of(server.node())
                .withProtocol(Protocol.TEXT)
                .withTimeouts(Timeouts.ofOperation(Duration.ofSeconds(20)));
    }
}
