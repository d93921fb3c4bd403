package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** What an event loop needs, without a server around it. */
final class LoneParts {
    private LoneParts() {}

    static ServerParts of(ServerConfig config, ItemStore store, Ticker ticker) {
        InstantSource wallClock = InstantSource.system();
        ServerLog log = new ServerLog(new PrintStream(OutputStream.nullOutputStream(), true, US_ASCII), 0);
        ConnectionLimit connections = new ConnectionLimit(1);
        BufferBudget budget = new BufferBudget(1 << 20);
        Access access = Access.open(config, ticker, wallClock, log);
        Looking looking = new Looking(
                new Watch(store, wallClock), new PrefixStats(':', false), new OpenConnections(), new Crawler());
        return new ServerParts(
                config,
                store,
                ticker,
                wallClock,
                null,
                false,
                connections,
                budget,
                new AtomicLong(),
                access,
                new Stats(config, store, connections, access, budget, looking, log, ticker, wallClock),
                looking,
                log,
                new ServerFailure(log, () -> {}),
                new Permits(true, false, true, () -> {}));
    }
}
