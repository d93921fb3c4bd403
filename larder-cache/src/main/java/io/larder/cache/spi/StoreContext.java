package io.larder.cache.spi;

import io.larder.base.Ticker;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What a store takes from the {@code Larder} it belongs to, so that a test can hold the clocks and the threads.
 *
 * @param ticker measures TTLs and timeouts within the process
 * @param clock the time of day, to agree on with other processes
 * @param executor runs housekeeping that no caller waits for
 */
public record StoreContext(Ticker ticker, InstantSource clock, Executor executor) {}
