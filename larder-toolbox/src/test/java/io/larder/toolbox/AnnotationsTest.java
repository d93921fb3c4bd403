package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import io.larder.toolbox.annotation.RateLimited;
import io.larder.toolbox.annotation.SharedLock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The clock begins at the start of a minute. */
class AnnotationsTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .store(store)
            .open();
    private final Toolbox toolbox = Toolbox.over(larder);
    private final Work work = new Work();
    private final Api api = larder.proxy(Api.class, work);

    /** Whether somebody else could take the lock of a name now. */
    private boolean isFree(String name) {
        var held =
                toolbox.lock("job:{key}", String.class, LockPolicy.lease("10s")).tryAcquire(name);
        held.ifPresent(Held::close);
        return held.isPresent();
    }

    interface Api {
        @RateLimited(key = "search:{user}", permits = 2, per = "1m")
        String search(String user);

        @RateLimited(key = "all", permits = 1, per = "1m", kind = RateLimit.Kind.GCRA, burst = 1)
        CompletableFuture<String> later(String user);

        @SharedLock(key = "job:{name}", lease = "10s")
        String locked(String name) throws IOException;

        @SharedLock(key = "job:{name}", lease = "10s")
        CompletionStage<String> lockedLater(String name);

        @Cached(key = "value:{name}", ttl = "1h")
        @SharedLock(key = "job:{name}", lease = "10s")
        @RateLimited(key = "value", permits = 3, per = "1m")
        String value(String name);

        @Invalidates("#value")
        @RateLimited(key = "change", permits = 1, per = "1m")
        void change(String name);

        @RateLimited(key = "login:{user}", permits = 1, per = "1m", banFor = "1h")
        String login(String user);

        String plain(String name);
    }

    private final class Work implements Api {
        private final List<String> calls = new ArrayList<>();
        private final CompletableFuture<String> promise = new CompletableFuture<>();
        private boolean wasFree = true;
        private Duration takes = Duration.ZERO;
        private boolean fails;

        @Override
        public String search(String user) {
            calls.add(user);
            return "hits of " + user;
        }

        @Override
        public CompletableFuture<String> later(String user) {
            calls.add(user);
            return CompletableFuture.completedFuture(user);
        }

        @Override
        public String locked(String name) throws IOException {
            wasFree = isFree(name);
            ticker.advance(takes);
            if (fails) {
                throw new IOException("disk full");
            }
            return name;
        }

        @Override
        public CompletionStage<String> lockedLater(String name) {
            return promise;
        }

        @Override
        public String value(String name) {
            calls.add(name);
            wasFree = isFree(name);
            return name + calls.size();
        }

        @Override
        public void change(String name) {
            calls.add("changed");
        }

        @Override
        public String login(String user) {
            return "in";
        }

        @Override
        public String plain(String name) {
            return name;
        }
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void rateLimited_overTheLimit_raisesWithTheTimeAndDoesNotCall() {
        assertThat(api.search("ada")).isEqualTo("hits of ada");
        api.search("ada");

        RateLimitedException refused = catchThrowableOfType(RateLimitedException.class, () -> api.search("ada"));

        assertThat(refused).hasMessageContaining("over its rate limit; try again in");
        assertThat(api.search("bob")).isEqualTo("hits of bob");
        assertThat(work.calls).containsExactly("ada", "ada", "bob");
        ticker.advance(refused.retryAfter());
        assertThat(api.search("ada")).isEqualTo("hits of ada");
    }

    @Test
    void rateLimited_sameKeyAsAnObject_isTheSameLimit() {
        RateLimiter<String> limiter = toolbox.rateLimiter("search:{key}", String.class, RateLimit.sliding(2, "1m"));
        limiter.acquire("ada");
        limiter.acquire("ada");

        assertThatThrownBy(() -> api.search("ada")).isInstanceOf(RateLimitedException.class);
    }

    @Test
    void rateLimited_methodOfAStage_failsTheStage() {
        assertThat(api.later("ada").join()).isEqualTo("ada");

        CompletableFuture<String> refused = api.later("ada");

        assertThat(refused).isCompletedExceptionally();
        assertThatThrownBy(refused::join).hasCauseInstanceOf(RateLimitedException.class);
        assertThat(work.calls).hasSize(1);
    }

    @Test
    void rateLimited_banFor_refusesUntilTheBanEnds() {
        assertThat(api.login("ada")).isEqualTo("in");
        assertThatThrownBy(() -> api.login("ada"))
                .isInstanceOfSatisfying(
                        RateLimitedException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofHours(1)));
        ticker.advance(Duration.ofMinutes(59));
        assertThatThrownBy(() -> api.login("ada")).isInstanceOf(RateLimitedException.class);

        ticker.advance(Duration.ofMinutes(1));

        assertThat(api.login("ada")).isEqualTo("in");
    }

    @Test
    void rateLimited_storeDown_letsPass() {
        store.down(true);

        for (int i = 0; i < 10; i++) {
            api.search("ada");
        }

        assertThat(work.calls).hasSize(10);
    }

    @Test
    void locked_whileItRuns_isHeldAndThenFree() throws IOException {
        assertThat(api.locked("a")).isEqualTo("a");

        assertThat(work.wasFree).isFalse();
        assertThat(isFree("a")).isTrue();
    }

    @Test
    void locked_failing_raisesTheFailureItselfAndIsFree() {
        work.fails = true;

        assertThatThrownBy(() -> api.locked("a"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("disk full");

        assertThat(isFree("a")).isTrue();
    }

    @Test
    void locked_heldByAnother_isRefusedWithTheTime() throws IOException {
        SharedLockHolder other = new SharedLockHolder();

        LockNotAcquiredException refused = catchThrowableOfType(LockNotAcquiredException.class, () -> api.locked("a"));

        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(10));
        ticker.advance(Duration.ofSeconds(12)); // the store counts seconds
        assertThat(api.locked("a")).isEqualTo("a");
        assertThatThrownBy(other.held::close).isInstanceOf(LeaseLostException.class);
    }

    private final class SharedLockHolder {
        final Held held =
                toolbox.lock("job:{key}", String.class, LockPolicy.lease("10s")).acquire("a");
    }

    @Test
    void locked_longerThanItsLease_hasRunAndTellsTheCaller() {
        work.takes = Duration.ofSeconds(20);

        assertThatThrownBy(() -> api.locked("a")).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void locked_longerThanItsLeaseAndFailing_raisesTheFailureWithTheLossBeside() {
        work.takes = Duration.ofSeconds(20);
        work.fails = true;

        assertThatThrownBy(() -> api.locked("a"))
                .isExactlyInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(LeaseLostException.class));
    }

    @Test
    void lockedLater_untilTheStageEnds_isHeld() {
        CompletableFuture<String> answer = api.lockedLater("a").toCompletableFuture();

        assertThat(answer).isNotDone();
        assertThat(isFree("a")).isFalse();
        assertThat(api.lockedLater("a").toCompletableFuture()).isCompletedExceptionally();
        work.promise.complete("done");
        assertThat(answer.join()).isEqualTo("done");
        assertThat(isFree("a")).isTrue();
    }

    @Test
    void lockedLater_stageFails_isFreeAndFailsAsItself() {
        CompletableFuture<String> answer = api.lockedLater("a").toCompletableFuture();
        List<Throwable> seen = new ArrayList<>();
        var unused = answer.whenComplete((value, failure) -> seen.add(failure));

        IOException failure = new IOException("disk full");
        work.promise.completeExceptionally(new CompletionException(failure));

        assertThat(seen).containsExactly(failure);
        assertThat(isFree("a")).isTrue();
    }

    @Test
    void locked_storeDown_isNotRunUnlocked() {
        store.down(true);

        assertThatThrownBy(() -> api.locked("a")).isInstanceOf(LarderException.class);
        assertThat(work.wasFree).isTrue(); // as it was before
    }

    @Test
    void allTogether_aHit_meetsTheLimitButTakesNoLock() {
        SharedLockHolder other;
        assertThat(api.value("a")).isEqualTo("a1");
        assertThat(work.wasFree).isFalse();
        other = new SharedLockHolder();

        assertThat(api.value("a")).isEqualTo("a1"); // the lock is held, and not asked for
        assertThat(api.value("a")).isEqualTo("a1");
        assertThatThrownBy(() -> api.value("a")).isInstanceOf(RateLimitedException.class); // the value is there

        assertThat(work.calls).containsExactly("a");
        other.held.close();
    }

    @Test
    void allTogether_lockNotAcquired_isALoadThatFailed() {
        SharedLockHolder other = new SharedLockHolder();

        assertThatThrownBy(() -> api.value("a")).isInstanceOf(LockNotAcquiredException.class);

        other.held.close();
        assertThat(api.value("a")).isEqualTo("a1");
    }

    @Test
    void invalidates_refusedByTheLimit_invalidatesNothing() {
        assertThat(api.value("a")).isEqualTo("a1");
        api.change("other");
        assertThatThrownBy(() -> api.change("a")).isInstanceOf(RateLimitedException.class);

        assertThat(api.value("a")).isEqualTo("a1");
        ticker.advance(Duration.ofMinutes(2));
        api.change("a");
        assertThat(api.value("a")).isNotEqualTo("a1");
    }

    @Test
    void plain_withoutAnnotation_isReachedAsItIs() {
        assertThat(api.plain("a")).isEqualTo("a");
    }

    interface BurstOfSliding {
        @RateLimited(key = "a", permits = 1, per = "1m", burst = 5)
        void call();
    }

    interface NoBurst {
        @RateLimited(key = "a", permits = 1, per = "1m", kind = RateLimit.Kind.GCRA)
        void call();
    }

    interface NoSuchName {
        @SharedLock(key = "a:{id}", lease = "1m")
        void call(long number);
    }

    interface BadLease {
        @SharedLock(key = "a", lease = "soon")
        void call();
    }

    interface PlainFuture {
        @SharedLock(key = "a", lease = "10s")
        Future<String> call();
    }

    private void assertRefused(Class<?> api, Object target, String... texts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy(api, target))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts).doesNotContain("\n"));
    }

    private <T> void proxy(Class<T> api, Object target) {
        T unused = larder.proxy(api, api.cast(target));
    }

    @Test
    void definition_thatCannotWork_isRefusedWithItsPlace() {
        assertRefused(
                BurstOfSliding.class,
                (BurstOfSliding) () -> {},
                "@RateLimited on BurstOfSliding.call(): burst is for kind GCRA only; remove it, or write kind = GCRA");
        assertRefused(
                NoBurst.class,
                (NoBurst) () -> {},
                "@RateLimited on NoBurst.call(): kind GCRA needs burst, how many at once; write burst = 20");
        assertRefused(
                NoSuchName.class,
                (NoSuchName) number -> {},
                "@SharedLock on NoSuchName.call(long): ",
                "uses {id}",
                "parameters are [number]");
        assertRefused(BadLease.class, (BadLease) () -> {}, "@SharedLock on BadLease.call(): ", "soon");
        assertRefused(
                PlainFuture.class,
                (PlainFuture) () -> CompletableFuture.completedFuture("a"),
                "@SharedLock on PlainFuture.call(): it returns a Future, whose end cannot be seen; return a CompletionStage or CompletableFuture");
    }

    interface Bare {
        @Cached(key = "bare", ttl = "1m")
        String call();
    }

    /** Its annotation is where no proxy looks. */
    public static final class Misplaced implements Bare {
        @Override
        @RateLimited(key = "a", permits = 1, per = "1m")
        public String call() {
            return "a";
        }
    }

    @Test
    void definition_onTheImplementation_isRefused() {
        assertRefused(
                Bare.class,
                new Misplaced(),
                "@RateLimited on Misplaced.call(): write it on the interface method Bare.call, the proxy sees no other");
    }

    @Test
    void definition_overAStoreWithoutCells_isRefused() {
        try (Larder none = Larder.open("null:")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> none.proxy(Api.class, work))
                    .withMessageStartingWith("@");
        }
    }
}
