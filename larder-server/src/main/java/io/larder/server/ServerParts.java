package io.larder.server;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops of a server share; everything in it is thread-safe.
 *
 * @param users who is served; {@code null} for everybody
 */
record ServerParts(
        ServerConfig config,
        ItemStore store,
        Ticker ticker,
        InstantSource wallClock,
        boolean sparesProcessors,
        ConnectionLimit connections,
        BufferBudget budget,
        AtomicLong connectionIds,
        @Nullable AuthFile users,
        Stats stats,
        Looking looking,
        ServerLog log,
        ServerFailure failure,
        Permits permits) {}
