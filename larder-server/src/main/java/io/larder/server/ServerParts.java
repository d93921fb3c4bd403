package io.larder.server;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** What all event loops of a server share; everything in it is thread-safe. */
record ServerParts(
        ServerConfig config,
        ItemStore store,
        Ticker ticker,
        InstantSource wallClock,
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
