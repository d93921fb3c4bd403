package io.larder.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the gets between its beginning and its end were answered from: {@code try (Detector d = larder.detect()) {...}}.
 * Values are not kept. Holds the first 1000 events. Thread-safe, for work that is carried over to other threads.
 */
public final class Detector implements Scope {
    /** Most events kept. */
    public static final int EVENTS_MAX = 1000;

    /** What a get was answered with. */
    public enum Outcome {
        /** A value within its TTL. */
        HIT,
        /** A value past its TTL. */
        STALE,
        /** A remembered failure. */
        NEGATIVE,
        /** What was loaded, because the store had nothing to serve. */
        MISS,
        /** What was loaded, because the store could not be asked. */
        UNAVAILABLE,
        /** Not from the store: what was loaded because reading was disabled, or what a transaction keeps to itself. */
        BYPASS,
        /** The fallback, because the load failed or was slow, or had failed a moment before. */
        FALLBACK
    }

    /** Where an answer came from. */
    public enum Level {
        /** A store in this process. */
        PROCESS,
        /** A store outside. */
        STORE,
        /** The loader, or another caller's load that was waited for; fallbacks too. */
        LOADER
    }

    /**
     * One get.
     *
     * @param age how old the value was; empty for one that was loaded
     * @param remaining what was left of its TTL, zero for one past it; empty for one that was loaded or never expires
     */
    public record Event(
            String key, Outcome outcome, Level level, Optional<Duration> age, Optional<Duration> remaining) {}

    private final List<Event> events = new ArrayList<>(); // under its own monitor
    private final Scope scope;

    Detector(java.util.function.Function<Detector, Scope> begin) {
        this.scope = begin.apply(this);
    }

    void add(String key, Outcome outcome, Level level, @Nullable Meta meta, long nowMillis) {
        Optional<Duration> age = Optional.ofNullable(meta).map(m -> Duration.ofMillis(nowMillis - m.createdMillis()));
        Optional<Duration> remaining = Optional.ofNullable(meta)
                .filter(m -> m.freshUntilMillis() != Long.MAX_VALUE)
                .map(m -> Duration.ofMillis(Math.max(0, m.freshUntilMillis() - nowMillis)));
        synchronized (events) {
            if (events.size() < EVENTS_MAX) {
                events.add(new Event(key, outcome, level, age, remaining));
            }
        }
    }

    /** What happened so far. */
    public List<Event> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /** The keys that were answered from a store, each once, in order. */
    public List<String> keys() {
        return events().stream()
                .filter(event -> event.level() != Level.LOADER)
                .map(Event::key)
                .distinct()
                .toList();
    }

    /** Whether anything was answered from a store. */
    public boolean anyHit() {
        return !keys().isEmpty();
    }

    /** The shortest time left of what was answered from a store; empty if nothing was, or nothing of it expires. */
    public Optional<Duration> minRemaining() {
        return events().stream().flatMap(event -> event.remaining().stream()).min(Duration::compareTo);
    }

    @Override
    public void close() {
        scope.close();
    }
}
