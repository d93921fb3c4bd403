package io.larder.server;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of requests that could not be served yet, within the budget of all connections. Most connections hold none: what
 * arrives whole is served from the loop's shared buffer. Confined to the event loop.
 */
@SuppressWarnings("ReferenceEquality") // which buffer it is matters, not what it holds
final class PartialInput {
    private final BufferBudget budget;
    private final SpareBuffers spares;
    private @Nullable ByteBuffer own;

    PartialInput(BufferBudget budget, SpareBuffers spares) {
        this.budget = budget;
        this.spares = spares;
    }

    boolean isEmpty() {
        return own == null;
    }

    /**
     * The buffer to read into next: {@code shared} with the kept bytes in front, or, for a request larger than that, the own
     * buffer, which ends where the request ends.
     *
     * @param needed size of the request that has begun, 0 where it is not known
     */
    ByteBuffer toFill(ByteBuffer shared, int needed) {
        shared.clear();
        ByteBuffer bytes = own;
        if (bytes == null) {
            return shared;
        }
        if (needed > shared.capacity()) {
            return bytes.limit(Math.min(needed, bytes.capacity()));
        }
        shared.put(bytes.flip());
        clear();
        return shared;
    }

    /**
     * Keeps what is left in {@code in}, and has room for more. The own buffer grows by doubling as bytes really arrive, so that
     * an announced size costs nothing.
     *
     * @return whether the budget allowed it; if not, nothing is kept
     */
    boolean keep(ByteBuffer in, int needed) {
        if (in == own && in.position() == 0 && in.limit() < in.capacity()) {
            in.position(in.limit()); // as it was before it was read
            return true;
        }
        int held = in.remaining();
        long wanted = Math.max(SpareBuffers.BYTES_MIN, held);
        if (needed > 0) {
            wanted = Math.min(needed, 2L * wanted);
        }
        int size = SpareBuffers.sizeFor((int) Math.max(held, wanted));
        if (!budget.take(size)) {
            clear();
            return false;
        }
        ByteBuffer larger = spares.take(size).put(in);
        clear();
        own = larger;
        return true;
    }

    /** Gives the own buffer back if {@code in} is that one and has been served. */
    void served(ByteBuffer in) {
        if (in == own) {
            clear();
        }
    }

    void clear() {
        if (own != null) {
            budget.giveBack(own.capacity());
            spares.giveBack(own);
            own = null;
        }
    }
}
