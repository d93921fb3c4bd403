package io.larder.toolbox;

/**
 * What a breaker has counted in this process since it was first made. Numbers are read one after the other, so they agree exactly only
 * when nothing runs.
 *
 * @param template the keys, as they were first written
 * @param isShared whether its state is that of all processes over the store
 * @param keys known now; of these
 * @param open refuse calls, and
 * @param probing let some pass
 * @param succeeded calls that ended well, or with an exception that is no failure
 * @param failed calls that ended with one that is
 * @param slow of both, those that took long
 * @param ignored calls that ended with an exception that does not count
 * @param refused calls that were not let pass
 * @param opened how often this process has opened one
 * @param forgotten keys that went to make room
 * @param storeFailures times the store of a shared one did not answer
 * @param isAlone whether it did not answer last time, so that this process counts for itself
 */
public record BreakerStats(
        String template,
        boolean isShared,
        long keys,
        long open,
        long probing,
        long succeeded,
        long failed,
        long slow,
        long ignored,
        long refused,
        long opened,
        long forgotten,
        long storeFailures,
        boolean isAlone) {}
