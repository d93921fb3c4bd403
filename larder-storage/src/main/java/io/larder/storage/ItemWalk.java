package io.larder.storage;

import java.nio.ByteBuffer;

/**
 * A walk over the live items of a store, a bounded slice at a time, beside traffic. Confined to the thread that began it.
 *
 * <p>An item that is there from begin to end is shown once; one stored or removed meanwhile is shown once or not at all.
 */
public interface ItemWalk extends AutoCloseable {
    /**
     * Shows some items.
     *
     * @param itemsMax about how many at most, and how much work: a slice shows fewer where it meets what is dead, and perhaps none
     * @return false when all have been shown
     */
    boolean next(int itemsMax, Visitor visitor);

    @Override
    void close();

    /** Whom the items are shown to. */
    @FunctionalInterface
    interface Visitor {
        /**
         * One item.
         *
         * @param key from position to limit; valid during the call only, as is the item
         * @param item as it is now
         */
        void visit(ByteBuffer key, ItemStore.Item item);
    }
}
