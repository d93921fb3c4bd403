package io.larder.server;

import io.larder.storage.ItemStore;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** What all event loops of a server share; everything in it is thread-safe. */
record ServerParts(
        ItemStore store,
        TurnTicker clock,
        InstantSource wallClock,
        ConnectionLimit connections,
        BufferBudget budget,
        AtomicLong connectionIds,
        Stats stats,
        ServerLog log) {}
