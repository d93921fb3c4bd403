package io.larder.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The loads going on in this process, one a key and codec. As many as there are threads that load. Thread-safe. */
final class Flights {
    /** A key as one codec reads it. */
    record Id(Codec<?> codec, String key) {}

    private final ConcurrentMap<Id, CompletableFuture<@Nullable Object>> loads = new ConcurrentHashMap<>();

    /** The load of a key that is going on; null if there was none, and the caller's own is now. */
    @Nullable
    CompletableFuture<@Nullable Object> join(Id id, CompletableFuture<@Nullable Object> own) {
        return loads.putIfAbsent(id, own);
    }

    /** Ends the caller's load. */
    void leave(Id id, CompletableFuture<@Nullable Object> own) {
        loads.remove(id, own);
    }
}
