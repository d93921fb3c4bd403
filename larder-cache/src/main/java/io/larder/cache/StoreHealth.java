package io.larder.cache;

/**
 * How a store outside the process is doing.
 *
 * @param route the prefix of the keys it keeps; empty for all others
 * @param store what it is, without addresses
 * @param open whether it has failed so often that it is left alone at the moment: reads then go to the loader
 * @param missedRemovals keys it still has to be told to forget; this process does not serve them
 * @param droppedRemovals of these, how many were too many to remember; entries older than the last of them are not served by
 *     this process, but may be by others until their TTL ends
 */
public record StoreHealth(String route, String store, boolean open, int missedRemovals, long droppedRemovals) {}
