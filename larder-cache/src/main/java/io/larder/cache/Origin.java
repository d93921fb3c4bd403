package io.larder.cache;

/**
 * Where the entries of a function are kept.
 *
 * @param route the prefix its keys are routed by
 * @param namespace empty for none
 */
record Origin(String route, Backend backend, String namespace) {}
