/**
 * jcstress tests, under {@code src/test} in the packages of what they test; never published.
 */
@NullMarked
package io.larder.stress;

import org.jspecify.annotations.NullMarked;
