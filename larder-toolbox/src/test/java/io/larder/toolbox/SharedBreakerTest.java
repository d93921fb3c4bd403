package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.toolbox.CircuitBreaker.State;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two processes over one store; what runs in the background runs at once, unless a test says when. */
class SharedBreakerTest {
    private static final BreakerPolicy TEN =
            BreakerPolicy.lastCalls(10).openFor("30s").shared();
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final List<Larder> open = new ArrayList<>();
    private final CircuitBreaker<String> here = process(TEN);
    private final CircuitBreaker<String> there = process(TEN);

    private CircuitBreaker<String> process(BreakerPolicy policy) {
        return process(policy, Runnable::run);
    }

    private CircuitBreaker<String> process(BreakerPolicy policy, Executor background) {
        Larder larder = Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .store(store)
                .loadExecutor(background)
                .open();
        open.add(larder);
        return Toolbox.over(larder).circuitBreaker("bank:{key}", String.class, policy);
    }

    @AfterEach
    void close() {
        open.forEach(Larder::close);
    }

    private static void calls(CircuitBreaker<String> breaker, int count, boolean fail) {
        for (int i = 0; i < count; i++) {
            breaker.enter("a").ended(fail ? new IOException("down") : null);
        }
    }

    private static void open(CircuitBreaker<String> breaker) {
        for (int i = 0; breaker.stats().opened() == 0; i++) {
            assertThat(i).isLessThan(100);
            calls(breaker, 1, true);
        }
    }

    private static boolean isRefused(CircuitBreaker<String> breaker) {
        try {
            breaker.enter("a").ended(null);
            return false;
        } catch (CircuitOpenException e) {
            return true;
        }
    }

    @Test
    void opened_here_isOpenThereWithinASecond() {
        assertThat(isRefused(there)).isFalse();
        calls(here, 10, true);
        assertThat(isRefused(here)).isTrue();

        ticker.advance(SECOND);
        assertThat(isRefused(there)).isFalse(); // this call has it ask the store, and does not wait

        assertThat(isRefused(there)).isTrue();
        assertThat(isRefused(process(TEN))).isTrue(); // who comes new asks first
        assertThat(here.stats().opened()).isEqualTo(1);
        assertThat(there.stats().opened()).isZero();
    }

    @Test
    void failures_ofBothTogether_openIt() {
        assertThat(isRefused(here) || isRefused(there)).isFalse();
        calls(here, 4, true);
        calls(there, 4, true); // five calls each, four of them failed
        assertThat(here.state("a")).isEqualTo(State.CLOSED);

        ticker.advance(SECOND);
        calls(here, 1, true);
        calls(there, 1, true);

        assertThat(here.state("a")).isEqualTo(State.OPEN);
        assertThat(isRefused(there)).isTrue();
    }

    @Test
    void successesThere_notSeenYetHere_keepItClosed() {
        BreakerPolicy policy = BreakerPolicy.within("10s").shared();
        CircuitBreaker<String> one = process(policy);
        CircuitBreaker<String> two = process(policy);
        calls(one, 1, false);
        calls(two, 100, false);
        ticker.advance(SECOND);
        calls(two, 1, false); // tells of the hundred

        calls(one, 10, true); // enough to open, by what this process knows

        assertThat(isRefused(one)).isFalse();
        assertThat(one.statuses(1).get(0).calls()).isEqualTo(112); // 100 of there are told
        assertThat(one.statuses(1).get(0).failed()).isEqualTo(10);
        assertThat(one.stats().opened()).isZero();
    }

    @Test
    void calls_inOneSecond_costNoCallOfTheStoreEach() {
        calls(here, 1, false);
        int before = store.cellCalls();

        calls(here, 10_000, false);

        assertThat(store.cellCalls() - before).isZero();
        ticker.advance(SECOND);
        calls(here, 10_000, false);
        assertThat(store.cellCalls() - before).isBetween(1, 4);
    }

    @Test
    void open_refusalsCostNoCallOfTheStore() {
        calls(here, 10, true);
        int before = store.cellCalls();

        for (int i = 0; i < 10_000; i++) {
            assertThat(isRefused(here)).isTrue();
        }

        assertThat(store.cellCalls() - before).isZero();
        assertThat(here.stats().refused()).isEqualTo(10_000);
    }

    @Test
    void probes_ofAllProcesses_areNoMoreThanSaid() {
        CircuitBreaker<String> one = process(TEN.probes(3));
        CircuitBreaker<String> two = process(TEN.probes(3));
        calls(one, 10, true);
        ticker.advance(Duration.ofSeconds(30));

        Passage first = one.enter("a");
        Passage second = two.enter("a");
        Passage third = one.enter("a");
        assertThatThrownBy(() -> two.enter("a")).isInstanceOf(CircuitOpenException.class);
        assertThatThrownBy(() -> one.enter("a")).isInstanceOf(CircuitOpenException.class);
        first.ended(null);
        second.ended(new FileNotFoundException("no such account")); // one of three: not half
        assertThat(two.state("a")).isEqualTo(State.PROBING);
        third.ended(null);

        assertThat(two.state("a")).isEqualTo(State.CLOSED);
        assertThat(isRefused(one)).isFalse();
        ticker.advance(SECOND);
        assertThat(isRefused(two)).isTrue(); // has it ask
        assertThat(isRefused(two)).isFalse();
    }

    @Test
    void probe_thatFailsThere_opensItForAll() {
        calls(here, 10, true);
        ticker.advance(Duration.ofSeconds(30));

        there.enter("a").ended(new IOException("down"));

        assertThat(isRefused(here)).isTrue();
        assertThat(here.state("a")).isEqualTo(State.OPEN);
    }

    @Test
    void storeDown_eachGoesOnAlone_andSaysSo() {
        calls(here, 1, false);
        store.down(true);

        open(here);
        assertThat(isRefused(here)).isTrue();
        assertThat(here.stats().isAlone()).isTrue();
        assertThat(here.stats().storeFailures()).isPositive();
        assertThat(isRefused(there)).isFalse(); // knows nothing of it
        ticker.advance(Duration.ofSeconds(30));
        calls(here, 1, false); // the probe

        assertThat(isRefused(here)).isFalse();
    }

    @Test
    void storeDown_thousandKeys_askItOnce() {
        store.down(true);
        int before = store.cellCalls();

        for (int i = 0; i < 1000; i++) {
            here.enter("key" + i).ended(null);
        }

        assertThat(store.cellCalls() - before).isEqualTo(1);
    }

    @Test
    void storeBack_theLaterStateWins() {
        calls(here, 1, false);
        calls(there, 1, false);
        store.down(true);
        ticker.advance(SECOND);
        open(here);
        assertThat(isRefused(here)).isTrue();
        store.down(false);
        ticker.advance(Duration.ofSeconds(2));

        assertThat(isRefused(here)).isTrue(); // has it tell

        assertThat(here.stats().isAlone()).isFalse();
        assertThat(isRefused(there)).isFalse();
        assertThat(isRefused(there)).isTrue();
    }

    @Test
    void storeBack_whatWasCountedMeanwhile_isTold() {
        calls(here, 1, false);
        store.down(true);
        ticker.advance(SECOND);
        calls(here, 4, true);
        store.down(false);
        ticker.advance(SECOND);

        calls(here, 1, false);

        assertThat(process(TEN).statuses(1)).isEmpty();
        CircuitBreaker<String> fresh = process(TEN);
        fresh.enter("a").ended(null);
        assertThat(fresh.statuses(1).get(0).failed()).isEqualTo(4);
    }

    @Test
    void storeThatLostIt_getsItBack() {
        calls(here, 10, true);
        store.loseCells();
        ticker.advance(SECOND);

        assertThat(isRefused(here)).isTrue(); // has it tell

        assertThat(isRefused(there)).isTrue();
    }

    @Test
    void exchange_waitingItsTurn_holdsNobodyUp() {
        Queue<Runnable> background = new ArrayDeque<>();
        CircuitBreaker<String> breaker = process(TEN, background::add);
        calls(breaker, 9, true);
        assertThat(background).isEmpty();

        calls(breaker, 3, true);
        assertThat(background).hasSize(1); // one at a time
        assertThat(breaker.state("a")).isEqualTo(State.CLOSED);
        background.remove().run();

        assertThat(isRefused(breaker)).isTrue();
        assertThat(background).isEmpty();
    }

    @Test
    void exchange_thatFinishesAfterMoreCalls_losesNone() {
        Queue<Runnable> background = new ArrayDeque<>();
        CircuitBreaker<String> breaker = process(TEN, background::add);
        calls(breaker, 2, false);
        ticker.advance(SECOND);
        calls(breaker, 1, true);
        assertThat(background).hasSize(1);
        calls(breaker, 2, true);

        background.remove().run();
        calls(breaker, 2, true);

        assertThat(breaker.statuses(1).get(0).calls()).isEqualTo(7);
        assertThat(breaker.statuses(1).get(0).failed()).isEqualTo(5);
    }

    @Test
    void cell_withForeignBytes_isBegunAnew() {
        Larder larder = open.get(0);
        String key = larder.host().cells("breaker", "bank:{key}", String.class).key("a", TEN.suffix());
        assertThat(store.cells().add(key, new byte[] {9, 9, 9}, Duration.ofHours(1)))
                .isTrue();

        calls(here, 10, true);

        assertThat(isRefused(here)).isTrue();
        assertThat(isRefused(there)).isTrue();
    }

    @Test
    void ended_callOfAnEarlierTerm_tellsNothing() {
        calls(here, 1, false);
        Passage late = here.enter("a");
        open(here);
        ticker.advance(Duration.ofSeconds(30));
        Passage probe = here.enter("a");

        late.ended(new IOException("down"));

        assertThat(here.state("a")).isEqualTo(State.PROBING);
        probe.ended(null);
        assertThat(here.state("a")).isEqualTo(State.CLOSED);
    }

    @Test
    void closedLarder_raisesNothing() {
        Passage passage = here.enter("a");
        open.get(0).close();

        passage.ended(null);
        open(here);

        assertThat(isRefused(here)).isTrue();
    }

    @Test
    void shared_overAStoreWithoutCells_isRefused() {
        try (Larder none = Larder.open("null:")) {
            Toolbox toolbox = Toolbox.over(none);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> toolbox.circuitBreaker("bank:{key}", String.class, TEN))
                    .withMessageContaining("null");
        }
    }

    /** Four processes of two threads each, with background threads of their own: the store has each call in the end. */
    @Test
    void manyProcesses_manyThreads_noCallIsLost() throws Exception {
        int processes = 4;
        int threads = 2;
        int calls = 500;
        BreakerPolicy policy = BreakerPolicy.within("1h").callsMin(1_000_000).shared();
        List<CircuitBreaker<String>> breakers = new ArrayList<>();
        List<Callable<Void>> tasks = new ArrayList<>();
        ExecutorService background = Executors.newCachedThreadPool();
        ExecutorService pool = Executors.newFixedThreadPool(processes * threads);
        try {
            for (int process = 0; process < processes; process++) {
                CircuitBreaker<String> breaker = process(policy, background);
                breakers.add(breaker);
                for (int thread = 0; thread < threads; thread++) {
                    tasks.add(() -> {
                        for (int i = 0; i < calls; i++) {
                            if (i % 10 == 0) {
                                ticker.advance(Duration.ofMillis(500));
                            }
                            calls(breaker, 1, i % 5 == 0);
                        }
                        return null;
                    });
                }
            }
            for (Future<Void> task : pool.invokeAll(tasks)) {
                task.get();
            }

            CircuitBreaker<String> witness = process(policy);
            int all = processes * threads * calls;
            Await.until("the store knows of " + all + " calls", () -> {
                ticker.advance(SECOND);
                breakers.forEach(breaker -> {
                    breaker.enter("a").ended(new CircuitOpenException("a", SECOND)); // counts neither way
                });
                witness.enter("a").ended(new CircuitOpenException("a", SECOND));
                return witness.statuses(1).get(0).calls() == all;
            });
            assertThat(witness.statuses(1).get(0).failed()).isEqualTo(all / 5);
        } finally {
            pool.shutdownNow();
            background.shutdown();
        }
    }
}
