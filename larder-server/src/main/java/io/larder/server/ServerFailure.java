package io.larder.server;

/**
 * Hears of a thread of the server that ended by a fault. Once; the server can then only be closed and started again.
 * Thread-safe.
 */
final class ServerFailure {
    private final ServerLog log;
    private final Runnable onFailure;

    ServerFailure(ServerLog log, Runnable onFailure) {
        this.log = log;
        this.onFailure = onFailure;
    }

    void report(String thread, Throwable cause) {
        log.always("larder stops: its " + thread + " ended by " + cause + "; start it again, and report this");
        onFailure.run();
    }
}
