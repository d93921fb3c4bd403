package io.larder.server;

/** What the server calls itself. */
public final class ServerVersion {
    /** Larder's own version. */
    public static final String VERSION = version();

    /**
     * The answer to {@code version}. Clients choose their features by the number in front: 1.6.45 is the memcached whose classic
     * and meta commands are offered here.
     */
    static final String PROTOCOL_VERSION = "1.6.45-larder-" + VERSION;

    private ServerVersion() {}

    private static String version() {
        String fromManifest = ServerVersion.class.getPackage().getImplementationVersion();
        return fromManifest == null ? "dev" : fromManifest;
    }
}
