package io.larder.server;

import java.nio.file.Path;

/**
 * A unix socket: one in the file system.
 *
 * @param path its file; one that a dead server left behind is replaced
 * @param mode rights of the file, 0 to 0777: who may connect
 */
public record UnixSocket(Path path, int mode) {
    /** memcached's: only the owner may connect. */
    public static final int MODE_DEFAULT = 0700;

    private static final int MODE_LIMIT = 0777;

    public UnixSocket {
        if (mode < 0 || mode > MODE_LIMIT) {
            throw new IllegalArgumentException("mode %o is not between 0 and 777".formatted(mode));
        }
    }
}
