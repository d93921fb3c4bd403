/** Shared locks and rate limits over the stores of the framework; {@link io.larder.toolbox.Toolbox} makes them. */
@NullMarked
package io.larder.toolbox;

import org.jspecify.annotations.NullMarked;
