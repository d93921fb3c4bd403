package io.larder.storage;

import java.nio.ByteBuffer;

/** The calls of a session that count up and down. Confined to the session's thread. */
final class Counting {
    /** A longer value is no number, whatever it begins with: the new text is as long, and must fit in a segment. */
    static final int TEXT_BYTES_MAX = 1024;

    private final Worker worker;
    private final Storing storing;
    private long result;

    Counting(Worker worker, Storing storing) {
        this.worker = worker;
        this.storing = storing;
    }

    /** Unsigned; of the last count that succeeded. */
    long result() {
        return result;
    }

    /** @param token to compare with, or 0 for none */
    Outcome count(long delta, boolean down, long token) {
        while (true) {
            worker.lock();
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
                long counted;
                try {
                    counted = change(Decimal.parse(text), delta, down);
                } catch (NumberFormatException e) {
                    return Outcome.NOT_NUMERIC;
                }
                worker.use();
                worker.next.keepHeader(item);
                worker.next.value(ByteBuffer.wrap(Decimal.format(counted, text.length)));
                if (storing.publish(true)) {
                    result = counted;
                    return Outcome.STORED;
                }
            } finally {
                worker.next.clear();
                worker.unlock();
            }
            if (!storing.makeRoom()) {
                return Outcome.NO_MEMORY;
            }
        }
    }

    private static long change(long old, long delta, boolean down) {
        if (!down) {
            return old + delta;
        }
        return Long.compareUnsigned(delta, old) > 0 ? 0 : old - delta;
    }
}
