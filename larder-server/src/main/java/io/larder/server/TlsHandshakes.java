package io.larder.server;

import io.larder.base.Ticker;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The handshakes of one event loop, in the order they began, and when each must have ended. Confined to that loop. */
final class TlsHandshakes {
    /** A peer that has not ended its handshake after this is dropped. */
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final Ticker ticker;
    private final Map<Connection, Handshake> running =
            new LinkedHashMap<>(); // at most one for each connection that is open

    private record Handshake(TlsTransport transport, long deadlineNanos) {}

    TlsHandshakes(Ticker ticker) {
        this.ticker = ticker;
    }

    void begin(Connection connection, TlsTransport transport) {
        running.put(connection, new Handshake(transport, ticker.nanos() + NANOS_MAX));
    }

    /** A connection whose handshake has taken too long, or {@code null}. */
    @Nullable
    Connection nextOverdue() {
        if (running.isEmpty()) {
            return null;
        }
        Iterator<Map.Entry<Connection, Handshake>> oldest = running.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Connection, Handshake> entry = oldest.next();
            Handshake handshake = entry.getValue();
            boolean established = handshake.transport.isEstablished();
            if (!established && handshake.deadlineNanos - ticker.nanos() > 0) {
                return null;
            }
            oldest.remove();
            if (!established) {
                return entry.getKey();
            }
        }
        return null;
    }

    void closed(Connection connection) {
        running.remove(connection);
    }
}
