/** The commands behind {@code ./larder}. */
@NullMarked
package io.larder.cli;

import org.jspecify.annotations.NullMarked;
