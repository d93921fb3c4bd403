/** Values of the caching framework by Kryo, of listed classes and signed. */
@NullMarked
package io.larder.cache.kryo;

import org.jspecify.annotations.NullMarked;
