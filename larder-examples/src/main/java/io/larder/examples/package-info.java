/** Examples of the framework in use. */
@NullMarked
package io.larder.examples;

import org.jspecify.annotations.NullMarked;
