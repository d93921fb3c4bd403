package io.larder.test;

import io.larder.cache.Detector;
import io.larder.cache.Larder;
import io.larder.cache.LarderBuilder;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A {@link Larder} in memory, on a {@link FakeClock}, that writes down what happened to which key.
 *
 * <pre>{@code
 * try (RecordingCache cache = RecordingCache.open()) {
 *     AccountService service = cache.larder().proxy(AccountService.class, new AccountDao());
 *     service.account(7);
 *     service.account(7);
 *     assertThat(cache.loaded()).containsExactly("AccountService.account:7");
 *     assertThat(cache.hits()).containsExactly("AccountService.account:7");
 * }
 * }</pre>
 *
 * <p>Gets are seen in the thread that opened it, and in work that {@link Larder#carrying(Runnable)} takes elsewhere; the first 1000
 * since the last {@link #clear()}. Writes and invalidations are seen wherever they come from. Refreshes run in the thread that
 * causes them, so timeouts have no effect: for those there is {@link VirtualCluster}. Close it in the thread that opened it.
 */
public final class RecordingCache implements AutoCloseable {
    private final FakeClock clock = new FakeClock();
    private final RecordingStore store = new RecordingStore(clock);
    private final Larder larder;
    private Detector detector;

    private RecordingCache(UnaryOperator<LarderBuilder> change) {
        larder = change.apply(clock.set(Larder.builder()).store(store).random(() -> 0))
                .open();
        detector = larder.detect();
    }

    /** Opens an empty one. TTLs are not shortened at random. */
    public static RecordingCache open() {
        return open(builder -> builder);
    }

    /** Opens an empty one with more settings, like {@link LarderBuilder#pipe}. */
    public static RecordingCache open(UnaryOperator<LarderBuilder> change) {
        return new RecordingCache(change);
    }

    /** The Larder, for the code under test. */
    public Larder larder() {
        return larder;
    }

    /** Its clock. */
    public FakeClock clock() {
        return clock;
    }

    /** The keys of gets that were answered from the cache, in order: values past their TTL and remembered failures too. */
    public List<String> hits() {
        return detector.events().stream()
                .filter(event -> event.level() != Detector.Level.LOADER)
                .map(Detector.Event::key)
                .toList();
    }

    /** The keys of gets that were answered by the loader, in order. */
    public List<String> loaded() {
        return detector.events().stream()
                .filter(event -> event.level() == Detector.Level.LOADER)
                .map(Detector.Event::key)
                .toList();
    }

    /** The keys that were written, in order: by loads, refreshes and {@code put}. */
    public List<String> stored() {
        return store.stored();
    }

    /** What was invalidated, in order: keys, {@code tag:...} and {@code ns:...}. */
    public List<String> invalidated() {
        return store.invalidated();
    }

    /** What each get was answered with, with age and TTL left. */
    public List<Detector.Event> gets() {
        return detector.events();
    }

    /** Forgets what was written down. The entries stay. */
    public void clear() {
        detector.close();
        detector = larder.detect();
        store.forgetNotes();
    }

    /** Closes the Larder. */
    @Override
    public void close() {
        detector.close();
        larder.close();
    }
}
