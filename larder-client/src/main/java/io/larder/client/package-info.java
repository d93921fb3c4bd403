/** The memcached client: shared pipelined connections, placement, failure handling, values. */
@NullMarked
package io.larder.client;

import org.jspecify.annotations.NullMarked;
