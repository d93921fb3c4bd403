package io.larder.client;

import io.larder.base.LarderUrl;
import io.larder.base.Options;
import io.larder.base.Printable;
import io.larder.base.Suggestion;
import io.larder.base.Ticker;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Everything a client needs to know, fixed when it opens.
 *
 * @param nodes at least one, no name twice; the order matters to some placements
 * @param prefix put in front of every key, may be empty
 * @param placement which node holds a key
 * @param protocol what is spoken to nodes
 * @param tls what connections are encrypted with, the host name of the node being checked; null: they are not
 * @param keys how keys become bytes
 * @param timeouts how long calls wait
 * @param limits what connections hold at most
 * @param failure what becomes of calls to a node that is down
 * @param listener hears what becomes of requests and nodes; null: nobody does, which costs nothing
 * @param wireLog is told every request and reply, one line each, without values; null: nothing is written down. See {@link #debug()}
 * @param ticker for deadlines
 * @param clock for TTLs above 30 days, which memcached takes as a date
 */
public record MemcachedConfig(
        List<Node> nodes,
        String prefix,
        Placement placement,
        Protocol protocol,
        @Nullable SSLContext tls,
        KeyPolicy keys,
        Timeouts timeouts,
        Limits limits,
        FailurePolicy failure,
        @Nullable CallListener listener,
        @Nullable Consumer<String> wireLog,
        Ticker ticker,
        InstantSource clock) {
    private static final String SCHEME = "memcached";

    public MemcachedConfig {
        nodes = List.copyOf(nodes);
        checkNodes(nodes, tls);
        if (!prefix.isEmpty()) {
            keys.encode(prefix); // refused here, not at the first call
        }
    }

    /** The given nodes with everything else at its default. */
    public static MemcachedConfig of(Node... nodes) {
        return new MemcachedConfig(
                List.of(nodes),
                "",
                Placement.LIBMEMCACHED_KETAMA,
                Protocol.AUTO,
                null,
                KeyPolicy.STRICT,
                Timeouts.DEFAULT,
                Limits.DEFAULT,
                FailurePolicy.FAIL_FAST,
                null,
                null,
                Ticker.SYSTEM,
                InstantSource.system());
    }

    /**
     * Reads a URL; {@link Memcached#open(String)} describes it.
     *
     * @throws IllegalArgumentException if it is malformed or has an unknown option; the message says which
     */
    public static MemcachedConfig parse(String url) {
        LarderUrl parsed = LarderUrl.parse(url);
        if (!parsed.scheme().equals(SCHEME)) {
            throw new IllegalArgumentException(
                    "\"%s:\" is not the scheme of a memcached client; write memcached://host:11211"
                            .formatted(Printable.of(parsed.scheme())));
        }
        Options options = parsed.options()
                .allowing(
                        "timeout",
                        "bulk-timeout",
                        "connect",
                        "stall",
                        "value-max",
                        "large",
                        "back-pressure",
                        "idle",
                        "placement",
                        "protocol",
                        "tls",
                        "failure",
                        "gutter",
                        "gutter-ttl",
                        "unix",
                        "keys",
                        "debug");
        MemcachedConfig config = of(nodes(parsed, options))
                .withKeys(keys(options))
                .withPrefix(parsed.path())
                .withPlacement(placement(options))
                .withProtocol(protocol(options))
                .withTls(tls(options))
                .withTimeouts(timeouts(options))
                .withLimits(limits(options))
                .withFailure(failure(options));
        return isTrue(options, "debug") ? config.debug() : config;
    }

    /** Hosts first, then unix sockets. */
    private static Node[] nodes(LarderUrl url, Options options) {
        Stream<Node> hosts = url.hosts().stream().map(Node::of);
        String paths = options.text("unix");
        if (paths != null) {
            Stream<Node> sockets = Arrays.stream(paths.split(",", -1)).map(path -> Node.unix(path.trim()));
            return Stream.concat(hosts, sockets).toArray(Node[]::new);
        }
        if (url.hosts().isEmpty() && !url.path().isEmpty()) {
            throw new IllegalArgumentException(
                    ("a memcached client needs a node, and \"%s\" is the prefix of its keys; write memcached://host:11211,"
                                    + " or memcached:?unix=/path for a unix socket")
                            .formatted(Printable.of(url.path())));
        }
        return hosts.toArray(Node[]::new);
    }

    public MemcachedConfig withPrefix(String changed) {
        return new MemcachedConfig(
                nodes, changed, placement, protocol, tls, keys, timeouts, limits, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withPlacement(Placement changed) {
        return new MemcachedConfig(
                nodes, prefix, changed, protocol, tls, keys, timeouts, limits, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withProtocol(Protocol changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, changed, tls, keys, timeouts, limits, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withTls(@Nullable SSLContext changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, changed, keys, timeouts, limits, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withKeys(KeyPolicy changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, changed, timeouts, limits, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withTimeouts(Timeouts changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, changed, limits, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withLimits(Limits changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, timeouts, changed, failure, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withFailure(FailurePolicy changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, timeouts, limits, changed, listener, wireLog, ticker,
                clock);
    }

    public MemcachedConfig withListener(@Nullable CallListener changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, timeouts, limits, failure, changed, wireLog, ticker,
                clock);
    }

    /**
     * Writes each request and each reply to {@code log}, a line each: the node, {@code <} for what was sent and {@code >} for what
     * came, the line of the protocol, escaped and cut to 200 characters, and the length of its value but never the value. Keys
     * are shown. Called by threads of callers and of the client, several at once, which wait for it; what it throws is dropped.
     */
    public MemcachedConfig withWireLog(@Nullable Consumer<String> changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, timeouts, limits, failure, listener, changed, ticker,
                clock);
    }

    /**
     * {@link #withWireLog} to the {@link System.Logger} {@code io.larder.client.wire}, at level DEBUG. The option {@code debug=true} of a URL
     * does the same. For looking at trouble: every line costs some microseconds.
     */
    public MemcachedConfig debug() {
        System.Logger log = System.getLogger("io.larder.client.wire");
        return withWireLog(line -> log.log(System.Logger.Level.DEBUG, line));
    }

    public MemcachedConfig withTicker(Ticker changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, timeouts, limits, failure, listener, wireLog, changed,
                clock);
    }

    public MemcachedConfig withClock(InstantSource changed) {
        return new MemcachedConfig(
                nodes, prefix, placement, protocol, tls, keys, timeouts, limits, failure, listener, wireLog, ticker,
                changed);
    }

    static void checkNodes(List<Node> nodes, @Nullable SSLContext tls) {
        checkNodes(nodes);
        for (Node node : nodes) {
            if (node.isUnix() && tls != null) {
                throw new IllegalArgumentException(
                        "node %s is a unix socket, which is not encrypted; leave out tls, or use a host and port"
                                .formatted(node));
            }
        }
    }

    static void checkNodes(List<Node> nodes) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a memcached client needs a node; write memcached://host:11211");
        }
        Set<String> names = new HashSet<>();
        for (Node node : nodes) {
            if (!names.add(node.name())) {
                throw new IllegalArgumentException(
                        "node %s is listed twice; name it once, with a weight like %s*2".formatted(node, node));
            }
        }
    }

    private static KeyPolicy keys(Options options) {
        Map<String, KeyPolicy> known = Map.of(
                "strict", KeyPolicy.STRICT,
                "percent", KeyPolicy.PERCENT,
                "base64", KeyPolicy.BASE64,
                "hash", KeyPolicy.HASH);
        String name = options.text("keys");
        KeyPolicy found = known.get(name == null ? "strict" : name);
        if (found == null) {
            throw new IllegalArgumentException("keys \"%s\" is unknown; %s"
                    .formatted(
                            Printable.of(String.valueOf(name)),
                            Suggestion.of(
                                    String.valueOf(name),
                                    known.keySet().stream().sorted().toList())));
        }
        return found;
    }

    private static Placement placement(Options options) {
        Placement known = Placement.LIBMEMCACHED_KETAMA;
        String name = options.text("placement");
        if (name != null && !name.equals(known.name())) {
            throw new IllegalArgumentException("placement \"%s\" is unknown; %s"
                    .formatted(Printable.of(name), Suggestion.of(name, List.of(known.name()))));
        }
        return known;
    }

    private static Protocol protocol(Options options) {
        String name = options.text("protocol");
        if (name == null) {
            return Protocol.AUTO;
        }
        for (Protocol known : Protocol.values()) {
            if (known.word().equals(name)) {
                return known;
            }
        }
        List<String> words =
                Arrays.stream(Protocol.values()).map(Protocol::word).toList();
        throw new IllegalArgumentException(
                "protocol \"%s\" is unknown; %s".formatted(Printable.of(name), Suggestion.of(name, words)));
    }

    private static boolean isTrue(Options options, String name) {
        String text = options.text(name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(
                    "%s must be true or false, was \"%s\"".formatted(name, Printable.of(text)));
        }
        return "true".equals(text);
    }

    private static @Nullable SSLContext tls(Options options) {
        if (!isTrue(options, "tls")) {
            return null;
        }
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(
                    "tls=true needs the JDK's default SSL context, which cannot be made: check javax.net.ssl.* properties",
                    e);
        }
    }

    private static Timeouts timeouts(Options options) {
        Duration operation = options.duration("timeout", Timeouts.DEFAULT.operation());
        Timeouts inProportion = Timeouts.ofOperation(operation);
        return inProportion
                .withBulk(options.duration("bulk-timeout", inProportion.bulk()))
                .withConnect(options.duration("connect", inProportion.connect()))
                .withStall(options.duration("stall", inProportion.stall()))
                .withIdle(options.duration("idle", inProportion.idle()));
    }

    private static FailurePolicy failure(Options options) {
        String name = options.text("failure");
        String gutter = options.text("gutter");
        Duration ttl = options.duration("gutter-ttl", Duration.ZERO);
        for (FailurePolicy.Kind known : FailurePolicy.Kind.values()) {
            if (known.word().equals(name == null ? FailurePolicy.Kind.FAIL_FAST.word() : name)) {
                return FailurePolicy.of(known, gutter == null ? "" : gutter, ttl);
            }
        }
        List<String> words = Arrays.stream(FailurePolicy.Kind.values())
                .map(FailurePolicy.Kind::word)
                .toList();
        throw new IllegalArgumentException("failure \"%s\" is unknown; %s"
                .formatted(Printable.of(String.valueOf(name)), Suggestion.of(String.valueOf(name), words)));
    }

    private static Limits limits(Options options) {
        long valueBytesMax = options.size("value-max", Limits.DEFAULT.valueBytesMax());
        long largeBytes = options.size("large", Limits.DEFAULT.largeBytes());
        return Limits.DEFAULT
                .withValueBytesMax((int) Math.min(valueBytesMax, Integer.MAX_VALUE))
                .withLarge((int) Math.min(largeBytes, Integer.MAX_VALUE), Limits.DEFAULT.largeKeys())
                .withBackPressure(backPressure(options));
    }

    private static BackPressure backPressure(Options options) {
        String name = options.text("back-pressure");
        if (name == null) {
            return BackPressure.AUTO;
        }
        for (BackPressure known : BackPressure.values()) {
            if (known.word().equals(name)) {
                return known;
            }
        }
        List<String> words =
                Arrays.stream(BackPressure.values()).map(BackPressure::word).toList();
        throw new IllegalArgumentException(
                "back-pressure \"%s\" is unknown; %s".formatted(Printable.of(name), Suggestion.of(name, words)));
    }
}
