/** Values of the caching framework as JSON, by Jackson. */
@NullMarked
package io.larder.cache.json;

import org.jspecify.annotations.NullMarked;
