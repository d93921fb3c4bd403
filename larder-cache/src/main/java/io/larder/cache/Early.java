package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.base.Printable;
import java.time.Duration;
import java.util.Locale;

/** When a value is loaded anew in the background before its TTL ends, while callers go on to get the old one. */
public sealed interface Early {
    /** Not before the TTL ends. */
    Early NEVER = new Never();

    /** Not before the TTL ends. */
    record Never() implements Early {}

    /**
     * Once a value is that old.
     *
     * @param age above zero
     */
    record After(Duration age) implements Early {
        public After {
            if (age.isZero() || age.isNegative()) {
                throw new IllegalArgumentException("early must be above zero, was %s; write an age like 7m, or 75%%"
                        .formatted(age.isZero() ? "0" : age));
            }
        }
    }

    /**
     * Once that part of the entry's TTL has passed.
     *
     * @param fraction above 0, below 1
     */
    record Part(double fraction) implements Early {
        public Part {
            if (!(fraction > 0 && fraction < 1)) {
                throw new IllegalArgumentException(
                        "early must be above 0%% and below 100%% of the ttl, was %s%%; write 75%%"
                                .formatted(fraction * 100));
            }
        }
    }

    /**
     * By chance, the likelier the nearer the end of the TTL and the longer the load took: often-used and costly entries are
     * renewed in time, others are left to expire (XFetch, Vattani et al., "Optimal Probabilistic Cache Stampede Prevention",
     * VLDB 2015).
     *
     * @param beta how eagerly; 1 is the paper's optimum, above 0, at most 100
     */
    record Measured(double beta) implements Early {
        public Measured {
            if (!(beta > 0 && beta <= 100)) {
                throw new IllegalArgumentException(
                        "early measured(%s) must be above 0 and at most 100; 1 suits most".formatted(beta));
            }
        }
    }

    /**
     * Reads an age ({@code "7m"}), a part of the TTL ({@code "75%"}), {@code "measured"} or {@code "never"}.
     *
     * @throws IllegalArgumentException if the text is none of these
     */
    static Early parse(String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        try {
            if (plain.equals("never")) {
                return NEVER;
            }
            if (plain.equals("measured")) {
                return new Measured(1);
            }
            if (plain.endsWith("%")) {
                return new Part(Double.parseDouble(plain.substring(0, plain.length() - 1)) / 100);
            }
        } catch (NumberFormatException e) {
            throw unreadable(text, e);
        }
        Duration age;
        try {
            age = DurationText.parse(plain);
        } catch (IllegalArgumentException e) {
            throw unreadable(text, e);
        }
        return new After(age);
    }

    private static IllegalArgumentException unreadable(String text, IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "early \"%s\" is neither an age nor a part of the ttl; write it like 7m, 75%%, measured or never"
                        .formatted(Printable.of(text)),
                cause);
    }
}
