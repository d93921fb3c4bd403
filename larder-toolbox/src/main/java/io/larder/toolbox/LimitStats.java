package io.larder.toolbox;

/**
 * What a rate limit has counted in this process since it was first made. Numbers are read one after the other, so they agree exactly only
 * when nothing runs.
 *
 * @param template the keys, as they were first written
 * @param allowed calls that were let pass, each as one, however many permits it took; of these
 * @param uncounted were not counted, because the store did not answer
 * @param refused calls that were not let pass
 * @param storeFailures times the store did not answer
 */
public record LimitStats(
        String template, RateLimit limit, long allowed, long uncounted, long refused, long storeFailures) {}
