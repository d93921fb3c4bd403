/** The caching framework: cached functions, their policy, and the stores behind them. */
@NullMarked
package io.larder.cache;

import org.jspecify.annotations.NullMarked;
