package io.larder.client;

/** The words a connection is spoken to in. Found out anew for every connection, see {@link Handshake}. */
enum Dialect {
    /** The classic text protocol: replies are told apart by their order, and values by their keys. */
    TEXT,
    /** Meta commands: every reply repeats a number that only its request had. */
    META
}
