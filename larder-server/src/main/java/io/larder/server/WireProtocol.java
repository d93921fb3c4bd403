package io.larder.server;

/** What clients may speak to a server. */
public enum WireProtocol {
    /** Either, chosen by the first byte of a connection. */
    AUTO,
    /** Classic text and meta commands only. */
    ASCII,
    /** The binary protocol only. */
    BINARY
}
