package io.larder.server;

/** What is there for those who look in; everything in it is thread-safe. */
record Looking(Watch watch, PrefixStats prefixes, OpenConnections connections, Crawler crawler) {
    /** Whether commands are to be told of, to whomever. */
    boolean seesCommands() {
        return watch.seesCommands() || prefixes.isOn();
    }
}
