package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Single gets of a bulk function that are merged. Batches end when they are full, so that no test depends on the window. */
@Timeout(120)
class CoalesceTest {
    private static final String LONG = "1m";

    private final Larder larder = Larder.builder().random(() -> 0).open();
    private final List<List<Long>> calls = new CopyOnWriteArrayList<>();
    private volatile Function<Collection<Long>, Map<Long, String>> work =
            keys -> keys.stream().collect(Collectors.toMap(key -> key, key -> "value " + key));

    @AfterEach
    void close() {
        larder.close();
    }

    private Cached<Long, String> values(String template, String window, int max) {
        return larder.cachedAll(template, Long.class, String.class, keys -> {
                    calls.add(List.copyOf(keys));
                    return work.apply(keys);
                })
                .ttl("10m")
                .stale("1h")
                .coalesce(window, max)
                .build();
    }

    /** A call in a thread of its own. */
    private static final class Caller<T> {
        final FutureTask<T> task;
        final Thread thread;

        Caller(Callable<T> call) {
            task = new FutureTask<>(call);
            thread = new Thread(task);
            thread.start();
        }

        void awaitWaiting() {
            Await.until(
                    "the caller waits",
                    () -> thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING);
        }
    }

    private static Caller<String> get(Cached<Long, String> values, long key) {
        return new Caller<>(() -> values.get(key));
    }

    @Test
    void gets_ofSeveralKeys_areOneLoad() throws Exception {
        Cached<Long, String> values = values("v:{key}", LONG, 3);

        List<Caller<String>> callers = List.of(get(values, 1), get(values, 2), get(values, 3));

        for (int i = 0; i < 3; i++) {
            assertThat(callers.get(i).task.get()).isEqualTo("value " + (i + 1));
        }
        assertThat(calls)
                .singleElement()
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(values.get(2L)).isEqualTo("value 2");
        CacheStats stats = values.stats();
        assertThat(stats.loads()).isEqualTo(1);
        assertThat(stats.misses()).isEqualTo(3);
        assertThat(stats.joined()).isEqualTo(2);
        assertThat(stats.hits()).isEqualTo(1);
    }

    @Test
    void get_alone_loadsWhenTheWindowEnds() {
        Cached<Long, String> values = values("v:{key}", "1ms", 100);

        assertThat(values.get(1L)).isEqualTo("value 1");
        assertThat(values.get(2L)).isEqualTo("value 2");

        assertThat(calls).containsExactly(List.of(1L), List.of(2L));
    }

    @Test
    void get_afterClose_stillAnswers() {
        Cached<Long, String> values = values("v:{key}", "1ms", 100);
        larder.close();

        assertThat(values.get(1L)).isEqualTo("value 1");
    }

    @Test
    void loader_failing_failsAllAndTheNextLoad() throws Exception {
        Cached<Long, String> values = values("v:{key}", LONG, 2);
        Function<Collection<Long>, Map<Long, String>> good = work;
        work = keys -> {
            throw new IllegalStateException("down");
        };
        for (Caller<String> caller : List.of(get(values, 1), get(values, 2))) {
            assertThatThrownBy(caller.task::get).hasCauseInstanceOf(IllegalStateException.class);
        }
        work = good;

        for (Caller<String> caller : List.of(get(values, 1), get(values, 2))) {
            assertThat(caller.task.get()).startsWith("value ");
        }
        assertThat(calls).hasSize(2);
    }

    @Test
    void loader_raisingAnError_failsAllAndTheNextLoad() throws Exception {
        Cached<Long, String> values = values("v:{key}", LONG, 2);
        Function<Collection<Long>, Map<Long, String>> good = work;
        work = keys -> {
            throw new StackOverflowError();
        };
        for (Caller<String> caller : List.of(get(values, 1), get(values, 2))) {
            assertThatThrownBy(caller.task::get).hasCauseInstanceOf(StackOverflowError.class);
        }
        work = good;

        for (Caller<String> caller : List.of(get(values, 1), get(values, 2))) {
            assertThat(caller.task.get()).startsWith("value ");
        }
    }

    @Test
    void first_interruptedWhileItGathers_othersStartAgainWithoutIt() throws Exception {
        Cached<Long, String> values = values("v:{key}", LONG, 3);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Caller<String> first = new Caller<>(() -> {
            String value = values.get(1L);
            flag.set(Thread.currentThread().isInterrupted());
            return value;
        });
        first.awaitWaiting();
        Caller<String> second = get(values, 2);
        second.awaitWaiting();

        first.thread.interrupt();

        assertThat(first.task.get()).as("its loader does not mind").isEqualTo("value 1");
        assertThat(flag).hasValue(true);
        List<Caller<String>> more = List.of(get(values, 3), get(values, 4));
        assertThat(second.task.get()).isEqualTo("value 2");
        for (Caller<String> caller : more) {
            assertThat(caller.task.get()).startsWith("value ");
        }
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0)).containsExactly(1L);
        assertThat(calls.get(1)).containsExactlyInAnyOrder(2L, 3L, 4L);
    }

    @Test
    void loader_interruptedForTheFirst_othersStartAgain() throws Exception {
        Cached<Long, String> values = values("v:{key}", "20ms", 2);
        Function<Collection<Long>, Map<Long, String>> good = work;
        List<Thread> stopped = new CopyOnWriteArrayList<>();
        work = keys -> {
            if (stopped.isEmpty()) {
                stopped.add(Thread.currentThread());
                throw sneaky(new InterruptedException("stop"));
            }
            return good.apply(keys);
        };
        List<Caller<String>> callers = List.of(get(values, 1), get(values, 2));

        int failures = 0;
        for (Caller<String> caller : callers) {
            try {
                assertThat(caller.task.get()).startsWith("value ");
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(LoadFailedException.class);
                failures++;
            }
        }

        assertThat(failures).as("only the thread that was told to stop").isEqualTo(1);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void loader_askingForAKeyOfItsBatch_isRefused() {
        List<Cached<Long, String>> self = new ArrayList<>();
        work = keys -> Map.of(1L, self.get(0).get(2L));
        self.add(values("v:{key}", LONG, 2));

        for (Caller<String> caller : List.of(get(self.get(0), 1), get(self.get(0), 2))) {
            assertThatThrownBy(caller.task::get).hasCauseInstanceOf(RecursiveLoadException.class);
        }
    }

    @Test
    void invalidation_whileItLoads_keepsThatKeyFromBeingStored() throws Exception {
        List<Cached<Long, String>> self = new ArrayList<>();
        Function<Collection<Long>, Map<Long, String>> good = work;
        work = keys -> {
            self.get(0).invalidate(2L);
            return good.apply(keys);
        };
        self.add(values("v:{key}", LONG, 2));

        for (Caller<String> caller : List.of(get(self.get(0), 1), get(self.get(0), 2))) {
            assertThat(caller.task.get()).startsWith("value ");
        }

        Await.until("key 1 is stored", () -> self.get(0).peek(1L) instanceof Lookup.Fresh<String>);
        assertThat(self.get(0).peek(2L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    @SuppressWarnings("try") // the scope is not used in its body
    void gets_withOtherAmbientValues_areNotMerged() throws Exception {
        Cached<Long, String> values = values("{@tenant}:{key}", "50ms", 2);
        List<Caller<String>> callers = new ArrayList<>();
        for (String tenant : List.of("a", "b")) {
            callers.add(new Caller<>(() -> {
                try (Scope scope = KeyContext.with("tenant", tenant)) {
                    return values.get(tenant.equals("a") ? 1L : 2L);
                }
            }));
        }

        for (Caller<String> caller : callers) {
            assertThat(caller.task.get()).startsWith("value ");
        }
        assertThat(calls).hasSize(2).allMatch(call -> call.size() == 1);
    }

    @Test
    void gets_ofManyThreads_eachGetsItsOwnAndEachKeyIsLoadedOnce() throws Exception {
        Cached<Long, String> values = values("v:{key}", "5ms", 10);
        List<Caller<String>> callers = new ArrayList<>();
        for (long key = 0; key < 60; key++) {
            callers.add(get(values, key / 2));
        }

        for (int i = 0; i < 60; i++) {
            assertThat(callers.get(i).task.get()).isEqualTo("value " + i / 2);
        }
        assertThat(calls.stream().flatMap(List::stream)).doesNotHaveDuplicates().hasSize(30);
        assertThat(calls).allMatch(call -> call.size() <= 10);
    }

    @Test
    void coalesce_misused_saysWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("x:{key}", Long.class, String.class, key -> "value")
                        .coalesce("2ms", 100))
                .withMessage("cached(\"x:{key}\"): coalesce needs a loader of many; use larder.cachedAll(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> values("y:{key}", "2h", 100))
                .withMessageContaining("coalesce waits from 1ms to 1m, was 2h");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> values("y:{key}", "2ms", 1))
                .withMessageContaining("coalesce merges at least 2, was 1");
    }
}
