/** The annotations of the framework; apart from it because {@code Cached} is a type there too. */
@NullMarked
package io.larder.cache.annotation;

import org.jspecify.annotations.NullMarked;
