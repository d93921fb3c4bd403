/** The {@code memcached:} store of the caching framework. */
@NullMarked
package io.larder.cache.memcached;

import org.jspecify.annotations.NullMarked;
