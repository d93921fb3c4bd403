/** What others plug into the framework: stores, and forms of values. */
@NullMarked
package io.larder.cache.spi;

import org.jspecify.annotations.NullMarked;
