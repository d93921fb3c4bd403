/** What others plug into the framework: stores. */
@NullMarked
package io.larder.cache.spi;

import org.jspecify.annotations.NullMarked;
