package io.larder.server;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops of a server share; everything in it is thread-safe.
 *
 * @param debugClock what {@code ticker} and {@code wallClock} are where peers may move them; {@code null} elsewhere
 */
record ServerParts(
        ServerConfig config,
        ItemStore store,
        Ticker ticker,
        InstantSource wallClock,
        @Nullable DebugClock debugClock,
        boolean sparesProcessors,
        ConnectionLimit connections,
        BufferBudget budget,
        AtomicLong connectionIds,
        Access access,
        Stats stats,
        Looking looking,
        ServerLog log,
        ServerFailure failure,
        Permits permits) {}
