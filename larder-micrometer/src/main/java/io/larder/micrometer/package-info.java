/** Micrometer meters of the caching framework. */
@NullMarked
package io.larder.micrometer;

import org.jspecify.annotations.NullMarked;
