package io.larder.server;

import java.nio.channels.SocketChannel;

/**
 * A connection on its way from the listener to an event loop.
 *
 * @param endpoint where it came in
 */
record Arrival(SocketChannel channel, Endpoint endpoint) {}
