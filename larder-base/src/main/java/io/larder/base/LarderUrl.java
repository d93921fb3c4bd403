package io.larder.base;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One line that configures a store or a client: {@code scheme:[//host[:port][*weight][,host...]][/path][?key=value&...]}.
 *
 * <p>Examples: {@code mem:?size=10000}, {@code memcached://cache-1:11211,cache-2*2/accounts?timeout=250ms}. Percent escapes
 * are decoded in path and options. What follows the scheme of {@code mem:} may be empty. Immutable.
 *
 * @param scheme lower-case letters, digits, {@code +}, {@code -}
 * @param hosts in the order written, possibly none
 * @param path without the leading slash, possibly empty
 * @param options in the order written
 */
public record LarderUrl(String scheme, List<HostPort> hosts, String path, Options options) {
    /** Longest URL read, in characters. */
    public static final int CHARS_MAX = 8192;

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException if it is malformed; the message says which part
     */
    public static LarderUrl parse(String text) {
        String url = text.trim();
        int colon = url.indexOf(':');
        if (url.length() > CHARS_MAX || colon <= 0 || !url.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+-]*")) {
            throw new IllegalArgumentException("\"%s\" is not a URL; write scheme:, like mem: or memcached://host:11211"
                    .formatted(Printable.of(text)));
        }
        String scheme = url.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = url.substring(colon + 1);
        Map<String, String> options = new LinkedHashMap<>();
        int question = rest.indexOf('?');
        if (question >= 0) {
            options = parseOptions(rest.substring(question + 1), scheme);
            rest = rest.substring(0, question);
        }
        List<HostPort> hosts = new ArrayList<>();
        if (rest.startsWith("//")) {
            int slash = rest.indexOf('/', 2);
            String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
            rest = slash < 0 ? "" : rest.substring(slash);
            for (String host : authority.isEmpty() ? new String[0] : authority.split(",", -1)) {
                hosts.add(HostPort.parse(host));
            }
        }
        String path = decode(rest.startsWith("/") ? rest.substring(1) : rest, scheme);
        return new LarderUrl(scheme, List.copyOf(hosts), path, new Options(scheme + ":", options));
    }

    private static Map<String, String> parseOptions(String query, String scheme) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), scheme);
            String value = equals < 0 ? "true" : decode(pair.substring(equals + 1), scheme);
            if (name.isEmpty() || options.put(name, value) != null) {
                throw new IllegalArgumentException(
                        "option \"%s\" of %s: is empty or written twice; write ?name=value&other=value"
                                .formatted(Printable.of(name), scheme));
            }
        }
        return options;
    }

    private static String decode(String text, String scheme) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\" in the %s: URL has a broken percent escape; write %%25 for a percent sign"
                            .formatted(Printable.of(text), scheme),
                    e);
        }
    }
}
