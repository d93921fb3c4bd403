package io.larder.base;

import org.jspecify.annotations.Nullable;

/**
 * An address as a person writes it: {@code host}, {@code host:port}, {@code [::1]:port}, each with an optional weight
 * {@code *n}. Nothing is resolved here: the text stays the name.
 *
 * @param host name or address without brackets, not empty
 * @param port 0 to 65535, or {@code null} where none was written
 * @param weight 1 to {@value #WEIGHT_MAX}; 1 where none was written
 */
public record HostPort(String host, @Nullable Integer port, int weight) {
    /** Largest weight of one node. */
    public static final int WEIGHT_MAX = 1000;

    private static final int PORT_MAX = 65_535;

    /**
     * Reads one address.
     *
     * @throws IllegalArgumentException if it is none; the message names the text and the form
     */
    public static HostPort parse(String text) {
        String rest = text.trim();
        int weight = 1;
        int star = rest.lastIndexOf('*');
        if (star >= 0) {
            weight = number(rest.substring(star + 1), 1, WEIGHT_MAX, "weight", text);
            rest = rest.substring(0, star);
        }
        int bracket = rest.lastIndexOf(']');
        int colon = rest.indexOf(':', Math.max(0, bracket));
        boolean bareIpv6 = bracket < 0 && colon >= 0 && rest.indexOf(':', colon + 1) >= 0;
        Integer port = null;
        if (colon >= 0 && !bareIpv6) {
            port = number(rest.substring(colon + 1), 0, PORT_MAX, "port", text);
            rest = rest.substring(0, colon);
        }
        if (rest.startsWith("[") && rest.endsWith("]")) {
            rest = rest.substring(1, rest.length() - 1);
        }
        if (rest.isEmpty() || !rest.chars().allMatch(HostPort::isHostChar)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an address; write host, host:port or [ipv6]:port".formatted(Printable.of(text)));
        }
        return new HostPort(rest, port, weight);
    }

    /** The port written, or {@code defaultPort} where none was. */
    public int portOr(int defaultPort) {
        return port == null ? defaultPort : port;
    }

    private static boolean isHostChar(int c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
    }

    private static int number(String digits, int min, int max, String what, String text) {
        try {
            int value = Integer.parseInt(digits);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, with the whole address
        }
        throw new IllegalArgumentException("%s \"%s\" in \"%s\" is not a number from %d to %d"
                .formatted(what, Printable.of(digits), Printable.of(text), min, max));
    }
}
