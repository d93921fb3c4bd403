package io.larder.cache;

/**
 * Hears what becomes of gets, loads, entries and stores; {@link LarderBuilder#listener} sets it.
 *
 * <p>Called several at once, by whatever thread found out: a caller's, one that loads in the background, or the timer's. That
 * thread waits meanwhile, and those who wait for its load with it, so a listener must be quick, must not block and must not call the
 * {@link Larder} it listens to. No lock is held. What it throws disturbs nothing; the first time it is logged by class name as a
 * warning. Events carry keys and never values.
 */
public interface CacheListener {
    /**
     * Whether {@link #onGet} is to be called. Asked once, when the {@link Larder} opens; a listener that does without lets hits cost
     * what they cost with none.
     */
    default boolean hearsGets() {
        return true;
    }

    /** The {@link Larder} it belongs to is open; told once, before anything else. It may be asked for counters later on. */
    default void onOpened(Larder larder) {}

    /** A key template has its first function; told once for each. */
    default void onDefined(CacheEvent.Defined event) {}

    /** The {@link Larder} is closed. Functions still answer, from their loaders, and tell so. */
    default void onClosed() {}

    /** A get has been answered, or has failed; told once for each key of {@link Cached#getAll}. */
    default void onGet(CacheEvent.Get event) {}

    /** A loader is about to be called. */
    default void onLoadBegun(CacheEvent.LoadBegun event) {}

    /** A loader has returned or failed; what it brought is not stored yet. */
    default void onLoadEnded(CacheEvent.LoadEnded event) {}

    /** Somebody has asked for entries to be forgotten or expired; the stores have been told, as far as they answer. */
    default void onInvalidation(CacheEvent.Invalidation event) {}

    /** A store has refused, or could not be asked for, a write, a removal or the version of a tag. */
    default void onStoreFailure(CacheEvent.StoreFailure event) {}

    /**
     * The breaker before a store has changed its state. Told one at a time; where it changes faster than it is told, the last state
     * is told.
     */
    default void onBreaker(CacheEvent.Breaker event) {}

    /** A store outside has missed a removal, or has been told at last. */
    default void onMissedRemoval(CacheEvent.MissedRemoval event) {}
}
