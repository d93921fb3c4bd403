package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.base.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a get of one key would find and do, and why; made by {@link Cached#explain}. It holds keys and tags, and no values. A snapshot:
 * the next get may find something else.
 *
 * @param function the key template, as first defined
 * @param route the prefix that its keys are routed by; empty for the store of all other keys
 * @param store what keeps the entry, without addresses
 * @param levels what each place holds, that asked first first
 * @param decision what the get would do: SERVE, SERVE_AND_REFRESH, SERVE_STALE, RAISE, LOAD, LOAD_OR_SERVE (the value found, if
 *     the load fails or is slow), LOAD_OR_FALL_BACK (the fallback), FALL_BACK or LOAD_ONLY (and store nothing)
 * @param reason why, in words
 * @param loading whether somebody is loading it at the moment: a get that loads would join
 * @param paused whether loads of it pause after a failure
 * @param disabled what is disabled in this thread, or by the kill switch
 * @param removalMissed whether the store has still to be told to forget it: until then this process does not serve it
 * @param health of the store outside this process, if there is one
 */
public record Explanation(
        String function,
        String key,
        String route,
        String store,
        List<Level> levels,
        String decision,
        String reason,
        boolean loading,
        boolean paused,
        List<Op> disabled,
        boolean removalMissed,
        Optional<StoreHealth> health) {
    /** What a place holds. */
    public enum State {
        /** A value within its TTL. */
        FRESH,
        /** A value past its TTL. */
        STALE,
        /** A remembered failure. */
        NEGATIVE,
        /** Nothing that may be served. */
        ABSENT,
        /** An entry of before an invalidation of one of its tags. */
        INVALIDATED,
        /** Bytes that are foreign, damaged or of another shape. */
        UNREADABLE,
        /** The place could not be asked. */
        UNAVAILABLE
    }

    /**
     * A tag or namespace of an entry.
     *
     * @param name as the store has it, like {@code ~tag:user:7}
     * @param written its version when the entry was loaded; empty if the entry was written without it
     * @param now its version of now; empty if there is none
     */
    public record Tag(String name, Optional<Long> written, Optional<Long> now) {
        /** Whether the entry is still valid as far as this tag goes. */
        public boolean isCurrent() {
            return written.isPresent() && written.equals(now);
        }
    }

    /**
     * What one place holds.
     *
     * @param age since it was written; empty where there is nothing that can be read
     * @param remaining of its TTL, negative once that has ended; empty if it never ends
     * @param loadTime what loading the value took
     * @param note why it could not be asked or read, or the type of the failure; empty for nothing to add
     */
    public record Level(
            Detector.Level place,
            State state,
            Optional<Duration> age,
            Optional<Duration> remaining,
            Optional<Duration> loadTime,
            List<Tag> tags,
            String note) {
        private void print(StringBuilder out) {
            out.append("  ").append(place).append(": ").append(state);
            age.ifPresent(time -> out.append(", written ").append(text(time)).append(" ago"));
            remaining.ifPresent(time -> out.append(
                    time.isNegative()
                            ? ", TTL ended " + text(time.negated()) + " ago"
                            : ", TTL ends in " + text(time)));
            loadTime.ifPresent(time -> out.append(", load took ").append(text(time)));
            out.append(note.isEmpty() ? "" : ", " + note).append('\n');
            for (Tag tag : tags) {
                out.append("    ").append(tag.name()).append(": ");
                out.append(
                        tag.isCurrent()
                                ? "valid"
                                : tag.written().isEmpty() ? "not known when it was written" : "invalidated since");
                out.append('\n');
            }
        }

        private static String text(Duration time) {
            return DurationText.format(time);
        }
    }

    /** As several lines, without values. */
    public String text() {
        StringBuilder out = new StringBuilder();
        out.append(key).append(" of ").append(function).append(" in ").append(store);
        out.append(route.isEmpty() ? "" : ", routed by " + route).append('\n');
        levels.forEach(level -> level.print(out));
        out.append("  decision: ").append(decision).append(", ").append(reason).append('\n');
        out.append("  load in flight: ").append(loading ? "yes" : "no");
        out.append("; loads pause: ").append(paused ? "yes" : "no");
        out.append("; disabled here: ").append(disabled.isEmpty() ? "nothing" : disabled);
        health.ifPresent(store -> out.append("; breaker: ")
                .append(store.open() ? "open" : "closed")
                .append("; removal missed: ")
                .append(removalMissed ? "yes" : "no"));
        return out.append('\n').toString();
    }

    @Override
    public String toString() {
        return "%s: %s, %s".formatted(Printable.of(key), decision, reason);
    }
}
