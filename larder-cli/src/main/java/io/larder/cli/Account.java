package io.larder.cli;

import java.math.BigDecimal;

/**
 * What the demo's slow query answers about one customer.
 *
 * @param orders how many orders the customer placed
 * @param total what they add up to
 */
public record Account(long id, String name, long orders, BigDecimal total) {}
