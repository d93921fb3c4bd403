package io.larder.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Replies a peer has not taken yet, within the budget of all connections. Confined to the event loop. */
final class Unsent {
    private final BufferBudget budget;
    private final Deque<ByteBuffer> chunks = new ArrayDeque<>(2);

    Unsent(BufferBudget budget) {
        this.budget = budget;
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Keeps a copy of what is left in {@code bytes}; answers false, and keeps nothing, where the budget is used up. */
    boolean keep(ByteBuffer bytes) {
        int size = bytes.remaining();
        if (!budget.take(size)) {
            return false;
        }
        chunks.add(ByteBuffer.allocate(size).put(bytes).flip());
        return true;
    }

    /** Writes until all is gone or the socket is full; answers how many bytes went. */
    long write(Transport transport) throws IOException {
        long written = 0;
        for (ByteBuffer first = chunks.peek(); first != null; first = chunks.peek()) {
            written += transport.write(first);
            if (first.hasRemaining()) {
                return written;
            }
            drop();
        }
        return written;
    }

    void clear() {
        while (!chunks.isEmpty()) {
            drop();
        }
    }

    private void drop() {
        budget.giveBack(chunks.remove().capacity());
    }
}
