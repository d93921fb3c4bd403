package io.larder.server;

/**
 * What peers may ask of the server as a whole. Thread-safe.
 *
 * @param flush whether they may empty the store
 * @param shutdown whether they may end the server
 * @param cas whether items have CAS tokens to compare with
 * @param onShutdown run when one does; must not wait for event loops
 */
record Permits(boolean flush, boolean shutdown, boolean cas, Runnable onShutdown) {}
