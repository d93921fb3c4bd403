package io.larder.client;

import io.larder.protocol.EncodedRequest;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request for statistics. */
final class StatsExchange extends Exchange {
    private static final int STATS_MAX = 100_000;

    private final EncodedRequest request;
    private final Map<String, String> stats = new LinkedHashMap<>();

    StatsExchange(List<String> args) {
        super("stats");
        request = TextRequestEncoder.stats(args);
    }

    @Override
    boolean isRepeatable() {
        return true;
    }

    @Override
    int requestBytesMax() {
        return request.length();
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        request.writeTo(out);
    }

    @Override
    protected boolean isAboutKeys() {
        return false;
    }

    @Override
    protected boolean take(TextReply reply) {
        if (reply == Status.END || reply == Status.RESET || reply == Status.OK) {
            return true;
        }
        if (!(reply instanceof TextReply.Stat stat) || stats.size() == STATS_MAX) {
            throw notMine(reply);
        }
        stats.put(stat.name(), stat.value());
        return false;
    }

    Map<String, String> stats() {
        return stats;
    }
}
