package io.larder.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The calls of a session that count up and down. Confined to the session's thread. */
final class Counting {
    /** A longer value is no number, whatever it begins with: as memcached, which cuts such an item into pieces. */
    static final int TEXT_BYTES_MAX = 512 << 10;

    private final Worker worker;
    private final Storing storing;
    private final RoomMaker rooms;
    private long result;

    Counting(Worker worker, Storing storing, RoomMaker rooms) {
        this.worker = worker;
        this.storing = storing;
        this.rooms = rooms;
    }

    /** Unsigned; of the last count that succeeded. */
    long result() {
        return result;
    }

    /** @param token to compare with, or 0 for none */
    Outcome count(long delta, boolean down, long token) {
        Outcome outcome = null;
        while (outcome == null) {
            outcome = tryCount(delta, down, token);
        }
        return outcome;
    }

    /** Null where room had to be made first: try again. */
    private @Nullable Outcome tryCount(long delta, boolean down, long token) {
        try {
            worker.lock();
            long counted;
            try {
                if (!worker.findLive()) {
                    return Outcome.NOT_FOUND;
                }
                ItemView item = worker.item;
                if (token != 0 && item.cas != token) {
                    return Outcome.EXISTS;
                }
                if (item.valueBytes > TEXT_BYTES_MAX) {
                    return Outcome.NOT_NUMERIC;
                }
                byte[] text = new byte[item.valueBytes];
                item.copyTo(0, text.length, ByteBuffer.wrap(text), 0);
                try {
                    counted = change(Decimal.parse(text), delta, down);
                } catch (NumberFormatException e) {
                    return Outcome.NOT_NUMERIC;
                }
                worker.use();
                worker.next.keepHeader(item);
                worker.next.value(ByteBuffer.wrap(Decimal.format(counted, text.length)));
                if (!worker.isLarge() && storing.publish(true)) {
                    result = counted;
                    return Outcome.STORED;
                }
            } finally {
                worker.unlock();
            }
            if (!worker.isLarge()) {
                return rooms.make() ? null : Outcome.NO_MEMORY;
            }
            Outcome outcome = storing.large().tryVersion();
            if (outcome == Outcome.STORED) {
                result = counted;
            }
            return outcome;
        } finally {
            worker.next.clear();
        }
    }

    private static long change(long old, long delta, boolean down) {
        if (!down) {
            return old + delta;
        }
        return Long.compareUnsigned(delta, old) > 0 ? 0 : old - delta;
    }
}
