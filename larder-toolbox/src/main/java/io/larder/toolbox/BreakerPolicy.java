package io.larder.toolbox;

import io.larder.base.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * When a breaker opens, and how it closes again. Immutable; two that are equal, over keys of the same form, are the same breaker.
 *
 * @param window how far it looks back
 * @param callsMin it does not open before so many calls; 1 to 1,000,000, and not above those it looks back on
 * @param failureRate the share of failed calls from which it opens, above 0 to 1
 * @param slow which calls are slow, and the share of them from which it opens
 * @param openFor how long it stays open before it lets probes pass, 1 ms to a day
 * @param probes how many calls then try, 1 to 100: their rates close it or open it again
 * @param failures which exceptions count
 * @param keysMax how many keys it knows in this process, 1 to 1,000,000; beyond, those least in use begin anew
 * @param isShared whether its state is that of all processes over the store, or of this one
 */
public record BreakerPolicy(
        Window window,
        int callsMin,
        double failureRate,
        Slow slow,
        Duration openFor,
        int probes,
        Failures failures,
        int keysMax,
        boolean isShared) {
    /** Calls looked back on at most. */
    public static final int CALLS_MAX = 1000;

    /** Keys known in a process, if nothing else is said. */
    public static final int KEYS_DEFAULT = 10_000;

    private static final int CALLS_MIN_MAX = 1_000_000;
    private static final int CALLS_MIN_DEFAULT = 10;
    private static final int PROBES_MAX = 100;
    private static final int KEYS_MAX = 1_000_000;
    private static final Duration WITHIN_MIN = Duration.ofMillis(10);
    private static final Duration WITHIN_MAX = Duration.ofHours(1);
    private static final Duration OPEN_DEFAULT = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /**
     * How far a breaker looks back: on calls or on a time, one of them.
     *
     * @param calls how many calls, 1 to 1,000; 0 if {@code time} says how long
     * @param time how long, in ten steps, 10 ms to an hour; zero if {@code calls} says how many
     */
    public record Window(int calls, Duration time) {
        public Window {
            if (calls < 0 || calls > CALLS_MAX || (calls == 0 && time.isZero())) {
                throw new IllegalArgumentException(
                        "lastCalls must be from 1 to %d, was %d".formatted(CALLS_MAX, calls));
            }
            if (calls > 0 && !time.isZero()) {
                throw new IllegalArgumentException("lastCalls and within are both given; keep one of them");
            }
            if (calls == 0 && (time.compareTo(WITHIN_MIN) < 0 || time.compareTo(WITHIN_MAX) > 0)) {
                throw unusable("within", time, "10 ms to an hour", "1m");
            }
        }
    }

    /**
     * Slow calls.
     *
     * @param after a call that takes so long is slow, whether it fails or not; 1 ms to a day, or zero for none
     * @param rate the share of slow calls from which the breaker opens, above 0 to 1
     */
    public record Slow(Duration after, double rate) {
        /** No call is slow. */
        public static final Slow NEVER = new Slow(Duration.ZERO, 1);

        public Slow {
            if (!after.isZero() && (after.compareTo(SHORTEST) < 0 || after.compareTo(LONGEST) > 0)) {
                throw unusable("slowAfter", after, "1 ms to a day", "2s");
            }
            checkRate("slowRate", rate);
        }
    }

    /**
     * Which exceptions count. A {@link RefusedException} never does: what it tells of has not run.
     *
     * @param ignored these, with those below them, count neither as failure nor as success
     * @param only of the others, only these are failures; the rest are answers, and count as success. Empty for all
     * @param matching and of these, only those it says yes to; one that raises an exception has said yes
     */
    public record Failures(
            List<Class<? extends Throwable>> ignored,
            List<Class<? extends Throwable>> only,
            Predicate<? super Throwable> matching) {
        /** Every exception is a failure. */
        public static final Failures ALL = new Failures(List.of(), List.of(), failure -> true);

        public Failures {
            ignored = List.copyOf(ignored);
            only = List.copyOf(only);
            for (Class<? extends Throwable> type : only) {
                if (ignored.contains(type)) {
                    throw new IllegalArgumentException("%s is among those that fail and among those ignored; remove one"
                            .formatted(type.getSimpleName()));
                }
            }
        }

        boolean ignores(Throwable raised) {
            return raised instanceof RefusedException || isOf(ignored, raised);
        }

        boolean isFailure(Throwable raised) {
            if (!only.isEmpty() && !isOf(only, raised)) {
                return false;
            }
            try {
                return matching.test(raised);
            } catch (RuntimeException e) {
                return true; // the caller of the breaker is to see what the call raised, not this
            }
        }

        private static boolean isOf(List<Class<? extends Throwable>> types, Throwable raised) {
            return types.stream().anyMatch(type -> type.isInstance(raised));
        }
    }

    public BreakerPolicy {
        int callsMost = window.calls() == 0 ? CALLS_MIN_MAX : window.calls();
        if (callsMin < 1 || callsMin > callsMost) {
            throw new IllegalArgumentException("callsMin must be from 1 to %d, was %d".formatted(callsMost, callsMin));
        }
        checkRate("failureRate", failureRate);
        if (openFor.compareTo(SHORTEST) < 0 || openFor.compareTo(LONGEST) > 0) {
            throw unusable("openFor", openFor, "1 ms to a day", "30s");
        }
        if (probes < 1 || probes > PROBES_MAX) {
            throw new IllegalArgumentException("probes must be from 1 to %d, was %d".formatted(PROBES_MAX, probes));
        }
        if (keysMax < 1 || keysMax > KEYS_MAX) {
            throw new IllegalArgumentException("keysMax must be from 1 to %d, was %d".formatted(KEYS_MAX, keysMax));
        }
    }

    private static IllegalArgumentException unusable(String name, Duration was, String range, String write) {
        return new IllegalArgumentException(
                "%s must be from %s, was %s; write \"%s\"".formatted(name, range, DurationText.format(was), write));
    }

    private static void checkRate(String name, double rate) {
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException(
                    "%s must be above 0 and at most 1, was %s; write 0.5".formatted(name, rate));
        }
    }

    private static BreakerPolicy over(Window window, int callsMin) {
        return new BreakerPolicy(window, callsMin, 0.5, Slow.NEVER, OPEN_DEFAULT, 1, Failures.ALL, KEYS_DEFAULT, false);
    }

    /** Looks back on so many calls; opens for 30 s when half of at least 10 (or of all, if fewer) have failed; one probe. */
    public static BreakerPolicy lastCalls(int calls) {
        return over(new Window(calls, Duration.ZERO), Math.min(CALLS_MIN_DEFAULT, Math.max(1, calls)));
    }

    /** As {@link #lastCalls}, looking back for a time. */
    public static BreakerPolicy within(String time) {
        Duration parsed = DurationText.parse(time);
        if (parsed.isZero()) { // to the record that would mean calls
            throw unusable("within", parsed, "10 ms to an hour", "1m");
        }
        return over(new Window(0, parsed), CALLS_MIN_DEFAULT);
    }

    /** The same that opens not before so many calls. */
    public BreakerPolicy callsMin(int calls) {
        return new BreakerPolicy(window, calls, failureRate, slow, openFor, probes, failures, keysMax, isShared);
    }

    /** The same that opens when this share of the calls has failed. */
    public BreakerPolicy failureRate(double rate) {
        return new BreakerPolicy(window, callsMin, rate, slow, openFor, probes, failures, keysMax, isShared);
    }

    /** The same that opens as well when this share of the calls took so long. */
    public BreakerPolicy slow(String after, double rate) {
        Duration parsed = DurationText.parse(after);
        if (parsed.isZero()) { // to the record that would mean none
            throw unusable("slowAfter", parsed, "1 ms to a day", "2s");
        }
        Slow calls = new Slow(parsed, rate);
        return new BreakerPolicy(window, callsMin, failureRate, calls, openFor, probes, failures, keysMax, isShared);
    }

    /** The same that stays open so long. */
    public BreakerPolicy openFor(String time) {
        Duration open = DurationText.parse(time);
        return new BreakerPolicy(window, callsMin, failureRate, slow, open, probes, failures, keysMax, isShared);
    }

    /** The same with so many probes. */
    public BreakerPolicy probes(int calls) {
        return new BreakerPolicy(window, callsMin, failureRate, slow, openFor, calls, failures, keysMax, isShared);
    }

    private BreakerPolicy failures(Failures which) {
        return new BreakerPolicy(window, callsMin, failureRate, slow, openFor, probes, which, keysMax, isShared);
    }

    /** The same that does not count these exceptions, nor those below them. */
    public BreakerPolicy ignoring(List<Class<? extends Throwable>> exceptions) {
        return failures(new Failures(exceptions, failures.only, failures.matching));
    }

    /** The same for which only these exceptions, and those below them, are failures; the others count as success. */
    public BreakerPolicy failingOn(List<Class<? extends Throwable>> exceptions) {
        return failures(new Failures(failures.ignored, exceptions, failures.matching));
    }

    /** The same for which only exceptions that match are failures. Keep the policy: one made anew is of another breaker. */
    public BreakerPolicy failingIf(Predicate<? super Throwable> test) {
        return failures(new Failures(failures.ignored, failures.only, test));
    }

    /** The same that knows at most so many keys in this process. */
    public BreakerPolicy keysMax(int keys) {
        return new BreakerPolicy(window, callsMin, failureRate, slow, openFor, probes, failures, keys, isShared);
    }

    /** The same for all processes over the store, instead of for this one. */
    public BreakerPolicy shared() {
        return new BreakerPolicy(window, callsMin, failureRate, slow, openFor, probes, failures, keysMax, true);
    }

    /** What tells the cells of this policy from those of others with the same template; begins with the version of their bytes. */
    String suffix() {
        String figures = window.calls() + " " + window.time().toMillis() + " " + callsMin + " " + failureRate + " "
                + slow.after().toMillis() + " " + slow.rate() + " " + openFor.toMillis() + " " + probes;
        return ":1" + Integer.toHexString(figures.hashCode()); // which the language defines
    }
}
