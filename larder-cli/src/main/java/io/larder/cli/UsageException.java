package io.larder.cli;

/** The command line cannot be followed; the message is the one line the user sees. */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message);
    }
}
