package io.larder.test;

import io.larder.base.LarderUrl;
import io.larder.cache.Larder;
import io.larder.cache.LarderBuilder;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import io.larder.cache.spi.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A process of a {@link VirtualCluster}: a {@link Larder} with clocks of its own. For the cluster's threads. */
public final class VirtualNode {
    private static final String SCHEME = "virtual";
    private static final Duration START_JITTER_MAX = Duration.ofNanos(1000);

    /** What a process is until it crashes; tasks belong to it. */
    private static final class Life {
        boolean ended;
    }

    private final int number;
    private final Turns turns;
    private final SplittableRandom chance;
    private final VirtualCluster.Settings settings;
    private final Network network;
    private Duration skew;
    private Life life = new Life();
    private Larder larder;

    VirtualNode(int number, Turns turns, SplittableRandom chance, VirtualCluster.Settings settings, Network network) {
        this.number = number;
        this.turns = turns;
        this.chance = chance;
        this.settings = settings;
        this.network = network;
        long most = settings.skewMax().toNanos();
        this.skew = Duration.ofNanos(most == 0 ? 0 : chance.nextLong(-most, most + 1));
        this.larder = open();
    }

    private Larder open() {
        Life own = life;
        SplittableRandom draws = chance.split();
        LarderBuilder builder = Larder.builder()
                .url(settings.url())
                .provider(new Provider())
                .ticker(turns::nowNanos)
                .clock(this::now)
                .random(draws)
                .executor(Runnable::run)
                .loadExecutor(task -> {
                    if (!own.ended) {
                        turns.begin(own, true, jitter(), task);
                    }
                })
                .timer((delay, task) -> turns.after(delay.toNanos(), () -> {
                    if (!own.ended) {
                        task.run();
                    }
                }))
                .waiting(new VirtualWaiting());
        return settings.change().apply(builder).open();
    }

    private Instant now() {
        turns.pause();
        return FakeClock.START.plusNanos(turns.nowNanos()).plus(skew);
    }

    private long jitter() {
        return chance.nextLong(START_JITTER_MAX.toNanos());
    }

    /** Its place in the cluster, from 0. */
    public int number() {
        return number;
    }

    /** Its Larder; another one after {@link #restart}. */
    public Larder larder() {
        return larder;
    }

    /** How far its time of day is ahead of the true one; negative when it is behind. */
    public Duration skew() {
        return skew;
    }

    /** Sets its time of day, as a correction of the clock does. Its ticker does not move. */
    public void skew(Duration ahead) {
        skew = ahead;
    }

    /** What it is from one crash to the next. */
    Object life() {
        return life;
    }

    long oldestInBackground() {
        return turns.oldestInBackground(life);
    }

    /** Begins a call, which runs when the cluster does. */
    public <T extends @Nullable Object> VirtualCall<T> start(Callable<T> body) {
        VirtualCall<T> call = new VirtualCall<>(turns);
        call.task = turns.begin(life, false, jitter(), () -> {
            try {
                call.returned(body.call());
            } catch (Turns.Killed e) {
                throw e;
            } catch (Throwable t) {
                call.raised(t);
            }
        });
        return call;
    }

    /** Begins as many calls, at nearly the same moment and in an order drawn by chance. */
    public <T extends @Nullable Object> List<VirtualCall<T>> start(int count, Callable<T> body) {
        List<VirtualCall<T>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(start(body));
        }
        return calls;
    }

    /** Runs a call to its end, together with all others. */
    public <T extends @Nullable Object> T call(Callable<T> body) {
        VirtualCall<T> call = start(body);
        boolean unused = turns.await(call::hasEnded, VirtualCluster.RUN_MAX.toNanos());
        return call.result();
    }

    /** Cuts it off from the store, whose requests and replies are lost; or connects it again. */
    public void cut(boolean isCut) {
        network.cut(isCut);
    }

    /** Ends it at once: its calls stop where they are, and what it held in memory is lost. Requests on their way still arrive. */
    public void crash() {
        life.ended = true;
        turns.kill(life);
    }

    /** Starts it anew after a crash, with an empty {@link #larder()}; cached functions have to be defined again. */
    public void restart() {
        if (!life.ended) {
            crash();
        }
        life = new Life();
        larder = open();
    }

    /** Whether it has crashed and was not restarted. */
    public boolean hasCrashed() {
        return life.ended;
    }

    private final class Provider implements StoreProvider {
        @Override
        public String scheme() {
            return SCHEME;
        }

        @Override
        public Store<?> open(String url, StoreContext context) {
            LarderUrl parsed = LarderUrl.parse(url);
            if (!parsed.hosts().isEmpty() || !parsed.path().isEmpty()) {
                throw new IllegalArgumentException("virtual: is the one store of the cluster; write virtual: alone");
            }
            return network;
        }
    }

    private final class VirtualWaiting implements Waiting {
        @Override
        public boolean await(CountDownLatch latch, long nanosMax) throws InterruptedException {
            return turns.awaitInterruptibly(() -> latch.getCount() == 0, nanosMax);
        }

        @Override
        public void lock(ReentrantLock lock) {
            while (!lock.tryLock()) {
                boolean unused = turns.await(() -> !lock.isLocked(), Long.MAX_VALUE);
            }
        }

        @Override
        public long nanos() {
            return turns.nowNanos();
        }
    }
}
