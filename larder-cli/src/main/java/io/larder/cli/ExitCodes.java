package io.larder.cli;

/** Exit codes, those of BSD's {@code sysexits.h} as memcached uses them. */
final class ExitCodes {
    static final int OK = 0;

    /** The work could not be done. */
    static final int FAILED = 1;

    /** The command line is wrong. */
    static final int USAGE = 64;

    /** The system refused, such as a port in use. */
    static final int SYSTEM = 71;

    private ExitCodes() {}
}
