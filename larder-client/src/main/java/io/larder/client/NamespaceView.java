package io.larder.client;

import java.time.Duration;

/**
 * A view of a namespace whose entries can all be invalidated at once: {@link View#namespace}.
 *
 * <p>The keys of its entries carry a generation, {@code users:QfT8m2Zk0aE:42}: a random number of 64 bits that is kept on the node of
 * the key {@code users:larder-generation}. {@link #invalidate} removes it; whoever finds none makes a new one, so a generation that
 * was evicted takes its entries with it and brings back none. Entries of older generations are never read again, and leave by their
 * TTL or by eviction: give them one.
 *
 * <p><b>Cost.</b> Every call first reads the generation, one round trip more for a call on however many keys, within the same
 * deadline. Once {@link #invalidate} has returned, no process reads an older entry. {@link #remembering} saves reads that round trip
 * for a while.
 *
 * <p><b>Failures.</b> Where the node of the generation fails, calls fail as if the node of the key had: what {@link View} says of
 * failures, of {@link #lenient} and of {@link #compute} holds. No other node stands in for it, whatever the {@link FailurePolicy}: it
 * might know an older generation. A delete that fails so is not made up for later, as it is not known what to delete. A change of
 * nodes may move the generation, as any key: where that leads back to a node that kept an older one, its entries are back too.
 *
 * <p>CAS tokens and leases are of one generation: after {@link #invalidate} they store nothing. The futures of {@link #async} run on
 * threads of the client. A wrong key or TTL is refused after the generation was read. Thread-safe.
 *
 * @param <V> type of the values
 */
public interface NamespaceView<V> extends View<V> {
    /**
     * Makes all entries of the namespace unreachable, in all processes: one delete.
     *
     * <p>Throws what {@link #delete} throws, from a {@link #lenient} view too: then it may not have happened, and other processes
     * may go on with older entries. This client makes up for it when the node returns, before it reads from it.
     */
    void invalidate();

    /**
     * The same view whose reads ({@link #get}, {@link #lookup}, {@link #getIfChanged}, {@link #getAll}, {@link #getAllAndTouch}, {@link #getAndTouch},
     * {@link #compute}) use the
     * generation they know for a while: they cost no more than without a namespace, and go on seeing an older entry for at most so
     * long after another process, or another view object, has invalidated. Writes and deletes still read the generation, or one of them
     * could miss the entry that others see. Keep the view: what it knows belongs to it and the views made of it.
     *
     * @param age zero (reads ask each time, the default) to one minute
     */
    NamespaceView<V> remembering(Duration age);

    @Override
    NamespaceView<V> within(Duration deadline);

    @Override
    NamespaceView<V> lenient();
}
