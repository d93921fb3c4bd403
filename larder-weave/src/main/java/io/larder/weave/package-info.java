/** Puts the annotations of {@code larder-cache} to work on classes, in the build or when they are loaded. */
@NullMarked
package io.larder.weave;

import org.jspecify.annotations.NullMarked;
