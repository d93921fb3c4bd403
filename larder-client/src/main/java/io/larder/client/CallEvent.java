package io.larder.client;

/**
 * A request that is over. Times are nanoseconds, never negative.
 *
 * @param operation as {@link View} calls it
 * @param node {@link Node#name()}
 * @param outcome what became of it
 * @param queueNanos in the client: waiting for a connection and for room on it
 * @param wireNanos from there until the reply was read or the call given up: the node, and the network; 0 if it was not sent
 * @param decodeNanos turning the reply into a value, by the codec; for a future also waiting for a thread to do that; close to 0
 *     for calls on many keys, which decode when all nodes have answered
 */
public record CallEvent(
        String operation, String node, Outcome outcome, long queueNanos, long wireNanos, long decodeNanos) {
    /** What became of a request. */
    public enum Outcome {
        /** The node answered: a value, a miss, a refusal to store. */
        ANSWERED,
        /** The deadline passed, or the connection stayed full. */
        LATE,
        /** The node was down, the connection broke, the caller was interrupted, or the answer was an error or unreadable. */
        FAILED
    }
}
