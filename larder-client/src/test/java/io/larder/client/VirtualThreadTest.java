package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Virtual threads as callers, where the JDK has them. */
@Timeout(240)
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    @Test
    void manyVirtualThreads_onOneConnection_eachGetTheirOwnValue() throws Exception {
        ExecutorService threads = virtualThreads();
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url("?timeout=200s"))) {
            View<String> view = memcached.view(Codecs.text());
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                String key = "key-" + i;
                calls.add(() -> {
                    view.set(key, key, TTL);
                    return key.equals(view.get(key));
                });
            }

            for (Future<Boolean> call : threads.invokeAll(calls, 200, TimeUnit.SECONDS)) {
                assertThat(call.get()).isTrue();
            }
            assertThat(server.connections()).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void interruptedVirtualThread_leavesTheConnectionToTheOthers() throws Exception {
        ExecutorService threads = virtualThreads();
        CountDownLatch release = new CountDownLatch(1);
        ScriptedServer.Script held = (request, peer) -> {
            release.await();
            peer.send("END\r\n");
        };
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = Memcached.open(server.url("?timeout=200s"))) {
            View<String> view = memcached.view(Codecs.text());
            CountDownLatch interrupted = new CountDownLatch(1);
            Future<?> first = threads.submit(() -> {
                try {
                    view.get("a");
                } catch (InterruptedCallException e) {
                    interrupted.countDown();
                }
            });
            Future<Lookup<String>> second = threads.submit(() -> view.lookup("b"));
            Await.until(
                    "both are in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 2);

            first.cancel(true);

            assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
            release.countDown();
            assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(new Lookup.Absent<>());
            assertThat(server.connections()).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        Method create = Executors.class.getMethod("newVirtualThreadPerTaskExecutor"); // not in the API of 17
        return (ExecutorService) create.invoke(null);
    }
}
