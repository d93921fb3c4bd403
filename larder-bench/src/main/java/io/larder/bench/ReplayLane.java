package io.larder.bench;

import io.larder.bench.ReplayWindow.Step;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One connection of a replay and the keys that always travel on it.
 *
 * <p>While the server answers one window the next is gathered. Before that one is sent, the answers are read and the values of the
 * gets that missed are written ahead of it, so a get sees every store and delete of its key that the trace has before it:
 *
 * <pre>
 *   write:  [stores after the misses of window 1] [stores and deletes of window 2] [gets of window 2]
 *   read:                                          answers of window 2, when window 3 is full
 * </pre>
 *
 * Gets come last in a write because their answers are large: a server that sends them has read all that we send. Confined to one
 * thread.
 */
final class ReplayLane implements Closeable {
    /** One day less than the longest relative time of the protocol; longer times would be read as dates. */
    private static final int EXPTIME_SECONDS_MAX = 29 * 86_400;

    private static final int EXPTIME_SECONDS_MIN = 3600;

    private final ReplayWire wire;
    private final ReplayItems items;
    private final ReplayExpiry expiry;
    private ReplayWindow gathered = new ReplayWindow();
    private ReplayWindow sent = new ReplayWindow();
    private int statusesAwaited;
    private boolean itemsAwaited;
    private long gets;
    private long misses;
    private long refused;

    ReplayLane(InetSocketAddress server, ReplayItems items, ReplayExpiry expiry) throws IOException {
        this.wire = new ReplayWire(server);
        this.items = items;
        this.expiry = expiry;
    }

    void add(Step step, int item, int timeSeconds, int ttlSeconds) throws IOException {
        if (!gathered.takes(item)) {
            exchange();
        }
        gathered.add(step, item, timeSeconds, ttlSeconds);
    }

    /** Sends what is gathered and waits for all answers. */
    void drain() throws IOException {
        exchange(); // the gathered window
        exchange(); // the stores after its misses
        readAnswers();
    }

    private void exchange() throws IOException {
        readAnswers();
        writeMissed();
        writeGathered();
        wire.flush();
        ReplayWindow swapped = sent;
        sent = gathered;
        gathered = swapped;
        gathered.clear();
    }

    private void readAnswers() throws IOException {
        for (; statusesAwaited > 0; statusesAwaited--) {
            refused += wire.accepted() ? 0 : 1;
        }
        if (!itemsAwaited) {
            return;
        }
        itemsAwaited = false;
        long found = wire.nextKey();
        for (int i = 0; i < sent.count(); i++) {
            if (sent.step(i) != Step.GET) {
                continue;
            }
            gets++;
            if (found == items.wireKey(sent.item(i))) { // items come in the order of the keys
                checkSize(sent.item(i));
                wire.skipValue();
                found = wire.nextKey();
            } else {
                misses++;
                sent.miss(i);
            }
        }
        if (found != ReplayWire.NO_KEY) {
            throw new IOException("the server answered with key " + found + ", which was not asked for");
        }
    }

    private void checkSize(int item) throws IOException {
        if (wire.valueBytes() != items.valueBytes(item)) {
            throw new IOException("key %d has a value of %d bytes, stored were %d"
                    .formatted(items.wireKey(item), wire.valueBytes(), items.valueBytes(item)));
        }
    }

    private void writeMissed() throws IOException {
        for (int i = 0; i < sent.count(); i++) {
            if (sent.missed(i)) {
                store(sent, i);
            }
        }
    }

    private void writeGathered() throws IOException {
        for (int i = 0; i < gathered.count(); i++) {
            switch (gathered.step(i)) {
                case SET -> store(gathered, i);
                case DELETE -> delete(gathered.item(i));
                case GET, EXPIRE -> { // the stores after the last misses may have set the deadline just now
                    if (expiry.isDue(gathered.item(i), gathered.timeSeconds(i))) {
                        delete(gathered.item(i));
                    }
                }
            }
        }
        for (int i = 0; i < gathered.count(); i++) {
            if (gathered.step(i) == Step.GET) {
                if (!itemsAwaited) {
                    wire.beginGet();
                    itemsAwaited = true;
                }
                wire.getKey(items.wireKey(gathered.item(i)));
            }
        }
        if (itemsAwaited) {
            wire.endGet();
        }
    }

    private void store(ReplayWindow window, int i) throws IOException {
        int item = window.item(i);
        wire.set(items.wireKey(item), exptime(window.ttlSeconds(i)), items.value(), items.valueBytes(item));
        expiry.stored(item, window.timeSeconds(i), window.ttlSeconds(i));
        statusesAwaited++;
    }

    private void delete(int item) throws IOException {
        wire.delete(items.wireKey(item));
        expiry.forget(item);
        statusesAwaited++;
    }

    /** Tells the server the lifetime as far as it cannot end by the server's clock, for stores that sort items by it. */
    private static int exptime(int ttlSeconds) {
        return ttlSeconds == 0 ? 0 : Math.max(EXPTIME_SECONDS_MIN, Math.min(EXPTIME_SECONDS_MAX, ttlSeconds));
    }

    long gets() {
        return gets;
    }

    long misses() {
        return misses;
    }

    /** Stores that the server answered with an error; the item is then a miss when next asked for. */
    long refused() {
        return refused;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
