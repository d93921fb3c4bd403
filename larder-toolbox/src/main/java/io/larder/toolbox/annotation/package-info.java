/** Rate limits, circuit breakers and shared locks around methods, on interfaces behind {@code larder.proxy} and on woven classes. */
@NullMarked
package io.larder.toolbox.annotation;

import org.jspecify.annotations.NullMarked;
