package io.larder.cache;

/**
 * A cached function and what it counted.
 *
 * @param function its key template, as first defined; functions over the same template are one
 * @param namespace that of its entries; empty for none
 * @param route the prefix that its keys are routed by; empty for the store of all other keys
 * @param store what keeps its entries, without addresses
 * @param stats since it was defined
 */
public record FunctionStats(String function, String namespace, String route, String store, CacheStats stats) {}
