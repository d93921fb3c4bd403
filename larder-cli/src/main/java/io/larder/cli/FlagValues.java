package io.larder.cli;

import io.larder.base.HostPort;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Values of flags, read from text; what is wrong with one is said by an {@link IllegalArgumentException} in a line. */
final class FlagValues {
    private FlagValues() {}

    static HostPort address(String text) {
        HostPort address = HostPort.parse(text);
        if (address.weight() != 1) {
            throw new IllegalArgumentException("an address to listen on has no weight; write host or host:port");
        }
        return address;
    }

    static Path path(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + e.getReason(), e);
        }
    }

    static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number", e);
        }
    }

    /** Bytes from a number with one of the suffixes k, m, g, or without one in units of {@code unit} bytes. */
    static long size(String value, long unit) {
        String digits = value;
        long factor = unit;
        int shift = value.isEmpty()
                ? 0
                : "kmg".indexOf(value.toLowerCase(Locale.ROOT).charAt(value.length() - 1)) + 1;
        if (shift > 0) {
            factor = 1L << (10 * shift);
            digits = value.substring(0, value.length() - 1);
        }
        try {
            return Math.multiplyExact((long) Integer.parseInt(digits), factor);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a size; write a number, or one with k, m or g behind it", e);
        }
    }
}
