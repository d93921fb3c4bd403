package io.larder.cache;

import java.time.Duration;

/**
 * Counters since the start. Every {@code get} that returns, or fails as its loader did, counts as exactly one of hit, stale
 * hit, negative hit, miss, unavailable and fallback; they are read one after the other, so their sum is exact only when nothing runs.
 *
 * @param hits gets answered from the store with a value within its TTL
 * @param misses gets for which the store had nothing to serve
 * @param unavailable gets for which the store could not be asked
 * @param joined gets that waited for the flight of another caller; counted by its outcome as well
 * @param loads loader calls that ended, well or not
 * @param loadFailures loader calls that ended with an exception
 * @param loadTime sum of the time the loader took
 * @param storeFailures writes and removals that the store refused or could not be asked for
 * @param unreadable entries found whose bytes were foreign, damaged, of another key or of another shape; each was a
 *     miss
 * @param staleHits gets answered with a value past its TTL, because the load failed, was slow, or was another caller's
 * @param negativeHits gets answered with a failure that was remembered
 * @param refreshes loads begun in the background, early or by the number of uses; counted as loads too
 * @param refreshFailures of these, those that failed
 * @param timeouts gets that did not wait for a load to its end, because of a soft or a hard timeout
 * @param nearHits of the hits, those seen in this process
 * @param negativeLoads of the failed loads, those whose failure the policy remembers
 * @param excusedLoads of the failed loads, those in place of which an old value or the fallback is served, all failed
 *     refreshes included
 * @param loadTimeMax the longest time the loader took
 * @param slowLoads loads that took at least what {@link LarderBuilder#slowLoads} says
 * @param fallbacks gets answered with what {@link CachedSpec#fallback} says
 */
public record CacheStats(
        long hits,
        long misses,
        long unavailable,
        long joined,
        long loads,
        long loadFailures,
        Duration loadTime,
        long storeFailures,
        long unreadable,
        long staleHits,
        long negativeHits,
        long refreshes,
        long refreshFailures,
        long timeouts,
        long nearHits,
        long negativeLoads,
        long excusedLoads,
        Duration loadTimeMax,
        long slowLoads,
        long fallbacks) {
    static final CacheStats ZERO =
            new CacheStats(0, 0, 0, 0, 0, 0, Duration.ZERO, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, 0, 0);

    /** Hits of all three kinds as a part of all gets, from 0 to 1; 0 before the first. */
    public double hitRatio() {
        long served = hits + staleHits + negativeHits;
        long gets = served + misses + unavailable + fallbacks;
        return gets == 0 ? 0 : (double) served / gets;
    }

    /** The sum of both, field by field; of the longest times, the longer. */
    public CacheStats plus(CacheStats other) {
        return new CacheStats(
                hits + other.hits,
                misses + other.misses,
                unavailable + other.unavailable,
                joined + other.joined,
                loads + other.loads,
                loadFailures + other.loadFailures,
                loadTime.plus(other.loadTime),
                storeFailures + other.storeFailures,
                unreadable + other.unreadable,
                staleHits + other.staleHits,
                negativeHits + other.negativeHits,
                refreshes + other.refreshes,
                refreshFailures + other.refreshFailures,
                timeouts + other.timeouts,
                nearHits + other.nearHits,
                negativeLoads + other.negativeLoads,
                excusedLoads + other.excusedLoads,
                loadTimeMax.compareTo(other.loadTimeMax) < 0 ? other.loadTimeMax : loadTimeMax,
                slowLoads + other.slowLoads,
                fallbacks + other.fallbacks);
    }
}
