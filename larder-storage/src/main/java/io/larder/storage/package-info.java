/** The item store: bounded memory, expiry and eviction. It knows no protocol. */
@NullMarked
package io.larder.storage;

import org.jspecify.annotations.NullMarked;
