/** No code: the tests of this module look at all others. */
@NullMarked
package io.larder.architecture;

import org.jspecify.annotations.NullMarked;
